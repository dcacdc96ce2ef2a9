"""Checks of standards beside each other: speed promised alone, two promises for one moment, pages nobody talks over.

Read next: `expressions/regions.py`, which says whether two conditions can be met by the same event.
"""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import describe
from standards.calendar.shifts import meet
from standards.expressions.evaluation import field_name
from standards.expressions.expression import Condition
from standards.expressions.regions import relation
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Universality
from standards.judge.standard import clauses
from standards.judge.strata import hears
from standards.lint.lint_input import openings, said

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from standards.judge.standard import During, Standard
    from standards.lint.lint_input import LintInput

BROKEN: Final = "promise.broken"
DEBRIEF: Final = "debrief.completed"
SHOWN: Final = 3
"""How many standards are named; whoever looks finds the others."""
MOST_PAIRS: Final = 2_000
"""How many pairs of conditions are compared; of the others, nothing is said."""


class _Work(NamedTuple):
    """What a standard judges: the type of the event, the fields that it has, and those that name the subject."""

    standard: Standard
    event: str
    fields: AbstractSet[str]
    per: frozenset[str]


def speed_alone(lint: LintInput) -> None:
    """Find work of which several promises ask for speed, and none for how it is done."""
    every = [
        _Work(standard, event, lint.fields_of(event).keys(), frozenset(standard.per))
        for standard in lint.standards.values()
        for event in openings(standard)
    ]
    others = [work for work in every if work.standard.aspect != "speed"]
    quick = [work for work in every if work.standard.aspect == "speed"]
    left = [work for work in quick if not any(_same_work(work, other) for other in others)]
    while left:
        first = left[0]
        group = [work for work in left if work is first or _same_work(first, work)]
        left = [work for work in left if work not in group]
        ids = list(dict.fromkeys(work.standard.id for work in group))
        if len(ids) > 1:
            names = ", ".join(ids[:SHOWN])
            names += " and others" if len(ids) > SHOWN else ""
            entry = lint.entries[first.standard.id]
            found = f"{names} ask for speed, and nothing here says how the same work is to be done"
            fix = "add a standard of quality, ownership, courtesy or follow-through, or say which aspect: these have"
            entry.at("aspect" if entry.has("aspect") else "promise").warning("speed-alone", found, fix)


def _same_work(one: _Work, other: _Work) -> bool:
    """Say whether an event that one of them judges also names whom the other is about, or is a promise of it."""
    if one.event.startswith("promise.") or other.event.startswith("promise."):
        return hears(one.standard, other.standard) or hears(other.standard, one.standard)
    return one.fields >= other.per or other.fields >= one.per


def no_debrief(lint: LintInput) -> None:
    """Find promises that wake somebody when they break, and that nobody has to talk over afterwards."""
    debriefs = [
        standard for standard in lint.standards.values()
        if isinstance(standard.shape, Response)
        and BROKEN in standard.shape.when.events
        and DEBRIEF in standard.shape.expect.events
    ]  # fmt: skip
    if not debriefs and not lint.terms.whole:
        return  # these are some files of several; where the follow-through stands is not known
    for standard in lint.standards.values():
        told_of = standard in debriefs or any(hears(debrief, standard) for debrief in debriefs)
        if standard.severity == "page" and not told_of:
            found = f"when {standard.id} breaks, somebody is woken, and nothing asks for a debrief afterwards"
            fix = f"add a standard that expects {DEBRIEF} after {BROKEN}, as the team pack has it, or widen its where"
            lint.entries[standard.id].at("severity").warning("no-debrief", found, fix)


class _Promise(NamedTuple):
    """What a standard promises: when standards of the same `moment` have another `limit`, they differ."""

    standard: Standard
    moment: Hashable
    limit: float | str
    key: str
    where: Condition | None
    shown: str

    @property
    def pins(self) -> dict[str, object]:
        """The fields that its condition wants to have one value each: `channel == "phone" and waiting > 3`."""
        tree = None if self.where is None else self.where.tree
        parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
        pins: dict[str, object] = {}
        for part in parts:
            match part:
                case ast.Compare(
                    left=ast.Attribute() as field, ops=[ast.Eq()], comparators=[ast.Constant(value=value)]
                ):
                    pins[field_name(field)] = value
                case _:
                    pass
        return pins


