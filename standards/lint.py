"""What a standard says that its author can hardly mean: warnings, each with a page of its own in `docs/checks/`.

Each check is one function that gives at most a few findings for one standard; a document with warnings is still used.
Knows: compiled standards. Must not know: how a document is read, and what makes it unusable (`compiling.py`,
`shaping.py`). Read next: `regions.py`, `spoken.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.duration import describe
from standards.regions import fixed_truth
from standards.spoken import numbers_said, rule_numbers
from standards.standard import Response, Universality, clauses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from standards.entries import Entry
    from standards.expression import Condition, Field
    from standards.standard import Clause, Standard

    FieldsOf = Callable[[str], Mapping[str, Field]]

CHECKS: Final = (
    "always-true", "forgets-first", "full-objective", "incomplete", "never-true", "other-number", "unused-calendar",
)  # fmt: skip
"""All checks that warn; `incomplete` and `unused-calendar` are made where the document is read."""


def lint(entry: Entry, standard: Standard, fields_of: FieldsOf) -> None:
    """Report what is doubtful in a standard; `fields_of` gives the fields of an event type."""
    _conditions(entry, standard, fields_of)
    _promise(entry, standard)
    _memory(entry, standard)
    _objective(entry, standard)


def _conditions(entry: Entry, standard: Standard, fields_of: FieldsOf) -> None:
    opening = fields_of(next(iter(clauses(standard.shape).values())).event)
    for path, clause, condition in _conditions_of(standard):
        match fixed_truth(condition, fields_of(clause.event), opening):
            case "never":
                found = f"no {clause.event} is ever like that: {condition.source}"
                fix = "look at its numbers and at its and: one event has to meet all of it"
                entry.at(*path).warning("never-true", found, fix)
            case "always":
                found = f"every {clause.event} is like that: {condition.source}"
                fix = "leave it out, or look at its numbers and at its or"
                entry.at(*path).warning("always-true", found, fix)
            case None:
                pass


def _conditions_of(standard: Standard) -> Iterator[tuple[tuple[str, ...], Clause, Condition]]:
    for name, clause in clauses(standard.shape).items():
        if clause.where is not None:
            yield (*name.split("."), "where"), clause, clause.where
    if isinstance(standard.shape, Universality):
        yield ("must",), standard.shape.when, standard.shape.must


def _promise(entry: Entry, standard: Standard) -> None:
    meant = rule_numbers(standard)
    for said in numbers_said(standard.promise):
        if said.value not in meant:
            found = f"the promise says {said.text!r}, and no number of the rule is that"
            entry.at("promise").warning("other-number", found, "let the promise and the rule say the same number")


def _memory(entry: Entry, standard: Standard) -> None:
    shape = standard.shape
    if not isinstance(shape, Response) or shape.within < standard.forget_after:
        return
    found = (
        f"{standard.id} lasts {describe(shape.within)} and forgets after {describe(standard.forget_after)}: "
        "what comes after its deadline is not seen"
    )
    where = "forget_after" if entry.has("forget_after") else "within"
    entry.at(where).warning("forgets-first", found, f"write forget_after: longer than {describe(shape.within)}")


def _objective(entry: Entry, standard: Standard) -> None:
    if standard.objective is not None and standard.objective.kept >= 1:
        found = f"{standard.id} has failed for the whole span as soon as one promise is broken"
        fix = "write the share that is good enough, such as 95%"
        entry.at("objective", "kept").warning("full-objective", found, fix)
