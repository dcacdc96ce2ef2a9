"""The board on Kafka: the same pages, and what people do there is shown at once where they did it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from msgspec.structs import replace

from alerts.routing.actions import HANDED_OVER, THANKED, Action
from alerts.routing.incident import Incident, PromiseIncidents, name_of
from standards.errors import SpecError
from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.clients.log import Tail, consuming
from streams.kafka.records.facts import PersonsAct
from streams.kafka.records.topics import ACTS, DESK, LEDGER
from streams.storage.holdings import Holding
from tests.board.serving import proof_in
from tests.kafka.history import Said
from tests.kafka.serve import published, served, settings_of, until
from tests.streams.hosting import SECOND, T0


async def test_a_debrief_is_shown_and_published(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Who talks a broken promise over on the board of serve finds it talked over there."""
    due = T0 + 60 * SECOND
    broken = Line("p.1", "p", "no-wait", "r", "s3/q1", "broken", due, due, T0, "broken", due=due, verdict="broken")
    async with served(settings_of(tmp_path, kafka)) as serve:
        await published(kafka, [Said(LEDGER, 1, msgspec.json.encode(broken) + b"\n")])
        await until(lambda: serve.host.kafka_host.read_model.promise("p") is not None)
        assert "To talk over · 1" in (await serve.get("/debriefs")).text
        form = {"promise": "p", "name": "Ania", "cause": "nobody came", "next_step": "a longer list"}
        shown = await serve.get("/promises/p")
        form["proof"] = proof_in(shown.text)
        headers = {"Cookie": shown.headers["Set-Cookie"].partition(";")[0]}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form).encode()
        async with serve.session.post(f"{serve.url}/acts/debrief", data=body, headers=headers) as answer:
            assert (answer.status, "Ania" in await answer.text()) == (200, True)
        page = (await serve.get("/debriefs")).text
        assert "Talked over · 1" in page
        assert "a longer list" in page


async def test_what_is_owed_is_grouped_and_on_the_wall(tmp_path: Path, kafka: KafkaSettings) -> None:
    """The board of serve groups, narrows and counts what is owed as that of an embedded host does."""
    due = T0 + 600 * SECOND
    lines = [
        Line(f"p{site}{queue}.1", f"p{site}{queue}", "no-wait", "r", f"s{site}/q{queue}", "warned", T0, T0, T0,
             "warned", fields={"site": f"s{site}", "queue": f"q{queue}"}, due=due)
        for site in (1, 2) for queue in range(1, 13)
    ]  # fmt: skip
    said = [Said(LEDGER, 1, msgspec.json.encode(line) + b"\n") for line in lines]
    async with served(settings_of(tmp_path, kafka)) as serve:
        await published(kafka, said)
        await until(lambda: serve.host.kafka_host.read_model.promise("p212") is not None)
        page = (await serve.get("/")).text
        assert (page.count('class="group warned"'), "Act now · 24</a>" in page) == (2, True)
        assert "Act now · 12</a>" in (await serve.get("/?site=s2")).text
        assert "12 to act on" in (await serve.get("/wall?site=s1")).text
        assert '<a href="/?part=warned">24 to act on</a>' in (await serve.get("/shift")).text
        shown = await serve.get("/")
        (first, _) = re.findall(r'name="group" value="([^"]+)"', shown.text)
        form = {"proof": proof_in(shown.text), "name": "Ania", "group": f"{first}.gone", "next": "/"}
        headers = {"Cookie": shown.headers["Set-Cookie"].partition(";")[0]}
        async with serve.session.post(f"{serve.url}/acts/acknowledge", data=form, headers=headers) as answer:
            assert (answer.status, "12 of 13 are yours now. 1 of 13 was over already." in await answer.text()) == (
                200,
                True,
            )
        acts = [act for _, act in serve.host.kafka_host.read_model.board.actions()]
        assert sorted(act.promise for act in acts) == sorted(first.split("."))


