"""A subject that always owes something and has no events settles by time, so its memory is bounded."""

import pytest

from standards.judge.events import microseconds
from streams.runtime.pump import SETTLE, Pump
from tests.history import events_of, instant, rulebook, rules

HOUR = 3_600_000_000
PULSE = "per: team, expect: meeting.held, every: 10m"


def test_a_subject_without_events_does_not_remember_for_ever() -> None:
    """Listed, and heard of never again: its promises of long ago are forgotten, though time goes on to break more."""
    book = rulebook(rules(pulse=f"{PULSE}, subjects: [{{team: north}}], forget_after: 1d"))
    pump, lines, most = Pump(book, settle=SETTLE), 0, 0
    for hour in range(24 * 20):
        lines += len(pump.push([], now=microseconds(instant("08:00")) + hour * HOUR).transitions)
        most = max(most, *(len(state.settled) for case in pump.cases() for state in case.states.values()))
    assert lines > 2 * 20 * 24 * 5
    assert most <= 3 * 24 * 6 + 12


@pytest.mark.parametrize("step", [1, 7, 100])
def test_what_has_its_place_without_events_is_told_by_stamps(step: int) -> None:
    """Up to `forget_after` and `settle` late a meeting keeps its period, and later none, whatever the ticks."""
    book = rulebook(rules(pulse=f"{PULSE.replace('10m', '6h')}, subjects: [{{team: north}}], forget_after: 1d"))
    pump, start = Pump(book, settle=SETTLE), microseconds(instant("08:00"))
    found: list[tuple[str, str]] = []
    unused: list[str] = []
    for hour in range(0, 24 * 9, step):
        pump.push([], now=start + hour * HOUR)
    for delay in (24 * HOUR + SETTLE, 24 * HOUR + SETTLE - 1, 20 * HOUR):
        (event,) = events_of(f"08:00 meeting.held team=north id={delay}", book)
        event.received = start + 24 * 9 * HOUR
        event.at = event.received - delay
        outcome = pump.push([event], now=event.received)
        found += [(line.kind, line.after) for line in outcome.transitions if line.kind == "corrected"]
        unused += [one.reason for one in outcome.unused]
    assert (found, unused) == ([("corrected", "kept")] * 2, ["late"])
