"""Told anew in a silence or a mute time: nobody had it, and when the hold ends the chain begins."""

import pytest

from alerts.routing.actions import Action
from standards.judge.ledger import Line
from tests.alerts.playing import Floor, act, line, silencing
from tests.alerts.test_having import CHAIN, heard

MUTED = CHAIN.replace("repeat: never", "repeat: never, mute: shut") + (
    "calendars: {shut: {timezone: Europe/Warsaw, hours: {daily: ['13:06-13:30']}}}\n"
)
HOURS = 4 * 3600


def rounded(floor: Floor) -> list[tuple[str, int]]:
    return [(to, round(at)) for to, _, at in heard(floor)]


@pytest.mark.parametrize("muted", [False, True])
def test_nobody_answers_in_a_hold(muted: bool) -> None:
    """Asked at 65 min, held from 66 to 90: step 1 at 90, and as nobody takes it, the chief five minutes later."""
    floor = Floor(MUTED if muted else CHAIN)
    floor.play([line(0, "broken", "p"), act(300 - 1, "acknowledged", promise="p")], 3950)
    floor.play([] if muted else [silencing(66 * 60, 90 * 60)], HOURS)
    assert rounded(floor) == [("ann", 0), ("bob", 0), ("ann", 65), ("ann", 90), ("bob", 90), ("chief", 95)]
    assert f"Nobody has it any more. {'Muted' if muted else 'Silenced by ann'} until 12:30:00." in floor.notices[3].text


def test_given_back_in_a_silence() -> None:
    """Who gave it back is not told when the silence ends; the others are, and the chain counts from then."""
    floor = Floor(CHAIN)
    facts: list[Line | Action] = [line(0, "broken", "p"), act(60, "acknowledged", promise="p"), silencing(90, 600)]
    floor.play([*facts, act(120, "given_back", promise="p")], HOURS)
    assert rounded(floor)[2:] == [("bob", 10), ("chief", 15)]
    assert floor.notices[2].text.endswith("ann gave it back; nobody has it. Silenced by ann until 11:10:00.")


def test_handed_on_and_unanswered_in_a_silence() -> None:
    """Nobody answers in a silence: when it ends step 1 and who handed it on hear, and the chief after that."""
    floor = Floor(CHAIN)
    facts: list[Line | Action] = [line(0, "broken", "p"), act(60, "acknowledged", promise="p"), silencing(90, 1200)]
    floor.play([*facts, act(120, "handed_on", promise="p", to="dora")], HOURS)
    assert rounded(floor)[2:] == [("dora", 2), ("ann", 20), ("bob", 20), ("chief", 25)]


def test_taken_again_before_the_silence_ends() -> None:
    """Who takes it in the silence has it: nobody is told when that ends."""
    floor = Floor(CHAIN)
    facts: list[Line | Action] = [line(0, "broken", "p"), act(60, "acknowledged", promise="p"), silencing(90, 600)]
    again = act(300, "acknowledged", promise="p", by="bob")
    floor.play([*facts, act(120, "given_back", promise="p"), again], 3000)
    assert rounded(floor)[2:] == []


def test_it_comes_back_after_it_was_given_back() -> None:
    """Given back in a silence, well for a moment and back: told anew when the silence ends, and then the chief."""
    floor = Floor(CHAIN)
    facts: list[Line | Action] = [line(0, "broken", "p.0"), act(60, "acknowledged", promise="p.0"), silencing(90, 600)]
    facts += [act(120, "given_back", promise="p.0"), line(180, "fulfilled_late", "p.0"), line(200, "broken", "p.1")]
    floor.play(facts, HOURS)
    assert rounded(floor)[2:] == [("bob", 10), ("chief", 15)]
