"""The ledger on stdout: whoever reads it has each line, whatever happened to the process in between."""

import json
import os
import select
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from streams.live.ledger_output import FILE, LedgerOutput
from streams.live.writing import PatientStream
from streams.storage.status import Committed
from tests.streams.hosting import T0, Clock, hosting, queue, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streams.embedded.embedded import EmbeddedHost


@asynccontextmanager
async def writing(folder: Path, clock: Clock, *, killed: bool = False) -> "AsyncIterator[EmbeddedHost]":
    """Run a host whose ledger goes to a file as `kept run` has it; `killed`: it cannot note its last lines."""
    with (folder / "out").open("ab") as file:
        made = hosting(folder, clock)
        stream = PatientStream(file.fileno(), as_json=True)
        output = LedgerOutput(made, stream, folder, as_json=True)
        made.listen(output)
        async with made as host:
            yield host
        if not killed:
            output.note()
        stream.close()


def written(folder: Path) -> list[tuple[str, str]]:
    """Read what is on stdout: the id and kind of each line, as they came."""
    found = (folder / "out").read_text(encoding="utf-8").splitlines()
    return [(row["id"], row["kind"]) for row in map(json.loads, found)]


async def test_what_fell_due_while_it_was_down_comes_out_once(tmp_path: Path) -> None:
    """A promise that broke while nobody ran is a line on stdout after the start, and no line comes twice."""
    clock = Clock()
    async with writing(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(10)
        await host.submit([])
    clock.go(600)
    async with writing(tmp_path, clock):
        pass
    async with writing(tmp_path, clock) as host:
        assert written(tmp_path) == [(line.id, line.kind) for line in host.read_model.lines()]
    found = written(tmp_path)
    assert [kind for _, kind in found] == ["opened", "warned", "broken"]
    assert len(set(found)) == len(found)


async def test_what_a_killed_process_could_not_write_comes_out(tmp_path: Path) -> None:
    """Lines that were stored and not noted come again under the same id; none is missing."""
    clock = Clock()
    async with writing(tmp_path, clock, killed=True) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(10)
        await host.submit([queue(host.reader, "b", clock.at, waiting=5, where="q2")])
        await until(lambda: len(written(tmp_path)) > 0)
        clock.go(10)
        await host.submit([])
        await until((tmp_path / FILE).exists)
        clock.go(50)
        await host.submit([])
    clock.go(600)
    async with writing(tmp_path, clock) as host:
        wanted = {(line.id, line.kind) for line in host.read_model.lines()}
    found = Counter(written(tmp_path))
    assert set(found) == wanted
    assert max(found.values()) <= 2


async def test_a_folder_of_an_earlier_version_begins_with_what_comes_now(tmp_path: Path) -> None:
    """Where it is not known how far stdout has come, the ledger is not written from its beginning."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(10)
        await host.submit([])
    clock.go(600)
    async with writing(tmp_path, clock):
        pass
    assert [kind for _, kind in written(tmp_path)] == ["warned", "broken"]


async def test_what_had_to_wait_follows(tmp_path: Path) -> None:
    """What is stored while nothing is to be written comes afterwards, in the order of the ledger."""
    clock, waits = Clock(), [False]
    with (tmp_path / "out").open("ab") as file, PatientStream(file.fileno(), as_json=True) as stream:
        made = hosting(tmp_path, clock)
        made.listen(LedgerOutput(made, stream, tmp_path, as_json=True, waits=lambda: waits[0]))
        async with made as host:
            for number, waits[0] in enumerate((False, True, True, False)):
                clock.go(5)
                await host.submit([queue(host.reader, f"e{number}", clock.at, waiting=5, where=f"q{number}")])
                clock.go(5)
                await host.submit([])
            wanted = [(line.id, line.kind) for line in host.read_model.lines()]
    assert written(tmp_path) == wanted


async def test_thousands_of_lines_come_out_whole(tmp_path: Path) -> None:
    """After a long time without output each line follows once, in its order, and none is torn or glued to another."""
    clock = Clock()
    async with writing(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=5)])
        clock.go(10)
        await host.submit([])
    async with hosting(tmp_path, clock) as host:
        many = (queue(host.reader, f"e{it}", clock.at, waiting=5, where=f"q{it}") for it in range(2, 3_000))
        await host.submit([*many])
    clock.go(600)
    async with writing(tmp_path, clock) as host:
        wanted = [(line.id, line.kind) for line in host.read_model.lines(limit=20_000)]
        await until(lambda: (tmp_path / "out").read_bytes().count(b"\n") >= len(wanted))
    assert len(wanted) > 8_000
    assert written(tmp_path) == wanted
    assert (tmp_path / FILE).read_text(encoding="utf-8") == wanted[-1][0]


async def test_what_a_slow_reader_leaves_no_room_for_follows(tmp_path: Path) -> None:
    """More lines than may wait at a time are left in the ledger, and come with the next transactions."""
    clock, (here, there) = Clock(), os.pipe()
    stream, made = PatientStream(there, waiting=10, as_json=True), hosting(tmp_path, clock)
    made.listen(LedgerOutput(made, stream, tmp_path, as_json=True))
    async with made as host:
        await host.submit([queue(host.reader, f"e{it}", T0, waiting=5, where=f"q{it}") for it in range(1_000)])
        clock.go(10)
        await host.submit([])
        wanted = [line.id for line in host.read_model.lines(limit=20_000)]
        got = b""
        while got.count(b"\n") < len(wanted):
            clock.go(0.001)
            await host.submit([queue(host.reader, f"t{clock.at}", clock.at, waiting=1)])
            got += os.read(here, 1 << 20) if select.select([here], [], [], 0)[0] else b""
    stream.close()
    for end in (here, there):
        os.close(end)
    assert [json.loads(row)["id"] for row in got.splitlines()][: len(wanted)] == wanted


async def test_several_transactions_that_are_told_late_come_out_once(tmp_path: Path) -> None:
    """What was durable before the first of them was told is written with it, and not again."""
    clock, told = Clock(), list[Committed]()
    with (tmp_path / "out").open("ab") as file, PatientStream(file.fileno(), as_json=True) as stream:
        made = hosting(tmp_path, clock)
        output = LedgerOutput(made, stream, tmp_path, as_json=True)
        made.listen(told.append)
        async with made as host:
            for number in range(3):
                await host.submit([queue(host.reader, f"e{number}", clock.at, waiting=5, where=f"q{number}")])
                clock.go(10)
            await host.submit([])
            for each in told:
                output(each)
            wanted = [(line.id, line.kind) for line in host.read_model.lines()]
    assert sum(bool(each.lines) for each in told) > 1
    assert written(tmp_path) == wanted


@pytest.mark.parametrize("text", ["", "no-such-line"])
async def test_a_note_that_names_no_line_is_told_of(tmp_path: Path, text: str) -> None:
    """Where the file is there and cannot say how far stdout came, lines may be missing, and that is in the log."""
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    clock = Clock()
    with capture_logs() as found:
        async with writing(tmp_path, clock) as host:
            await host.submit([queue(host.reader, "a", T0, waiting=5)])
            clock.go(10)
            await host.submit([])
    assert [row["event"] for row in found if "stdout" in row["event"]] == [
        "nobody knows how far stdout had come; it goes on with new lines"
    ]
    assert [kind for _, kind in written(tmp_path)] == ["opened"]
