"""Sheets for the team, from a host's data folder: what broke and was learned today, and what a meeting is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from standards.judge.events import iso
from streams.storage.rows import PromiseFilter
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
    """Each moment of the week stands there, those for which nobody has thanked once more, and what people want."""
    printed = kept("sheet", "meeting", *shop_day, "--language", "de").stdout
    moments, thanks, broke, raised = printed.split("\n\n\n")[1:]
    assert "- north, Cyd: carried it to the car\n- north, Dan: stayed till ten" in moments
    assert ("Dan" in thanks, "Cyd" in thanks) == (True, False)
    assert "Store 3, q2: gebrochen" in broke
    assert raised.strip().endswith("- north, Eve: the till sticks")


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    """Who names another folder than a host's is told so, and that nothing was looked up."""
    refused = kept("sheet", "day", *shop(tmp_path).paths, "--data", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "holds no events of kept run" in refused.stderr
