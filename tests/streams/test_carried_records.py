"""What `kept in` carries into a way in: how records are named, and what is told of them."""

from __future__ import annotations

import json
from pathlib import Path

from streams.web import Access
from streams.web.access import Senders
from tests.streams.asking import Peopled, asking
from tests.streams.hosting import shop
from tests.streams.test_ways_in import MAPPING, record


async def test_records_that_are_alike_are_each_a_reading_where_they_have_no_time(tmp_path: Path) -> None:
    """A counter that sends 4 three times in one body had four people three times."""
    standards = shop(tmp_path)
    mapping = MAPPING.replace("time: at", 'time: "#received"').replace(", signed: github", "")
    (tmp_path / "rules" / "till.yaml").write_text(mapping, encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        answer = await caller.post("/v1/in/till", [{**record(), "at": None}] * 3)
        assert answer.json["accepted"] == 3
        found = (await caller.get("/v1/events")).json["items"]
        assert len({each["id"] for each in found}) == 3


async def test_a_record_of_a_topic_has_one_name_alone_and_beside_others(tmp_path: Path) -> None:
    """Which records are sent together is chance: a record that is sent again among others is the same events."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING, encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        lines = [json.dumps(record(number)).encode() for number in (4, 5)]
        await caller.post("/v1/in/till", lines[0], Kept_Records="t-0-5")
        await caller.post("/v1/in/till", b"\n".join(lines), Kept_Records="t-0-5,t-0-6")
        found = (await caller.get("/v1/events")).json["items"]
        assert {each["id"] for each in found} == {"t-0-5.1", "t-0-6.1"}


async def test_a_table_without_its_header_tells_nobody_what_stands_in_it(tmp_path: Path) -> None:
    """What is said of a record that cannot be read quotes nothing of it: it may be a name."""
    standards = shop(tmp_path)
    mapping = MAPPING.replace("format: json", "format: csv").replace(", signed: github", "")
    (tmp_path / "rules" / "till.yaml").write_text(mapping, encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        answer = await caller.post("/v1/in/till", b"Ilona Wrona,3\nIlona Wrona,4\n", "text/csv")
        assert "Ilona" not in answer.text
        assert answer.json["refused"][0]["reason"] == "not-mapped"


async def test_what_was_carried_here_never_stops_what_is_behind_it(tmp_path: Path) -> None:
    """A message of a topic with too much in it is one dead letter, whole: nobody can send it in parts."""
    standards = shop(tmp_path)
    (tmp_path / "rules" / "till.yaml").write_text(MAPPING, encoding="utf-8")
    async with asking(tmp_path, access=Access(senders=Senders(standards.paths)), standards=standards) as caller:
        body = b"[" + b",".join([b"1"] * 10_001) + b"]"
        answer = await caller.post("/v1/in/till", body, Kept_Records="t-0-5")
        assert answer.status == 202
        letter = caller.host.read_model.board.letter(1)
        assert letter is not None
        assert letter.raw == body


async def test_what_the_door_refuses_is_told_with_its_record(tmp_path: Path) -> None:
    """Accepted is what was taken in: a reference that nobody has is refused, with the place of the record it is of."""
    standards = shop(tmp_path)
    mapping = MAPPING.replace("queue.length", "contact.waiting").replace(
        "site: {value: s3}, queue: where, waiting: people", "contact: where, agent: who"
    )
    (tmp_path / "rules" / "till.yaml").write_text(mapping.replace(", signed: github", ""), encoding="utf-8")
    access, apart = Access(senders=Senders(standards.paths)), Peopled(apart=True)
    async with asking(tmp_path, access=access, standards=standards, peopled=apart) as caller:
        sent = [record(who="Ann"), {"kind": "receipt"}, record(where="q2", who="p~aaaaaaaaaaaaaaaaaaaa")]
        told = (await caller.post("/v1/in/till", sent)).json
        assert (told["accepted"], told["passed_over"]) == (1, 1)
        assert [(each["place"], each["reason"]) for each in told["refused"]] == [(3, "unknown-reference")]
