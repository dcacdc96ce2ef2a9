"""The promises of a review's page: everybody can read it, by day and by night, on any screen; nothing is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.sharing import made_once
from tests.streams.test_review import Shop

PAGES = (("--against", "shop.yaml"), ("--sweep", "within=30s..5m"), ())
WIDTHS = (320, 390, 1280)
OVER_THE_EDGE = """() => [...document.querySelectorAll('svg text')].filter(text => {
  const [box, room] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
  return box.width && (box.left < room.left || box.right > room.right
    || box.top < room.top || box.bottom > room.bottom);
}).map(text => text.textContent)"""
OVER_EACH_OTHER = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text.axis')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([, b]) => a.width && b.width
    && a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
    .map(([other]) => `${one} / ${other}`));
})"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg text')].filter(text => text.getBBox().width)
  .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""


@pytest.fixture(
    scope="module",
    params=[PAGES[0], *(pytest.param(each, marks=pytest.mark.slow) for each in PAGES[1:])],
    ids=["against", "sweep", "alone"],
)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Ask for the page of a week of a shop, and give where it lies."""

    def ask(folder: Path) -> None:
        run = Shop(folder, rises=True).ask("next.yaml", *request.param, "--html", "page.html")
        assert run.returncode == 0, run.stderr

    name = "-".join(["review", *request.param[:1]])
    return (made_once(tmp_path_factory, name, ask) / "page.html").as_uri()


@pytest.fixture(params=WIDTHS)
def opened(request: pytest.FixtureRequest, address: str, browser: Browser) -> Iterator[Page]:
    """The page on a screen of some width."""
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    page.goto(address)
    yield page
    page.close()


def test_everybody_can_use_it(address: str, browser: Browser) -> None:
    """The accessibility engine axe finds nothing, in light and in dark, with every table unfolded."""
    found: dict[str, str] = {}
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        # Axe is put into the page as a script, which the page's own policy would refuse.
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        results = Axe().run(page)
        found |= {scheme: results.generate_report()} if results.violations_count else {}
        page.close()
    assert found == {}


def test_no_column_is_off_the_screen(opened: Page) -> None:
    """Neither the page nor any of its tables is wider than the screen: rows become cards where it is narrow."""
    wide = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
    assert opened.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    assert opened.evaluate(wide) == 0


def test_a_card_names_what_its_numbers_are(address: str, browser: Browser) -> None:
    """On a phone, where no head of a table is seen, each cell says which column it is of."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(address)
    table = page.locator("table:has(.card)").first
    heads = table.locator("thead th").evaluate_all("all => all.slice(1).map(each => each.textContent)")
    shown = "all => all.map(each => getComputedStyle(each, '::before').content.replace(/[\"]|: $/g, ''))"
    named = table.locator("tbody tr").first.locator("td").evaluate_all(shown)
    assert [name.removesuffix(": ") for name in named] == heads
    assert not table.locator("thead").is_visible()
    page.close()


def test_labels_of_pictures_can_be_read(opened: Page) -> None:
    """None hangs over the edge or into another, and none is smaller than eight pixels."""
    assert opened.evaluate(OVER_THE_EDGE) == []
    assert opened.evaluate(OVER_EACH_OTHER) == []
    assert opened.evaluate(SMALLEST) >= 8
