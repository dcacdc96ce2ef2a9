"""The live board's promises: what changes is seen at once, times run by the server's clock, it comes back by itself."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.board.serving import Running, Served
from tests.streams.asking import register, waiting

SOON = 1_000
"""Within a second, in milliseconds: from what happened to its sight on a screen."""
HELD = 5_000
"""How long an act can be undone before it is sent, in milliseconds."""


def test_a_promise_comes_warns_and_goes(empty: Served, page: Page) -> None:
    """A row comes when a promise is made, turns into a call to act when it warns, and goes when it is kept."""
    page.goto(empty.url)
    expect(page.locator("#link")).to_have_text("live")
    empty.send(waiting("a", empty.now))
    empty.go(3)
    expect(page.locator("#list-running li")).to_contain_text(re.compile(r"5[67] s left"), timeout=SOON)
    empty.go(40)
    row = page.locator("#list-warned li")
    expect(row.get_by_role("button", name="I have it")).to_be_visible(timeout=SOON)
    expect(row).to_contain_text("Open the next register.", timeout=SOON)
    expect(page.locator("#list-running li")).to_have_count(0)
    expect(page.locator("#said")).to_have_text("Open the next register. s3/q1")
    expect(page.locator("#title-warned")).to_have_text("Act now · 1")
    empty.send(register("b", empty.now))
    empty.go(3)
    expect(row).to_have_count(0, timeout=SOON)
    expect(page.locator("#open")).to_have_text("0 promises open.")


def test_rows_stay_in_the_order_of_their_time(empty: Served, page: Page) -> None:
    """Whichever comes first, the promise with the least time left is at the top."""
    page.goto(empty.url)
    expect(page.locator("#link")).to_have_text("live")
    for name, queue, back in (("a", "q1", 0), ("b", "q2", 9), ("c", "q3", 5)):
        empty.send(waiting(name, empty.now - back * 100_000, queue=queue))
        empty.go(3)
        expect(page.locator("#list-running")).to_contain_text(f"s3/{queue}")
    due = page.locator("#list-running li").evaluate_all("rows => rows.map(row => Number(row.dataset.due))")
    assert due == sorted(due)
    assert len(due) == 3


def test_a_countdown_runs(tmp_path: Path, page: Page) -> None:
    """Time left runs down by itself, by the clock of the server, also where that is faster than the wall's."""
    with Running(tmp_path, "--demo", "--speed", "20") as server:
        page.goto(server.url)
        count = page.locator("#list-running .count").first
        expect(count).to_have_text(re.compile(r"\d s left"), timeout=20_000)
        ahead = "[...document.querySelectorAll('#list-running li')].some(row => Number(row.dataset.due) > now())"
        page.wait_for_function(ahead, timeout=20_000)  # one that was read just before may be due at this very moment
        begun = page.evaluate("[now(), performance.now()]")
        page.wait_for_function("at => now() > at + 30000", arg=begun[0], timeout=20_000)
        ended = page.evaluate("[now(), performance.now()]")
        assert (ended[1] - begun[1]) < (ended[0] - begun[0]) / 5, "a demo at speed 20 is counted at speed 20"


def test_the_page_comes_back_by_itself(tmp_path: Path, page: Page) -> None:
    """After the server was killed the page says so; when it runs again, what is open is shown, without a hand."""
    with Running(tmp_path, "--demo", "--speed", "5") as server:
        page.goto(server.url)
        expect(page.locator("#list-running li").first).to_be_visible(timeout=20_000)
        version = page.evaluate("version")
        server.kill()
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        said = re.compile(r"^Not up to date since [0-9:]{8}, as the connection is lost; trying again\.$")
        expect(page.get_by_role("alert")).to_have_text(said, timeout=5_000)
        expect(page.get_by_role("alert")).to_be_in_viewport()
        server.start()
        expect(page.locator("#link")).to_have_text("live", timeout=15_000)
        page.wait_for_function("before => version.split('.')[0] !== before.split('.')[0]", arg=version)
        shown = page.locator("#list-running li, #list-warned li").count()
        assert f"{shown} " in page.locator("#title-running").inner_text() or shown >= 1


def test_what_one_does_the_other_sees(busy: Served, browser: Browser) -> None:
    """Who says "I have it" in one browser is named in the other one as soon as it is sent, and so is an exception."""
    one, other = browser.new_context().new_page(), browser.new_context().new_page()
    for each in (one, other):
        each.goto(busy.url)
        expect(each.locator("#link")).to_have_text("live")
    one.get_by_label("Your name").fill("Ania")
    one.get_by_role("button", name="I have it: Open the next register. s3/q3").click()
    expect(other.locator("#list-warned li")).to_contain_text("Ania has it", timeout=HELD + SOON)
    expect(other.get_by_role("button", name="I have it: Open the next register. s3/q3")).to_have_count(0)
    one.locator("#list-warned summary", has_text="Excuse").click()
    one.get_by_role("link", name="Excuse no-wait for s3/q3 for another reason").click()
    one.get_by_label("Why").fill("till outage")
    one.get_by_role("button", name="Grant the exception").click()
    expect(other.locator("#list-warned li")).to_contain_text(
        "Ania, as floor-lead, asked for an exception", timeout=HELD + SOON
    )
    busy.go(3)
    expect(other.locator("#list-warned li")).to_have_count(0, timeout=SOON)
    expect(one.locator("main")).to_contain_text("Ania, as floor-lead, granted an exception", timeout=3_000)
    expect(one.locator(".state")).to_have_text("excused")


def test_what_is_typed_stays(busy: Served, page: Page) -> None:
    """A page that is brought up to date does not take away what somebody is writing."""
    read_model = busy.caller.host.read_model
    (broken,), _ = read_model.board.broken(1, debriefed=False)
    busy.send(register("late", busy.now, queue="q2"))
    busy.go(3)
    page.goto(f"{busy.url}/promises/{broken.id}")
    expect(page.locator("#link")).to_have_text("live")
    page.get_by_label("What got in the way").fill("nobody on the stand")
    busy.send(waiting("again", busy.now, queue="q2"))
    busy.go(3)
    expect(page.locator("#link")).to_have_text("live")
    expect(page.get_by_label("What got in the way")).to_have_value("nobody on the stand")
    page.get_by_label("What we try now").fill("call the list earlier")
    page.locator("#debrief").get_by_label("Your name").fill("Jan")
    page.get_by_role("button", name="We have talked it over").click()
    expect(page.locator(".acts")).to_contain_text("Jan talked it over", timeout=HELD + 5 * SOON)
    page.goto(f"{busy.url}/debriefs")
    expect(page.locator("main")).to_contain_text("Talked over · 1")
    expect(page.locator("main")).to_contain_text("call the list earlier")


def test_every_page_says_that_something_is_overdue(empty: Served, page: Page) -> None:
    """Whichever page is open, it says within a moment that a promise is overdue, and until it is done."""
    for path in ("/feeds", "/standards", "/debriefs", "/notices", "/"):
        page.goto(empty.url + path)
        expect(page.locator("#link")).to_have_text("live")
        expect(page.locator("#overdue")).to_be_empty()
        empty.send(waiting(f"a{path}", empty.now))
        empty.go(65)
        expect(page.locator("#overdue")).to_have_text("1 overdue")
        page.reload()
        expect(page.locator("#overdue")).to_have_text("1 overdue")
        empty.send(register(f"b{path}", empty.now))
        empty.go(3)
        expect(page.locator("#overdue")).to_be_empty()
