"""The oracle itself, held against ledgers worked out by hand from docs/semantics.md.

Next: `test_oracle.py`, where it judges the judge.
"""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import pytest

from tests.oracle.evaluate import evaluate
from tests.oracle.histories import document
from tests.oracle.opening_hours import instant_after, key, next_bound, open_time, utc

SECOND = 10**6
Told = list[tuple[str, float]]


def judged(standard: dict[str, Any], *events: tuple[float, str, dict[str, Any]], **more: Any) -> Told:  # noqa: ANN401
    """Judge one queue's events (second, type, data); give (kind, second), promise by promise at one instant."""
    history = [
        {"id": str(place), "source": "shop", "type": f"call.{kind}", "time": int(at * SECOND)}
        | {"data": {"queue": "a"} | data}
        for place, (at, kind, data) in enumerate(events)
    ]
    lines = evaluate(document({"first": {"per": ["queue"], "owner": "lead"} | standard}, **more), history)
    in_order = sorted(lines, key=lambda line: (line[3], line[4], line[2] != "opened"))
    return [(line[2], line[3] / SECOND) for line in in_order]


Fact = tuple[str, dict[str, Any]]
RANG: Fact = ("rang", {})
TAKEN: Fact = ("taken", {})
ANSWER = {"when": "call.rang", "expect": "call.taken", "within": "10s"}


def test_an_answer_at_the_deadline_is_in_time() -> None:
    """What happens exactly at a deadline is in time, and its warning at that instant is not given."""
    warned = {**ANSWER, "warn": ["50%"]}
    assert judged(warned, (0, *RANG), (10, *TAKEN)) == [("opened", 0), ("warned", 5), ("kept", 10)]
    assert judged(warned, (0, *RANG), (5, *TAKEN)) == [("opened", 0), ("kept", 5)]


def test_an_answer_too_late_is_told() -> None:
    """A promise breaks at its deadline; the first answer while it is owed is told, and a second one is not."""
    late = judged(ANSWER, (0, *RANG), (11, *TAKEN), (12, *TAKEN))
    assert late == [("opened", 0), ("broken", 10), ("fulfilled_late", 11)]


def test_at_the_end_what_is_due_later_is_open() -> None:
    """Time reaches the newest event and goes no further: a promise due then is broken, one due later is open."""
    assert judged(ANSWER, (0, *RANG), (9.5, "left", {})) == [("opened", 0)]
    assert judged(ANSWER, (0, *RANG), (10, "left", {})) == [("opened", 0), ("broken", 10)]


def test_what_is_overdue_ends() -> None:
    """It is not needed any more, or it is given up so long after its deadline: at that instant it can still be done."""
    gone = {**ANSWER, "unless": "call.left", "owed_for": "5s"}
    broken = [("opened", 0.0), ("broken", 10.0)]
    assert judged(gone, (0, *RANG), (15, "left", {}), (16, *TAKEN)) == [*broken, ("ended", 15)]
    assert judged(gone, (0, *RANG), (15, *TAKEN)) == [*broken, ("fulfilled_late", 15)]
    assert judged(gone, (0, *RANG), (15.5, *TAKEN)) == [*broken, ("given_up", 15)]


def test_done_waits_for_what_is_overdue_and_judged_does_not() -> None:
    """Another call after the deadline opens a second promise by `judged` alone; one answer ends both."""
    again = [(0, *RANG), (11, *RANG), (12, *TAKEN), (13, *RANG)]
    late = [("opened", 0), ("broken", 10)]
    done = judged({**ANSWER, "again": "done"}, *again)
    assert done == [*late, ("fulfilled_late", 12), ("opened", 13)]
    assert judged({**ANSWER, "again": "judged"}, *again) == [
        *late, ("opened", 11), ("fulfilled_late", 12), ("kept", 12), ("opened", 13),
    ]  # fmt: skip


def test_a_rest_ends_by_the_clock_with_the_last_need() -> None:
    """Up to the end of the rest an event only waits; what ends the need until then leaves nothing to open."""
    rested = {**ANSWER, "again": "done", "rest": "5s"}
    kept = [(0, *RANG), (1, *TAKEN), (2, *RANG)]
    start = [("opened", 0), ("kept", 1)]
    assert judged(rested, *kept, (9, "closed", {}), (9, *TAKEN)) == [*start, ("opened", 6), ("kept", 9)]
    assert judged(rested, *kept, (6, *TAKEN), (9, "closed", {})) == start
    assert judged(rested, *kept[:2], (6, *RANG), (7, *TAKEN)) == [*start, ("opened", 6), ("kept", 7)]


