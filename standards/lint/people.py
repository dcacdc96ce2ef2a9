"""Checks of what is promised about people: who is counted, rewards that are tied to nothing, teams owed nothing.

A field that names a human being is marked, `person: true`. Read next: `together.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.judge.shapes import Bounded, Level, Recurrence, Universality
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.judge.standard import Standard
    from standards.lint.lint_input import LintInput

REWARD: Final = "reward.given"
TIES: Final = frozenset({"promise", "moment"})
"""The fields of a reward that say what it is for."""
_COUNTED: Final = {"count": "how many there are", "sum": "how much it is", "share": "which share of them is so"}


def counted_person(lint: LintInput) -> None:
    """Find standards that count a colleague's work: how often, how many, how much, or which share."""
    for standard in lint.standards.values():
        named = standard.owed_to
        if named and (counted := _counted(standard)):
            found = f"{standard.id} counts {counted} for each {named[0]}, and people then work for the count"
            fix = "count by team or site, or promise how each single case is done and talk over the ones that were not"
            lint.entries[standard.id].at("per").warning("counted-person", found, fix)


def _counted(standard: Standard) -> str:
    match standard.shape:
        case Bounded():
            return "how often it happens"
        case Level(measure=measure):
            return _COUNTED.get(measure.kind, "")
        case _:
            return ""


def reward_untied(lint: LintInput) -> None:
    """Find the first standard that asks for rewards, where none says what a reward is for."""
    about = [standard for standard in lint.standards.values() if any(_looked_at(standard))]
    if about and not any(TIES & looked for standard in about for looked in _looked_at(standard)):
        found = f"{about[0].id} looks at rewards, and nothing says that a reward is for one kept promise or one moment"
        fix = (
            f"add a standard: when {REWARD}, must: promise is not missing or moment is not missing, as the pack has it"
        )
        lint.entries[about[0].id].at("promise").warning("reward-untied", found, fix)


def _looked_at(standard: Standard) -> Iterator[frozenset[str]]:
    """Give the fields that a standard looks at in a reward, for each of its clauses about one."""
    must = standard.shape.must.fields if isinstance(standard.shape, Universality) else frozenset[str]()
    for clause in clauses(standard.shape).values():
        for each in clause.all:
            if each.event == REWARD:
                yield must.union(standard.per, () if each.where is None else each.where.fields)


def nobody_owed(lint: LintInput) -> None:
    """Find what teams are owed again and again, and a team that never begins with it is not."""
    named, asking = lint.teams.named, lint.teams.asking
    if asking and not named:
        first, *others = asking
        say = f"{first}, and {len(others)} more of these standards, say" if others else f"{first} says"
        found = f"{say} subjects: teams, and no practice document names any: a team that never begins is owed nothing"
        fix = "add a practice document that names them, or list them here: subjects: [{team: north}]"
        lint.entries[first].at("subjects").warning("nobody-owed", found, fix)
    for standard in lint.standards.values() if named else ():
        entry = lint.entries[standard.id]
        if _begins_by_itself(standard) and not entry.has("subjects"):
            events = " or ".join(clauses(standard.shape)["expect"].events)
            found = f"{standard.id} begins with a team's first {events}: a team that never begins is owed nothing"
            fix = f"write subjects: teams ({', '.join(named)}), or list under subjects who is owed it from the start"
            entry.at("per").warning("nobody-owed", found, fix)


def _begins_by_itself(standard: Standard) -> bool:
    """Say whether it is owed by team, again and again, to each from its first event on; no `while` keeps it back."""
    needed = standard.needed
    awaits = isinstance(standard.shape, Recurrence) and not standard.shape.subjects
    return awaits and standard.per == ("team",) and (needed is None or needed.test({}))
