"""The wall's promises: seen from afar, true, with nothing to press; and it says when it is not true any more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from streams.storage.readings import kinds
from tests.board.crowd import line
from tests.board.peopled import entered
from tests.board.serving import Running, Served, owed
from tests.board.visiting import Visitor
from tests.history import rulebook
from tests.streams.asking import Peopled, register, waiting
from tests.streams.hosting import NO_WAIT

METRES = 5
SCREEN = 1.2
"""How wide a screen on a wall is, in metres."""
NEEDED = METRES / 200
"""How high letters have to be to be read from there, in metres: a two-hundredth of the way."""
CAPITAL = 0.7
"""How high a capital letter is, of the size of its type."""


def test_the_wall_shows_what_is_owed_and_who_waits(busy: Served, page: Page) -> None:
    """What needs a hand stands there with its time, the lines with their last numbers, and how today goes; no forms."""
    busy.send(waiting("more", busy.now, 9, queue="q4"))
    busy.go(3)
    page.goto(f"{busy.url}/wall?site=s3")
    expect(page.get_by_role("heading", level=1)).to_have_text("s3")
    expect(page.locator(".wall-rows > li.overdue").first).to_contain_text("q2")
    expect(page.locator(".wall-rows > li.warned")).to_contain_text("Open the next register.")
    tiles = page.locator(".tiles > li")
    expect(tiles.filter(has_text="q4").locator("b")).to_have_text("9")
    expect(tiles.filter(has_text="q2")).to_have_class("overdue")
    expect(page.locator(".wall-kept")).to_contain_text("today")
    assert page.locator("form, input, button, select").count() == 0
    busy.send(register("r", busy.now, queue="q3"), waiting("fewer", busy.now, 2, queue="q4"))
    busy.go(3)
    expect(page.locator(".wall-rows > li.warned")).to_have_count(0)
    expect(tiles.filter(has_text="q4").locator("b")).to_have_text("2")


def test_a_long_name_on_a_tile_is_not_cut_up(busy: Served, browser: Browser) -> None:
    """Its type is smaller instead, so that each of its words stands on one line."""
    busy.send(waiting("long", busy.now, 9, queue="kasa ekspresowa przy wejściu"))
    busy.go(3)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{busy.url}/wall?site=s3")
    name = page.locator(".tiles span").filter(has_text="ekspresowa")
    lines = """each => { const text = each.firstChild, found = document.createRange();
      const at = text.data.indexOf("ekspresowa");
      found.setStart(text, at); found.setEnd(text, at + 10); return found.getClientRects().length; }"""
    assert name.evaluate(lines) == 1
    assert name.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
    page.close()


def test_a_storm_is_shown_by_site(crowded: Served) -> None:
    """Of 48 tills there is one row for each store: what nobody has first, then what is overdue longest; all count."""
    visitor, proof = entered(crowded)
    found = owed(crowded)
    taken = [promise for subject, promise in found.items() if subject.startswith("store-2/")]
    part = [promise for subject, promise in found.items() if subject.startswith("store-3/")][:3]
    for ids in (taken, part):
        assert visitor.ask("/acts/acknowledge", {"proof": proof, "group": ".".join(ids)})[0] == 303
    crowded.send(line("new", crowded.now, "store-5", "till 1"))
    crowded.go(45)
    page = visitor.ask("/wall")[2]
    rows = re.findall(r"<b>(store-\d) <span class=\"wall-count\">×(\d+)</span></b>", page)
    assert rows == [("store-1", "12"), ("store-3", "12"), ("store-4", "12")]
    assert "Ania has 3 of 12." in page
    assert "and 13 more: store-5, store-2" in page
    assert "48 overdue, 1 to act on" in page
    here = visitor.ask("/wall?site=store-1")[2]
    assert '<b>till 1 to 12 <span class="wall-count">×12</span></b>' in here


def test_the_wall_can_be_read_from_five_metres(busy: Served, browser: Browser) -> None:
    """On a screen of 1.2 m the promises and the numbers are large enough for whoever stands five metres away."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{busy.url}/wall?site=s3")
    for seen in (".wall-rows .count", ".wall-rows b", ".tiles b", "h1", "#clock"):
        size = page.locator(seen).first.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
        assert size * CAPITAL * SCREEN / 1920 >= NEEDED * 0.9, seen
    assert page.evaluate("document.scrollingElement.scrollHeight") <= 1080


