"""When the next promise of a response opens, by hand and to the instant."""

import pytest

from standards.compiler.spec import Source, load
from standards.errors import SpecError
from standards.judge.events import Event
from standards.judge.promise import Promise
from standards.judge.shapes import Response
from streams.runtime.pump import Pump
from tests.history import events_of, judge, judge_all, loaded, rules, told

ANSWER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s, unless: contact.abandoned"
TILL = "per: [site, queue], when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"
SHORT = "unless: {event: queue.length, where: waiting <= 3}"
LINE = f"{TILL}, {SHORT}"
COMPLAINT = "per: contact, when: complaint.received, expect: followup.completed, within: 4h"
GRANT = "exception.granted standard=answer subject=c1 by=lead"


def again(keys: str, sections: str = "") -> str:
    shape = loaded(rules(sections, it=keys)).standards[0].shape
    assert isinstance(shape, Response)
    return shape.again


def test_a_reading_asks_that_it_be_done_and_a_happening_that_it_be_judged() -> None:
    """A count in a line opens again once nothing is owed; each complaint once none is on the clock; or as declared."""
    assert (again(LINE), again(ANSWER), again(COMPLAINT)) == ("done", "done", "judged")
    assert again(f"{COMPLAINT}, again: done") == "done"
    own = "events: {oven.measured: {site: text}, oven.cleaned: {site: text}}\nreadings: [oven.measured]"
    keys = "per: site, when: {}, expect: register.opened, within: 1h"
    assert again(keys.replace("{}", "oven.measured"), own) == "done"
    assert again(keys.replace("{}", "oven.cleaned"), own) == "judged"


# --- done: when nothing is owed ------------------------------------------------------------------------------------


def test_done_opens_once_a_trouble() -> None:
    """A line that stays long is one broken promise, still owed, until somebody opens a register; then it opens anew."""
    history = """
        08:00:00 queue.length waiting=4
        08:00:30 queue.length waiting=9
        08:02:00 queue.length waiting=9
        08:03:00 register.opened
        08:03:15 queue.length waiting=5         # still so, and nothing is owed
        08:04:15 register.opened
    """
    assert judge(rules(line=LINE), history) == [
        "08:00:00 opened s3/q1", "08:01:00 broken s3/q1", "08:03:00 fulfilled_late s3/q1",
        "08:03:15 opened s3/q1", "08:04:15 kept s3/q1",
    ]  # fmt: skip


def test_the_event_that_ended_one_opens_the_next() -> None:
    """Thirty wait at two registers, and a minute later at three: the first promise is kept, and the next is owed."""
    thirty = """per: [site, queue], when: {event: queue.length, where: waiting > 3 * serving}, within: 2m,
        expect: {event: queue.length, where: serving > opening.serving}"""
    history = "10:00 queue.length waiting=30 serving=2\n10:01 queue.length waiting=30 serving=3\n10:03 nothing"
    assert judge(rules(thirty=thirty), history) == [
        "10:00:00 opened s3/q1", "10:01:00 kept s3/q1", "10:01:00 opened s3/q1", "10:03:00 broken s3/q1",
    ]  # fmt: skip


def test_an_event_that_ends_what_is_overdue_opens_the_next() -> None:
    """What ends an overdue promise can open the next one, and does not end that."""
    more = """per: [site, queue], when: {event: queue.length, where: waiting > 3}, within: 60s,
        expect: {event: queue.length, where: serving > opening.serving}"""
    history = "08:00 queue.length waiting=9 serving=1\n08:02 queue.length waiting=9 serving=2"
    assert judge(rules(more=more), history)[1:] == [
        "08:01:00 broken s3/q1", "08:02:00 fulfilled_late s3/q1", "08:02:00 opened s3/q1",
    ]  # fmt: skip


# --- judged, each, rise --------------------------------------------------------------------------------------------


def test_judged_opens_while_one_is_overdue_and_one_event_does_both() -> None:
    """A second complaint after the first was broken is owed too; one talk is late for the first, in time for it."""
    history = """
        08:00 complaint.received
        09:00 complaint.received                # the first one is on the clock: it joins
        12:30 complaint.received                # the first one is overdue
        13:00 followup.completed
        13:30 complaint.received
    """
    assert judge(rules(talk=COMPLAINT), history) == [
        "08:00:00 opened c1", "12:00:00 broken c1", "12:30:00 opened c1",
        "13:00:00 fulfilled_late c1", "13:00:00 kept c1", "13:30:00 opened c1",
    ]  # fmt: skip


