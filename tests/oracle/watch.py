"""What all six shapes have in common: promises, the order of clocks and events, memory, silence, exceptions.

Knows: one standard over one subject. Must not know: how any shape decides; that is in `shapes.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.oracle import opening_hours
from tests.oracle.changes import changes
from tests.oracle.language import holds, span

DAY = 86_400 * 10**6
Event = dict[str, Any]
Clause = dict[str, Any]
Subject = tuple[Any, ...]
Ring = tuple[int, Callable[[int], None]]


@dataclass(eq=False)
class Owed:
    """A promise: what was said of it, in order, as (kind, at, verdict after)."""

    opened: int
    opening: Event | None
    verdict: str = "open"
    settled: int = -1
    told: list[tuple[str, int, str]] = field(default_factory=list)
    paused: bool = False
    spent: int = 0
    stood: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    runs: dict[Any, Any] = field(default_factory=dict)
    since: int = 0
    step: int = 0
    ended: int = -1
    due: int = -1

    def say(self, kind: str, at: int, verdict: str = "") -> None:
        if verdict:
            self.verdict, self.settled = verdict, at
        self.told.append((kind, at, self.verdict))


def _failed(place_and_promise: tuple[int, Owed]) -> tuple[int, ...]:
    """Say when a promise failed; of several at one instant, when it was opened, and since when it is not owed."""
    place, one = place_and_promise
    return (one.settled, one.opened, one.ended, place)


@dataclass
class World:
    """The document, and every event of the history in the order in which it is judged."""

    document: dict[str, Any]
    events: list[Event]
    end: int

    def __post_init__(self) -> None:
        self.changes = changes(self.document.get("calendars", {}), self.events)
        self.keys: dict[tuple[str, int], str] = {}

    def hours_of(self, name: str, now: int) -> str:
        """Give the opening hours of a calendar as they are known now, "" where it is always open."""
        known = [change for change in self.changes.get(name, ()) if change[0] <= now]
        if (name, len(known)) not in self.keys:
            self.keys[name, len(known)] = opening_hours.key(self.document["calendars"].get(name), known)
        return self.keys[name, len(known)]

    def dark(self, feeds: list[str], bound: dict[str, Any], at: int) -> bool:
        return any(not self._heard(self.document["feeds"][name], bound, at) for name in feeds)

    def _heard(self, feed: dict[str, Any], bound: dict[str, Any], at: int) -> bool:
        per = feed.get("per", [])
        since = at - span(feed["silent_after"])
        return any(
            since <= event["time"] <= at and all(event["data"].get(name) == bound[name] for name in per)
            for event in self.events
            if event["type"] in feed["events"]
        )


def clauses(part: Any) -> list[Clause]:  # noqa: ANN401 - as an author writes it
    """Give the clauses that stand under a key, any of which will do."""
    parts = part if isinstance(part, list) else [part]
    return [{"event": one} if isinstance(one, str) else one for one in parts]


def types_of(one: Clause) -> list[str]:
    return [one["event"]] if isinstance(one["event"], str) else one["event"]


def is_so(one: Clause, event: Event, opening: Event | None = None) -> bool:
    """Tell whether the event is one of the clause's, and its condition holds."""
    known = facts(opening) if opening else None
    return event["type"] in types_of(one) and holds(one.get("where"), facts(event), known)


def facts(event: Event) -> dict[str, Any]:
    """Give what a condition can ask about: the event's fields, and its type."""
    return {**event["data"], "event": event["type"]}


def names(standard: dict[str, Any]) -> dict[str, set[str]]:
    """Give the event types that a standard names, by the key they stand under."""
    found = {key: standard.get(key) for key in ("when", "expect", "unless", "follow", "until")}
    found |= {"undo.when": standard.get("undo", {}).get("when")}
    for key in ("pause", "while"):
        between = standard.get(key, {})
        for name, state in {"": between, **between.get("states", {})}.items():
            found |= {f"{key}.{name}.{end}": state.get(end) for end in ("when", "until")}
    return {key: {name for each in clauses(one) for name in types_of(each)} for key, one in found.items() if one}


