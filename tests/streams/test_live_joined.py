"""The live view shows what joined a promise that is owed."""

from standards.documents.vocabulary import builtin_vocabulary
from streams.live.folding import Folder
from tests.streams.test_live import DEMO, NOW, drawn, line


def test_what_joined_a_promise_that_needs_a_hand_is_shown() -> None:
    """More of the same is counted on the promise that is owed, and it goes with it."""
    folder = Folder(DEMO)
    owed = line("warned", "no-wait", "north/q1", 116, opened=101, due=131)
    folder.add(owed)
    folder.join({owed.promise: (2, NOW), "another": (1, NOW)})
    for width in (80, 140):
        assert "          And 2 more since, the last at 23:08.\n" in drawn(folder.view(NOW), width, 24)
    folder.vocabulary = builtin_vocabulary()
    assert "It was still so at 23:08." in drawn(folder.view(NOW), 80, 24)
    folder.add(line("kept", "no-wait", "north/q1", 120, opened=101, due=131))
    folder.add(owed)
    assert "It was still so" not in drawn(folder.view(NOW), 80, 24)
