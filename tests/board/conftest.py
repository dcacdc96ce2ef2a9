"""Browsers for the tests of the board: the system's Chromium, and hosts to look at.

Playwright's own fixtures live as long as the whole run, and keep a loop running in it that no asynchronous test of
another file can bear. These end with their file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.board.crowd import warn
from tests.board.peopled import ALL, POLICY
from tests.board.serving import Served, fill
from tests.streams.asking import Peopled

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, as playwright's own is only fetched from elsewhere."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("these tests need Chromium; install it (Debian: apt-get install chromium) and try again")
    # As root, Chromium's own walls cannot be raised; it then shows only what these tests serve themselves.
    walls = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=walls)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a browser that knows nothing yet."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A host that has heard nothing yet."""
    with Served(tmp_path) as served:
        yield served


@pytest.fixture
def busy(empty: Served) -> Served:
    """A host with a little of everything; what is there says `fill`."""
    fill(empty)
    return empty


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Served]:
    """A host with a policy, and a token for every role."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        fill(served)
        yield served


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Served]:
    """A host where 12 tills of each of four stores have warned."""
    with Served(tmp_path, ALL, Peopled(POLICY)) as served:
        warn(served)
        yield served
