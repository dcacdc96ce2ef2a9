"""Links in messages: harmless to open, good for one act by one person, and only for a day."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from alerts.channels.letter import Envelope
from alerts.channels.mail import Mail
from standards.calendar.duration import DAY
from streams.delivery.links import Link, Links
from streams.storage.rows import PromiseFilter
from streams.web import Access
from tests.alerts.mailing import KEPT, TO, Office, office
from tests.alerts.samples import BROKEN
from tests.board.peopled import ALL, BASE, POLICY, acts
from tests.board.serving import GUARDED, Served, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud, waiting
from tests.streams.hosting import T0

LINKS = Links(ALL.secret, BASE)


def warned(served: Served) -> str:
    return next(iter(owed(served).values()))


def test_a_mail_has_links_that_work(tmp_path: Path) -> None:
    """Opening a link does nothing; its one button acts, in the name of whom the letter was for; twice is once."""

    def arrived(post: Office) -> str:
        parts = [it.get_body(("plain",)) for it in post.letters if "ann@shop.example" in str(it["To"])]
        return next((str(part.get_content()) for part in parts if part is not None), "")

    async def mailed() -> str:
        async with office() as post:
            mail = Mail(post.server(), Envelope(KEPT, TO.to), clock=lambda: T0, links=LINKS.of)
            with Served(tmp_path, ALL, Peopled(POLICY, [mail])) as served:
                return await asyncio.to_thread(play, served, lambda: arrived(post))

    def play(served: Served, letter: Callable[[], str]) -> str:
        served.send(waiting("a", served.now))
        served.go(45)
        tired = 0
        while not (said := letter()):
            served.go(0)
            tired += 1
            assert tired < 10_000, "no letter came"
        (link,) = re.findall(rf"I have it: {BASE}(/do/\S+)", said)
        assert re.search(rf"Its whole story: {BASE}/promises/{warned(served)}", said)
        stranger = Visitor(served)
        status, headers, page = stranger.ask(link)
        assert (status, "as ann" in page, "<script" in headers["Content-Security-Policy"]) == (200, True, False)
        assert "Set-Cookie" not in headers
        assert acts(served) == []
        assert [stranger.ask(link, {})[0] for _ in range(2)] == [200, 200]
        assert acts(served) == [("alert.acknowledged", "ann", "kept/link")]
        return said

    assert "Opening" not in asyncio.run(mailed())


def link(served: Served, **changed: object) -> str:
    said = {"deed": "acknowledge", "promise": warned(served), "by": "", "until": served.now + DAY, **changed}
    return f"/do/{LINKS.seal(Link(**said))}"  # type: ignore[arg-type]


def test_a_link_that_is_over_or_changed_does_nothing(peopled: Served) -> None:
    """Each says what is wrong and what can be done instead; guessing has to wait, a link that is ours has not."""
    stranger = Visitor(peopled)
    status, _, page = stranger.ask(link(peopled, until=peopled.now - 1), {"name": "x"})
    assert (status, "This link is over" in page) == (410, True)
    good = link(peopled)
    tried = [good[:-2], good.replace("/do/", "/do/A"), "/do/x", "/do/a.b", f"{good}A"]
    assert [stranger.ask(each, {"name": "x"})[0] for each in tried] == [403] * 5
    assert stranger.ask(f"{good}B", {"name": "x"})[0] == 429
    assert acts(peopled) == []
    assert stranger.ask(good, {"name": "Jan"})[0] == 200


def test_a_link_without_a_name_asks_for_one(peopled: Served) -> None:
    """What was for everybody is done by somebody, who says who they are."""
    stranger = Visitor(peopled)
    status, _, page = stranger.ask(link(peopled), {})
    assert (status, "Say your name" in page) == (400, True)
    assert stranger.ask(link(peopled), {"name": "Jan"})[0] == 200
    assert acts(peopled) == [("alert.acknowledged", "Jan", "kept/link")]


def test_a_link_takes_all_that_its_message_speaks_for(peopled: Served) -> None:
    """A message for several promises has one link for all of them; what is over is left alone, not what is overdue."""
    peopled.send(waiting("x", peopled.now, queue="q8"))
    peopled.go(2)
    rows = owed(peopled)
    broken = peopled.caller.host.read_model.board.broken(9, debriefed=False)[0][0].id
    (kept,) = peopled.caller.host.read_model.promises(PromiseFilter(verdict="kept")).items
    wanted = link(peopled, promise=rows["s3/q4"], more=(rows["s3/q8"], broken, kept.id), by="ann")
    assert "and 3 more promises in the same message" in Visitor(peopled).ask(wanted)[2]
    assert Visitor(peopled).ask(wanted, {})[0] == 200
    taken = [act.promise for _, act in peopled.caller.host.read_model.board.actions()]
    assert sorted(taken) == sorted([rows["s3/q4"], rows["s3/q8"], broken])


def test_a_message_for_many_leads_to_the_board() -> None:
    """Beyond some, and for what needs words, a message for several promises has no link but to their pages."""
    names = tuple(f"p{n}" for n in range(30))
    many = msgspec.structs.replace(BROKEN, promises=(BROKEN.promise, *names))
    assert LINKS.of(many).keys() == {"why", BROKEN.promise, *names}
    few = msgspec.structs.replace(BROKEN, promises=(BROKEN.promise, "q"))
    assert LINKS.of(few).keys() == {"why", "acknowledge", BROKEN.promise, "q"}
    assert LINKS.of(BROKEN).keys() == {"why", "acknowledge", "excuse", "debrief"}


def test_a_foreign_page_cannot_use_a_link(peopled: Served) -> None:
    """A page from elsewhere that knows a link cannot send its form from a browser."""
    assert Visitor(peopled).ask(link(peopled), {"name": "x"}, Origin="https://evil.example")[0] == 403
    assert acts(peopled) == []


@pytest.mark.parametrize("deed", ["acknowledge", "excuse", "debrief"])
@pytest.mark.parametrize("more", ["group", "site", "grant", "of a group", "alike", "source", "promise"])
def test_a_link_touches_its_own_promise_alone(crowded: Served, deed: str, more: str) -> None:
    """Whatever else a form says, a link is for its deed, its promise and its way; it opens nothing else."""
    mine, other, *_ = owed(crowded).values()
    group = f"{mine}.{other}"
    hostile = {
        "group": {"group": group},
        "site": {"site": "store-3", "span": "8h"},
        "grant": {"grant": urlencode({"promise": other, "by": "floor-lead", "reason": "x", "source": "kept/board"})},
        "of a group": {"grant": urlencode({"group": group, "by": "floor-lead", "reason": "x"})},
        "alike": {"alike": "1"},
        "source": {"source": "kept/board", "role": "admin"},
        "promise": {"promise": other},
    }
    wanted = link(crowded, deed=deed, promise=mine, by="ann")
    if deed == "debrief":  # only what is broken is talked over
        crowded.go(20)
    said = {"by": "floor-lead", "reason": "till outage", "cause": "x", "next_step": "y", "name": "mallory"}
    assert Visitor(crowded).ask(wanted, {**said, **hostile[more]})[0] == 200
    ((_, act),) = crowded.caller.host.read_model.board.actions()
    who = act.data.get("person", act.by)
    assert (act.promise, who, act.source) == (mine, "ann", "kept/link")
    assert act.data.get("reason", "till outage") == "till outage"


def test_links_end_with_the_token(tmp_path: Path) -> None:
    """After a token was changed no link from before opens anything; without an address there are no links at all."""
    with Served(tmp_path, Access("another one", public_url=BASE), Peopled(POLICY)) as served:
        assert Visitor(served).ask(f"/do/{LINKS.seal(Link('acknowledge', 'p', 'ann', 2**60))}")[0] == 403
    with Served(tmp_path, GUARDED) as served:
        assert Visitor(served).ask("/do/x")[0] == 404


@pytest.mark.parametrize("deed", ["acknowledge", "excuse", "debrief"])
def test_the_page_of_a_link_fits_a_phone(peopled: Served, browser: Browser, deed: str) -> None:
    """On a small phone nothing scrolls sideways, axe finds nothing, and the one button does what it says."""
    page: Page = browser.new_page(viewport={"width": 320, "height": 640})
    broken = peopled.caller.host.read_model.board.broken(9, debriefed=False)[0][0].id
    if deed == "debrief":  # what is still owed is done first
        peopled.send(cloud("register.opened", "z", peopled.now, site="s3", queue="q2"))
        peopled.go(3)
    wanted = link(peopled, deed=deed, promise=warned(peopled) if deed == "acknowledge" else broken, by="ann")
    page.goto(peopled.url + wanted)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert Axe().run(page).violations_count == 0
    for area in page.get_by_role("textbox").all():
        area.fill("the list was empty")
    page.get_by_role("button").click()
    expect(page.get_by_text("Thank you, ann")).to_be_visible()
    page.close()
