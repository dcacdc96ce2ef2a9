"""The ends of what was told: each as it was, and none says that all is well where it is not."""

import msgspec
import pytest

from alerts.channels.letter import text
from alerts.routing.digest import joined
from standards.judge.ledger import Line
from tests.alerts.playing import LOUD, Floor, line

GROUP = LOUD.replace("well_for: 0s", "well_for: 1m, group_by: [site], group_wait: 5s")


def test_each_of_a_group_is_told_as_it_ended() -> None:
    """Of an all-clear's others each is told as it ended, and when: what ended alike together, the rest apart."""
    floor = Floor(GROUP)
    floor.go(4, [line(0, "broken", f"q{n}") for n in range(6)])
    ends: list[Line] = [line(60 + n, "fulfilled_late", f"q{n}") for n in range(3)]
    ends += [line(60, "fulfilled_late", "q3"), line(80, "excused", "q4"), line(90, "excused", "q5")]
    ends.sort(key=lambda each: each.known)
    floor.go(100, ends)
    floor.go(400)
    assert floor.notices[-1].text == (
        "s1, q0: Done at 11:01:00 UTC. You will never stand in a long line. "
        "The same for 1 more: q3. Done late (11:01:01 to 11:01:02 UTC): q1, q2. "
        "Excused (11:01:20 to 11:01:30 UTC): q4, q5."
    )


def test_an_end_of_another_standard_says_of_which() -> None:
    """A message over two standards: the end of the other one is not told as that of the first."""
    floor = Floor(LOUD)
    floor.play(
        [line(0, "warned", "q1"), line(5, "kept", "q1"), line(9, "warned", "q2"), line(400, "excused", "q2")], 900
    )
    kept, excused = (told for told in floor.notices if not told.is_trouble)
    other = msgspec.structs.replace(excused, wording="You can always pay.", what="Restart the tills")
    assert joined([kept, other]).text.endswith(" Excused (11:06:40 UTC): q2 (Restart the tills).")


def test_an_all_clear_says_that_the_same_stands() -> None:
    """A promise ends while another one of the same line is in trouble: nothing says that all is well there."""
    floor = Floor(LOUD)
    floor.play([line(0, "warned", "q1"), line(40, "warned", "q1.2"), line(50, "kept", "q1")], 700)
    told = floor.notices[-1]
    assert told.stands_again == 1
    assert told.text == (
        "s1, q1: Kept at 11:00:50 UTC. You will never stand in a long line. "
        "1 more of the same stands there, since 11:00:00."
    )


@pytest.mark.parametrize("kind", ["kept", "voided", "excused"])
def test_no_end_says_that_there_is_nothing_more_to_do(kind: str) -> None:
    """A new promise may be open by the time that somebody reads it: a message says what ended, and no more."""
    floor = Floor(LOUD)
    floor.play([line(0, "warned", "q1"), line(50, kind, "q1")], 100)  # type: ignore[arg-type]
    said = text(floor.notices[-1]).lower()
    assert not [claim for claim in ("nothing more to do", "nothing to do", "all is well") if claim in said]


def test_that_it_was_well_is_not_told_after_it_came_back() -> None:
    """An all-clear that still waits when the same line is in trouble anew is not told."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 0s, group_by: [queue]"))
    facts = [line(0, "warned", "q0"), line(1, "warned", "q1"), line(20, "kept", "q0"), line(30, "kept", "q1")]
    floor.play([*facts, line(60, "warned", "q1.2")], 1000)
    assert floor.said()[2:] == [("ann", "kept", "q0", 20), ("ann", "warned", "q1.2", 60)]
    assert floor.unsaid("q1")[-1] == ("ann", "flapping", 60)


def test_a_summary_lists_apart_what_is_over_while_the_same_stands() -> None:
    """In a summary, too, what is over is not listed as nothing to do where another promise of the same stands."""
    floor = Floor(
        LOUD.replace("ann@shop.example}", "ann@shop.example}, budget: 2").replace("0s", "0s, group_by: [queue]")
    )
    facts = [line(0, "warned", "q1"), line(1, "warned", "q1.2"), line(2, "warned", "q2"), line(3, "kept", "q1")]
    floor.play([*facts, line(580, "warned", "q3")], 700)
    assert floor.notices[-1].text.startswith("s1, q3: Open the next register.")
    assert floor.notices[-1].text.endswith("\nOver, while more of the same stands there:\n- s1: q1")
