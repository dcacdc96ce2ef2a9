"""Whether a condition can be met, and whether it can be missed: tried on one value of each region of its fields.

A field that is only compared with literals changes a condition's truth nowhere but at these literals. So the literals,
one value between each two, and one beyond each end stand for all values there are. Where fields are compared with each
other or reckoned with, or texts by their order, that does not hold, and nothing is said.
Knows: checked trees. Must not know: standards, files. Read next: `evaluation.py`, which works a tree out.
"""

from __future__ import annotations

import ast
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Final, Literal

from standards.evaluation import truth_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.condition import Condition
    from standards.expression import Field

MOST: Final = 20_000
"""How many combinations of values are tried at most; of a condition with more, nothing is said."""
_ANOTHER: Final = "\N{WHITE SQUARE}"
"""A text that no author compares with."""


def fixed_truth(
    condition: Condition, fields: Mapping[str, Field], opening: Mapping[str, Field]
) -> Literal["never", "always"] | None:
    """Say whether a condition never or always holds; None where it can do both, or where that is not known.

    `fields` are those of its event, `opening` those of the event that opened the promise.
    """
    if not (condition.fields <= fields.keys() and condition.opening_fields <= opening.keys()):
        return None  # promises' own events have fields that their standards add
    if not all(_is_plain(node) for node in ast.walk(condition.tree)):
        return None
    known = {name: fields[name] for name in condition.fields}
    known |= {f"opening.{name}": opening[name] for name in condition.opening_fields}
    values = {name: _values(condition.tree, field) for name, field in known.items()}
    if not values or prod(len(each) for each in values.values()) > MOST:
        return None
    found = {truth_of(condition.tree, dict(zip(values, chosen, strict=True))) for chosen in product(*values.values())}
    if found == {False}:
        return "never"
    return "always" if found == {True} else None


def _is_plain(node: ast.AST) -> bool:
    """Say whether a node compares at most one field, with literals only, or is no comparison. Texts have no regions."""
    match node:
        case ast.BinOp():
            return False
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return isinstance(operand, ast.Constant)
        case ast.Compare(left=left, ops=operations, comparators=comparators):
            operands = (left, *comparators)
            by_order = any(isinstance(each, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for each in operations)
            of_text = any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in operands)
            return sum(isinstance(part, ast.Attribute) for part in operands) <= 1 and not (by_order and of_text)
        case _:
            return True


def _values(tree: ast.expr, field: Field) -> list[object]:
    """Give one value of each region of a field."""
    literals: set[object] = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    found: list[object]
    match field.type:
        case "boolean":
            found = [True, False]
        case "text":
            found = [*sorted(each for each in literals if isinstance(each, str)), _ANOTHER]
        case "integer" | "number" | "time":
            found = list(_numbers(literals, whole=field.type == "integer"))
    return [*found, None] if field.optional else found


def _numbers(literals: set[object], *, whole: bool) -> Iterator[int | float]:
    written = {each for each in literals if isinstance(each, int | float) and not isinstance(each, bool)}
    marks = sorted({*written, *(-each for each in written)})  # the minus of a literal is a node of its own
    if whole:
        yield from sorted({int(mark) + step for mark in marks or [0] for step in (-1, 0, 1)})
        return
    yield from marks
    yield from ((low + high) / 2 for low, high in pairwise(marks))
    yield from (marks[0] - 1, marks[-1] + 1) if marks else (0,)
