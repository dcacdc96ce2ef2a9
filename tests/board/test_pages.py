"""The pages' promises: everybody can read them, on any screen, and nothing that came with an event is ever run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from streams.storage.rows import PromiseFilter
from tests.board.crowd import signed_in
from tests.board.peopled import POLICY, entered
from tests.board.serving import GUARDED, LOOK, Served, owed
from tests.streams.asking import Peopled, cloud

FILTER = PromiseFilter()
PAGES = (
    "/",
    "/standards",
    "/debriefs",
    "/notices",
    "/feeds",
    "/people",
    "/wall",
    "/wall?site=s3",
    "/standards/no-wait?site=s3",
    "/shift",
    "/handbook",
    "/today",
    "/thanks",
    "/voices",
    "/?site=s3&q=q&part=running",
    "/promises/{broken}",
    "/promises/{warned}",
    "/promises/none",
    "/nothing",
    "/debriefs?site=s3&standard=no-wait",
)


def paths(served: Served) -> list[str]:
    """Give the address of every kind of page."""
    read_model = served.caller.host.read_model
    rows = read_model.promises(FILTER).items
    named = {"broken": "q2", "warned": "q3"}
    ids = {name: next(row.id for row in rows if row.subject.endswith(queue)) for name, queue in named.items()}
    return [served.url + path.format(**ids) for path in PAGES]


def test_every_page_can_be_used_by_everybody(busy: Served, browser: Browser) -> None:
    """The accessibility engine axe finds nothing on any page, in light and in dark."""
    found: dict[str, str] = {}
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page = browser.new_page(color_scheme=scheme)
        for path in paths(busy):
            page.goto(path)
            results = Axe().run(page)
            found |= {f"{scheme} {path}": results.generate_report()} if results.violations_count else {}
        page.close()
    assert found == {}


def test_a_storm_can_be_used_by_everybody(crowded: Served, browser: Browser) -> None:
    """Axe finds nothing where groups stand open, some are taken and some overdue, on a phone and on a screen."""
    visitor, proof = entered(crowded)
    ids = list(owed(crowded).values())[:5]
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "group": ".".join(ids)})[0] == 303
    found: dict[str, str] = {}
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme, width in zip(schemes, (390, 1280), strict=True):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 844})
        signed_in(crowded, page)
        for path in ("/", "/shift", "/debriefs", "/notices", "/feeds", "/wall", f"/promises/{ids[0]}"):
            page.goto(crowded.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            results = Axe().run(page)
            found |= {f"{scheme} {path}": results.generate_report()} if results.violations_count else {}
        crowded.go(30)
        page.close()
    assert found == {}


def test_the_keyboard_hands_on(crowded: Served, browser: Browser) -> None:
    """Without a mouse a group is opened, and what one has of it is handed on and can be undone."""
    visitor, proof = entered(crowded)
    ids = [promise for subject, promise in owed(crowded).items() if subject.startswith("store-1/")]
    assert visitor.ask("/acts/acknowledge", {"proof": proof, "group": ".".join(ids)})[0] == 303
    page = browser.new_page()
    signed_in(crowded, page)
    page.locator("#list-warned > li.taken summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Hand it on, or give it back", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("ann")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator(".note-box")).to_contain_text("Hand it on to ann: store-1 till 1 to 12")
    page.keyboard.press("Enter")
    expect(page.locator(".note-box")).to_have_count(0)


def test_the_door_can_be_used_by_everybody(tmp_path: Path, page: Page) -> None:
    """With a token, people sign in by keyboard, find their way to where they wanted to go, and out again."""
    with Served(tmp_path, GUARDED) as served:
        page.goto(f"{served.url}/standards")
        assert Axe().run(page).violations_count == 0
        expect(page.get_by_role("link")).to_have_count(1)  # past the head: nothing leads to what one may not see
        expect(page.get_by_text("no connection")).to_have_count(0)
        page.get_by_label("Token").fill("not this")
        page.get_by_label("Your name").fill("Ania")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not a token of this server")
        assert Axe().run(page).violations_count == 0
        page.get_by_label("Token").fill(LOOK)
        page.get_by_label("Your name").fill("Ania")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Standards")
        expect(page.locator(".who")).to_contain_text("Ania")
        expect(page.locator("#link")).to_have_text("live")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize(("width", "language"), [(320, "en"), (195, "de"), (195, "pl")])
def test_no_page_is_wider_than_a_small_phone(busy: Served, browser: Browser, width: int, language: str) -> None:
    """At 320 pixels nothing scrolls sideways, nor on a phone at twice the size, in the languages of long words."""
    page = browser.new_page(viewport={"width": width, "height": 640}, locale=language)
    widths = {}
    for path in paths(busy):
        page.goto(path)
        widths[path] = page.evaluate("document.scrollingElement.scrollWidth")
    assert set(widths.values()) == {width}, widths


def test_pages_can_be_read_and_used_without_scripts(busy: Served, browser: Browser) -> None:
    """Without any script the pages say everything, and the forms work."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(busy.url)
    row = page.locator("#list-warned li")
    expect(row).to_contain_text("Open the next register.")
    expect(row).to_contain_text("11 s left")
    page.get_by_label("Your name").fill("Ania")
    row.get_by_role("button", name="I have it").click()
    expect(row).to_contain_text("Ania has it")
    expect(page.locator(".acting")).to_contain_text("You act as Ania")


