"""What files are by their names: events as they are, or tables of some form.

Read next: `table.py`, which reads tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

Form = Literal["csv", "tsv", "json", "workbook", "xes"]
ENDINGS: Final[Mapping[str, Form]] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".xlsx": "workbook", ".xlsm": "workbook", ".xlsb": "workbook", ".xls": "workbook", ".ods": "workbook",
    ".xes": "xes",
}  # fmt: skip
"""How the names of files end that are written in a form."""
_TEXT: Final = ".txt"
_PACKED: Final = ".gz"


def form_of(name: str) -> Form | None:
    """Say how a file is written, by its name; None: that does not say."""
    return ENDINGS.get(_ending(name))


def is_table(name: str) -> bool:
    """Say whether a file is a table, by its name: then it needs a mapping. A text can be one, and JSON."""
    return form_of(name) not in (None, "json") and _ending(name) != _TEXT


def unpacked_name(name: str) -> str:
    """Give the name of a file as it is without the ending of what it is packed by."""
    return name[: -len(_PACKED)] if name.lower().endswith(_PACKED) else name


def _ending(name: str) -> str:
    return Path(unpacked_name(name).lower()).suffix
