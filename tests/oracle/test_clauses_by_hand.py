"""The oracle held against ledgers worked out by hand from docs/language.md: what lasts, lists of clauses, and tables.

Next: `test_oracle.py`, where it judges the judge.
"""

from typing import Any

from tests.oracle.test_by_hand import ANSWER, RANG, TAKEN, judged

LONG = {"event": "call.rang", "where": "n > 1", "for": "2s"}
BUSY, CALM = ("rang", {"n": 2}), ("rang", {"n": 0})


def test_what_lasted_opens_by_the_clock() -> None:
    """It opens when it was so for long enough, also if nothing says so then; what cuts it at that instant cuts it."""
    lasting = {**ANSWER, "when": LONG, "again": "done"}
    assert judged(lasting, (0, *BUSY), (12, *TAKEN)) == [("opened", 2), ("kept", 12)]
    assert judged(lasting, (0, *BUSY), (2, *CALM), (9, *TAKEN)) == []
    assert judged(lasting, (0, *BUSY), (1, *CALM), (1.5, *BUSY), (3.5, *TAKEN)) == [("opened", 3.5)]


def test_what_goes_on_lasting_opens_at_each_event() -> None:
    """When it is done and still so, the next event at which it is so opens at once."""
    told = judged({**ANSWER, "when": LONG, "again": "done"}, (0, *BUSY), (3, *TAKEN), (4, *BUSY), (5, *CALM))
    assert told == [("opened", 2), ("kept", 3), ("opened", 4)]


def test_what_lasts_to_the_deadline_ends_it_before() -> None:
    """At the deadline itself it is void; later it is broken, and ended once it has lasted, counted from the opening."""
    calm = {**ANSWER, "unless": {"event": "call.left", "where": "n < 1", "for": "4s"}}
    left = ("left", {"n": 0})
    assert judged(calm, (0, *RANG), (6, *left), (20, "closed", {})) == [("opened", 0), ("voided", 10)]
    assert judged(calm, (0, *RANG), (7, *left), (20, "closed", {})) == [("opened", 0), ("broken", 10), ("ended", 11)]
    assert judged(calm, (0, *left), (1, *RANG), (5, "closed", {})) == [("opened", 1)]


def test_in_the_dark_it_has_lasted_when_it_is_said_again() -> None:
    """Where its own feed was silent at its end, it completes at the next event at which it is so."""
    feeds = {"line": {"events": ["call.rang", "call.taken"], "per": ["queue"], "silent_after": "1s"}}
    lasting = {**ANSWER, "when": LONG}
    assert judged(lasting, (0, *BUSY), (2.5, "left", {}), feeds=feeds) == []
    assert judged(lasting, (0, *BUSY), (2.5, *BUSY), feeds=feeds) == [("opened", 2.5)]
    assert judged(lasting, (0, *BUSY), (1, *TAKEN), (2.5, "left", {}), feeds=feeds) == [("opened", 2)]


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


PARKED = {
    "parked": {"when": "call.parked", "until": "call.left"},
    "many": {"when": {"event": "call.rang", "where": "n > 1"}},
}


def test_a_state_is_named() -> None:
    """It stops the clock from before the opening; without `until` it ends where its own condition does not hold."""
    paused = {**ANSWER, "pause": "parked and not many"}
    told = judged(paused, (0, "parked", {}), (1, *RANG), (3, *BUSY), (5, *CALM), (9, "left", {}), states=PARKED)
    assert told == [("opened", 1), ("paused", 1), ("resumed", 3), ("paused", 5), ("resumed", 9)]
    scoped = {**ANSWER, "while": "parked or many"}
    told = judged(scoped, (0, *BUSY), (1, "parked", {}), (2, *CALM), (3, "left", {}), states=PARKED)
    assert told == [("opened", 0), ("voided", 3)]
    told = judged({**ANSWER, "while": "not parked"}, (0, *RANG), (1, "parked", {}), (2, "left", {}), states=PARKED)
    assert told == [("opened", 0), ("voided", 1), ("opened", 2)]
