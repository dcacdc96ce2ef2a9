"""What somebody can say on the board to have a promise kept: the event that it waits for, and what of it is asked.

What is known of the promise, and what the standard's own condition says (`kind == "moments"`), is not asked. Nobody can
report a reading, which comes from what counts, or an event that Kept makes itself.
Read next: `report_form.py`, which asks; `streams/web/board/reporting.py`, which makes the event of the answers.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import msgspec

from standards.expressions.evaluation import UNKNOWN, field_name, value_of
from standards.expressions.fields import Field
from standards.judge.ledger import Plain
from standards.judge.shapes import Recurrence, Response

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.expressions.condition import Condition
    from standards.judge.events import EventType
    from standards.judge.standard import Clause, Standard

BY: Final = "by"
"""The field for who did it: whoever reports it, unless they name somebody else."""


class Asked(msgspec.Struct, frozen=True):
    """A field that is asked, and the values of which one is meant, where the condition lists them."""

    name: str
    field: Field
    required: bool
    among: tuple[Plain, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """An event that keeps a promise: its type, what is `known` of the promise, what the condition has `fixed`."""

    kind: EventType
    known: Mapping[str, Plain]
    fixed: Mapping[str, Plain]
    asked: tuple[Asked, ...]
    where: Condition | None = None

    @property
    def at_once(self) -> bool:
        """Say whether one tap says it all: nothing is asked, but who did it."""
        return all(each.name == BY for each in self.asked)


def reports(standard: Standard | None, vocabulary: Mapping[str, EventType], row: Mapping[str, Plain]) -> list[Report]:
    """Give the events by which somebody may say that a promise with these fields is kept, as the author orders them."""
    if standard is None or not isinstance(standard.shape, Response | Recurrence):
        return []
    found = ((vocabulary.get(clause.event), clause) for clause in standard.shape.expect.all)
    return [_report(kind, clause, row) for kind, clause in found if kind is not None and not kind.reading]


def not_reportable(standard: Standard | None, vocabulary: Mapping[str, EventType]) -> tuple[str, ...]:
    """Name the events that keep a promise, where nobody can report any of them; nothing where somebody can."""
    if standard is None or not isinstance(standard.shape, Response | Recurrence):
        return ()
    return () if reports(standard, vocabulary, {}) else standard.shape.expect.events


def _report(kind: EventType, clause: Clause, row: Mapping[str, Plain]) -> Report:
    known = {name: value for name, value in row.items() if name in kind.fields and value is not None}
    parts = [] if clause.where is None else list(_parts(clause.where.tree))
    told = {name: value for name, value in map(_told, parts) if name in kind.fields and name not in known}
    needed = {name for part in parts if _is_needed(part) for name in _names(part)}
    spoken = {name for part in parts if not _is_absent(part) for name in _names(part)}
    among = dict(map(_among, parts))
    asked = [
        Asked(name, field, (not field.optional or name in needed) and name != BY, among.get(name, ()))
        for name, field in kind.fields.items()
        if name not in known and name not in told and (not field.optional or name in spoken)
    ]
    return Report(kind, known, told, tuple(asked), clause.where)


def _parts(tree: ast.expr) -> Iterator[ast.expr]:
    """Give what must all be so."""
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for part in tree.values:
            yield from _parts(part)
    else:
        yield tree


def _told(part: ast.expr) -> tuple[str, Plain]:
    """Give the field whose value a part says, and the value; no name where it says none."""
    match part:
        case ast.Attribute():
            return field_name(part), True
        case ast.UnaryOp(op=ast.Not(), operand=ast.Attribute() as operand):
            return field_name(operand), False
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            field, other = (left, right) if isinstance(left, ast.Attribute) else (right, left)
            value = value_of(other, {})
            if isinstance(field, ast.Attribute) and value is not UNKNOWN:
                return field_name(field), value
        case _:
            pass
    return "", None


def _among(part: ast.expr) -> tuple[str, tuple[Plain, ...]]:
    """Give the field of which a part lists the values, and these."""
    match part:
        case ast.Compare(left=ast.Attribute() as field, ops=[ast.In()], comparators=[ast.Tuple() as options]):
            return field_name(field), value_of(options, {})
        case _:
            return "", ()


def _is_needed(part: ast.expr) -> bool:
    """Say whether a part cannot be so while a field of it is missing."""
    return isinstance(part, ast.Compare | ast.Attribute) and not _is_absent(part)


def _is_absent(part: ast.expr) -> bool:
    """Say whether a part asks that a field is missing."""
    return isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Is)


def _names(part: ast.expr) -> set[str]:
    return {field_name(node) for node in ast.walk(part) if isinstance(node, ast.Attribute)}
