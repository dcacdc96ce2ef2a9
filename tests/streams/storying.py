"""Hosts for stories: each takes a script through its moments and gives what is stored of it, as bytes by its id.

One that is added takes the same: a script, its moments, a folder of its own. What it gives has to be the same too.
Knows: how a host is run through moments. Must not know: what a story expects.
Next: `test_stories.py`; `streams/stories/playing.py`, which makes the moments.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec

from alerts.routing.notice import Notice
from standards.calendar.duration import HOUR
from standards.compiler.spec import Loaded
from standards.judge.events import Event, type_of
from standards.judge.ledger import Line
from standards.judge.shapes import Response
from standards.judge.standard import Clause
from streams.documents.documents import read_documents
from streams.documents.rules import Rules
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.names.names import Names
from streams.storage.sqlite import FILE, Database
from streams.stories.files import Script, read_scripts
from streams.stories.playing import Moment, Played
from tests.streams.hosting import Clock, until
from tests.streams.stepping import Machine

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "tests" / "data" / "stories" / "desk"
RULES = ROOT / "tests" / "data" / "stories" / "rules"
HELD = ROOT / "tests" / "data" / "stories" / "held"
FEEDS = ROOT / "tests" / "data" / "stories" / "feeds"


class Stored(NamedTuple):
    """What a host stored of a story: JSON by id."""

    ledger: dict[str, bytes]
    notices: dict[str, bytes]
    withheld: dict[str, bytes]


Host = Callable[[Script, Sequence[Moment], Path], Awaitable[Stored]]


class Slow:
    """A channel whose other side takes nothing before it is let: what is stored was decided, and not delivered yet."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open = asyncio.Event()
        self.got: list[str] = []

    async def deliver(self, notice: Notice) -> None:
        await self.open.wait()
        self.got.append(notice.id)

    async def close(self) -> None: ...


class _Read:
    """Standards and a policy that were read already."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def fingerprint(self) -> object:
        return None

    def load(self, _: object) -> Loaded:
        return self.rules.loaded


def scripts(*paths: Path) -> list[Script]:
    """Read the stories at some paths."""
    return read_scripts(read_documents([str(path) for path in paths]))


def played(script: Script) -> Played:
    """Play a story in memory."""
    return script.play()


def in_memory(found: Played) -> Stored:
    """Give what a story left in memory as a host stores it."""
    return Stored(*(by_id(each) for each in (found.lines, found.notices, found.withheld)))  # type: ignore[arg-type]


def by_id(items: Iterable[Line]) -> dict[str, bytes]:
    """Give things as JSON by their ids; a repeat says the same."""
    stored: dict[str, bytes] = {}
    for item in items:
        body = msgspec.json.encode(item)
        assert stored.setdefault(item.id, body) == body
    return stored


HUNDRED = scripts(RULES / "hundred.yaml")[0]
"""A hundred promises break at one instant, at twenty sites, and nobody acts."""
MESSAGES = {"ann": [8, 2], "chief": [5, 2]}
"""How many messages the policy gives each of them in the first and in the second hour of it."""


def check_everybody_is_reached(stored: Stored) -> None:
    """Check that each of the hundred reaches each step of the chain as broken, in no more messages than that."""
    lines = [msgspec.json.decode(body, type=Line) for body in stored.ledger.values()]
    notices = [msgspec.json.decode(body, type=Notice) for body in stored.notices.values()]
    broken = {line.promise for line in lines if line.kind == "broken"}
    assert len(broken) == 100
    for name, hours in MESSAGES.items():
        heard = [notice for notice in notices if notice.to == name]
        told = Counter(promise for notice in heard if notice.looks_like == "broken" for promise in notice.speaks_for)
        assert told.keys() == broken
        since = [(notice.decided - HUNDRED.story.clock.start) // HOUR for notice in heard]
        assert [since.count(hour) for hour in (0, 1)] == hours


async def embedded(script: Script, moments: Sequence[Moment], folder: Path, *, names: Names | None = None) -> Stored:
    """Take a story through the embedded host. A crash leaves it no time: the next host has the disk as it was then.

    With `names`, who people are is kept apart.

    Nothing is delivered before the end; then each message goes out once to each of its channels, under its own id.
    """
    clock = Clock(moments[0].wall)
    people = script.rules.people
    options = Options(zone=script.story.clock.zone, policies=lambda _: people, names=names)
    data = folder / "data-0"

    def begun(data: Path) -> EmbeddedHost:
        channels = [Slow(name) for name in ("mail", *script.telling.channels)] if script.telling.channels else []
        return EmbeddedHost(data, _Read(script.rules), clock=clock, channels=channels, options=options)

    async with AsyncExitStack() as house:  # one that crashed is closed at the very end, and nobody looks at it again
        host = await house.enter_async_context(begun(data))
        for number, moment in enumerate(moments):
            if moment.fault == "crash":
                before, data = data, folder / f"data-{number}"
                shutil.copytree(before, data)
            elif moment.fault == "restart":
                await host.__aexit__()
            if moment.fault == "clock":
                await _set_forward(host, clock, moment.wall)
            clock.at = moment.wall
            if moment.fault == "reload":
                people = script.policies[moment.policy]
                assert await host.reload()
            elif moment.fault in ("crash", "restart"):
                host = await house.enter_async_context(begun(data))
            await host.submit(moment.events)
        await _delivered(host)
    return _read_back(data)


async def _delivered(host: EmbeddedHost) -> None:
    """Let a host's channels take what waits, and check that each message comes once to each that it is for."""
    channels = [channel for channel in host.channels.values() if isinstance(channel, Slow)]
    found = host.read_model.notices(limit=10_000)
    meant = sorted((each.channel, row.notice.id) for row in found for each in row.deliveries)
    for channel in channels:
        channel.open.set()

    def came() -> list[tuple[str, str]]:
        return sorted((channel.name, name) for channel in channels for name in channel.got)

    await until(lambda: not channels or len(came()) >= len(meant))
    assert not channels or came() == meant


