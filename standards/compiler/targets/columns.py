"""Columns of tables, `contracts.level`, where a standard asks them: in its conditions, and in what it chooses by.

Read next: `standards/judge/targets/table.py`, which finds the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from standards.documents.declared import SUBJECT_TYPES
from standards.expressions.expression import Field, Measure
from standards.expressions.persons import why
from standards.judge.shapes import Level, Universality
from standards.judge.standard import clauses
from standards.judge.targets.table import columns_of, looked_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from standards.documents.declared_model import TableModel
    from standards.documents.entries import Entry
    from standards.documents.tables import Facts
    from standards.expressions.expression import Condition
    from standards.judge.shapes import Shape
    from standards.judge.standard import State
    from standards.judge.targets.table import Table

Fields = Mapping[str, Field]
Declared = Mapping[str, "Facts | None"]
"""The tables by name; None where one has errors, which are reported where it stands."""

COLUMN: Final = Field("text", optional=True)
"""What each column is: a text, which may be missing as the whole row may."""


def column_fields(declared: Declared) -> dict[str, Field]:
    """Give every column of the tables as a field: `contracts.level`."""
    known = [(name, facts.table) for name, facts in declared.items() if facts is not None]
    return {f"{name}.{column}": COLUMN for name, table in known for column in table.columns}


def tables_named(names: Iterable[str]) -> list[str]:
    """Name the tables of which some names are columns, each once."""
    return list(dict.fromkeys(name.partition(".")[0] for name in names if "." in name))


def asked_by(shape: Shape, states: Iterable[State]) -> Iterator[str]:
    """Give the columns that the conditions of a standard ask, and those of the states that it speaks of."""
    every = [*clauses(shape).values(), *(clause for state in states for clause in state.clauses)]
    asking: list[Condition | Measure] = [
        each.where for clause in every for each in clause.all if each.where is not None
    ]
    if isinstance(shape, Universality):
        asking.append(shape.must)
    if isinstance(shape, Level):
        asking.append(shape.measure)
    for each in asking:
        names = each.fields if isinstance(each, Measure) else each.fields | each.opening_fields
        yield from (name for name in names if "." in name)


def written_down(names: Iterable[str], declared: Declared) -> dict[str, TableModel]:
    """Give the tables of which columns are asked, each with those, and without their rows."""
    asked = [name.partition(".") for name in names if "." in name]
    columns = {it: sorted({column for table, _, column in asked if table == it}) for it, _, _ in asked}
    return {
        name: facts.model.model_copy(update={"columns": found})
        for name, found in columns.items()
        if (facts := declared.get(name)) is not None
    }


def wrong_key(table: Table, fields: Fields, event: str) -> tuple[str, str, str] | None:
    """Say why an event cannot be looked up in a table: the check, what was found and what would fix it; or None."""
    key, found = fields.get(table.key), f"{table.name} is looked up by {table.key!r}"
    if key is None or key.type not in SUBJECT_TYPES:
        wrong = "there is no such field" if key is None else f"it is of the type {key.type}"
        return "subject-field", f"{found}, and {wrong} in {event}", "name the column as the field, of text or number"
    if key.sort == "plain":
        return None
    fix = "look it up by something that names nobody: a contract, a team, a site"
    return "names-a-person", f"{found}, and {why(table.key, key.sort)}", fix


@dataclass(frozen=True, slots=True)
class Lookups:
    """Lets what is asked of an event be asked of its rows too."""

    declared: Declared

    @property
    def columns(self) -> dict[str, Field]:
        """The fields that the tables add to those of any event."""
        return column_fields(self.declared)

    def is_unread(self, source: str) -> bool:
        """Say whether a text asks a table that has errors: what is wrong is said there."""
        return any(facts is None and f"{name}." in source for name, facts in self.declared.items())

    def condition(
        self, entry: Entry, found: Condition, events: Mapping[str, Fields], opening: Fields | None = None
    ) -> Condition | None:
        """Let a condition find its columns by the event; None where it, or the opening one, cannot be looked up.

        What is asked of the opening comes with it.
        """
        around = {} if opening is None else {"the event that opens": opening}
        columns = self._columns(entry, found.fields, events, opening or {})
        if columns is None or self._columns(entry, found.opening_fields, around, {}) is None:
            return None
        if not columns:
            return found
        return msgspec.structs.replace(found, test=looked_up(found.test, columns), tried=found.test)

    def measure(self, entry: Entry, found: Measure, events: Mapping[str, Fields]) -> Measure | None:
        """Let a measure find its columns by the event; None where one of the events cannot be looked up."""
        columns = self._columns(entry, found.fields, events, {})
        if not columns or found.of is None:
            return found if columns is not None else None
        others = {event: looked_up(of, columns) for event, of in found.others.items()}
        return msgspec.structs.replace(found, of=looked_up(found.of, columns), others=others)

    def _columns(
        self, entry: Entry, names: Iterable[str], events: Mapping[str, Fields], opening: Fields
    ) -> Mapping[str, tuple[Table, str]] | None:
        """Give the columns among some names; None where an event has no field to look a row up by: it is reported."""
        tables = {name: facts.table for name in tables_named(names) if (facts := self.declared[name]) is not None}
        for event, fields in events.items():
            for name, table in tables.items():
                if wrong := wrong_key(table, fields, event):
                    check, found, fix = wrong
                    if wrong_key(table, opening, "") is None:
                        fix = f"write opening.{name}.COLUMN, which asks the row of the event that opens"
                    entry.error(check, found, fix)
                    return None
        return columns_of(tables, names)
