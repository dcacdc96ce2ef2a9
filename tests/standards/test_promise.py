"""The table of a promise's life, its ids, and the page that draws it."""

from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from standards.errors import StateError
from standards.expressions.expression import Field
from standards.judge.events import Event, EventType, event_class, moment
from standards.judge.promise import MOVES, VERDICTS, Kind, Promise, State, Verdict, advance, diagram

PAGE = Path(__file__).resolve().parents[2] / "docs" / "promise.md"
STATES: tuple[State, ...] = get_args(State)
KINDS: tuple[Kind, ...] = get_args(Kind)
OPENING = event_class(EventType("queue.length", {"waiting": Field("integer")}))


def corrected(after: State, kind: Kind) -> State | None:
    return after if kind == "corrected" else None


def opening(*, id: str, source: str) -> Event:  # noqa: A002 - the envelope calls it so
    known = OPENING.__annotations__["data"]
    return OPENING(time=moment(0), data=known(waiting=4), id=id, source=source)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.before}-{move.kind}-{move.after}")
def test_every_move_of_the_table_is_legal(move: tuple[State, Kind, State]) -> None:
    """What stands in the table can be made, and leads where the table says."""
    before, kind, after = move
    assert advance(before, kind, corrected(after, kind)) == after


def test_every_move_stands_once() -> None:
    """No row is repeated, and only a correction leaves a choice of where it leads."""
    assert len(set(MOVES)) == len(MOVES)
    told = [(move.before, move.kind) for move in MOVES if move.kind != "corrected"]
    assert len(set(told)) == len(told)


def test_every_other_move_is_refused() -> None:
    """A move that is not in the table is a defect of ours, and says what was tried."""
    legal = {(before, kind, after) for before, kind, after in MOVES}
    legal_starts = {(before, kind) for before, kind, _ in legal if kind != "corrected"}
    refused = 0
    for before, kind, after in product(STATES, KINDS, STATES):
        if (before, kind, after) in legal if kind == "corrected" else (before, kind) in legal_starts:
            continue
        with pytest.raises(StateError, match=f"a promise that is {before} cannot be {kind}; this is a defect in Kept"):
            advance(before, kind, corrected(after, kind))
        refused += 1
    assert refused > 1000


def test_a_correction_must_say_to_what() -> None:
    """A correction without a new verdict is refused."""
    with pytest.raises(StateError, match="broken cannot be corrected"):
        advance("broken", "corrected")


def test_every_state_can_be_reached() -> None:
    """From a new promise there is a way to every state, and a way on from none of them back to new."""
    reached: set[State] = {"new"}
    frontier: set[State] = {"new"}
    while frontier:
        frontier = {move.after for move in MOVES if move.before in frontier} - reached
        reached |= frontier
    assert reached == set(STATES)
    assert "new" not in {move.after for move in MOVES}


def test_every_kind_has_a_move() -> None:
    """No word of the ledger is without a place in the table."""
    assert {move.kind for move in MOVES} == set(KINDS)


def test_every_state_has_a_verdict_or_is_open() -> None:
    """After a verdict there are endings of what is overdue; what came late can correct or take back at any time."""
    assert set(VERDICTS.values()) == set(get_args(Verdict))
    after_the_verdict = {move.kind for move in MOVES if move.before in VERDICTS}
    before_it = {move.kind for move in MOVES if move.before not in VERDICTS}
    assert after_the_verdict == {"corrected", "withdrawn", "fulfilled_late", "ended", "given_up", "undone"}
    assert before_it & after_the_verdict == {"corrected", "withdrawn"}
    reopening = {(move.before, move.kind) for move in MOVES if move.before in VERDICTS and move.after not in VERDICTS}
    assert {kind for _, kind in reopening} == {"corrected", "undone"}
    assert [before for before, kind in reopening if kind == "undone"] == ["kept"]


def test_a_correction_leads_from_any_standing_to_any_other() -> None:
    """However a promise stands, what came late can show that it stands otherwise; withdrawn, that it is owed again."""
    standing = set(STATES) - {"new", "withdrawn"}
    corrections = {(move.before, move.after) for move in MOVES if move.kind == "corrected"}
    assert corrections == set(product({*standing, "withdrawn"}, standing))
    assert {move.before for move in MOVES if move.kind == "withdrawn"} == standing
    assert {move.kind for move in MOVES if move.before == "withdrawn"} == {"corrected"}


def test_a_broken_promise_stays_broken_however_it_ends() -> None:
    """However a broken promise ends, fulfilled late, not needed any more or given up, it is broken still."""
    endings: tuple[Kind, ...] = ("fulfilled_late", "ended", "given_up")
    assert [VERDICTS[advance("broken", kind)] for kind in endings] == ["broken"] * 3


def test_ids_never_change() -> None:
    """The id of a promise is a function of standard, subject and opening event: this one was written down."""
    promise: Promise[Event] = Promise(0, opening(id="e-1", source="till 7"))
    assert promise.identify("no-wait", ("s3", "q1")) == "77490413e3ecfdd864b3"
    assert Promise[Event](1_772_000_000_000_000).identify("weekly", ("north", 7)) == "e7b64f92e6bf06ce4bb1"


def test_ids_tell_apart() -> None:
    """Another standard, subject, source or event is another promise; where a value ends matters."""
    names = {
        Promise(0, opening(id=event, source=source)).identify(standard, key)
        for standard, key, source, event in [
            ("a", ("b",), "s", "e"), ("ab", ("",), "s", "e"), ("a", ("b", ""), "s", "e"), ("a", ("", "b"), "s", "e"),
            ("a", ("b",), "se", ""), ("a", ("b",), "", "se"), ("a", (1,), "s", "e"), ("a", ("1",), "s", "e"),
        ]
    }  # fmt: skip
    assert len(names) == 8


def test_the_page_draws_the_table_as_it_is() -> None:
    """docs/promise.md holds the diagram that the table gives, and a line for every kind."""
    text = PAGE.read_text(encoding="utf-8")
    _, begin, rest = text.partition("<!-- diagram: made from standards/judge/promise.py -->\n```mermaid\n")
    drawn, end, _ = rest.partition("```\n<!-- end of diagram -->")
    assert begin, "the page has lost the line before its diagram"
    assert end, "the page has lost the line after its diagram"
    assert drawn == diagram(), (
        "the diagram is stale: put the output of standards.promise.diagram() into docs/promise.md"
    )
    assert [kind for kind in KINDS if f"| `{kind}` |" not in text] == []
