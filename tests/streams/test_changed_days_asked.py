"""Closed today, as people say so: by the API, on the board, by an event; on a host that stores it and starts again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from standards.judge.events import iso
from streams.storage.rows import PromiseFilter
from streams.web import Access
from tests.streams.asking import Caller, asking, cloud
from tests.streams.hosting import SECOND, T0, Clock, hosting, shop

RULES = """
kept: 1
calendars:
  shop: {timezone: UTC, hours: {daily: "00:00-24:00"}, may_change: [floor-lead]}
  house: {timezone: UTC, hours: {daily: "08:00-20:00"}}
standards:
  no-wait:
    {promise: p., what: w, how: h, why: y, exceptions: none, owner: lead, per: [contact], when: contact.waiting,
     expect: contact.answered, within: 60s, calendar: shop}
  greeted: {promise: p., what: w, how: h, why: y, exceptions: none, owner: lead, per: [contact],
     when: contact.waiting, expect: contact.answered, within: 1h, calendar: house}
"""
TODAY = iso(T0)[:10]
MIDNIGHT = (T0 // (86_400 * SECOND) + 1) * 86_400 * SECOND
SECRET, LEADS = "a long secret of the house", "another long one, of the leads"
GUARDED = Access(token=SECRET, supervisor_token=LEADS)
CLOSED = {"date": TODAY, "by": "floor-lead", "reason": "snow"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def due(caller: Caller, standard: str = "no-wait") -> int:
    (row,) = caller.host.read_model.promises(PromiseFilter(standard=standard)).items
    return row.due


async def test_a_day_is_closed_by_the_api(tmp_path: Path) -> None:
    """Who may says so; what is owed goes by it, and everybody can see which days are changed, by whom and why."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES)) as caller:
        await caller.send(cloud("contact.waiting", "a", T0, contact="c1"))
        await caller.pass_time(30)
        answer = await caller.post("/v1/calendars/shop/days", CLOSED)
        assert (answer.status, answer.json["open"]) == (202, "closed")
        await caller.pass_time(5)
        assert await due(caller) == MIDNIGHT + 30 * SECOND
        listed = (await caller.get("/v1/calendars")).json["items"]
        assert [(it["name"], it["may_change"], [day["reason"] for day in it["changed"]]) for it in listed] == [
            ("house", [], []), ("shop", ["floor-lead"], ["snow"]),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "status", "words"),
    [
        ("shp", {}, 404, "did you mean 'shop'?"),
        ("shop", {"date": "9.1.2026"}, 422, "write it as 2026-01-09"),
        ("shop", {"date": "2026-01-01"}, 422, "2026-01-01 is over"),
        ("shop", {"date": "2062-01-09"}, 422, "more than a year away"),
        ("shop", {"open": "8 to noon"}, 422, "is not a valid shift"),
        ("shop", {"by": "till-3"}, 422, "'till-3' may not change the calendar shop; floor-lead may"),
        ("house", {}, 422, "'floor-lead' may not change the calendar house; an admin may"),
    ],
)
async def test_what_cannot_be_done_is_said(
    name: str, given: dict[str, str], status: int, words: str, tmp_path: Path
) -> None:
    """A calendar that there is not, a day that is over, hours that cannot be read, somebody who may not."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES), access=GUARDED) as caller:
        answer = await caller.post(f"/v1/calendars/{name}/days", {**CLOSED, **given}, **bearer(LEADS))
        assert (answer.status, words in answer.json["detail"]) == (status, True), answer.text


async def test_an_admin_may_change_every_calendar(tmp_path: Path) -> None:
    """Also one that names nobody; from elsewhere nobody can say that they are the admin."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES), access=GUARDED) as caller:
        answer = await caller.post("/v1/calendars/house/days", {**CLOSED, "by": "Ola"}, **bearer(SECRET))
        assert answer.status == 202
        await caller.pass_time(5)
        listed = (await caller.get("/v1/calendars", **bearer(SECRET))).json["items"]
        assert [(it["name"], [day["by"] for day in it["changed"]]) for it in listed] == [
            ("house", ["Ola"]),
            ("shop", []),
        ]
        forged = {
            **cloud("calendar.changed", "x", T0, calendar="house", date=TODAY, by="me"),
            "source": "kept/calendars",
        }
        refused = await caller.post("/v1/events", [forged], "application/cloudevents-batch+json", **bearer(SECRET))
        assert (refused.status, refused.json["refused"][0]["reason"]) == (400, "reserved-source")