def test_a_wall_that_is_stale_has_a_curtain(tmp_path: Path, page: Page) -> None:
    """When the server is gone the wall shows that and since when, over everything; and comes back by itself."""
    with Running(tmp_path, "--demo", "--speed", "5") as server:
        page.goto(f"{server.url}/wall")
        curtain = page.locator("#curtain")
        expect(page.locator("#clock")).to_be_visible()
        page.wait_for_function("lastWord !== ''")
        server.kill()
        expect(curtain).to_contain_text("Not up to date since", timeout=5_000)
        assert curtain.evaluate("element => element.clientHeight === innerHeight")
        server.start()
        expect(curtain).to_be_hidden(timeout=15_000)


def test_readings_that_count_something_at_a_site_are_shown(busy: Served) -> None:
    """Which numbers there are follows from the vocabulary: what is read at a site and has a number and a name."""
    found = kinds(busy.caller.host.rulebook.vocabulary)
    assert (found["queue.length"].names, found["queue.length"].what) == (("queue",), "waiting")
    assert "register.opened" not in found


def test_what_must_name_one_of_us_is_no_number_of_a_place() -> None:
    """Each agent's number at a queue would be shown as the queue's, the last one over the others'."""
    own = """
kept: 1
events:
  desk.load: {site: text, queue: text, agent: text, lies: integer}
  chair.load: {site: text, queue: text, sits: {type: text, person: true}, lies: integer}
  shelf.load: {site: text, queue: text, agent: text?, lies: integer}
readings: [desk.load, chair.load, shelf.load]
"""
    found = kinds(rulebook(own + NO_WAIT.partition("kept: 1\n")[2]).vocabulary)
    assert [name for name in found if name.endswith(".load")] == ["shelf.load"]


SITES = """
kept: 1
people: {ann: {addresses: {mail: ann@shop.example}}}
names: {krk-3/k9: Express till}
sites: {lis-1: {timezone: Europe/Lisbon}}
routes: [{tell: ann}]
"""


def test_a_quiet_site_can_be_reached(tmp_path: Path) -> None:
    """With nothing owed there each known site is offered: by the policy, by a part that it names, as heard lately."""
    with Served(tmp_path, peopled=Peopled(SITES)) as served:
        served.send(waiting("calm", served.now, 1))
        served.go(3)
        visitor = Visitor(served)
        for path, form in (("/wall", 'href="/wall?site={}"'), ("/", '<option value="{}">')):
            shown = visitor.ask(path)[2]
            for site in ("s3", "lis-1", "krk-3"):
                assert form.format(site) in shown, (path, site)
        assert "No number has come yet from lis-1." in visitor.ask("/wall?site=lis-1")[2], "known, and never heard"
        for path in ("/wall", "/shift"):
            assert {visitor.ask(f"{path}?site={site}")[0] for site in ("s3", "lis-1", "krk-3", "-")} == {200}, path


@pytest.mark.parametrize("path", ["/wall", "/shift"])
def test_a_site_that_is_not_known_is_not_called_calm(busy: Served, path: str) -> None:
    """A slip in an address would be a wall on which nothing ever stands; the known sites are offered instead."""
    status, _, shown = Visitor(busy).ask(f"{path}?site=s33")
    assert (status, "s33 is not known here" in shown) == (404, True)
    assert f'href="{path}?site=s3"' in shown
    assert "Nothing needs a hand" not in shown
