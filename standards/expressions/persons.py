"""What may be asked of a field that names a person, or into which somebody writes what they like.

A running host has a reference in the place of each name and of each free text, so what they are compared with by name
is never equal. A person is compared with another person; of both can be asked whether there is one. In a story or on
history the same is refused, so that a rule means the same everywhere.

Read next: `typecheck.py`, which asks.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from standards.expressions.fields import Sort
    from standards.expressions.typed import Typed

_WHY: Final[Mapping[Sort, str]] = {
    "person": "names a person, and no rule is about one human: a running host has references for names",
    "free": "holds what somebody wrote, and names may stand in it",
}


class Refusal(NamedTuple):
    """What is wrong with a comparison: the operand to point at, what was found, and what would fix it."""

    at: ast.expr
    found: str
    fix: str


def why(name: str, sort: Sort) -> str:
    """Say why little can be asked of a field of that name."""
    return f"{name} {_WHY[sort]}"


def is_marked(typed: Typed) -> bool:
    """Say whether a value names a person, or may."""
    return typed.sort != "plain"


def refused(operation: ast.cmpop, left: Typed, right: Typed, text: Callable[[ast.expr], str]) -> Refusal | None:
    """Say why two values, one of them marked, cannot be compared so; None where they can. `text` is as written."""
    marked, other = (left, right) if is_marked(left) else (right, left)
    by_equality = isinstance(operation, ast.Eq | ast.NotEq)
    if by_equality and (left.sort == right.sort == "person" or (_is_empty(other) and marked.type == "text")):
        return None
    name = text(marked.raw)
    if marked.sort == "free" or other.sort == "free":
        free = marked if marked.sort == "free" else other
        return Refusal(free.raw, why(text(free.raw), free.sort), asked(free, text))
    if other.sort == "person":
        return Refusal(marked.raw, f"{name} is {marked.called}, and names have no order", "use == or !=")
    return Refusal(other.raw, why(name, "person"), _instead(marked, other, text))


def asked(typed: Typed, text: Callable[[ast.expr], str]) -> str:
    """Say what can be asked of a marked value."""
    missing = f"ask whether it is there: {text(typed.raw)} is not missing"
    return missing if typed.sort == "free" else f"compare it by == with a field that names a person, or {missing}"


def _instead(marked: Typed, other: Typed, text: Callable[[ast.expr], str]) -> str:
    """Say what can stand in the place of a name: where that is a field which is not marked, it may have to be."""
    if isinstance(other.node, ast.Attribute) and "." not in other.node.attr:
        return f"mark {other.node.attr} with person: true under events:, if it names a person too"
    return f"ask for a team, a site or a role; or {asked(marked, text)}"


def _is_empty(typed: Typed) -> bool:
    return isinstance(typed.raw, ast.Constant) and typed.raw.value == ""
