"""The board on Kafka: the same pages, and what people do there is shown at once where they did it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from standards.judge.ledger import Line
from streams.kafka.clients.connection import KafkaSettings
from streams.kafka.records.topics import LEDGER
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
            assert (answer.status, "It was for 12 of the 13" in await answer.text()) == (200, True)
        acts = [act for _, act in serve.host.kafka_host.read_model.board.actions()]
        assert sorted(act.promise for act in acts) == sorted(first.split("."))
