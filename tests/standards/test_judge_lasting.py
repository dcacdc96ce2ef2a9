"""What must have lasted (`for`): who tells whether it has, and what it ends that is not owed, or not any more."""

from tests.history import judge, judge_all, rules
from tests.standards.tabled import judged

LONG = "{event: queue.length, where: waiting > 5, for: 2m}"
CALM = "{event: queue.length, where: waiting <= 3, for: 1m}"
FEEDS = """
feeds:
  counters: {events: [queue.length], per: [site, queue], silent_after: 30s}
  tills: {events: [register.opened], per: [site], silent_after: 30s}
"""
TILLS, COUNTERS = "tills: {", "counters: {"
EVENTS = """
events:
  customer.came: {site: text, queue: text}
  shop.opened: {site: text, queue: text}
"""


def without(feed: str) -> str:
    return "\n".join(line for line in FEEDS.splitlines() if feed not in line)


def line(keys: str, history: str, sections: str = EVENTS) -> list[str]:
    found = judge(rules(sections, it=f"per: [site, queue], expect: register.opened, {keys}"), history)
    return [" ".join(each.split()[:2]) for each in found]


def test_only_its_own_feed_leaves_it_unknown_whether_it_lasted() -> None:
    """A line is long by what the counters say, and the tills that are silent say nothing of it; nor the other way."""
    history = "08:00 queue.length waiting=9\n08:00:01 register.opened\n08:10 nothing"
    keys = f"when: {LONG}, within: 3m"
    assert line(keys, history, without(COUNTERS)) == ["08:02:00 opened", "08:05:00 lost"]
    assert line(keys, history, without(TILLS)) == []
    counted = history.replace("08:10", "08:01:40 queue.length waiting=9\n08:10")
    assert line(keys, counted, without(TILLS)) == ["08:02:00 opened", "08:05:00 broken"]


def test_what_ends_a_need_that_waits_must_have_lasted() -> None:
    """The line is calm for a minute before the end of the rest, and so nothing is owed then; for less, it is."""
    keys = f"when: customer.came, again: done, rest: 5m, within: 3m, unless: {CALM}"
    start = "08:00 customer.came\n08:01 register.opened\n08:02 customer.came\n{} queue.length waiting=2\n08:10 nothing"
    kept = ["08:00:00 opened", "08:01:00 kept"]
    assert line(keys, start.format("08:05")) == kept
    assert line(keys, start.format("08:05:01")) == [*kept, "08:06:00 opened", "08:09:00 broken"]


def test_what_ends_a_need_that_was_excused_must_have_lasted() -> None:
    """What was calm since before the exception, and is so for a minute, lets the next one be owed."""
    keys = f"when: customer.came, again: done, within: 3m, unless: {CALM}"
    history = """
        08:00 customer.came
        08:01 queue.length waiting=2
        08:01:30 exception.granted standard=it subject=s3/q1 by=lead
        {} customer.came
        08:04 nothing
    """
    excused = ["08:00:00 opened", "08:01:30 excused"]
    assert line(keys, history.format("08:02")) == excused
    assert line(keys, history.format("08:02:01")) == [*excused, "08:02:01 opened"]


def test_what_stands_out_of_scope_is_ended_by_what_lasted() -> None:
    """Calm for a minute while the shop was closed: nothing stands when it opens; calm for less, it does."""
    opened = "while: {when: shop.opened}"
    keys = f"when: customer.came, within: 3m, unless: {CALM}, {opened}"
    history = "08:00 customer.came\n08:01 queue.length waiting=2\n{} shop.opened\n08:04 nothing"
    assert line(keys, history.format("08:02:01")) == []
    assert line(keys, history.format("08:01:59"))[:1] == ["08:01:59 opened"]


def test_one_event_of_two_clauses_opens_one_promise() -> None:
    """It is long for ten at once, and for over five that last: who counts ten later on has told of one line."""
    when = "[{event: queue.length, where: waiting > 9}, " + LONG + "]"
    counted = "08:00 queue.length waiting=6\n08:03 queue.length waiting=10\n08:04 nothing"
    found = line(f"when: {when}, within: 9m, again: each", counted)
    assert found == ["08:02:00 opened", "08:03:00 opened"]


def test_what_stands_is_the_last_that_was_so() -> None:
    """Out of scope, the last of the events at which it was long speaks for the line, also where only a rise opens."""
    keys = f"when: {LONG}, within: 3m, again: rise, while: {{when: shop.opened}}"
    history = "08:00 queue.length waiting=6\n08:05 queue.length waiting=8 id=last\n08:06 shop.opened"
    found = judge_all(rules(EVENTS, it=f"per: [site, queue], expect: register.opened, {keys}"), history).transitions
    assert [one.promise.opening and one.promise.opening.id for one in found] == ["last"]


def test_what_takes_back_is_not_the_first_to_say_that_it_is_over() -> None:
    """Taken back by a count of three, it is calm from the next count on."""
    undo = "undo: {when: {event: queue.length, where: waiting == 3}, within: 1h}"
    keys = f"when: customer.came, within: 30m, unless: {CALM}, {undo}"
    history = """
        08:00 customer.came
        08:01 register.opened
        08:02 queue.length waiting=3
        08:10 queue.length waiting=3
        08:20 nothing
    """
    found = line(keys, history)
    assert found == ["08:00:00 opened", "08:01:00 kept", "08:02:00 undone", "08:11:00 voided"]


def test_what_must_last_asks_the_row_of_the_event_that_spoke_of_the_need() -> None:
    """Also of a need that waits for the end of a rest, or was excused."""
    gold = 'unless: {event: job.told, where: opening.contracts.level == "gold", for: 2m}'
    history = """
        08:00 job.asked contact=a customer=acme
        08:10 job.done contact=a
        08:20 job.asked contact=a customer=acme
        08:30 job.told contact=a customer=acme
        10:00 nothing
    """
    keys = f"per: contact, when: job.asked, again: done, expect: job.done, {gold}, within: 1h, rest: 1h"
    assert judged(keys, history) == ["08:00:00 opened a", "08:10:00 kept a"]
