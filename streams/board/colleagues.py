"""Promises that are owed for each person alone, as they are told to whoever is not told whose they are.

Read next: `alerts/routing/persons.py`, which says what names one of us.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from alerts.routing.facts import PERSONS
from alerts.routing.persons import fields_without_persons, named_in, subject_without_persons
from alerts.words.words import ENGLISH
from standards.judge.standard import CUSTOMERS
from streams.names.references import is_reference

if TYPE_CHECKING:
    from alerts.words.words import Words
    from streams.storage.rows import PromiseRow


def row_without_persons(row: PromiseRow, words: Words = ENGLISH) -> PromiseRow:
    """Give the row of a promise without what names one of us."""
    named, site = colleagues_in(row), str(row.fields.get("site") or "")
    subject = subject_without_persons(row.subject, named, site, words)
    return replace(row, subject=subject, fields=fields_without_persons(row.fields, _naming(row)))


def colleagues_in(row: PromiseRow) -> frozenset[str]:
    """Give who of us the subject of a promise names: nobody, unless it is owed for each person alone."""
    return named_in(row.subject, row.fields, _naming(row))


def _naming(row: PromiseRow) -> frozenset[str]:
    """Give the fields of a promise that name one of us: Kept's own, and those that an author marked."""
    marked = {name for name, value in row.fields.items() if is_reference(str(value), "p")}
    return frozenset(PERSONS | (marked - CUSTOMERS))
