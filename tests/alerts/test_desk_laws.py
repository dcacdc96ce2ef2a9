"""Laws of the desk's machines: however facts are split, ticked and stored, the same people hear the same."""

from collections.abc import Iterable
from itertools import groupby, pairwise
from operator import attrgetter

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.policy import Policy
from alerts.routing.actions import Action
from alerts.routing.incident import AlertRouter, is_trouble
from alerts.routing.notification import Notification, Standing
from alerts.routing.router import Fact, feed
from alerts.routing.throttle import feed as feed_inbox
from alerts.routing.waiting import RecipientThrottle
from standards.judge.events import Tick
from standards.judge.ledger import Line
from standards.judge.promise import Kind
from tests.alerts.playing import HOUR, NOON, SECOND, STANDARDS, Floor, act, line, people, silencing

PEOPLE = people(
    """
kept: 1
calendars:
  lunch: {timezone: Europe/Warsaw, hours: {daily: ["12:03-12:06"]}}
  early: {timezone: Europe/Warsaw, hours: {daily: ["08:00-12:02"]}}
  late: {timezone: Europe/Warsaw, hours: {daily: ["12:02-20:00"]}}
people: {ann: {budget: 3}, bob: {quiet: lunch}, cleo: {}, dora: {}}
teams: {floor: {members: [ann, bob, {person: dora, shift: early}, {person: cleo, shift: late}]}}
routes:
  - {match: {severity: page}, tell: floor, group_by: [site], group_wait: 7s, well_for: 20s, continue: true}
  - tell: ann
    well_for: 0s
    taken_for: 70s
    repeat: 50s
    mute: lunch
    escalate: [{after: 30s, tell: bob}, {after: 90s, tell: cleo}]
inhibit: [{when: tills-work, mute: no-wait}]
"""
)
_at = attrgetter("at")
POLICY = Policy(STANDARDS, people=PEOPLE)
ACTS = ("acknowledged", "acknowledged", "handed_on", "given_back")
LIVES: tuple[tuple[Kind, ...], ...] = (
    ("warned", "kept"), ("warned", "broken", "fulfilled_late"), ("broken",), ("lost", "corrected"),
    ("warned", "warned", "broken", "corrected"), ("broken", "excused"), ("warned", "voided"),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Line | Action]:
    """Promises' lives, and acts, in the order of time; many at the same instants."""
    facts: list[Line | Action] = []
    for number in range(draw(st.integers(1, 7))):
        name, at = f"q{draw(st.integers(0, 2))}.{number}", draw(st.integers(0, 400))
        of = draw(st.sampled_from(["no-wait", "greeting", "tills-work"]))
        for ordinal, kind in enumerate(draw(st.sampled_from(LIVES))):
            made = line(at, kind, name, of=of, was="broken" if kind == "corrected" else None)
            facts.append(msgspec.structs.replace(made, id=f"{name}.{ordinal}"))
            at += draw(st.sampled_from([0, 1, 7, 20, 30, 60, 100]))
        if draw(st.booleans()):
            sort, by = draw(st.sampled_from(ACTS)), draw(st.sampled_from(["ann", "cleo", "?"]))
            facts.append(act(at - 5, sort, promise=name, by=by, to=draw(st.sampled_from(["bob", "cleo", "?"]))))
    if draw(st.booleans()):
        begun = draw(st.integers(0, 300))
        facts.append(silencing(begun, begun + draw(st.integers(0, 200)), standard="no-wait"))
        if draw(st.booleans()):
            lifted = begun + draw(st.integers(1, 200))
            facts.append(act(lifted, "unsilenced", silence=silencing(lifted, -1).silence))
    return sorted(facts, key=instant)


def instant(fact: Line | Action) -> tuple[int, int, str]:
    return (fact.at, 1, fact.id) if isinstance(fact, Action) else (fact.known, 0, fact.id)


def ticked(draw: st.DrawFn, facts: Iterable[Line | Action]) -> list[Fact]:
    """Put ticks between facts, each as far as time can have come there."""
    found: list[Fact] = []
    low = NOON
    for fact in facts:
        at = instant(fact)[0]
        if at - 1 > low and draw(st.booleans()):
            low = draw(st.integers(low, at - 1))
            found += [Tick(low)] * draw(st.integers(1, 2))
        found.append(fact)
    return [*found, Tick(NOON + 2 * HOUR)]


def switched(facts: list[Fact], cuts: set[int]) -> tuple[object, ...]:
    """Feed facts in parts, storing the case and reading it back at each cut."""
    case, heard = AlertRouter("s1"), []
    edges = [0, *sorted(cuts), len(facts)]
    for start, stop in pairwise(edges):
        step = feed(case, facts[start:stop], POLICY)
        heard.append((step.calls, step.reasons, step.withheld))
        stored = msgspec.json.encode(step.case or AlertRouter("s1"))
        case = msgspec.json.decode(stored, type=AlertRouter)
        early = [each for each in facts[stop:] if not isinstance(each, Tick)]
        assert not early or step.wake_at > 0
    return tuple([each for part in heard for each in part[n]] for n in range(3))


@given(st.data())
@settings(max_examples=100)
def test_splitting_ticking_and_storing_change_no_call(data: st.DataObject) -> None:
    """The same lines and acts give the same calls, reasons and suppressions: in parts, with ticks, and read back."""
    history = data.draw(histories())
    plain: list[Fact] = [*history, Tick(NOON + 2 * HOUR)]
    facts = data.draw(st.composite(ticked)(history))
    cuts = data.draw(st.sets(st.integers(0, len(facts))))
    assert switched(facts, cuts) == switched(plain, set())


