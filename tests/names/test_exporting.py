"""Asked over the API, a host gives all that is stored about one person, as the command does from its folder."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from structlog.testing import capture_logs

from streams.web import Access
from tests.streams.asking import Caller, Peopled, asking, cloud
from tests.streams.commands import kept

GOES, THANKS = "Quentin Xylo", "Zarquon Quux"
TOKEN = "an admin's token"


async def told(caller: Caller) -> None:
    """Have it stored that somebody asked for a coach, and was thanked more often than is read at once."""
    sent = [cloud("recognition.given", f"r{number}", caller.clock.at, agent=GOES, by=THANKS) for number in range(250)]
    await caller.send(cloud("coaching.asked", "c", caller.clock.at, agent=GOES, team="north"), *sent)
    await caller.pass_time(3)


async def test_all_that_is_stored_is_given_line_by_line(tmp_path: Path) -> None:
    """With their name put back and nobody else's; who is not known, or may not ask, is told so."""
    async with asking(tmp_path, peopled=Peopled(apart=True)) as caller:
        await told(caller)
        answer = await caller.post("/v1/persons/export", {"person": "quentin  xylo"})
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        first, *rest = map(json.loads, answer.text.splitlines())
        assert (first["names"], len(rest)) == ([GOES], 1 + 2 * 250)
        assert all(GOES in line for line in answer.text.splitlines())
        assert THANKS not in answer.text
        assert (await caller.post("/v1/persons/export", {"person": "Nobody"})).status == 404


async def test_the_command_asks_the_host_where_the_folder_has_nothing(tmp_path: Path) -> None:
    """So it does at `kept serve`, whose folder may be on another machine; the same is printed."""
    (tmp_path / "host").mkdir()
    async with asking(tmp_path / "host", peopled=Peopled(apart=True), access=Access(token=TOKEN)) as caller:
        await caller.host.submit([caller.host.reader.one(json.dumps(cloud(
            "coaching.asked", "c", caller.clock.at, agent=GOES, team="north")).encode())])  # fmt: skip
        await caller.pass_time(3)
        where = caller.url.removeprefix("http://")
        asked = ("export", "--person", GOES, "--data", str(tmp_path / "elsewhere"), "--listen", where)
        with capture_logs():  # the host's own log, which is in this process
            printed = await asyncio.to_thread(kept, *asked, settings={"KEPT_TOKEN": TOKEN})
        assert [next(iter(json.loads(line))) for line in printed.stdout.splitlines()] == ["person", "event"]
        nobody = await asyncio.to_thread(kept, *asked[:2], "Nobody", *asked[3:], settings={"KEPT_TOKEN": TOKEN})
        assert (nobody.returncode, "nobody is known" in nobody.stderr) == (1, True)
        stranger = await asyncio.to_thread(kept, *asked, settings={"KEPT_TOKEN": "wrong"})
        assert (stranger.returncode, "not the token" in stranger.stderr) == (3, True)
