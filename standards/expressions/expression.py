"""The expressions of the standards document: conditions, numbers, measures and bounds. Everything else imports this.

Here is what a level standard measures (`mean(score)`, `share(waited <= 20)`) and the bound on it (`>= 80%`); the rest
of the language comes from its neighbours. A sample whose value is missing counts for no measure of numbers; in a share
it counts as not holding.

Read next: `condition.py`, where the language is compiled, and what a missing value means.
"""

import ast
import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from standards.expressions.condition import Condition, Value, compile_condition, compile_value, could_hold
from standards.expressions.fields import Among, Field, FieldType, joined_fields
from standards.expressions.tokens import ExpressionError

__all__ = [
    "Among",
    "Condition",
    "ExpressionError",
    "Field",
    "FieldType",
    "Measure",
    "MeasureKind",
    "Threshold",
    "Value",
    "compile_condition",
    "compile_measure",
    "compile_threshold",
    "compile_value",
    "could_hold",
    "joined_fields",
]

MeasureKind = Literal["mean", "sum", "min", "max", "count", "share", "percentile"]

_OF_NUMBERS: Final[Mapping[str, MeasureKind]] = {"mean": "mean", "sum": "sum", "min": "min", "max": "max"}
_NAMES: Final = (*_OF_NUMBERS, "count", "share", "p50", "p90")
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "avg": "mean", "average": "mean", "median": "p50", "percentage": "share", "percent": "share", "total": "sum",
    "maximum": "max", "minimum": "min", "number": "count",
}  # fmt: skip
"""What other languages call a measure."""
_CALL: Final = re.compile(r"\s*(?P<name>\w+)\s*\((?P<of>.*)\)\s*", re.DOTALL)
_ALONE: Final = re.compile(r"\s*[0-9]+(?:\.[0-9]+)?%?\s*")
_PERCENTILE: Final = re.compile(r"p([1-9][0-9]?)", re.ASCII)
_FORMS: Final = "mean(x), sum(x), min(x), max(x), count(), share(condition), or p90(x)"
_MEASURE: Final = "measure"


class Measure(msgspec.Struct, frozen=True):
    """What to take of each window: `of(data)` is a number or None (missing), a bool for a share, and None for a count.

    `percent` is 1 to 99 for a percentile, and 0 for every other kind. `others` is what to take of events of further
    types, by their names. `tree` is that of the condition of a share.
    """

    kind: MeasureKind
    of: Callable[[Any], Any] | None
    percent: float
    source: str
    fields: frozenset[str]
    others: Mapping[str, Callable[[Any], Any]] = {}
    tree: ast.expr | None = None

    def about(self, event: str) -> "Measure":
        """Return the measure of events of one type."""
        return msgspec.structs.replace(self, of=self.others[event]) if event in self.others else self


class Threshold(msgspec.Struct, frozen=True):
    """A bound on a measure: `test(value)` says whether the value is within it."""

    source: str
    test: Callable[[float], bool]


class _Measured(msgspec.Struct, frozen=True):
    measure: float


def compile_measure(source: str, fields: Mapping[str, Field], *, among: Among | None = None) -> Measure:
    """Compile `mean(x)`, `sum(x)`, `min(x)`, `max(x)`, `count()`, `share(condition)` or `p1(x)` to `p99(x)`.

    `among` says which of several events this one is, where the measure is of all of them.
    Raises ExpressionError, located in `source`.
    """
    call = _CALL.fullmatch(source)
    if call is None:
        raise ExpressionError("this is not a measure", offset=0, length=len(source), fix=f"write {_FORMS}")
    name, of = call["name"], call["of"]
    percentile = _PERCENTILE.fullmatch(name)
    if not (percentile or name in _OF_NUMBERS or name in {"count", "share"}):
        raise _unknown(name, call.start("name"))
    if (name == "count") == bool(of.strip()):
        fix = "write count(), or share(condition)" if name == "count" else f"write {_FORMS}"
        message = "count takes nothing" if name == "count" else f"{name} of what?"
        raise ExpressionError(message, offset=call.start("name"), length=len(name), fix=fix)
    if name == "count":
        return Measure("count", None, 0, source, frozenset())
    try:
        if name == "share":
            share = compile_condition(of, fields, among=among)
            holds = share.test
            return Measure("share", lambda data: holds(data, None), 0, source, share.fields, tree=share.tree)
        value = compile_value(of, fields)
    except ExpressionError as error:
        raise error.within(source, call.start("of")) from None
    kind: MeasureKind = "percentile" if percentile else _OF_NUMBERS[name]
    return Measure(kind, value.test, int(percentile[1]) if percentile else 0, source, value.fields)


def _unknown(name: str, offset: int) -> ExpressionError:
    near = [_OTHER_NAMES[name]] if name in _OTHER_NAMES else difflib.get_close_matches(name, _NAMES, n=1)
    fix = f"did you mean {near[0]}?" if near else f"write {_FORMS}"
    if re.fullmatch(r"p[0-9]+", name):
        fix = "percentiles go from p1 to p99"
    return ExpressionError(f"there is no measure {name}", offset=offset, length=len(name), fix=fix)


def compile_threshold(source: str) -> Threshold:
    """Compile a bound: `>= 80%`, or in full `measure >= 80%` or `3 <= measure < 5`.

    Raises ExpressionError, located in `source`.
    """
    if _ALONE.fullmatch(source):
        raise ExpressionError("a bound has a sign", offset=0, length=len(source), fix=f"write >= {source.strip()}")
    prefix = f"{_MEASURE} " if source.lstrip().startswith(("=", "!", "<", ">")) else ""
    try:
        condition = compile_condition(prefix + source, {_MEASURE: Field("number")})
    except ExpressionError as error:
        raise error.within(source, -len(prefix)) from None
    if not condition.fields:
        raise ExpressionError("this says nothing about the measure", offset=0, length=len(source), fix="write >= 80%")
    test = condition.test
    return Threshold(source=source, test=lambda value: test(_Measured(value), None))
