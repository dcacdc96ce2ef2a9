"""Erasing somebody: nothing that was judged changes, and no trace of their name is left anywhere."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from alerts.channels.push import Device
from alerts.policy.policy import People, Person
from streams.names.erasing import Erased
from streams.names.name_file import ErasedMeanwhileError
from streams.names.names import Names
from streams.names.policy import people_of
from streams.names.references import ERASED, is_reference, new
from streams.names.secret import FILE
from streams.storage.devices import Change, DeviceBook
from streams.storage.sqlite import FILE as STORE
from streams.web import Access
from tests.names.housing import house
from tests.names.test_every_outlet import ACCESS, bearer, contents, everything, promises, sent
from tests.streams.asking import Answer, Caller, asking
from tests.streams.hosting import SECOND, T0

GOES = "Quentin Xylo"
TRACE = re.compile(r"quentin|xylo", re.IGNORECASE)


async def erase(caller: Caller, person: str = GOES) -> Answer:
    """Erase somebody while time goes on, as it does for a host."""
    asked = {"person": person, "by": "Kim Adams"}
    answer = asyncio.create_task(caller.post("/v1/persons/erase", asked, **bearer("admin")))
    while not (await asyncio.wait([answer], timeout=0.05))[0]:
        await caller.pass_time(1)
    return answer.result()


async def worked(caller: Caller) -> None:
    """Have somebody asked about, thanked and written about, in whole and in part."""
    await sent(caller, "coaching.asked", "1", agent=GOES, team="north")
    await sent(caller, "contact.started", "2", contact="c7", site="s1", agent=GOES, customer="c9")
    await sent(caller, "recognition.given", "3", agent=GOES, by="Ann", reason="QUENTIN  XYLO stayed on", team="north")
    await sent(caller, "recognition.given", "4", agent="Ben", by="Ann", reason="as Quentin taught him", team="north")
    await sent(caller, "recognition.given", "5", agent="Ben", by="Ann", reason="as Xylon taught him", team="north")
    await sent(caller, "recognition.given", "6", agent="Ben", by="Ann", reason="all by himself", team="north")
    await sent(caller, "coaching.asked", "7", agent=GOES, team=7)
    await caller.pass_time(100)


def ledger(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "data" / STORE)) as database:
        return database.execute("SELECT id, promise, kind, at, told, body FROM ledger ORDER BY seq").fetchall()


async def test_nothing_changes_but_what_leaving_appends(tmp_path: Path) -> None:
    """The lines that stood stay, byte for byte; who left is owed nothing more; no file and no page has the name."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await worked(caller)
        before = ledger(tmp_path)
        answer = await erase(caller)
        assert answer.status == 200, answer.text
        shown = {role: await everything(caller, role) for role in ("viewer", "supervisor", "author", "admin")}
        erased, listed = answer.json, await promises(caller)
    after = ledger(tmp_path)
    assert after[: len(before)] == before
    assert [row[2] for row in after[len(before) :]] == ["voided"]
    assert len(listed) == 2
    assert (erased["names"], erased["texts"], len(erased["near"]), erased["more"]) == (1, 1, 2, 0)
    assert [each["type"] for each in erased["near"]] == ["recognition.given"] * 2
    near = {"as Quentin taught him", "as Xylon taught him"}
    left = {file: set(map(str.lower, TRACE.findall(text))) for file, text in contents(tmp_path).items()}
    assert {file: found for file, found in left.items() if found} == {FILE: {"quentin", "xylo"}}, "only in what is near"
    whole = "".join(shown["supervisor"].values())
    assert "a former colleague" in whole
    assert all(text in whole for text in near)
    assert not TRACE.search("".join("".join(shown[role].values()) for role in ("viewer", "author", "admin")))
    assert "QUENTIN" not in whole


async def test_texts_can_be_erased_too(tmp_path: Path) -> None:
    """Whoever has read what is near deletes it by its reference; then no byte of the name is left."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await worked(caller)
        for each in (await erase(caller)).json["near"]:
            assert (await erase(caller, each["reference"])).json["names"] == 1
        files = contents(tmp_path)  # while it runs, with its logs
    assert {file for file, text in files.items() if TRACE.search(text)} == set()
    assert {file for file, text in contents(tmp_path).items() if TRACE.search(text)} == set()


async def test_the_answer_has_references(tmp_path: Path) -> None:
    """Also to who may see names: by them a text is erased, and what was erased is told apart."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=Access(), peopled=peopled, standards=standards) as caller:
        await worked(caller)
        erased = (await erase(caller)).json
    assert is_reference(erased["reference"], "p")
    assert [is_reference(each["reference"], "t") for each in erased["near"]] == [True, True]


async def test_who_stands_in_the_policy_is_not_erased(tmp_path: Path) -> None:
    """The next reading of it would make them known again: it says where they stand, and nothing is done."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await caller.pass_time(1)
        answer = await erase(caller, "Xaver-Quast")
        assert (answer.status, answer.json["detail"]) == (
            409, "the policy still names them (people: xaver-quast); take them out of it first"
        )  # fmt: skip
        assert (await erase(caller, "Nobody at all")).status == 404
        acts = json.loads((await caller.get("/v1/acts", **bearer("admin"))).text)
        assert acts["items"] == []


async def test_only_an_admin_erases(tmp_path: Path) -> None:
    """A supervisor, an author or a viewer is refused."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        for role in ("viewer", "supervisor", "author"):
            answer = await caller.post("/v1/persons/erase", {"person": GOES, "by": "Kim"}, **bearer(role))
            assert answer.status == 403


