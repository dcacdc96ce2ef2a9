"""Clauses: which events count, by which condition, and how each is compiled.

Read next: `shaping.py`, which puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec

from standards.compiler.clauses.elsewhere import reading, stands_elsewhere
from standards.compiler.targets.openings import shared_fields
from standards.documents.model import written
from standards.expressions.expression import Among, Field, compile_condition
from standards.judge.standard import Clause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.compiler.clauses.elsewhere import Elsewhere
    from standards.compiler.targets.columns import Lookups
    from standards.documents.entries import Entry
    from standards.documents.model import ClauseModel
    from standards.expressions.expression import Condition

Fields = Mapping[str, Field]
_LOOKING_BACK: Final = ("expect", "unless", "until")
"""The keys whose conditions can speak of the opening event."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """Compiles the clauses of one standard. `fields_of` gives the fields of the `known` event types, else None.

    Their conditions can ask the columns of `lookups`. `runs` numbers those that have to last. `elsewhere` are names
    that mean something else.
    """

    entry: Entry
    fields_of: Callable[[str], Fields | None]
    known: list[str]
    lookups: Lookups
    elsewhere: Elsewhere
    runs: Iterator[int] = field(default_factory=count)

    def at(self, entry: Entry) -> Clauses:
        """Compile clauses that stand elsewhere: their findings belong there, their numbers go on."""
        return replace(self, entry=entry)

    def clause(
        self, model: ClauseModel | list[ClauseModel] | None, *at: str, opening: Clause | None = None
    ) -> Clause | None:
        """Compile what stands under a key; None where there is nothing, or what is there has errors.

        `opening` is the clause whose events a condition can speak of as `opening`.
        """
        around = self._of_opening(opening)
        found = [self._alternatives(self.entry.at(*at, *place), each, around) for place, each in written(model)]
        every = [clause for some in found for clause in some or ()]
        if not found or None in found:
            return None
        return msgspec.structs.replace(every[0], others=tuple(every[1:])) if len(every) > 1 else every[0]

    def _of_opening(self, opening: Clause | None) -> Fields | None:
        """Give the fields that every event has which can open the promise."""
        if opening is None:
            return None
        some = [fields for name in opening.events if (fields := self.fields_of(name)) is not None]
        return shared_fields(some)

    def _alternatives(self, entry: Entry, model: ClauseModel, opening: Fields | None) -> list[Clause] | None:
        fields = self._fields(entry, model)
        if fields is None:
            return None
        lasting = entry.at("for").duration(model.lasting) or 0
        apart = entry.at("apart").duration(model.apart) or 0
        if lasting and model.where is None:
            found = "for says how long something must have been so, and without where nothing can cease to be so"
            entry.at("for").error("misplaced-key", found, "add where:, or leave for out", key=True)
        run = next(self.runs) if lasting or apart else -1
        clauses = []
        for event in fields:
            where = self._condition(entry, model, event, fields, opening)
            if model.where is not None and where is None:
                return None
            clauses.append(Clause(event, where, lasting=lasting, run=run, apart=apart))
        return clauses

    def _fields(self, entry: Entry, model: ClauseModel) -> dict[str, Fields] | None:
        """Give the fields of each event type of a clause; report those that are not known."""
        found: dict[str, Fields] = {}
        missing = False
        for place, event in enumerate(model.events):
            at = entry.at("event", *(() if isinstance(model.event, str) else (place,)))
            fields = self.fields_of(event)
            if fields is None:
                said = stands_elsewhere(event, "event", self.elsewhere)
                at.unknown("event", event, self.known) if said is None else at.error("unknown-event", *said)
                missing = True
            elif event in found:
                at.error("duplicate-name", f"{event} is named twice", "name it once")
            else:
                found[event] = fields
        return None if missing else found

    def _condition(
        self, entry: Entry, model: ClauseModel, event: str, fields: Mapping[str, Fields], opening: Fields | None
    ) -> Condition | None:
        """Compile the condition for one of the events; what is wrong with it is reported once, for the first."""
        if model.where is None:
            return None
        key = entry.path[len(self.entry.path)] if len(entry.path) > len(self.entry.path) else ""
        if opening is None and key in _LOOKING_BACK and self.entry.has("when") and "opening." in model.where:
            return None  # what is wrong with the opening is said there
        if self.lookups.is_unread(model.where):
            return None
        others = {name: field for each in fields.values() for name, field in each.items() if name not in fields[event]}
        among = Among(event, others) if len(fields) > 1 else None
        columns = self.lookups.columns
        around = None if opening is None else {**opening, **columns}
        read = partial(compile_condition, model.where, {**fields[event], **columns}, opening=around, among=among)
        kinds = {name: kind for name, kind in self.elsewhere.items() if name not in fields[event]}
        found = entry.at("where").attempt("bad-expression", partial(reading, model.where, "field", kinds, read))
        return found and self.lookups.condition(entry.at("where"), found, {event: fields[event]}, opening)
