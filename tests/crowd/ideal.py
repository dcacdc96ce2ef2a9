"""What the crowd's events should come to: the ideal run, and every difference between it and what a host said.

A sender's clock may be wrong, and nobody can know by how much. So the truths are not what a host can be held to. What
it promises is this: an event's *place* is the time that it claims or, where that is later than the stamp of its
receipt, the stamp (no event happens after it was received). Within `max_skew` a wrong clock changes the places of its
own sender's events, and nothing else. The ideal run is therefore the one in the order of places, those of one place in
the order of their receipt, each event once, with the place that its first receipt gave it.

All lines folded, each promise must stand as it does there, whatever came late, twice, or while nobody worked, as long
as its subject has no event that *came too late*: one whose subject has an event at the same place or later that was
received strictly less recently than `settle` before it, and so were all its events before that one. So it is if
everything comes within `settle` of its place, or in the order of the subject's places. The rule is written down here
once more, by stamps and places alone, so it does not matter where a host's snapshots stand.

Where an event came too late, its subject's promises stand as they can. But each such event has a line that names it as
its cause, or is counted among those without effect; what it opens and is due already when it is received is unknown,
never broken. What is due later than that is on the clock, whenever the line that opens it is written.

Left out are grants, which are bound to what they reached when they were accepted; feeds, whose silence is undone only
for what is judged again; and standards that hear promises: what they heard was so when they heard it.
Knows: stamps, places, the history's pump. Must not know: how a live host judges. Read next: `simulate.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from standards.judge.events import Event
from standards.judge.ledger import Line, line
from standards.judge.rulebook import Key, Rulebook, subject_text
from streams.runtime.pump import Pump
from tests.kafka.comparing import Differences

Subject = tuple[str, Key]
Identity = tuple[str, str]


class Standing(NamedTuple):
    """How a promise stands: its state, its deadline and, with a verdict, since when and after how much of its time."""

    state: str
    due: int
    at: int
    elapsed: int


class Heard(NamedTuple):
    """What a host came to. `low` is how far time has come; it and `settle` are microseconds.

    The events are in the order in which they were received, each with its stamp and place. `unused` are those that the
    host counts as without effect.
    """

    events: Sequence[Event]
    lines: Sequence[Line]
    unused: Sequence[Identity]
    low: int
    settle: int


def ideal(rulebook: Rulebook, events: Sequence[Event], low: int) -> list[Line]:
    """Judge events in the order of their places, each once, up to an instant: less `lateness` for who waits so long."""
    found: list[Line] = []
    for lateness in {group.lateness for group in rulebook.groups.values()}:
        waiting = {
            each.id for group in rulebook.groups.values() if group.lateness == lateness for each in group.standards
        }
        once = (msgspec.structs.replace(event, received=0) for event in firsts(events))
        pump, low_of_these = Pump(rulebook), low - lateness
        lines = pump.push(sorted((it for it in once if it.at <= low_of_these), key=lambda it: it.at)).transitions
        lines += pump.push([], now=low_of_these + pump.grace).transitions
        found += [line(each) for each in lines if each.standard.id in waiting]
    return found


def firsts(events: Iterable[Event]) -> list[Event]:
    """Give each event as it was received first."""
    found: dict[Identity, Event] = {}
    for event in events:
        found.setdefault((event.source, event.id), event)
    return list(found.values())


def standings(lines: Iterable[Line]) -> dict[str, Standing]:
    """Fold lines: of each promise the last one says how it stands. What was withdrawn stands nowhere."""
    last: dict[str, Line] = {}
    for each in lines:
        known = last.get(each.promise)
        if known is None or ordinal(each) > ordinal(known):
            last[each.promise] = each
    return {name: _standing(each) for name, each in last.items() if each.state != "withdrawn"}


def ordinal(of: Line) -> int:
    """Give a line's number in its promise's life."""
    return int(of.id.rpartition(".")[2])


def _standing(last: Line) -> Standing:
    settled = last.verdict is not None
    return Standing(last.state, last.due, last.at if settled else -1, last.elapsed if settled else -1)


def came_too_late(rulebook: Rulebook, heard: Heard) -> dict[Subject, list[Event]]:
    """Give the events that came too late, by their subjects."""
    subjects: dict[Subject, list[Event]] = defaultdict(list)
    found: dict[Subject, list[Event]] = {}
    for event in firsts(heard.events):
        for route in rulebook.routes.get(type(event), ()):
            subject = (route.group.name, route.key(event.data))
            known = subjects[subject]
            settle = max(heard.settle, route.group.lateness)
            if event.at <= _settled(known, event.received - settle):
                found.setdefault(subject, []).append(event)
            else:
                known.append(event)
                if len(known) > 1 and known[-2].at > event.at:
                    known.sort(key=lambda it: it.at)
    return found


def _settled(events: Iterable[Event], received: int) -> int:
    """Give the place up to which events, in order of place, have settled: all were received before a stamp."""
    until = -1
    for event in events:
        if event.received >= received:
            break
        until = event.at
    return until


def compare(rulebook: Rulebook, heard: Heard) -> Differences:
    """Hold what a host said against the ideal run."""
    differences = Differences()
    late = came_too_late(rulebook, heard)
    groups = {standard.id: name for name, group in rulebook.groups.items() for standard in group.standards}
    spoiled = {(name, subject_text(key)) for name, key in late}
    hearing = {name for name, group in rulebook.groups.items() if group.level}

    def exact(lines: Iterable[Line]) -> dict[str, Standing]:
        places = ((each, groups[each.standard]) for each in lines)
        return standings(it for it, group in places if group not in hearing and (group, it.subject) not in spoiled)

    wanted, found = exact(ideal(rulebook, heard.events, heard.low)), exact(heard.lines)
    differences.note("promises lost", wanted.keys() - found.keys())
    differences.note("promises invented", found.keys() - wanted.keys())
    both = wanted.keys() & found.keys()
    differences.note("promises that stand otherwise", (name for name in both if wanted[name] != found[name]))
    differences.note("lines out of order", _gaps(heard.lines))
    _check_late(groups, heard, late, differences)
    return differences


def _gaps(lines: Iterable[Line]) -> Iterable[str]:
    """Name the promises whose lines are not numbered one by one."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for each in lines:
        numbers[each.promise].append(ordinal(each))
    return (name for name, some in numbers.items() if some != list(range(1, len(some) + 1)))


def _check_late(
    groups: Mapping[str, str], heard: Heard, late: Mapping[Subject, Sequence[Event]], differences: Differences
) -> None:
    """Check that what came too late did something or is counted, and that nothing is broken by it on a guess."""
    opened: dict[tuple[str, Identity], list[Line]] = defaultdict(list)
    for each in heard.lines:
        if each.cause is not None:
            opened[groups[each.standard], each.cause].append(each)
    silent = Counter[Identity]()
    guessed: set[str] = set()
    for (group, _), events in late.items():
        for event in events:
            name = (event.source, event.id)
            lines = opened[group, name]
            silent[name] += not lines
            guessed |= {each.promise for each in lines if each.kind == "opened" and 0 <= each.due <= event.received}
    counted = Counter(heard.unused)
    differences.note(
        "events without effect in silence", (" ".join(name) for name in silent if silent[name] > counted[name])
    )
    broken = (each.promise for each in heard.lines if each.promise in guessed and each.kind == "broken")
    differences.note("broken on a guess", broken)
