"""The numbers that a promise says in words or digits, and those that its rule is made of.

"One", "once" and "twice" are left alone: they are said of other things than the rule too often. Read next:
`lint/wording.py`, which compares the two.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import DAY, HOUR, MINUTE, SECOND, WEEK
from standards.judge.shapes import Level, Response, Universality
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.judge.standard import Standard

_WORDS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_NUMBER: Final = rf"(?:[0-9]+(?:\.[0-9]+)?|{'|'.join(_WORDS)})"
_SAID: Final = re.compile(
    rf"\b(?P<part>{_NUMBER}) (?:out )?(?:of|in) (?P<all>{_NUMBER})\b"
    rf"|\b(?P<number>{_NUMBER})\b(?P<working> (?:working|opening|business) days?)?",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LENGTHS: Final = ("within", "within_last", "every", "over", "step")


class Said(NamedTuple):
    """A number in a promise, as it is written there; `4 of 5` is 80, as a share is written in percent."""

    text: str
    value: float


def numbers_said(promise: str) -> Iterator[Said]:
    """Give the numbers that a promise says. Working days are left out: how long they are, the calendar says."""
    for found in _SAID.finditer(promise):
        if found["part"]:
            whole = _value(found["all"])
            if whole:
                yield Said(found[0], round(100 * _value(found["part"]) / whole, 6))
        elif not found["working"]:
            yield Said(found["number"], _value(found["number"]))


def rule_numbers(standard: Standard) -> frozenset[float]:
    """Give the numbers that a rule is made of: bounds, counts, lengths of time in every unit, and shares in percent."""
    shape = standard.shape
    found: set[float] = set()
    every = clauses(shape)
    wheres = {key: [each.where for each in clause.all if each.where is not None] for key, clause in every.items()}
    if any(_bounds(where.tree) for where in wheres.get("when", ())):
        wheres.pop("unless", None)  # what ends the need may be another number than the one that is promised
    conditions = [where for some in wheres.values() for where in some]
    if isinstance(shape, Universality):
        conditions.append(shape.must)
    for condition in conditions:
        found |= _bounds(condition.tree)
    if isinstance(shape, Level):
        texts = f"{shape.measure.source} {shape.must.source}"
        found |= {float(digits) for digits in _DIGITS.findall(texts)}
        found |= {number for number in (shape.over, shape.at_least) if number}
    if standard.objective is not None:
        found.add(round(100 * standard.objective.kept, 6))
        found |= _units(standard.objective.over)
    found.add(getattr(shape, "at_most", 0))
    lengths = [getattr(shape, key, None) for key in _LENGTHS]
    undo = getattr(shape, "undo", None)
    lengths += [undo.within if undo is not None else None]
    lengths += [length for clause in every.values() for each in clause.all for length in (each.lasting, each.apart)]
    if isinstance(shape, Response) and shape.target is not None:
        lengths += shape.target.lengths
        found |= shape.target.days
    return frozenset(found.union(*(_units(us) for us in lengths if isinstance(us, int))))


def _value(text: str) -> float:
    return float(_WORDS.get(text.lower()) or text)


def _units(us: int) -> set[float]:
    return {us / unit for unit in (SECOND, MINUTE, HOUR, DAY, WEEK)}


def _bounds(tree: ast.expr) -> set[float]:
    """Give each number in a condition and, where it is a bound, its neighbour that a promise could say instead."""
    found: set[float] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            found |= _number(node)
        if isinstance(node, ast.Compare):
            operands = (node.left, *node.comparators)
            for left, operation, right in zip(operands, node.ops, operands[1:], strict=False):
                found |= {each + (-1 if isinstance(operation, ast.GtE | ast.Lt) else 1) for each in _number(right)}
                found |= {each + (-1 if isinstance(operation, ast.LtE | ast.Gt) else 1) for each in _number(left)}
    return found


def _number(node: ast.expr) -> set[float]:
    value = node.value if isinstance(node, ast.Constant) else None
    return {value} if isinstance(value, int | float) and not isinstance(value, bool) else set()
