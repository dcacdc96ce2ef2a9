"""What a wall does not know it says: before the first event, of a feed that is dark, of a site that is silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from standards.judge.standard import Feed
from streams.board.wall_unknown import Silence
from streams.runtime.feeds import MOST, FeedStanding
from streams.web.board.wall_silence import silences
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.history import rulebook
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import NO_WAIT, SECOND, T0, shop

FED = NO_WAIT.replace(
    "standards:\n",
    "feeds:\n  tills: {events: [queue.length], per: [site], silent_after: 5m}\n"
    "  doors: {events: [contact.started], silent_after: 1h}\nstandards:\n",
    1,
)
HOUR = 3_600
KNOWN = "Nothing needs a hand</h2>"
DOUBTFUL = "Nothing needs a hand, as far as is known</h2>"


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Served]:
    """A host of which two feeds are declared, and that has heard nothing yet."""
    folder = tmp_path / "fed"
    folder.mkdir()
    with Served(folder, standards=shop(folder, FED)) as served:
        yield served


def waiting(served: Served, site: str, name: str) -> None:
    served.send(cloud("queue.length", name, served.now, site=site, queue="q1", waiting=1))


def wall(served: Served, site: str = "") -> str:
    return Visitor(served).ask(f"/wall?site={site}")[2]


def test_before_the_first_event_nothing_is_calm(fed: Served, empty: Served) -> None:
    """It says that nothing has come yet, from which feeds, and no number; also where no feed is declared."""
    page = wall(fed, "s3")
    assert ("No event has come yet</h2>" in page, KNOWN in page, 'class="calm"' in page) == (True, False, False)
    for said in ("Nothing has come yet from <b>tills</b>.", "from <b>doors</b>.", "No number has come yet from s3."):
        assert said in page
    page = wall(empty)
    assert ("No number has come yet.</p>" in page, KNOWN in page, 'class="tiles"' in page) == (True, False, False)


def test_a_site_that_was_never_heard_is_not_calm_beside_one_that_is(fed: Served) -> None:
    """Of one that speaks all is known but for the feed that never did; of the other one not even that there is one."""
    waiting(fed, "s1", "a")
    fed.go(3)
    assert "Nothing has come from <b>doors</b>, or not for a week." in wall(fed, "s1")
    assert "tills" not in wall(fed, "s1")
    fed.send(cloud("contact.started", "d", fed.now, contact="c", site="s1"))
    fed.go(3)
    assert KNOWN in wall(fed, "s1")
    page = wall(fed, "s2")
    assert "s2 is not known here" in page
    assert KNOWN not in page


def test_of_several_sites_one_is_dark_since_an_hour(fed: Served) -> None:
    """Its own wall and that of all say since when; the others' are calm; speaking again, so is its own."""
    for site in ("s1", "s2"):
        waiting(fed, site, f"a{site}")
    fed.send(cloud("contact.started", "d", fed.now, contact="c", site="s1"))
    fed.go(HOUR - 60)
    waiting(fed, "s1", "b")
    fed.go(3)
    page = wall(fed)
    assert "<b>tills</b> at s2 is silent since" in page
    assert "No number from s2 since" in page
    assert "s1 is silent" not in page
    assert DOUBTFUL in wall(fed, "s2")
    assert "<b>tills</b> is silent since" in wall(fed, "s2")
    assert KNOWN in wall(fed, "s1")
    waiting(fed, "s2", "c")
    fed.go(3)
    assert KNOWN in wall(fed, "s2")


def test_a_part_that_is_called_like_its_site_is_named() -> None:
    """Where till 1 of store 1 is silent, the wall of store 1 says which till that is."""
    feed = Feed("tills", ("feed.heartbeat",), 60 * SECOND, ("site", "queue"))
    known = [FeedStanding("tills", "1/1", T0, 60 * SECOND, False, "1")]
    assert [each.place for each in silences([feed], known, "1", T0 + HOUR * SECOND)] == ["1"]


NAMED = """
kept: 1
names: {s1: Kraków 3, s2: Łódź, s2/q1: Kasa 1}
people: {ann: {addresses: {mail: ann@shop.example}}}
sites: {s1: {timezone: Asia/Tokyo}}
routes: [{tell: ann}]
"""


