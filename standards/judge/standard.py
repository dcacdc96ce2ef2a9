"""A standard as the judge sees it: what is promised, to whom, and by which of the shapes it is judged.

Knows: the compiled, immutable form of one standard. Must not know: YAML, pydantic, or any promise.
The names of the shapes are those of the specification patterns of Dwyer, Avrunin and Corbett (1999).
Read next: `rulebook.py`, which joins standards, and `judge.py`, which judges by them.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from standards.calendar.hours import Hours
    from standards.expressions.expression import Condition
    from standards.expressions.states import Holds, StateTest
    from standards.judge.shapes import Shape
    from standards.judge.targets.table import Table

Aspect = Literal["speed", "quality", "ownership", "courtesy", "follow-through"]
Severity = Literal["page", "ticket", "info"]
Period = Literal["day", "week", "month", "shift"]

SCENARIO = "scenario/"
"""What a scenario's name begins with where it stands among those who may excuse a standard."""
UTC_ZONE = ZoneInfo("UTC")
DAY = 86_400_000_000
"""Microseconds in 24 hours."""
CORRECTIONS_HORIZON = DAY
"""How long after its verdict late evidence can still correct a promise, in microseconds."""
CUSTOMERS = frozenset({"customer", "caller"})
"""The fields whose persons are no colleagues: what is owed for each of them is what they were promised."""
OWED_FOR = 7 * DAY
"""How long after its deadline a broken promise stays owed, in microseconds."""
FORGET_AFTER = 7 * DAY
"""How long a subject that owes nothing is remembered after its last event, in microseconds."""


class Clause(msgspec.Struct, frozen=True):
    """An event type and, perhaps, a condition on its fields; or any of several, the `others` beside this one.

    With `lasting` it must have been so for that many microseconds; what is so by several events together has one number
    `run`. What comes less than `apart` microseconds after the last that counted is the same one, and does not count.
    """

    event: str
    where: Condition | None = None
    others: tuple[Clause, ...] = ()
    lasting: int = 0
    run: int = -1
    apart: int = 0

    @property
    def all(self) -> tuple[Clause, ...]:
        """All of which any will do, each for itself: this one first."""
        return (self, *self.others)

    @property
    def events(self) -> tuple[str, ...]:
        """The event types, each once."""
        return tuple(dict.fromkeys(clause.event for clause in self.all))


