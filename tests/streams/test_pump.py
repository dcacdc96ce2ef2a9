"""The pump: the size of batches, the watermark, late events, positions, and cases that move between groups."""

from collections import Counter

import msgspec
import pytest

from standards.compiler.spec import Loaded, Source, load
from standards.judge.events import Event
from standards.judge.rulebook import Rulebook
from streams.runtime.feed_hearings import GAPS_KEPT, FeedHearings
from streams.runtime.position import Position
from streams.runtime.pump import Pump
from streams.runtime.share import WHOLE, Share
from streams.storage.cases.case_store import Snapshots
from tests.history import events_of, instant, judge_all, loaded, pump_all, rulebook, rules, told

SECTIONS = """
feeds:
  phones: {events: [contact.answered, contact.abandoned], silent_after: 2m}
"""
STANDARDS = {
    "answer": "per: contact, carry: [team], when: contact.waiting, expect: contact.answered, within: 60s, warn: 50%, "
    "unless: contact.abandoned, pause: {when: contact.held, until: contact.resumed}",
    "each": "per: contact, when: contact.waiting, expect: contact.answered, within: 20s, reopen: each",
    "once": "per: contact, when: transfer.completed, at_most: 1, within: 3m",
    "warm": "per: contact, when: transfer.completed, expect: transfer.briefed, within_last: 1m",
    "mean": "per: [], when: contact.answered, measure: mean(waited), over: 2m, must: '<= 30'",
    "meet": "per: team, expect: meeting.held, every: 3m, subjects: [{team: north}, {team: south}]",
    "debrief": "per: team, when: {event: promise.broken, where: 'standard == \"answer\"'}, within: 5m, "
    "expect: meeting.held",
    "coach": "per: owner, when: {event: promise.broken, where: 'standard == \"debrief\"'}, at_most: 0",
}
TEXT = rules(SECTIONS, **STANDARDS)
HISTORY = """
    08:00:00 contact.waiting contact=a team=north
    08:00:05 contact.waiting contact=b team=south
    08:00:10 contact.answered contact=a waited=10
    08:00:09.5 contact.held contact=b           # half a second behind: in time
    08:00:40 contact.resumed contact=b
    08:00:41 transfer.briefed contact=a
    08:01:00 transfer.completed contact=a
    08:01:05 meeting.held team=north
    08:01:05 contact.waiting contact=c team=north
    08:01:05 contact.waiting contact=c team=north id=again
    08:02:30 transfer.completed contact=a
    08:00:20 contact.answered contact=b waited=15     # late evidence
    08:02:31 exception.granted standard=answer subject=c by=lead
    08:02:31 contact.waiting contact=c team=north id=again
    08:02:10 contact.answered contact=c waited=65     # late evidence
    08:09:00 meeting.held team=south
    08:09:00 contact.abandoned contact=z
    08:20:00 contact.waiting contact=q          # the phones are dark
    08:30:00 nothing
"""


def ledger(size: int, history: str = HISTORY) -> list[str]:
    """Tell the ledger in an order of its own: by known time and id."""
    outcome = judge_all(TEXT, history, size=size)
    return [
        f"{one.known} {line} {one.id}" for one, line in zip(outcome.transitions, told(outcome.transitions), strict=True)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11])
def test_the_size_of_batches_changes_nothing(size: int) -> None:
    """One event at a time or all at once: the same lines with the same ids and times."""
    assert sorted(ledger(size)) == sorted(ledger(1000))
    assert len(ledger(1000)) > 30


def test_every_standard_has_its_say_in_that_history() -> None:
    """The history above is worth its name: all shapes open, and many kinds of lines occur."""
    transitions = judge_all(TEXT, HISTORY).transitions
    assert {one.standard.id for one in transitions if one.kind == "opened"} == set(STANDARDS)
    assert {one.kind for one in transitions} >= {"warned", "paused", "resumed", "kept", "broken", "lost", "corrected"}


def test_the_lines_of_a_subject_come_in_the_order_of_time() -> None:
    """Of one standard and subject the lines come in the order in which they are known."""
    transitions = judge_all(TEXT, HISTORY, size=3).transitions
    for subject in {(one.standard.id, one.key) for one in transitions}:
        known = [one.known for one in transitions if (one.standard.id, one.key) == subject]
        assert known == sorted(known)


def test_shares_together_are_the_whole() -> None:
    """Two pumps that judge half of the subjects each write the lines of one pump."""
    below = {name: text for name, text in STANDARDS.items() if "promise." not in text}
    text = rules(SECTIONS, **below)
    book = rulebook(text)
    events = events_of(HISTORY, book)
    whole = Counter(one.id for one in pump_all(Pump(book, share=WHOLE), events).transitions)
    parts: Counter[str] = Counter()
    for share in range(3):
        parts += Counter(
            one.id for one in pump_all(Pump(book, share=Share.hashed(share, 3)), events_of(HISTORY, book)).transitions
        )
    assert parts == whole


