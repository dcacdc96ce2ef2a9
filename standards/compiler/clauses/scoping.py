"""Scopes: the states that a standard speaks of, and `pause`, `while` and `during`, which say when anything counts.

Read next: `standards/judge/shapes/scope.py`, which judges by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from standards.compiler.clauses.clause_models import TAKES_APART, TAKES_FOR
from standards.compiler.clauses.elsewhere import reading
from standards.compiler.targets.columns import written_down
from standards.documents.excerpt import canonical, revision_of
from standards.documents.model import BetweenModel, written
from standards.expressions.states import StateTest, compile_states, names_in
from standards.judge.standard import Pause, State

if TYPE_CHECKING:
    from standards.compiler.clauses.clausing import Clauses
    from standards.documents.entries import Entry
    from standards.documents.model import StateModel
    from standards.judge.standard import Clause

Declared = Mapping[str, tuple["Entry", "StateModel | None"]]
"""The states that are declared by name, where each stands; None where it has errors, which are reported."""


@dataclass(frozen=True, slots=True)
class Scoping:
    """Compiles what a standard says of states. `declared` are those with a name.

    What it speaks of goes to `states`, and the models of those with a name to `named`.
    """

    entry: Entry
    clauses: Clauses
    declared: Declared
    states: dict[str, State | None]
    named: dict[str, StateModel]

    def test(self, said: str | BetweenModel | None, key: str) -> StateTest | None:
        """Compile what `while` or `pause` say: names of states, or a state without a name."""
        if said is None:
            return None
        if isinstance(said, BetweenModel):
            state = self._state(self.entry, said, key, at=(key,))
            return None if state is None else compile_states(key, {key: state.key})
        if said in self.clauses.known:
            wrong, fix = f"{said!r} is an event, and not a state", f"write {key}: {{when: {said}, until: EVENT}}"
            self.entry.at(key).error("unknown-state", wrong, fix)
            return None
        found = {name: state for name in self.declared if (state := self._named(name, said)) is not None}
        keys = {name: found[name].key if name in found else name for name in self.declared}
        read = partial(reading, said, "state", self.clauses.elsewhere, partial(compile_states, said, keys))
        return self.entry.at(key).attempt("unknown-state", read)

    def pause(
        self, said: str | BetweenModel | None, opening: Clause | None, *, by_promise: bool
    ) -> Pause | StateTest | None:
        """Compile what stops the clock.

        Where a condition speaks of the opening, or an older Kept wrote it down, each promise looks for itself.
        """
        if isinstance(said, BetweenModel) and said.until is not None:
            when = self.clauses.clause(said.when, "pause", "when", opening=opening)
            until = self.clauses.clause(said.until, "pause", "until", opening=opening)
            if when is None or until is None:
                return None
            wheres = [each.where for clause in (when, until) for each in clause.all]
            if by_promise or any(where is not None and where.opening_fields for where in wheres):
                return Pause(when, until)
        return self.test(said, "pause")

    def _named(self, name: str, said: str) -> State | None:
        """Compile a declared state, if a text names it."""
        entry, model = self.declared[name]
        if model is None or name not in names_in(said):
            return None
        self.named[name] = model
        return self._state(entry, model, name, at=())

    def _state(self, entry: Entry, model: BetweenModel, name: str, *, at: tuple[str, ...]) -> State | None:
        key = revision_of(canonical(model.model_dump(exclude_none=True, by_alias=True)))
        if key not in self.states:
            clauses = self.clauses.at(entry.at(*at))
            when, until = clauses.clause(model.when, "when"), clauses.clause(model.until, "until")
            whole = when is not None and (model.until is None or until is not None)
            self.states[key] = State(self._key(key, when, until), name, when, until) if when and whole else None
            if not at:  # one without a name is a part of its standard, and looked at with that
                _check_places(entry, model)
        return self.states[key]

    def _key(self, key: str, *parts: Clause | None) -> str:
        """Let the key of a state say too by which fields the rows are looked up that its conditions ask."""
        wheres = [each.where for clause in parts if clause is not None for each in clause.all if each.where is not None]
        tables = written_down((name for where in wheres for name in where.fields), self.clauses.lookups.declared)
        by = {name: table.key for name, table in tables.items()}
        return revision_of(canonical({"state": key, "tables": by})) if by else key


def _check_places(entry: Entry, model: BetweenModel) -> None:
    """Report `for` and `apart` in a state."""
    for part, said in (("when", model.when), ("until", model.until)):
        for place, each in written(said):
            for key, length, fix in (("for", each.lasting, TAKES_FOR), ("apart", each.apart, TAKES_APART)):
                if length is not None:
                    found = f"a state begins and ends at an event, so {key} has no place here"
                    entry.at(part, *place, key).error("misplaced-key", found, fix, key=True)
