"""What the policy calls places stands on the board instead of their ids, and is found by it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.board.serving import Served, fill, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled

POLICY = """
kept: 1
names: {s3: Kraków 3, q3: Kasa 3, s3/q4: Kasa ekspresowa}
people: {ann: {}}
routes: [{tell: [ann]}]
"""


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Visitor]:
    with Served(tmp_path, peopled=Peopled(POLICY)) as served:
        fill(served)
        yield Visitor(served)


def seen(visitor: Visitor, path: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", visitor.ask(path)[2]))


def test_places_are_called_as_people_call_them(named: Visitor) -> None:
    """On every page; a part without a name keeps its id beside its site's name."""
    for path in ("/", "/notices", "/shift", "/wall", "/wall?site=s3"):
        page = seen(named, path)
        assert "Kraków 3" in page, path
        assert not re.search(r"\bs3/q\d", page), path
    now = seen(named, "/")
    assert "Kraków 3, Kasa 3" in now
    assert "Kraków 3, Kasa ekspresowa" in now
    assert "Kraków 3, q2" in now
    promise = owed(named.served)["s3/q3"]
    assert "Kraków 3, Kasa 3 – Kept" in seen(named, f"/promises/{promise}")


@pytest.mark.parametrize(
    ("text", "found"),
    [("ekspres", {"s3/q4"}), ("kraków", {"s3/q3", "s3/q4"}), ("q3", {"s3/q3"})],
)
def test_places_are_found_by_what_they_are_called(named: Visitor, text: str, found: set[str]) -> None:
    """Who looks for a till by its name finds it, as by its id; addresses stay as they are."""
    page = named.ask(f"/?q={text}")[2]
    ids = {subject for subject, promise in owed(named.served).items() if f'id="p-{promise}"' in page}
    assert ids == found
    assert 'value="s3"' not in page, "of one site there is nothing to choose"
    assert named.ask("/?site=s3")[2].count('id="p-') == len(owed(named.served)) + 1
