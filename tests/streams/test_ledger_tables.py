"""The table of promises is a fold of the ledger's lines: each promise as its last line leaves it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from standards.judge.ledger import Line
from standards.judge.promise import VERDICTS, Kind, State
from streams.storage.ledger_tables import book_lines
from streams.storage.read_model import ReadModel
from streams.storage.rows import PromiseFilter, PromiseRow
from streams.storage.sqlite import FILE, Database

SECOND = 1_000_000


def line(ordinal: int, kind: Kind, state: State, seconds: int, *, was: State | None = None) -> Line:
    return Line(
        f"p.{ordinal}", "p", "no-wait", "r1", "s3/q1", kind, seconds * SECOND, seconds * SECOND, 0, state,
        due=60 * SECOND, elapsed=seconds * SECOND, verdict=VERDICTS.get(state),
        was=None if was is None else VERDICTS.get(was),
    )  # fmt: skip


def booked(folder: Path, lines: Sequence[Line]) -> ReadModel:
    database = Database(folder / FILE)
    for each in lines:
        with database.writing():
            book_lines(database, [each], {})
    database.close()
    return ReadModel(folder)


BROKEN = [line(1, "opened", "open", 0), line(2, "broken", "broken", 60)]


def only(model: ReadModel, wanted: PromiseFilter) -> PromiseRow:
    (row,) = model.promises(wanted).items
    return row


@pytest.mark.parametrize("state", ["open", "warned", "paused", "paused_warned"])
def test_a_correction_back_to_open_takes_the_verdict_away(tmp_path: Path, state: State) -> None:
    """A promise that is on the clock again has no verdict and was not settled; the next verdict settles it."""
    again = line(3, "corrected", state, 10, was="broken")
    model = booked(tmp_path, [*BROKEN, again])
    row = only(model, PromiseFilter(open=True))
    assert (row.verdict, row.settled, row.state, row.corrected) == (None, -1, state, True)
    assert model.open() == {"no-wait": 1}
    assert (model.score()["no-wait"].open, model.score()["no-wait"].broken) == (1, 0)
    model.close()
    model = booked(tmp_path, [line(4, "kept", "kept", 50)])
    row = only(model, PromiseFilter(verdict="kept"))
    assert (row.settled, row.elapsed, row.waited) == (50 * SECOND,) * 3
    model.close()


def test_what_is_withdrawn_is_shown_only_to_who_asks_for_it(tmp_path: Path) -> None:
    """A promise that was never owed is in no list and in no count; by its id, or by its verdict, it is found."""
    model = booked(tmp_path, [*BROKEN, line(3, "withdrawn", "withdrawn", 90, was="broken")])
    assert [model.promises(wanted).items for wanted in (PromiseFilter(), PromiseFilter(subject="s3/q1"))] == [[], []]
    assert [model.promises(PromiseFilter(open=is_open)).items for is_open in (True, False)] == [[], []]
    assert (model.score(), model.open(), model.board.broken(9, debriefed=False)[1]) == ({}, {}, 0)
    assert only(model, PromiseFilter(verdict="withdrawn")).id == only(model, PromiseFilter(state="withdrawn")).id
    assert model.promise("p") is not None
    model.close()
