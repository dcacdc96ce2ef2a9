"""Checks of one standard's words and numbers: what its conditions, its promise and its objective can hardly mean.

Read next: `expressions/regions.py`, `spoken.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import describe
from standards.expressions.regions import fixed_truth
from standards.judge.shapes import Precedence, Response, Universality
from standards.judge.standard import clauses
from standards.lint.rule_numbers import clock_times, rule_numbers
from standards.lint.spoken import numbers_said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.expressions.expression import Condition
    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

_AT_LEAST: Final = re.compile(
    r"\b(?:at least|at the least|no less than|not less than|no later than|not later than|a minimum of)"
    r"(?= (?:an? )?[\w.]+ (?:second|minute|hour|day|week|month)s?\b| an? (?:minute|hour|day|week|month)\b)",
    re.IGNORECASE,
)
_THINGS: Final = frozenset({"contact", "ticket", "work"})
"""The fields that name one matter of one customer."""


def never_or_always_true(lint: LintInput) -> None:
    """Find conditions that no event, or every event, meets: `never-true` and `always-true`."""
    for standard in lint.standards.values():
        fields = lint.opening_fields(standard)
        for path, source, conditions in conditions_of(standard):
            entry = lint.entries[standard.id].at(*path)
            events = " or ".join(dict.fromkeys(event for event, _ in conditions))
            truths = {fixed_truth(where, lint.fields_of(event), fields) for event, where in conditions}
            if truths == {"never"}:
                found = f"no {events} is ever like that: {source}"
                fix = "look at its numbers and at its and: one event has to meet all of it"
                entry.warning("never-true", found, fix)
            elif truths == {"always"}:
                found = f"every {events} is like that: {source}"
                fix = "leave it out, or look at its numbers and at its or"
                entry.warning("always-true", found, fix)


def conditions_of(standard: Standard) -> Iterator[tuple[tuple[str, ...], str, list[tuple[str, Condition]]]]:
    """Give each condition as it is written: where, its text, and what it is for each of the events it is about."""
    for name, clause in clauses(standard.shape).items():
        by_text: dict[str, list[tuple[str, Condition]]] = {}
        for each in clause.all:
            if each.where is not None:
                by_text.setdefault(each.where.source, []).append((each.event, each.where))
        for source, conditions in by_text.items():
            yield (*name.split("."), "where"), source, conditions
    if isinstance(standard.shape, Universality):
        must = standard.shape.must
        yield ("must",), must.source, [(event, must) for event in standard.shape.when.events]


def other_number(lint: LintInput) -> None:
    """Find numbers in a promise that its rule does not have."""
    for standard in lint.standards.values():
        if isinstance(standard.shape, Response) and standard.shape.target is not None and standard.shape.target.due:
            continue  # the event names the time, and the promise may say it
        meant, hours = rule_numbers(standard, lint), clock_times(standard)
        for said in numbers_said(standard.promise):
            if said.value not in meant and (said.length or said.value not in hours):
                found = f"the promise says {said.text!r}, and no number of the rule is that"
                fix = "let the promise and the rule say the same number"
                lint.entries[standard.id].at("promise").warning("other-number", found, fix)


def missing_language(lint: LintInput) -> None:
    """Find texts that are given in some languages, and not in all of those in which others are."""
    spoken = {language for standard in lint.standards.values() for language in standard.translations}
    for standard in lint.standards.values():
        said: dict[str, set[str]] = {}
        for language, texts in standard.translations.items():
            for key in texts:
                said.setdefault(key, set()).add(language)
        for key, languages in said.items():
            missing = sorted(spoken - languages)
            if missing:
                found = f"{key} is said in {' and '.join(sorted(languages))}, and others in {' and '.join(missing)} too"
                fix = f"add {', '.join(f'{language}: ...' for language in missing)} to it"
                lint.entries[standard.id].at(key).warning("missing-language", found, fix)


def unread_language(lint: LintInput) -> None:
    """Find texts in a language in which nobody is ever told anything."""
    known = lint.terms.languages
    for standard in lint.standards.values():
        odd = [language for language in standard.translations if known and language not in known]
        for language in odd[:1]:
            key = min(standard.translations[language])
            found = f"{language} is not a language in which Kept tells anybody anything"
            lint.entries[standard.id].at(key).warning("unread-language", found, f"write one of: {', '.join(known)}")


def at_most_before(lint: LintInput) -> None:
    """Find promises of so long before at the least: `within_last` is how long before at the most."""
    for standard in lint.standards.values():
        said = _AT_LEAST.search(standard.promise)
        if said is not None and isinstance(standard.shape, Precedence):
            length = describe(standard.shape.within_last)
            found = f"the promise says {said[0]!r}, and within_last is how long before at most: {length} or less"
            fix = (
                "let the event say how long before it was, and write must: hours_before >= 48 instead of expect and "
                "within_last"
            )
            lint.entries[standard.id].at("within_last").warning("at-most-before", found, fix)


def forgets_first(lint: LintInput) -> None:
    """Find subjects that are forgotten before the rest after a kept promise is over: the next one opens too soon."""
    for standard in lint.standards.values():
        shape = standard.shape
        if isinstance(shape, Response) and shape.rest > standard.forget_after:
            rest, memory = describe(shape.rest), describe(standard.forget_after)
            found = f"after a kept promise {standard.id} rests for {rest} and forgets after {memory}, the rest included"
            fix = f"write forget_after: {rest}, or a rest of {memory} at most"
            lint.entries[standard.id].at("rest").warning("forgets-first", found, fix)


def one_for_many(lint: LintInput) -> None:
    """Find promises that are owed once to many contacts or tickets: while one is owed, the others open nothing."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response) or shape.again != "done":
            continue
        fields = lint.opening_fields(standard)
        thing = next((name for name in sorted(_THINGS) if name in fields and not fields[name].optional), None)
        if thing is not None and thing not in standard.per and "promise" not in standard.per:
            found = f"one promise for every {thing} of a subject: while one of them is owed, the others open nothing"
            fix = f"write per: [{', '.join((thing, *standard.per))}], or again: each"
            lint.entries[standard.id].at("per").warning("one-for-many", found, fix)


