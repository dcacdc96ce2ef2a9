"""Which keys of a mapping's `table` say something about which format.

Read next: `mapping.py`, which asks where the mapping names its format; `table.py`, where the file's name does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.documents.entries import Entry
from standards.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.ingest.file_forms import Form
    from streams.ingest.mapping import TableMapping
    from streams.ingest.mapping_model import TableModel

_TEXTS: Final = ("csv", "tsv")
_GRIDS: Final = ("csv", "tsv", "workbook")
FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "encoding": _TEXTS, "separator": _TEXTS, "quotes": _TEXTS, "skip": _GRIDS, "header": _GRIDS, "ragged": _GRIDS,
    "sheet": ("workbook",), "each": ("json",),
}  # fmt: skip
"""The formats that a key says something about; one that is not here fits all."""


def check_keys(entry: Entry, table: TableModel, form: Form) -> None:
    """Report the keys that are given and say nothing about a format."""
    for key, formats in FORMATS.items():
        if key in table.model_fields_set and form not in formats:
            found = f"{key}: says nothing about a table of the format {form}"
            fix = f"leave it out; it is for {' and '.join(formats)}"
            entry.at(key).error("wrong-value", found, fix, key=True)


def keys_fit(mapping: TableMapping, form: Form) -> None:
    """Raise SpecError where a mapping has keys that say nothing about the format of a file."""
    entry = Entry(mapping.document, (), [])
    check_keys(entry.at("table"), mapping.model.table, form)
    if entry.findings:
        raise SpecError(entry.findings)
