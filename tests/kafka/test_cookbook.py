"""The cookbook on Kafka: whenever workers die, they tell of each story what was told in memory.

Routing, records, rows and the worker are Kept's own; Kafka is lists. A real one plays the stories of `test_stories.py`.
Next: `tests/pages/test_cookbook.py`, which has the recipes and the other hosts; `chain.py`.
"""

import random
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import msgspec
import pytest

from streams.ingest.wire import Reader
from streams.runtime.pump import GRACE
from streams.settings import StandardsFiles
from streams.stories.playing import Moment
from tests.kafka.chain import Chain, Disk
from tests.pages.test_cookbook import RECIPES, write_out
from tests.streams.storying import in_memory, played

CRASHES = 3
"""So often in a story a worker dies in the midst of publishing."""


async def on_workers(moments: Sequence[Moment], rules: Path, *, draw: random.Random, each: bool) -> dict[str, bytes]:
    """Take a story through three partitions, and give the ledger.

    With `each`, another worker goes on after each moment, with what the changelog has and no more.
    """
    chain = Chain([StandardsFiles([str(rules)])], partitions=3, draw=draw, crashes=CRASHES)
    for wall, together in groupby(moments, key=attrgetter("wall")):  # a tick covers all that came by its instant
        reader = Reader(chain.bench.loaded.rulebook.classes)
        events = [reader.one(msgspec.json.encode(event)) for moment in together for event in moment.events]
        if events:
            chain.receive(events, [wall] * len(events))
        while min(chain.lows(), default=-1) < wall - GRACE:  # what lower strata tell is judged by the next tick
            chain.tick(wall)
            await chain.work()
        if each:
            chain.disk = Disk.recovered(chain.topics, chain.partitions)
            chain.use(0)
    return chain.ledger()


@pytest.mark.parametrize("each", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some", "each"])
@pytest.mark.parametrize("name", RECIPES)
async def test_a_recipe_is_the_same_on_workers(name: str, each: bool, tmp_path: Path) -> None:
    """Whoever has a story's subjects, and whenever they die: the lines are those told in memory, byte for byte."""
    for number, script in enumerate(write_out(name, tmp_path)):
        went = played(script)
        found = await on_workers(went.moments, tmp_path, draw=random.Random(number), each=each)
        assert found == in_memory(went).ledger
