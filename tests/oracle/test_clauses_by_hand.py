"""The oracle held against ledgers worked out by hand from docs/language.md: lists of clauses, and tables.

Next: `test_oracle.py`, where it judges the judge.
"""

from typing import Any

from tests.oracle.test_by_hand import ANSWER, RANG, TAKEN, judged

BUSY = ("rang", {"n": 2})


def test_any_clause_of_a_list_will_do() -> None:
    """Either event opens, and either keeps; a condition belongs to its own clause, and may ask which event it is."""
    either: dict[str, Any] = {**ANSWER, "when": ["call.rang", {"event": "call.left", "where": "n > 1"}]}
    either["expect"] = {"event": ["call.taken", "call.closed"], "where": 'event == "call.closed" or ok'}
    either["again"] = "judged"
    told = judged(either, (0, "left", {"n": 1}), (1, "left", {"n": 2}), (2, "taken", {"ok": False}), (3, "closed", {}))
    assert told == [("opened", 1), ("kept", 3)]
    assert judged(either, (0, *RANG), (1, "taken", {"ok": True})) == [("opened", 0), ("kept", 1)]


def test_each_event_of_a_list_rises_for_itself() -> None:
    """What one type says is not a rise of another; without a condition each event is a rise."""
    both = {**ANSWER, "when": {"event": ["call.rang", "call.left"], "where": "n > 1"}, "again": "rise"}
    told = judged(both, (0, *BUSY), (1, *TAKEN), (2, *BUSY), (3, "left", {"n": 2}))
    assert told == [("opened", 0), ("kept", 1), ("opened", 3)]


def test_a_missing_field_is_asked_for() -> None:
    """What an event does not have is missing, and no comparison with it holds."""
    lost = {"when": {"event": ["call.rang", "call.taken"], "where": "z is missing"}, "must": "x is not missing"}
    told = judged(lost, (0, "rang", {"z": 1}), (1, "taken", {}), (2, "taken", {"x": 0}))
    assert told == [("opened", 1), ("broken", 1), ("opened", 2), ("kept", 2)]


def test_a_table_says_how_long_there_is() -> None:
    """By the row of the event's key; `else` takes a row that is not there and a value that is empty."""
    rows = " n ; level\n1;gold\n2;\n"
    tables = {"shops": {"file": "shops.csv", "key": "n", "rows": rows}}
    chosen = {**ANSWER, "within": {"by": "shops.level", "gold": "2s", "else": "4s"}}
    ends = [judged(chosen, (0, "rang", {"n": n}), (9, "left", {}), tables=tables)[-1] for n in (1, 2, 3)]
    assert ends == [("broken", 2), ("broken", 4), ("broken", 4)]


def test_what_follows_looks_the_row_up_again() -> None:
    """Another key is another row; without a key the row stays."""
    tables = {"shops": {"file": "shops.csv", "key": "x", "rows": "x,level\n1,gold\n"}}
    chosen = {**ANSWER, "within": {"by": "shops.level", "gold": "2s", "else": "4s"}, "follow": "call.parked"}
    told = judged(
        chosen, (0, "rang", {"x": 1}), (1, "parked", {}), (1.5, "parked", {"x": 2}), (9, "left", {}), tables=tables
    )
    assert told == [("opened", 0), ("moved", 1.5), ("broken", 4)]