def never_ends(lint: LintInput) -> None:
    """Find needs of a place that only the deed ends: what nobody did stays owed, and holds back the next one."""
    for standard in lint.standards.values():
        shape = standard.shape
        if not isinstance(shape, Response) or shape.again != "done" or shape.unless is not None:
            continue
        if (
            set(shape.expect.events).isdisjoint(shape.when.events)
            and _THINGS.isdisjoint(standard.per)
            and _can_cease(lint, standard)
        ):
            endings = [*shape.expect.events, *([] if standard.needed is None else ["the end of while"])]
            found = (
                f"only {' or '.join(endings)} ends what is broken here; until then, for up to "
                f"{describe(shape.owed_for)}, no {shape.when.event} opens anything, even if all was well in between"
            )
            fix = f"say what ends the need: unless: {{event: {shape.when.event}, where: ...}}"
            lint.entries[standard.id].at("expect").warning("never-ends", found, fix)


def _can_cease(lint: LintInput, standard: Standard) -> bool:
    """Say whether what opens a promise is something counted or measured: a condition on names alone only selects."""
    wheres = [each.where for each in next(iter(clauses(standard.shape).values())).all]
    fields = lint.opening_fields(standard)
    names = {name for where in wheres if where is not None for name in where.fields & fields.keys()}
    return None not in wheres and any(fields[name].type not in ("text", "time") for name in names)


def full_objective(lint: LintInput) -> None:
    """Find objectives of 100 %."""
    for standard in lint.standards.values():
        if standard.objective is not None and standard.objective.kept >= 1:
            found = f"{standard.id} has failed for the whole span as soon as one promise is broken"
            fix = "write the share that is good enough, such as 95%"
            lint.entries[standard.id].at("objective", "kept").warning("full-objective", found, fix)
