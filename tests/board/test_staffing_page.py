"""The staffing page's promises: everybody can read it, by day and by night, on any screen, and nothing in it is run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from standards.judge.events import Event, type_of
from standards.judge.standard import UTC_ZONE
from standards.staffing import contacts
from standards.staffing.plan import plan
from standards.staffing.shortfall import shortfall
from standards.staffing.target import Target, Unfit, target_of
from streams.backtest.result import Result
from streams.ingest.wire import Reader
from streams.staffing.asking import Answer, Staffed
from streams.staffing.page import page
from tests.history import loaded, rules
from tests.sharing import made_once
from tests.staffing_days import Shift, day, in_order

EVIL = "<script>hit=1</script><img src=x onerror=hit=1>\"'"
KEYS = """per: queue, when: contact.answered, measure: share(waited <= 20), over: 30m, must: '>= 80%'"""


def drawn() -> str:
    """Draw five days of three lines: one that is short, one that has enough, and one whose name is a script."""
    target = target_of(loaded(rules(it=KEYS)).standards[0])
    assert isinstance(target, Target)
    lines: list[bytes] = []
    for queue, people in (("north", 2), ("south", 5), (EVIL, 3)):
        for number in range(5):
            lines += day(number, Shift(8, 12, people, 30, 240), queue=queue)
    events: list[Event] = Reader(loaded(rules(it=KEYS)).rulebook.classes).lines(in_order(lines), lambda _: None)
    found = contacts.records_of([one for one in events if type_of(one) in contacts.TYPES], target, UTC_ZONE)
    plans = [plan(record, target, most=10) for record in found]
    staffed = Staffed(target, UTC_ZONE, plans, {(EVIL,): ["nobody came"]}, shortfall(plans))
    return page(Answer([staffed], [Unfit(EVIL, EVIL)], Result()))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    def draw(folder: Path) -> None:
        (folder / "staff.html").write_text(drawn(), encoding="utf-8")

    return (made_once(tmp_path_factory, "staffing", draw) / "staff.html").as_uri()


def test_everybody_can_use_it(address: str, browser: Browser) -> None:
    """The accessibility engine axe finds nothing, in light and in dark, with every line unfolded."""
    found: dict[str, str] = {}
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        # Axe is put into the page as a script, which the page's own policy would refuse.
        opened = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        opened.goto(address)
        opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        results = Axe().run(opened)
        found |= {scheme: results.generate_report()} if results.violations_count else {}
        opened.screenshot(path=Path(address.removeprefix("file://")).with_name(f"{scheme}.png"), full_page=True)
        opened.close()
    assert found == {}


def test_it_is_no_wider_than_a_small_phone(address: str, browser: Browser) -> None:
    """At 320 and at 390 pixels nothing scrolls sideways but the tables, each by itself."""
    for width in (320, 390):
        opened = browser.new_page(viewport={"width": width, "height": 800})
        opened.goto(address)
        assert opened.evaluate("document.scrollingElement.scrollWidth") == width
        opened.close()


def test_it_shows_names_and_runs_nothing(address: str, browser: Browser) -> None:
    """A queue whose name is a script is a queue with an odd name; the page's policy complains of nothing of its own."""
    said: list[str] = []
    opened = browser.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(address)
    assert opened.evaluate("window.hit") is None
    assert opened.locator("script, main img").count() == 0
    expect(opened.locator("main")).to_contain_text(EVIL)
    assert opened.locator("body").evaluate("body => getComputedStyle(body).marginTop") == "0px"  # the style was let in
    assert said == []


def test_a_script_that_got_in_would_not_be_run(address: str, browser: Browser) -> None:
    """The policy in the page refuses scripts, whatever brings them."""
    opened = browser.new_page()
    opened.goto(address)
    opened.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.hit=1>')")
    opened.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.hit = 1'}))")
    assert opened.evaluate("window.hit") is None


def test_the_picture_says_what_the_table_says(address: str, browser: Browser) -> None:
    """Each hour of the week is a cell: the number that is needed and the one that was there are those of its row."""
    opened = browser.new_page()
    opened.goto(address)
    first = opened.locator("details.line").first
    rows = first.locator("tbody tr")
    assert rows.count() == first.locator("svg .cell").count()
    needed = [text.split()[0] for text in rows.locator("td:nth-of-type(4)").all_inner_texts()]
    assert first.locator("svg .needed").all_text_contents() == needed
    assert ": needed and there, by day and hour; more are needed in " in (
        first.locator("svg title").text_content() or ""
    )