def two_promises(lint: LintInput) -> None:
    """Find standards that promise different things for the same moment.

    A special case may promise more than the rule that it is part of, but not less: then the rule still breaks.
    """
    groups: dict[Hashable, list[_Promise]] = {}
    for standard in lint.standards.values():
        promise = _promise(standard)
        if promise is not None:
            groups.setdefault(promise.moment, []).append(promise)
    reported: set[str] = set()
    pairs = (pair for pair in _pairs(groups.values()) if pair[1].standard.id not in reported)
    for earlier, later in islice(pairs, MOST_PAIRS):
        if _differ(lint, earlier, later):
            reported.add(later.standard.id)
            found = (
                f"{later.standard.id} promises {later.shown} for the same moment for which {earlier.standard.id} "
                f"promises {earlier.shown}"
            )
            fix = "keep one of the two, or let their conditions exclude each other"
            lint.entries[later.standard.id].at(later.key).warning("two-promises", found, fix)


def _pairs(groups: Iterable[list[_Promise]]) -> Iterator[tuple[_Promise, _Promise]]:
    """Give the promises of one moment that have different limits and, at a glance, can be owed together."""
    for promises in groups:
        pins = [promise.pins for promise in promises]
        for number, later in enumerate(promises):
            for before, earlier in enumerate(promises[:number]):
                apart = any(pins[number].get(name, value) != value for name, value in pins[before].items())
                if earlier.limit != later.limit and not apart:
                    yield earlier, later


def _promise(standard: Standard) -> _Promise | None:
    """Say what a standard promises; None for shapes whose promises do not come into each other's way."""
    shape, per = standard.shape, frozenset(standard.per)
    first = next(iter(clauses(shape).values()))
    if first.others or first.lasting:
        return None  # which of several events, and for how long, is more than can be compared here
    event = first.event
    match shape:
        case Response(within=within, expect=expect):
            hours = "" if shape.hours is None else f"{shape.hours.timezone} {shape.hours.week}"
            moment: Hashable = ("response", per, event, said(expect))
            if within is None:
                return _Promise(standard, moment, str(shape.target), "within", shape.when.where, "a time of its own")
            shown = f"{describe(within)}{' of open time' if hours else ''}"
            return _Promise(standard, moment, f"{within} {hours}", "within", shape.when.where, shown)
        case Precedence(within_last=within, expect=expect):
            moment = ("precedence", per, event, said(expect))
            return _Promise(standard, moment, within, "within_last", shape.when.where, describe(within))
        case Bounded(at_most=most):
            until = None if shape.until is None else said(shape.until)
            moment = ("bounded", per, event, shape.within, until)
            return _Promise(standard, moment, most, "at_most", shape.when.where, f"at most {most}")
        case Level(measure=measure, must=must):
            hours = "" if shape.hours is None else f"{shape.hours.timezone} {shape.hours.week}"
            moment = ("level", per, event, measure.source, (shape.over, shape.period, shape.step, shape.count), hours)
            return _Promise(standard, moment, must.source, "must", shape.when.where, must.source)
        case Recurrence(every=every, expect=expect):
            shown = every if isinstance(every, str) else describe(every)
            moment = ("recurrence", per, event, shape.subjects)
            return _Promise(standard, moment, every, "every", expect.where, f"one every {shown}")
        case Universality():
            return None


def _differ(lint: LintInput, earlier: _Promise, later: _Promise) -> bool:
    """Say whether one event can be promised two things, and not just more in a special case than in general."""
    if _never_meet(earlier.standard.during, later.standard.during):
        return False
    found = relation(earlier.where, later.where, lint.opening_fields(later.standard))
    match found:
        case None | "apart":
            return False
        case "same" | "across":
            return True
        case "inside" | "around":
            special, general = (earlier, later) if found == "inside" else (later, earlier)
            return not _stricter(special.standard, general.standard)


def _never_meet(one: During | None, other: During | None) -> bool:
    """Say whether no moment counts in both, as a rule; of different time zones, that is not known.

    Holidays are left out: they only close.
    """
    if one is None or other is None:
        return False
    if one.outside or other.outside:
        return one.outside != other.outside and one.hours is other.hours
    return one.hours.timezone == other.hours.timezone and not meet(one.hours.week, other.hours.week)


def _stricter(special: Standard, general: Standard) -> bool:
    """Say whether a promise asks for more than another one of its moment; where that cannot be said, it does."""
    match special.shape, general.shape:
        case Response() as one, Response() as other:
            if one.within is None or other.within is None:
                return True
            return one.within <= other.within or one.hours != other.hours
        case Precedence() as one, Precedence() as other:
            return one.within_last <= other.within_last
        case Bounded() as one, Bounded() as other:
            return one.at_most <= other.at_most
        case _:
            return True
