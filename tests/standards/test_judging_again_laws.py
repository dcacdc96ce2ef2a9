"""The law of judging again, whatever the standards and however late: what stands in the end is what is true in order.

Each subject's events arrive late, repeated, or all at once after it was away. Judged live and folded by their ordinals,
its lines say of each promise what one run over all of them, in the order of their times, says.
Knows: what must not matter to a verdict. Must not know: any verdict. Read next: `standards/judge/judging_again.py`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standards.judge.case import Case
from standards.judge.events import Event, Tick, type_of
from standards.judge.judge import Fact, feed
from standards.judge.promise import VERDICTS, Transition
from tests.oracle.drawn import TYPES
from tests.oracle.histories import SHAPES, documents, histories
from tests.oracle.kept import read, rulebook_of
from tests.oracle.scales import DAYS, HOURS, SECOND, SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from standards.judge.rulebook import Group, Key, Rulebook

SOME, CASES = 25, 10_000
PLAIN = ("ok", "not ok", "n > 1", "n <= 1", "x is missing")


class Live(NamedTuple):
    """A subject's events with their stamps, in the order of receipt, and how the host that judges them is set."""

    rulebook: Rulebook
    group: Group
    key: Key
    arrivals: list[tuple[int, Event]]
    settle: int
    grace: int
    end: int


@st.composite
def lives(draw: st.DrawFn, *, too_late: bool = False) -> list[Live]:
    """Draw a standard, a history, and how each of its subjects' events arrive."""
    away = not too_late and draw(st.booleans())
    scale = draw(st.sampled_from((SECONDS, SECONDS, HOURS) if away else (SECONDS, SECONDS, HOURS, DAYS)))
    about = draw(documents(draw(st.sampled_from(SHAPES)), scale))
    about.pop("feeds", None)
    (standard,) = about["standards"].values()
    if "within" in standard and "expect" in standard:
        _reopened(draw, standard, scale.spans)
        if draw(st.booleans()):
            _more(draw, standard, scale.spans)
    if draw(st.integers(0, 3)) == 0:
        standard["while"] = {"when": draw(clauses()), "until": draw(clauses())}
    rulebook = rulebook_of(about)
    settle = draw(st.sampled_from((1, 2) if scale is DAYS else (3, 6, 16))) * scale.step
    grace = draw(st.sampled_from((0, 2 * SECOND, scale.step)))
    own: dict[tuple[str, Key], list[Event]] = defaultdict(list)
    for event in read(rulebook, draw(histories(about, scale, grants=False))):
        for route in rulebook.routes.get(type(event), ()):
            own[route.group.name, route.key(event.data)].append(event)
    found = []
    for (name, key), events in own.items():
        arrive = _too_late if too_late else _away if away else _delayed
        arrivals = draw(arrive(events, settle))
        end = arrivals[-1][0] + draw(st.sampled_from((0, 1, settle, 20 * scale.step)))
        found.append(Live(rulebook, rulebook.groups[name], key, arrivals, settle, grace, end))
    return found


def _reopened(draw: st.DrawFn, standard: dict[str, Any], spans: Sequence[str]) -> None:
    for key in ("reopen", "rest"):  # the one has another name, the other goes with `done` alone
        standard.pop(key, None)
    standard["again"] = draw(st.sampled_from(("done", "judged", "each", "rise")))
    if standard["again"] == "done" and draw(st.booleans()):
        standard["rest"] = draw(st.sampled_from(spans))
    if draw(st.booleans()):
        standard["owed_for"] = draw(st.sampled_from(spans))


