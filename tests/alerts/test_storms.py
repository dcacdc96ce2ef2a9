"""Storms: no page is lost to a budget, and nobody gets more messages than they can read."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.policy_document import load_policy
from alerts.policy.reader import Reader
from alerts.routing.notice import notice
from alerts.routing.throttle import feed
from alerts.routing.waiting import RecipientThrottle
from standards.compiler.spec import Source
from standards.judge.events import Tick
from standards.judge.ledger import Line
from streams.checking.drill import Drilled, drill
from tests.alerts.playing import HOUR, MINUTE, MOST_AN_HOUR, NOON, SECOND, STANDARDS, Floor, act, line

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
POLICY = next(text for text in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL) if "\nroutes:" in text)


def at_once() -> list[tuple[int, str, str]]:
    return [(0, f"store-{store:02}", f"q{store}-{till}") for store in range(1, 21) for till in range(1, 6)]


def played(storm: list[tuple[int, str, str]], until: float) -> Floor:
    """Play promises that are warned of at 30 s and break at 60 s after they were made, under the policy of the docs."""
    floor = Floor(POLICY)
    lines = [line(at + 30, "warned", name, site=site) for at, site, name in storm]
    lines += [line(at + 60, "broken", name, site=site) for at, site, name in storm]
    for at in sorted({it.known for it in lines}):
        floor.go((at - NOON) / SECOND, [it for it in lines if it.known == at])
    floor.go(until)
    return floor


def test_of_a_hundred_pages_at_once_none_is_lost_to_a_budget() -> None:
    """100 promises break at once: each is told to who is on, and to the chief, within seconds of its time."""
    floor = played(at_once(), 8 * 60)
    for who, by in (("ann", 65), ("chief", 365)):
        first: dict[str, float] = {}
        for told in floor.notices:
            if told.to == who:
                for promise in told.speaks_for:
                    first.setdefault(promise, (told.decided - NOON) / SECOND)
        assert {name for _, _, name in at_once()} == set(first)
        assert max(first.values()) <= by


STANDING = """
kept: 1
people: {ann: {budget: 2}}
routes: [{tell: ann, repeat: 10m, well_for: 0s}]
"""


@pytest.mark.parametrize(
    "meanwhile",
    [
        [line(700, "fulfilled_late", "q5", site="s5")],
        [line(700, "broken", "q9", site="s9"), line(715, "fulfilled_late", "q9", site="s9")],
        [line(at, "fulfilled_late", f"q{n}", site=f"s{n}") for n, at in ((5, 700), (6, 1010), (7, 1320))],
    ],
    ids=["an end", "what came and went", "one end after the other"],
)
def test_what_ended_pulls_no_repetition_along(meanwhile: list[Line]) -> None:
    """Repetitions come half an hour after the summary before, and ends without them."""
    floor = Floor(STANDING)
    floor.play([*(line(number, "broken", f"q{number}", site=f"s{number}") for number in range(1, 8)), *meanwhile], 4000)
    told = [(it.decided - NOON) // SECOND for it in floor.notices if "q4" in it.speaks_for]
    assert told == [33, 1833, 3633]
    ended = {it.promise for it in meanwhile if it.kind == "fulfilled_late"} - {"q9"}
    over = {name for it in floor.notices if 33 < (it.decided - NOON) / SECOND < 1833 for name in it.speaks_for}
    assert over == ended


def test_a_summary_names_every_place() -> None:
    """One message of a hundred promises says where and what to do, how many, and each place, as people count."""
    floor = played(at_once(), 90)
    summary = floor.notices[-1]
    assert summary.id.startswith(f"summary:{summary.to}:")
    assert len(summary.promises) == 100
    assert summary.text.splitlines()[:4] == [
        "store-01 and 19 more places: Open the next register.",
        "100 promises in this message, as there are so many. All of them are broken. Overdue since 12:01:00.",
        "- store-01: q1-1 to q1-5 (all broken)",
        "- store-02: q2-1 to q2-5 (all broken)",
    ]
    assert len(summary.text.splitlines()) == 22


STORM = st.lists(
    st.tuples(st.integers(0, 3600), st.sampled_from([f"s{n}" for n in range(8)]), st.integers(0, 30)),
    min_size=1, max_size=80, unique_by=lambda made: made[1:],
)  # fmt: skip


@given(STORM, st.lists(st.integers(0, 79), max_size=30), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_whatever_comes_nobody_is_left_out_or_flooded(
    made: list[tuple[int, str, int]], ends: list[int], budget: int
) -> None:
    """Each page that stands is told within five minutes and a half; no hour has over budget + 15 messages."""
    text = f"""
