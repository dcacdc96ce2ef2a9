"""What waits for time as the standards change is judged under the new ones: it is nobody's loss."""

import pytest

from standards.compiler.spec import Source, load
from streams.runtime.pump import Pump
from tests.history import events_of, loaded, pump_all, rulebook, rules, told
from tests.streams.test_pump import restored

LONG = "when: {event: queue.length, where: waiting > 3}, expect: register.opened, within: 60s"


@pytest.mark.parametrize(
    ("per", "later", "subject"), [("queue", "site, queue", "s3/q1"), ("site, queue", "queue", "q1")]
)
@pytest.mark.parametrize("owed", [True, False])
def test_what_is_held_finds_its_subject_anew(per: str, later: str, subject: str, owed: bool) -> None:
    """An event that waits as `per` changes opens the new subject's promise, once, whether or not the old is owed."""
    old = loaded(rules(line=f"per: [{per}], {LONG}"))
    new = load([Source("rules.yaml", rules(line=f"per: [{later}], {LONG}"))], retired=[old.excerpt("line")] * owed)
    pump = Pump(old.rulebook)
    pump.push(events_of("08:00 queue.length waiting=4 id=w", old.rulebook))
    again = restored(restored(pump, new.rulebook), new.rulebook)
    outcome = pump_all(again, events_of("08:00 queue.length waiting=4 id=w\n08:00:30 nothing id=n", new.rulebook))
    assert told(outcome.transitions) == [f"08:00:00 opened {subject}"]
    assert outcome.duplicates == 1 + owed  # in each subject's case


def test_what_is_held_reaches_subjects_that_were_there() -> None:
    """A standard joins others of another `per`, and is owed under the old one: what waits still reaches both."""
    other = "per: [site, queue], when: {event: queue.length, where: waiting > 9}, expect: register.closed, within: 60s"
    old = loaded(rules(line=f"per: [queue], {LONG}", aside=other))
    text = rules(line=f"per: [site, queue], {LONG}", aside=other)
    new = load([Source("rules.yaml", text)], retired=[old.excerpt("line")])
    pump = Pump(old.rulebook)
    pump.push(events_of("08:00 queue.length waiting=10\n08:00:10 nothing", old.rulebook))
    pump.push(events_of("08:00:19.5 register.opened id=o\n08:00:20 queue.length waiting=4 id=w", old.rulebook))
    outcome = pump_all(restored(pump, new.rulebook), events_of("08:01:30 nothing id=n", new.rulebook))
    assert sorted(told(outcome.transitions)) == [
        "08:00:19.500000 kept q1", "08:00:20 opened s3/q1", "08:01:00 broken s3/q1", "08:01:20 broken s3/q1",
    ]  # fmt: skip


def test_what_is_held_and_concerns_nobody_any_more_is_counted() -> None:
    """An event that waits as the last standard that hears of it goes stops nobody, and counts as unmatched, once."""
    old = rulebook(rules(line=f"per: [queue], {LONG}"))
    new = rulebook(rules(line=f"per: [queue], {LONG.replace('opened', 'closed')}"))
    pump = Pump(old)
    pump.push(events_of("08:00 queue.length waiting=4\n08:00 register.opened", old))
    again = restored(pump, new)
    outcome = again.push(events_of("08:00:30 nothing id=n", new))
    assert told(outcome.transitions) == ["08:00:00 opened q1"]
    assert outcome.unmatched == {"register.opened": 1}
    assert restored(again, new).push([]).unmatched == {}
