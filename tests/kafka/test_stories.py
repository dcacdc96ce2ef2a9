"""Stories of the desk on Kafka: the same ledger, messages and reasons as in memory, with processes that are killed.

Next: `tests/streams/storying.py`, which has the other hosts.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path

import msgspec
import pytest

from alerts.policy.policy import People
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.persons.shared_names import SharedNames
from streams.names.names import Names
from streams.names.policy import people_of
from streams.runtime.pump import GRACE
from streams.stories.files import Script
from streams.stories.playing import Moment
from tests.kafka.hosts import SOON, by_id, playing, worker
from tests.kafka.serve import until
from tests.kafka.taking import SECRET
from tests.kafka.test_days import heard, operating
from tests.streams.storying import (
    DESK,
    HUNDRED,
    ROOT,
    RULES,
    Stored,
    check_everybody_is_reached,
    embedded,
    in_memory,
    played,
    scripts,
)

STORIES = {script.story.name.partition(" - ")[0]: script for script in scripts(DESK)}

PASSED_OVER = [it for it in scripts(RULES / "rules.yaml") if it.story.name.startswith(("19 ", "20 ", "21 ", "22 "))]
"""Stories of machines, and those in which another operator takes over, with another policy in some of them."""

CALM = ("cure",)
LONG = ("correction", "escalation", "grouped", "member")
KILLED = ("ack", "flap", "silenced", "storm")
"""Stories in which the worker is killed: until another one has its partitions, its session has to run out."""


class Kept:
    """A worker in a process of its own, and an operator, that can begin again."""

    def __init__(self, kafka: KafkaSettings, rules: Path, folder: Path, channels: Sequence[str]) -> None:
        self.kafka = kafka
        self.rules = rules
        self.people: People | None = None
        self.folder = folder
        self.channels = channels
        self._stack = AsyncExitStack()
        self._times = 0

    async def begin(self) -> None:
        self._times += 1
        data = self.folder / f"worker-{self._times}"
        self._process = await self._stack.enter_async_context(worker(self.kafka, self.rules, data))

    async def tell(self) -> None:
        """Tell from now on. After a while away all is judged by then: so telling goes over it in one step."""
        operator = operating(self.kafka, self.rules, self.people, channels=self.channels)
        self._operator = await self._stack.enter_async_context(operator)

    async def end(self, *, kill: bool = False) -> None:
        if kill:
            self._process.kill()
        await self._stack.aclose()

    async def told(self, low: int) -> None:
        """Return when all has been told up to an instant."""
        await until(lambda: self._operator.low >= low, seconds=SOON)


async def on_kafka(
    script: Script, moments: Sequence[Moment], folder: Path, kafka: KafkaSettings, *, names: SharedNames | None = None
) -> Stored:
    """Take a story through an intake, a worker and an operator. At a crash the worker is killed.

    Its folder has standards, a policy and stories, as an author has them. With `names` all that is behind the door.
    """
    rules = ROOT / Path(script.file).parent
    async with playing(kafka, rules, moments[0].wall, names=names) as (host, producer):
        house = Kept(kafka, rules, folder, script.telling.channels)
        if names is not None and script.rules.people is not None:
            await until(lambda: names.topic is not None)
            house.people = await asyncio.to_thread(people_of, script.rules.people, names)
        await house.begin()
        await house.tell()
        try:
            for moment in moments:
                if moment.fault:
                    await house.end(kill=moment.fault == "crash")
                    house.people = script.policies.get(moment.policy, house.people)
                    host.clock.at = moment.wall
                    await house.begin()
                    await host.reached(moment.wall - GRACE)
                    await house.tell()
                host.clock.at = moment.wall
                await host.reached(moment.wall - GRACE)
                await house.told(moment.wall - GRACE)
                raws = [msgspec.json.encode(event) for event in moment.events]
                sent = [await producer.send(kafka.names.events, raw, partition=0) for raw in raws]
                for record in sent[-1:]:  # they are stamped with the clock of this moment
                    await host.taken_in({0: (await record).offset + 1})
        finally:
            await house.end()
    told = await heard(kafka)
    return Stored(by_id(host.lines), told.notices, told.withheld)


@pytest.mark.parametrize("name", [*CALM, *(pytest.param(name, marks=pytest.mark.slow) for name in (*LONG, *KILLED))])
async def test_a_story_of_the_desk_is_the_same_on_kafka(name: str, tmp_path: Path, kafka: KafkaSettings) -> None:
    """Ledger, notices and what was withheld are the same, byte for byte, in memory and on Kafka."""
    script = STORIES[name]
    went = played(script)
    assert await on_kafka(script, went.moments, tmp_path, kafka) == in_memory(went)


@pytest.mark.parametrize(
    "name", [*CALM, *(pytest.param(name, marks=pytest.mark.slow) for name in ("ack", "escalation"))]
)
async def test_a_story_behind_the_door_is_the_same(name: str, tmp_path: Path, kafka: KafkaSettings) -> None:
    """Where who people are is kept apart, one machine and Kafka say the same of the same references, byte for byte."""
    script = STORIES[name]
    with closing(SharedNames(tmp_path, SECRET.encode())) as names:
        behind = await on_kafka(script, played(script).moments, tmp_path, kafka, names=names)
    with closing(Names(tmp_path, SECRET.encode())) as kept:
        assert await embedded(script, played(script).moments, tmp_path / "embedded", names=kept) == behind
    (said,) = {it.split(b'"to":"')[1][:2] for it in behind.notices.values() if b'"to":"' in it}
    assert said == b"p~"


@pytest.mark.slow
@pytest.mark.parametrize("script", PASSED_OVER, ids=lambda script: script.story.name)
async def test_a_rule_of_telling_is_the_same_on_kafka(script: Script, tmp_path: Path, kafka: KafkaSettings) -> None:
    """Whoever goes on where another one ended, by the same policy or another one, says the same under the same ids."""
    went = played(script)
    assert await on_kafka(script, went.moments, tmp_path, kafka) == in_memory(went)


@pytest.mark.slow
async def test_a_hundred_at_once_reach_everybody_on_kafka(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Each of a hundred promises reaches each step of the chain as broken; nobody hears more than the policy says.

    Its shorter brother is in `test_exchange.py`.
    """
    check_everybody_is_reached(await on_kafka(HUNDRED, played(HUNDRED).moments, tmp_path, kafka))