@st.composite
def clauses(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a clause whose condition speaks of no opening."""
    return {"event": draw(st.sampled_from(TYPES)), "where": draw(st.sampled_from(PLAIN))}


def _more(draw: st.DrawFn, standard: dict[str, Any], spans: Sequence[str]) -> None:
    """Let a response have what must last, what is the same one, a state for a pause, and what takes "done" back."""
    span = st.sampled_from(spans)
    for key in draw(st.sets(st.sampled_from(("when", "expect", "unless")))) & standard.keys():
        standard[key] = {**draw(clauses()), "for": draw(span)}
    if "for" not in standard["when"] and draw(st.booleans()):
        standard["when"] = {**draw(clauses()), "apart": draw(span)}
    if "due" not in standard and draw(st.booleans()):  # a deadline that is named does not move
        standard["pause"] = {"when": draw(clauses())}
    if draw(st.booleans()):
        standard["undo"] = {"when": draw(clauses()), "within": draw(span)}


@st.composite
def _delayed(draw: st.DrawFn, events: Sequence[Event], settle: int) -> list[tuple[int, Event]]:
    """Let each event come at once or up to `settle` late, and some of them twice."""
    delays = st.sampled_from((0, 0, 0, 1, SECOND // 2, SECOND, settle // 3, settle // 2, settle))
    found = []
    for event in events:
        received = event.at + min(settle, draw(delays))
        found.append((received, event))
        if draw(st.integers(0, 9)) == 0:
            found.append((received + draw(st.sampled_from((0, SECOND, settle // 2))), event))
    return sorted(found, key=lambda arrival: arrival[0])


@st.composite
def _too_late(draw: st.DrawFn, events: Sequence[Event], settle: int) -> list[tuple[int, Event]]:
    """Let some events come when they have no place any more, and others up to `settle` late."""
    delays = st.sampled_from((0, 0, 0, settle // 3, settle, 2 * settle, 5 * settle))
    return sorted(((event.at + draw(delays), event) for event in events), key=lambda arrival: arrival[0])


@st.composite
def _away(draw: st.DrawFn, events: Sequence[Event], settle: int) -> list[tuple[int, Event]]:
    """Let a subject send at once up to some event, and the rest in its own order, however late."""
    dark = draw(st.sampled_from(events)).at
    lag = draw(st.integers(0, 8 * settle))
    return [(event.at + (lag if event.at >= dark else 0), event) for event in events]


def in_order(live: Live) -> list[Transition[Event]]:
    """Judge a subject's events, each once, in the order of their times."""
    events = {event.id: _received(event, 0) for _, event in live.arrivals}
    facts: list[Fact] = [*sorted(events.values(), key=lambda event: event.at), Tick(live.end)]
    return feed(Case(live.group.name, live.key), facts, live.rulebook).transitions


def as_received(live: Live, ticks: st.DataObject) -> list[Transition[Event]]:
    """Judge them as a live host does: at each stamp, and at any instants between."""
    lines: list[Transition[Event]] = []
    case: Case[Event] = Case(live.group.name, live.key)
    low = -1
    for received, event in [*live.arrivals, (live.end + live.grace, None)]:
        reached = received - live.grace
        instants = [reached]
        if low >= 0 and ticks.draw(st.booleans()):
            instants.insert(0, ticks.draw(st.integers(min(low, reached), reached)))
        for instant in instants:
            facts: list[Fact] = [Tick(instant)]
            if event is not None and instant is instants[-1]:
                facts.append(_received(event, received))
            step = feed(case, facts, live.rulebook, live.settle)
            lines += step.transitions
            case = step.case or Case(live.group.name, live.key, time=instant)
        low = reached
    return lines


def _received(event: Event, stamp: int) -> Event:
    own = msgspec.structs.replace(event)
    own.received = stamp
    return own


def folded(lines: Iterable[Transition[Event]]) -> dict[str, tuple[object, ...]]:
    """Give how each promise stands: the line with the highest ordinal says it. What was withdrawn stands nowhere."""
    last: dict[str, Transition[Event]] = {}
    for line in lines:
        name = line.promise.identify(line.standard.id, line.key)
        before = last.get(name)
        assert line.ordinal == (1 if before is None else before.ordinal + 1)
        assert line.before == ("new" if before is None else before.after)
        last[name] = line
    return {name: _standing(line) for name, line in last.items() if line.after != "withdrawn"}


def _standing(line: Transition[Event]) -> tuple[object, ...]:
    settled = line.after in VERDICTS
    return line.after, line.due, (line.at, line.elapsed) if settled else None


@pytest.mark.parametrize("number", [SOME, pytest.param(CASES, marks=[pytest.mark.slow, pytest.mark.timeout(1_800)])])
def test_however_late_what_stands_in_the_end_is_what_is_true_in_order(number: int) -> None:
    """Up to `settle` late, or later in a subject's own order: each promise stands as if all had been in time.

    Its lines are numbered one by one, and each begins where the one before it ended.
    """
    judged = 0

    @settings(
        max_examples=number, database=None, derandomize=True, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lives(), st.data())
    def agree(subjects: list[Live], ticks: st.DataObject) -> None:
        nonlocal judged
        for live in subjects:
            assert folded(as_received(live, ticks)) == folded(in_order(live)), [
                (received - live.arrivals[0][0], event.id, type_of(event)) for received, event in live.arrivals
            ]
            judged += 1

    agree()
    assert judged >= number


@pytest.mark.parametrize("number", [SOME, pytest.param(CASES, marks=[pytest.mark.slow, pytest.mark.timeout(1_800)])])
def test_what_comes_too_late_is_said_once(number: int) -> None:
    """Judged again later, what came too late and its effect stay: each line begins where the one before it ended."""
    judged = 0

    @settings(
        max_examples=number, database=None, derandomize=True, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(lives(too_late=True), st.data())
    def agree(subjects: list[Live], ticks: st.DataObject) -> None:
        nonlocal judged
        for live in subjects:
            folded(as_received(live, ticks))
            judged += 1

    agree()
    assert judged >= number
