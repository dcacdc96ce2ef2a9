"""Laws of the alert pipeline: what a promise carries is memory enough."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.policy.policy import Policy
from standards.judge.events import Event
from standards.judge.ledger import line
from standards.judge.promise import MOVES, NEVER, VERDICTS, Move, Promise, Transition
from standards.judge.shapes import Response
from standards.judge.standard import DAY, Clause, Standard
from streams.runtime.alert_pipeline import AlertPipeline

STANDARD = Standard("s", "r", ("site",), Response(Clause("a"), Clause("b"), DAY), promise="Soon.")
POLICY = Policy({"r": STANDARD})
HOUR = DAY // 24


class Written(NamedTuple):
    """A transition that was written at a time, in a batch up to which time had come so far by then."""

    transition: Transition[Event]
    low: int


@st.composite
def lives(draw: st.DrawFn) -> list[Written]:
    """One promise's life along the table of moves, in batches, some of them long after what is in them."""
    promise: Promise[Event] = Promise(0, id="p")
    written: list[Written] = []
    at = low = 0
    for ordinal in range(draw(st.integers(1, 12))):
        moves = [move for move in MOVES if move.before == promise.state and _heals(move)]
        if not moves:
            break
        move = draw(st.sampled_from(moves))
        at += draw(st.sampled_from([1, HOUR, DAY, 2 * DAY, 2 * DAY + 1]))
        if at > low:
            low = at + draw(st.sampled_from([0, 1, HOUR, 3 * DAY]))  # a batch ended, and the next has come so far
        due = at + draw(st.sampled_from([1, HOUR, 3 * DAY])) if draw(st.booleans()) else -1
        promise.state = move.after
        written.append(
            Written(Transition(STANDARD, ("s1",), promise, move.kind, at, at, ordinal, due, 0, *move[::2]), low)
        )
    return written


def _heals(move: Move) -> bool:
    """Say whether a move is none by which an event that came late shows trouble where none was seen."""
    return move.kind != "corrected" or (move.before in VERDICTS and move.after in ("kept", "void", "excused"))


def remembered(written: Iterable[Written]) -> dict[str, str]:
    """Decide with a memory of all that was told, and when: the naive way.

    A warning is forgotten after two days; a failure is remembered for as long as it stands.
    """
    told: set[int] = set()
    warned = -NEVER
    found: dict[str, str] = {}
    for transition, low in written:
        kind, known = transition.kind, transition.known
        told = {at for at in told if at + 2 * DAY >= known}
        if kind == "warned" and 0 <= transition.due <= low:
            reason = "overdue"
        elif kind in ("opened", "paused", "resumed", "moved"):
            reason = "not-actionable"
        elif kind == "undone":
            broken = transition.after == "broken"  # it is overdue again, and what was told of it holds
            reason = "told" if broken or known <= warned + 2 * DAY else "not-actionable"
            told = {NEVER} if broken else set()
        elif kind in ("warned", "broken", "lost"):
            warned = known if kind == "warned" else warned
            reason, told = "told", {*told, known if kind == "warned" else NEVER}  # a breach is never forgotten
        else:
            settled = kind == "withdrawn" and transition.before in ("kept", "void", "excused")
            heard = told or (settled and known <= warned + 2 * DAY)  # who heard that it was kept hears of this too
            reason = "told" if heard else "nobody-waits-for-it"
            told = {NEVER} if told and kind in ("fulfilled_late", "ended", "given_up") else set()
            warned = -NEVER if kind == "withdrawn" else warned  # if it comes back, nobody knows of its trouble
        found[transition.id] = reason
    return found


@given(lives())
@settings(max_examples=200)
def test_a_promise_carries_all_that_its_notices_depend_on(life: list[Written]) -> None:
    """Along every way through the table of moves as much is told as by a memory of all that was told."""
    pipeline = AlertPipeline(POLICY)
    found: dict[str, str] = {}
    for made, low in life:
        found |= pipeline.push([made], lines=[line(made)], low=low).reasons
    assert found == remembered(life)


def test_it_is_stored_with_the_promise() -> None:
    """After a restart people hear that all is well if they were warned in time, and else not."""
    for due, reason in ((-1, "told"), (5, "nobody-waits-for-it")):
        promise: Promise[Event] = Promise(0, id="p")
        warned = Transition(STANDARD, ("s1",), promise, "warned", 4, 4, 1, due, 4, "open", "warned")
        AlertPipeline(POLICY).push([warned], lines=[line(warned)], low=5)
        stored = msgspec.json.decode(msgspec.json.encode(promise), type=Promise[Event])
        kept = Transition(STANDARD, ("s1",), stored, "kept", 6, 6, 2, due, 6, "warned", "kept")
        assert AlertPipeline(POLICY).push([kept], lines=[line(kept)], low=6).reasons == {"p.2": reason}


def test_whoever_was_warned_by_an_older_version_hears_that_all_is_well() -> None:
    """A snapshot from before warnings were noted there says that its promise was warned, and that is enough."""
    promise = msgspec.json.decode(b'{"opened": 0, "state": "warned", "id": "p"}', type=Promise[Event])
    kept = Transition(STANDARD, ("s1",), promise, "kept", 6, 6, 2, 9, 6, "warned", "kept")
    assert AlertPipeline(POLICY).push([kept], lines=[line(kept)], low=6).reasons == {"p.2": "told"}