def test_a_feed_that_was_never_heard_at_one_site_is_not_forgotten_for_what_another_says(tmp_path: Path) -> None:
    """Of the sites that the policy knows Feeds names it, the wall and the API tell of it.

    As silent it is counted nowhere, neither on Now nor for Prometheus: that site may have none.
    """
    with Served(tmp_path, peopled=Peopled(NAMED), standards=shop(tmp_path, FED)) as served:
        served.send(cloud("contact.started", "d", served.now, contact="c", site="s1"))
        waiting(served, "s1", "a")
        served.go(3)
        visitor = Visitor(served)
        page = visitor.ask("/feeds")[2]
        assert "<strong>tills</strong> at Łódź" in page
        assert "<summary>1 feed was never heard at a site</summary>" in page
        assert "It was never heard there, or not for a week." in page
        assert "feed is silent" not in visitor.ask("/")[2]
        assert 'kept_feeds_silent{feed="tills"} 0.0' in served.do(served.caller.get("/metrics")).text
        for path in ("/wall", "/wall?site=s2"):
            assert "<b>tills</b>" in visitor.ask(path)[2]
        told = served.do(served.caller.get("/v1/feeds")).json["items"]
        assert [(it["key"], it["silent"]) for it in told if it["last_heard_at"] is None] == [("s2", False)]
        waiting(served, "s2", "b")
        served.go(1_200)
        page = visitor.ask("/feeds")[2]
        assert "<strong>tills</strong> at Kraków 3" in page
        assert "2 feeds are silent; what rests on them is unknown." in visitor.ask("/")[2]
        assert 'kept_feeds_silent{feed="tills"} 2.0' in served.do(served.caller.get("/metrics")).text
        assert " JST</time>" in page, "the page goes by another clock"


def test_a_wall_that_hangs_there_notices_that_a_feed_falls_silent(fed: Served, page: Page) -> None:
    """No event tells of it: the page looks by itself, once a minute."""
    waiting(fed, "s1", "a")
    fed.send(cloud("contact.started", "d", fed.now, contact="c", site="s1"))
    fed.go(3)
    page.clock.install()
    page.goto(f"{fed.url}/wall?site=s1")
    expect(page.locator("h2.calm")).to_have_text("Nothing needs a hand")
    page.wait_for_function("lastWord !== ''")
    fed.go(1_200)
    page.clock.run_for(61_000)
    expect(page.locator("h2.doubtful")).to_be_visible()
    expect(page.locator(".wall-silent")).to_contain_text("tills is silent since")
    expect(page.locator(".tiles")).to_have_count(0)


def test_a_feed_that_is_heard_by_other_fields_than_before_is_not_known_yet(tmp_path: Path) -> None:
    """After its `per` was edited the wall is drawn: of what it was heard by before nothing is said."""
    for per, said in (("[site]", False), ("[queue, site]", True)):
        fed = FED.replace("per: [site]", f"per: {per}", 1)
        with Served(tmp_path, standards=shop(tmp_path, fed)) as served:
            if not said:
                waiting(served, "s1", "a")
            served.go(3)
            assert ("from <b>tills</b>" in wall(served, "s1")) is said
            waiting(served, "s1", f"b{said}")
            served.go(3)
            assert "from <b>tills</b>" not in wall(served, "s1")


def test_a_site_that_is_silent_is_not_forgotten_for_what_others_say(fed: Served) -> None:
    """However much the others say meanwhile, its last number is known: since when it is silent is told all the same."""
    waiting(fed, "s2", "a")
    fed.go(1_200)
    for number in range(305):
        waiting(fed, "s1", f"b{number}")
    fed.go(3)
    for page in (wall(fed), wall(fed, "s2")):
        assert (DOUBTFUL in page, "No number from s2 since" in page) == (True, True)
    fed.go(2 * 24 * HOUR)
    assert "No number has come from s2 for a while." in wall(fed, "s2")


def test_of_very_many_sites_nothing_is_said_that_is_not_known() -> None:
    """Only so many standings are told of on Kafka: one that is not among them may speak."""
    (tills,) = [feed for feed in rulebook(FED).feeds if feed.name == "tills"]
    many = [FeedStanding("tills", f"s{n}", T0, 300 * SECOND) for n in range(MOST)]
    now = T0 + 400 * SECOND
    assert silences([tills], many, "s999", now) == []
    assert silences([tills], many[:3], "s999", now) == [Silence("tills", "", -1)]
    assert silences([tills], many, "s7", now) == [Silence("tills", "", T0, "s7")]
    assert len(silences([tills], many, "", now)) == MOST


def test_a_wall_names_the_feeds_that_are_dark_there_whoever_else_is_closed() -> None:
    """Of a feed that was never heard at a site, the hours of that site say whether it is missed, and no other's."""
    (tills,) = [feed for feed in rulebook(FED).feeds if feed.name == "tills"]
    span = 300 * SECOND
    heard = FeedStanding("tills", "s1", T0, span, site="s1")
    waited, closed = (FeedStanding("tills", it, -1, span, it == "s3", it) for it in ("s2", "s3"))
    known = [waited, closed, heard]
    assert silences([tills], known, "s2", T0) == [Silence("tills", "", -1)]
    assert silences([tills], known, "s3", T0) == []
    assert silences([tills], known, "s4", T0) == [Silence("tills", "", -1)]
    assert silences([tills], known, "", T0) == [Silence("tills", "s2", -1, "s2")]
    nowhere = FeedStanding("tills", "", -1, span, True)
    assert silences([tills], [nowhere], "", T0) == silences([tills], [nowhere], "s1", T0) == []
