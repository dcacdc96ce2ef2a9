"""The files of a history, through the commands that read it: in archives and folders, packed, damaged, of one name."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from standards.errors import EventError
from streams.backtest.inputs import expanded, inputs_of
from streams.ingest.packed import opened
from tests.streams.commands import ROOT, kept
from tests.streams.tables import mapping

AT = "2026-03-01T10:00:0"
TABLE = f"call,at\n1,{AT}0Z\n"
MAP = """\
kept: 1
table: {source: calls, time: at%s}
events:
  - {event: contact.waiting, fields: {contact: call}}
"""
PACK = str(ROOT / "standards/packs/call_centre.yaml")


def packed(place: Path, **files: bytes | str) -> str:
    with zipfile.ZipFile(place, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return str(place)


def read(*events: str, maps: tuple[str, ...]) -> str:
    """Give the first lines of a backtest: how many events of which files, and what was odd."""
    asked = [part for each in events for part in ("--events", each)]
    ended = kept("backtest", PACK, *asked, *(part for each in maps for part in ("--map", each)))
    return ended.stdout + ended.stderr


@pytest.fixture
def calls(tmp_path: Path) -> str:
    (tmp_path / "map.yaml").write_text(MAP % "")
    return str(tmp_path / "map.yaml")


@pytest.mark.parametrize("name", ["a.zip", "A.ZIP"])
def test_an_archive_is_read_by_each_command(tmp_path: Path, calls: str, name: str) -> None:
    """What is in an archive, packed once more too, is history; what a system left there is none."""
    files: dict[str, bytes | str] = {
        "in/x.csv": TABLE, "in/y.csv.gz": gzip.compress(TABLE.replace("1,", "2,").encode()), "in/.DS_Store": b"\0",
        "map.yaml": "kept: 1", "__MACOSX/x.csv": b"\0",
    }  # fmt: skip
    archive = packed(tmp_path / name, **files)
    assert "2 events" in read(archive, maps=(calls,))
    checked = kept("check", PACK, "--history", archive, "--map", calls)
    assert "no-file" not in checked.stdout + checked.stderr


def test_sub_folders_are_read(tmp_path: Path, calls: str) -> None:
    """A folder stands for what its sub-folders have, too, as it does for standards."""
    for folder in ("2025", "2026/03", ".hidden"):
        (tmp_path / "history" / folder).mkdir(parents=True)
        (tmp_path / "history" / folder / "x.csv").write_text(TABLE.replace("1,", f"{folder[-1]},"))
    assert "2 events" in read(str(tmp_path / "history"), maps=(calls,))


def test_a_packed_file_has_the_name_that_it_has_unpacked(tmp_path: Path) -> None:
    """A pattern of files finds a file that is packed."""
    place = tmp_path / "calls-1.csv.gz"
    place.write_bytes(gzip.compress(TABLE.encode()))
    made = mapping(MAP % ", files: calls-*.csv")
    assert [each.mapping is made for each in inputs_of([str(place)], [made])] == [True]


def test_files_and_mappings_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """No event is dropped as another's repetition: not of a file packed and not, nor of two mappings of one name."""
    (tmp_path / "x.csv").write_text(TABLE)
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(TABLE.replace("1,", "2,").encode()))
    made = mapping(MAP % "")
    labels = [each.label for each in inputs_of([str(tmp_path / "x.csv"), str(tmp_path / "x.csv.gz")], [made])]
    assert len(set(labels)) == 2
    maps = []
    for folder, call in (("one", "contact.waiting"), ("two", "contact.abandoned")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "map.yaml").write_text((MAP % ", files: x.csv").replace("contact.waiting", call))
        maps.append(str(tmp_path / folder / "map.yaml"))
    said = read(str(tmp_path / "x.csv"), maps=tuple(maps))
    assert "2 events" in said
    assert "repetition" not in said


def damaged(kind: str) -> bytes:
    """Give an archive with a table in it that cannot be unpacked."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", TABLE * 50)
    whole = bytearray(stream.getvalue())
    local, central = whole.index(b"PK\3\4"), whole.index(b"PK\1\2")
    match kind:
        case "locked":
            whole[local + 6] |= 1
            whole[central + 8] |= 1
        case "unknown":
            whole[local + 8] = whole[central + 10] = 97
        case "other":
            whole[local + 14] ^= 1
            whole[central + 16] ^= 1
        case _:
            whole[local + 40 : local + 44] = b"\xff" * 4
    return bytes(whole)


DAMAGES = {
    "locked": "locked with a password", "unknown": "packed in a way that cannot be read", "other": "damaged or cut",
    "broken": "damaged or cut",
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_file_in_an_archive_is_told(tmp_path: Path, calls: str, kind: str) -> None:
    """What cannot be unpacked is named with what is wrong with it, and is no traceback."""
    (tmp_path / "a.zip").write_bytes(damaged(kind))
    said = read(str(tmp_path / "a.zip"), maps=(calls,))
    assert "a.zip/x.csv" in said
    assert DAMAGES[kind] in said
    assert "Traceback" not in said


def test_a_name_that_an_archive_does_not_have(tmp_path: Path) -> None:
    """A file of an archive can be asked for by itself; one that is not there is told."""
    archive = packed(tmp_path / "a.zip", **{"x.csv": TABLE})
    with opened(f"{archive}/x.csv") as stream:
        assert stream.read().decode() == TABLE
    with pytest.raises(EventError, match="has no such file"), opened(f"{archive}/y.csv"):
        pass
    assert expanded([f"{archive}/x.csv"]) == [f"{archive}/x.csv"]


@pytest.mark.parametrize("pretty", [None, 1])
def test_a_long_document_is_not_taken_for_events(tmp_path: Path, pretty: int | None) -> None:
    """A JSON document is read by its mapping, however long its first record is."""
    place = tmp_path / "long.json"
    place.write_text(json.dumps({"items": [{"call": str(at), "at": f"{AT}0Z"} for at in range(30_000)]}, indent=pretty))
    made = mapping(MAP % ", each: items")
    assert [each.mapping is made for each in inputs_of([str(place)], [made])] == [True]
    event = {"id": "1", "source": "s", "type": "contact.waiting", "time": f"{AT}0Z", "data": {"contact": "x" * 99_999}}
    place.write_text(json.dumps(event) * 2)
    assert [each.mapping for each in inputs_of([str(place), __file__.replace(".py", ".csv")], [made])] == [None, made]
