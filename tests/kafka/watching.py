"""What `make run-kafka` shows: the live view, drawn from the topic `ledger`, and below it the processes.

The ledger is read as anybody may read it who reads the topic: each line counts once, by its id, however often it is
there. That way nothing is shown that the workers have not published, and lines that come twice can be counted.
Knows: the topics that it reads, and the picture. Must not know: who started what. Read next: `streams/live/screen.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

import msgspec
from rich.console import Group
from rich.live import Live
from rich.rule import Rule
from rich.text import Text

from standards.judge.ledger import Line
from streams.kafka.clients.edge import wall
from streams.kafka.clients.log import Consumer, ConsumerRecord, KafkaError, Tail
from streams.kafka.records.facts import Progress
from streams.live.folding import Folder
from streams.live.logging_setup import log_lines
from streams.live.screen import EVERY, render, summary, terminal
from tests.kafka.processes import paused

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from pathlib import Path

    from rich.console import Console, RenderableType

    from standards.compiler.spec import Loaded
    from streams.kafka.clients.connection import KafkaSettings
    from tests.kafka.processes import Kin

SAID: Final = 3
"""How many of the latest happenings to the processes are shown."""
_lines: Final = msgspec.json.Decoder(Line)
_progress: Final = msgspec.json.Decoder(Progress)


class Watching:
    """What has been seen so far. `lines_to` gets each line of the ledger as a log line, where there is no picture."""

    def __init__(self, loaded: Loaded, servers: str, folder: Path, *, lines_to: TextIO | None = None) -> None:
        self.view = Folder(loaded.rulebook.current, name="Kept on Kafka")
        self.kin: Sequence[Kin] = ()
        self.broker_pid = -1
        self.repeated = 0
        self.seen: set[str] = set()
        self.said: deque[str] = deque(maxlen=SAID)
        self.servers = servers
        self.folder = folder
        self._lows: dict[int, int] = {}
        self._partitions = 0
        self._out = lines_to
        self._log = None if lines_to is None else log_lines(loaded.rulebook.current, lines_to)

    def say(self, happened: str) -> None:
        """Show what happened to a process."""
        self.said.append(f"{datetime.now(UTC):%H:%M:%S} {happened}")
        if self._out is not None:
            print(self.said[-1], file=self._out, flush=True)

    def say_where(self) -> None:
        """Print where everything is, where there is no picture to show it."""
        if self._out is not None:
            for row in [*_rows(self), f" logs: {self.folder}/*.log"]:
                print(row, file=self._out, flush=True)

    @property
    def low(self) -> int:
        """The instant that all partitions have judged up to, in microseconds UTC; -1 before all of them said one."""
        return min(self._lows.values()) if self._lows and len(self._lows) == self._partitions else -1

    async def follow(self, ledger: Consumer, progress: Consumer, kafka: KafkaSettings) -> None:
        """Read both topics, for ever."""
        self._partitions = kafka.partitions
        tails = (
            Tail(ledger, kafka.names.ledger, self.take_lines, partitions=kafka.partitions),
            Tail(progress, kafka.names.progress, self.take_progress),
        )
        following: list[Coroutine[None, None, None]] = [_follow(tail) for tail in tails]
        await asyncio.gather(*following)

    def take_lines(self, record: ConsumerRecord) -> None:
        """Take a record of `ledger` in."""
        for line in _lines.decode_lines(record.value):
            if line.id in self.seen:
                self.repeated += 1
                continue
            self.seen.add(line.id)
            self.view.add(line)
            if self._log is not None:
                self._log(line)

    def take_progress(self, record: ConsumerRecord) -> None:
        """Take a record of `progress` in."""
        progress = _progress.decode(record.value)
        self._lows[progress.partition] = progress.lows[0]


async def _follow(tail: Tail) -> None:
    await tail.begin()
    while True:
        try:
            await tail.step()
        except KafkaError:  # the broker is away; the clients look for it
            await paused(asyncio.Event(), 1.0)


def screen(*, plain: bool) -> Console | None:
    """Give the terminal to draw on, if there is one."""
    console = terminal()
    return None if plain or not console.is_terminal else console


async def draw(watching: Watching, console: Console, stopping: asyncio.Event) -> None:
    """Draw until it is time to stop."""
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while not stopping.is_set():
            live.update(picture(watching, console.width, console.height), refresh=True)
            await paused(stopping, EVERY)
    console.print("Stopping all processes ...")


def drawn_at_the_end(watching: Watching, console: Console) -> None:
    """Print how it went."""
    console.print(summary(watching.view.view(wall())))
    console.print(_count(watching))


def picture(watching: Watching, width: int, height: int) -> RenderableType:
    """Draw all of it into `width` columns and `height` rows."""
    rows = [_title("Processes · try kill -9 with a number: nothing is lost, and it is started again")]
    rows += [_row(each) for each in _rows(watching)]
    rows += [_row(f" {each}", "yellow") for each in watching.said]
    rows += [Text()] * (SAID - len(watching.said))
    rows.append(_row(f" {_count(watching)} · logs: {watching.folder}/*.log", "dim"))
    view = watching.view.view(wall(), low=watching.low)
    return Group(render(view, width, max(8, height - len(rows))), *rows)


def _row(words: str, style: str = "") -> RenderableType:
    return Text(words, style, no_wrap=True, overflow="ellipsis")


def _title(words: str) -> RenderableType:
    return Rule(Text(words, "bold"), align="left", style="bright_black")


def _rows(watching: Watching) -> list[str]:
    """Give a row for each process: its number, where its metrics are, and how it is."""
    rows = [("kafka", watching.broker_pid, watching.servers, "the broker")]
    rows += [(each.name, each.pid, f"{each.url}/metrics", each.state) for each in watching.kin]
    return [f" {name:9} {pid:8}  {place:30}  {state}" for name, pid, place, state in rows]


def _count(watching: Watching) -> str:
    twice = f", {watching.repeated} came twice" if watching.repeated else ""
    return f"{len(watching.seen)} lines in the ledger{twice}"
