"""What a check can see: the standards with their places, what is declared around them, and what it is given besides.

Read next: `wording.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from standards.calendar.duration import SECOND
from standards.documents.declared import Calendar
from standards.documents.entries import Entry
from standards.expressions.expression import Field, joined_fields
from standards.judge.shapes import Recurrence, Response
from standards.judge.shapes.scope import opening
from standards.judge.standard import Clause, Feed, Standard
from standards.judge.targets.target import TargetRule


class Terms(NamedTuple):
    """What no document says. `today` is None where no check may ask for it; `look` and `grace` are microseconds.

    A host looks at its clock once in `look`, and waits `grace` for what is on its way. `whole`: all standards are
    there, with the policy, so what is missing among them is missing altogether. `languages` are those in which people
    can be told, where that is known.
    """

    today: date | None = None
    look: int = SECOND
    grace: int = 2 * SECOND
    whole: bool = False
    languages: tuple[str, ...] = ()

    def reach(self, standard: Standard) -> int:
        """Give how late an event, or a message about its absence, can come without anything being wrong."""
        return self.look + self.grace + standard.lateness


class OwedTeams(NamedTuple):
    """The teams that the practice document names, and the standards that say `subjects: teams`, by id."""

    named: tuple[str, ...]
    asking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LintInput:
    """All current standards in the order of their files, by id, and where each stands."""

    standards: Mapping[str, Standard]
    entries: Mapping[str, Entry]
    calendars: Mapping[str, tuple[Entry, Calendar]]
    feeds: Mapping[str, tuple[Entry, Feed]]
    fields_of: Callable[[str], Mapping[str, Field]]
    terms: Terms
    teams: OwedTeams

    def opening_fields(self, standard: Standard) -> Mapping[str, Field]:
        """Give the fields of the event that opens a standard's promises, or that it judges."""
        return joined_fields([self.fields_of(event) for event in openings(standard)])


def openings(standard: Standard) -> tuple[str, ...]:
    """Name the types of the events that open a standard's promises, or that it judges."""
    return opening(standard).events


def said(clause: Clause) -> Hashable:
    """Give what a clause asks for, whatever its layout."""
    return tuple(
        (each.event, "" if each.where is None else " ".join(each.where.source.split()), each.lasting, each.apart)
        for each in clause.all
    )


def length(standard: Standard) -> tuple[str, int] | None:
    """Give the key and the length of a promise in microseconds, where a clock runs for it; None where none does.

    It is the shortest, where the event chooses.
    """
    match standard.shape:
        case Response(within=int() as within):
            return "within", within
        case Response(target=TargetRule() as rule) if rule.lengths:
            return "within", rule.lengths[0]
        case Recurrence(every=int() as every):
            return "every", every
        case _:
            return None
