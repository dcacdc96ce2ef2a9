"""Another secret for the names on Kafka: who people are stays, whoever has the former one is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from standards.errors import StateError
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import producing
from streams.kafka.persons.name_records import BLOCK, SEEN
from streams.kafka.persons.names_topic import published
from streams.kafka.persons.rekeying import rekey, rekeyed
from streams.names.references import canonical, index_of
from tests.kafka.comparing import whole
from tests.kafka.serve import until
from tests.kafka.taking import SECRET as OF_INTAKES
from tests.kafka.taking import intake
from tests.kafka.test_names import SECRET, persons, sharing
from tests.streams.commands import kept
from tests.streams.hosting import shop

NEXT = b"the next secret"
NOTE = ("till", "7", "note")


async def test_everybody_is_who_they_were(kafka: KafkaSettings, tmp_path: Path) -> None:
    """References and texts stay, in a file that is there and in a new one; the former secret finds nobody."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        before = await persons(names, "Ann", "Ben", "Cyd")
        note = (await asyncio.to_thread(names.texts, {NOTE: "was ill"}))[NOTE]
        await asyncio.to_thread(names.join, {"Ben": ["A-117"]})
        await asyncio.to_thread(names.erase, before["Cyd"], 1_000)
    assert await rekey(kafka, SECRET, NEXT) == 2
    for folder in ("a", "b"):
        async with sharing(kafka, tmp_path / folder, NEXT) as (names, _):
            assert await persons(names, "ann", "Ben") == {"ann": before["Ann"], "Ben": before["Ben"]}
            assert names.shown([*before.values(), note]) == {
                before["Ann"]: "Ann", before["Ben"]: "Ben", note: "was ill",
            }  # fmt: skip
            await asyncio.to_thread(names.join, {"Ben": ["A-117"]})  # as a serve does at its start
            assert names.find("a-117") == before["Ben"]
            assert names.erased(["Cyd"]) == {}
    for folder in ("a", "c"):
        with pytest.raises(StateError, match="names are kept under another secret"):
            async with sharing(kafka, tmp_path / folder):
                pass
    last = {record.key: record.value for record in await whole(kafka, kafka.names.persons, 1)}
    ann, cyd = (index_of(SECRET, "p", canonical(name)).hex().encode() for name in ("Ann", "Cyd"))
    assert [last[key] for key in (ann, SEEN + ann, cyd, SEEN + cyd, BLOCK + cyd)] == [None] * 5
    with pytest.raises(StateError, match="under this secret already"):
        await rekey(kafka, SECRET, NEXT)
    with pytest.raises(StateError, match="under another one than KEPT_PERSON_SECRET_OLD"):
        await rekey(kafka, b"a guess", b"another guess")


async def test_who_was_known_by_one_key_of_several_is_known_still(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Erasing goes by all keys of somebody: afterwards none of them leads anywhere, under the new secret too."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        ann = (await persons(names, "Ann"))["Ann"]
    await rekey(kafka, SECRET, NEXT)
    async with sharing(kafka, tmp_path / "a", NEXT) as (names, _):
        await asyncio.to_thread(names.join, {"Ann": ["A-117"]})
        erased = await asyncio.to_thread(names.erase, ann, 1_000)
        assert (erased.rows, names.shown([ann])) == (2, {})
        assert [names.find("Ann"), names.find("A-117")] == ["", ""]


async def test_what_broke_off_is_done_again(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Until the mark of the new secret is there the former one is right, however much was published."""
    async with sharing(kafka, tmp_path / "a") as (names, _):
        before = await persons(names, "Ann", "Ben")
    records = await whole(kafka, kafka.names.persons, 1)
    messages, _ = rekeyed(kafka.names.persons, records, SECRET, NEXT, lambda: b"k" * 32)
    async with producing(kafka) as producer:
        await published(producer, messages[:-2])
    with pytest.raises(StateError, match="names are kept under another secret"):
        async with sharing(kafka, tmp_path / "b", NEXT):
            pass
    assert await rekey(kafka, SECRET, NEXT) == 2
    async with sharing(kafka, tmp_path / "b", NEXT) as (names, _):
        assert await persons(names, "Ann", "Ben") == before


async def test_the_command_wants_both_secrets_and_nobody_at_work(kafka: KafkaSettings, tmp_path: Path) -> None:
    """While an intake runs it is refused, and changes nothing; then it says how many names are found."""
    settings = {"KEPT_KAFKA__BROKERS": kafka.brokers, "KEPT_KAFKA__PREFIX": kafka.prefix}
    command = ("topics", "--rekey")
    ended = await asyncio.to_thread(kept, *command, settings=settings)
    assert (ended.returncode, "KEPT_PERSON_SECRET_OLD to the one before it" in ended.stderr) == (3, True)
    settings |= {"KEPT_PERSON_SECRET": NEXT.decode(), "KEPT_PERSON_SECRET_OLD": OF_INTAKES}
    async with intake(kafka, shop(tmp_path)) as host:
        await until(lambda: host.now_status().ready)
        ended = await asyncio.to_thread(kept, *command, settings=settings)
    assert (ended.returncode, "stop every intake and serve first" in ended.stderr) == (3, True)
    ended = await asyncio.to_thread(kept, *command, settings=settings)
    assert (ended.returncode, ended.stdout.partition(" found under")[0]) == (0, "0 names are")
