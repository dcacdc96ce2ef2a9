"""The rulebook: all standards compiled together, so that an event finds at once whom it concerns.

Standards with the same `per` fields that share events share one case per subject and form a group. One that hears
promises (`promise.broken` ...) is judged one stratum above the standards whose promises it hears, so that within one
batch its facts are complete before it judges; that is why no cycle of standards is allowed.
Read next: `judge.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from standards.expressions.expression import Field, joined_fields
from standards.judge.changed_days import CHANGED, with_changes
from standards.judge.events import DERIVED_SOURCE, Event, EventType, event_class, type_of
from standards.judge.excuse import excuse
from standards.judge.following import following
from standards.judge.promise import MOVES, NEVER
from standards.judge.shapes.scope import scoped
from standards.judge.standard import clauses, event_types
from standards.judge.strata import in_order, stratify
from standards.judge.subjects import fields_of_subjects, subject_parts
from standards.judge.targets.table import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from standards.calendar.changes import Change
    from standards.judge.case import Case
    from standards.judge.context import JudgeContext
    from standards.judge.shapes.machine import Machine, Reaction
    from standards.judge.standard import Clause, Feed, Standard

Key = tuple[str | int, ...]

GRANT = "exception.granted"
PROMISE_FIELDS = {
    **{name: Field("text") for name in ("standard", "owner", "aspect", "severity", "promise", "subject")},
    "verdict": Field("text", optional=True),
}
"""The fields that every `promise.*` event has; the `per` and carried fields of its standard come on top."""


class Route(msgspec.Struct, frozen=True):
    """Where events of a type go: to a group, and there to the case that `key` reads from their data.

    `sure`: every such event has all fields of the key; without it a key may hold None, and then names no subject.
    """

    group: Group
    key: Callable[[Any], Key]
    sure: bool


class Group:
    """The standards that share their subjects and events: same `per` fields, same stratum, events in common.

    `level` is their stratum, `order` the key by which events are put in order of time. `lateness` is how long a live
    host waits with their verdicts for what comes late, in microseconds. `endless`: a subject always owes something, and
    time alone settles its promises. `changed_at` are the instants from which days of their calendars are changed.
    """

    def __init__(self, name: str, standards: Sequence[Standard], classes: Mapping[str, type[Event]]) -> None:
        self.name = name
        self.per = standards[0].per
        self.standards = tuple(standards)
        self.machines = tuple(_machine(standard, standards) for standard in standards)
        self.by_revision = {machine.standard.revision: machine for machine in self.machines}
        self.judged_by = (*self.by_revision, *tables_of(standards))
        self.forget_after = max(standard.forget_after for standard in standards)
        self.feeds = tuple(dict.fromkeys(feed for standard in standards for feed in standard.all_feeds))
        self.endless = any(machine.endless for machine in self.machines)
        self.level = int(name.partition(":")[0])
        self.lateness = max(standard.lateness for standard in standards)
        self.changed_at = tuple(sorted({at for standard in standards for at in standard.changed_at}))
        self.order = _by_time_and_origin if self.level else _by_time
        self.key = key_getter(self.per)
        self.listed = tuple(dict.fromkeys(key for machine in self.machines for key in machine.listed))
        types = {name for standard in standards for name in event_types(standard)}
        states = {state.key: state for standard in standards for state in standard.states}.values()
        followed = {classes[name]: following(states, name) for name in sorted(types)}
        self.follow = {cls: follow for cls, follow in followed.items() if follow is not None}
        self.reactions: dict[type[Event], tuple[Reaction, ...]] = {
            classes[name]: tuple(
                scoped(machine, name) for machine in self.machines if name in event_types(machine.standard)
            )
            for name in sorted(types)
        }
        for cls, follow in self.follow.items():
            self.reactions[cls] = (follow, *self.reactions[cls])
        if GRANT in classes:
            self.reactions[classes[GRANT]] = (*self.reactions.get(classes[GRANT], ()), self._excuse)

    def next_change(self, after: int) -> int:
        """Give the first instant after another one from which a day of a calendar is changed; NEVER for none."""
        place = bisect_right(self.changed_at, after)
        return self.changed_at[place] if place < len(self.changed_at) else NEVER

    def _excuse(self, _case: Case[Event], event: Event, context: JudgeContext[Event]) -> None:
        excuse(event, self.machines, context)


class Rulebook:
    """All standards together. It does not change. Raises CycleError.

    `owed_for` is how long after their deadline broken promises are owed, in microseconds, for each revision of which
    that can be said. `may_change` says of each calendar who may change its days.
    """

    def __init__(
        self,
        standards: Sequence[Standard],
        feeds: Sequence[Feed],
        vocabulary: Mapping[str, EventType],
        may_change: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.may_change = may_change or {}
        self.standards = {standard.revision: standard for standard in standards}
        self.current = {standard.id: standard for standard in standards if not standard.retired}
        self.feeds = tuple(feeds)
        strata = stratify(standards)
        by_stratum = sorted(standards, key=lambda standard: strata[standard.id])
        self.vocabulary = {**vocabulary, **_promise_types(by_stratum, vocabulary)}
        subjects = fields_of_subjects(standards, feeds)
        self.classes = {name: event_class(each, subjects.get(name, ())) for name, each in self.vocabulary.items()}
        members = _grouped(standards, strata)
        self.groups = {name: Group(name, members[name], self.classes) for name in sorted(members)}
        self.strata = in_order(self.groups.values())
        self.owed_for = {
            machine.standard.revision: machine.owed_for
            for group in self.groups.values()
            for machine in group.machines
            if machine.owed_for
        }
        self.routes = self._routes()
        self.named_routes = {
            name: self.routes.pop(self.classes[name], ()) for name in (GRANT, CHANGED) if name in self.classes
        }
        self.heard = {kind: self.classes[kind] for kind in self.classes if kind.startswith("promise.")}
        self.heard = {kind: cls for kind, cls in self.heard.items() if self.routes.get(cls)}

    def changed(self, changes: Iterable[Change]) -> Rulebook:
        """Give the same rules by calendars of which some days were changed."""
        changes, found = tuple(changes), copy(self)
        found.groups = {
            name: Group(name, [with_changes(each, changes) for each in group.standards], self.classes)
            for name, group in self.groups.items()
        }
        found.strata = in_order(found.groups.values())
        return found

    def _routes(self) -> dict[type[Event], tuple[Route, ...]]:
        routes: dict[type[Event], list[Route]] = {}
        for group in self.groups.values():
            types = {name for standard in group.standards for name in event_types(standard)}
            for name in sorted(types):
                sure = not any(self.vocabulary[name].fields[field].optional for field in group.per)
                routes.setdefault(self.classes[name], []).append(Route(group, group.key, sure))
        return {cls: tuple(found) for cls, found in routes.items()}

    def owed_since(self, now: int) -> dict[str, int]:
        """Give, by revision, since when promises must have been broken to be owed at `now`, in microseconds UTC."""
        return {revision: now - owed_for for revision, owed_for in self.owed_for.items()}

    def named(self, event: Event) -> list[tuple[Group, Key]]:
        """Find whom an event concerns that is not routed by its type; nobody by most of these.

        An `exception.granted` concerns the subject that it names, in each group that judges its standard. A standard
        may also count grants, or changes of days: then it concerns the subject that they are about there.
        """
        name = type_of(event)
        found = [(route.group, route.key(event.data)) for route in self.named_routes.get(name, ())]
        for group in self.groups.values() if name == GRANT else ():
            standard = next((each for each in group.standards if each.id == event.data.standard), None)
            if standard is None:
                continue
            fields = opening_fields(standard, self.vocabulary)
            key = subject_key(event.data.subject, [fields[name].type for name in group.per])
            if key is not None and (group, key) not in found:
                found.append((group, key))
        return [(group, key) for group, key in found if None not in key]


def _grouped(standards: Sequence[Standard], strata: Mapping[str, int]) -> dict[str, list[Standard]]:
    """Put standards together that share their subjects and, one way or another, events: they share their cases.

    Those that share no event need no common case; apart, a subject's case stays small however many standards there are.
    A group is named by its stratum, its fields, the first of its standards, and how long it waits, if it does: two
    revisions of one standard may differ in that.
    """
    groups: list[tuple[set[str], list[Standard]]] = []
    for standard in sorted(standards, key=lambda s: (s.id, s.retired, s.revision)):
        level = f"{strata[standard.id]}:{','.join(standard.per)}:{standard.lateness}"
        tokens = {f"{level}:{name}" for name in (*event_types(standard), standard.id)}
        joined = [group for group in groups if group[0] & tokens]
        groups = [group for group in groups if group not in joined]
        groups.append((tokens.union(*(group[0] for group in joined)), [*(s for g in joined for s in g[1]), standard]))
    found = {}
    for _, members in groups:
        members.sort(key=lambda s: (s.id, s.retired, s.revision))
        first = members[0]
        waits = f":{first.lateness}" if first.lateness else ""
        found[f"{strata[first.id]}:{','.join(first.per)}:{first.id}{waits}"] = members
    return found


_by_time = attrgetter("at")


def _by_time_and_origin(event: Event) -> tuple[int, bool, str, int]:
    """Order what Kept derived before what came from outside at the same instant: the same on every host.

    Those of one instant go by their promise's id, and those of one promise as they came about.
    """
    if event.source != DERIVED_SOURCE:
        return (event.at, True, "", 0)
    promise, _, ordinal = event.id.rpartition(".")
    return (event.at, False, promise, int(ordinal))


def _machine(standard: Standard, group: Sequence[Standard]) -> Machine:
    siblings = tuple(s.revision for s in group if s.id == standard.id and s.revision != standard.revision)
    return standard.shape.machine(standard, siblings)


def key_getter(per: tuple[str, ...]) -> Callable[[Any], Key]:
    """Give the function that reads a subject's key from an event's data."""
    if not per:
        return lambda _data: ()
    if len(per) == 1:
        get = attrgetter(per[0])
        return lambda data: (get(data),)
    return attrgetter(*per)


@lru_cache(20_000)  # each line of the ledger has it
def subject_text(key: Key) -> str:
    """Print a subject's key for people: its values joined by `/`, with `/` and `%` inside a value escaped."""
    return "/".join(str(value).replace("%", "%25").replace("/", "%2F") for value in key)


