"""Now's promises: a hundred troubles are as clear as one, all of them can be reached, and acting keeps one's place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from alerts.words.words import LANGUAGES, Words
from tests.board.crowd import STORES, TILLS, line, signed_in
from tests.board.peopled import ALL, POLICY, TOKENS, acts, entered
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled

SENT = 8_000
"""Until an act that can be undone for some seconds is sent and seen, in milliseconds."""


def test_many_promises_are_one_line_for_each_site(crowded: Served) -> None:
    """Of 48 promises there are four lines, each with its count; every promise can be reached from them by name."""
    visitor, _ = entered(crowded)
    page = visitor.ask("/")[2]
    assert len(re.findall(r'<li id="g-[0-9a-f]+" class="group warned"', page)) == STORES
    assert "Act now · 48</a>" in page
    assert page.startswith("<!doctype html>")
    assert '<title id="page-title">(48) Now – Kept</title>' in page
    whole = visitor.ask("/?site=store-2&standard=no-wait&part=warned")[2]
    named = re.findall(r'class="subject">(till \d+)</a>', whole)
    assert named == [f"till {number}" for number in range(1, TILLS + 1)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("site=store-2", TILLS), ("q=till+7", STORES), ("q=register", STORES * TILLS), ("q=100%25", 0),
        ("standard=no-wait", STORES * TILLS), ("standard=other", 0), ("owner=floor-lead", STORES * TILLS),
        ("site=store-2&q=till+7", 1), ("site=-", 0), ("mine=1", 0), ("team=none", 0),
        ("page=x&nothing=1&part=all", STORES * TILLS),
    ],
)  # fmt: skip
def test_what_is_shown_is_narrowed_by_the_address(crowded: Served, query: str, count: int) -> None:
    """By site, standard, owner, team, whose it is and words, together; what is not known is passed over."""
    visitor, _ = entered(crowded)
    words = f"Act now · {count}</a>" if count else ">Act now</a>"
    assert words in visitor.ask(f"/?{query}")[2]


def test_mine_is_what_i_was_told_of_or_have_taken(crowded: Served) -> None:
    """Ann sees what she was told of, and Bob what he took."""
    visitor, proof = entered(crowded)
    page = visitor.ask("/?site=store-3")[2]
    (promise, *_) = re.findall(r'href="/promises/([0-9a-f]+)" class="subject"', page)
    visitor.ask("/acts/acknowledge", {"proof": proof, "name": "bob", "promise": promise})
    assert "Act now · 1</a>" in visitor.ask("/?mine=1")[2]
    ann = Visitor(crowded)
    ann.enter(TOKENS["supervisor"], "Ann")
    assert f"Act now · {STORES * TILLS}</a>" in ann.ask("/?mine=1")[2]


def test_what_nobody_is_told_of_stands_on_now(crowded: Served) -> None:
    """A silence, of a person or of the policy, stands on Now as long as it holds, and leads to who laid it and why."""
    visitor, proof = entered(crowded)
    assert re.search(r'<p id="part-muted" class="muted" hidden>', visitor.ask("/")[2])
    form = {"proof": proof, "site": "store-1", "span": "30m", "reason": "rebuilt"}
    assert visitor.ask("/acts/silence", form)[0] == 303
    assert "Nobody is told of site store-1 until 23:37." in visitor.ask("/")[2]
    crowded.go(31 * 60)
    assert re.search(r'<p id="part-muted" class="muted" hidden>', visitor.ask("/")[2])


def test_acting_keeps_the_place_and_can_be_undone(crowded: Served, page: Page) -> None:
    """What is pressed is noted without another page, can be taken back for some seconds, and keeps what stands open."""
    signed_in(crowded, page)
    group = page.locator("#list-warned > li").nth(1)
    group.locator("summary").first.click()
    button = group.locator(".lines > li").nth(2).get_by_role("button", name=re.compile("^I have it"))
    expect(page.get_by_label("Your name")).to_have_count(0)
    page.evaluate("window.stays = true")
    button.click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.keyboard.press("Enter")
    expect(page.locator(".note-box")).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(group.locator(".lines > li").nth(2)).to_contain_text("Ania has it", timeout=SENT)
    expect(group.locator("details").first).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.closest('#list-warned') !== null")
    assert page.evaluate("window.stays")
    assert acts(crowded) == [("alert.acknowledged", "Ania", "kept/board")]


def test_what_cannot_be_done_is_said_where_it_was_pressed(crowded: Served, page: Page) -> None:
    """An act that comes too late is refused with the reason, on the page where it was pressed."""
    signed_in(crowded, page, "/?site=store-1&standard=no-wait&part=warned")
    row = page.locator(".lines > li").first
    page.evaluate("document.querySelector('.lines button').value = 'none'")
    row.get_by_role("button", name=re.compile("^I have it")).click()
    expect(page.locator(".note-box.failed")).to_contain_text("There is no promise 'none'", timeout=SENT)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".note-box")).to_have_count(0)


def test_what_waits_to_be_sent_is_sent_when_one_leaves(crowded: Served, page: Page) -> None:
    """Whoever goes to another page has not undone what they did."""
    signed_in(crowded, page)
    page.get_by_role("button", name=re.compile("^I have all 12")).first.click()
    page.get_by_role("link", name="Feeds").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Feeds")
    page.goto(crowded.url)
    expect(page.locator("#list-warned > li.taken")).to_have_count(1)
    assert acts(crowded) == [("alert.acknowledged", "Ania", "kept/board")] * TILLS


def test_a_reason_is_one_tap(crowded: Served, page: Page) -> None:
    """The exceptions of the standard stand under "Excuse", and one tap asks for one in one's role."""
    signed_in(crowded, page, "/?q=store-1/till+3")
    page.locator("#list-warned summary").click()
    reason = page.locator("#list-warned .excuse button").first
    reason.click()
    crowded.go(1)
    expect(page.locator("#list-warned > li")).to_contain_text("asked for an exception", timeout=SENT)


