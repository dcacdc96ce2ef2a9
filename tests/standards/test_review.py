"""Reviews: fates folded from transitions, counted, compared promise by promise, and numbers varied in a rule."""

from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.judge.events import Event
from standards.judge.ledger import line
from standards.judge.promise import Transition
from standards.judge.standard import UTC_ZONE
from standards.review.difference import difference
from standards.review.fate import Fate, Fates
from standards.review.tally import BINS, slot, tally
from standards.review.variation import has_knob, knobs, value_now, values_of, varied
from tests.history import instant, judge_all, rules

SECOND = 1_000_000
HISTORY = """
08:00:00 contact.waiting contact=c1
08:00:50 contact.answered contact=c1
08:10:00 contact.waiting contact=c2
08:11:30 contact.answered contact=c2
08:20:00 contact.waiting contact=c3
08:20:10 contact.abandoned contact=c3
08:30:00 contact.waiting contact=c4
08:31:00 contact.answered contact=c4
"""
ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, unless: contact.abandoned, warn: 50%, within: "


def judged(within: str) -> list[Transition[Event]]:
    return judge_all(rules(answer=ANSWER + within), HISTORY).transitions


def fates(within: str) -> dict[str, Fate]:
    found = Fates()
    found.take(judged(within))
    return found.by_promise


def told(by_promise: dict[str, Fate]) -> dict[str, tuple[str, int, int]]:
    return {fate.subject: (fate.end, fate.took // SECOND if fate.took >= 0 else -1, len(fate.told))
            for fate in by_promise.values()}  # fmt: skip


def test_a_fate_is_all_that_a_reviewer_asks() -> None:
    """How each promise ended, how long it took in time or late, and how often somebody was told."""
    assert told(fates("60s")) == {"c1": ("kept", 50, 1), "c2": ("broken", 90, 2), "c3": ("void", -1, 0),
                                  "c4": ("kept", 60, 1)}  # fmt: skip


def test_a_ledger_has_the_same_fates() -> None:
    """Lines that were written down say what the transitions said."""
    found = Fates()
    for each in judged("60s"):
        found.take_line(line(each))
    assert found.by_promise == fates("60s")


def test_only_what_came_out_otherwise_is_a_change() -> None:
    """Ended otherwise, told otherwise, made under one version alone; what is the same is in none of them."""
    found = difference(fates("60s"), fates("100s"))
    assert [(change.fate.subject, change.way) for change in found.changes] == [
        ("c1", ("kept", "kept")), ("c2", ("broken", "kept")), ("c4", ("kept", "kept")),
    ]  # fmt: skip
    assert found.ways("answer") == {("kept", "kept"): 2, ("broken", "kept"): 1}
    assert found.telling()[0].change.fate.subject == "c2"
    gone = difference(fates("60s"), {})
    assert {change.way for change in gone.changes} == {(end, "not promised") for end in ("kept", "broken", "void")}
    assert difference(fates("60s"), fates("60s")).changes == []


def lives(standard: str, *moments: int, end: str = "kept") -> dict[str, Fate]:
    return {f"{standard}-{at}": Fate(standard, "s1", at, end=end) for at in moments}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "renamed"),
    [
        (lives("a", 1, 2, 3), lives("b", 1, 2, 3), {"b": "a"}),
        (lives("a", 1, 2, 3), lives("b", 1, 2, 3, end="broken"), {"b": "a"}),
        (lives("a", 1, 2, 3), lives("b", 1, 2, 4), {}),  # another rule: half of the moments are the same
        (lives("a", 1, 2, 3), {**lives("a", 1), **lives("b", 1, 2, 3)}, {}),  # a is still there
        (lives("a", *range(20)), lives("b", *range(19)), {"b": "a"}),
        (  # two for the same moments: each is who ends alike
            {**lives("a", 1, 2), **lives("b", 1, 2, end="broken")},
            {**lives("c", 1, 2, end="broken"), **lives("d", 1, 2)}, {"c": "b", "d": "a"},
        ),
    ],
)  # fmt: skip
def test_a_standard_for_the_same_moments_is_in_the_others_place(
    before: dict[str, Fate], now: dict[str, Fate], renamed: dict[str, str]
) -> None:
    """Gone and come with nine of ten moments the same, and promises are then paired by moment."""
    assert difference(before, now).renamed == renamed


def test_promises_of_a_new_name_are_paired_by_moment() -> None:
    """What is different is what it would be without the new name: nothing, or how each of them ends."""
    assert difference(lives("a", 1, 2), lives("b", 1, 2)).changes == []
    found = difference(lives("a", *range(20)), {**lives("b", *range(18)), **lives("b", 18, end="broken")})
    assert [(change.promise, change.way) for change in found.changes] == [
        ("b-18", ("kept", "broken")), ("a-19", ("kept", "not promised")),
    ]  # fmt: skip
    assert found.ways("b") == {("kept", "broken"): 1, ("kept", "not promised"): 1}


ends = st.sampled_from(["kept", "broken", "void", "excused", "unknown", "open"])
some_fates = st.dictionaries(
    st.text("abc", min_size=1, max_size=2),
    st.builds(Fate, st.just("s"), st.just("x"), st.integers(0, 5), end=ends, at=st.integers(0, 9)),
)


