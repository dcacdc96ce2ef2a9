"""Names as they are kept: for how long, under which secret, and shown by the commands that are for people."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from streams.embedded.embedded import EmbeddedHost
from streams.embedded.rekeying import NEXT
from streams.names.name_file import REMEMBERED
from streams.names.names import Names
from streams.names.secret import FILE, KEY_FILE, read_secret
from streams.storage.read_model import ReadModel
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FolderLock
from tests.names.housing import stored
from tests.names.test_erasing import GOES
from tests.streams.commands import kept
from tests.streams.hosting import SECOND, T0, Clock, event

DAY = 86_400 * SECOND


def test_who_is_not_named_for_400_days_is_forgotten(tmp_path: Path) -> None:
    """Whoever is named meanwhile stays, and so does whom the policy names; a text stays as long as it is new."""
    names = Names(tmp_path, b"a secret")
    names.call({"kim": "Kim"})
    names.pass_time(T0)
    ann, ben = names.persons(["Ann", "Ben"]).values()
    text = names.texts({("till", "1", "note"): "Ann was ill"})["till", "1", "note"]
    for day in range(1, 400, 40):
        names.pass_time(T0 + day * DAY)
        names.find("Ben")
    names.pass_time(T0 + 402 * DAY)
    assert set(names.shown([ann, ben, text]).values()) == {"Ben"}
    assert names.find("Ann") == ""
    assert names.find("Kim")
    names.close()


def test_another_secret_leaves_references_as_they_are(tmp_path: Path) -> None:
    """Names are found under the new one alone: all of them, those that were joined too."""
    names = Names(tmp_path, b"former")
    ann = names.persons(["Ann Nowak"])["Ann Nowak"]
    names.call({"Ann Nowak": "Annie"})
    names.join({"Ann Nowak": ["A-117"]})
    text = names.texts({("till", "1", "note"): "Ann was ill"})["till", "1", "note"]
    assert names.rekey(b"new") == 2
    names.close()
    names = Names(tmp_path, b"new")
    assert [names.find(name) for name in ("ann nowak", "a-117", "Annie")] == [ann, ann, ""]
    assert names.shown([ann, text]) == {ann: "Ann Nowak", text: "Ann was ill"}
    names.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    asyncio.run(stored(tmp_path, _work))
    (tmp_path / "promise").write_text(_promise(tmp_path), encoding="utf-8")
    return tmp_path


async def _work(host: EmbeddedHost, clock: Clock) -> None:
    said = {"agent": GOES, "team": "north", "moment": "m1", "note": "Zarquon wept"}
    await host.submit([event(host.reader, "moment.shared", "1", clock.at, **said)])
    await host.submit([event(host.reader, "coaching.asked", "2", clock.at, agent=GOES, team="north")])
    clock.go(60)
    await host.submit([])


def _promise(folder: Path) -> str:
    read_model = ReadModel(folder / "data")
    (row,) = read_model.promises(PromiseFilter()).items
    read_model.close()
    return row.id


def test_sheets_of_the_team_name_people(folder: Path) -> None:
    """They are made from the folder, and are for people: on paper as on a page."""
    page = folder / "meeting.html"
    asked = ("sheet", "meeting", str(folder / "rules"), "--data", str(folder / "data"))
    printed = kept(*asked)
    assert f"north, {GOES}: Zarquon wept" in printed.stdout
    assert kept(*asked, "--html", str(page)).returncode == 0
    assert GOES in page.read_text(encoding="utf-8")


def test_why_names_people_where_it_is_asked_to(folder: Path) -> None:
    """Else it tells of references, as whoever reads it may only run the machine."""
    asked = ("why", (folder / "promise").read_text(encoding="utf-8"), "--data", str(folder / "data"))
    assert GOES not in kept(*asked).stdout
    assert GOES in kept(*asked, "--names").stdout


def test_all_that_is_stored_about_somebody_is_printed(folder: Path) -> None:
    """With their name alone put back, and what was written; who is not known is not."""
    where = ("--data", str(folder / "data"))
    printed = kept("export", "--person", "quentin  XYLO", *where)
    found = [json.loads(line) for line in printed.stdout.splitlines()]
    assert found[0]["names"] == [GOES]
    assert [next(iter(each)) for each in found[1:]] == ["event", "event", "act", "line"]
    assert found[1]["event"]["data"]["note"] == "Zarquon wept"
    assert {each["line"]["subject"] for each in found[1:] if "line" in each} == {GOES}
    nobody = kept("export", "--person", "Nobody at all", *where)
    assert (nobody.returncode, nobody.stdout, "nobody is known" in nobody.stderr) == (1, "", True)


def test_the_command_changes_the_secret(folder: Path) -> None:
    """A drawn one for a drawn one; one that is set for that; a wrong former one, or a host that runs, is refused."""
    data = folder / "data"
    before, where = (data / KEY_FILE).read_text(encoding="utf-8"), ("--data", str(data))
    assert kept("names", *where).stdout == f"1 name is kept apart in {data / FILE}.\n"
    ended = kept("names", "--rekey", *where)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (data / KEY_FILE).read_text(encoding="utf-8") != before
    assert "1 name is" in kept("names", *where).stdout
    set_now = {"KEPT_PERSON_SECRET": "s" * 20}
    assert "under the secret in KEPT_PERSON_SECRET now" in kept("names", "--rekey", *where, settings=set_now).stdout
    assert kept("names", *where).returncode == 3
    assert kept("names", *where, settings=set_now).returncode == 0
    wrong = kept("names", "--rekey", *where, settings={**set_now, "KEPT_PERSON_SECRET_OLD": "w" * 20})
    assert (wrong.returncode, "kept under another secret" in wrong.stderr) == (3, True)
    lock = FolderLock(data)
    assert "is in use by process" in kept("names", "--rekey", *where, settings=set_now).stderr
    lock.release()
    assert kept("names", "--data", str(folder / "nowhere")).returncode == 3


def test_who_is_named_by_a_reference_is_named(tmp_path: Path) -> None:
    """Forms and senders may say the reference that somebody has: that counts as their name does."""
    names = Names(tmp_path, b"a secret")
    ann, ben = (names.persons([name])[name] for name in ("Ann", "Ben"))
    for day in range(1, 403):
        names.persons([ann])
        names.pass_time(T0 + day * DAY)
    assert names.shown([ann, ben]) == {ann: "Ann"}
    names.close()


def test_whom_many_events_name_is_noted_before_the_day_is_over(tmp_path: Path) -> None:
    """What is remembered of them has a bound, and nobody is forgotten for it."""
    names = Names(tmp_path, b"a secret")
    names.pass_time(T0)
    names.persons(f"customer {number}" for number in range(REMEMBERED + 1))
    names.pass_time(T0 + 1)
    assert not names._looked_up  # noqa: SLF001 - how much is held is what is promised
    assert names.count() == REMEMBERED + 1
    names.close()


def test_a_change_of_the_secret_that_broke_off_is_not_made_worse(folder: Path) -> None:
    """Names are found under what lies beside: asked again, the command refuses, and leaves that as it is."""
    data = folder / "data"
    names = Names(data, read_secret(data))
    (data / NEXT).write_text("the next one", encoding="utf-8")
    names.rekey(b"the next one")
    names.close()
    again = kept("names", "--rekey", "--data", str(data))
    assert (again.returncode, "kept under another secret" in again.stderr) == (3, True)
    assert (data / NEXT).read_text(encoding="utf-8") == "the next one"
    (data / NEXT).replace(data / KEY_FILE)
    assert kept("names", "--data", str(data)).returncode == 0


def test_a_secret_that_is_lost_is_missed(folder: Path) -> None:
    """Whoever only reads makes no other one beside names that are there."""
    data = folder / "data"
    (data / KEY_FILE).unlink()
    ended = kept("export", "--person", GOES, "--data", str(data))
    assert (ended.returncode, f"{KEY_FILE} is missing; put it back" in ended.stderr) == (3, True)
    assert not (data / KEY_FILE).exists()


def test_all_that_somebody_is_called_is_printed(folder: Path) -> None:
    """Names that were joined, and what the policy calls them, are stored as well."""
    data = folder / "data"
    names = Names(data, read_secret(data))
    names.join({GOES: ["A-117"]})
    names.close()
    printed = kept("export", "--person", "a-117", "--data", str(data))
    assert json.loads(printed.stdout.splitlines()[0])["names"] == ["A-117", GOES]
