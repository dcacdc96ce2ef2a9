"""A clock that is set under a running host moves nothing until it is said to be right, and then all is put right."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from standards.compiler.spec import Loaded
from standards.judge.case import Case
from standards.judge.context import JudgeContext
from standards.judge.events import Event
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.engine import DEFAULTS, Options
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE
from tests.board.serving import free_port
from tests.board.serving import until as until_it_holds
from tests.streams.asking import BATCH, waiting
from tests.streams.commands import Ended, kept
from tests.streams.hosting import SECOND, T0, hosting, opened, queue, shop, until
from tests.streams.stepping import Machine

HOUR = 3_600 * SECOND


def stepping(
    folder: Path, machine: Machine, *, standards: StandardsFiles | None = None, options: Options = DEFAULTS
) -> EmbeddedHost:
    """Make a host that watches a machine's clock."""
    clock = machine.clock()
    host = hosting(folder, clock.wall, standards=standards, options=options)
    host.watched_clock = clock
    return host


def step(host: EmbeddedHost) -> None:
    """Have a host go over to its machine's clock."""
    assert host.watched_clock is not None
    host.watched_clock.accept()


async def test_what_broke_in_a_false_future_is_owed_again(tmp_path: Path) -> None:
    """An hour ahead, a promise breaks by the clock; when the clock was wrong, it is open again, and then kept."""
    machine = Machine()
    clock = machine.clock()
    host = hosting(tmp_path, clock.wall)
    host.watched_clock = clock
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=9)])
        machine.counted += 5 * SECOND
        machine.ahead += HOUR
        clock.accept()
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="broken")).items != [])
        machine.ahead -= HOUR
        await host.submit([queue(host.reader, "b", machine.system(), waiting=9)])  # stamped an hour late
        assert host.now_status().clock_step == -HOUR
        clock.accept()
        await until(lambda: host.read_model.promises(PromiseFilter(open=True)).items != [])
        assert host.now_status().low == machine.system() - 2 * SECOND
        machine.counted += 5 * SECOND
        await host.submit([opened(host.reader, "c", machine.system())])
        machine.counted += 5 * SECOND
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="kept")).items != [])
        kinds = [line.kind for line in host.read_model.lines()]
        assert kinds == ["opened", "warned", "broken", "corrected", "kept"]


async def test_a_stored_time_ahead_of_the_clock_is_told_and_put_right(tmp_path: Path) -> None:
    """A host that ran in a false future goes on from there after a restart, says so, and goes back when it is told."""
    machine, options = Machine(), Options()
    clock = machine.clock()
    machine.ahead += HOUR
    clock.accept()
    host = hosting(tmp_path, clock.wall, options=options)
    host.watched_clock = clock
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=1)])
    machine.ahead -= HOUR
    again = machine.clock()
    host = hosting(tmp_path, again.wall, options=options)
    host.watched_clock = again
    async with host:
        assert host.now_status().low == T0 + 5 * SECOND + HOUR - 2 * SECOND
        assert "it is 1 h behind the time that has gone by" in host.now_status().problems[0]
        machine.synchronised = True
        await until(lambda: host.now_status().low == machine.system() - 2 * SECOND)
        assert host.now_status().problems == []
    machine.counted += SECOND
    async with hosting(tmp_path, machine.clock().wall) as host:
        assert host.now_status().low < machine.system()  # it went back on the disk too


async def test_a_longer_grace_is_no_step_of_the_clock(tmp_path: Path) -> None:
    """Restarted with an hour of grace instead of two seconds, time is the machine's, and verdicts stand."""
    machine = Machine()
    machine.synchronised = True
    host = stepping(tmp_path, machine)
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=9)])
        machine.counted += 120 * SECOND
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="broken")).items != [])
    machine.counted += 5 * SECOND
    for _ in range(2):  # what the second one reads was stored by the first one, with the longer grace
        host = stepping(tmp_path, machine, options=Options(grace=HOUR))
        async with host:
            assert (host.wall(), host.now_status().problems) == (machine.system(), [])
            await host.submit([queue(host.reader, "b", machine.system(), waiting=1, where="q2")])
            assert [line.kind for line in host.read_model.lines()] == ["opened", "warned", "broken"]