def subject_key(text: str, types: Sequence[str]) -> Key | None:
    """Read a subject's key back from its text, or None where it does not fit the fields' types."""
    parts = subject_parts(text) if types or text else ()
    if len(parts) != len(types):
        return None
    try:
        return tuple(int(part) if kind == "integer" else part for part, kind in zip(parts, types, strict=True))
    except ValueError:
        return None


def _promise_types(standards: Iterable[Standard], vocabulary: Mapping[str, EventType]) -> dict[str, EventType]:
    """Make the `promise.*` event types: what every promise has, and the `per` and carried fields of any standard."""
    fields = dict(PROMISE_FIELDS)
    for name in PROMISE_EVENTS:  # as they were when promises were opened that are still open
        fields |= vocabulary[name].fields if name in vocabulary else {}
    for standard in standards:
        known = opening_fields(standard, vocabulary) or fields  # a promise about promises carries what those carry
        for name in (*standard.per, *standard.carry):
            if name in known and name not in PROMISE_FIELDS:
                fields.setdefault(name, Field(known[name].type, optional=True))
    return {name: EventType(name, fields, "a promise's own event") for name in PROMISE_EVENTS}


PROMISE_EVENTS = tuple(f"promise.{kind}" for kind in dict.fromkeys(move.kind for move in MOVES))


def opening_fields(standard: Standard, vocabulary: Mapping[str, EventType]) -> Mapping[str, Field]:
    """Give the fields that any of the events has that open a standard's promises; none where none is in the vocabulary.

    One that not all of them have may be missing.
    """
    first: Clause = next(iter(clauses(standard.shape).values()))
    return joined_fields([vocabulary[name].fields for name in first.events if name in vocabulary])
