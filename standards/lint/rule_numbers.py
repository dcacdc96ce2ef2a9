"""The numbers that the rule of a standard is made of, each in all the ways in which a promise may say it.

Read next: `lint/wording.py`, which compares them with what the promise says.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY, HOUR, MINUTE, SECOND, WEEK
from standards.calendar.hours import Hours
from standards.expressions.evaluation import field_name
from standards.judge.shapes import Level, Recurrence, Response, Universality
from standards.judge.standard import clauses
from standards.judge.targets.target import TargetRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from standards.expressions.expression import Field
    from standards.judge.shapes import Shape
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

    Fields = Mapping[str, Field]

_DIGITS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SHARES: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s?%")
_LENGTHS: Final = ("within", "within_last", "every", "over", "step")
_NAMED: Final = {"day": DAY, "week": WEEK}
_MINUTES_A_DAY: Final = DAY // MINUTE


def rule_numbers(standard: Standard, lint: LintInput) -> frozenset[float]:
    """Give the numbers that a rule is made of: bounds, counts, lengths of time in every unit, and shares in percent."""
    shape = standard.shape
    found = _of_conditions(standard, lint)
    if isinstance(shape, Level):
        found |= _of_level(shape, lint.opening_fields(standard))
    if standard.objective is not None:
        found.add(round(100 * standard.objective.kept, 6))
        found |= _units(standard.objective.over)
    found.add(getattr(shape, "at_most", 0))
    if isinstance(shape, Response) and shape.target is not None:
        found |= shape.target.days
    return frozenset(found.union(*(_units(us) for us in _lengths(shape))))


def _of_conditions(standard: Standard, lint: LintInput) -> set[float]:
    wheres = {
        key: [(each.event, each.where) for each in clause.all if each.where is not None]
        for key, clause in clauses(standard.shape).items()
    }
    if any(_bounds(where.tree, {}) for _, where in wheres.get("when", ())):
        wheres.pop("unless", None)  # what ends the need may be another number than the one that is promised
    conditions = [condition for some in wheres.values() for condition in some]
    if isinstance(standard.shape, Universality):
        conditions += [(event, standard.shape.must) for event in standard.shape.when.events]
    texts = [where.source for _, where in conditions]
    opening = {f"opening.{name}": field for name, field in lint.opening_fields(standard).items()}
    bounds = (_bounds(where.tree, {**lint.fields_of(event), **opening}) for event, where in conditions)
    return set().union(*bounds, (float(share) for text in texts for share in _SHARES.findall(text)))


def _of_level(shape: Level, fields: Fields) -> set[float]:
    measure, must = shape.measure, shape.must.source
    found = {float(digits) for digits in _DIGITS.findall(f"{measure.source} {must}")}
    found.update(number for number in (shape.over, shape.at_least) if number)
    if measure.tree is not None:
        return found | _times(_compared(ast.walk(measure.tree)), fields)
    return found | _in_units({float(digits) for digits in _DIGITS.findall(must)}, measure.fields, fields)


def clock_times(standard: Standard) -> set[float]:
    """Give the times at which shifts of its calendars begin and end. A day that is open throughout has none.

    A period of days ends at midnight, whatever is open.
    """
    by_days = isinstance(standard.shape, Recurrence) and standard.shape.every in ("day", "week", "month")
    target = getattr(standard.shape, "target", None)
    chosen = target.calendars.values() if isinstance(target, TargetRule) else ()
    every = (
        standard.during and standard.during.hours,
        None if by_days else getattr(standard.shape, "hours", None),
        *chosen,
    )
    days = [shifts for hours in every if isinstance(hours, Hours) for shifts in hours.week]
    shifts = {shift for day in days for shift in day if shift.end - shift.start < _MINUTES_A_DAY}
    return set().union(*(_by_the_clock(minute) for shift in shifts for minute in shift))


def _by_the_clock(minute: int) -> set[float]:
    """Give a time as it may be said: 17:30 is 17.5 hours, 17.30, or half past five."""
    hour, past = divmod(minute if minute <= _MINUTES_A_DAY else minute - _MINUTES_A_DAY, 60)
    said = {hour, hour - 12 if hour > 12 else hour}  # noqa: PLR2004 - as many hours as the clock's face has
    return {round(each + part, 6) for each in said for part in (0, past / 60, past / 100)}


def _lengths(shape: Shape) -> Iterator[int]:
    """Give the lengths of time in a rule, in microseconds."""
    undo = getattr(shape, "undo", None)
    found = [getattr(shape, key, None) for key in _LENGTHS] + [undo.within if undo is not None else None]
    found += [_NAMED.get(getattr(shape, key, None) or "") for key in ("every", "period")]
    yield from (length for length in found if isinstance(length, int))
    yield from (us for clause in clauses(shape).values() for each in clause.all for us in (each.lasting, each.apart))
    if isinstance(shape, Response) and shape.target is not None:
        yield from shape.target.lengths


def _units(us: int) -> set[float]:
    return {round(us / unit, 6) for unit in (SECOND, MINUTE, HOUR, DAY, WEEK)}


def _bounds(tree: ast.expr, fields: Fields) -> set[float]:
    """Give each number in a condition and, where it is a bound, its neighbour that a promise could say instead."""
    nodes = list(ast.walk(tree))
    compared = list(_compared(nodes))
    return _times(compared, fields).union(*map(_number, nodes), *(numbers for numbers, _ in compared))


def _times(compared: Iterable[tuple[set[float], ast.expr]], fields: Fields) -> set[float]:
    """Give the numbers that are compared with fields in units of time, as lengths in every unit."""
    found: set[float] = set()
    for numbers, beside in compared:
        names = [field_name(node) for node in ast.walk(beside) if isinstance(node, ast.Attribute)]
        found |= _in_units(numbers, names, fields)
    return found


def _in_units(numbers: set[float], names: Iterable[str], fields: Fields) -> set[float]:
    """Give numbers in the units of time of some fields as lengths in every unit."""
    sizes = {fields[name].seconds for name in names if name in fields} - {0}
    return set().union(*(_units(round(number * size * SECOND)) for number in numbers for size in sizes))


def _compared(nodes: Iterable[ast.AST]) -> Iterator[tuple[set[float], ast.expr]]:
    """Give the numbers that are compared, each with its neighbour where it is a bound, and with what they are."""
    for node in nodes:
        if isinstance(node, ast.Compare):
            operands = (node.left, *node.comparators)
            for left, operation, right in zip(operands, node.ops, operands[1:], strict=False):
                yield _bound(right, -1 if isinstance(operation, ast.GtE | ast.Lt) else 1), left
                yield _bound(left, -1 if isinstance(operation, ast.LtE | ast.Gt) else 1), right


def _bound(node: ast.expr, step: int) -> set[float]:
    if isinstance(node, ast.Tuple):
        return set().union(*map(_number, node.elts))
    return {each + by for each in _number(node) for by in (0, step)}


def _number(node: ast.AST) -> set[float]:
    value = node.value if isinstance(node, ast.Constant) else None
    return {value} if isinstance(value, int | float) and not isinstance(value, bool) else set()