async def test_time_goes_back_no_further_than_the_clock(tmp_path: Path) -> None:
    """Where grace became longer, a true verdict from before the false future is not taken back with it."""
    machine = Machine()
    host = stepping(tmp_path, machine)
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=9)])
        machine.counted += 120 * SECOND
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="broken")).items != [])
        machine.ahead += 10 * SECOND
        step(host)
        await host.submit([queue(host.reader, "b", machine.system(), waiting=1, where="q2")])
    machine.ahead -= 10 * SECOND
    machine.synchronised = True
    async with stepping(tmp_path, machine, options=Options(grace=HOUR)) as host:
        await host.submit([queue(host.reader, "c", machine.system(), waiting=1, where="q2")])
        assert host.now_status().low == machine.system() - 2 * SECOND
        assert [line.kind for line in host.read_model.lines()] == ["opened", "warned", "broken"]


class Unjudgeable(StandardsFiles):
    """Standards whose judge has a defect: what happened to one subject cannot be judged a second time."""

    def load(self, retired: Sequence[str]) -> Loaded:
        loaded, judged = super().load(retired), set[str]()

        def once(case: Case[Event], event: Event, _context: JudgeContext[Event]) -> None:
            if case.key == ("s3", "stuck") and event.id in judged:
                raise ZeroDivisionError("nobody foresaw that")
            judged.add(event.id)

        for group in loaded.rulebook.groups.values():
            group.reactions = {cls: (once, *reactions) for cls, reactions in group.reactions.items()}
        return loaded


async def test_one_case_that_cannot_be_taken_back_keeps_no_other_in_a_false_future(tmp_path: Path) -> None:
    """Time goes back for all others, and a dead letter says of the one what could not be judged."""
    machine = Machine()
    host = stepping(tmp_path, machine, standards=Unjudgeable(shop(tmp_path).paths))
    async with host:
        at = machine.system()
        waiting = [queue(host.reader, where, at, waiting=9, where=where) for where in ("stuck", "q1")]
        await host.submit(waiting)
        machine.counted += 5 * SECOND
        machine.ahead += HOUR
        step(host)
        await until(lambda: len(host.read_model.promises(PromiseFilter(verdict="broken")).items) == 2)
        machine.ahead -= HOUR
        step(host)
        await until(lambda: "s3/q1" in {it.subject for it in host.read_model.promises(PromiseFilter(open=True)).items})
        (letter,) = host.read_model.dead_letters()
        assert letter.message == "ZeroDivisionError: nobody foresaw that"


async def test_what_is_corrected_when_time_goes_back_outlasts_a_store_that_fails(tmp_path: Path) -> None:
    """Neither what was judged again, nor what is to be read back after that, can be stored: it is judged once more."""
    machine = Machine()
    host = stepping(tmp_path, machine)
    async with host:
        await host.submit([queue(host.reader, "a", machine.system(), waiting=9)])
        machine.counted += 5 * SECOND
        machine.ahead += HOUR
        step(host)
        await until(lambda: host.read_model.promises(PromiseFilter(verdict="broken")).items != [])
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            for table in ("ledger", "revisions"):
                other.execute(
                    f"CREATE TRIGGER jam_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'jam'); END"
                )
        machine.ahead -= HOUR
        step(host)
        await until(lambda: "jam" in host.now_status().reason)
        with sqlite3.connect(tmp_path / "data" / FILE) as other:
            for table in ("ledger", "revisions"):
                other.execute(f"DROP TRIGGER jam_{table}")
        await until(lambda: host.read_model.promises(PromiseFilter(open=True)).items != [])
        assert [line.kind for line in host.read_model.lines()] == ["opened", "warned", "broken", "corrected"]


