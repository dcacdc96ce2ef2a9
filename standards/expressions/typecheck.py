"""Allow the nodes an expression may have, give each a type, and rebuild the tree from nodes of our own.

Nothing of the author's tree is kept: a node is either understood and built again, or refused where it stands. In the
rebuilt tree a field of the event is the attribute of `d`, one of the opening event that of `o`. A column of a table is
a field whose name has a dot, `contracts.level`.

Read next: `evaluation.py` for what a rebuilt tree means, `condition.py` for how it is compiled.
"""

import ast
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from standards.expressions.evaluation import EVENT, OPENING, field_name, value_of
from standards.expressions.fields import Among, Field
from standards.expressions.persons import asked, is_marked, refused
from standards.expressions.slips import NOTHING, decimal_comma, likely_text, unknown_column, unknown_field
from standards.expressions.syntax import Syntax
from standards.expressions.tokens import (
    MAX_DEPTH,
    MISSING,
    ONLY_COMPARISONS,
    SIMPLIFY,
    TOO_DEEP,
    ExpressionError,
)
from standards.expressions.typed import WORDS, Typed

_TRUTHS: Final = {"true": True, "false": False}
_ONLY_LISTS: Final = 'list the values: ["phone", "chat"]'
_REFUSED: Final[Mapping[type[ast.expr], tuple[str, str]]] = {
    ast.Call: ("functions cannot be called here", ONLY_COMPARISONS),
    ast.Attribute: ("only opening has fields of its own", "write the field's name alone"),
    ast.Subscript: ("a field has no parts", "write the field's name alone"),
    ast.List: ("a list can only stand after in", "write: field in [...]"),
    ast.Tuple: ("a list can only stand after in", "write: field in [...]"),
}
_ANYTHING_ELSE: Final = ("this has no meaning here", ONLY_COMPARISONS)


