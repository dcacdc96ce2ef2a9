"""The plan: for days whose making is known it finds who was there, who is needed, what the gap cost, and its error."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from standards.judge.events import Event, type_of
from standards.judge.standard import UTC_ZONE
from standards.staffing import contacts
from standards.staffing.plan import Hour, Plan, plan
from standards.staffing.proof import Error
from standards.staffing.record import Record
from standards.staffing.shortfall import is_short, missing, shortfall
from standards.staffing.target import Target, target_of
from streams.ingest.wire import Reader
from tests.history import loaded, rules
from tests.staffing_days import Shift, day, in_order

KEYS = """per: contact, when: contact.waiting, expect: contact.answered, within: 20s, unless: contact.abandoned,
    objective: {kept: 80%, over: 28d}"""
CALLS = 40.0
SECONDS = 240.0
"""40 calls an hour of 4 minutes are 2.67 erlangs. Erlang C asks for five people: 81.4 % in 20 s; four keep 59 %."""


@dataclass(frozen=True)
class Made:
    """A plan, and what it was made of."""

    target: Target
    record: Record
    plan: Plan


def made(people: int, days: int, *, start: int = 9, end: int = 15) -> Made:
    """Plan for Mondays on which so many people were there."""
    book = loaded(rules(it=KEYS))
    target = target_of(book.standards[0])
    assert isinstance(target, Target)
    shift = Shift(start, end, people, CALLS, SECONDS)
    lines = in_order([line for number in range(days) for line in day(7 * number, shift, seed=people)])
    refused: list[object] = []
    events: list[Event] = Reader(book.rulebook.classes).lines(lines, refused.append)
    assert refused == []
    (record,) = contacts.records_of([one for one in events if type_of(one) in contacts.TYPES], target, UTC_ZONE)
    return Made(target, record, plan(record, target))


@pytest.fixture(scope="module")
def few() -> Made:
    """Four people on six Mondays: too few."""
    return made(4, 6)


@pytest.fixture(scope="module")
def enough() -> Made:
    """Six people on six Mondays: enough."""
    return made(6, 6)


def steady(one: Plan) -> list[Hour]:
    """Give the hours of full traffic: not the first, into which nothing is carried, nor what is left after the last."""
    return [hour for hour in one.hours if 10 <= hour.hour < 15]


def test_history_is_found_as_it_was_made(few: Made) -> None:
    """Arrivals, times and people lie in their intervals, hour by hour, but for one in twenty."""
    hours = steady(few.plan)
    assert len(hours) == 5
    assert sum(low <= CALLS <= high for low, high in (hour.arrivals_span for hour in hours)) >= 4
    assert sum(low <= SECONDS <= high for low, high in (hour.each_span for hour in hours)) >= 4
    assert all(hour.there == pytest.approx(4, abs=0.3) for hour in hours)
    assert all(hour.weekday == 0 and hour.days == 6 for hour in hours)


def test_needed_is_what_erlang_asks_for(few: Made) -> None:
    """Five are needed, or within the interval that is given; and one more than were there."""
    hours = steady(few.plan)
    assert all(abs((hour.needed or 0) - 5) <= 1 for hour in hours)
    assert all(hour.needed_span[0] <= 5 <= (hour.needed_span[1] or 99) for hour in hours)
    assert sum(hour.more for hour in hours) >= 4


def test_expected_is_what_was_seen(few: Made) -> None:
    """What the model expects of the staff that was there lies near what history had, on days that it had not seen."""
    proof = few.plan.proof
    assert (proof.held_out, proof.days) == (True, 6)
    assert few.plan.error is not None
    assert few.plan.error.mean < 0.20  # six days of some forty calls an hour: chance alone is worth about 0.1
    assert abs(few.plan.error.bias) < 0.08
    for hour in steady(few.plan):
        assert hour.seen is not None
        assert hour.expected == pytest.approx(hour.seen, abs=0.2)


def test_the_gap_is_counted_in_broken_promises(few: Made) -> None:
    """What the gap cost are the broken ones that the needed staff would have kept: some, not more than there were."""
    broken = sum(sum(each.broken) for each in few.record.days.values())
    low, high = few.plan.cost_span
    assert 0 < low <= few.plan.cost <= high
    assert few.plan.cost < broken
    assert sum(hour.cost * hour.days for hour in few.plan.hours) == pytest.approx(few.plan.cost, rel=0.01)


def test_the_same_history_gives_the_same_plan(few: Made) -> None:
    """Chance comes from a seed: nothing differs from run to run."""
    assert plan(few.record, few.target) == few.plan


def test_too_few_people_are_a_sentence(few: Made) -> None:
    """It names the days, the hours and how many more, and calls no model poor that is off by chance."""
    said = shortfall([few.plan])
    assert said is not None
    assert said.startswith("this promise cannot be kept with the staff you have: take the sign down, or ")
    assert said.endswith(" more on Mondays 13–15")
    assert few.plan.error is not None
    assert not few.plan.error.poor


def test_enough_people_are_no_sentence(enough: Made) -> None:
    """Where the promise was kept, nobody is told that it cannot be."""
    assert shortfall([enough.plan]) is None
    assert missing(enough.plan) == []
    assert enough.plan.cost == pytest.approx(0, abs=0.1 * enough.plan.proof.judged)


def test_one_day_proves_nothing() -> None:
    """With a single day none is held out, and the sentence says so."""
    one = made(3, 1).plan
    assert (one.proof.held_out, one.proof.days, one.method) == (False, 1, "simulation")
    assert (shortfall([one]) or "").endswith("(from one day, so the model could not be tried on another)")


def bad(one: Plan, kept: float, broken: float, there: float) -> Plan:
    """Give a plan of its steady hours with other history."""
    hours = tuple(msgspec.structs.replace(hour, kept=kept, broken=broken, there=there) for hour in steady(one))
    return msgspec.structs.replace(one, hours=hours)


def test_chance_is_no_shortfall(few: Made) -> None:
    """Three kept of four is below 80 %, and could be chance; so could what the model alone thinks."""
    assert missing(bad(few.plan, 3, 1, 4)) == []
    assert missing(bad(few.plan, 99, 1, 4)) == []
    assert len(missing(bad(few.plan, 50, 50, 3))) == 1


def test_people_who_would_not_help_are_not_asked_for(few: Made) -> None:
    """Where enough were there and the promise was broken all the same, the cause is another one."""
    assert not any(is_short(hour, 0.8) for hour in steady(bad(few.plan, 10, 90, 9)))


def test_several_lines_are_named_by_what_they_cost(few: Made) -> None:
    """The line that costs most comes first; the rest is counted, and how far the model is off is said."""
    poor = Error(0.19, 0.02, 0.05)
    proof = msgspec.structs.replace(few.plan.proof, simulation=poor, formula=poor)
    first = msgspec.structs.replace(bad(few.plan, 50, 50, 1), key=("north",), proof=proof)
    hours = tuple(msgspec.structs.replace(hour, cost=0.5, weekday=day) for day in (1, 2, 3) for hour in steady(first))
    second = msgspec.structs.replace(first, key=("south",), hours=hours)
    said = shortfall([second, first]) or ""
    assert said.index("at north") < said.index("at south")
    assert "and people in 5 more hours of the week" in said
    assert said.endswith("(the model is off by 19 points where chance makes 5: a direction, not a roster)")


def test_a_standard_without_judgements_has_a_plan() -> None:
    """A record of people and work, with nothing kept or broken yet, is planned for without an error."""
    done = made(4, 2)
    for each in done.record.days.values():
        each.kept, each.broken = [0.0] * 24, [0.0] * 24
    found = plan(done.record, done.target, most=5)
    assert found.error is None
    assert shortfall([found]) is None
