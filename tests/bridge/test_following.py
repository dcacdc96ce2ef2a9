"""A log that grows, rotates and is read by processes that are killed: each of its lines is one event, none twice."""

from __future__ import annotations

import gzip
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.board.serving import until
from tests.bridge.bridging import House, Process, all_of, ended, house

MAPPING = """
kept: 1
table: {format: csv, header: [at, people], source: log, time: {column: at, format: unix}}
webhook: {name: till}
events:
  - event: queue.length
    fields: {site: {value: s3}, queue: {value: q1}, waiting: people}
"""
FIRST = 1_772_438_400


def line(number: int) -> str:
    return f"{FIRST + number},{number}\n"


def write(log: Path, first: int, end: int) -> None:
    with log.open("a", encoding="utf-8") as grown:
        grown.writelines(map(line, range(first, end)))


@contextmanager
def followed(folder: Path, name: str = "line.log", mapping: str = MAPPING) -> Iterator[tuple[Path, House, Process]]:
    """Run a Kept, and give a log, that Kept, and the bridge between them, which has yet to be started."""
    log = folder / name
    with house(folder, mapping) as kept:
        bridge = kept.bridge("--follow", str(log))
        with ended(bridge):
            yield log, kept, bridge


def test_a_log_is_followed_through_kills_and_rotations(tmp_path: Path) -> None:
    """Whichever process is killed, and whatever the log is called by then, each line is stored once."""
    with followed(tmp_path) as (log, kept, bridge):
        bridge.start()
        write(log, 0, 20)
        all_of(kept.waiting, 20)
        bridge.kill()
        write(log, 20, 30)
        log.rename(tmp_path / "line.log.1")
        write(log, 30, 40)
        bridge.start()
        all_of(kept.waiting, 25)
        bridge.kill()
        bridge.start()
        kept.kept.kill()
        write(log, 40, 50)
        kept.kept.start()
        all_of(kept.waiting, 50)
        (tmp_path / "line.log.1").rename(tmp_path / "line.log.2")
        log.rename(tmp_path / "line.log.1")
        write(log, 50, 60)
        all_of(kept.waiting, 60)
        assert bridge.kill(signal.SIGTERM) == 0
        assert sorted(kept.waiting()) == list(range(60))


def test_a_file_is_known_under_any_name(tmp_path: Path) -> None:
    """Packed while nobody read, or copied and cut back to nothing: what was not read of it is read, and no more."""
    with followed(tmp_path) as (log, kept, bridge):
        write(log, 0, 5)
        bridge.start()
        all_of(kept.waiting, 5)
        bridge.kill()
        write(log, 5, 10)
        (tmp_path / "line.log.1.gz").write_bytes(gzip.compress(log.read_bytes()))
        log.write_bytes(b"")
        write(log, 10, 15)
        bridge.start()
        assert all_of(kept.waiting, 15) == list(range(15))
        assert "gone" not in bridge.said


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    """A file that was deleted between two runs may have had lines that nobody read: the log says so."""
    with followed(tmp_path) as (log, kept, bridge):
        write(log, 0, 5)
        bridge.start()
        all_of(kept.waiting, 5)
        bridge.kill()
        log.unlink()
        write(log, 7, 9)
        bridge.start()
        assert all_of(kept.waiting, 7) == [0, 1, 2, 3, 4, 7, 8]
        assert "the file that was read last is gone" in bridge.said


def test_a_line_is_read_when_it_is_whole_and_one_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    """Half a line is not a row yet; a row of which nothing can be made is a dead letter, and those after it go on."""
    with followed(tmp_path) as (log, kept, bridge):
        write(log, 0, 2)
        with log.open("a", encoding="utf-8") as grown:
            grown.write(f"{FIRST + 2},")
        bridge.start()
        all_of(kept.waiting, 2)
        with log.open("a", encoding="utf-8") as grown:
            grown.write("2\n")
        with log.open("a", encoding="utf-8") as grown:
            grown.write(f"{FIRST},many\n")
        write(log, 3, 4)
        assert all_of(kept.waiting, 4) == [0, 1, 2, 3]
        (letter,) = kept.dead_letters()
        assert (letter["reason"], letter["raw"]) == ("not-mapped", f"{FIRST},many")


