"""Whether a condition can be met, missed, met together with another: tried on one value of each region of its fields.

A field that is only compared with literals changes a condition's truth nowhere but at these literals. So the literals,
one value between each two, and one beyond each end stand for all values there are. Where fields are compared with each
other or reckoned with, or texts by their order, that does not hold, and nothing is said.
Read next: `condition.py`, which made their tests.
"""

from __future__ import annotations

import ast
from itertools import pairwise, product
from math import prod
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.expressions.condition import Condition
    from standards.expressions.expression import Field

Relation = Literal["same", "inside", "around", "across", "apart"]

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
    found = truths([condition], fields, opening)
    if found == {(False,)}:
        return "never"
    return "always" if found == {(True,)} else None


def relation(first: Condition | None, second: Condition | None, fields: Mapping[str, Field]) -> Relation | None:
    """Say how what meets two conditions on the same event lies to each other; None where that is not known.

    `inside`: whatever meets the first meets the second, and not the other way round. No condition is met by everything.
    """
    if first is None or second is None:
        return "same" if first is second else "inside" if second is None else "around"
    if ast.dump(first.tree) == ast.dump(second.tree):
        return "same"
    found = truths([first, second], fields, {})
    if found is None:
        return None
    if (True, True) not in found:
        return "apart"
    if (True, False) in found:
        return "across" if (False, True) in found else "around"
    return "inside" if (False, True) in found else "same"


def truths(
    conditions: Sequence[Condition], fields: Mapping[str, Field], opening: Mapping[str, Field]
) -> set[tuple[bool, ...]] | None:
    """Give the truths that conditions can have together, one for each; None where that is not known."""
    names = frozenset[str]().union(*(each.fields for each in conditions))
    opening_names = frozenset[str]().union(*(each.opening_fields for each in conditions))
    if not (names <= fields.keys() and opening_names <= opening.keys()):
        return None  # promises' own events have fields that their standards add
    trees = [condition.tree for condition in conditions]
    if not all(_is_plain(node) for tree in trees for node in ast.walk(tree)):
        return None
    own = {name: _values(trees, fields[name]) for name in names}
    of_opening = {name: _values(trees, opening[name]) for name in opening_names}
    sizes = [len(each) for each in (*own.values(), *of_opening.values())]
    if not sizes or prod(sizes) > MOST:
        return None
    events, openings = (
        [SimpleNamespace(**dict(zip(values, chosen, strict=True))) for chosen in product(*values.values())]
        for values in (own, of_opening)
    )
    tests = [condition.tried or condition.test for condition in conditions]
    return {tuple(test(event, opened) for test in tests) for event in events for opened in openings}


def _is_plain(node: ast.AST) -> bool:
    """Say whether a node compares at most one field, with literals only, or is not a comparison. Texts have none."""
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


def _values(trees: Sequence[ast.expr], field: Field) -> list[object]:
    """Give one value of each region of a field."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    literals: set[object] = {node.value for node in nodes if isinstance(node, ast.Constant)}
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
