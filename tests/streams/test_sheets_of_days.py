"""Sheets for the team, from a host's data folder: what broke and was learned today, and what a meeting is about."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from standards.judge.events import iso
from streams.storage.rows import PromiseFilter
from streams.storage.sqlite import FILE
from tests.streams.commands import kept
from tests.streams.hosting import SECOND, Clock, event, hosting, queue, shop

HOUR = 3600 * SECOND
DAY = 24 * HOUR
POLICY = "kept: 1\nnames: {s3: Store 3}\nroutes: [{tell: ann}]\npeople: {ann: {addresses: {mail: a@shop.example}}}\n"


@pytest.fixture
async def shop_day(tmp_path: Path) -> list[str]:
    """A shop in which a promise broke yesterday and one today, both talked over; gives its files and its folder."""
    clock = Clock()
    standards = shop(tmp_path)
    async with hosting(tmp_path, clock, standards=standards) as host:

        async def said(kind: str, **data: object) -> None:
            clock.go(1)
            await host.submit([event(host.reader, kind, f"e{clock.at}", clock.at, **data)])

        ids = []
        for name in ("q1", "q2"):
            await host.submit([queue(host.reader, name, clock.at, waiting=5, where=name)])
            clock.go(90)
            await host.submit([])
            (row, *_) = host.read_model.promises(PromiseFilter(standard="no-wait")).items
            ids.append(row.id)
            clock.at += DAY if name == "q1" else 0
        await said("debrief.completed", promise=ids[0], by="ann", cause="nobody came", next_step="a longer list")
        due = iso(clock.at + 50 * HOUR)
        await said("debrief.completed", promise=ids[1], by="ann", cause="a jam", next_step="a key", next_step_by=due)
        await said("moment.shared", moment="m1", team="north", agent="Cyd", note="carried it to the car")
        await said("moment.shared", moment="m2", team="north", agent="Dan", note="stayed till ten")
        await said("recognition.given", agent="Cyd", moment="m1", by="ann")
        await said("issue.raised", team="north", by="Eve", note="the till sticks")
        await said("agenda.asked", team="north", by="ann")
    (tmp_path / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return [str(tmp_path / "rules"), "--data", str(tmp_path / "data")]


async def test_the_day_says_what_broke_and_what_was_learned(shop_day: list[str]) -> None:
    """What broke today alone stands there by its place; each debrief of today; next steps, those with a date first."""
    printed = kept("sheet", "day", *shop_day)
    assert (printed.returncode, printed.stderr) == (0, "")
    broke, learned, steps = printed.stdout.split("\n\n\n")[1:]
    assert "[no-wait]" in broke
    assert "Store 3, q2: broken" in broke
    assert "q1" not in broke
    assert "What got in the way: nobody came" in learned
    assert "Store 3, q2: You will never stand behind more than three people." in learned
    assert steps.index("What we try now: a key\n  Until: ") < steps.index("What we try now: a longer list")


async def test_a_step_that_was_taken_is_not_owed(shop_day: list[str], tmp_path: Path) -> None:
    """Who did what a debrief said is not asked for it again."""
    clock = Clock()
    clock.at += 2 * DAY
    async with hosting(tmp_path, clock, standards=shop(tmp_path)) as host:
        rows = {row.subject: row.id for row in host.read_model.promises(PromiseFilter()).items}
        for subject in ("s3/q1", "s3/q2"):
            done = event(host.reader, "step.completed", subject, clock.at, promise=rows[subject], by="ann")
            await host.submit([done])
    printed = kept("sheet", "day", *shop_day).stdout
    assert printed.endswith("There is none.\n")
    assert "Nothing was talked over today." in printed, "it is another day"


async def test_the_meeting_has_moments_thanks_and_what_was_raised(shop_day: list[str]) -> None:
    """Each moment of the week stands there once, first those that nobody has thanked for, and what people want."""
    printed = kept("sheet", "meeting", *shop_day, "--language", "de").stdout
    waiting, thanked, broke, raised = printed.split("\n\n\n")[1:]
    assert (printed.count("carried it to the car"), printed.count("stayed till ten")) == (1, 1)
    assert "- north, Dan: stayed till ten" in waiting
    assert "- north, Cyd: carried it to the car" in thanked
    assert "Store 3, q2: gebrochen" in broke
    assert raised.strip().endswith("- north, Eve: the till sticks")


async def test_what_breaks_is_said_however_much_became_unknown(shop_day: list[str], tmp_path: Path) -> None:
    """Six hundred promises that nobody can judge hide none that broke; of one standard it is said how many more did."""
    clock, standards = Clock(), shop(tmp_path)
    clock.at += DAY + HOUR
    async with hosting(tmp_path, clock, standards=standards) as host:
        broken = [queue(host.reader, f"b{number}", clock.at, waiting=5, where=f"b{number}") for number in range(12)]
        await host.submit(broken)
        clock.go(90)
        await host.submit([])
    rows = sqlite3.connect(tmp_path / "data" / FILE)
    with rows:
        names = ", ".join(name for _, name, *_ in rows.execute("PRAGMA table_info(promises)") if name != "seq")
        given = names.replace("verdict", "'unknown'").replace("settled", "settled + 1")
        given = re.sub(r"\bid\b", "id || value", given)
        rows.execute(f"""
            WITH RECURSIVE many(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM many WHERE value < 600)
            INSERT INTO promises ({names}) SELECT {given} FROM promises, many
            WHERE seq = (SELECT max(seq) FROM promises)
        """)
    rows.close()
    broke = kept("sheet", "day", *shop_day).stdout.split("\n\n\n")[1]
    assert (broke.count(": broken"), "and 2 more" in broke) == (10, True)


async def test_thanks_to_oneself_are_no_thanks(shop_day: list[str], tmp_path: Path) -> None:
    """Who thanks themselves, however they write their name, leaves the moment to be thanked for by somebody else."""
    clock = Clock()
    clock.at += DAY + HOUR
    async with hosting(tmp_path, clock, standards=shop(tmp_path)) as host:
        await host.submit(
            [event(host.reader, "recognition.given", "own", clock.at, agent="Dan", moment="m2", by=" DAN")]
        )
    assert "stayed till ten" in kept("sheet", "meeting", *shop_day).stdout.split("\n\n\n")[1]


async def test_moments_are_listed_from_the_newest_on_and_the_rest_is_counted(
    shop_day: list[str], tmp_path: Path
) -> None:
    """Fifty moments are on the sheet, the newest, and it is said how many more there are."""
    clock = Clock()
    clock.at += DAY + HOUR
    async with hosting(tmp_path, clock, standards=shop(tmp_path)) as host:
        await host.submit([
            event(host.reader, "moment.shared", f"n{number}", clock.at + number, moment=f"n{number}", team="north",
                  agent="Eve", note=f"note {number}.") for number in range(60)
        ])  # fmt: skip
    waiting = kept("sheet", "meeting", *shop_day).stdout.split("\n\n\n")[1]
    assert waiting.index("note 59.") < waiting.index("note 58.")
    assert (waiting.count("note "), "and 11 more" in waiting) == (50, True)


@pytest.mark.parametrize("kind", ["handbook", "privacy"])
def test_a_sheet_made_of_documents_asks_for_no_data(kind: str, tmp_path: Path) -> None:
    """The handbook and the sheet of names look at no folder: --data is refused, and no setting is in their way."""
    paths = shop(tmp_path).paths
    refused = kept("sheet", kind, *paths, "--data", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "leave out --data" in " ".join(refused.stderr.split())
    wrong = {"KEPT_NO_SUCH": "1"}
    assert kept("sheet", kind, *paths, settings=wrong).returncode == 0
    assert kept("sheet", "day", *paths, settings=wrong).returncode == 2


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    """Who names another folder than a host's is told so, and that nothing was looked up."""
    refused = kept("sheet", "day", *shop(tmp_path).paths, "--data", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "holds no events of kept run" in refused.stderr


COACHED = """
kept: 1
standards:
  coach-comes:
    {promise: Who asks for a coach gets one., what: Come., how: Ask when., why: They asked., exceptions: None.,
     owner: team-lead, aspect: follow-through, per: [agent], when: coaching.asked, expect: coaching.completed,
     within: 60s}
"""


@pytest.mark.parametrize("kind", ["day", "meeting"])
async def test_whose_a_promise_is_that_is_owed_for_each_alone_is_on_no_sheet(tmp_path: Path, kind: str) -> None:
    """A sheet lies about, and is read in front of all: it says that a coach did not come, and not to whom."""
    clock, standards = Clock(), shop(tmp_path, COACHED)
    async with hosting(tmp_path, clock, standards=standards) as host:
        await host.submit([event(host.reader, "coaching.asked", "a", clock.at, agent="Zofia", team="north")])
        clock.go(90)
        await host.submit([])
    printed = kept("sheet", kind, str(tmp_path / "rules"), "--data", str(tmp_path / "data")).stdout
    assert "[coach-comes]" in printed
    assert "one of the team: broken" in printed
    assert "Zofia" not in printed