def at(text: str) -> int:
    return round(instant(text).timestamp() * 1_000_000)


def test_the_watermark_is_a_microsecond_below_lateness() -> None:
    """After an event the watermark lies `lateness` and a microsecond behind it, and never goes back."""
    pump = Pump(rulebook(TEXT))
    events = events_of("08:00:10 nothing\n08:00:05 nothing", pump.rulebook)
    pump.push(events[:1])
    assert pump.low == at("08:00:09") - 1
    pump.push(events[1:])
    assert pump.low == at("08:00:09") - 1


def test_the_wall_clock_moves_time_when_nothing_comes() -> None:
    """With a wall clock silence breaks promises too: `grace` after the deadline, and by the ledger at it."""
    book = rulebook(rules(answer="per: contact, when: contact.waiting, expect: contact.answered, within: 60s"))
    pump = Pump(book)
    opened = at("08:00")
    assert told(pump.push(events_of("08:00 contact.waiting", book), now=opened).transitions) == []
    assert told(pump.push([], now=opened + 61_999_999).transitions) == ["08:00:00 opened c1"]
    assert told(pump.push([], now=opened + 62_000_000).transitions) == ["08:01:00 broken c1"]
    assert told(pump.push([], now=opened).transitions) == []
    assert pump.low == opened + 60_000_000


def test_what_no_standard_concerns_is_counted_by_type() -> None:
    """Events that concern nobody are counted; heartbeats and the events of feeds are of use by themselves."""
    book = rulebook(TEXT)
    lines = "08:00 queue.length waiting=3\n08:00 queue.length waiting=3\n08:00 contact.abandoned\n08:00 nothing"
    assert Pump(book).push(events_of(lines, book)).unmatched == {"queue.length": 2}


def restored(pump: Pump, book: Rulebook, *, backwards: bool = False) -> Pump:
    """Store all that a pump knows and read it back into another one, of these or other standards, in any order."""
    before, after = Snapshots(pump.rulebook), Snapshots(book)
    position = msgspec.msgpack.decode(msgspec.msgpack.encode(pump.position()), type=Position)
    again = Pump(book, position=position)
    cases = [after.decode(before.encode(case)) for case in pump.cases()]
    for group, key in again.adopt(reversed(cases) if backwards else cases):
        found = again.case(group, key)
        assert found is None or (found.group, found.key) == (group, key)
    assert {case.group for case in again.cases()} <= set(book.groups)
    return again


@pytest.mark.parametrize("cut", range(0, 18, 2))
def test_stored_anywhere_it_goes_on_as_if_nothing_had_been(cut: int) -> None:
    """A pump that was stored and restored after any event writes the same lines from there."""
    book = rulebook(TEXT)
    events: list[Event] = events_of(HISTORY, book)
    pump = Pump(book)
    lines = told(pump.push(events[:cut]).transitions)
    again = restored(pump, book)
    lines += told([*again.push(events[cut:]).transitions, *again.finish().transitions])
    assert sorted(lines) == sorted(told(judge_all(TEXT, HISTORY).transitions))


def test_forgotten_cases_leave_nothing_behind() -> None:
    """When all is settled and the time of remembering is over, the pump holds no case."""
    book = rulebook(rules(answer=STANDARDS["answer"], once=STANDARDS["once"]))
    pump = Pump(book)
    waits = "\n".join(f"08:00 contact.waiting contact=n{number}" for number in range(50))
    pump.push(events_of(waits, book))
    assert len(list(pump.cases())) == 50
    outcome = pump.push(events_of("+8d 08:00 nothing", book))
    assert (list(pump.cases()), len(set(outcome.touched))) == ([], 50)


SLOW = "per: contact, when: complaint.received, expect: followup.completed, within: 24h"
OTHER = "per: contact, when: contact.waiting, expect: contact.answered, within: 60s"
HEARS = """per: contact, when: {event: promise.broken, where: 'standard == "other"'}, expect: followup.completed,
    within: 24h"""
STARTED = "08:00 complaint.received\n08:00 contact.waiting\n08:02 nothing"


def taken_over(old: Loaded, new: Loaded) -> list[str]:
    """Judge a first part by the old standards, the rest by the new ones, and tell the second part's ledger."""
    pump = Pump(old.rulebook)
    pump.push(events_of(STARTED, old.rulebook))
    after = restored(pump, new.rulebook)
    rest = events_of("08:30 followup.completed id=f\n08:40 nothing id=n", new.rulebook)
    return told([*after.push(rest).transitions, *after.finish().transitions])


