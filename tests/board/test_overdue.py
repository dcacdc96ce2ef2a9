"""What is overdue comes first wherever promises are shown, and nobody is told that all is well meanwhile."""

from typing import TYPE_CHECKING, Final

import pytest

from streams.board.changes import Changes
from streams.board.now import CALM, Item, Picture, hides, page_title, row, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTE: Final = 60_000_000
NOW: Final = 1_768_042_800_000_000
LATE: Final = Item("p1", "overdue", NOW - 12 * MINUTE, NOW - 13 * MINUTE, "s3/q1", "no-wait", what="Open the register.")


@pytest.mark.parametrize(
    ("counts", "said", "title"),
    [
        ({}, CALM, "Now – Kept"),
        ({"running": 3}, CALM, "Now – Kept"),
        ({"overdue": 2}, "", "2 overdue – Kept"),
        ({"overdue": 1, "running": 3}, "", "1 overdue – Kept"),
    ],
)
def test_nothing_needs_a_hand_only_when_nothing_does(counts: "Mapping[str, int]", said: str, title: str) -> None:
    """While one promise is owed past its time the page does not say that all is well, and its tab counts them."""
    shown = Picture({}, counts)
    assert texts(shown)["more-warned"] == said
    assert (page_title(shown), texts(shown)["page-title"]) == (title, title)


def test_what_is_overdue_counts_up() -> None:
    """Its row says what to do and how long it has been due, and lets somebody take it."""
    drawn = str(row(LATE, NOW, acts=True))
    assert "12 min late" in drawn
    assert "Open the register." in drawn
    assert 'class="overdue"' in drawn


def test_parts_without_anything_to_say_are_left_out() -> None:
    """Where something is overdue and nothing was warned of, "Act now" does not stand there empty."""
    assert [hides({"overdue": 1}, part) for part in ("overdue", "warned", "running", "paused")] == [
        False, True, False, True,
    ]  # fmt: skip
    assert [hides({}, part) for part in ("overdue", "warned", "running", "paused")] == [True, False, False, True]


def test_whoever_looks_is_sent_what_became_overdue() -> None:
    """A page that is open gets the row into the first part, which shows itself, and the new title of its tab."""
    changes = Changes("a")
    before = changes.version
    changes.take(Picture({"p1": LATE}, {"overdue": 1}))
    message = changes.since(before, NOW, acts=False)
    assert message is not None
    assert [each["list"] for each in message["rows"]] == ["list-overdue"]
    assert message["hidden"]["part-overdue"] is False
    assert message["words"]["page-title"] == "1 overdue – Kept"