def test_a_file_with_a_header_is_read_by_it(tmp_path: Path) -> None:
    """The names of its columns stand above each part that is sent, after a restart too."""
    log = tmp_path / "line.csv"
    mapping = MAPPING.replace("header: [at, people], ", "skip: 1, ")
    with house(tmp_path, mapping) as kept:
        bridge = kept.bridge("--follow", str(log))
        with ended(bridge):
            log.write_text("Lines of today\nat,people\n", encoding="utf-8")
            bridge.start()
            write(log, 0, 3)
            all_of(kept.waiting, 3)
            bridge.kill()
            write(log, 3, 6)
            bridge.start()
            assert all_of(kept.waiting, 6) == list(range(6))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say what to carry"),
        (("--mqtt", "mqtt://127.0.0.1"), "--mqtt needs --topic FILTER"),
        (("--follow", "a", "--topic", "b"), "say what to carry"),
        (("--mqtt", "http://127.0.0.1", "--topic", "a"), "not a valid address of an MQTT broker"),
    ],
)
def test_a_slip_in_the_command_is_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """What it needs is said before anything is done."""
    wrong = Process(tmp_path, "in", "in", "till", *arguments)
    wrong.start()
    assert wrong.wait() in (2, 3)
    assert words in wrong.said


def test_a_way_in_that_is_not_there_ends_it(tmp_path: Path) -> None:
    """A slip in the name would wait for ever, and carry nothing."""
    (tmp_path / "a.log").write_text(line(1), encoding="utf-8")
    with house(tmp_path, MAPPING) as kept:
        wrong = Process(tmp_path, "in", "in", "tills", "--follow", str(tmp_path / "a.log"), "--to", kept.url,
                        "--data", str(tmp_path / "b"))  # fmt: skip
        wrong.start()
        assert wrong.wait() == 3
        assert "'tills' is not a way in here" in wrong.said
        assert not kept.waiting()


def test_the_position_is_of_whole_parts(tmp_path: Path) -> None:
    """What is kept beside is small, and says which file it is of."""
    log = tmp_path / "line.log"
    write(log, 0, 2)
    with house(tmp_path, MAPPING) as kept:
        bridge = kept.bridge("--follow", str(log))
        with ended(bridge):
            bridge.start()
            all_of(kept.waiting, 2)
            bridge.kill(signal.SIGTERM)
        found = json.loads((tmp_path / "bridge" / "in" / "till.json").read_text(encoding="utf-8"))
        assert found["offset"] == log.stat().st_size


def test_another_file_that_begins_alike_is_read_from_its_beginning(tmp_path: Path) -> None:
    """A program that writes the same first line each day: cut back or begun anew, nothing is left out."""
    with followed(tmp_path) as (log, kept, bridge):
        write(log, 0, 6)
        bridge.start()
        all_of(kept.waiting, 6)
        log.write_text(line(0) + line(6), encoding="utf-8")
        all_of(kept.waiting, 7)
        log.rename(tmp_path / "line.log.1")
        log.write_text(line(0) + line(7) + line(8), encoding="utf-8")
        assert sorted(all_of(kept.waiting, 9)) == list(range(9))


def test_a_long_log_of_short_lines_is_carried_to_its_end(tmp_path: Path) -> None:
    """What lies there already goes over in parts that are taken, what cannot be read too; nothing stops the rest."""
    with followed(tmp_path) as (log, kept, bridge):
        log.write_text("".join(["x,y\n" * 1_500, *map(line, range(2_500))]), encoding="utf-8")
        bridge.start()
        until(lambda: 'kept_events_total{type="queue.length"} 2500.0' in kept.metrics())
        assert 'kept_dead_letters_total{reason="not-mapped"} 1500.0' in kept.metrics()


def test_a_first_line_without_end_hides_nothing(tmp_path: Path) -> None:
    """What is longer than is sent at once is a dead letter by its beginning, also where a file is known by it."""
    with followed(tmp_path) as (log, kept, bridge):
        log.write_text("x" * 1_200_000 + "\n" + line(1) + line(2), encoding="utf-8")
        bridge.start()
        assert all_of(kept.waiting, 2) == [1, 2]
        assert len(kept.dead_letters()) == 1
        assert "a line is longer than can be sent" in bridge.said
