"""Erasures that did not come to their end: the rest of them is done, once, by the next start or who asks again."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from standards.errors import StateError
from streams.names.forgotten import forget_again
from streams.names.names import Names
from streams.names.secret import FILE
from streams.storage.sqlite import FILE as STORE
from streams.storage.sqlite import Database
from streams.storage.status import Status
from streams.web.api.persons import Persons, patience
from streams.web.forms import Erasure
from tests.names.housing import house
from tests.names.test_erasing import GOES, TRACE, erase, worked
from tests.names.test_every_outlet import ACCESS, contents
from tests.streams.asking import asking
from tests.streams.hosting import SECOND, T0


async def test_an_erasure_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    """Somebody reads the file, so its log cannot be emptied: that is said, and whoever asks again has the rest done."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await worked(caller)
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM said").fetchone()
            answer = await erase(caller)
            assert (answer.status, "still in its log" in answer.text) == (503, True), answer.text
        again = await erase(caller)
        assert (again.status, len(again.json["near"]), again.json["names"]) == (200, 2, 1)
        assert "quentin xylo" not in "".join(contents(tmp_path).values()).lower()
        assert (await erase(caller)).status == 404


def test_the_next_start_finishes_it_too(tmp_path: Path) -> None:
    """What was deleted is in the file no more, whoever ended in between."""
    names, store = Names(tmp_path, b"a secret"), Database(tmp_path / STORE)
    ann = names.persons([GOES])[GOES]
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM said").fetchone()
        with pytest.raises(StateError, match="still in its log"):
            names.erase(ann, T0)
        names.close()
        assert TRACE.search("".join(contents(tmp_path).values()))
    names = Names(tmp_path, b"a secret")
    forget_again(store, names)
    assert not TRACE.search("".join(contents(tmp_path).values()))
    assert names.finish() is None
    names.close()
    store.close()


async def test_who_asks_again_waits_for_the_same_leaving(tmp_path: Path) -> None:
    """However often it is asked before it is judged, they leave once."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await worked(caller)
        assert caller.host.names is not None
        persons, given = Persons(caller.host, caller.host.names), Erasure(person=GOES, by="Kim")
        for _ in "12":
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):  # time stands still, so it is not judged
                    await persons.take(given)
        asked = asyncio.create_task(persons.take(given))
        while not (await asyncio.wait([asked], timeout=0.05))[0]:
            await caller.pass_time(1)
        assert asked.result().names == 1
    with closing(sqlite3.connect(tmp_path / "data" / STORE)) as database:
        bodies = b"".join(body for (body,) in database.execute("SELECT body FROM events"))
    assert bodies.count(b"colleague.left") == 1


def test_their_leaving_is_waited_for_as_long_as_judging_waits() -> None:
    """However long that is by the settings."""
    assert patience(Status(ready=True, grace=90 * SECOND)) == 150