class State(msgspec.Struct, frozen=True):
    """What is so for a subject from an event to another one. `key` names it by what it is, not by what it is called.

    Without `until` it ends at the next event of its own at which its condition does not hold.
    """

    key: str
    name: str
    when: Clause
    until: Clause | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """The types of the events that begin or end it."""
        return tuple(name for clause in self.clauses for name in clause.events)

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What begins it and, where that is said, what ends it."""
        return (self.when,) if self.until is None else (self.when, self.until)


class Pause(msgspec.Struct, frozen=True):
    """The clock of a promise stops at `when` and goes on at `until`: as each promise by itself sees it.

    So it was before there were states, and so it is where a condition speaks of the opening.
    """

    when: Clause
    until: Clause


class Undo(msgspec.Struct, frozen=True):
    """What takes "done" back, up to and including `within` microseconds after it."""

    when: Clause
    within: int


class Objective(msgspec.Struct, frozen=True):
    """The share of promises to be kept (0 to 1) over a span in microseconds."""

    kept: float
    over: int


class During(msgspec.Struct, frozen=True):
    """The hours of a calendar in which anything counts or, `outside`, out of which it does."""

    hours: Hours
    outside: bool = False

    def counts(self, at: int) -> bool:
        """Say whether what happens at an instant (microseconds UTC) counts."""
        return self.hours.is_open(at) != self.outside


class Standard(msgspec.Struct, frozen=True):
    """One declared rule about service, with the promise in the customer's words.

    `revision` is the hash of its content. `feeds` names the feeds whose silence makes an absence uncertain, `told_by`
    those that tell whether what must last still is so, by event type. `persons` are those of its fields under `per` and
    `carry` that name a human being.
    A live host waits `lateness` microseconds with its verdicts, for what comes late as a rule.
    A `retired` standard judges the promises it opened to their end and opens no new ones.
    Only what happens `during` some hours counts, and there is something to owe only while what is `needed` is so.
    `states` are those that it speaks of, `tables` those in which it looks facts up. `changed_at` are the instants from
    which days of its calendars are changed. `translations` are, by language, those of its texts that are given so.
    """

    id: str
    revision: str
    per: tuple[str, ...]
    shape: Shape
    promise: str = ""
    what: str = ""
    how: str = ""
    why: str = ""
    exceptions: str = ""
    owner: str = ""
    aspect: Aspect = "speed"
    severity: Severity = "ticket"
    objective: Objective | None = None
    carry: tuple[str, ...] = ()
    persons: frozenset[str] = frozenset()
    may_excuse: tuple[str, ...] = ()
    forget_after: int = FORGET_AFTER
    feeds: tuple[str, ...] = ()
    told_by: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    retired: bool = False
    lateness: int = 0
    during: During | None = None
    needed: StateTest | None = None
    states: tuple[State, ...] = ()
    tables: Mapping[str, Table] = {}
    changed_at: tuple[int, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = {}

    def in_language(self, language: str) -> Standard:
        """Give it with its author's words in a language, as far as there are any in it."""
        words = self.translations.get(language)
        return msgspec.structs.replace(self, **words) if words else self

    @property
    def granting(self) -> tuple[str, ...]:
        """The roles that may excuse it: of those in `may_excuse` that are no scenarios."""
        return tuple(each for each in self.may_excuse if not each.startswith(SCENARIO))

    @property
    def all_feeds(self) -> tuple[str, ...]:
        """The feeds whose silence matters, each once."""
        return tuple(dict.fromkeys(chain(self.feeds, *self.told_by.values())))

    @property
    def owed_to(self) -> tuple[str, ...]:
        """The fields of a colleague under `per`: where there is one, it is owed for each person alone."""
        return tuple(name for name in self.per if name in self.persons - CUSTOMERS)

    def owes(self, holds: Holds) -> bool:
        """Say whether there is anything to owe, by the states that are so."""
        return self.needed is None or self.needed.test(holds)

    @property
    def needed_by(self) -> frozenset[str]:
        """The event types that can change whether there is anything to owe."""
        keys = self.needed.keys if self.needed is not None else ()
        return frozenset(name for state in self.states if state.key in keys for name in state.events)


class Feed(msgspec.Struct, frozen=True):
    """A stream of events that is expected to speak: dark when nothing came for `silent_after` microseconds.

    One that is polled reports each `every` microseconds; no verdict depends on that.
    """

    name: str
    events: tuple[str, ...]
    silent_after: int
    per: tuple[str, ...] = ()
    every: int | None = None


def clauses(shape: Shape) -> Mapping[str, Clause]:
    """Give the clauses of a shape by the key they are declared under, in the order they are read."""
    found: dict[str, Clause | None] = {
        name: getattr(shape, name, None) for name in ("when", "expect", "unless", "until", "follow")
    }
    pause = getattr(shape, "pause", None)
    if isinstance(pause, Pause):
        found |= {"pause.when": pause.when, "pause.until": pause.until}
    undo = getattr(shape, "undo", None)
    if undo is not None:
        found["undo.when"] = undo.when
    return {name: clause for name, clause in found.items() if clause is not None}


def event_types(standard: Standard) -> tuple[str, ...]:
    """Name the event types that a standard is judged by: those of its clauses, and those of the states it speaks of."""
    found = [name for clause in clauses(standard.shape).values() for name in clause.events]
    return tuple(dict.fromkeys([*found, *(name for state in standard.states for name in state.events)]))


def awaited(shape: Shape) -> tuple[str, ...]:
    """Name the event types whose absence a verdict of this shape can rest on."""
    found = [clause.events for name, clause in clauses(shape).items() if name in shape.awaits]
    return tuple(dict.fromkeys(chain(*found)))


def lasting(shape: Shape) -> tuple[str, ...]:
    """Name the event types that tell whether what must last still is so."""
    every = [each for clause in clauses(shape).values() for each in clause.all]
    return tuple(dict.fromkeys(each.event for each in every if each.lasting))
