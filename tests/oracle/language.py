"""The author's texts, read naively: spans of time, conditions, measures, thresholds.

Knows: the grammar as the documents describe it, by way of Python's own parser. Must not know: promises.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

MISSING = object()
Data = Mapping[str, Any]

_SIZES = {"ms": 1_000, "s": 10**6, "m": 60 * 10**6, "h": 3_600 * 10**6, "d": 86_400 * 10**6, "w": 604_800 * 10**6}
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


def span(text: str) -> int:
    """Read `1h30m` as microseconds."""
    return sum(int(n) * _SIZES[unit] for n, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


def value(text: str, data: Data, opening: Data | None = None) -> Any:  # noqa: ANN401 - an author's expression
    """Give what an expression stands for, or MISSING when a field that it needs has no value."""
    tree = ast.parse(_PERCENT.sub(lambda found: str(float(found[1]) / 100), text), mode="eval")
    return _value(tree.body, data, opening or {})


def holds(text: str | None, data: Data, opening: Data | None = None) -> bool:
    return text is None or value(text, data, opening) is True


def is_denied(text: str, data: Data) -> bool:
    """Tell whether a condition does not hold, whatever the fields without a value may be."""
    tree = ast.parse(_PERCENT.sub(lambda found: str(float(found[1]) / 100), text), mode="eval")
    return _known(tree.body, data) is False


def _known(node: ast.expr, data: Data) -> bool | None:
    """Give what a condition comes to; None where that depends on a field without a value."""
    match node:
        case ast.BoolOp():
            parts, decides = [_known(part, data) for part in node.values], isinstance(node.op, ast.Or)
            return decides if decides in parts else None if None in parts else not decides
        case ast.UnaryOp(op=ast.Not()):
            inner = _known(node.operand, data)
            return None if inner is None else not inner
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
            return bool(_value(node, data, {}))
        case ast.Compare():
            sides = [_value(side, data, {}) for side in (node.left, *node.comparators)]
            return None if MISSING in sides else bool(_value(node, data, {}))
        case _:
            found = _value(node, data, {})
            return None if found is MISSING else found is True


def choose(given: str | dict[str, Any], data: Data) -> str:
    """Follow `{by: FIELD, VALUE: ..., else: ...}` down to a text."""
    while not isinstance(given, str):
        found = data.get(given["by"])
        key = str(found).lower() if isinstance(found, bool) else str(found)
        given = given["else"] if found is None or key in ("by", "else") else given.get(key, given["else"])
    return given


def _field(data: Data, name: str) -> Any:  # noqa: ANN401 - a field's value
    found = data.get(name)
    return MISSING if found is None else found


def _value(node: ast.expr, data: Data, opening: Data) -> Any:  # noqa: ANN401, C901 - one case for each kind of node
    def of(part: ast.expr) -> Any:  # noqa: ANN401 - the same
        return _value(part, data, opening)

    found: Any
    match node:
        case ast.Constant():
            found = node.value
        case ast.Name(id="true" | "false" as word):
            found = word == "true"
        case ast.Name():
            found = _field(data, node.id)
        case ast.Attribute():
            found = _field(opening, node.attr)
        case ast.BoolOp():
            found = (all if isinstance(node.op, ast.And) else any)(of(part) is True for part in node.values)
        case ast.UnaryOp():
            found = of(node.operand) is not True if isinstance(node.op, ast.Not) else -of(node.operand)
        case ast.BinOp():
            found = _joined(_OPERATIONS[type(node.op)], of(node.left), of(node.right))
        case ast.Compare(ops=[ast.Is() | ast.IsNot() as sign], comparators=[ast.Name(id="missing")]):
            found = (of(node.left) is MISSING) is isinstance(sign, ast.Is)
        case ast.Compare():
            sides = [of(side) for side in (node.left, *node.comparators)]
            found = all(
                _joined(_OPERATIONS[type(sign)], a, b) is True
                for sign, a, b in zip(node.ops, sides[:-1], sides[1:], strict=True)
            )
        case ast.Tuple() | ast.List():
            found = [of(part) for part in node.elts]
        case _:
            raise NotImplementedError(ast.dump(node))
    return found


def _joined(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:  # noqa: ANN401 - two values
    return MISSING if MISSING in (left, right) else operation(left, right)


def _measure(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\w+)\((.*)\)", text)
    assert found, text
    return found[1], found[2]


def samples(measure: str, events: Sequence[Data]) -> list[Any]:
    """Give the values that the measure is taken of; those that are missing do not count."""
    name, inner = _measure(measure)
    values = [1 if name == "count" else value(inner, data) for data in events]
    return [one for one in values if one is not MISSING]


def satisfies(must: str, measure: str, values: list[Any]) -> bool:
    """Tell whether the measure of at least one value satisfies `must`."""
    name, _ = _measure(measure)
    ranked = sorted(values)
    taken = {
        "count": len(values),
        "sum": sum(values),
        "mean": sum(values) / len(values),
        "share": sum(values) / len(values),
        "min": ranked[0],
        "max": ranked[-1],
        "p90": ranked[ceil(len(ranked) * 9 / 10) - 1],
    }[name]
    return holds(must if "measure" in must else f"measure {must}", {"measure": taken})
