"""Checks of what a clause leaves out: an `unless` that never counts, who has no value, and what was not so after all.

Read next: `expressions/regions.py`, `wording.py`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from standards.expressions.evaluation import field_name
from standards.expressions.regions import relation
from standards.judge.shapes import Response
from standards.judge.standard import clauses
from standards.judge.strata import can_mean
from standards.lint.wording import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.expressions.expression import Condition, Field
    from standards.judge.standard import Clause, Standard
    from standards.lint.lint_input import LintInput

_AFTER_ALL: Final = ("promise.corrected", "promise.withdrawn")


def never_void(lint: LintInput) -> None:
    """Find an `unless` whose events all keep the promise: what keeps and voids at once, keeps."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response) or shape.unless is None:
            continue
        if all(any(_covers(lint, kept, void) for kept in shape.expect.all) for void in shape.unless.all):
            found = f"whatever is meant by this unless keeps {standard.id}: expect is looked at first"
            fix = "name what ends the need, or let the conditions of expect and unless exclude each other"
            lint.entries[standard.id].at("unless").warning("never-void", found, fix)


def _covers(lint: LintInput, kept: Clause, void: Clause) -> bool:
    """Say whether each event that meets `void` meets `kept`."""
    if kept.event != void.event or kept.lasting or void.lasting or kept.apart or void.apart:
        return False
    return relation(kept.where, void.where, lint.fields_of(kept.event)) in ("same", "around")


def no_value(lint: LintInput) -> None:
    """Find `!=` and `not in` on fields that may be missing: events without a value do not meet them."""
    for standard in lint.standards.values():
        for path, _, conditions in conditions_of(standard):
            found = next((each for event, where in conditions for each in _others(where, lint.fields_of(event))), None)
            if found is not None:
                name, written = found
                opposite = written.replace(" not in ", " in ").replace(" != ", " == ")
                said = f"{written} leaves out what has no {name}"
                fix = (
                    f"to take it in, write not {opposite}; to leave it out, say so: {name} is not missing and {written}"
                )
                lint.entries[standard.id].at(*path).warning("no-value", said, fix)


def _others(where: Condition, fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """Give the optional fields that are compared by `!=` or `not in` with texts or numbers, and how."""
    nodes = list(ast.walk(where.tree))
    asked = {
        field_name(node.left)
        for node in nodes
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot)
        and isinstance(node.left, ast.Attribute)
    }  # fmt: skip
    for node in nodes:
        match node:
            case ast.Compare(left=ast.Attribute() as field, ops=[ast.NotEq() | ast.NotIn()], comparators=[other]):
                name, values = field_name(field), _values(other)
                if name in fields and fields[name].optional and name not in asked and values and "" not in values:
                    shown = [f'"{value}"' if isinstance(value, str) else str(value).lower() for value in values]
                    several = isinstance(other, ast.Tuple)
                    yield name, f"{name} not in [{', '.join(shown)}]" if several else f"{name} != {shown[0]}"
            case _:
                pass


def _values(node: ast.expr) -> list[object]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant)]


def outlives_correction(lint: LintInput) -> None:
    """Find what a broken promise opens, and what stays owed when it turns out that it was not broken."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response):
            continue
        outliving = [each for each in shape.when.all if each.event == "promise.broken" and _outlives(lint, shape, each)]
        if outliving:
            found = f"should it turn out that it was not broken after all, {standard.id} is still owed"
            added = ", ".join(dict.fromkeys(map(_after_all, outliving)))
            listed = added if len(outliving) == 1 else f"[{added}]"
            fix = f"add unless: {listed}" if shape.unless is None else f"let unless be a list, and add {added}"
            lint.entries[standard.id].at("when").warning("outlives-correction", found, fix)


def _outlives(lint: LintInput, shape: Response, clause: Clause) -> bool:
    """Say whether what a clause opens is owed on, though the promise that it heard of was not broken after all."""
    if not any(can_mean(clause, each) for each in lint.standards.values() if _can_be_corrected(each)):
        return False
    fields, unless = lint.fields_of(clause.event), () if shape.unless is None else shape.unless.all
    ended = {each.event for each in unless if relation(each.where, clause.where, fields) in ("same", "around")}
    return not ended.issuperset(_AFTER_ALL)


def _after_all(clause: Clause) -> str:
    """Write the clause of what was not so after all; a condition that a list in braces would cut stands in quotes."""
    where = "" if clause.where is None else " ".join(clause.where.source.split())
    if "event" in where:  # it is of the one that was heard, and of no other
        where = ""
    said = f"'{where.replace(chr(39), 2 * chr(39))}'" if set(where) & set(",[]{}:#'") else where
    return f"{{event: [{', '.join(_AFTER_ALL)}]{', where: ' * bool(said)}{said}}}"


def _can_be_corrected(standard: Standard) -> bool:
    """Say whether late events can show that a promise was judged wrongly; those of promises come in order."""
    events = {event for clause in clauses(standard.shape).values() for event in clause.events}
    return any(not event.startswith("promise.") for event in events)
