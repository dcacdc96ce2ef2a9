"""Edges where a judge goes wrong in silence: sums, repeats out of order, closed calendars, and what stays behind."""

from datetime import date, timedelta

import pytest

from standards.errors import EventError
from streams.ingest.wire import Reader
from streams.runtime.pump import Pump
from streams.storage.cases.case_store import Snapshots
from tests.history import events_of, judge, judge_all, judge_live, lines_of, pump_all, rulebook, rules, told

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, may_excuse: [lead]"


def grant(at: str, **fields: str) -> str:
    given = {"standard": "answer", "subject": "c1", "by": "lead"} | fields
    return f"{at} exception.granted " + " ".join(f"{name}={value}" for name, value in given.items())


def test_a_standard_may_count_grants_and_grants_still_excuse() -> None:
    """Naming exception.granted in one standard takes nothing away from another, and each grant counts once."""
    text = rules(answer=ANSWER, seldom="per: by, when: exception.granted, at_most: 1, within: 1h")
    outcome = judge_all(text, f"08:00 contact.waiting\n{grant('08:00:10')}\n08:05 nothing")
    kinds = [(one.standard.id, one.kind) for one in outcome.transitions]
    assert sorted(kinds) == [("answer", "excused"), ("answer", "opened"), ("seldom", "opened")]
    assert outcome.unused == []


@pytest.mark.parametrize("score", [4.2, 0.1, 3.3, 1e-3])
def test_the_mean_of_equal_samples_is_that_sample(score: float) -> None:
    """Fifty answers of 4.2 have a mean of at least 4.2: rounding breaks no promise."""
    level = f"per: [], when: survey.answered, measure: mean(score), over: 50 events, must: '>= {score}'"
    history = "\n".join(f"08:{at:02}:00 survey.answered score={score}" for at in range(50))
    assert judge(rules(good=level), history)[-1].split()[1] == "kept"


def test_a_window_of_events_ends_with_its_last_sample_though_that_came_late() -> None:
    """The third of three samples ends the window, in time or not; a fourth belongs to the next."""
    level = "per: [], when: survey.answered, measure: count(), over: 3 events, must: '<= 3'"
    first = "08:00 survey.answered score=1\n08:01 survey.answered score=1\n"
    late = judge_live(
        rules(three=level), f"{first}08:05 <- 08:02 survey.answered score=1\n08:06 survey.answered score=1"
    )
    assert told(late.transitions) == ["08:00:00 opened ", "08:02:00 kept ", "08:06:00 opened "]


def test_in_history_a_late_sample_is_in_no_window() -> None:
    """A window is of what came in time: the third that did ends it, and the late one is counted apart."""
    level = "per: [], when: survey.answered, measure: count(), over: 3 events, must: '<= 3'"
    first = "08:00 survey.answered score=1\n08:01 survey.answered score=1\n08:05 nothing\n"
    outcome = judge_all(
        rules(three=level), f"{first}08:02 survey.answered score=1\n08:06 survey.answered score=1\n08:07 nothing"
    )
    assert told(outcome.transitions) == ["08:00:00 opened ", "08:06:00 kept "]
    assert [one.reason for one in outcome.unused] == ["late"]


def test_a_late_sample_without_a_value_is_of_no_use() -> None:
    """What changed nothing is counted as such."""
    level = "per: [], when: contact.answered, measure: mean(waited), over: 30m, must: '< 20'"
    outcome = judge_all(rules(quick=level), "08:00 contact.answered waited=1\n08:10 nothing\n08:05 contact.answered")
    assert [one.reason for one in outcome.unused] == ["late"]


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_a_repeat_is_inert_after_an_event_out_of_order(size: int) -> None:
    """An old event among the newest does not make the case forget what it has seen since."""
    each = rules(answer=f"{ANSWER}, reopen: each")
    first = "\n".join(f"08:{at // 60:02}:{at % 60:02} contact.waiting id=n{at}" for at in range(300))
    old = "07:30 contact.waiting id=old"
    outcome = judge_all(each, f"{old}\n{first}\n08:05 contact.waiting id=n299\n08:05:01 nothing", size=size)
    assert outcome.duplicates == 1


def test_an_event_without_its_subject_is_counted() -> None:
    """An event that leaves out a field of the subject is not passed over in silence."""
    text = rules(answer="per: site, when: contact.waiting, expect: contact.answered, within: 60s")
    outcome = judge_all(text, "08:00 contact.waiting contact=c1")
    assert [one.reason for one in outcome.unused] == ["no-subject"]


def test_a_calendar_that_closes_for_good_stops_nobody() -> None:
    """A list of holidays that never ends leaves a promise open; it does not stop the judge."""
    days = ", ".join(f'"{date(2026, 3, 1) + timedelta(days=day)}"' for day in range(500))
    calendar = f"calendars:\n  shop: {{timezone: UTC, hours: {{mon: ['08:00-16:00']}}, holidays: [{days}]}}"
    text = rules(calendar, answer=f"{ANSWER}, calendar: shop")
    assert judge(text, "08:00 contact.waiting\n+9d 08:00 contact.answered") == [
        "08:00:00 opened c1",
        "2026-03-11 08:00:00 kept c1",
    ]


def test_kept_verdicts_that_nothing_can_correct_are_not_remembered() -> None:
    """A case does not grow with what was kept: its snapshot stays small however much passed through."""
    book = rulebook(rules(named="per: [], when: contact.answered, must: waited < 99"))
    pump = Pump(book)
    pump_all(
        pump, events_of("\n".join(f"08:00:{at % 60:02}.{at:06} contact.answered waited=1" for at in range(900)), book)
    )
    (case,) = pump.cases()
    case.seen, case.seen_before = {}, {}
    assert len(Snapshots(book).encode(case)) < 300


def test_late_briefings_that_serve_nobody_leave_nothing_behind() -> None:
    """A late event that can precede nothing any more makes no case."""
    book = rulebook(rules(brief="per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 1m"))
    pump = Pump(book)
    late = "\n".join(f"07:00 transfer.briefed contact=c{at}" for at in range(50))
    pump_all(pump, events_of(f"08:00 transfer.briefed contact=now\n08:10 nothing\n{late}\n+9d 08:00 nothing", book))
    assert list(pump.cases()) == []


def test_a_feed_that_fell_silent_is_not_remembered_for_ever() -> None:
    """People see for a week that it is silent, of two hundred at most; then what is known of feeds shrinks again."""
    feeds = "feeds:\n  desk: {events: [contact.answered], per: [contact], silent_after: 1m}"
    book = rulebook(rules(feeds, answer=ANSWER))
    pump = Pump(book)
    answered = "\n".join(f"08:00 contact.answered contact=c{number}" for number in range(300))
    pump_all(pump, events_of(f"{answered}\n09:00 nothing", book))
    assert len(pump.position().hearings) == 200
    pump_all(pump, events_of("+8d 09:00 nothing", book))
    assert pump.position().hearings == []


def test_times_before_1970_are_refused() -> None:
    """No event comes from before time is counted, whatever its offset."""
    book = rulebook(rules(answer=ANSWER))
    (line,) = lines_of("08:00 contact.waiting", book)
    with pytest.raises(EventError, match="before 1970"):
        Reader(book.classes).one(line.replace(b"2026-03-02", b"0001-01-01"))
