"""Four stores where twelve tills each have warned, more than fits on cards; and whoever looks at them in a browser.

Must not know: what any test expects. Read next: `serving.py`.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.board.peopled import TOKENS
from tests.board.serving import Served
from tests.streams.asking import cloud

STORES, TILLS = 4, 12


def warn(served: Served) -> None:
    events = [
        line(f"{store}-{till}", served.now, f"store-{store}", f"till {till}")
        for store in range(1, STORES + 1)
        for till in range(1, TILLS + 1)
    ]
    served.send(*events)
    served.go(45)


def line(name: str, at: int, site: str, till: str) -> dict[str, Any]:
    return cloud("queue.length", name, at, site=site, queue=till, waiting=4)


def signed_in(served: Served, page: Page, path: str = "/", name: str = "Ania") -> None:
    page.goto(f"{served.url}/sign-in")
    page.get_by_label("Token").fill(TOKENS["supervisor"])
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.goto(served.url + path)
    expect(page.locator("#link")).to_have_text("live")
