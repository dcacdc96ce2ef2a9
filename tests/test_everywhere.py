"""Whatever can become of a promise is counted and shown wherever promises are: nothing is left out in silence."""

import msgspec

from alerts.channels.letter import FACES
from alerts.routing.relevance import relevance
from standards.judge.ledger import Line
from standards.judge.promise import MOVES, VERDICTS, Move
from standards.judge.score import Score
from standards.review.difference import WEIGHT
from standards.stories.story_model import KINDS, ExpectModel
from streams.board.timeline import MARKED
from streams.board.wording import STATES
from streams.live.wording import WORDS
from streams.metrics import opened
from streams.storage.read_model import SCORES

ALL_KINDS = {move.kind for move in MOVES}
ALL_STATES = {move.after for move in MOVES}
ALL_VERDICTS = set(VERDICTS.values())
CLOCKWORK = {"opened", "paused", "resumed"}
"""The kinds of line that say nothing of how it goes."""


def test_each_kind_of_line_can_be_shown() -> None:
    """Each kind has a word on the terminal and can be expected in a story; what is news is marked on the timeline."""
    assert set(WORDS) == ALL_KINDS
    assert set(KINDS) == ALL_KINDS
    assert set(ExpectModel.model_fields) >= ALL_KINDS
    assert set(MARKED) == ALL_KINDS - CLOCKWORK


def test_each_kind_that_is_told_looks_like_something_in_a_letter() -> None:
    """No letter about a promise falls back to the bare name of its line."""
    told = {move.kind for move in MOVES if _is_told(move)}
    assert told
    assert told <= set(FACES)


def _is_told(move: Move) -> bool:
    line = Line(
        id="p.2", promise="p", standard="s", revision="r", subject="", kind=move.kind, at=1, known=1, opened=0,
        state=move.after,
    )  # fmt: skip
    return relevance(line, before=move.before, warned=0, low=0) == "told"


def test_each_state_has_a_word_on_the_board() -> None:
    """A page can be drawn whatever state a promise is in."""
    assert set(STATES) == ALL_STATES | {"new"}


def test_each_verdict_is_counted() -> None:
    """Each verdict has a count of its own in a score, in the query that fills one, and a weight in a review.

    All but one: what was withdrawn was never owed, and counts nowhere.
    """
    counted = {field.name for field in msgspec.structs.fields(Score)}
    verdicts = ALL_VERDICTS - {"withdrawn"}
    assert len(verdicts) == len(ALL_VERDICTS) - 1
    assert counted >= verdicts
    assert all(f"verdict IS '{verdict}'" in SCORES for verdict in verdicts)
    assert set(WEIGHT) >= verdicts
    assert "withdrawn" not in counted
    assert "verdict IS NOT 'withdrawn'" in SCORES
    assert "withdrawn" not in WEIGHT


def test_each_way_to_a_verdict_closes_what_is_open() -> None:
    """The gauge of open promises changes with each line by which a promise comes to be open or is so no more."""
    for move in MOVES:
        was = VERDICTS.get(move.before) if move.kind in ("corrected", "withdrawn", "undone") else None
        change = (move.after not in VERDICTS) - (move.before not in VERDICTS and move.before != "new")
        assert opened(move.kind, VERDICTS.get(move.after), was) == change, move