@given(some_fates, some_fates)
def test_a_difference_explains_the_counts(before: dict[str, Fate], now: dict[str, Fate]) -> None:
    """What was there before, less what went, and what came, is what is there now; and nothing differs from itself."""
    found = difference(before, now)
    counts: Counter[str] = Counter(fate.end for fate in before.values())
    for was, is_now in found.ways("s").elements():
        counts[was] -= 1
        counts[is_now] += 1
    del counts["not promised"]
    assert +counts == Counter(fate.end for fate in now.values())
    assert len(found.telling()) == min(10, len(found.changes))
    assert difference(now, now).changes == []


def test_promises_are_counted_by_the_clock_on_the_wall() -> None:
    """By day and hour of the zone; who came at the deadline is in time; the last tenth has all that took long."""
    found = tally("answer", fates("60s").values(), ZoneInfo("Asia/Kathmandu"), 60 * SECOND)
    assert found.ends == {"kept": 2, "broken": 1, "void": 1}
    assert found.week == {  # 08:00 to 08:30 UTC are 13:45 to 14:15 there
        (0, 13): {"kept": 1, "broken": 1},
        (0, 14): {"void": 1, "kept": 1},
    }
    assert found.took[8:10] == [1, 1]
    assert found.took[14] == 1
    assert sum(tally("answer", fates("10s").values(), UTC_ZONE, 10 * SECOND).took[BINS:]) == 3
    assert slot(int(instant("+6d 23:30").timestamp()) * SECOND, ZoneInfo("Europe/Warsaw")) == (0, 0)


RULE = {
    "when": {"event": "queue.length", "where": "waiting > 3 and 2 < serving"},
    "unless": {"event": "queue.length", "where": "waiting <= 3"},
    "expect": {"event": "register.opened"},
    "within": "60s",
}


def test_a_number_varies_wherever_the_field_is_compared() -> None:
    """When and unless move together, other fields stay, and the rule itself is left as it was."""
    assert knobs(RULE) == ["within", "serving", "waiting"]
    made = varied(RULE, "waiting", "5")
    assert made["when"]["where"] == "waiting > 5 and 2 < serving"
    assert made["unless"]["where"] == "waiting <= 5"
    assert varied(RULE, "serving", "4")["when"]["where"] == "waiting > 3 and 4 < serving"
    assert varied(RULE, "within", "2m")["within"] == "2m"
    assert RULE["unless"] == {"event": "queue.length", "where": "waiting <= 3"}
    assert (value_now(RULE, "waiting"), value_now(RULE, "within")) == ("3", "60s")
    assert not has_knob(RULE, "patience")
    assert varied({"over": "30m", "step": "5m"}, "step", "10m") == {"over": "30m", "step": "10m"}
    assert knobs({"over": "30m", "step": "5m"}) == ["over", "step"]
    assert varied({"must": "score >= 4.2"}, "score", "4.5")["must"] == "score >= 4.5"
    with pytest.raises(ValueError, match="below zero"):
        varied({"when": {"where": "waiting > 3 and waiting != 1"}}, "waiting", "1")


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("within=30s..5m", ["30s", "45s", "1m", "1m30s", "2m", "2m30s", "3m", "4m", "5m"]),
        ("waiting=2..6", ["2", "3", "4", "5", "6"]),
        ("within=30s, 61s", ["30s", "61s"]),
        ("at_most=1..1", ["1"]),
        ("over=20m..1h", ["20m", "30m", "45m", "1h"]),  # forty-five minutes fit into a day 32 times
        ("over=5m..10m", ["5m", "10m"]),  # seven minutes do not
        ("over=20 events, 50 events", ["20 events", "50 events"]),
        ("over=shift, 8h", ["shift", "8h"]),
        ("step=5m, 10m", ["5m", "10m"]),
    ],
)
def test_values_are_those_that_people_promise(asked: str, values: list[str]) -> None:
    """Lengths go in round steps from the first to the last, numbers one by one, and a list as it stands."""
    assert values_of(asked)[1] == values


@pytest.mark.parametrize(
    "asked", ["", "within", "within=", "=3", "within=5m..30s", "waiting=6..2", "waiting=a..b", "x=1,,2", "within=1..2",
              "x=" + ",".join("1" * 30)],
)  # fmt: skip
def test_what_is_no_range_is_said(asked: str) -> None:
    """Each slip is told with what would mend it."""
    with pytest.raises(ValueError, match=";"):
        values_of(asked)


def test_a_long_range_has_few_values() -> None:
    """However far it goes, few values are tried, and the last is never far from the end."""
    assert len(values_of("waiting=0..1000")[1]) <= 24
    assert len(values_of("within=1s..28d")[1]) <= 12


def test_each_time_of_a_choice_varies_by_itself() -> None:
    """It is named by the way to it; what is owed nothing has no time to vary."""
    low = {"by": "paid", "true": "4h", "else": "none"}
    within = {"by": "priority", "high": "1h", "low": low, "else": "2 working days"}
    rule = {**RULE, "within": within}
    assert knobs(rule)[:3] == ["within.high", "within.low.true", "within.else"]
    assert varied(rule, "within.low.true", "5h")["within"] == {**within, "low": {**low, "true": "5h"}}
    assert value_now(rule, "within.else") == "2 working days"
    assert not has_knob(rule, "within")
    assert values_of("within.high=30m..2h")[0] == "within.high"
    assert values_of("within.else=1 working day, 3 working days")[1] == ["1 working day", "3 working days"]
