"""One ledger, whichever host: backtest, embedded, and Faust on a real broker."""

from pathlib import Path

import pytest

from streams.kafka.clients.connection import KafkaSettings
from tests.history import rulebook
from tests.history import rules as rules_of
from tests.kafka.crowd import SECOND, STANDARDS, Crowd
from tests.kafka.hosts import Step, backtested, embedded, instant_of, on_kafka, playing, steps_of, worker
from tests.stories import LINE, STORIES

LONG = (
    "every broken promise is talked over, and the talk is owed too", "transfers are briefed, few, and the week has",
    "a ticket waits, moves and comes back", "the clock stops while the customer is asked",
    "an exception is granted before and after the verdict", "how long there is, is chosen, named, and moved",
)  # fmt: skip
"""Stories of which the others have a part each: all of them together are long proofs."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name.startswith(LONG) else []) for name in STORIES]
)
async def test_a_story_has_one_ledger(name: str, tmp_path: Path, kafka: KafkaSettings) -> None:
    """Whichever host watched, the same lines are there, byte for byte. In history nothing is judged again."""
    text, script = STORIES[name]
    rules = tmp_path / "rules.yaml"
    rules.write_text(text)
    steps = steps_of(script, rulebook(text))
    expected = await embedded(tmp_path, rules, steps)
    assert len(expected) > 2
    assert "comes late" in name or backtested(tmp_path, rules, steps) == expected
    assert await on_kafka(kafka, tmp_path, rules, steps) == expected


@pytest.mark.slow
async def test_random_histories_have_one_ledger(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A crowd of subjects, drawn anew, in every kind of standard and three strata: every host tells the same of it."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(STANDARDS)
    start = instant_of("08:00")
    crowd = Crowd(20261123, rate=20, start=start)
    steps: list[Step] = [*crowd.until(start + 90 * SECOND, 1500), start + 200 * SECOND]
    expected = backtested(tmp_path, rules, steps)
    assert len(expected) > 500
    assert await embedded(tmp_path, rules, steps) == expected
    assert await on_kafka(kafka, tmp_path, rules, steps) == expected


@pytest.mark.slow
async def test_workers_roll_to_another_revision_one_by_one(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A promise is judged to its end by the revision that opened it, by a worker that has another one in its files."""
    old, new = (tmp_path / name for name in ("old.yaml", "new.yaml"))
    old.write_text(rules_of(line=f"{LINE}, within: 60s"))
    new.write_text(rules_of(line=f"{LINE}, within: 30s", seen="per: [site], expect: register.opened, every: 10m"))
    book = rulebook(old.read_text())
    before = steps_of("08:00:00 queue.length waiting=5 queue=q1\nuntil 08:00:10", book)
    after = steps_of("08:00:20 queue.length waiting=5 queue=q2\nuntil 08:02:00", book)
    async with playing(kafka, old, instant_of("08:00")) as (host, producer):
        async with worker(kafka, old, tmp_path / "one"):
            await host.play(before, producer)
        async with worker(kafka, new, tmp_path / "two"):
            await host.play(after, producer)
    ends = {line.subject: line.at for line in host.told() if line.kind == "broken"}
    assert ends == {"s3/q1": instant_of("08:01:00"), "s3/q2": instant_of("08:00:50")}