def test_the_device_remembers_what_one_looks_at(crowded: Served, page: Page) -> None:
    """What somebody narrowed the page to is there again when they come back, until they want to see everything."""
    signed_in(crowded, page)
    page.get_by_text("Search and filter").click()
    page.get_by_label("Site").select_option("store-3")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?site=store-3$"))
    expect(page.locator("#title-warned")).to_have_text("Act now · 12")
    page.goto(f"{crowded.url}/feeds")
    page.goto(crowded.url)
    expect(page).to_have_url(re.compile(r"/\?site=store-3$"))
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("#title-warned")).to_have_text("Act now · 48")
    page.goto(crowded.url)
    expect(page.locator("#title-warned")).to_have_text("Act now · 48")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_phone_page_is_low(crowded: Served, browser: Browser, language: str) -> None:
    """However long names and words are, the head of a phone page takes at most 96 pixels; no button breaks a word."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    signed_in(crowded, page, name="Anna Maria Kowalska-Brzęczyszczykiewicz")
    crowded.go(30)
    page.reload()
    expect(page.locator("#overdue")).to_have_text("48 overdue")
    page.set_extra_http_headers({"Accept-Language": language})
    for path in ("/", "/shift", "/standards", "/debriefs", "/notices", "/feeds"):
        page.goto(crowded.url + path)
        expect(page.locator("#link")).to_have_text(Words(language).say("live"))
        assert page.locator(".top").evaluate("element => element.getBoundingClientRect().height") <= 96, path
        above = "all => Math.min(...all.map(each => each.getBoundingClientRect().top))"
        assert page.locator(".who button:visible").evaluate_all(above) >= 3, "no button stands on the edge"
        assert page.locator("nav").evaluate("each => each.scrollWidth <= each.clientWidth"), "the tabs do not slide"
    page.goto(f"{crowded.url}/")
    broken = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
    assert page.locator("button:visible").evaluate_all(broken) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_page_is_one_row(crowded: Served, browser: Browser, language: str) -> None:
    """On a screen of 1280 pixels the pages and who looks stand in one row, of which only a long name is cut."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    signed_in(crowded, page, name="Anna Maria Kowalska-Brzęczyszczykiewicz")
    crowded.go(30)
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(f"{crowded.url}/")
    expect(page.locator("#link")).to_have_text(Words(language).say("live"))
    expect(page.locator("#overdue")).not_to_be_empty()
    assert page.locator(".top").evaluate("element => element.getBoundingClientRect().height") <= 64
    assert page.locator("nav").evaluate("each => each.scrollWidth <= each.clientWidth"), "the tabs do not slide"
    broken = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
    assert page.locator(".top button:visible").evaluate_all(broken) == []


