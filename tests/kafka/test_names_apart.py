"""Names on Kafka, walked with names that nothing else has: in no topic but two, and in no file but one, is any of them.

A topic or a file that is added is walked too. What is walked on one machine: `tests/names/test_every_outlet.py`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.edge import wall
from streams.kafka.records.facts import Letter
from streams.kafka.records.topics import wanted
from streams.names.door import UNKNOWN
from streams.names.references import new
from streams.names.secret import FILE
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from tests.board.serving import proof_in
from tests.kafka.comparing import whole
from tests.kafka.hosts import worker
from tests.kafka.serve import Served, served, settings_of, until
from tests.kafka.taking import intake, letters_of, produce
from tests.names.test_every_outlet import ASKS, BUYS, HAS, MARKS, POLICY, SAYS, STANDARDS, THANKS, Taking
from tests.streams.asking import cloud
from tests.streams.hosting import SECOND, Clock, shop

BINARY = [
    ("ce_specversion", b"1.0"), ("ce_id", b"b"), ("ce_source", b"till"), ("ce_type", b"coaching.asked"),
    ("ce_time", b"2026-01-09T23:06:40Z"),
]  # fmt: skip


class WallClock(Clock):
    """This machine's clock, for a host that is given a test's."""

    def __call__(self) -> int:
        return wall()


def sent(name: str, kind: str, at: int, **data: object) -> bytes:
    return json.dumps(cloud(kind, name, at, **data)).encode()


async def acted(serve: Served, path: str, **form: str) -> None:
    shown = await serve.get("/")
    headers = {"Cookie": shown.headers["Set-Cookie"].partition(";")[0]}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode({"proof": proof_in(shown.text), **form}).encode()
    async with serve.session.post(f"{serve.url}/acts/{path}", data=body, headers=headers) as answer:
        assert answer.status == 200


async def topics_with_names(kafka: KafkaSettings) -> dict[str, int]:
    """Count the records of each topic in which a name stands."""
    found: dict[str, int] = {}
    for topic in wanted(kafka.names, partitions=kafka.partitions, events_partitions=kafka.events_partitions):
        records = await whole(kafka, topic.name, topic.partitions)
        count = sum(bool(MARKS.search(f"{record.key!r} {record.value!r}")) for record in records)
        found |= {topic.name.removeprefix(kafka.prefix): count} if count else {}
    return found


def files_with_names(folder: Path) -> set[str]:
    """Name the files of a folder in which a name stands, other than the house's own rules."""
    files = [file for file in folder.rglob("*") if file.is_file() and "rules" not in file.parts]
    return {file.name for file in files if MARKS.search(file.read_bytes().decode("latin-1"))}


@asynccontextmanager
async def house(kafka: KafkaSettings, folder: Path, *channels: Taking) -> AsyncIterator[Served]:
    """Run an intake, a worker and a serve by this machine's clock."""
    settings, rules = settings_of(folder, kafka), folder / "rules"
    (rules / "shop.yaml").unlink()
    (rules / "rules.yaml").write_text(STANDARDS, encoding="utf-8")
    (rules / "policy.yaml").write_text(POLICY, encoding="utf-8")
    async with (
        intake(kafka, StandardsFiles([str(rules)])),
        worker(kafka, rules, folder / "worker"),
        served(settings, clock=WallClock(), channels=channels) as serve,
    ):
        yield serve


