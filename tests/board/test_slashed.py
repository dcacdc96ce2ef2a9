"""An id with a `/` in it is written as it was sent wherever somebody reads it, and escaped in links alone."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from alerts.routing.place import called, called_site, called_there
from tests.board.peopled import ALL, entered
from tests.board.serving import Served, owed
from tests.streams.asking import Peopled, cloud

SITE, QUEUE, SUBJECT = "a/b", "q/1", "a%2Fb/q%2F1"
NAMES = "names: {a/b: Altstadt, q/1: Kasse 1}\n"
POLICY = "kept: 1\npeople: {ann: {addresses: {mail: ann@shop.example}}}\nroutes: [{tell: ann}]\n"


@pytest.mark.parametrize(
    ("names", "whole", "site", "there"),
    [
        ({}, "a/b/q/1", "a/b", "q/1"),
        ({"a/b": "Altstadt"}, "Altstadt, q/1", "Altstadt", "q/1"),
        ({"a/b": "Altstadt", "q/1": "Kasse 1"}, "Altstadt, Kasse 1", "Altstadt", "Kasse 1"),
        ({"a/b": "Altstadt", "a/b/q/1": "Kasse 1"}, "Altstadt, Kasse 1", "Altstadt", "Kasse 1"),
        ({"a": "Aa", "b": "Bb"}, "a/b/q/1", "a/b", "q/1"),
    ],
)
def test_one_function_writes_a_place(names: dict[str, str], whole: str, site: str, there: str) -> None:
    """A subject's text is read back into its ids first, and each has its name, or stands as it was sent."""
    assert (called(SUBJECT, names), called_site(SITE, names), called_there(SUBJECT, SITE, names)) == (
        whole,
        site,
        there,
    )
    assert called("50%25/x", {}) == "50%/x"


def read(page: str) -> str:
    """Give what somebody reads of a page: its text, and what its elements are called."""
    spoken = re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', page)
    return unescape(" ".join([re.sub(r"<[^>]+>", "\n", page), *spoken]))


@pytest.mark.parametrize(("names", "site", "place"), [("", "a/b", "a/b/q/1"), (NAMES, "Altstadt", "Altstadt, Kasse 1")])
def test_no_page_shows_an_escaped_place(tmp_path: Path, names: str, site: str, place: str) -> None:
    """Now, wall, promise, shift, feeds, notices, people, a team's pages: a place is written the same everywhere."""
    with Served(tmp_path, ALL, Peopled(POLICY + names)) as served:
        served.send(cloud("queue.length", "a", served.now, site=SITE, queue=QUEUE, waiting=5))
        served.go(46)
        promise = owed(served)[SUBJECT]
        visitor, proof = entered(served)
        assert visitor.ask("/acts/acknowledge", {"proof": proof, "promise": promise})[0] == 303
        pages = {path: visitor.ask(path)[2] for path in (
            "/", "/?site=a%2Fb", "/wall", "/wall?site=a%2Fb", f"/promises/{promise}", "/shift", "/feeds", "/notices",
            "/people", "/debriefs", "/standards",
        )}  # fmt: skip
        served.go(60)
        pages |= {f"{path} later": visitor.ask(path)[2] for path in ("/", "/wall", "/shift", "/feeds", "/debriefs")}
        served.send(cloud("queue.length", "b", served.now, site="c/d", queue=QUEUE, waiting=5))
        served.go(3)
        pages |= {path: visitor.ask(path)[2] for path in ("/today", "/thanks", "/voices")}
    for path in ("/today", "/thanks", "/voices"):
        assert f">{site}</option>" in pages[path], path
    for path, page in pages.items():
        shown = read(page)
        assert "%2F" not in shown, (path, re.findall(r".*%2F.*", shown))
    for path in (f"/promises/{promise}", "/notices", "/people"):
        assert place in read(pages[path]), path
    for path in ("/", "/wall?site=a%2Fb"):
        assert site in read(pages[path]), path
    assert f"<h1>{site}</h1>" in pages["/wall?site=a%2Fb"]