def test_what_to_do_can_be_read_on_a_phone(crowded: Served, browser: Browser) -> None:
    """In a storm the line of a group says what to do without a cut, and its button stands below it, in whole words."""
    for width in (320, 390):
        page = browser.new_page(viewport={"width": width, "height": 844})
        signed_in(crowded, page)
        cut = "each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight + 1"
        for part in (".what", ".where", ".count"):
            found = page.locator(f".group summary {part}").evaluate_all(f"all => all.filter(each => {cut}).length")
            assert found == 0, (width, part)
        group = page.locator("#list-warned > li").first
        expect(group.locator("summary .what").first).to_have_text("Open the next register.")
        edges = "[':scope > .actions', 'summary'].map(each => element.querySelector(each).getBoundingClientRect())"
        assert group.evaluate(f"element => {{ const [button, line] = {edges}; return button.top >= line.bottom; }}")
        tabs = "all => all.every(each => each.getBoundingClientRect().right <= innerWidth)"
        assert page.locator("nav a").evaluate_all(tabs), "every tab is seen"


def test_ten_promises_alike_are_a_group(tmp_path: Path) -> None:
    """Ten tills of one store are taken by one button, as twelve are; three are still cards."""
    for count, grouped in ((10, 1), (4, 1), (3, 0)):
        folder = tmp_path / str(count)
        folder.mkdir()
        with Served(folder, ALL, Peopled(POLICY)) as served:
            served.send(*(line(f"{till}", served.now, "store-1", f"till {till}") for till in range(count)))
            served.go(45)
            page = entered(served)[0].ask("/")[2]
            assert page.count('class="group warned"') == grouped
            assert (f"I have all {count}</button>" in page) == bool(grouped)


def test_at_twice_the_size_nothing_is_lost(crowded: Served, browser: Browser) -> None:
    """At a zoom of 200 % no page scrolls sideways, and no button is cut."""
    page = browser.new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    signed_in(crowded, page)
    cut = "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"
    for path in ("/", "/shift", "/standards", "/debriefs", "/notices", "/feeds", "/people", "/wall"):
        page.goto(crowded.url + path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 640, path
        assert page.locator("button:visible").evaluate_all(cut) == [], path


def test_the_title_counts_what_needs_a_hand(crowded: Served, page: Page) -> None:
    """On every page the tab says how many promises need a hand, and follows; sound is off until it is switched on."""
    signed_in(crowded, page, "/feeds")
    expect(page).to_have_title("(48) Feeds – Kept")
    bell = page.locator("#bell")
    expect(bell).to_have_attribute("aria-pressed", "false")
    bell.click()
    expect(bell).to_have_attribute("aria-pressed", "true")
    crowded.send(line("one-more", crowded.now, "store-9", "till 1"))
    crowded.go(45)
    expect(page).to_have_title("(49) Feeds – Kept")
    page.reload()
    expect(page.locator("#bell")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{crowded.url}/?site=store-9")
    expect(page).to_have_title("(1) Now – Kept")
    crowded.send(line("another", crowded.now, "store-8", "till 1"))
    crowded.go(45)
    expect(page.locator("#overdue")).to_contain_text("49 overdue")
    expect(page).to_have_title("(1) Now – Kept")
