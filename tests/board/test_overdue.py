"""What is overdue comes first wherever promises are shown, and nobody is told that all is well meanwhile."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from streams.board.blocks import block
from streams.board.changes import Changes
from streams.board.items import Item
from streams.board.now import CALM, Part, Picture, hides, texts
from streams.board.view import PARTS
from streams.board.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.storage.rows import Sort

MINUTE: Final = 60_000_000
NOW: Final = 1_768_042_800_000_000
WORDING: Final = Wording(NOW, ZoneInfo("UTC"))
LATE: Final = Item("p1", "overdue", NOW - 12 * MINUTE, NOW - 13 * MINUTE, "s3/q1", "no-wait", what="Open the register.")


def counted(counts: "Mapping[Sort, int]") -> Picture:
    return Picture(parts={sort: Part(count) for sort, count in counts.items()})


@pytest.mark.parametrize(
    ("counts", "said", "urgent"),
    [
        ({}, CALM, 0),
        ({"running": 3}, CALM, 0),
        ({"overdue": 2}, "", 2),
        ({"overdue": 1, "warned": 2, "running": 3}, "", 3),
    ],
)
def test_nothing_needs_a_hand_only_when_nothing_does(counts: "Mapping[Sort, int]", said: str, urgent: int) -> None:
    """While one promise is owed past its time the page does not say that all is well, and counts what needs a hand."""
    shown = counted(counts)
    assert texts(shown, WORDING)["more-warned"] == said
    assert shown.urgent == urgent


def test_what_is_overdue_counts_up() -> None:
    """Its row says what to do and how long it has been due, and lets somebody take it."""
    drawn = str(block(LATE, "p-p1", WORDING, acts=True))
    assert "12 min late" in drawn
    assert "Open the register." in drawn
    assert 'class="overdue"' in drawn


def test_parts_without_anything_to_say_are_left_out() -> None:
    """Where something is overdue and nothing was warned of, "Act now" does not stand there empty."""
    assert [hides(counted({"overdue": 1}), part) for part in PARTS] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert [hides(counted({}), part) for part in PARTS] == [True, False, True, False, True]


def test_whoever_looks_is_sent_what_became_overdue() -> None:
    """A page that is open gets the row into the first part, which shows itself, and the new title of its tab."""
    changes = Changes("a")
    before = changes.version
    changes.take(Picture(parts={"overdue": Part(1, (LATE,))}))
    message = changes.since(before, WORDING, acts=False)
    assert message is not None
    assert (message["order"]["list-overdue"], list(message["rows"])) == (["p-p1"], ["p-p1"])
    assert message["hidden"]["part-overdue"] is False
    assert message["urgent"] == 1
