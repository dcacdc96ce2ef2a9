"""Erasures that were interrupted, or come at an unlucky moment: they are finished, and of nobody else."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from alerts.channels.push import Device
from alerts.policy.policy import People, Person
from standards.errors import StateError
from streams.names.forgotten import forget_again
from streams.names.name_file import FILE, ErasedMeanwhileError
from streams.names.names import Names
from streams.names.policy import people_of
from streams.names.references import ERASED
from streams.storage.devices import Change, DeviceBook
from streams.storage.sqlite import FILE as STORE
from streams.storage.sqlite import Database
from streams.storage.status import Status
from streams.web.api.persons import Persons, patience
from streams.web.forms import Erasure
from tests.names.test_erasing import GOES, TRACE, erase, house, worked
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


async def test_only_their_devices_are_forgotten(tmp_path: Path) -> None:
    """By all names by which they signed in; those of people of whom the policy says nothing stay."""
    names = Names(tmp_path, b"a secret")
    told = {"ann": "Ania", "bob": "desk", "cleo": "desk"}
    people_of(People({name: Person(name, {"push": push}) for name, push in told.items()}, {}, ()), names)
    ann, bob = names.find("ann"), names.find("bob")
    assert (set(names.called(ann)), set(names.called(bob))) == ({"ann", "Ania"}, {"bob"}), "a desk is nobody's name"
    book, kept = DeviceBook("key", lambda: T0), list[Change]()

    async def store(changes: Sequence[Change]) -> None:
        kept.extend(changes)

    book.store = store
    for whose in ("p~one", "desk", "stranger"):
        await book.add(Device(whose, whose, f"https://push.example/{whose}", "", "", "key"))
    assert await book.forget({"p~one", "desk"}, {"desk"}) == 1
    assert {each.whose for each in book.devices.values()} == {"desk", "stranger"}
    names.close()


def test_nobody_who_is_erased_just_now_is_made_known_again(tmp_path: Path) -> None:
    """Not by what happened before, which was looked up while they were known still."""
    names = Names(tmp_path, b"a secret")
    names.erase(names.persons(["Ann"])["Ann"], T0)
    with pytest.raises(ErasedMeanwhileError):
        names.persons(["Ann"], {})
    assert names.find("Ann") == ""
    assert names.persons_at([("Ann", T0 - 1)]) == {("Ann", T0 - 1): ERASED}
    both = names.persons_at([("Ann", T0 - 1), ("Ann", T0)])
    assert both == {("Ann", T0 - 1): ERASED, ("Ann", T0): names.find("Ann")}
    names.close()