@pytest.mark.slow
async def test_no_topic_behind_the_door_and_no_file_but_one_has_a_name(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Not facts, ledger, acts, notices or dead letters, nor the store of a worker or a serve; the board has them."""
    mail, machine, now = Taking("mail"), Taking("webhook"), wall()
    events = [
        sent("1", "coaching.asked", now - 50 * SECOND, agent=ASKS, team="north"),
        sent("2", "contact.started", now, contact="c7", site="s1", agent=ASKS, customer=BUYS),
        sent("3", "recognition.given", now, agent=ASKS, by=THANKS, reason=SAYS, team="north"),
        sent("4", "coaching.asked", now, agent=ASKS, team=7),
        sent("5", "recognition.given", now, agent=new("p"), by=THANKS, reason=SAYS),
        b'{"agent": "Quentin Xylo", bad',
    ]
    await produce(kafka, *events)
    await produce(kafka, b'{"agent": "Quentin Xylo", "team": 7}', headers=BINARY)
    await produce(kafka, b'agent="Quentin Xylo"', headers=BINARY)
    async with house(kafka, tmp_path, mail, machine) as serve:
        letters = [each for each in await letters_of(kafka, 5) if isinstance(each, Letter)]
        assert sorted(each.reason for each in letters) == ["bad-field", "bad-field", "not-json", "not-json", UNKNOWN]
        (stranger,) = [each for each in letters if each.reason == UNKNOWN]
        assert stranger.origin == f"{kafka.names.events}/0/4#1"
        board = serve.host.kafka_host.read_model
        await until(lambda: len(board.promises(PromiseFilter()).items) > 1 and bool(mail.came))
        promise = next(row.id for row in board.promises(PromiseFilter()).items if row.standard == "coach-comes")
        await acted(serve, "acknowledge", promise=promise, name=HAS, note=SAYS, next="/")
        await acted(serve, "hand-over", name=THANKS, note=SAYS, next="/shift")
        await until(lambda: len(board.board.actions()) >= 3)
        page, shift = (await serve.get(f"/promises/{promise}")).text, (await serve.get("/shift")).text
        assert [name for name in (ASKS, HAS) if name not in page] == []
        assert [name for name in (THANKS, SAYS) if name not in shift] == []
        assert any(ASKS in each.text for each in mail.came)
        assert MARKS.findall(msgspec.json.encode(machine.came).decode()) == []
        assert set(await topics_with_names(kafka)) == {"events", "names"}
    assert files_with_names(tmp_path) == {FILE}


@pytest.mark.slow
async def test_who_is_forgotten_at_a_serve_is_forgotten(kafka: KafkaSettings, tmp_path: Path) -> None:
    """What they were owed ends, the board says "a former colleague", and the topic's last word does not name them."""
    await produce(kafka, sent("1", "coaching.asked", wall(), agent=ASKS, team="north"))
    async with house(kafka, tmp_path) as serve:
        board = serve.host.kafka_host.read_model
        await until(lambda: bool(board.promises(PromiseFilter()).items))
        (promise,) = board.promises(PromiseFilter()).items
        assert ASKS in (await serve.get(f"/promises/{promise.id}")).text
        about = await serve.post("/v1/persons/export", json.dumps({"person": ASKS}).encode(), "application/json")
        lines = [json.loads(line) for line in about.text.splitlines()]
        assert (lines[0]["names"], any("line" in each for each in lines)) == ([ASKS], True)
        asked = json.dumps({"person": ASKS, "by": HAS}).encode()
        answer = await serve.post("/v1/persons/erase", asked, "application/json")
        assert answer.status == 200
        held = json.loads(answer.text)
        assert (held["names"], held["held"]) == (1, True), "nothing is compacted within an hour"
        assert datetime.fromisoformat(held["held_until"]).timestamp() * SECOND > wall() + 24 * 3_600 * SECOND
        page = (await serve.get(f"/promises/{promise.id}")).text
        assert "a former colleague" in page
        assert ASKS not in page
        last = {record.key: record.value for record in await whole(kafka, kafka.names.persons, 1)}
        assert [value for value in last.values() if value is not None and ASKS.encode() in value] == []
        again = await serve.post("/v1/persons/erase", asked, "application/json")
        assert (again.status, json.loads(again.text)["names"], json.loads(again.text)["held"]) == (200, 0, True)
        by_reference = json.dumps({"person": held["reference"], "by": HAS}).encode()
        answer = await serve.post("/v1/persons/erase", by_reference, "application/json")
        assert json.loads(answer.text) == json.loads(again.text)
        nobody = json.dumps({"person": "Nobody at all", "by": HAS}).encode()
        assert (await serve.post("/v1/persons/erase", nobody, "application/json")).status == 404


async def test_an_event_that_comes_again_is_the_same_in_another_intake(kafka: KafkaSettings, tmp_path: Path) -> None:
    """Whichever intake reads it, with an empty folder or not, names and notes become the references they were."""
    standards = shop(tmp_path)
    thanks = sent("3", "recognition.given", wall(), agent=ASKS, by=THANKS, reason=SAYS, team="north")
    acts: list[bytes] = []
    for times in (1, 2):
        await produce(kafka, thanks)
        async with intake(kafka, standards) as host:
            await until(lambda: host.now_status().ready)
            while len(acts) < times:
                acts = [record.value for record in await whole(kafka, kafka.names.acts, 1)]
    assert acts[0] == acts[1]
    assert set(await topics_with_names(kafka)) == {"events", "names"}