async def test_what_comes_afterwards(tmp_path: Path) -> None:
    """What happened before names nobody, what happens since is somebody new, and Feeds says who sent the name."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await sent(caller, "coaching.asked", "1", agent=GOES, team="north")
        first = (await erase(caller)).json["reference"]
        late: dict[str, object] = {"specversion": "1.0", "id": "2", "source": "till", "type": "coaching.asked"}
        late |= {"time": "2026-01-09T23:06:41Z", "data": {"agent": GOES, "team": "north"}}
        await caller.post("/v1/events", json.dumps(late).encode(), "application/x-ndjson", **bearer("admin"))
        await caller.pass_time(1)
        await sent(caller, "coaching.asked", "3", agent=GOES, team="north")
        await caller.pass_time(5)
        listed = json.loads((await caller.get("/v1/promises", **bearer("admin"))).text)["items"]
        subjects = {row["subject"] for row in listed}
        assert {first, ERASED} < subjects
        assert len(subjects) == 3
        feeds = (await caller.get("/feeds", **bearer("supervisor"))).text
        assert "Senders of a name that was erased" in feeds
        assert "<strong>till</strong>, 2 events" in feeds
        assert (await erase(caller)).json["reference"] not in {first, ERASED}


async def test_names_that_were_put_back_go_again(tmp_path: Path) -> None:
    """A file of names from an older backup forgets at the next start whom the store says was erased."""
    standards, peopled = house(tmp_path)
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards) as caller:
        await worked(caller)
        with closing(sqlite3.connect(tmp_path / FILE)) as database, closing(sqlite3.connect(tmp_path / "copy")) as copy:
            database.backup(copy)
        await erase(caller)
    for end in ("", "-wal", "-shm"):
        (tmp_path / f"{FILE}{end}").unlink(missing_ok=True)
    (tmp_path / "copy").rename(tmp_path / FILE)
    assert TRACE.search(contents(tmp_path)[FILE])
    async with asking(tmp_path, access=ACCESS, peopled=peopled, standards=standards):
        pass
    found = set(map(str.lower, TRACE.findall(contents(tmp_path)[FILE])))
    assert "quentin xylo" not in contents(tmp_path)[FILE].lower()
    assert found == {"quentin", "xylo"}, "in the texts that are near"


def test_names_in_texts_are_replaced_whole(tmp_path: Path) -> None:
    """In any case, with any blanks, however composed, by every name; a part, or another spelling, is listed."""
    names = Names(tmp_path, b"a secret")
    zoe = names.persons(["zoe-nowak"])["zoe-nowak"]
    names.call({"zoe-nowak": "Zoé Nowak"})
    names.join({"zoe-nowak": ["A-117"]})
    said = {
        "whole": "zoe\u0301  NOWAK and A-117 came", "again": "zoe-nowak, twice: zoe-nowak", "part": "Nowak came",
        "close": "ask Nowack", "other": "A-1171 and Zoéy Novotny", "plain": "all is well",
    }  # fmt: skip
    texts = names.texts({("till", name): text for name, text in said.items()})
    found = {name: texts["till", name] for name in said}
    erased = names.erase(zoe, T0)
    shown = names.shown(list(found.values()))
    assert shown[found["whole"]] == f"{ERASED} and {ERASED} came"
    assert shown[found["again"]] == f"{ERASED}, twice: {ERASED}"
    assert set(erased.near) == {found["part"], found["close"], found["other"]}
    assert (erased.rows, erased.texts, erased.near_count) == (2, 2, 3)
    assert [names.find(name) for name in ("zoe-nowak", "A-117")] == ["", ""]
    assert names.shown([zoe]) == {}
    assert names.erased(["A-117", "zoe-NOWAK", "Ann"]) == {"A-117": T0, "zoe-NOWAK": T0}
    names.close()


def test_what_was_erased_is_known_again_for_a_while_alone(tmp_path: Path) -> None:
    """After 35 days nothing is left by which the name could be told, nor which sender sent it."""
    names, day = Names(tmp_path, b"a secret"), 86_400 * SECOND
    names.erase(names.persons(["Ann"])["Ann"], T0)
    names.still_named({"till": 2}, T0 + day)
    names.pass_time(T0 + 34 * day)
    assert names.erased(["Ann"]) == {"Ann": T0}
    assert names.naming_erased(T0) == [("till", T0 + day, 2)]
    names.pass_time(T0 + 36 * day)
    assert names.erased(["Ann"]) == {}
    names.pass_time(T0 + 37 * day)
    assert names.naming_erased(T0) == []
    assert names.erase(new("p"), T0) == Erased(0)
    names.close()


@pytest.mark.parametrize("text", ["", "p~", "no reference"])
def test_nothing_else_is_erased(tmp_path: Path, text: str) -> None:
    """What stands for nobody erases nobody."""
    names = Names(tmp_path, b"a secret")
    ann = names.persons(["Ann"])["Ann"]
    names.erase(text, T0)
    assert names.shown([ann]) == {ann: "Ann"}
    names.close()


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
