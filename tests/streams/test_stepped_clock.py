"""A clock that is set under a running host moves nothing until it is said to be right, and then all is put right."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from streams.embedded.options import Options
from streams.metrics import Metrics
from streams.storage.rows import PromiseFilter
from streams.web import Access, Limits, application, serving
from tests.board.serving import free_port
from tests.board.serving import until as until_it_holds
from tests.streams.asking import BATCH, waiting
from tests.streams.commands import Ended, kept, kept_apart
from tests.streams.hosting import SECOND, T0, Clock, hosting, opened, queue, shop, until
from tests.streams.stepping import Machine, step, stepping

HOUR = 3_600 * SECOND


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


async def test_a_host_on_a_clock_of_its_own_is_told_of_as_such(tmp_path: Path) -> None:
    """A demo's time is not the machine's: asked about it, the command says so, and not that a page is missing."""
    async with hosting(tmp_path, Clock()) as host:
        app = application(host, Metrics(), Access(), Limits())
        async with serving(app, "127.0.0.1", 0) as port:
            found = await asyncio.to_thread(kept_apart, "time", "--listen", f"127.0.0.1:{port}")
    assert found.returncode == 3
    assert "a demo, or Kafka" in found.stderr