def test_what_is_owed_moves_along_when_a_standard_is_grouped_anew() -> None:
    """A standard that rises a stratum, or gets neighbours, takes its open promises along; they end there, once."""
    first = {"slow": SLOW, "other": OTHER, "hears": HEARS}
    old = loaded(rules(**first))
    alone = taken_over(old, loaded(rules(**first)))
    assert sorted(alone) == ["08:30:00 kept c1", "08:30:00 kept c1"]
    joined = "per: contact, when: contact.waiting, expect: followup.completed, within: 1h"
    assert sorted(taken_over(old, loaded(rules(**first, joined=joined)))) == alone
    below = "per: contact, when: survey.answered, must: score > 3"
    risen = OTHER.replace("when: contact.waiting", "when: {event: promise.broken, where: 'standard == \"below\"'}")
    new = load([Source("rules.yaml", rules(slow=SLOW, below=below, other=risen, hears=HEARS))],
               retired=[old.excerpt("other")])  # fmt: skip
    levels = {group.level for group in new.rulebook.groups.values()}
    assert levels == {0, 1, 2}
    assert sorted(taken_over(old, new)) == alone


def test_a_retired_revision_of_other_subjects_keeps_its_own() -> None:
    """When a standard's `per` changes, promises of the old subjects are settled as such, and new ones open as new."""
    line = "when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"
    old = loaded(rules(line=f"per: [site], {line}"))
    new = load([Source("rules.yaml", rules(line=f"per: [site, queue], {line}"))], retired=[old.excerpt("line")])
    pump = Pump(old.rulebook)
    pump.push(events_of("08:00 queue.length waiting=4\n08:00:10 nothing", old.rulebook))
    after = restored(pump, new.rulebook)
    rest = events_of("08:00:20 queue.length waiting=4 id=w\n08:00:30 register.opened id=o", new.rulebook)
    lines = told([*after.push(rest).transitions, *after.finish().transitions])
    assert sorted(lines) == ["08:00:20 opened s3/q1", "08:00:30 kept s3", "08:00:30 kept s3/q1"]


def test_slots_of_a_revision_that_is_gone_are_dropped() -> None:
    """A case of standards that are not loaded any more leaves nothing, and nothing stumbles over it."""
    assert taken_over(loaded(rules(slow=SLOW)), loaded(rules(other=OTHER))) == []


FIRST = "per: contact, when: contact.waiting, expect: followup.completed, within: 9d"


def test_what_is_held_moves_along_too() -> None:
    """An event that waits for its second to pass is judged even if its group is another one by then."""
    old, new = rulebook(rules(other=OTHER)), rulebook(rules(aaa=FIRST, other=OTHER))
    pump = Pump(old)
    pump.push(events_of("08:00 contact.waiting", old))
    again = restored(pump, new)
    lines = told(again.push(events_of("08:05 nothing id=n", new)).transitions)
    assert {"08:00:00 opened c1", "08:01:00 broken c1"} <= set(lines)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_two_groups_that_become_one_lose_nothing(name: str, backwards: bool) -> None:
    """A new standard that joins two groups joins what they owe and hold, whoever of them comes first."""
    joining = FIRST.replace("followup.completed", "complaint.received")
    old = rulebook(rules(other=OTHER, slow=SLOW))
    new = rulebook(rules(other=OTHER, slow=SLOW, **{name: joining}))
    pump = Pump(old)
    pump.push(events_of("07:00 contact.waiting\n07:00 complaint.received\n07:00:10 contact.answered", old))
    pump.push(events_of("08:00 contact.waiting id=a\n08:00:01 nothing id=b", old))
    again = restored(pump, new, backwards=backwards)
    rest = events_of("08:00 contact.waiting id=a\n08:00:30 contact.answered id=c\n08:01 followup.completed id=d", new)
    outcome = pump_all(again, rest)
    kept_ = [line for line in told(outcome.transitions) if "kept" in line]
    assert {"08:00:30 kept c1", "08:01:00 kept c1"} <= set(kept_)
    assert outcome.duplicates == 1


def test_gaps_that_overlap_are_one_and_old_ones_are_forgotten() -> None:
    """Each deletion of a topic's end says one: however many say the same again, one is stored and asked.

    Those that are stored apart, by an earlier version, become one when they are read.
    """
    given = rulebook(TEXT)
    hearings = FeedHearings(given, (), -1, [(5, 9), (0, 6)])
    assert list(hearings.gaps) == [(0, 9)]
    for at in (*range(1_000, 3_000), *range(0, 1_000, 7)):
        hearings.miss(at, at + 50)
    hearings.miss(9_000, 9_001)
    assert list(hearings.gaps) == [(0, 3_049), (9_000, 9_001)]
    hearings.forget(GAPS_KEPT + 3_049)
    assert list(hearings.gaps) == [(9_000, 9_001)]
    heard = hearings.heard(next(iter(given.groups.values())), ())
    assert [heard.incomplete(at, at) for at in (8_999, 9_000, 9_001, 9_002)] == [False, True, True, False]
