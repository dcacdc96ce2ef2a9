"""A supervisor's day on a phone: a promise warns, is acknowledged, breaks, is kept late, and is talked over; by thumb.

The pictures of the documentation are taken on the way: into the folder that KEPT_PICTURES names, or a temporary one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.board.peopled import ALL, POLICY, TOKENS
from tests.board.serving import Served
from tests.streams.asking import Peopled, waiting

PHONE = {"width": 390, "height": 844}
THUMB = 44
"""How large what is pressed has to be, in pixels: WCAG 2.5.5."""
HEAD: Final = 96
"""How much of a phone's height the head of a page takes at most, in pixels."""
SENT: Final = 8_000
"""Until an act that can be undone for some seconds is sent and seen, in milliseconds."""


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a page as on a phone, by day and by night."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=request.param)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def pictures(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    by_day = "light" in request.node.name
    folder = Path((by_day and os.environ.get("KEPT_PICTURES")) or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def looked_at(page: Page, picture: Path) -> None:
    """Check what holds of every page on a phone, and take its picture."""
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert Axe().run(page).violations_count == 0
    assert page.locator(".top").evaluate("element => element.getBoundingClientRect().height") <= HEAD
    for button in page.locator("main button:visible, main a.plain:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= THUMB, button.inner_text()
    page.screenshot(path=picture)


@pytest.mark.slow
def test_a_supervisor_on_a_phone(tmp_path: Path, phone: Page, pictures: Path) -> None:
    """From the warning to the debrief: each step is one clear thing to press, and the page says what came of it."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        phone.goto(served.url)
        phone.get_by_label("Token").fill(TOKENS["supervisor"])
        phone.get_by_label("Your name").fill("Ania")
        phone.get_by_role("button", name="Sign in").tap()
        expect(phone.get_by_role("heading", name="No event has come yet")).to_be_visible()
        served.send(waiting("a", served.now))
        served.go(45)

        row = phone.locator("#list-warned li")
        expect(row).to_contain_text("Open the next register.")
        expect(row).to_contain_text("Call the next name on the standby list.")
        looked_at(phone, pictures / "warned.png")
        row.get_by_role("button", name="I have it").tap()
        expect(row).to_contain_text("Ania has it", timeout=SENT)
        looked_at(phone, pictures / "acknowledged.png")

        served.go(60)
        owed = phone.locator("#list-overdue li")
        expect(owed).to_contain_text("Open the next register.")
        expect(owed).to_contain_text("Ania has it")
        expect(phone.get_by_text("Nothing needs a hand right now.")).to_be_hidden()
        looked_at(phone, pictures / "overdue.png")
        owed.get_by_role("button", name="It is done").tap()
        expect(owed).to_contain_text("Ania says it is done", timeout=SENT)
        served.go(3)
        expect(phone.get_by_text("Nothing needs a hand right now.")).to_be_visible()
        phone.get_by_role("link", name="1 broken promise to talk over").tap()
        phone.get_by_role("link", name="s3/q1").tap()
        expect(phone.get_by_role("heading", name="Talk it over")).to_be_visible()
        phone.get_by_label("Who was there").fill("the early shift")
        phone.get_by_label("What got in the way").fill("nobody was on the standby list")
        phone.get_by_label("The steps that should have been taken").fill("write the list the evening before")
        phone.get_by_label("What we try now").fill("the shift lead writes it at six")
        looked_at(phone, pictures / "debrief.png")
        phone.get_by_role("button", name="We have talked it over").tap()

        expect(phone.get_by_role("heading", name="What people did")).to_be_visible(timeout=SENT)
        for said in ("Ania took it", "Ania talked it over", "write the list the evening before"):
            expect(phone.locator(".acts")).to_contain_text(said)
        looked_at(phone, pictures / "story.png")
        phone.get_by_role("link", name="Debriefs").tap()
        expect(phone.get_by_text("Nothing waits to be talked over.")).to_be_visible()
