"""What joined a promise that is owed is shown on it: a second complaint, or that it is so still."""

from pathlib import Path

from tests.streams.asking import Caller, asking, cloud, waiting
from tests.streams.hosting import SECOND, T0, shop

ANSWERED = """
kept: 1
standards:
  no-wait:
    promise: We answer each complaint within an hour.
    what: Call back.
    how: Say sorry once.
    why: A complaint is a customer who still wants to stay.
    exceptions: None.
    owner: floor-lead
    aspect: ownership
    per: site
    when: complaint.received
    expect: followup.completed
    within: 60s
    again: done
"""


def complaint(name: str, at: int) -> dict[str, object]:
    return cloud("complaint.received", name, at, site="s3", contact=name, topic="a")


async def answer(caller: Caller) -> dict[str, object]:
    (item,) = (await caller.get("/v1/promises")).json["items"]
    return {name: item[name] for name in ("joined", "joined_at")}


async def test_more_of_what_happened_is_counted_on_the_promise(tmp_path: Path) -> None:
    """Two more complaints before the first is answered stand on its promise: in the API, on its page and on Now."""
    (tmp_path / "rules").mkdir()
    async with asking(tmp_path, standards=shop(tmp_path, ANSWERED)) as caller:
        await caller.send(complaint("a", T0))
        await caller.pass_time(65)
        assert await answer(caller) == {"joined": 0, "joined_at": None}
        await caller.send(complaint("b", T0 + 64 * SECOND), complaint("c", T0 + 65 * SECOND))
        await caller.pass_time(5)
        assert await answer(caller) == {"joined": 2, "joined_at": "2026-01-09T23:07:45Z"}
        (item,) = (await caller.get("/v1/promises")).json["items"]
        for page in ("/", f"/promises/{item['id']}"):
            assert "And 2 more since, the last at 23:07." in (await caller.get(page)).text
    async with asking(tmp_path, standards=shop(tmp_path, ANSWERED)) as caller:
        caller.clock.go(100)
        await caller.send(complaint("d", T0 + 99 * SECOND))
        await caller.pass_time(5)
        assert (await answer(caller))["joined"] == 3


async def test_a_reading_says_that_it_is_so_still(tmp_path: Path) -> None:
    """Of a line that stays long the last count says something, and not how many counts there were."""
    async with asking(tmp_path) as caller:
        await caller.send(waiting("a", T0))
        await caller.pass_time(65)
        await caller.send(waiting("b", T0 + 65 * SECOND, 6))
        await caller.pass_time(5)
        assert "It was still so at 23:07." in (await caller.get("/")).text


async def test_what_joined_is_taken_back_when_it_turns_out_otherwise(tmp_path: Path) -> None:
    """An answer that comes late lets the next complaint open a promise of its own: it no longer stands on the first."""
    async with asking(tmp_path, standards=shop(tmp_path, ANSWERED)) as caller:
        await caller.send(complaint("a", T0))
        await caller.pass_time(20)
        await caller.send(complaint("b", T0 + 20 * SECOND))
        await caller.pass_time(10)
        assert (await answer(caller))["joined"] == 1
        await caller.send(cloud("followup.completed", "f", T0 + 10 * SECOND, site="s3", contact="a"))
        await caller.pass_time(5)
        items = (await caller.get("/v1/promises")).json["items"]
        assert [(item["verdict"], item["joined"]) for item in items] == [(None, 0), ("kept", 0)]
