"""A mapping and the header of a table, joined: makers of the events of one row.

Columns are looked up once, for the header. Read next: `table.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from standards.calendar.hours import did_you_mean
from standards.documents.entries import Entry
from standards.errors import EventError, SpecError
from standards.expressions.expression import Condition, ExpressionError, Field, compile_condition
from standards.judge.events import Event, name_problem
from standards.judge.fitting import Fitting
from streams.ingest.cells import constant, number, reader
from streams.ingest.derived import RECEIVED, TOPIC
from streams.ingest.file_forms import form_of
from streams.ingest.makers import Bound, Cells, Clause, Get, Maker, Moment, Seen
from streams.ingest.mapping import TableMapping
from streams.ingest.mapping_model import ChangedModel, EventModel, TimeModel, ValueModel, template
from streams.ingest.rows import composed
from streams.ingest.times import Clock
from streams.ingest.values import checked_id, following, joined, moved, value_of

_SHOWN_COLUMNS: Final = 30


def bind(mapping: TableMapping, header: Sequence[str], table: str, label: str = "") -> Bound:
    """Join a mapping with the header of a `table`. Raises SpecError with every column that is not there.

    Where none is there, the table was cut by another separator or belongs to another mapping: that is one finding.
    """
    binder = _Binder(mapping, header, table, label)
    makers = [binder.maker(index, event) for index, event in enumerate(mapping.model.events)]
    thing = binder.thing()
    if binder.missing and not binder.present:
        raise binder.stranger()
    if binder.findings:
        raise SpecError(list(dict.fromkeys(binder.findings)))
    return Bound(makers, thing)


def default_name(header: str) -> str:
    """Give the name that a column has in conditions: lower case, and one `_` for whatever is not a letter or digit."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


