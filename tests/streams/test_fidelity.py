"""Fidelity: what was judged live comes out again when its events are judged from files.

Next: `streams/review/`, which compares two versions in the same way.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from standards.compiler.spec import Source, load
from standards.judge.events import Event
from standards.review.difference import difference
from standards.review.fate import Fates
from streams.embedded.embedded import EmbeddedHost
from streams.ingest.wire import Reader
from streams.runtime.pump import Pump
from streams.storage.cases.case_store import Snapshots
from tests.streams.hosting import NO_WAIT, Clock, event, hosting, shop, until

Sent = tuple[str, str, int, dict[str, object]]
EDITED = NO_WAIT.replace("within: 60s", "within: 30s").replace("20s before", "10s before")


class Live:
    """A host that takes in drawn events, one by one, and remembers them: type, id, time, fields."""

    def __init__(self, host: EmbeddedHost, clock: Clock) -> None:
        self.host = host
        self.clock = clock
        self.sent: list[Sent] = []
        self._draw = random.Random(7)

    async def go(self, steps: int) -> None:
        for _ in range(steps):
            self.clock.go(round(self._draw.uniform(1, 20), 3))
            where = {"site": "s3", "queue": self._draw.choice(["q1", "q2", "q3"])}
            opens = self._draw.random() < 0.3
            kind, more = ("register.opened", {}) if opens else ("queue.length", {"waiting": self._draw.randrange(7)})
            await self.send(kind, {**where, **more})

    async def send(self, kind: str, data: dict[str, object]) -> None:
        self.sent.append((kind, f"e{len(self.sent)}", self.clock.at, data))
        await self.host.submit([made(self.host.reader, self.sent[-1])])

    async def all_judged(self) -> None:
        """Return when the ledger tells of a line that grew just now: then it tells of all that was before."""
        mark = f"mark-{len(self.sent)}"
        await self.send("queue.length", {"site": "s3", "queue": mark, "waiting": 5})
        self.clock.go(5)
        await until(lambda: any(line.subject == f"s3/{mark}" for line in self.host.read_model.lines(limit=10_000)))


def made(reader: Reader, sent: Sent) -> Event:
    kind, name, at, data = sent
    return event(reader, kind, name, at, **data)


class Replay:
    """The same events from files: there is no wall clock but where standards were edited, and at the end."""

    def __init__(self, text: str) -> None:
        self.fates = Fates()
        self.rulebook = load([Source("older", text)]).rulebook
        self.pump = Pump(self.rulebook)

    def judge(self, events: Sequence[Sent], until: int) -> None:
        reader = Reader(self.rulebook.classes)
        for each in events:
            self.fates.take(self.pump.push([made(reader, each)]).transitions)
        self.fates.take(self.pump.push([], now=until).transitions)

    def edit(self, text: str, retired: str) -> None:
        """Go over to other standards; what is open goes along, as the bytes that a store would have."""
        stored = [Snapshots(self.rulebook).encode(case) for case in self.pump.cases()]
        self.rulebook = load([Source("newer", text)], retired=[retired]).rulebook
        self.pump = Pump(self.rulebook, position=self.pump.position())
        self.pump.adopt([Snapshots(self.rulebook).decode(body) for body in stored])


async def test_a_replay_of_a_live_history_is_its_ledger(tmp_path: Path) -> None:
    """Its events judged again, by the revisions that were in force when they came, give the ledger: no difference."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        live = Live(host, clock)
        await live.go(150)
        await live.all_judged()
        first, count, edited = host.now_status().revision, len(live.sent), clock.at
        shop(tmp_path, EDITED)
        await until(lambda: host.now_status().revision != first)
        await live.go(150)
        clock.go(600)
        await live.all_judged()
        lines, revisions = host.read_model.lines(limit=10_000), host.read_model.standards()
    newer, older = sorted(revisions, key=lambda each: each.loaded_at, reverse=True)
    assert {line.revision for line in lines} == {newer.revision, older.revision}
    assert newer.loaded_at == edited
    replay = Replay(older.text)
    replay.judge(live.sent[:count], edited)
    replay.edit(newer.text, older.text)
    replay.judge(live.sent[count:], clock.at)
    was = Fates()
    for line in lines:
        was.take_line(line)
    assert len(was.by_promise) > 30
    assert difference(was.by_promise, replay.fates.by_promise).changes == []
    assert was.by_promise == replay.fates.by_promise
