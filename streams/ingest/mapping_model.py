"""The mapping document: which columns of a table make which events.

Read next: `mapping.py`, which checks what is declared; `docs/mapping.md` for authors.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from standards.documents.document import Document
from standards.documents.document import Value as Plain
from standards.documents.entries import Entry
from standards.documents.strict import Strict
from standards.documents.values import Text, Texts
from standards.errors import SpecError
from standards.expressions.expression import ExpressionError
from streams.ingest.file_forms import Form
from streams.ingest.webhook_model import SignatureModel, WebhookModel

M = TypeVar("M", bound=Strict)
ColumnType = Literal["text", "integer", "number", "boolean"]


def _as_texts(value: object) -> object:
    """Take one value for a list of one, and a whole number as it is written: `missing: 0` means the cell `0`."""
    values = value if isinstance(value, list) else [value]
    return [str(item) if isinstance(item, int) and not isinstance(item, bool) else item for item in values]


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Missing = Annotated[
    list[str],
    BeforeValidator(_as_texts),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Scalar = Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean"]})]  # its field says what it must be
_SHORT: Final = {"type": "string", "description": "A column, by its header."}


class TimeModel(Strict):
    """Where an event's time stands; the header of one column is the short form."""

    short = _SHORT
    column: Texts = Field(min_length=1, description="The column; or several, joined by one space.")
    format: Texts = Field(
        default=[],
        description="As of strptime: %Y-%m-%d %H:%M; or unix, unix-ms, excel, iso. Several: the first that reads it.",
    )
    missing: Missing = Field(default=[], description="Cells that mean: this did not happen.")
    plus: Text | None = Field(default=None, description="The column with the seconds, or h:mm:ss, to be added.")
    minus: Text | None = Field(default=None, description="The column with the seconds, or h:mm:ss, to be taken off.")
    after: Texts = Field(
        default=[], description="The columns of a time that it follows: before that it is the next day."
    )


class ValueModel(Strict):
    """Where a field's value stands; the header of one column is the short form. One of column, value and text."""

    short = _SHORT
    column: Text | None = Field(default=None, description="The column.")
    missing: Missing = Field(default=[], description="Cells that mean none.")
    value: Scalar = Field(default=None, description="The same value for every row.")
    text: Text | None = Field(default=None, description="Columns joined into a text: {site}-{number}.")


class ChangedModel(Strict):
    """Only rows where a column differs from the row before of the same key."""

    column: Text = Field(description="The column that changes.")
    per: Texts = Field(min_length=1, description="The columns that make the key.")


Time = Annotated[TimeModel, BeforeValidator(_as_column)]
Value = Annotated[ValueModel, BeforeValidator(_as_column)]


class EventModel(Strict):
    """One event that a row can make."""

    event: Text = Field(description="The event type, such as queue.length.")
    when: Text | None = Field(default=None, description="A condition on the row's columns: q_time > 0.")
    changed: ChangedModel | None = Field(default=None, description="Only where a column changes.")
    time: Time | None = Field(default=None, description="When it happened; the table's time if left out.")
    id: Text | None = Field(default=None, description="The event's id: {call_id}-{q_exit}. Without it: ROW.N.")
    fields: dict[str, Value] = Field(default={}, description="The event's fields, and where each one's value stands.")


class ColumnModel(Strict):
    """What a column is called in conditions, what type it has there, and what of its cells counts."""

    name: Text | None = Field(default=None, alias="as", description="Its name in conditions.")
    type: ColumnType = Field(default="text", description="text, integer, number or boolean.")
    pattern: Text | None = Field(
        default=None, description="What of its cells counts, by a regular expression; named groups are columns."
    )


class TableModel(Strict):
    """How the table is written."""

    format: Form | None = Field(default=None, description="By the file's name, if left out.")
    files: Texts = Field(default=[], description="Which files it is for, by name: calls-*.csv. All, if left out.")
    encoding: Text = Field(default="utf-8", description="The encoding of its text.")
    separator: Text | None = Field(
        default=None, description="What stands between cells; by the first line, if left out."
    )
    quotes: Literal["strict", "lenient", "none"] = Field(default="strict", description="What a quote in a cell means.")
    skip: int = Field(default=0, ge=0, le=1_000, description="How many lines stand above the header.")
    header: Texts = Field(default=[], description="The names of the columns, where the file has none.")
    ragged: bool = Field(
        default=False, description="Rows may be shorter or longer: none is there, the rest is passed over."
    )
    sheet: Text | None = Field(default=None, description="The sheet of a workbook; the first, if left out.")
    each: str | dict[str, Text] | None = Field(default=None, description="Where in a JSON document its records stand.")
    missing: Missing = Field(default=[], description="Cells that mean none, in every column: NULL, n/a.")
    decimal: Literal[".", ","] = Field(default=".", description="What stands before the fraction of a number.")
    zone: Text | None = Field(default=None, description="The zone of times without an offset: Europe/Warsaw.")
    language: Text | None = Field(default=None, description="The language of months written in letters: de.")
    source: Text = Field(description="The source of the events, as CloudEvents has it.")
    time: Time | None = Field(default=None, description="The time of every event that has none of its own.")
    per: Texts = Field(default=[], description="The columns that say which rows are about the same call or ticket.")
    ordered: bool = Field(default=False, description="The rows stand in the order in which things happened.")