class _Binder:
    """Looks up the columns of one mapping in one header; what is not there goes to `findings`."""

    def __init__(self, mapping: TableMapping, header: Sequence[str], table: str, label: str) -> None:
        self._mapping = mapping
        self._header = list(header)
        self._table = table
        self._label = f"{label}:" if label else ""
        self._clock = Clock(mapping.zone, (), mapping.model.table.language or "")
        self._decimal = mapping.model.table.decimal
        self._entry = Entry(mapping.document, (), [])
        self.findings = self._entry.findings
        self.missing: set[str] = set()
        self.present: set[str] = set()
        self._names = self._named()

    def maker(self, index: int, event: EventModel) -> Maker:
        """Make the maker of one entry of `events`."""
        entry = self._entry.at("events", index)
        time = event.time or self._mapping.model.table.time
        if time is None:
            raise ValueError(f"{event.event} has no time; give what load_mapping returned")
        clock = Clock(self._mapping.zone, time.format, self._mapping.model.table.language or "")
        return Maker(
            event=event.event,
            time=self._time(entry.at("time") if event.time else self._entry.at("table", "time"), time, clock),
            moment=Moment(tuple(time.column), tuple(time.after), time.plus or "", time.minus or ""),
            clock=clock,
            clause=self._clause(entry, event.when or None, time),
            seen=self._seen(entry.at("changed"), event.changed) if event.changed else None,
            build=self._build(entry, index + 1, event),
        )

    def thing(self) -> Callable[[Cells], tuple[str, ...] | None]:
        """Give what says which rows are about the same thing; one that does not say it is about another one."""
        indexes = self._indexes(self._entry.at("table", "per"), self._mapping.model.table.per)

        def of(cells: Cells) -> tuple[str, ...] | None:
            key = tuple([cells[index] for index in indexes])
            return key if key and all(key) else None

        return of

    def _indexes(self, entry: Entry, headers: Sequence[str]) -> list[int]:
        return [self._index(entry.at(place), header) for place, header in enumerate(headers)]

    def _index(self, entry: Entry, header: str, *, key: bool = False, fixed: str = "") -> int:
        """Find a column. One that is not there just once is reported once, at the key where `key` says so.

        `fixed` says how a value is written that is the same on every row, where the header can have been meant as one.
        """
        name = composed(header.strip())
        second = f"{name} (2)"
        if second in self._header and name not in self.missing:
            self.missing.add(name)
            self.present.add(name)
            fix = f"give each column a header of its own; in header: the second can be called {second!r}"
            entry.error("unknown-column", f"{self._table} has more than one column {header!r}", fix, key=key)
        if name in self._header:
            self.present.add(name)
            return self._header.index(name)
        if name not in self.missing:
            self.missing.add(name)
            same = f"; if each row has the same value, write {fixed}" if fixed else ""
            live = "; it is there in what comes live alone" if name in (RECEIVED, TOPIC) else ""
            fix = f"{did_you_mean(header, self._header)} {self._listed()}{same}{live}".lstrip()
            entry.error("unknown-column", f"{self._table} has no column {header!r}", fix, key=key)
        return 0

    def _listed(self) -> str:
        shown = ", ".join(map(repr, self._header[:_SHOWN_COLUMNS]))
        more = len(self._header) - _SHOWN_COLUMNS
        return f"its columns are: {shown}" + (f" and {more} more" if more > 0 else "")

    def stranger(self) -> SpecError:
        """Make the error for a table that has none of the columns, placed at the mapping's format if it names one."""
        declared = self._mapping.model.table.format
        entry = Entry(self._mapping.document, ("table", "format") if declared else ("table",), [])
        form = f"`format: {declared}`" if declared else "its separator"
        asked = "does it belong to this mapping?" if len(self._header) > 1 else f"is {form} right?"
        bare = (
            "" if self._mapping.model.table.header else "; if those are cells, name its columns by header: under table:"
        )
        found = f"{self._table} has none of the {len(self.missing)} columns that are asked for"
        entry.error("unknown-column", found, f"{asked} {self._listed()}{bare}", key=declared is None)
        return SpecError(entry.findings)

    def _named(self) -> dict[str, tuple[int, Field]]:
        """Give the columns by their names in conditions; a name that two columns would have is nobody's."""
        declared = {
            self._index(self._entry.at("columns", header), header, key=True): column
            for header, column in self._mapping.model.columns.items()
        }
        named: dict[str, list[int]] = {}
        for index, header in enumerate(self._header):
            own = declared[index].name if index in declared else None
            named.setdefault(own or default_name(header), []).append(index)
        fields = {index: Field(column.type, optional=column.type != "text") for index, column in declared.items()}
        return {
            name: (indexes[0], fields.get(indexes[0], Field("text")))
            for name, indexes in named.items()
            if len(indexes) == 1 and not name_problem(name)
        }

    def _clause(self, entry: Entry, when: str | None, time: TimeModel) -> Clause:
        """Compile a `when`, which sees the row as a struct of the columns that it names; without one it always holds.

        The columns of the clause decide which rows become the event: those of `when`, or else those of the time.
        """
        fields = {name: field for name, (_, field) in self._names.items()}
        where = entry.at("when") if when else entry
        condition = where.attempt("bad-condition", lambda: self._compiled(when, fields)) if when else None
        place = entry.document.spot(where.path).key
        asked = f"{place.file}:{place.line}"
        if when is None or condition is None:
            headers = [header.strip() for header in time.column if header.strip() in self._header]
            columns = tuple((header, self._header.index(header)) for header in headers)
            return Clause("", asked, columns, lambda _cells: True)
        used = sorted(condition.fields)
        row, test = msgspec.defstruct("Row", used, gc=False), condition.test
        gets = [self._lenient(*self._names[name]) for name in used]
        columns = tuple((self._header[index], index) for index in (self._names[name][0] for name in used))
        return Clause(when, asked, columns, lambda cells: test(row(*[get(cells) for get in gets]), None))

    def _compiled(self, when: str, fields: dict[str, Field]) -> Condition:
        """Compile a condition. Of records only the paths that the mapping names are there, which an error says."""
        try:
            return compile_condition(when, fields)
        except ExpressionError as error:
            if error.unknown and (self._mapping.model.table.format or form_of(self._table)) in ("json", "xes"):
                error.fix += f"; a path that conditions alone use is named under columns: {error.unknown}: {{}}"
            raise

    def _lenient(self, index: int, field: Field) -> Get:
        if field.type == "text":
            return lambda cells: cells[index]
        read = reader(field.type, self._clock, self._decimal)

        def get(cells: Cells) -> Any:  # noqa: ANN401 - of the column's type
            try:
                return read(cells[index])
            except EventError:
                return None

        return get

    def _time(self, entry: Entry, time: TimeModel, clock: Clock) -> Callable[[Cells], datetime | None]:
        headers = [header.strip() for header in time.column]
        text = joined(self._indexes(entry.at("column"), headers), time.missing)
        at = value_of(text, clock, " ".join(headers))
        if time.after:
            at = following(text, self._before(entry, time), clock, " ".join(headers))
        for key, name, sign in (("plus", time.plus, 1), ("minus", time.minus, -1)):
            if name is not None:
                text = joined([self._index(entry.at(key), name)], time.missing)
                at = moved(at, value_of(text, lambda cell: number(cell, self._decimal), name), sign)
        return at

    def _before(self, entry: Entry, time: TimeModel) -> list[Callable[[Cells], str | None]]:
        """Give the times that one follows, first to last: what it follows may itself follow another one."""
        model = self._mapping.model
        times = [model.table.time, *(event.time for event in model.events)]
        follow = {tuple(each.column): each for each in times if each is not None and each.after}
        chain, link = [tuple(time.column)], time
        found: list[Callable[[Cells], str | None]] = []
        while link.after:
            found.append(joined(self._indexes(entry.at("after"), link.after), link.missing))
            before = tuple(link.after)
            if before in chain:
                entry.at("after").error("wrong-value", "this time follows itself", "name what comes before it")
                break
            chain.append(before)
            if before not in follow:
                break
            link = follow[before]
        return found[::-1]

    def _seen(self, entry: Entry, changed: ChangedModel) -> Callable[[Cells], Seen | None]:
        column = self._index(entry.at("column"), changed.column)
        per = self._indexes(entry.at("per"), changed.per)

        def get(cells: Cells) -> Seen | None:
            return Seen(tuple([cells[index] for index in per]), cells[column]) if cells[column] else None

        return get

    def _build(self, entry: Entry, position: int, event: EventModel) -> Callable[[Cells, int | str, datetime], Event]:
        cls, source = self._mapping.classes[event.event], self._mapping.model.table.source
        data_class = next(field.type for field in msgspec.structs.fields(cls) if field.name == "data")
        gets = [
            (name, self._value(entry.at("fields", name), value, cls.fields[name]), cls.fields[name].optional)
            for name, value in event.fields.items()
        ]
        own_id = self._template(entry.at("id"), event.id) if event.id else None
        checked, label = Fitting([cls]).checked, self._label

        def build(cells: Cells, row: int | str, time: datetime) -> Event:
            values = {name: get(cells) for name, get, _ in gets}
            for name, _, optional in gets:
                if values[name] is None and not optional:
                    raise EventError("missing", f"{name} has no value, and {event.event} needs one")
            name = f"{label}{row}.{position}" if own_id is None else checked_id(own_id(cells))
            return checked(cls(id=name, source=source, time=time, data=data_class(**values)))

        return build

    def _value(self, entry: Entry, value: ValueModel, field: Field) -> Get:
        read = reader(field.type, self._clock, self._decimal)
        if value.column is not None:
            fixed = f"{entry.name}: {{value: {value.column}}}" if field.type == "text" else ""
            index = self._index(entry.at("column"), value.column, fixed=fixed)
            return value_of(joined([index], value.missing), read, value.column)
        if value.text is not None:
            return value_of(self._template(entry.at("text"), value.text), read, value.text)
        fixed = constant(value.value, field.type, self._clock)
        return lambda _cells: fixed

    def _template(self, entry: Entry, text: str) -> Callable[[Cells], str | None]:
        """Give what joins a template's columns; None where one of them is empty, as the text would be half a text."""
        form, slots = template(text)
        indexes = [self._slot(entry, slot) for slot in slots]

        def get(cells: Cells) -> str | None:
            taken = [cells[index] for index in indexes]
            return form.format(*taken) if all(taken) else None

        return get

    def _slot(self, entry: Entry, slot: re.Match[str]) -> int:
        """Find the column of a slot; a finding points at the slot, not at the whole template."""
        inner = Entry(entry.document, entry.path, [])
        index = self._index(inner, slot["header"])
        place = entry.document.inside(entry.path, slot.start(), len(slot[0]))
        self.findings.extend(msgspec.structs.replace(finding, place=place) for finding in inner.findings)
        return index
