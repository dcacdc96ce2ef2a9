"""Compile the conditions that authors write (`waiting > 3 and channel == "phone"`) to one function each.

**Missing values.** A comparison that touches an optional field without a value is false, `!=` and `not in`
included; so is a missing boolean field by itself, and a comparison that divides by zero. Hence `not (x > 3)` is
true where x is missing, and `x <= 3` is not. `x is missing` and `x is not missing` ask for it.

**Why this is safe.** The author's text is never compiled. `syntax.py` parses it, `typecheck.py` builds a new tree
from comparisons, literals and declared fields only, and that tree is what Python compiles, once, at load time.
`waiting > 3` costs what a handwritten `lambda d, o: d.waiting > 3` costs. A condition never raises, given whole
numbers of 64 bits: the decoders see to that.

Read next: `expression.py` for the measures of level standards, `evaluation.py` for what a tree means.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from standards.expressions.evaluation import EVENT, OPENING, UNKNOWN, field_name, truth_of, value_of
from standards.expressions.fields import Among, Field
from standards.expressions.syntax import parse
from standards.expressions.typecheck import Typecheck

_OF_OPENING: Final = "opening."


class Condition(msgspec.Struct, frozen=True):
    """A compiled condition: `test(data, opening_data)` says whether it holds.

    `tree` is what was compiled, before the guards against missing values were put in. Where columns of tables are among
    the `fields`, `test` finds them by the event, and `tried` is the test of made-up data that has them itself.
    """

    source: str
    test: Callable[[Any, Any], bool]
    fields: frozenset[str]
    opening_fields: frozenset[str]
    tree: ast.expr
    tried: Callable[[Any, Any], bool] | None = None


class Value(msgspec.Struct, frozen=True):
    """A compiled number: `test(data)` is its value, or None where a field is missing or it divides by zero."""

    test: Callable[[Any], float | None]
    fields: frozenset[str]


def compile_condition(
    source: str, fields: Mapping[str, Field], *, opening: Mapping[str, Field] | None = None, among: Among | None = None
) -> Condition:
    """Compile a condition on `fields`, and on those of the `opening` event where there is one.

    `among` says which of several events this one is, where the condition is written for all of them.
    Raises ExpressionError, located in `source`.
    """
    check = Typecheck(parse(source), fields, opening, among)
    tree = check.condition()
    body = _guarded_truth(tree, _optional(check.used))
    return Condition(
        source=source,
        test=_function(body, EVENT, OPENING),
        fields=frozenset(name for name in check.used if not name.startswith(_OF_OPENING)),
        opening_fields=frozenset(name.removeprefix(_OF_OPENING) for name in check.used if name.startswith(_OF_OPENING)),
        tree=tree,
    )


def compile_value(source: str, fields: Mapping[str, Field]) -> Value:
    """Compile a number that is worked out from `fields`. Raises ExpressionError, located in `source`."""
    check = Typecheck(parse(source), fields)
    tree = check.number()
    guards = _distinct(_guards(tree, _optional(check.used)))
    body = ast.IfExp(_all_of(guards), tree, ast.Constant(None)) if guards else tree
    return Value(test=_function(body, EVENT), fields=frozenset(check.used))


def could_hold(condition: Condition, known: Mapping[str, object]) -> bool:
    """Return False only if the condition is false whatever the fields that are not `known` hold.

    `known` is keyed as authors write: `channel`, `opening.channel`. None stands for a missing value.
    """
    return truth_of(condition.tree, known) is not False


def ruled_out(condition: Condition) -> Callable[[Any], bool]:
    """Give the test whether a condition on an event does not hold, whatever the fields are that are missing in it."""
    return _function(_known(condition.tree, condition.fields, so=False), EVENT)


def _function(body: ast.expr, *parameters: str) -> Callable[..., Any]:
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(name) for name in parameters], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    module = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    # Every node was made by `typecheck.py` or here: no call, no subscript, no name but the parameters.
    compiled: Callable[..., Any] = eval(compile(module, "<expression>", "eval"), {"__builtins__": {}})  # noqa: S307
    return compiled


def _optional(used: Mapping[str, Field]) -> frozenset[str]:
    return frozenset(name for name, field in used.items() if field.optional)


def _guarded_truth(node: ast.expr, optional: frozenset[str]) -> ast.expr:
    """Return the condition with the guards that keep missing values and zeros away from every comparison."""
    match node:
        case ast.BoolOp(op=junction, values=parts):
            return ast.BoolOp(junction, [_guarded_truth(part, optional) for part in parts])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ast.UnaryOp(ast.Not(), _guarded_truth(operand, optional))
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]):
            return node
        case ast.Compare():
            guards, compared = _guarded_comparison(node, optional)
            return _all_of([*guards, compared])
        case ast.Attribute() if field_name(node) in optional:
            return ast.Compare(node, [ast.Is()], [ast.Constant(value=True)])
        case _:
            return node


def _guarded_comparison(node: ast.Compare, optional: frozenset[str]) -> tuple[list[ast.expr], ast.Compare]:
    operands = (node.left, *node.comparators)
    guards = _distinct(guard for operand in operands for guard in _guards(operand, optional))
    # A field here is guarded by the comparison, a condition guards itself.
    first, *others = (each if isinstance(each, ast.Attribute) else _guarded_truth(each, optional) for each in operands)
    return guards, ast.Compare(first, node.ops, others)


def _known(node: ast.expr, optional: frozenset[str], *, so: bool) -> ast.expr:
    """Return what holds where a condition is `so`, or is not, and no missing value is to blame for that."""
    match node:
        case ast.BoolOp(op=junction, values=parts):
            joined = ast.And() if isinstance(junction, ast.And) is so else ast.Or()
            return ast.BoolOp(joined, [_known(part, optional, so=so) for part in parts])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _known(operand, optional, so=not so)
        case ast.Compare() if not isinstance(node.ops[0], ast.Is | ast.IsNot):
            guards, compared = _guarded_comparison(node, optional)
            return _all_of([*guards, compared if so else ast.UnaryOp(ast.Not(), compared)])
        case ast.Attribute() if field_name(node) in optional:
            return ast.Compare(node, [ast.Is()], [ast.Constant(value=so)])
        case _:
            return node if so else ast.UnaryOp(ast.Not(), node)


def _guards(node: ast.expr, optional: frozenset[str]) -> Iterator[ast.expr]:
    """Yield what must hold before `node` can be worked out, innermost first: a divisor is itself worked out."""
    match node:
        case ast.Attribute() if field_name(node) in optional:
            yield ast.Compare(node, [ast.IsNot()], [ast.Constant(None)])
        case ast.Constant(value=None):  # a field that only the other events of a list have
            yield ast.Constant(value=False)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from _guards(operand, optional)
        case ast.BinOp(left=left, op=operation, right=right):
            yield from _guards(left, optional)
            yield from _guards(right, optional)
            if isinstance(operation, ast.Div) and value_of(right, {}) is UNKNOWN:
                yield ast.Compare(right, [ast.NotEq()], [ast.Constant(0)])
        case _:  # literals need no guard, and a condition has its own
            return


def _distinct(guards: Iterator[ast.expr]) -> list[ast.expr]:
    return list({ast.dump(guard): guard for guard in guards}.values())


def _all_of(parts: list[ast.expr]) -> ast.expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)