async def test_a_shift_is_handed_over_by_the_topic_of_acts(tmp_path: Path, kafka: KafkaSettings) -> None:
    """A note is shown at once where it was left, goes the way of all acts, and one from there is shown as well."""
    act = Action("n", T0, "Bob", "", HANDED_OVER, "kept/board", {"note": "Till 4 sticks.", "by": "Bob"})
    thanked = Action("t", T0 + SECOND, "Bob", "", THANKED, "a", {"agent": "cyd", "by": "Bob", "reason": "patience"})
    async with served(settings_of(tmp_path, kafka)) as serve:
        await published(kafka, [Said(ACTS, 0, msgspec.json.encode(PersonsAct(each))) for each in (act, thanked)])
        await until(lambda: len(serve.host.kafka_host.read_model.board.actions()) == 2)
        shown = await serve.get("/shift")
        assert "Till 4 sticks." in shown.text
        form = {"proof": proof_in(shown.text), "name": "Ania", "note": "All is well.", "after": "n", "next": "/shift"}
        headers = {"Cookie": shown.headers["Set-Cookie"].partition(";")[0]}
        async with serve.session.post(f"{serve.url}/acts/hand-over", data=form, headers=headers) as answer:
            assert (answer.status, "All is well." in (await answer.text()).split("All notes")[0]) == (200, True)
        async with consuming(kafka) as consumer:
            events: list[bytes] = []
            tail = Tail(consumer, kafka.names.events, lambda it: events.append(it.value),
                        partitions=kafka.events_partitions)  # fmt: skip
            await tail.begin()
        assert [b"shift.handed_over" in each and b'"note":"t~' in each for each in events] == [True]
        assert b"Ania" not in events[0]
        listed = msgspec.json.decode((await serve.get("/v1/shift/notes")).text)
        assert [item["by"] for item in listed["items"]] == ["Ania", "Bob"]


async def test_who_has_it_is_what_the_coordinator_remembers(tmp_path: Path, kafka: KafkaSettings) -> None:
    """Its rows say who has a promise; one that lets nobody have it, or ends, is heard too; the others are its own."""
    due = T0 + 60 * SECOND
    broken = Line("p.1", "p", "no-wait", "r", "s3/q1", "broken", due, due, T0, "broken", due=due, verdict="broken")
    incident = Incident(broken, "r", ("g",), told=["ann"], acknowledged="ann", had_since=due)
    key = msgspec.json.encode(("matter", name_of("s3", "p")))

    def row(each: Incident | None) -> Said:
        found = None if each is None else msgspec.json.encode(PromiseIncidents("s3", "p", {"r": each}))
        return Said(DESK, 0, found, key)

    async with served(settings_of(tmp_path, kafka)) as serve:
        holdings = serve.host.kafka_host.read_model.board.holdings
        await published(kafka, [Said(LEDGER, 1, msgspec.json.encode(broken) + b"\n"), row(incident)])
        await until(lambda: holdings(["p"]) == {"p": Holding("p", "ann", due, heard=due)})
        lapsed = replace(incident, acknowledged="", had_since=due + 1, lapsed="ann")
        await published(kafka, [Said(DESK, 0, b"{}", msgspec.json.encode(("fence",))), row(lapsed)])
        await until(lambda: holdings(["p"]) == {"p": Holding("p", "", due + 1, lapsed="ann", heard=due + 1)})
        await published(kafka, [row(None)])
        await until(lambda: holdings(["p"]) == {})
        assert serve.host.kafka_host.read_model.dead_letters() == []


async def test_serve_has_the_handbook_of_its_files(tmp_path: Path, kafka: KafkaSettings) -> None:
    """What a house has agreed on is read along with the standards, and a file with errors stops the start."""
    settings, file = settings_of(tmp_path, kafka), tmp_path / "rules" / "practice.yaml"
    file.write_text("kept: 1\nconsequences:\n  no-wait: {says: We look at it., steps: [fine]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"practice\.yaml:3"):
        async with served(settings):
            pass
    file.write_text("kept: 1\nconsequences:\n  no-wait: {says: We look at it., steps: [talk]}\n", encoding="utf-8")
    async with served(settings) as serve:
        page = await serve.get("/handbook")
        assert (page.status, "We look at it." in page.text) == (200, True)