kept: 1
people: {{ann: {{budget: {budget}}}}}
routes: [{{tell: ann, group_by: [site, queue]}}]
"""
    floor = Floor(text)
    facts = [line(at, "broken", f"q{till}.{site}", site=site) for at, site, till in made]
    for index in ends:
        if index < len(made):
            at, site, till = made[index]
            facts.append(line(at + 40 + index, "fulfilled_late", f"q{till}.{site}", site=site))
    for at in sorted({it.known for it in facts}):
        floor.go((at - NOON) / SECOND, [it for it in facts if it.known == at])
    floor.go(3 * 3600)
    times = [told.decided for told in floor.notices]
    assert all(later - earlier >= HOUR for earlier, later in zip(times, times[budget + MOST_AN_HOUR :], strict=False))
    over = {it.promise for it in facts if it.kind == "fulfilled_late"}
    first: dict[str, int] = {}
    for told in floor.notices:
        for promise in told.speaks_for:
            first.setdefault(promise, told.decided)
    for it in facts:
        if it.kind == "broken" and it.promise not in over:
            assert first[it.promise] - it.known <= 5.5 * MINUTE
        elif it.promise not in first:
            assert {reason for _, reason, _ in floor.unsaid(it.promise)} & {"budget", "flapping"}


def test_what_ends_before_its_summary_is_not_told_and_neither_is_its_end() -> None:
    """Over the budget and done before the summary goes: nobody hears of it, and it stands where it is asked for."""
    floor = Floor("kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann, group_by: [queue]}]")
    floor.play(
        [line(0, "broken", "p"), line(1, "broken", "q"), line(2, "broken", "r"), line(9, "fulfilled_late", "q")], 600
    )
    assert [(told.speaks_for, (told.decided - NOON) // SECOND) for told in floor.notices] == [(("p",), 0), (("r",), 31)]
    assert [reason for _, reason, _ in floor.unsaid("q")] == ["budget", "cured", "nobody-waits-for-it"]


def test_what_is_taken_before_its_summary_is_told_to_nobody_else() -> None:
    """Somebody took what waits for a summary: it leaves; if it comes back later it is told."""
    floor = Floor("kept: 1\npeople: {ann: {budget: 1}, bob: {}}\nroutes: [{tell: ann, group_by: [queue]}]")
    taken = act(9, "acknowledged", promise="q", by="bob")
    floor.play([line(0, "broken", "p"), line(1, "broken", "q"), taken, line(90, "fulfilled_late", "q")], 600)
    assert [(told.to, told.kind, told.speaks_for) for told in floor.notices] == [
        ("ann", "broken", ("p",)), ("bob", "fulfilled_late", ("q",)),
    ]  # fmt: skip


def test_trouble_that_swings_while_it_waits_is_in_the_summary() -> None:
    """Gone and back before its summary: it is told when that goes, under the name that it has now."""
    floor = Floor("kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann, group_by: [queue]}]")
    facts = [line(0, "broken", "p"), line(1, "broken", "q.0"), line(9, "fulfilled_late", "q.0")]
    floor.play([*facts, line(20, "broken", "q.1")], 600)
    assert [told.speaks_for for told in floor.notices] == [("p",), ("q.1",)]


@pytest.fixture(scope="module")
def drilled() -> dict[str, Drilled]:
    people = load_policy(Source("policy.yaml", POLICY), STANDARDS.values())
    monday = datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Warsaw"))
    return {each.storm: each for each in drill(people, list(STANDARDS.values()), monday)}


TABLE = [
    ("100 tills at once", (8, 2), 35, (5, 2)),
    ("the same, done at 20:00", (8, 0), 35, (5, 0)),
    ("100 tills over 1 min", (9, 6), 62, (6, 3)),
    ("one more shop each minute", (19, 12), 5 * 60, (15, 12)),
    ("one promise, done at 4:00", (3, 0), 5, None),
    ("one promise, done at 6:40", (3, 0), 5, (2, 0)),
    ("500 tickets in an hour", (8, 1), 30 * 60, None),
]


@pytest.mark.parametrize(("storm", "ann", "latest", "chief"), TABLE)
def test_the_policy_of_the_docs_in_storms(
    drilled: dict[str, Drilled], storm: str, ann: tuple[int, int], latest: int, chief: tuple[int, int] | None
) -> None:
    """So many messages in the first and the second hour, nobody later than that, and nothing unreached."""
    found = drilled[storm]
    assert found.unreached == ()
    assert found.heard["ann"].hours == ann
    assert found.heard["ann"].slowest <= latest * SECOND
    assert (found.heard["chief"].hours if "chief" in found.heard else None) == chief


def test_a_state_of_the_version_before_is_told_as_it_would_have_been() -> None:
    """What an earlier version held back for a digest is told when that was due: nothing is lost by the change."""
    made = notice(line(5, "broken", "p"), STANDARDS["r-no-wait"], Reader())
    before = {
        "name": "ann",
        "sent": [NOON],
        "seen": {},
        "waiting": {"p": msgspec.to_builtins(made)},
        "due": NOON + HOUR,
    }
    case = msgspec.convert(before, RecipientThrottle)
    people = load_policy(Source("policy.yaml", "kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann}]"), [])
    assert feed(case, (), people).wake_at == NOON + HOUR
    told = feed(case, [Tick(NOON + HOUR)], people).notices
    assert [each.speaks_for for each in told] == [("p",)]