def test_the_keyboard_is_enough(busy: Served, page: Page) -> None:
    """The first key leads past the navigation, and what has the focus is seen to have it."""
    page.goto(busy.url)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("To the content")
    assert focused.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


EVIL = "<img src=x onerror=window.hit=1>\"'><script>window.hit=1</script>&amp;</script><svg onload=window.hit=1>"


@pytest.fixture
def evil(tmp_path: Path) -> Iterator[Served]:
    """A host to which every field that can be filled from outside was filled with something that wants to be run."""
    with Served(tmp_path, peopled=Peopled(POLICY)) as served:
        fill_with_evil(served)
        yield served


def fill_with_evil(empty: Served) -> None:
    now = empty.now
    bad = {"site": EVIL, "queue": EVIL}
    empty.send(cloud("queue.length", EVIL, now, **bad, waiting=9) | {"source": EVIL})
    empty.go(100)
    (broken,) = empty.caller.host.read_model.promises(FILTER).items
    debrief = dict.fromkeys(("by", "team", "cause", "next_step", "involved", "missed"), EVIL)
    silence = dict.fromkeys(("silence", "by", "reason", "site", "subject", "standard"), EVIL)
    grant = {"standard": "no-wait", "subject": broken.subject, "by": EVIL, "reason": EVIL, "promise": broken.id}
    actions = [
        cloud("debrief.completed", "d", empty.now, promise=broken.id, **debrief),
        cloud("alert.silenced", "s", empty.now, until="2030-01-01T00:00:00Z", **silence),
        cloud("alert.silenced", "t", empty.now, silence="all", until="2030-01-01T00:00:00Z", by=EVIL, reason=EVIL),
        cloud("letter.settled", "l", empty.now, letter=EVIL, by=EVIL, how=EVIL, reason=EVIL),
        cloud("alert.acknowledged", "k", empty.now, promise=broken.id, by=EVIL),
        cloud("exception.granted", EVIL, empty.now, **grant),
        cloud("queue.length", "late", now, **bad, waiting=9) | {"source": EVIL},
        cloud("queue.length", "open", empty.now, site=EVIL, queue=f"{EVIL}2", waiting=9) | {"source": EVIL},
    ]
    empty.send(*actions)
    raw = json.dumps({"type": EVIL, "id": EVIL}).encode()
    empty.do(empty.caller.post("/v1/events", raw, "application/cloudevents+json"))
    empty.go(50)


def test_nothing_that_came_with_an_event_is_run(evil: Served, page: Page) -> None:
    """Whatever a sender puts into a field is shown as it is, on every page, also when it comes in live."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    ids = [row.id for row in evil.caller.host.read_model.promises(FILTER).items]
    for path in (
        "/",
        "/standards",
        "/debriefs",
        "/notices",
        "/feeds",
        "/people",
        "/wall",
        "/shift",
        *(f"/promises/{name}" for name in ids),
    ):
        page.goto(evil.url + path)
        assert page.evaluate("window.hit") is None, path
        assert page.locator("main img, main script, main svg[onload]").count() == 0, path
        if path != "/standards":
            expect(page.locator("main")).to_contain_text(EVIL[:30])
    page.goto(evil.url)
    evil.send(cloud("queue.length", "more", evil.now, site=EVIL, queue="live", waiting=9))
    evil.go(5)
    expect(page.locator("#list-running")).to_contain_text(f"{EVIL[:30]}")
    expect(page.locator("#list-running")).to_contain_text("/live")
    assert page.evaluate("window.hit") is None
    assert said == []


def test_the_policy_lets_nothing_else_in(busy: Served, page: Page) -> None:
    """A script that did get into a page would not be run: the policy names our own files and nothing else."""
    answer = page.goto(busy.url)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'")
    assert not re.search(r"unsafe|\*|https?:|data:", policy)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.hit=1>')")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit = 1'}))")
    assert page.evaluate("window.hit") is None


def test_a_browser_is_answered_with_a_page(busy: Served, page: Page) -> None:
    """Where there is nothing, or something may not be done, a person reads a page that leads back, not JSON."""
    answer = page.goto(f"{busy.url}/nothing/here?<b>")
    assert answer is not None
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page.locator("main")).to_contain_text("There is nothing at /nothing/here.")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="Back to what is open now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Now")
    answer = page.goto(f"{busy.url}/acts/silence")
    assert answer is not None
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    expect(page.get_by_role("heading", level=1)).to_have_text("That could not be done")
    for path, headers in (("/nothing", {}), ("/v1/nothing", {"Accept": "text/html"})):
        told = busy.do(busy.caller.get(path, **headers))
        assert (told.status, told.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_stranger_gets_no_session(tmp_path: Path) -> None:
    """Whoever asks under another host's name, or from another origin, is refused, and shown nothing of the host."""
    with Served(tmp_path) as served:
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            work = served.caller.post("/acts/silence", {}, **headers, Accept="text/html")
            answer = served.do(work)
            assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
            assert ("proof" in answer.text, "<nav" in answer.text) == (False, False)
