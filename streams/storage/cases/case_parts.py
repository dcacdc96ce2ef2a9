"""The parts of a case, as every store keeps them: a small core, and what grows with the traffic.

A busy case remembers up to two thousand identities of events, many times the rest of it, in two generations of which
only the newer one grows; of its settled promises few change, and the log of what it is judged again by only grows until
its snapshot moves on. So each store writes the core anew and adds what is new, which is decided here; how the parts lie
in rows is each store's own.
Read next: `case_past.py` for what a case is judged again by; `case_store.py`, `streams/kafka/worker/journal.py`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from standards.errors import StateError
from standards.judge.case import Identity
from standards.judge.numbers import Numbers
from standards.judge.promise import E, Promise
from standards.judge.rulebook import Key
from standards.judge.standard import CORRECTIONS_HORIZON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from standards.judge.case import Case, StandardState
    from standards.judge.events import Event

CaseKey = tuple[str, Key]
"""A case's group and key."""

Seen = list[tuple[Identity, int]]
"""Identities of events, with their times in microseconds UTC, in the order in which they were seen."""

Holding = tuple[str, tuple[str | int, ...], bool, list[E]]
"""Events that a case came to hold: its group, its key, whether it holds nothing else, and the events."""

Settled = dict[str, list[Promise[E]]]
"""Promises whose verdict can still be corrected, by revision, as a case's slots have them."""

Marks = dict[str, tuple[int, int, int, Numbers | None]]
"""Settled promises by id: the ordinal, which every line counts up, when it was settled, how many events joined it, and
the numbers by which it stands as it does, which a late event may change alone."""


class SeenMark(NamedTuple):
    """How much of a case's identities is stored: its generation, and how many of that one."""

    generation: int = 0
    identities: int = 0


def seen_mark(case: Case[Event]) -> SeenMark:
    """Say what is stored of a case's identities once all of them are."""
    return SeenMark(case.generation, len(case.seen))


def new_seen(case: Case[Event], stored: SeenMark) -> tuple[Seen, Seen]:
    """Give the identities that are not stored: of the generation before the case's, and of its own."""
    if case.generation == stored.generation:
        return [], _latest(case.seen, stored.identities)
    older = stored.identities if case.generation == stored.generation + 1 else 0
    return _latest(case.seen_before, older), list(case.seen.items())


def join_seen(case: Case[Event], by_generation: Mapping[int, Iterable[tuple[Identity, int]]]) -> None:
    """Give a case its identities back, which were stored by generation."""
    case.seen = dict(by_generation.get(case.generation, ()))
    case.seen_before = dict(by_generation.get(case.generation - 1, ()))


def settled_marks(case: Case[Event] | None) -> Marks:
    """Give the marks of a case's settled promises; none where the case was forgotten."""
    states = case.states.values() if case else ()
    return {it.id: (it.ordinal, it.settled, it.joined, it.numbers) for state in states for it in state.settled}


def new_marks(now: Marks, stored: Marks) -> Marks:
    """Give the marks of promises that were settled or corrected since they were stored."""
    return {name: mark for name, mark in now.items() if stored.get(name) != mark}


def with_settled(state: StandardState[Event], promises: Collection[str]) -> StandardState[Event]:
    """Give a state with only those of its settled promises whose ids are among some."""
    if not state.settled:
        return state
    return replace(state, settled=[it for it in state.settled if it.id in promises] if promises else [])


def core(case: Case[Event]) -> Case[Event]:
    """Give a case without what is stored beside it."""
    states = {revision: with_settled(state, ()) for revision, state in case.states.items()}
    return replace(_bare(case), states=states)


def bare_core(case: Case[Event]) -> Case[Event]:
    """Give a case without what is stored beside it, and without its states."""
    return replace(_bare(case), states={})


def _bare(case: Case[Event]) -> Case[Event]:
    return replace(
        case, held=[], seen={}, seen_before={}, base=None, younger=None, log=[], forgotten={}, revisions=(), too_late=[]
    )


def take_over(case: Case[Event]) -> None:
    """List as overdue, in a case that was read, what an older Kept only counted so; every timer is then asked anew.

    What is owed is no longer among the settled promises, though it may still be stored there.
    """
    for state in case.states.values():
        if state.counted:
            state.overdue += [it for it in state.settled if _still_owed(it, state.relieved, case.time)]
            for promise in state.overdue:
                promise.wake = min(promise.wake, promise.settled + CORRECTIONS_HORIZON)
            state.wake = min([state.wake, *(it.wake for it in state.overdue)])
            case.wake = min(case.wake, state.wake)
            state.counted, state.relieved = 0, -1
        if state.overdue:
            owed = {it.id for it in state.overdue}
            state.settled = [it for it in state.settled if it.id not in owed]


def _still_owed(promise: Promise[Event], relieved: int, time: int) -> bool:
    return promise.state == "broken" and promise.settled > relieved and promise.settled + CORRECTIONS_HORIZON > time


def unreadable(error: Exception) -> StateError:
    """Say that a stored case is of no use under these standards."""
    return StateError(f"a stored case cannot be read: {error}; put back the standards it was stored under")


def _latest(seen: dict[Identity, int], stored: int) -> Seen:
    """Give what came after the first `stored` ones, without walking over those: they are nearly all."""
    return list(islice(reversed(seen.items()), max(0, len(seen) - stored)))[::-1]