async def test_what_a_false_future_said_of_senders_clocks_is_forgotten(tmp_path: Path) -> None:
    """A sender that was right is not shown a year behind, once the host's clock has gone back."""
    machine = Machine()
    host = stepping(tmp_path, machine)
    async with host:
        at = machine.system()
        machine.counted += 5 * SECOND
        machine.ahead += 365 * 24 * HOUR
        step(host)
        await host.submit([queue(host.reader, "a", at, waiting=1)])
        machine.ahead -= 365 * 24 * HOUR
        step(host)
        await until(lambda: host.now_status().low == machine.system() - 2 * SECOND)
        await host.submit([queue(host.reader, "b", machine.system(), waiting=1)])
        (found,) = host.read_model.board.sources(machine.system() - HOUR)
        assert (found.behind, found.since <= machine.system()) == (0, True)


# --- a whole process -----------------------------------------------------------------------------------------------


class Stepped:
    """A `kept run` whose machine's clock the test sets."""

    def __init__(self, folder: Path) -> None:
        self.listen = f"127.0.0.1:{free_port()}"
        self._ahead = folder / "ahead"
        self.set(0)
        clean = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
        given = {"KEPT_LISTEN": self.listen, "KEPT_DATA": str(folder / "data"), "KEPT_GRACE": "0s"}
        (standards,) = shop(folder).paths
        command = [sys.executable, "-m", "tests.streams.stepping", str(self._ahead)]
        self.process = subprocess.Popen(
            command, env=clean | given | {"KEPT_STANDARDS": standards},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until_it_holds(self._answers)

    def set(self, ahead: int) -> None:
        """Set the machine's clock so many seconds ahead of what it is."""
        new = self._ahead.with_suffix(".new")
        new.write_text(str(ahead), encoding="utf-8")
        new.replace(self._ahead)

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever was answered
        with urlopen(f"http://{self.listen}{path}") as answer:
            return json.load(answer)

    def send(self, *events: dict[str, Any]) -> None:
        body = Request(f"http://{self.listen}/v1/events", json.dumps(events).encode(), {"Content-Type": BATCH})
        with urlopen(body) as answer:
            assert answer.status == 202

    def verdicts(self) -> list[str | None]:
        return [item["verdict"] for item in self.get("/v1/promises")["items"]]

    def time(self, *arguments: str) -> Ended:
        return kept("time", "--listen", self.listen, *arguments)

    def _answers(self) -> bool:
        try:
            return bool(self.get("/readyz")["ready"])
        except OSError:
            return False


@pytest.fixture
def stepped(tmp_path: Path) -> Iterator[Stepped]:
    found = Stepped(tmp_path)
    yield found
    found.process.send_signal(signal.SIGTERM)
    found.process.wait(30)


def test_the_clock_of_a_running_host_is_set_accepted_and_set_back(stepped: Stepped) -> None:
    """Nothing breaks for a clock that was set; `kept time` says so, lets time go over, and takes it back as well."""
    assert stepped.time().returncode == 0
    now = stepped.get("/v1/time")["time"]
    stepped.send(waiting("a", 0) | {"time": now})
    until_it_holds(lambda: stepped.verdicts() == [None])

    stepped.set(3_600)
    until_it_holds(lambda: stepped.get("/readyz")["problems"] != [])
    said = stepped.time()
    assert (said.returncode, "1 h ahead, since" in said.stdout) == (1, True)
    assert "kept time --accept" in said.stdout
    assert (stepped.verdicts(), abs(stepped.get("/v1/time")["step_seconds"] - 3_600) < 1) == ([None], True)

    assert stepped.time("--accept").returncode == 0
    until_it_holds(lambda: stepped.verdicts() == ["broken"])
    stepped.set(0)
    until_it_holds(lambda: stepped.get("/v1/time")["step_seconds"] < 0)
    assert "1 h behind" in stepped.time().stdout
    assert stepped.time("--accept").returncode == 0
    until_it_holds(lambda: stepped.verdicts() == [None])
    assert stepped.get("/readyz")["problems"] == []


def test_where_nothing_answers_it_is_said() -> None:
    """Asked about a clock where no host listens, the command says what to look for."""
    found = kept("time", "--listen", f"127.0.0.1:{free_port()}")
    assert (found.returncode, "is `kept run` running? name its address with --listen" in found.stderr) == (3, True)
