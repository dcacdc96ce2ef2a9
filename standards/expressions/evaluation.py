"""Work a checked tree out when only some of the fields are known.

A comparison that touches a missing value is false, and a division by zero counts as missing. The compiled function of a
condition agrees with this file wherever all fields are known; a test holds the two together.

Read next: `condition.py`.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

EVENT: Final = "d"
OPENING: Final = "o"


class _Unknown:
    __slots__ = ()


UNKNOWN: Final = _Unknown()

_OPERATIONS: Final[Mapping[type[ast.AST], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, options: value in options,
    ast.NotIn: lambda value, options: value not in options,
}


def field_name(node: ast.Attribute) -> str:
    """Return the field as authors write it: `waiting`, or `opening.waiting` for the opening event's."""
    of_opening = isinstance(node.value, ast.Name) and node.value.id == OPENING
    return f"opening.{node.attr}" if of_opening else node.attr


def value_of(node: ast.expr, known: Mapping[str, object]) -> Any:  # noqa: ANN401 - a field's value, of any field type
    """Return the value, None where it is missing, or UNKNOWN. `known` is keyed by `field_name`."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=options):
            return tuple(value_of(option, known) for option in options)
        case ast.Attribute():
            return known.get(field_name(node), UNKNOWN)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _apply(operator.sub, 0, value_of(operand, known))
        case ast.BinOp(left=left, op=operation, right=right):
            return _apply(_OPERATIONS[type(operation)], value_of(left, known), value_of(right, known))
        case _:
            return truth_of(node, known)


def truth_of(node: ast.expr, known: Mapping[str, object]) -> bool | _Unknown:
    """Return whether a condition holds, or UNKNOWN while that hangs on a field not in `known`."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            held = truth_of(operand, known)
            return held if isinstance(held, _Unknown) else not held
        case ast.BoolOp(op=junction, values=parts):
            return _joined([truth_of(part, known) for part in parts], deciding=isinstance(junction, ast.Or))
        case ast.Compare():
            return _compared(node, known)
        case _:
            value = value_of(node, known)
            return UNKNOWN if value is UNKNOWN else bool(value)


def _joined(truths: list[bool | _Unknown], *, deciding: bool) -> bool | _Unknown:
    """One true part decides an `or`, one false part an `and`, whatever the others are."""
    if deciding in truths:
        return deciding
    return UNKNOWN if UNKNOWN in truths else not deciding


def _compared(node: ast.Compare, known: Mapping[str, object]) -> bool | _Unknown:
    if isinstance(node.ops[0], ast.Is | ast.IsNot):  # x is missing
        value = value_of(node.left, known)
        return UNKNOWN if value is UNKNOWN else (value is None) == isinstance(node.ops[0], ast.Is)
    operands = [value_of(operand, known) for operand in (node.left, *node.comparators)]
    if any(operand is None for operand in operands):
        return False
    pairs = zip(operands, node.ops, operands[1:], strict=False)
    links = [_apply(_OPERATIONS[type(operation)], left, right) for left, operation, right in pairs]
    return _joined(links, deciding=False)


def _apply(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:  # noqa: ANN401 - as value_of
    if left is None or right is None:
        return None
    if UNKNOWN in (left, right):
        return UNKNOWN
    try:
        return operation(left, right)
    except ZeroDivisionError:
        return None
    except TypeError:  # `known` holds a value of another type than the field's: it proves nothing
        return UNKNOWN
