"""Checks of what has to last: a calm that has no time, a pause without an end, a state that is forgotten or not yet so.

Read next: `lint_input.py` for what it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from standards.calendar.duration import describe
from standards.expressions.states import StateTest
from standards.judge.shapes import Bounded, Precedence, Recurrence, Response, Universality
from standards.judge.standard import event_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.judge.standard import Clause, Standard, State
    from standards.lint.lint_input import LintInput

_FORGOTTEN: Final = {
    "while": ("nothing is owed any more, and nobody is told", "it is owed again"),
    "pause": ("the clock does not stop any more", "the clock stands still again"),
}
"""What follows where a state is forgotten that a scope wants, and one that it excludes."""


def for_too_long(lint: LintInput) -> None:
    """Find what must last as long as there is time at all: it can never keep the promise, or end the need, in time."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response):
            continue
        lengths = (shape.within,) if shape.target is None else shape.target.lengths
        least = min((length for length in lengths if length is not None), default=None)
        if least is None:
            continue
        for key, clause in (("expect", shape.expect), ("unless", shape.unless)):
            longest = max((each.lasting for each in clause.all), default=0) if clause is not None else 0
            if longest >= least:
                within, comes = describe(least), "kept" if key == "expect" else "void"
                found = f"it must last {describe(longest)}, of {within} in all: it is broken before it can be {comes}"
                fix = f"write a for: well under {within}, or a longer within:"
                lint.entries[standard.id].at(key).warning("for-too-long", found, fix)


def never_resumed(lint: LintInput) -> None:
    """Find pauses that nothing ends: from the first on, the clock of the subject's promises stands still for good."""
    for standard in lint.standards.values():
        pause = standard.shape.pause if isinstance(standard.shape, Response) else None
        if not isinstance(pause, StateTest):
            continue
        state = next((each for each in standard.states if _is_endless(each) and _stops(pause, each)), None)
        if state is not None:
            begins = " or ".join(dict.fromkeys(state.when.events))
            found = f"nothing ends what {begins} begins, so the clock of {standard.id} stands still for good"
            fix = f"say what ends it: until: EVENT; if nothing is owed any more, write unless: {state.when.event}"
            lint.entries[standard.id].at("pause").warning("never-resumed", found, fix)


def forgets_state(lint: LintInput) -> None:
    """Find states that nothing ends but the quiet in which their subject is forgotten, where nobody says how long."""
    for standard in lint.standards.values():
        for key, said in _scopes(standard):
            state = next((it for it in standard.states if it.key in said.keys and _is_endless(it)), None)
            if state is None or (key == "pause" and _stops(said, state)):  # then it is never-resumed
                continue
            if _is_memory_said(lint, standard):
                break
            begins = " or ".join(dict.fromkeys(state.when.events))
            memory, then = describe(standard.forget_after), _once_forgotten(key, said, state)
            quiet = f"after {memory} without an event it is forgotten with its subject"
            found = f"nothing ends what {begins} begins, but {quiet}: then {then}"
            fix = "write forget_after: 520w, or how long a subject can be quiet at most"
            lint.entries[standard.id].at(key).warning("forgets-state", found, fix)


def _is_memory_said(lint: LintInput, standard: Standard) -> bool:
    """Say whether `forget_after` is written, in a standard or in one that shares its subjects and events."""
    events, alike = set(event_types(standard)), (standard.per, standard.lateness)
    others = [it for it in lint.standards.values() if (it.per, it.lateness) == alike]
    return any(lint.entries[it.id].has("forget_after") for it in others if events.intersection(event_types(it)))


def _scopes(standard: Standard) -> Iterator[tuple[str, StateTest]]:
    """Give what a standard says of states, by its key."""
    if standard.needed is not None:
        yield "while", standard.needed
    if isinstance(standard.shape, Response) and isinstance(standard.shape.pause, StateTest):
        yield "pause", standard.shape.pause


def _once_forgotten(key: str, said: StateTest, state: State) -> str:
    wanted, excluded = _FORGOTTEN[key]
    if not said.could_hold({state.key: (False, 0)}):
        return wanted
    return "it counts as not so" if said.could_hold({state.key: (True, 0)}) else excluded


def _is_endless(state: State) -> bool:
    """Say whether no event ends a state: it has no until, and each of its events begins it, whatever it says."""
    always = {each.event for each in state.when.all if each.where is None}
    return state.until is None and always.issuperset(state.when.events)


def _stops(pause: StateTest, state: State) -> bool:
    """Say whether the clock stands still while a state is so, whatever else is."""
    runs = replace(pause, test=lambda holds: not pause.test(holds))
    return state.key in pause.keys and not runs.could_hold({state.key: (True, 0)})


