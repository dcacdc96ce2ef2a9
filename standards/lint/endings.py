"""Checks of what a clause leaves out: an `unless` that never counts, who has no value, and what was not so after all.

Read next: `expressions/regions.py`, `wording.py`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from standards.expressions.evaluation import field_name
from standards.expressions.regions import relation
from standards.judge.shapes import Bounded, Response, Universality
from standards.judge.standard import Clause, clauses
from standards.judge.strata import can_mean
from standards.lint.wording import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.expressions.expression import Condition, Field
    from standards.judge.standard import Standard
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


def missing_breaks(lint: LintInput) -> None:
    """Find what `must` compares and not every event has: without a value nothing holds, and the promise is broken."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Universality):
            continue
        asked = _asked(shape.must)
        for clause in shape.when.all:
            fields = lint.fields_of(clause.event)
            other = {name for name, _ in _others(shape.must, fields)}  # that is no-value
            said = asked | other if clause.where is None else asked | other | set(_compared(clause.where))
            name = next((it for it in _compared(shape.must) if it not in said and _may_lack(fields, it)), None)
            if name is not None:
                found = f"a {clause.event} without {name} breaks {standard.id}, as nothing can be said of its {name}"
                fix = (
                    f"if it is not to be judged, add {name} is not missing to the where of when; if it is to break, "
                    f"say so: {name} is not missing and {shape.must.source}"
                )
                lint.entries[standard.id].at("must").warning("missing-breaks", found, fix)
                break


def _compared(where: Condition) -> list[str]:
    """Give the fields of the event that a condition compares, in their order."""
    compares = [node for node in ast.walk(where.tree) if isinstance(node, ast.Compare)]
    sides = [side for node in compares for side in (node.left, *node.comparators)]
    return [field_name(side) for side in sides if isinstance(side, ast.Attribute)]


def _asked(where: Condition) -> set[str]:
    """Give the fields of which a condition asks whether they are missing."""
    compares = [node for node in ast.walk(where.tree) if isinstance(node, ast.Compare)]
    return {
        field_name(node.left)
        for node in compares
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and isinstance(node.left, ast.Attribute)
    }


def _may_lack(fields: Mapping[str, Field], name: str) -> bool:
    return name in fields and fields[name].optional


def _others(where: Condition, fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """Give the optional fields that are compared by `!=` or `not in` with texts or numbers, and how."""
    asked = _asked(where)
    for node in ast.walk(where.tree):
        match node:
            case ast.Compare(left=ast.Attribute() as field, ops=[ast.NotEq() | ast.NotIn()], comparators=[other]):
                name, values = field_name(field), _values(other)
                if _may_lack(fields, name) and name not in asked and values and "" not in values:
                    shown = [f'"{value}"' if isinstance(value, str) else str(value).lower() for value in values]
                    several = isinstance(other, ast.Tuple)
                    yield name, f"{name} not in [{', '.join(shown)}]" if several else f"{name} != {shown[0]}"
            case _:
                pass


def _values(node: ast.expr) -> list[object]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant)]


def outlives_correction(lint: LintInput) -> None:
    """Find what a broken promise opens, or counts for, and what stays so when it turns out that it was not broken."""
    for standard in lint.standards.values():
        match standard.shape:
            case Response(when=when, unless=ends):
                key, then = "unless", "is still owed"
            case Bounded(when=when, until=Clause() as ends):
                key, then = "until", "still counts it"
            case _:
                continue
        outliving = [each for each in when.all if each.event == "promise.broken" and _outlives(lint, ends, each)]
        if outliving:
            found = f"should it turn out that it was not broken after all, {standard.id} {then}"
            added = ", ".join(dict.fromkeys(map(_after_all, outliving)))
            listed = added if len(outliving) == 1 else f"[{added}]"
            fix = f"add {key}: {listed}" if ends is None else f"let {key} be a list, and add {added}"
            lint.entries[standard.id].at("when").warning("outlives-correction", found, fix)


def _outlives(lint: LintInput, ends: Clause | None, clause: Clause) -> bool:
    """Say whether what a clause opens is owed on, though the promise that it heard of was not broken after all."""
    if not any(can_mean(clause, each) for each in lint.standards.values() if _can_be_corrected(each)):
        return False
    fields, ending = lint.fields_of(clause.event), () if ends is None else ends.all
    ended = {each.event for each in ending if relation(each.where, clause.where, fields) in ("same", "around")}
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
