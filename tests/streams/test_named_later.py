"""Notices that were left to another message: the list of them says whether one named the promise since."""

from pathlib import Path

from streams.storage.ledger_tables import book_notices
from streams.storage.read_model import ReadModel
from streams.storage.router_tables import book_withheld
from streams.storage.rows import SuppressedFilter
from streams.storage.sqlite import FILE, Database
from tests.alerts.playing import LOUD, NOON, SECOND, Floor, line


def test_what_was_held_back_names_the_message_that_spoke_for_it(tmp_path: Path) -> None:
    """Ann has her budget: what is in her summary has its time beside it, and what was over before it has none."""
    floor = Floor(
        LOUD.replace("ann@shop.example}", "ann@shop.example}, budget: 1").replace("0s", "0s, group_by: [queue]")
    )
    floor.play([line(n, "warned", f"q{n}") for n in range(4)] + [line(9, "kept", "q3")], 60)
    with (database := Database(tmp_path / FILE)).writing():
        book_notices(database, floor.notices, ["mail"], received=NOON)
        book_withheld(database, [(NOON, each) for each in floor.withheld])
    board = ReadModel(tmp_path)
    held = board.board.suppressed(SuppressedFilter(reason="budget"))
    board.close()
    database.close()
    summary = NOON + 31 * SECOND
    assert {each.row.promise: each.named_at for each in held} == {"q1": summary, "q2": summary, "q3": -1}