def not_yet_so(lint: LintInput) -> None:
    """Find lists of who is owed something from the start, and a `while` that nobody knows to be so by then."""
    for standard in lint.standards.values():
        shape, needed = standard.shape, standard.needed
        if isinstance(shape, Recurrence) and shape.subjects and needed is not None and not needed.test({}):
            states = [state for state in standard.states if state.key in needed.keys]
            enough = [state for state in states if needed.test({state.key: (True, 0)})] or states
            begins = " or ".join(dict.fromkeys(event for state in enough for event in state.when.events))
            found = (
                "subjects says who is owed from the start, and while that nothing is owed until it is known to be so: "
                f"until the first {begins}"
            )
            fix = (
                "if it is owed before that, name what stops it under states, and write while: not NAME; if not, leave "
                "subjects out: who is owed, the event says"
            )
            lint.entries[standard.id].at("while").warning("not-yet-so", found, fix)


def owed_from_before(lint: LintInput) -> None:
    """Find what is owed anew when that ends by which nothing was owed, and the event that ends it is named nowhere."""
    for standard in lint.standards.values():
        shape, needed = standard.shape, standard.needed
        if not isinstance(shape, Response) or needed is None:
            continue
        clauses = (shape.when, shape.expect, *((shape.unless,) if shape.unless else ()))
        named = {event for clause in clauses for event in clause.events}
        begins = [event for state in standard.states for event in _freed_by(needed, state) if event not in named]
        if begins:
            begin, opens = " or ".join(dict.fromkeys(begins)), " or ".join(dict.fromkeys(shape.when.events))
            found = f"the last {opens} from before is owed from {begin} on, unless it was kept or void since"
            listed = begins[0] if len(set(begins)) == 1 else f"[{', '.join(dict.fromkeys(begins))}]"
            add = f"add unless: {listed}" if shape.unless is None else f"add {begin} to unless"
            fix = f"if nothing is to be owed then, {add}; if it is, add {begin} to when, or let this sleep"
            lint.entries[standard.id].at("while").warning("owed-from-before", found, fix)


def _freed_by(needed: StateTest, state: State) -> tuple[str, ...]:
    """Give the events that end a state while which nothing is owed."""
    if state.key not in needed.keys or needed.could_hold({state.key: (True, 0)}):
        return ()
    return state.when.events if state.until is None else state.until.events


def newest_alone(lint: LintInput) -> None:
    """Find what is owed to several of a subject at once, of whom only the last is owed when a `while` begins."""
    for standard in lint.standards.values():
        shape, needed = standard.shape, standard.needed
        if not isinstance(shape, Response) or needed is None or shape.again != "each":
            continue
        fields = sorted(_told_apart_by(shape.expect) | (_told_apart_by(shape.unless) if shape.unless else set()))
        if fields and fields[0] not in standard.per:
            opens = " or ".join(dict.fromkeys(shape.when.events))
            found = f"of each {opens} from before, only the last is owed when while begins"
            fix = (
                f"if all of them are to be owed then, let an event of each {fields[0]} say so, and write "
                f"per: [{', '.join((*standard.per, fields[0]))}]; if not, let this sleep"
            )
            lint.entries[standard.id].at("while").warning("newest-alone", found, fix)


def _told_apart_by(clause: Clause) -> set[str]:
    """Give the fields of the opening event that a clause compares with."""
    return {name for each in clause.all if each.where is not None for name in each.where.opening_fields}


def never_opens(lint: LintInput) -> None:
    """Find what is asked only while something is so that the very event which asks has ended."""
    for standard in lint.standards.values():
        shape, needed = standard.shape, standard.needed
        if needed is None or not isinstance(shape, Bounded | Precedence | Universality):
            continue
        if not any(needed.could_hold(_after(standard, clause)) for clause in shape.when.all):
            opens = " or ".join(dict.fromkeys(shape.when.events))
            found = f"nothing is ever judged: when {opens} comes, {needed.source} is not so any more"
            fix = "let the state end at another event, or ask for what came before it: within_last"
            lint.entries[standard.id].at("while").warning("never-opens", found, fix)


def _after(standard: Standard, clause: Clause) -> dict[str, tuple[bool, int]]:
    """Give the states that are so, or not so, for certain after an event that meets a clause."""
    so = {}
    for state in standard.states:
        ends = state.until is not None and _always(state.until, clause)
        if _always(state.when, clause):
            so[state.key] = (True, 0)
        elif ends and clause.event not in state.when.events:
            so[state.key] = (False, 0)
    return so


def _always(clause: Clause, event: Clause) -> bool:
    """Say whether each event that meets `event` meets a clause, too."""
    return any(each.event == event.event and each.where is None for each in clause.all)
