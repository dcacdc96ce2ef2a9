"""One message of several promises: whatever they are called, and what of them is said first."""

import pytest

from tests.alerts.playing import Floor, line

TOGETHER = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, group_by: site, group_wait: 5s}]"


@pytest.mark.parametrize("name", ["2²", "①", "9" * 5000, "٣", "till-007"])
def test_no_name_of_a_subject_keeps_a_message_back(name: str) -> None:
    """Digits that are no numbers, or numbers that no machine adds up, are told like any other name."""
    floor = Floor(TOGETHER)
    floor.play([line(0, "broken", "p"), line(0, "broken", name)], 60)
    assert [set(told.speaks_for) for told in floor.notices] == [{"p", name}]