def test_each_opens_whatever_is_owed() -> None:
    """Three events are three promises, and one event is late for two of them and in time for the third."""
    history = """
        08:00:00 contact.waiting
        08:00:10 contact.waiting
        08:01:05 contact.waiting
        08:02:00 contact.answered
    """
    assert judge(rules(answer=f"{ANSWER}, again: each"), history)[3:] == [
        "08:01:05 opened c1", "08:01:10 broken c1",
        "08:02:00 fulfilled_late c1", "08:02:00 fulfilled_late c1", "08:02:00 kept c1",
    ]  # fmt: skip


def test_without_a_condition_every_event_is_a_rise() -> None:
    """With `again: rise` and no `where` an event opens whenever no promise is on the clock."""
    history = "08:00 contact.waiting\n08:00:30 contact.waiting\n08:02 contact.waiting"
    assert judge(rules(answer=f"{ANSWER}, again: rise"), history) == [
        "08:00:00 opened c1", "08:01:00 broken c1", "08:02:00 opened c1",
    ]  # fmt: skip


# --- rest ----------------------------------------------------------------------------------------------------------

RESTED = f"{LINE}, rest: 2m"
KEPT = "08:00 queue.length waiting=5\n08:00:30 register.opened\n"
TWO = ["08:00:00 opened s3/q1", "08:00:30 kept s3/q1"]


def test_a_rest_ends_by_the_clock() -> None:
    """Where it is still so, the next promise opens two minutes after the last was kept, not with the next count."""
    told_of = judge(rules(line=RESTED), f"{KEPT}08:00:45 queue.length waiting=5\n08:04 nothing")
    assert told_of == [*TWO, "08:02:30 opened s3/q1", "08:03:30 broken s3/q1"]


@pytest.mark.parametrize("end", ["08:01 queue.length waiting=3", "08:01 register.opened", "08:02:30 register.opened"])
def test_a_need_that_ended_in_the_rest_opens_nothing(end: str) -> None:
    """A short line, or another register, up to the end of the rest: nothing is owed then."""
    assert judge(rules(line=RESTED), f"{KEPT}08:00:45 queue.length waiting=5\n{end}\n08:09 nothing") == TWO


def test_a_need_that_is_no_more_opens_nothing() -> None:
    """Also where nothing but the condition itself says that the need ended."""
    history = f"{KEPT}08:00:45 queue.length waiting=5\n08:01 queue.length waiting=3\n08:09 nothing"
    assert judge(rules(line=f"{TILL}, rest: 2m"), history) == TWO


@pytest.mark.parametrize(
    ("counted", "opened"), [("08:02:29.999999", "08:02:30"), ("08:02:30", "08:02:30"), ("08:02:31", "08:02:31")]
)
def test_a_count_at_the_end_of_a_rest(counted: str, opened: str) -> None:
    """Up to the end of the rest and exactly at it a count waits for it, and opens once; a later one opens by itself."""
    told_of = judge(rules(line=RESTED), f"{KEPT}{counted} queue.length waiting=5\n08:02:50 nothing")
    assert told_of == [*TWO, f"{opened} opened s3/q1"]


def test_without_a_need_in_the_rest_nothing_opens_at_its_end() -> None:
    """A rest in which nobody counted ends without a word."""
    assert judge(rules(line=RESTED), f"{KEPT}08:09 nothing") == TWO


@pytest.mark.parametrize(
    ("ended", "end"),
    [("08:00:30 queue.length waiting=3", "voided"), ("08:02 register.opened", "fulfilled_late")],
)
def test_only_a_kept_promise_is_followed_by_a_rest(ended: str, end: str) -> None:
    """After a void or a late one the next count opens at once."""
    told_of = judge(rules(line=RESTED), f"08:00 queue.length waiting=5\n{ended}\n08:02:10 queue.length waiting=5")
    assert [line.split()[1] for line in told_of[-2:]] == [end, "opened"]
    assert told_of[-1].startswith("08:02:10")


def test_a_rest_needs_again_done() -> None:
    """A rest beside another `again` would do nothing, and is an error."""
    with pytest.raises(SpecError) as caught:
        loaded(rules(it=f"{COMPLAINT}, rest: 2m"))
    assert [finding.id for finding in caught.value.findings] == ["misplaced-key"]
    assert loaded(rules(it=f"{COMPLAINT}, again: done, rest: 2m")).standards


# --- excused, and unknown ------------------------------------------------------------------------------------------