def test_what_was_excused_is_owed_once_it_was_not_so() -> None:
    """An excused need opens nothing until it ended, by an answer here; another one then does."""
    grant = {"standard": "first", "subject": "a", "by": "lead", "reason": "rain"}
    history = [
        {"id": str(place), "source": "shop", "type": kind, "time": at * SECOND, "data": {"queue": "a"} | data}
        for place, (at, kind, data) in enumerate([
            (0, "call.rang", {}), (1, "exception.granted", grant), (2, "call.rang", {}), (3, "call.taken", {}),
            (4, "call.rang", {}),
        ])
    ]  # fmt: skip
    rules = document({"first": {"per": ["queue"], "owner": "lead", **ANSWER, "again": "done"}})
    lines = [(kind, at // SECOND) for _, _, kind, at, *_ in evaluate(rules, history)]
    assert sorted(lines, key=lambda line: line[1]) == [("opened", 0), ("excused", 1), ("opened", 4)]


def test_only_a_rise_opens() -> None:
    """A rise that comes while a promise is open is used up; the next one opens."""
    standard = {**ANSWER, "when": {"event": "call.rang", "where": "n > 1"}, "again": "rise"}
    busy, calm = ("rang", {"n": 2}), ("rang", {"n": 0})
    told = judged(standard, (0, *busy), (1, *calm), (2, *busy), (3, *TAKEN), (4, *busy), (5, *calm), (6, *busy))
    assert told == [("opened", 0), ("kept", 3), ("opened", 6)]


def test_a_pause_stops_the_clock() -> None:
    """A paused promise does not break: three seconds of pause move its deadline by three."""
    standard = {**ANSWER, "pause": {"when": "call.parked", "until": "call.left"}}
    told = judged(standard, (0, *RANG), (4, "parked", {}), (7, "left", {}), (20, "closed", {}))
    assert told == [("opened", 0), ("paused", 4), ("resumed", 7), ("broken", 13)]


def test_a_need_that_went_away_is_void() -> None:
    """`unless` voids, with the opening's fields at hand; an event that fulfils as well fulfils."""
    gone = {**ANSWER, "unless": {"event": "call.left", "where": "n == opening.n"}}
    told = judged(gone, (0, "rang", {"n": 1}), (1, "left", {"n": 2}), (2, "left", {"n": 1}))
    assert told == [("opened", 0), ("voided", 2)]
    assert judged({**ANSWER, "unless": "call.taken"}, (0, *RANG), (1, *TAKEN)) == [("opened", 0), ("kept", 1)]


def test_precedence_looks_back() -> None:
    """Exactly `within_last` before still counts; a microsecond more does not."""
    standard = {"when": "call.rang", "expect": "call.taken", "within_last": "5s"}
    assert judged(standard, (0, *TAKEN), (5, *RANG)) == [("opened", 5), ("kept", 5)]
    assert judged(standard, (0, *TAKEN), (5.000001, *RANG)) == [("opened", 5.000001), ("broken", 5.000001)]
    assert judged(standard, (5, *RANG), (5, *TAKEN)) == [("opened", 5), ("broken", 5)]


def test_universality_judges_each() -> None:
    """Each event that is asked about is judged by itself."""
    told = judged({"when": "call.rang", "must": "ok"}, (0, "rang", {"ok": True}), (1, "rang", {"ok": False}))
    assert told == [("opened", 0), ("kept", 0), ("opened", 1), ("broken", 1)]


def test_bounded_within_a_span() -> None:
    """The promise is kept when all have stopped counting, and breaks at the event that is one too many."""
    standard = {"when": "call.rang", "at_most": 1, "within": "5s"}
    assert judged(standard, (0, *RANG), (9, "left", {})) == [("opened", 0), ("kept", 5)]
    told = judged(standard, (0, *RANG), (1, *RANG), (2, *RANG), (7, *RANG), (20, "left", {}))
    assert told == [("opened", 0), ("broken", 1), ("opened", 7), ("broken", 7)]


def test_bounded_until_something() -> None:
    """`until` keeps the open promise and lets the count start anew; without it the count goes on for ever."""
    standard = {"when": "call.rang", "at_most": 1, "until": "call.closed"}
    told = judged(standard, (0, *RANG), (1, "closed", {}), (2, *RANG), (3, *RANG), (4, *RANG))
    assert told == [("opened", 0), ("kept", 1), ("opened", 2), ("broken", 3)]
    life = {"when": "call.rang", "at_most": 1}
    assert judged(life, (0, *RANG), (9, *RANG), (99, *RANG)) == [("opened", 0), ("broken", 9)]


def test_recurrence_has_no_gaps() -> None:
    """The next period opens where the last one ends; an event at that instant belongs to the old one."""
    told = judged({"expect": "call.taken", "every": "5s"}, (0, *TAKEN), (10, *TAKEN), (15, "left", {}))
    assert told[:4] == [("opened", 0), ("kept", 0), ("opened", 5), ("kept", 10)]
    assert told[4:] == [("opened", 10), ("broken", 15), ("opened", 15)]


def test_level_judges_windows() -> None:
    """An event at a window's end belongs to the next window; too few samples are void."""
    standard = {"when": "call.rang", "measure": "mean(n)", "over": "5s", "must": ">= 2", "at_least": 2}
    told = judged(standard, (1, "rang", {"n": 1}), (2, "rang", {"n": 2}), (5, "rang", {"n": 3}), (10, "left", {}))
    assert told == [("opened", 1), ("warned", 2), ("broken", 5), ("opened", 5), ("voided", 10)]


def test_silence_makes_a_verdict_unknown() -> None:
    """A deadline in the dark is lost; exactly `silent_after` ago is not dark yet."""
    feeds = {"line": {"events": ["call.taken", "call.left"], "per": ["queue"], "silent_after": "4s"}}
    dark = judged(ANSWER, (0, *RANG), (5.9, "left", {}), (11, *RANG), feeds=feeds)
    assert ("lost", 10) in dark
    light = judged(ANSWER, (0, *RANG), (6, "left", {}), (11, *RANG), feeds=feeds)
    assert ("broken", 10) in light


FIRST_AT_0 = blake2b(b'["first",["a"],["shop","1"],0]', digest_size=10).hexdigest()
"""The promise that the shop's event 1 opens at 0 under the standard `first`, as docs/semantics.md spells its id."""


def test_a_grant_excuses() -> None:
    """Who may, excuses what is open or, when nothing is, corrects the last failure; who may not, does nothing."""
    event = {"id": "g", "source": "shop", "type": "exception.granted", "time": 12 * SECOND}
    grant = {"standard": "first", "subject": "a", "by": "lead", "reason": "rain"}
    rang = {"id": "1", "source": "shop", "type": "call.rang", "time": 0, "data": {"queue": "a"}}
    rules = document({"first": {"per": ["queue"], "owner": "lead", **ANSWER}})
    opened = ("first", ("a",), "opened", 0, 0, "open", f"{FIRST_AT_0}.1")
    broken = ("first", ("a",), "broken", 10 * SECOND, 0, "broken", f"{FIRST_AT_0}.2")
    corrected = ("first", ("a",), "corrected", 12 * SECOND, 0, "excused", f"{FIRST_AT_0}.3")
    excused = ("first", ("a",), "excused", 9 * SECOND, 0, "excused", f"{FIRST_AT_0}.2")
    assert evaluate(rules, [rang, {**event, "data": grant}]) == sorted([opened, broken, corrected], key=repr)
    assert evaluate(rules, [rang, {**event, "time": 9 * SECOND, "data": grant}]) == sorted([opened, excused], key=repr)
    assert evaluate(rules, [rang, {**event, "data": {**grant, "by": "x"}}]) == sorted([opened, broken], key=repr)


def test_a_grant_corrects_the_last_failure() -> None:
    """Of two promises that were broken at one instant, a grant corrects the one that was opened last."""
    rules = document({"first": {"per": ["queue"], "owner": "lead", "when": "call.rang", "must": "n > 1"}})
    rang = {"source": "shop", "type": "call.rang", "time": 0, "data": {"queue": "a", "n": 0}}
    grant = {"standard": "first", "subject": "a", "by": "lead", "reason": "rain"}
    granted = {"id": "g", "source": "shop", "type": "exception.granted", "time": SECOND, "data": grant}
    lines = evaluate(rules, [{**rang, "id": "1"}, {**rang, "id": "2"}, granted])
    last = blake2b(b'["first",["a"],["shop","2"],0]', digest_size=10).hexdigest()
    assert [line[-1] for line in lines if line[2] == "corrected"] == [f"{last}.3"]


def test_promises_are_heard() -> None:
    """A broken promise opens another standard's promise at the instant at which it broke."""
    follow: dict[str, Any] = {"per": ["queue"], "expect": "call.closed", "within": "3s"}
    follow["when"] = {"event": "promise.broken", "where": 'standard == "first"'}
    rules = document({"first": {"per": ["queue"], **ANSWER}, "second": follow})
    rang = {"id": "1", "source": "shop", "type": "call.rang", "time": 0, "data": {"queue": "a"}}
    closed = {"id": "2", "source": "shop", "type": "call.closed", "time": 13 * SECOND, "data": {"queue": "a"}}
    heard = [line[2:4] for line in evaluate(rules, [rang, closed]) if line[0] == "second"]
    assert sorted(heard) == [("kept", 13 * SECOND), ("opened", 10 * SECOND)]


def test_promises_are_heard_by_their_ids() -> None:
    """Where one period ends and the next begins, at one instant, whose id is the lesser is heard first."""
    told = {"where": 'standard == "first"'}
    follow = {"when": {"event": "promise.opened", **told}, "expect": {"event": "promise.broken", **told}}
    meet = {"per": ["queue"], "expect": "call.rang", "every": "2s"}
    rules = document({"first": meet, "second": {"per": ["queue"], "within": "9s", "again": "each", **follow}})
    orders = set()
    for queue in "abcdef":
        history = [
            {"id": str(at), "source": "shop", "type": kind, "time": at * SECOND, "data": {"queue": queue}}
            for at, kind in ((0, "call.rang"), (4, "clock.struck"))
        ]
        spelled = [f'["first",["{queue}"],["",""],{opened * SECOND}]'.encode() for opened in (2, 4)]
        ended, begun = (blake2b(one, digest_size=10).hexdigest() for one in spelled)
        lines = {line[:5] for line in evaluate(rules, history)}
        assert (("second", (queue,), "kept", 4 * SECOND, 4 * SECOND) in lines) == (begun < ended)
        orders.add(begun < ended)
    assert orders == {True, False}


def test_an_old_subject_is_new_again() -> None:
    """After `forget_after` without an event the edge is forgotten: a condition that still holds opens again."""
    standard = {**ANSWER, "when": {"event": "call.rang", "where": "n > 1"}, "forget_after": "24h", "again": "rise"}
    day, busy = 86_400, ("rang", {"n": 2})
    assert judged(standard, (0, *busy), (1, *TAKEN), (day + 1, *busy)) == [("opened", 0), ("kept", 1)]
    assert judged(standard, (0, *busy), (1, *TAKEN), (day + 2, *busy))[2:] == [("opened", day + 2)]


def test_repeats_are_dropped_and_lateness_is_sorted() -> None:
    """A repeat changes nothing, and what arrives within the lateness is judged at its own time."""
    told = judged(ANSWER, (0, *RANG), (10.5, "left", {}), (9.5, *TAKEN))
    assert told == [("opened", 0), ("kept", 9.5)]
    rang = {"id": "1", "source": "shop", "type": "call.rang", "time": 0, "data": {"queue": "a"}}
    assert len(evaluate(document({"first": {"per": ["queue"], **ANSWER, "again": "each"}}), [rang, rang])) == 1


SHIFTS = {"mon-fri": ["08:00-16:00"], "sat": ["22:00-04:00"]}
WARSAW = {"timezone": "Europe/Warsaw", "hours": SHIFTS, "holidays": ["2025-04-01"]}
HOUR = 3600 * SECOND
Hour = tuple[int, int, int, int]


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2025, 3, 28, 14), 1, (2025, 3, 28, 15)),  # Friday, 15:00 to 16:00 in winter: the end of the day itself
        ((2025, 3, 28, 14), 2, (2025, 3, 29, 22)),  # then Saturday night
        ((2025, 3, 28, 14), 6, (2025, 3, 29, 2 + 24)),  # which has 5 h, for 02:00 to 03:00 does not exist
        ((2025, 3, 28, 14), 7, (2025, 3, 31, 7)),  # Monday 08:00 to 09:00 in summer
        ((2025, 3, 31, 13), 2, (2025, 4, 2, 7)),  # Tuesday is a holiday
        ((2025, 10, 25, 20), 7, (2025, 10, 26, 3)),  # the night with two 02:00s has 7 h
    ],
)
def test_open_time_is_the_wall_clocks(start: Hour, hours: int, end: Hour) -> None:
    """Open time follows the clock on the wall through split shifts, nights, holidays and both changes of the clock."""
    year, month, day, hour = end
    begin = utc(datetime(*start, tzinfo=UTC))
    due = utc(datetime(year, month, day + hour // 24, hour % 24, tzinfo=UTC))
    assert instant_after(key(WARSAW), begin, hours * HOUR, begin + 99 * 24 * HOUR) == due
    assert open_time(key(WARSAW), begin, due) == hours * HOUR


def test_calendar_periods_end_at_local_midnights() -> None:
    """The day after the clocks change is 23 hours long; a bound itself begins the next period."""
    saturday_midnight = utc(datetime(2025, 3, 29, 23, tzinfo=UTC))
    assert next_bound("Europe/Warsaw", saturday_midnight, "day") == saturday_midnight + 23 * HOUR
    assert next_bound("Europe/Warsaw", saturday_midnight, "week") == saturday_midnight + 23 * HOUR
    assert next_bound("Europe/Warsaw", saturday_midnight, "month") == saturday_midnight + 47 * HOUR
