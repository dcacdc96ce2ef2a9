"""What nobody can vouch for: promises whose feed was silent stand on Now, and Feeds says which and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.board.now import CALM
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.asking import register, waiting
from tests.streams.hosting import NO_WAIT, shop

FEEDS = """
feeds:
  tills: {events: [register.opened], per: [site], silent_after: 15m}
standards:
"""


@pytest.fixture
def dark(tmp_path: Path) -> Iterator[Served]:
    """A host where the tills of one site fell silent long ago, and two promises there became unknown."""
    with Served(tmp_path, standards=shop(tmp_path, NO_WAIT.replace("standards:\n", FEEDS, 1))) as served:
        served.send(register("a", served.now, queue="q9"))
        served.go(1_800)
        served.send(waiting("b", served.now), waiting("c", served.now, queue="q2"))
        served.go(70)
        yield served


def test_what_became_unknown_stands_on_now(dark: Served) -> None:
    """It does not go without a word: Now counts and names it, leads to it, and does not say that all is well."""
    page = Visitor(dark).ask("/")[2]
    assert ">2 promises that nobody can vouch for</a>" in page
    assert "Nobody can say · 2</a>" in page
    assert page.count("unknown since") == 2
    assert CALM not in page
    assert "1 feed is silent; what rests on it is unknown." in page
    assert "0 promises open." in page
    whole = Visitor(dark).ask("/?part=unknown&site=s3")[2]
    assert "s3/q1</a>" in whole
    assert "Nobody can say · 2</a>" not in Visitor(dark).ask("/?site=s9")[2]


def test_feeds_names_a_feed_that_fell_silent_long_ago(dark: Served) -> None:
    """What was silent for longer than verdicts look back is still named, and so is what rests on it."""
    dark.go(7_200)
    dark.send(register("d", dark.now, queue="q1") | {"data": {"site": "s4", "queue": "q1"}})
    dark.go(5)
    page = Visitor(dark).ask("/feeds")[2]
    assert "<strong>tills</strong> at s3" in page
    assert "Silent · 1" in page
    assert "2 promises are unknown</a>" in page
    assert "The feed tills was silent when they were to be judged." in page


def test_after_the_feed_speaks_again_what_was_missed_is_said(dark: Served) -> None:
    """Once every feed speaks, the page still says of what nobody can say how it went; a day later it is over."""
    dark.send(register("d", dark.now, queue="q9"))
    dark.go(5)
    page = Visitor(dark).ask("/feeds")[2]
    assert "Silent ·" not in page
    assert "Nobody can say · 2" in page
    dark.go(86_400)
    assert "Nobody can say" not in Visitor(dark).ask("/feeds")[2]