class Typecheck:
    """Checks one parsed text. Afterwards `used` holds every field met, by `field_name`."""

    def __init__(
        self,
        syntax: Syntax,
        fields: Mapping[str, Field],
        opening: Mapping[str, Field] | None = None,
        among: Among | None = None,
    ) -> None:
        """With `opening` None, fields of the opening event are refused; without `among`, the name of the event is."""
        self._syntax = syntax
        self._fields = fields
        self._opening = opening
        self._among = among
        self.used: dict[str, Field] = {}

    def condition(self) -> ast.expr:
        """Return the tree of a text that must be true or false. Raises ExpressionError."""
        return self._truth(self._syntax.tree, 0)

    def number(self) -> ast.expr:
        """Return the tree of a text that must be a number. Raises ExpressionError."""
        return self._number(self._syntax.tree, 0)

    def _truth(self, raw: ast.expr, depth: int) -> ast.expr:
        typed = self._typed(raw, depth)
        if is_marked(typed):
            raise self._marked(typed, "which is neither true nor false by itself")
        if typed.type != "boolean":
            example = {"text": ' == "..."', "time": " > opening.time"}.get(typed.type, " > 0")
            message = f"{self._described(typed)}, which is neither true nor false by itself"
            raise self._syntax.error(raw, message, f"compare it, for example: {self._syntax.text(raw)}{example}")
        return typed.node

    def _number(self, raw: ast.expr, depth: int) -> ast.expr:
        typed = self._typed(raw, depth)
        if is_marked(typed):
            raise self._marked(typed, "and only numbers are calculated with")
        if typed.family != "number":
            message = f"{self._described(typed)}, and only numbers are calculated with"
            raise self._syntax.error(raw, message, "use a number")
        return typed.node

    def _typed(self, raw: ast.expr, depth: int) -> Typed:
        if depth > MAX_DEPTH:
            raise self._syntax.error(raw, TOO_DEEP, SIMPLIFY)
        match raw:
            case ast.Constant():
                return self._literal(raw)
            case ast.Name(id=name) if name in _TRUTHS:
                return Typed(raw, ast.Constant(_TRUTHS[name]), "boolean")
            case ast.Name(id="event") if self._among is not None and "event" not in self._fields:
                return Typed(raw, ast.Constant(self._among.event), "text")
            case _ if named := self._named(raw):
                return self._field(raw, *named)
            case _:
                return self._operation(raw, depth)

    def _named(self, raw: ast.expr) -> tuple[str, str] | None:
        """Give whose field stands there and its name, if one does; a table may have hyphens: `old-sites.kind`."""
        match raw:
            case ast.Name(id=field):
                return EVENT, field
            case ast.Attribute(value=ast.Name(id="opening"), attr=field):
                return OPENING, field
            case ast.Attribute() | ast.BinOp():
                return self._column(raw)
            case _:
                return None

    def _column(self, raw: ast.expr) -> tuple[str, str] | None:
        written = "".join(self._syntax.text(raw).split())
        name = written.removeprefix("opening.")
        if "." in name and name in self._fields:
            return EVENT if name == written else OPENING, name
        if found := unknown_column(name, self._fields):
            raise self._syntax.error(raw, *found, unknown=name)
        return None

    def _operation(self, raw: ast.expr, depth: int) -> Typed:
        match raw:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Typed(raw, ast.UnaryOp(ast.Not(), self._truth(operand, depth + 1)), "boolean")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Typed(raw, ast.UnaryOp(ast.USub(), self._number(operand, depth + 1)), "number")
            case ast.BoolOp(op=junction, values=parts):
                return Typed(raw, ast.BoolOp(junction, [self._truth(part, depth + 1) for part in parts]), "boolean")
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as operation, right=right):
                numbers = self._number(left, depth + 1), self._number(right, depth + 1)
                # Nothing known: what has a value all the same is a constant.
                if isinstance(operation, ast.Div) and value_of(numbers[1], {}) == 0:
                    raise self._syntax.error(right, "this divides by zero", "divide by something else")
                return Typed(raw, ast.BinOp(numbers[0], operation, numbers[1]), "number")
            case ast.Compare():
                return self._comparison(raw, depth + 1)
            case ast.Tuple() if comma := decimal_comma(self._syntax.source):
                message = f"{comma[0]} is written with a comma"
                raise ExpressionError(
                    message, offset=comma.start(), length=len(comma[0]), fix=f"write {comma[1]}.{comma[2]}"
                )
            case _:
                raise self._syntax.error(raw, *_REFUSED.get(type(raw), _ANYTHING_ELSE))

    def _literal(self, raw: ast.Constant) -> Typed:
        match raw.value:
            case bool():
                return Typed(raw, ast.Constant(raw.value), "boolean")
            case str():
                return Typed(raw, ast.Constant(raw.value), "text")
            case int() | float():
                number = self._syntax.number(raw)
                return Typed(raw, ast.Constant(number), "integer" if isinstance(number, int) else "number")
            case _:
                raise self._syntax.error(raw, *_ANYTHING_ELSE)

    def _field(self, raw: ast.expr, owner: str, name: str) -> Typed:
        fields = self._fields if owner == EVENT else self._opening
        if fields is None:
            fix = "compare with a literal; only the conditions of expect, unless and pause know the opening event"
            raise self._syntax.error(raw, "there is no opening event here", fix)
        if owner == EVENT and name not in fields and self._among is not None and name in self._among.others:
            other = self._among.others[name]
            return Typed(raw, ast.Constant(None), other.type, other.sort)
        if name not in fields or name.startswith("_"):
            raise self._unknown(raw, name, fields)
        node = ast.Attribute(ast.Name(owner, ast.Load()), name, ast.Load())
        self.used[field_name(node)] = fields[name]
        return Typed(raw, node, fields[name].type, fields[name].sort)

    def _marked(self, typed: Typed, why: str) -> ExpressionError:
        """Give the error that a value which names a person, or may, stands where none can."""
        fix = asked(typed, self._syntax.text)
        return self._syntax.error(typed.raw, f"{self._described(typed)}, {why}", fix, check="names-a-person")

    def _unknown(self, raw: ast.expr, name: str, fields: Mapping[str, Field]) -> ExpressionError:
        if name == "opening":
            return self._syntax.error(raw, "opening is an event, not a field", "write opening. and the field's name")
        if any(each.startswith(f"{name}.") for each in fields):
            fix = f"write {name}. and the column's name"
            return self._syntax.error(raw, f"{name} is a table, not a field", fix)
        prefix = "opening." if isinstance(raw, ast.Attribute) else ""
        found, fix = f"there is no field {prefix}{name}", unknown_field(name, fields, prefix)
        return self._syntax.error(raw, found, fix, unknown=f"{prefix}{name}")

    def _missing(self, raw: ast.Compare, depth: int) -> Typed:
        """Read `x is missing`. Python has it that `is not` is one sign."""
        field = raw.left
        named = self._named(field) not in {None, *((EVENT, word) for word in {*_TRUTHS, "event"} - set(self._fields))}
        (asked, *more) = raw.comparators
        if more or not named or not (isinstance(asked, ast.Name) and asked.id == MISSING):
            raise self._syntax.error(raw, "only a field can be missing", "write: field is missing")
        return Typed(raw, ast.Compare(self._typed(field, depth).node, raw.ops, [ast.Constant(None)]), "boolean")

    def _comparison(self, raw: ast.Compare, depth: int) -> Typed:
        if any(isinstance(operation, ast.Is | ast.IsNot) for operation in raw.ops):
            return self._missing(raw, depth)
        self._check_quotes(raw)
        operands = [self._typed(raw.left, depth)]
        for operation, comparator in zip(raw.ops, raw.comparators, strict=True):
            among = isinstance(operation, ast.In | ast.NotIn)
            operands.append(self._options(comparator) if among else self._typed(comparator, depth))
        for operation, (left, right) in zip(raw.ops, pairwise(operands), strict=True):
            self._check_pair(operation, left, right)
        first, *others = (operand.node for operand in operands)
        return Typed(raw, ast.Compare(first, raw.ops, others), "boolean")

    def _check_quotes(self, raw: ast.Compare) -> None:
        """Refuse a text without quotes where it is compared with a field of text, so that the fix is to quote it."""
        owner, name = self._named(raw.left) or (EVENT, "")
        if not name or not isinstance(raw.ops[0], ast.Eq | ast.NotEq):
            return
        field, other = (self._fields if owner == EVENT else self._opening or {}).get(name), raw.comparators[0]
        if isinstance(other, ast.Name) and other.id.lower() in NOTHING and other.id not in self._fields:
            missing = "is missing" if isinstance(raw.ops[0], ast.Eq) else "is not missing"
            fix = f"write {self._syntax.text(raw.left)} {missing}"
            raise self._syntax.error(other, f"there is no field {other.id}", fix, unknown=other.id)
        names = [node.id for node in ast.walk(other) if isinstance(node, ast.Name)]
        parts = ast.Name | ast.BinOp | ast.operator | ast.Constant | ast.expr_context
        words = all(isinstance(node, parts) for node in ast.walk(other))
        if field is None or field.type != "text" or not names or not words:
            return
        written, fix = self._syntax.text(other), likely_text(self._syntax.text(other), self._fields)
        if fix and {*self._fields, *_TRUTHS}.isdisjoint(names):
            if field.sort != "plain":  # in quotes it would be no better
                self._check_pair(raw.ops[0], self._typed(raw.left, 0), Typed(other, other, "text"))
            raise self._syntax.error(other, f"there is no field {written}", fix, unknown=written)

    def _check_pair(self, operation: ast.cmpop, left: Typed, right: Typed) -> None:
        if is_marked(left) or is_marked(right):
            if (wrong := refused(operation, left, right, self._syntax.text)) is not None:
                raise self._syntax.error(wrong.at, wrong.found, wrong.fix, check="names-a-person")
            return
        if isinstance(right.raw, ast.List | ast.Tuple):  # only after `in`
            for option in right.raw.elts:
                self._check_alike(left, self._option(option))
            return
        self._check_alike(left, right)
        if left.type == "boolean" and not isinstance(operation, ast.Eq | ast.NotEq):
            raise self._syntax.error(left.raw, "true and false have no order", "use == or !=")

    def _check_alike(self, left: Typed, right: Typed) -> None:
        if left.family == right.family != "list":
            return
        # The literal is the mistake more often than the field.
        at_fault, other = (left, right) if isinstance(left.raw, ast.Constant) else (right, left)
        message = f"{self._described(other)}, and {self._described(at_fault)}: they cannot be compared"
        raise self._syntax.error(at_fault.raw, message, self._likely_fix(at_fault, other))

    def _likely_fix(self, at_fault: Typed, other: Typed) -> str:
        written = self._syntax.text(at_fault.raw)
        bare = written.strip("\"'")
        if other.family == "number" and bare.replace(".", "", 1).isdecimal():
            return f"leave the quotes out: {bare}"
        if other.type == "text" and (isinstance(at_fault.raw, ast.Constant) or written in _TRUTHS):
            return f'put it in quotes: "{written}"'
        return f"compare with {WORDS[other.family]}" if other.type != "list" else _ONLY_LISTS

    def _options(self, raw: ast.expr) -> Typed:
        if not isinstance(raw, ast.List | ast.Tuple):
            fix = f"list it: [{self._syntax.text(raw)}]" if isinstance(raw, ast.Constant) else _ONLY_LISTS
            if isinstance(raw, ast.Name) and raw.id not in self._fields:
                fix = f'list it: ["{raw.id}"]'
            raise self._syntax.error(raw, "in needs a list", fix)
        if not raw.elts:
            raise self._syntax.error(raw, "this list is empty", _ONLY_LISTS)
        return Typed(raw, ast.Tuple([self._option(option).node for option in raw.elts], ast.Load()), "list")

    def _option(self, raw: ast.expr) -> Typed:
        match raw:
            case ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return self._typed(raw, 0)
            case ast.Name(id=name) if name in _TRUTHS:
                return self._typed(raw, 0)
            case ast.Name(id=name) if name not in self._fields:
                raise self._syntax.error(raw, f"{name} has no quotes", f'put it in quotes: "{name}"')
            case _:
                raise self._syntax.error(raw, "a list holds only literals", "compare with the field by == instead")

    def _described(self, typed: Typed) -> str:
        return f"{self._syntax.text(typed.raw)} is {typed.called}"