class Watch:
    """One standard over one subject, from its first event to the end."""

    awaited: tuple[str, ...] = ()

    def __init__(self, world: World, standard: dict[str, Any], subject: Subject) -> None:
        self.world, self.standard, self.subject = world, standard, subject
        self.promises: list[Owed] = []
        self.reach: list[Owed] = []
        self.now = self.heeded = -1
        self.zone = world.document["calendars"][standard["calendar"]]["timezone"] if self.calendar else "UTC"
        types = names(standard)
        self.feeds = self.feeds_of({one for name in self.awaited for one in types.get(name, ())})
        self.forget()

    def feeds_of(self, types: set[str]) -> list[str]:
        """Give the feeds that events of these types come by."""
        return [name for name, feed in self.world.document.get("feeds", {}).items() if types & set(feed["events"])]

    @property
    def calendar(self) -> str:
        """The opening hours of the standard, as they are known now."""
        named = self.standard.get("calendar")
        return self.hours_of(named) if isinstance(named, str) else ""

    def hours_of(self, name: str) -> str:
        """Give the opening hours of a calendar as they are known now, "" where it is always open."""
        return self.world.hours_of(name, self.now) if name in self.world.changes else ""

    def forget(self) -> None:
        """Find the subject new: what was promised stays in the ledger, and nothing else is known."""
        self.reach = []

    def event(self, event: Event) -> None:
        raise NotImplementedError

    def rings(self) -> Iterator[Ring]:
        """Give the instants at which something happens by itself, unless an event comes first."""
        return iter(())

    def owes(self) -> bool:
        """Say whether anything is owed, or will be without another event: then the subject is not forgotten."""
        return bool(self.owed()) or any(self.rings())

    def owed(self) -> list[Owed]:
        return [*self.open(), *self.overdue()]

    def overdue(self) -> list[Owed]:
        """Give the broken promises that are still owed: those of a response alone."""
        return []

    def excuse(self, promise: Owed) -> None:
        """Learn that a promise was excused that was still owed."""

    def memory(self) -> int:
        """Give how long a subject that owes nothing is remembered."""
        return span(self.standard.get("forget_after", "7d"))

    def open(self) -> list[Owed]:
        return [promise for promise in self.reach if promise.verdict == "open"]

    def run(self, events: list[Event], last_seen: Callable[[Event], int | None]) -> None:
        """Judge the events of the subject, each after every clock that rings before it."""
        for event in events:
            self._ring_until(event["time"] - 1)
            self.now = event["time"]
            last = last_seen(event)
            memory = self.memory()
            if last is not None and event["time"] - last > memory and not self.owes():
                self.forget()
            if event["type"] == "exception.granted":
                self._grant(event["time"], event["data"]["by"])
            else:
                self.event(event)
        self._ring_until(self.world.end)

    def _ring_until(self, last: int) -> None:
        while due := [ring for ring in (*self._changes(), *self.rings()) if ring[0] <= last]:
            self.now, ring = min(due, key=lambda one: one[0])
            ring(self.now)

    def _changes(self) -> Iterator[Ring]:
        """Give the next instant at which a day is changed: after all events of it, and before what is due then."""
        said = [change[0] for each in self.world.changes.values() for change in each if change[0] > self.heeded]
        if said:
            yield min(said), self._heed

    def _heed(self, at: int) -> None:
        self.heeded = at
        self.changed(at)

    def changed(self, at: int) -> None:
        """Learn that days of calendars are others from now on."""

    def _grant(self, at: int, by: str) -> None:
        if by not in self.standard.get("may_excuse", [self.standard.get("owner")]):
            return
        if still_open := self.open():
            for promise in still_open:
                self.excuse(promise)
                promise.say("excused", at, "excused")
            return
        failed = self.overdue() or [
            one for one in self.reach if one.verdict in {"broken", "unknown"} and at - one.settled <= DAY
        ]
        if failed:
            _, last = max(enumerate(failed), key=_failed)
            if self.overdue():
                self.excuse(last)
            last.say("corrected", at, "excused")

    def begin(self, at: int, opening: Event | None) -> Owed:
        promise = Owed(at, opening, since=at)
        promise.say("opened", at)
        self.promises.append(promise)
        self.reach.append(promise)
        return promise

    def matches(self, name: str, event: Event, opening: Event | None = None) -> bool:
        """Tell whether the event is what one of the clauses under this key asks for."""
        return bool(self.holding(name, event, opening))

    def holding(self, name: str, event: Event, opening: Event | None = None) -> list[int]:
        """Give the places of the clauses under this key that ask for the event."""
        return [place for place, one in enumerate(self.clauses(name)) if is_so(one, event, opening)]

    def clauses(self, name: str) -> list[Clause]:
        part = self.standard
        for step in name.split("."):
            part = part.get(step, {})
        return clauses(part) if part else []

    def is_dark(self, at: int, feeds: list[str] | None = None) -> bool:
        bound = dict(zip(self.standard["per"], self.subject, strict=True))
        return self.world.dark(self.feeds if feeds is None else feeds, bound, at)

    def settle(self, promise: Owed, kind: str, at: int) -> None:
        """Say a verdict that rests on an absence: it is unknown while the feed is dark."""
        if self.is_dark(at):
            promise.say("lost", at, "unknown")
        else:
            promise.say(kind, at, "void" if kind == "voided" else kind)

    def marks(self, whole: int) -> list[int]:
        """Give the counted times at which to warn."""
        warn = self.standard.get("warn", [])
        texts = [warn] if isinstance(warn, str) else warn
        return sorted(
            whole * int(text[:-1]) // 100 if text.endswith("%") else whole - span(text.removesuffix(" before"))
            for text in texts
        )

    def after(self, start: int, amount: int, calendar: str | None = None) -> int:
        hours = self.calendar if calendar is None else calendar
        return opening_hours.instant_after(hours, start, amount, self.world.end)

    def clock(self, promise: Owed, whole: int, due: Callable[[Owed, int], None]) -> Iterator[Ring]:
        """Give the next warning, or the deadline, of a promise whose clock runs."""
        marks, hours = self.marks(whole), self.hours(promise)
        if promise.step < len(marks):
            warned = self.after(promise.since, marks[promise.step] - promise.spent, hours)
            yield warned, lambda at: self._warn(promise, at)
        else:
            yield self.after(promise.since, whole - promise.spent, hours), lambda at: due(promise, at)

    def hours(self, promise: Owed) -> str:
        """Give the opening hours by which a promise's clock runs."""
        return self.calendar

    @staticmethod
    def _warn(promise: Owed, at: int) -> None:
        promise.step += 1
        promise.say("warned", at)