def test_a_wait_that_nobody_is_left_in_is_over() -> None:
    """Troubles that are cured at once leave no wait of their group behind, wherever the case was stored meanwhile."""
    facts: list[Fact] = []
    for name, at in (("a", 0), ("b", 8), ("c", 14), ("d", 21)):
        warned, kept = line(at, "warned", f"q0.{name}"), line(at, "kept", f"q0.{name}")
        facts += [msgspec.structs.replace(warned, id=f"{name}.0"), msgspec.structs.replace(kept, id=f"{name}.1")]
    facts.append(Tick(NOON + 2 * HOUR))
    plain = switched(facts, set())
    assert [cut for cut in range(len(facts)) if switched(facts, {cut}) != plain] == []


def boxed(calls: list[Notification | Standing | Tick], cuts: set[int]) -> tuple[object, ...]:
    case, heard = RecipientThrottle("ann"), []
    edges = [0, *sorted(cuts), len(calls)]
    for start, stop in pairwise(edges):
        step = feed_inbox(case, calls[start:stop], PEOPLE)
        heard.append((step.notices, step.withheld))
        case = msgspec.json.decode(msgspec.json.encode(step.case or RecipientThrottle("ann")), type=RecipientThrottle)
    return tuple([each for part in heard for each in part[n]] for n in range(2))


@given(st.data())
@settings(max_examples=50)
def test_splitting_and_storing_change_no_message(data: st.DataObject) -> None:
    """The same calls give one person the same messages; each promise they were called about is in one, or is over."""
    history = data.draw(histories())
    taken = {fact.promise for fact in history if isinstance(fact, Action)}
    step = feed(AlertRouter("s1"), [*history, Tick(NOON + 2 * HOUR)], POLICY)
    calls: list[Notification | Standing | Tick] = sorted((call for call in step.calls if call.to == "ann"), key=_at)
    end = Tick(NOON + 9 * HOUR)
    cuts = data.draw(st.sets(st.integers(0, len(calls))))
    cuts -= {at for at in cuts if 0 < at < len(calls) and calls[at - 1].at == calls[at].at}
    notices, withheld = boxed([*calls, end], set())
    assert boxed([*calls, end], cuts) == (notices, withheld)
    told = [call for call in calls if isinstance(call, Notification) and call.turn not in ("back", "over")]
    called = {part.promise for call in told for part in call.parts}
    left = {each.promise for each in withheld if each.reason == "nobody-waits-for-it"}  # type: ignore[attr-defined]
    flapped = {
        call.was[part.promise] for call in calls if isinstance(call, Notification) and call.was for part in call.parts
    }
    heard = {promise for notice in notices for promise in notice.speaks_for}  # type: ignore[attr-defined]
    assert called <= heard | left | flapped | taken


@given(histories())
@settings(max_examples=100)
def test_what_was_held_back_and_stands_is_told(history: list[Line | Action]) -> None:
    """Once no silence, mute time or cause holds any more, somebody was told of all that stands and that nobody took."""
    step = feed(AlertRouter("s1"), [*history, Tick(NOON + 2 * HOUR)], POLICY)
    heard = {part.promise for call in step.calls if isinstance(call, Notification) for part in call.parts}
    taken = {fact.promise for fact in history if isinstance(fact, Action)}
    stand = {fact.promise: fact for fact in history if isinstance(fact, Line)}
    over = {name for name, last in stand.items() if not is_trouble(last)}
    causes = {name for name, last in stand.items() if last.standard == "tills-work" and last.verdict == "broken"} - over
    flapped = {each.promise for each in step.withheld if each.reason == "flapping"}
    explained = {name for name, last in stand.items() if causes and last.standard == "no-wait"}
    assert set(stand) - over - taken - explained - flapped <= heard


@given(st.data())
@settings(max_examples=50)
def test_batches_and_restarts_change_nothing_that_anybody_hears(data: st.DataObject) -> None:
    """A floor told fact by fact, in batches, or started anew in between, says the same to the same people."""
    history = [fact for fact in data.draw(histories()) if not (isinstance(fact, Action) and fact.silence)]
    one, many = Floor(), Floor()
    one.go(7200, history)
    for at, together in groupby(history, key=lambda fact: instant(fact)[0]):
        many.go((at - NOON) / SECOND, list(together))
        if data.draw(st.booleans()):
            many.restart()
    many.go(7200)
    assert [notice.id for notice in many.notices] == [notice.id for notice in one.notices]
    assert many.notices == one.notices
    assert sorted(many.withheld, key=str) == sorted(one.withheld, key=str)
    assert len({notice.id for notice in one.notices}) == len(one.notices)


@given(st.data())
@settings(max_examples=50)
def test_every_line_has_its_reason(data: st.DataObject) -> None:
    """No line that was worth telling is without a reason, and what is told has an id of its own."""
    floor = Floor()
    history = data.draw(histories())
    floor.go(7200, history)
    lines = {fact.id for fact in history if isinstance(fact, Line)}
    assert lines == set(floor.reasons)
    assert floor.undecided == []
    assert len({each.id for each in floor.withheld}) == len(floor.withheld)
