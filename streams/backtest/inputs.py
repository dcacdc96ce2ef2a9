"""The files of a history: what each of them is, and by which mapping it is read.

Read next: `backtest.py`, which judges them; `streams/ingest/table.py`, which reads those that a mapping is for.
"""

from __future__ import annotations

import json
import os
from fnmatch import fnmatch
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.errors import Finding, Place, SpecError
from streams.documents.documents import YAML
from streams.ingest.file_forms import form_of, is_table, unpacked_name
from streams.ingest.packed import is_archive, is_there, members, opened
from streams.ingest.wire import MAX_EVENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from streams.ingest.mapping import TableMapping

ENVELOPE: Final = frozenset({"id", "source", "type", "time"})
"""What every event has as it is: a record without them is of another form."""


class Input(NamedTuple):
    """One file; without a `mapping` it holds events as they are. Ids of events made of it begin with its `label`."""

    path: str
    label: str
    mapping: TableMapping | None


def inputs_of(paths: Sequence[str], mappings: Sequence[TableMapping]) -> list[Input]:
    """Find the mapping of each file. Raises SpecError with every file, and every mapping, that has none."""
    findings: list[Finding] = []
    labels = _told_apart(paths, unpacked_name)
    found = [each for path in paths for each in _inputs(path, labels[path], mappings, findings)]
    used = [each.mapping for each in found]
    if not findings:
        unused = [each for each in mappings if not any(each is one for one in used)]
        findings += [_unused(each, paths) for each in unused]
    if findings:
        raise SpecError(findings)
    return found


def _inputs(path: str, label: str, mappings: Sequence[TableMapping], findings: list[Finding]) -> list[Input]:
    """Give a file once for each mapping that names it; where none does, once."""
    names = {name := Path(path).name, unpacked_name(name)}
    naming = [
        each for each in mappings if any(fnmatch(name, pattern) for pattern in each.model.table.files for name in names)
    ]
    if len(naming) > 1:
        own = _told_apart([each.document.name for each in naming], lambda name: name.removesuffix(Path(name).suffix))
        return [Input(path, f"{label}@{own[each.document.name]}", each) for each in naming]
    return [Input(path, label, _mapping_of(path, naming, mappings, findings))]


def _mapping_of(
    path: str, naming: Sequence[TableMapping], mappings: Sequence[TableMapping], findings: list[Finding]
) -> TableMapping | None:
    fitting = naming or [each for each in mappings if not each.model.table.files]
    if len(fitting) == 1 and (naming or not _has_events(path)):
        return fitting[0]
    if not is_table(path) and _has_events(path):
        return None
    if len(fitting) > 1:
        names = " and ".join(each.document.name for each in fitting)
        fix = "say in each mapping which files it is for, files: under table:"
        findings.append(Finding("no-mapping", Place(path, 1, 1), f"{names} could both be its mapping", fix))
    elif is_table(path) or mappings:
        found = "this is a table, and nothing says which events its rows are"
        fix = "give its mapping with --map FILE; docs/mapping.md shows how to write one"
        findings.append(Finding("no-mapping", Place(path, 1, 1), found, fix))
    return None


def _unused(mapping: TableMapping, paths: Iterable[str]) -> Finding:
    files = mapping.model.table.files
    what = "none is called " + " or ".join(files) if files else "all of them hold events as they are"
    found = f"this mapping has no table to read of {', '.join(paths)}: {what}"
    return Finding(
        "no-table", Place(mapping.document.name, 1, 1), found, "give its table with --events, or leave --map out"
    )


def zone_of_all(mappings: Sequence[TableMapping]) -> ZoneInfo | None:
    """Give the zone of the tables, where they have one in common."""
    zones = {mapping.zone for mapping in mappings if mapping.zone is not None}
    return zones.pop() if len(zones) == 1 else None


def expanded(paths: Sequence[str]) -> list[str]:
    """Give the files of a history: those of folders and of archives (.zip), and those that a pattern finds.

    A folder stands for all files in it and in its sub-folders, but for mappings and what begins with a dot. Raises
    EventError for a damaged archive.
    """
    return [file for path in paths for file in _expanded(path)]


def _expanded(path: str) -> list[str]:
    place = Path(path)
    if place.is_dir():
        from streams.backtest.data_folder import exported, is_data_folder  # noqa: PLC0415 - files need no store

        if is_data_folder(path):
            return [exported(path)]
        return [file for each in _inside(place) for file in _expanded(each)] or [path]
    if not place.exists() and any(sign in path for sign in "*?["):
        return [file for each in sorted(glob(path)) for file in _expanded(each)] or [path]  # noqa: PTH207 - a whole path
    return members(path, _is_history) or [path] if is_archive(path) and place.is_file() else [path]


def _inside(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and _is_history(name):
                yield str(Path(place, name))


def _is_history(name: str) -> bool:
    return not name.lower().endswith(YAML)


def _has_events(path: str) -> bool:
    """Say whether a file holds events as they are: JSON lines of which the first has what every event has.

    What cannot be known is taken to: standard input, a pipe, and a file that is not JSON at all but is named like it.
    """
    if is_table(path):
        return False
    form = form_of(path)
    if path == "-" or not is_there(path):
        return form in (None, "json")
    with opened(path) as stream:
        head = stream.read(MAX_EVENT + 1).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] != b"{":
        return form == "json" and head[:1] != b"["
    try:
        first = json.JSONDecoder().raw_decode(head.decode("utf-8", "replace"))[0]
    except (ValueError, RecursionError):
        line, end, _ = head.partition(b"\n")
        return len(head) < MAX_EVENT or (bool(end) and line.rstrip().endswith(b"}"))  # an event is shorter than that
    return all(name in first for name in ENVELOPE)


def _told_apart(paths: Sequence[str], short: Callable[[str], str]) -> dict[str, str]:
    """Name each file by as much of the end of its shortened path as tells it from the others.

    Where the whole of two is the same shortened, both stay as they are.
    """
    shortened = [short(path) for path in dict.fromkeys(paths)]
    names = {path: path if shortened.count(short(path)) > 1 else short(path) for path in paths}
    parts = {path: Path(name).parts or (name,) for path, name in names.items()}
    labels = {}
    for path, own in parts.items():
        others = [each for other, each in parts.items() if other != path]
        long = next(
            (size for size in range(1, len(own)) if not any(each[-size:] == own[-size:] for each in others)), len(own)
        )
        labels[path] = "/".join(own[-long:])
    return labels