async def _set_forward(host: EmbeddedHost, clock: Clock, wall: int) -> None:
    """Have a host hear from a machine that its clock was set forward, and that this is right."""
    machine = Machine()
    machine.ahead = clock.at - machine.counted
    host.watched_clock = machine.clock()
    machine.ahead += wall - clock.at
    host.watched_clock.accept()
    clock.at = wall
    await host.submit([])
    host.watched_clock = None


def _read_back(data: Path) -> Stored:
    database = Database(data / FILE, read_only=True)
    try:
        tables = (
            {str(name): bytes(body) for name, body in database.all(f"SELECT id, body FROM {table}")}
            for table in ("ledger", "notices", "withheld")
        )
        return Stored(*tables)
    finally:
        database.close()


def come_again(found: Iterable[Script]) -> dict[str, bool]:
    """Say of each response whether a story has what opens it come twice to one subject, and looks at what that opens.

    Those that are owed for one promise are left out: it breaks once.
    """
    again: dict[str, bool] = {}
    for script in found:
        events = [event for moment in played(script).moments for event in moment.events]
        for standard in script.rules.loaded.standards:
            shape = standard.shape
            if isinstance(shape, Response) and standard.per != ("promise",):
                looked_at = script.story.expect is not None and script.story.looks_at(standard.id, "opened")
                twice = looked_at and max(_openings(standard.per, shape.when, events).values(), default=0) > 1
                again[standard.id] = again.get(standard.id, False) or twice
    return again


def _openings(per: Sequence[str], when: Clause, events: Iterable[Event]) -> Counter[tuple[object, ...]]:
    """Count the events that meet a clause, by subject."""
    met = (
        event for event in events
        for clause in when.all
        if type_of(event) == clause.event and (clause.where is None or clause.where.test(event.data, None))
    )  # fmt: skip
    return Counter(tuple(getattr(event.data, name) for name in per) for event in met)