async def test_an_event_of_somebody_who_may_not_changes_nothing_and_is_said(tmp_path: Path) -> None:
    """It is accepted, counted, and stands with its reason among what changed nothing."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES)) as caller:
        await caller.send(cloud("contact.waiting", "a", T0, contact="c1"))
        await caller.send(cloud("calendar.changed", "b", T0, calendar="shop", date=TODAY, by="till-3"))
        await caller.pass_time(5)
        assert await due(caller) == T0 + 60 * SECOND
        assert [(it.reason, it.id) for it in caller.host.read_model.late()] == [("not-allowed", "b")]
        assert (await caller.get("/v1/calendars")).json["items"][1]["changed"] == []


async def test_a_changed_day_outlives_a_restart(tmp_path: Path) -> None:
    """What was on the clock goes on by it, and so does what opens afterwards."""
    clock, standards = Clock(), shop(tmp_path, RULES)
    async with hosting(tmp_path, clock, standards=standards) as host:
        events = [
            cloud("contact.waiting", "a", T0, contact="c1"),
            cloud("calendar.changed", "b", T0, calendar="shop", date=TODAY, by="floor-lead", open="00:00-23:07"),
        ]
        await host.submit([host.reader.one(msgspec.json.encode(each)) for each in events])
        clock.go(10)
        await host.submit([])
    async with hosting(tmp_path, clock, standards=standards) as host:
        later = cloud("contact.waiting", "c", T0 + 10 * SECOND, contact="c2")
        await host.submit([host.reader.one(msgspec.json.encode(later))])
        clock.go(5)
        await host.submit([])
        rows = host.read_model.promises(PromiseFilter(standard="no-wait")).items
        closes = T0 + 20 * SECOND  # 23:07
        assert {row.subject: row.due for row in rows} == {
            "c1": MIDNIGHT + 60 * SECOND - (closes - T0), "c2": MIDNIGHT + 60 * SECOND - 10 * SECOND,
        }  # fmt: skip


async def test_a_dead_letter_cannot_be_sent_again_in_the_name_of_an_admin(tmp_path: Path) -> None:
    """Whoever may mend events may not say for that what only admins may."""
    access = Access(token=SECRET, author_token=LEADS)
    async with asking(tmp_path, standards=shop(tmp_path, RULES), access=access) as caller:
        await caller.post("/v1/events", [{"type": "no.such"}], "application/cloudevents-batch+json", **bearer(SECRET))
        await caller.pass_time(1)
        (letter,) = (await caller.get("/v1/dead-letters", **bearer(SECRET))).json["items"]
        forged = {
            **cloud("calendar.changed", "x", T0, calendar="house", date=TODAY, by="me"),
            "source": "kept/calendars",
        }
        given = {"by": "me", "event": msgspec.json.encode(forged).decode()}
        answer = await caller.post(f"/v1/dead-letters/{letter['number']}/resend", given, **bearer(LEADS))
        assert (answer.status, "is Kept's own" in answer.json["detail"]) == (422, True)


async def test_what_does_not_count_is_not_listed(tmp_path: Path) -> None:
    """A day or hours that cannot be read stand among what changed nothing, and not among the changed days."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES)) as caller:
        for name, said in (("a", {"date": TODAY, "open": "noon"}), ("b", {"date": "someday"})):
            await caller.send(cloud("calendar.changed", name, T0, calendar="shop", by="floor-lead", **said))
        await caller.pass_time(5)
        assert [day["changed"] for day in (await caller.get("/v1/calendars")).json["items"]] == [[], []]
        assert {it.reason for it in caller.host.read_model.late()} == {"no-such-day"}


async def test_a_line_says_that_a_day_was_changed(tmp_path: Path) -> None:
    """By the API, on the promise's page and in words: who looks at a deadline that moved sees why."""
    async with asking(tmp_path, standards=shop(tmp_path, RULES)) as caller:
        await caller.send(cloud("contact.waiting", "a", T0, contact="c1"))
        await caller.pass_time(5)
        await caller.post("/v1/calendars/shop/days", CLOSED)
        await caller.pass_time(5)
        (row,) = caller.host.read_model.promises(PromiseFilter(standard="no-wait")).items
        lines = (await caller.get(f"/v1/promises/{row.id}")).json["lines"]
        assert [(line["kind"], line["reason"]) for line in lines] == [("opened", ""), ("moved", "calendar-changed")]
        assert "to go now, since a day of its calendar was changed" in (await caller.get(f"/promises/{row.id}")).text
