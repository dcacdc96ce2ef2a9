"""The head of a file that nobody has described: how it is written, its columns, and what stands in them.

What it finds is a guess, made of the first rows. Read next: `column_guess.py`, which says what a column may mean.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import msgspec

from standards.errors import EventError
from streams.ingest.csv_rows import SEPARATORS
from streams.ingest.file_forms import Form, form_of
from streams.ingest.packed import opened
from streams.ingest.rows import composed, told_apart
from streams.ingest.sheet_rows import WorkbookError, in_words, read_sheet

ROWS: Final = 500
"""How many rows are looked at."""
_BYTES: Final = 1 << 20
_DEEPEST: Final = 4
"""How deep lists and objects in a record are looked at."""
_TITLES: Final = 10
"""How many lines may stand above a header."""
_WHOLE: Final = 64 << 20
"""The longest JSON document that is looked at, in bytes."""
_ENCODINGS: Final = (("utf-8-sig", "utf-8"), ("cp1252", "cp1252"))


class Head(NamedTuple):
    """What was found: the keys of `table` that say how it is written, the columns, and each one's first cells.

    `has_header`: the file names its columns itself. `remarks` are what a person has to know of it.
    """

    form: Form
    keys: dict[str, Any]
    columns: dict[str, list[str]]
    has_header: bool = True
    remarks: tuple[str, ...] = ()


def head_of(path: str) -> Head:
    """Read the head of a file. Raises EventError where nothing can be made of it, OSError."""
    form = form_of(path)
    with opened(path) as stream:
        if form == "workbook":
            return _of_workbook(stream, path)
        raw = stream.read(_WHOLE if form == "json" else _BYTES)
    if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
        raise EventError("empty", f"{path} is empty; give a file that has rows in it")
    if form == "xes":
        raise EventError(
            "form", f"{path} is XES, whose columns are the keys of its attributes; docs/mapping.md shows one"
        )
    begun = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return _of_json(raw, path) if begun in (b"{", b"[") else _of_text(raw, path)


def _of_workbook(stream: IO[bytes], path: str) -> Head:
    """Take the sheet with the most rows, and the first row with as many cells as most have for its header."""
    raw, sheets = stream.read(), {}
    try:
        names, *first = islice(read_sheet(io.BytesIO(raw)), ROWS + _TITLES + 1)
        sheets = {names[0]: first} if names else {}
        for name in names[1:]:
            sheets[name] = list(islice(read_sheet(io.BytesIO(raw), name), 1, ROWS + _TITLES + 1))
    except WorkbookError as error:
        raise EventError("form", f"{path}: {'; '.join(in_words(error, ''))}") from None
    if not sheets:
        raise EventError("empty", f"{path} has no sheets")
    name = max(sheets, key=lambda each: len(sheets[each]))
    rows = [cells for cells in sheets[name] if any(cells)]
    if not rows:
        raise EventError("empty", f"no sheet of {path} has any rows")
    others = [each for each in sheets if each != name and sheets[each]]
    remarks = (f"It has other sheets too: {', '.join(others)}. This is for {name!r}.",) if others else ()
    keys: dict[str, Any] = {} if name == names[0] else {"sheet": name}
    return _grid(rows, "workbook", keys, remarks)


def _of_text(raw: bytes, path: str) -> Head:
    text, encoding = _decoded(raw)
    if len(raw) == _BYTES:
        text = text[: text.rfind("\n") + 1]
    lines = text.splitlines()
    declared = lines[0].lower().startswith("sep=")
    separator = _separator(lines[1:] if declared else lines)
    reader = csv.reader(io.StringIO("\n".join(lines[1:] if declared else lines)), delimiter=separator)
    try:
        rows = [row for row in islice(reader, ROWS + _TITLES) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise EventError("form", f"{path} cannot be read as a table: {error}") from None
    if not rows:
        raise EventError("empty", f"{path} has no rows; give a file that has")
    keys: dict[str, Any] = {} if form_of(path) in ("csv", "tsv") else {"format": "csv"}
    keys |= {"encoding": encoding} if encoding != "utf-8" else {}
    first = lines[1] if declared else lines[0]
    if separator != next((each for each in SEPARATORS if each in first), ",") and not declared:
        keys["separator"] = separator
    remarks = ("Its letters are taken to be cp1252, as Western Europe writes; Central Europe writes cp1250.",)
    return _grid(rows, "csv", keys, remarks if encoding == "cp1252" else ())


def _decoded(raw: bytes) -> tuple[str, str]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace"), "utf-16"
    for name, told in _ENCODINGS:
        try:
            return raw.decode(name), told
        except UnicodeDecodeError as error:
            if error.start > len(raw) - 4:  # cut amid a letter
                return raw[: error.start].decode(name), told
    return raw.decode("latin-1"), "latin-1"


def _separator(lines: Sequence[str]) -> str:
    """Find what cuts most lines into the same number of cells, and into the most."""

    def fit(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in lines[:50] if line.strip())
        count, lines_of = max(((count, times) for count, times in counts.items() if count), default=(0, 0),
                              key=lambda each: (each[1], each[0]))  # fmt: skip
        return lines_of, count

    return max(SEPARATORS, key=fit)


def _grid(rows: Sequence[Sequence[str]], form: Form, keys: dict[str, Any], remarks: Sequence[str]) -> Head:
    width = Counter(map(_filled, rows)).most_common(1)[0][0]
    likely = next((place for place, row in enumerate(rows[:_TITLES]) if _filled(row) >= width), 0)
    has_header = not (len(rows) > 1 and any(map(_is_value, rows[likely])))
    skip = likely if has_header else 0
    first, body = rows[skip], rows[skip + 1 : skip + 1 + ROWS]
    if has_header:
        names = list(told_apart([composed(cell.strip()) for cell in first]))
    else:
        body = rows[:ROWS]
        names = [f"column_{place}" for place in range(1, max(map(len, body)) + 1)]
    keys = dict(keys)
    if skip:
        keys["skip"] = skip
    if not has_header:
        keys["header"] = names
    if any(len(row) < len(names) or any(row[len(names) :]) for row in body):
        keys["ragged"] = True
    columns = {
        name: [row[place].strip() if place < len(row) else "" for row in body]
        for place, name in enumerate(names)
        if name
    }
    return Head(form, keys, columns, has_header, tuple(remarks))


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _is_value(cell: str) -> bool:
    """Say whether a cell is rather a value than the name of a column: it has more digits than letters."""
    digits, letters = sum(map(str.isdigit, cell)), sum(map(str.isalpha, cell))
    return digits > letters


def _of_json(raw: bytes, path: str) -> Head:
    documents, in_lines = _documents(raw, path)
    place, records = _records(documents)
    keys: dict[str, Any] = {} if form_of(path) == "json" else {"format": "json"}
    levels = {_one_of(place): place} if place else {}
    rows = [{_one_of(place): record} if place else dict(record) for record in records]
    at = records
    while (nested := _nested(at)) and len(levels) < _DEEPEST:
        name = _one_of(nested)
        levels[name] = nested
        pairs = [
            ({**row, name: part}, part)
            for row, each in zip(rows, at, strict=True)
            for part in _listed(_at(each, nested))
        ]
        rows, at = [row for row, _ in pairs], [part for _, part in pairs]
    if place and len(levels) == 1:
        keys["each"], rows = place, records
    elif levels:
        keys["each"] = levels
    records = rows
    columns: dict[str, list[str]] = {}
    for number, record in enumerate(records[:ROWS]):
        for column, value in _leaves(record):
            columns.setdefault(column, [""] * number)
            columns[column] += [""] * (number - len(columns[column]))
            columns[column].append(value)
    count = min(len(records), ROWS)
    filled = {column: cells + [""] * (count - len(cells)) for column, cells in columns.items()}
    return Head("json", keys, filled, remarks=() if in_lines or filled else ("No records were found in it.",))


def _documents(raw: bytes, path: str) -> tuple[list[Any], bool]:
    try:
        whole = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        lines = [line for line in raw.split(b"\n")[: ROWS + 1] if line.strip()]
        found = []
        for line in lines:
            try:
                found.append(msgspec.json.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
        if not found:
            raise EventError("form", f"{path} is not JSON: {error}") from None
        return found, True
    return (whole, False) if isinstance(whole, list) else ([whole], False)


def _records(documents: list[Any]) -> tuple[str, list[Any]]:
    """Find the records: the documents, or the longest list of objects in the only one."""
    if len(documents) == 1 and isinstance(documents[0], dict):
        lists = {
            key: value for key, value in documents[0].items()
            if isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
        }  # fmt: skip
        if lists:
            key = max(lists, key=lambda name: len(lists[name]))
            return _path(key), lists[key]
    return "", [each for each in documents if isinstance(each, dict)]


def _nested(records: Sequence[Any]) -> str:
    """Find a list of objects within the records, of which there are as many as records at least: its path."""
    found: Counter[str] = Counter()
    for record in records[:ROWS]:
        for path, value in _lists(record):
            found[path] += len(value)
    best = max(found, key=lambda path: found[path], default="")
    return best if found[best] >= max(2, min(len(records), ROWS)) else ""


def _one_of(path: str) -> str:
    """Give a name for one of a list."""
    name = re.sub(r"\W", "_", path.rpartition(".")[2].strip('"'))
    return f"{name[:-3]}y" if name.endswith("ies") else name[:-1] if name.endswith("s") else f"one_{name}"


def _lists(record: Any, before: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:  # noqa: ANN401 - as it was written
    if not isinstance(record, Mapping) or depth > _DEEPEST:
        return
    for key, value in record.items():
        path = f"{before}.{_path(key)}" if before else _path(key)
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield path, value
        yield from _lists(value, path, depth + 1)


def _leaves(record: Any, before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - the same
    for key, value in record.items():
        path = f"{before}.{_path(key)}" if before else _path(key)
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _leaves(value, path, depth + 1)
        elif isinstance(value, bool):
            yield path, "true" if value else "false"
        elif isinstance(value, str | int | float):
            yield path, str(value)


def _path(key: str) -> str:
    """Write a key as a step of a path: in quotes where it has more than letters, digits and _ in it."""
    return key if key.isascii() and key.isidentifier() else msgspec.json.encode(key).decode()


def _at(record: Any, path: str) -> Any:  # noqa: ANN401 - the same
    for step in path.split("."):
        record = record.get(step.strip('"')) if isinstance(record, Mapping) else None
    return record


def _listed(found: Any) -> list[Any]:  # noqa: ANN401 - the same
    return found if isinstance(found, list) else []


def named_like(path: str) -> str:
    """Give a name for the source of a file's events: the file's own, in lower case."""
    return Path(path.removesuffix(".gz")).stem.lower().replace(" ", "-") or "table"
