"""What a scenario allows excuses at the door, whoever sends it: by its promise's id, or by its standard and subject."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from tests.board.test_scenarios import PRACTICE, STANDARDS
from tests.streams.asking import Caller, Peopled, asking, cloud


@asynccontextmanager
async def owing(folder: Path, practice: str = PRACTICE) -> AsyncIterator[Caller]:
    """Serve a house whose queue s3/q1 is owed a register."""
    (folder / "rules").mkdir()
    (folder / "rules" / "shop.yaml").write_text(STANDARDS, encoding="utf-8")
    peopled, files = Peopled(practice=practice, apart=True), StandardsFiles([str(folder / "rules")])
    async with asking(folder, peopled=peopled, standards=files) as caller:
        await caller.send(cloud("queue.length", "w", caller.clock.at, site="s3", queue="q1", waiting=5))
        await caller.pass_time(3)
        yield caller


async def made(caller: Caller, **data: object) -> tuple[str, list[tuple[str, str]]]:
    """Send an `exception.made`; gives how the promise stands then, and what changed nothing, with why."""
    said = {"scenario": "outage", "team": "north", "by": "ola"} | data
    event = cloud("exception.made", "x", caller.clock.at, **said)
    answer = await caller.send(event)
    assert (answer.status, answer.json["refused"]) == (202, [])
    await caller.pass_time(3)
    (row,) = caller.host.read_model.promises(PromiseFilter()).items
    return row.state, [(each.id, each.reason) for each in caller.host.read_model.late()]


def promise(caller: Caller) -> str:
    (row,) = caller.host.read_model.promises(PromiseFilter()).items
    return row.id


@pytest.mark.parametrize("named", ["promise", "subject", "both"])
async def test_it_excuses_the_promise_that_it_is_about(tmp_path: Path, named: str) -> None:
    """The grant is the scenario's, in the name of who made the exception; sent again, it is one grant."""
    async with owing(tmp_path) as caller:
        about: dict[str, object] = {} if named == "subject" else {"promise": promise(caller)}
        about |= {} if named == "promise" else {"standard": "no-wait", "subject": "s3/q1"}
        for _ in range(2):
            assert await made(caller, **about) == ("excused", [])
        (grant,) = [act for _, act in caller.host.read_model.board.actions(types=["exception.granted"])]
        (by,) = (await caller.get("/v1/acts?type=exception.granted")).json["items"]
    assert (grant.by, grant.source, by["data"]["person"]) == ("scenario/outage", "till", "ola")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"scenario": "lost"}, "scenario-may-not"),
        ({"promise": "none"}, "nothing-to-excuse"),
        ({"promise": None, "standard": "no-wait"}, "no-subject"),
    ],
)
async def test_what_excuses_nothing_says_why(tmp_path: Path, data: dict[str, object], why: str) -> None:
    """The event stands, and is listed among what changed nothing; the promise is owed as before."""
    async with owing(tmp_path) as caller:
        assert await made(caller, **{"promise": promise(caller)} | data) == ("open", [("x", why)])
        assert len(caller.host.read_model.board.actions(types=["exception.made"])) == 1


async def test_what_is_about_no_promise_has_nothing_to_say(tmp_path: Path) -> None:
    """It is counted by `rule-not-bent-daily` alone, and not listed."""
    async with owing(tmp_path) as caller:
        assert await made(caller) == ("open", [])


async def test_without_a_document_nothing_is_excused(tmp_path: Path) -> None:
    """Nobody has agreed on any scenario, and whoever looks reads that it may not."""
    async with owing(tmp_path, "") as caller:
        assert await made(caller, promise=promise(caller)) == ("open", [("x", "scenario-may-not")])


async def test_what_is_not_owed_any_more_is_not_excused(tmp_path: Path) -> None:
    """The judge has the last word: a grant for what was kept already is listed, as it found nothing to excuse."""
    async with owing(tmp_path) as caller:
        await caller.send(cloud("register.opened", "r", caller.clock.at, site="s3", queue="q1"))
        await caller.pass_time(3)
        state, unused = await made(caller, promise=promise(caller))
        assert (state, [why for _, why in unused]) == ("kept", ["nothing-to-excuse"])