EXCUSED = "08:00 queue.length waiting=5\n08:00:30 exception.granted standard=line subject=s3/q1 by=lead\n"


def test_what_was_excused_and_is_still_so_opens_nothing() -> None:
    """The fire alarm excuses the long line for as long as it is long; once it was short, the next is owed."""
    history = f"{EXCUSED}08:01 queue.length waiting=9\n08:02 queue.length waiting=3\n08:03 queue.length waiting=9"
    assert judge(rules(line=LINE), history)[1:] == ["08:00:30 excused s3/q1", "08:03:00 opened s3/q1"]


def test_who_was_excused_is_owed_again_after_an_answer() -> None:
    """Where `when` has no condition, what was expected ends the need: the next event of the kind opens."""
    history = f"""
        08:00:00 contact.waiting
        08:00:30 {GRANT}
        08:00:40 contact.waiting
        08:05:00 contact.answered
        08:06:00 contact.waiting
    """
    assert judge(rules(answer=ANSWER), history)[1:] == ["08:00:30 excused c1", "08:06:00 opened c1"]


def test_a_happening_after_an_excuse_is_owed() -> None:
    """Another complaint is another matter, whatever was excused before."""
    excuse = "exception.granted standard=talk subject=c1 by=lead"
    history = f"08:00 complaint.received\n08:10 {excuse}\n08:20 complaint.received"
    assert judge(rules(talk=COMPLAINT), history)[1:] == ["08:10:00 excused c1", "08:20:00 opened c1"]


def test_after_unknown_the_next_count_opens() -> None:
    """Nobody knows how the first one ended, so the next event at which it is so is owed."""
    feed = "feeds:\n  tills: {events: [register.opened, register.closed], per: [site], silent_after: 10m}"
    history = "08:00 queue.length waiting=5\n08:01:30 queue.length waiting=5"
    assert judge(rules(feed, line=LINE), history) == [
        "08:00:00 opened s3/q1", "08:01:00 lost s3/q1", "08:01:30 opened s3/q1",
    ]  # fmt: skip


# --- what joins, and other revisions -------------------------------------------------------------------------------


def test_what_joins_is_counted_on_the_promise() -> None:
    """Events that would have opened are noted on the promise that is owed: how many, and when the last one came."""
    history = """
        08:00 queue.length waiting=5
        08:00:30 queue.length waiting=6
        08:00:40 queue.length waiting=2 queue=q2    # of another line
        08:02 queue.length waiting=7                # overdue by then
    """
    first = judge_all(rules(line=LINE), history).transitions[0]
    assert (first.promise.joined, first.promise.joined_at - first.at) == (2, 120_000_000)


def changed(before: str, after: str, history: str, later: str) -> tuple[list[str], Promise[Event]]:
    """Judge a history by one standard, and what comes later by another text of it; tell what the change told."""
    old = loaded(rules(line=before))
    pump = Pump(old.rulebook)
    first = pump.push(events_of(history, old.rulebook)).transitions[0]
    new = load([Source("rules.yaml", rules(line=after))], retired=[old.excerpt("line")]).rulebook
    follower = Pump(new, position=pump.position())
    follower.adopt(pump.cases())
    transitions = follower.push(events_of(later, new)).transitions + follower.finish().transitions
    return told(transitions), first.promise


def test_what_one_revision_owes_keeps_another_from_opening() -> None:
    """A promise of the old text that is overdue is owed: by `done` the new text opens none beside it."""
    history = "08:00 queue.length waiting=5 id=a\n08:02 nothing id=b"
    later = """
        08:03 queue.length waiting=5 id=c
        08:04 register.opened id=d
        08:05 queue.length waiting=5 id=e
        08:06 nothing id=f
    """
    ledger, promise = changed(LINE, LINE.replace("60s", "50s"), history, later)
    assert ledger == ["08:04:00 fulfilled_late s3/q1", "08:05:00 opened s3/q1", "08:05:50 broken s3/q1"]
    assert promise.joined == 1


def test_a_retired_revision_opens_nothing_at_the_end_of_its_rest() -> None:
    """A rest ends with the text that asked for it: the next count is owed by the new one."""
    history = f"{KEPT}08:00:45 queue.length waiting=5\n08:00:50 nothing"
    later = "08:01 nothing id=x\n08:03 nothing id=y\n08:04 queue.length waiting=5 id=z\n08:04:10 nothing id=zz"
    ledger, _ = changed(RESTED, LINE.replace("60s", "50s"), history, later)
    assert ledger == ["08:04:00 opened s3/q1"]
