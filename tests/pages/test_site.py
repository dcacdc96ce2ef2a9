"""The site of the documentation: whole, built without a network, and read without one.

Next: `hooks.py`, `mkdocs.yml`.
"""

import posixpath
import re
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.board.conftest import browser  # noqa: F401 - the system's Chromium, a fixture
from tests.pages.hooks import FENCE, LINK

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
LOADED = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
"""Attributes by which a page has something fetched as soon as it is opened, or sends what was typed."""


PATIENCE = 60_000
"""Milliseconds that a busy machine may take to load the search."""


class Reader(HTMLParser):
    """Reads a page: what it has fetched, where its links lead, which anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.classes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name in LOADED or (name == "href" and tag == "link"):
                self.loads.add(value)
            elif name == "href":
                self.links.add(value)
            elif name == "id":
                self.anchors.add(value)
            elif name == "class":
                self.classes.update(value.split())


@pytest.fixture(scope="module")
def read(site: Path) -> dict[str, Reader]:
    """Every page of the site, by its name."""
    return {
        page.relative_to(site).as_posix(): Reader(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")
    }


def test_nothing_comes_from_another_host(site: Path, read: dict[str, Reader]) -> None:
    """No page has a script, a style, a font or a picture of another host fetched, and each forbids it as well."""
    loaded = {f"{name}: {each}" for name, page in read.items() for each in page.loads if urlsplit(each).netloc}
    assert len(read) > len(PAGES)
    assert loaded == set()
    styles = [style.read_text(encoding="utf-8") for style in site.rglob("*.css")]
    assert [
        each for style in styles for each in re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*", style)
    ] == []
    assert [name for name, page in read.items() if "mermaid" in page.classes] == []
    open_ = [name for name in read if "content=\"default-src 'self'" not in (site / name).read_text(encoding="utf-8")]
    assert open_ == []


def test_every_page_can_be_found(read: dict[str, Reader]) -> None:
    """Every page of docs/ is in the navigation that stands on each page."""
    folders = {posixpath.normpath(link) for link in read["index.html"].links if not urlsplit(link).netloc}
    below = {
        posixpath.normpath(posixpath.join(posixpath.dirname(folder), link))
        for folder in folders if folder in read for link in read[folder].links
    }  # fmt: skip
    for page in PAGES:
        name = page.relative_to(ROOT / "docs").as_posix().replace("README.md", "index.md").replace(".md", ".html")
        assert name in folders | below, name


def test_every_link_leads_somewhere(read: dict[str, Reader], site: Path) -> None:
    """Within the site, each link leads to a page that there is, and to a heading on it."""
    broken = []
    for name, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or name == "404.html":
                continue
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            if not (site / target).is_file() or (
                parts.fragment and parts.fragment not in read[target].anchors | {"__top"}
            ):
                broken.append(f"{name}: {link}")
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT / "docs").as_posix())
def test_every_link_leads_somewhere_on_a_forge(page: Path) -> None:
    """Whoever reads the files as they are finds what they link to, in docs/ and beside it."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    pictures = re.findall(r"<img src=\"([^\"]+)\"", text)
    targets = [found["target"] for found in LINK.finditer(text) if found["target"] and "://" not in found["target"]]
    assert [target for target in (*targets, *pictures) if not (page.parent / target).exists()] == []


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    """The site, served by this machine to itself."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_reader_asks_nobody_else(browser: Browser, served: str, site: Path) -> None:  # noqa: F811 - the fixture
    """Pages are read and searched with no request to another host and no error in the browser; from a disk too."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    amiss: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: amiss.append(message.text) if message.type == "error" else None)
    page.goto(f"{served}/index.html")
    page.locator("label[for=__search]").first.click()
    expect(page.locator(".md-search-result__meta")).to_have_text(re.compile("Type to start"), timeout=PATIENCE)
    page.get_by_role("textbox", name="Search").press_sequentially("watermark")
    expect(page.locator(".md-search-result__list a").first).to_be_visible(timeout=PATIENCE)
    for name in ("promise.html", "operations.html", "checks/index.html"):
        page.goto(f"{served}/{name}")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, f"{name} is wider than a phone"
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
    assert amiss == []
    asked.clear()
    page.goto((site / "index.html").as_uri())
    expect(page.locator("h1")).to_have_css("display", "block")
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:", "blob:"))] == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_pages_can_be_used_by_everybody(browser: Browser, served: str, scheme: Literal["light", "dark"]) -> None:  # noqa: F811
    """The accessibility engine axe finds nothing but that the theme calls each button that copies code the same."""
    found: dict[str, set[str]] = {}
    page = browser.new_page(color_scheme=scheme)
    for name in ("index.html", "reference/mapping.html", "checks/never-true.html", "board.html"):
        page.goto(f"{served}/{name}")
        violations = {each["id"] for each in Axe().run(page).response["violations"]} - {"landmark-unique"}
        found |= {name: violations} if violations else {}
    page.close()
    assert found == {}