class MappingModel(Strict):
    """A mapping document."""

    kept: Literal[1] = Field(description="The version of this form.")
    table: TableModel = Field(description="How the table is written.")
    columns: dict[str, ColumnModel] = Field(default={}, description="What columns are in conditions, by header.")
    events: list[EventModel] = Field(min_length=1, description="The events; at the same time, in this order.")
    webhook: WebhookModel | None = Field(default=None, description="Other systems send such records: how they do.")


_TEMPLATE: Final = re.compile(r"\{\{|\}\}|\{(?P<header>[^{}]+)\}|(?P<lone>[{}])|[^{}]+")


def template(text: str) -> tuple[str, list[re.Match[str]]]:
    """Give a template as `str.format` has it, and where each `{header}` of it stands, as a match of that group.

    Raises ExpressionError for a brace that stands alone.
    """
    parts = list(_TEMPLATE.finditer(text))
    for part in parts:
        if part["lone"]:
            fix = "write {column}, and {{ or }} for a brace itself"
            raise ExpressionError("this brace stands alone", offset=part.start(), length=1, fix=fix)
    return "".join("{}" if part["header"] else part[0] for part in parts), [part for part in parts if part["header"]]


def read_model(document: Document) -> MappingModel:
    """Read the document's keys. Raises SpecError with everything that is wrong with them."""
    entry = Entry(document, (), document.findings)
    if "table" not in document.data and "standards" in document.data:
        fix = "give the file that has table: and events:, as docs/mapping.md shows"
        entry.at("standards").error("no-mapping", "this is a standards file, not a mapping", fix, key=True)
    if not document.findings:
        for key, field in MappingModel.model_fields.items():
            if field.is_required() and document.data.get(key) is None:
                entry.error("missing-key", f"the mapping has no {key!r}", f"add {key}:", key=True)
    model = None if document.findings else _read(entry, MappingModel, document.data)
    if model is None or document.findings:
        raise SpecError(list(document.findings))
    return model


_PARTS: Final[dict[str, type[Strict]]] = {
    "table": TableModel, "columns": ColumnModel, "events": EventModel, "time": TimeModel, "changed": ChangedModel,
    "fields": ValueModel, "webhook": WebhookModel, "signed": SignatureModel,
}  # fmt: skip
_SEVERAL: Final = {"columns", "events", "fields"}


def _read(entry: Entry, model: type[M], data: dict[str, Plain]) -> M | None:
    """Read part by part, so that each finding speaks of the keys of its own part."""
    whole: dict[str, Any] = {}
    for key, value in data.items():
        if key in _SEVERAL and isinstance(value, dict):
            whole[key] = {name: _part(entry.at(key, name), _PARTS[key], part) for name, part in value.items()}
        elif key in _SEVERAL and isinstance(value, list):
            whole[key] = [_part(entry.at(key, index), _PARTS[key], part) for index, part in enumerate(value)]
        else:
            whole[key] = _part(entry.at(key), _PARTS[key], value) if key in _PARTS else value
    return entry.read(model, whole)


def _part(entry: Entry, model: type[Strict], data: Plain) -> Plain | Strict:
    if not isinstance(data, dict):
        return data  # a short form, or of a wrong type: the whole's own model says which
    return _read(entry, model, data) or model.model_construct()  # stands in for a part that has findings already


def columns_of(model: MappingModel) -> list[str]:
    """Give the columns that a mapping names, each once, in its order; but for those of conditions."""
    table = model.table
    named = [*model.columns, *table.per, *_of_time(table.time)]
    for event in model.events:
        named += [*_of_time(event.time), *(slot["header"] for slot in template(event.id or "")[1])]
        named += [event.changed.column, *event.changed.per] if event.changed else []
        for value in event.fields.values():
            named += [value.column] if value.column is not None else []
            named += [slot["header"] for slot in template(value.text or "")[1]]
    return list(dict.fromkeys(name.strip() for name in named))


def _of_time(time: TimeModel | None) -> list[str]:
    if time is None:
        return []
    return [*time.column, *time.after, *(name for name in (time.plus, time.minus) if name)]
