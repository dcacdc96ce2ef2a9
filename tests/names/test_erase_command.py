"""`kept erase`: on a folder that no host has, and by the host that runs on it; and what it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from streams.embedded.embedded import EmbeddedHost
from streams.web import serving
from streams.web.api.persons import JUDGED_WITHIN
from tests.names.housing import house, stored
from tests.names.test_erasing import GOES, TRACE
from tests.names.test_every_outlet import ACCESS, bearer, contents
from tests.streams.asking import asking
from tests.streams.commands import Ended, kept
from tests.streams.hosting import Clock, event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with standards, and data of a host that has ended."""
    asyncio.run(stored(tmp_path, _work))
    return tmp_path


async def _work(host: EmbeddedHost, clock: Clock) -> None:
    asked = event(host.reader, "coaching.asked", "1", clock.at, agent=GOES, team="north")
    said = {"agent": "Ben", "by": "Ann", "reason": "as Quentin taught him", "team": "north"}
    await host.submit([asked, event(host.reader, "recognition.given", "2", clock.at, **said)])


def erase(folder: Path, *more: str) -> Ended:
    return kept("erase", GOES, "--by", "Kim", "--data", str(folder / "data"), *more)


def test_where_no_host_runs_one_is_started_for_it(folder: Path) -> None:
    """It says in sentences what is gone, what is near and what it cannot reach; the second time nobody is known."""
    rules = ("--standards", str(folder / "rules"))
    ended = erase(folder, *rules)
    assert (ended.returncode, TRACE.search(ended.stderr)) == (1, None), "a text is left to look at"
    assert "names nobody any more: 1 name led there, and none does now." in ended.stdout
    assert "recognition.given, 2026-01-09" in ended.stdout
    assert "- backups: keep none of the file of names for longer than 30 days" in ended.stdout
    text = next(word for word in ended.stdout.split() if word.startswith("t~"))
    gone = kept("erase", text, "--by", "Kim", "--data", str(folder / "data"), *rules)
    assert (gone.returncode, gone.stdout.splitlines()[0]) == (0, f"The text {text} is deleted.")
    assert {file for file, content in contents(folder).items() if TRACE.search(content)} == set()
    again = erase(folder, *rules)
    assert (again.returncode, again.stdout) == (1, "")
    assert "nobody is known by this name" in again.stderr


def test_without_standards_nothing_could_be_judged(folder: Path) -> None:
    """Their leaving is judged first: it says what to name."""
    ended = erase(folder)
    assert (ended.returncode, "--standards PATH" in ended.stderr) == (3, True)


def test_where_nobody_answers_it_says_so(tmp_path: Path) -> None:
    """No data and no host: it names both ways to find one."""
    ended = erase(tmp_path, "--listen", "127.0.0.1:9")
    assert (ended.returncode, "give --listen, or --data" in ended.stderr) == (3, True)


async def test_a_host_that_waits_for_judging_is_asked_again(tmp_path: Path) -> None:
    """The command is given once, however long judging takes; while brokers have the name it ends with 1 and says so."""
    asked: list[object] = []

    async def erase(request: web.Request) -> web.Response:
        asked.append(await request.json())
        if len(asked) < 3:
            waits = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "not judged yet"}
            return web.json_response(waits, status=503, headers={"Retry-After": str(JUDGED_WITHIN)})
        held = {"held": True, "held_until": "2026-01-10T23:40:00Z"}
        return web.json_response(
            {"reference": "p~a", "names": 1, "texts": 0, "devices": 0, "near": [], "more": 0, **held}
        )

    app = web.Application()
    app.router.add_post("/v1/persons/erase", erase)
    async with serving(app, "127.0.0.1", 0) as port:
        asking_it = ("erase", GOES, "--by", "Kim", "--data", str(tmp_path), "--listen", f"127.0.0.1:{port}")
        ended = await asyncio.to_thread(kept, *asking_it)
    assert asked == [{"person": GOES, "by": "Kim"}] * 3
    assert (ended.returncode, "is waited for" in ended.stderr) == (1, True)
    assert "They overwrite it by 2026-01-10 23:40 UTC at the latest; ask again then" in ended.stdout


async def test_a_running_host_does_it_itself(tmp_path: Path) -> None:
    """The command asks it, with the token of an admin."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await caller.post("/v1/shift/notes", {"note": "all is well", "by": GOES}, **bearer("supervisor"))
        listen = ("--listen", caller.url.removeprefix("http://"))
        settings = {"KEPT_TOKEN": "a" * 20}
        asked = ("erase", GOES, "--by", "Kim", "--data", str(tmp_path / "data"), *listen)
        work = asyncio.create_task(asyncio.to_thread(kept, *asked, settings=settings))
        while not (await asyncio.wait([work], timeout=0.05))[0]:
            await caller.pass_time(1)
        ended = work.result()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Phones and browsers that rang for them, and do not any more: 0." in ended.stdout
