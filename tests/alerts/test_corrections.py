"""What people hear of a promise that is corrected to where somebody has to act: trouble again, and no all-clear."""

import msgspec
import pytest

from standards.judge.ledger import Line
from standards.judge.promise import VERDICTS, State
from tests.alerts.playing import Floor, line
from tests.alerts.test_switchboard import CHAIN


def corrected(seconds: float, promise: str, state: State, was: State) -> Line:
    """Make a correction that leads anywhere."""
    made = line(seconds, "corrected", promise, was=was)
    return msgspec.structs.replace(made, state=state, verdict=VERDICTS.get(state))


def test_what_can_still_be_kept_goes_on_being_told() -> None:
    """Corrected from broken to where it was warned of: who knows hears what to do, and the next is called."""
    floor = Floor(CHAIN)
    back = corrected(90, "p", "warned", "broken")
    floor.play([line(0, "warned", "p"), line(60, "broken", "p"), back, line(400, "kept", "p")], 500)
    assert floor.said() == [
        ("ann", "warned", "p", 0), ("ann", "broken", "p", 60), ("ann", "corrected", "p", 90),
        ("bob", "corrected", "p", 300), ("ann", "kept", "p", 400), ("bob", "kept", "p", 400),
    ]  # fmt: skip
    assert [each.looks_like for each in floor.notices[2:4]] == ["warned", "warned"]


@pytest.mark.parametrize("state", ["broken", "warned"])
def test_trouble_that_is_back_takes_the_place_of_an_all_clear_that_waits(state: State) -> None:
    """Done, corrected within the moment that an all-clear waits for: nobody hears afterwards that all is well."""
    floor = Floor(CHAIN.replace("well_for: 0s", "well_for: 30s"))
    back = corrected(70, "p", state, "kept")
    floor.play([line(0, "warned", "p"), line(60, "kept", "p"), back], 290)
    worse = [("ann", "corrected", "p", 70)] if state == "broken" else []  # of the warning they know
    assert floor.said() == [("ann", "warned", "p", 0), *worse]
    assert floor.reasons["p.4"] == "grouped"
    floor.play([line(320, "fulfilled_late", "p")], 400)
    assert ("ann", "fulfilled_late", "p", 350) in floor.said()
