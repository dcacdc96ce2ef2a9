"""Where something is stands first, with how many there are, since when, in one zone: on cards, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from streams.board.wording import Wording
from streams.delivery.links import PATH, Link, Links
from streams.storage.rows import PromiseFilter
from tests.board.peopled import ALL, BASE, entered
from tests.board.reading import seen
from tests.board.serving import Served, owed
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud, register, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, shop

NAMED = """
kept: 1
names: {s3: Kraków 3, s3/q1: Kasa 1}
people: {ann: {addresses: {mail: ann@shop.example}}}
sites: {s3: {timezone: Asia/Tokyo, language: en}}
routes: [{tell: ann, well_for: 0s}]
"""
RULES = (
    NO_WAIT.replace("owner: floor-lead\n", "owner: floor-lead\n    may_excuse: [floor-lead]\n    owed_for: 10m\n", 1)
    + """
  called-back:
    promise: We call you back.
    what: Call back.
    how: Say what you know.
    why: Silence breaks a promise.
    exceptions: None.
    owner: lead
    per: [contact]
    carry: [site]
    when: callback.promised
    expect: callback.made
    within: 1m
    warn: 30s before
"""
)


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Served]:
    """A host at whose one site, in Tokyo, a line is long and a call back was promised; both have warned."""
    with Served(tmp_path, ALL, Peopled(NAMED), shop(tmp_path, RULES)) as served:
        called = cloud("callback.promised", "c", served.now, contact="c7", site="s3")
        served.send(waiting("a", served.now), called)
        served.go(46)
        yield served


def card(page: str, standard: str) -> str:
    cards: list[str] = re.findall(r'<li id="[^"]+" class="warned.*?</li>', page, re.DOTALL)
    return next(it for it in cards if f">{standard}<" in it)


def test_a_card_says_where_first_then_what_and_how_many_since_when(named: Served) -> None:
    """By the policy's name for the site, also where that is only carried; the number with when it was counted."""
    page = entered(named)[0].ask("/")[2]
    line, call = card(page, "no-wait"), card(page, "called-back")
    assert line.index("Kraków 3, Kasa 1") < line.index("Open the next register.")
    assert re.search(r"4 people waiting at \d\d:\d\d\. Open since \d\d:\d\d\.", line)
    assert call.index(">Kraków 3, c7<") < call.index("Call back.")


def test_a_line_of_many_says_how_many_at_each_and_since_when(named: Served) -> None:
    """Between how few and how many, and since when the first of them is open."""
    at = named.now
    named.send(*(waiting(f"w{n}", at, 4 + n, queue=f"q{n}") for n in range(2, 6)))
    named.go(46)
    page = entered(named)[0].ask("/")[2]
    assert re.search(r"6 to 9 people waiting at each of these \(\d\d:\d\d\)\. Open since \d\d:\d\d\.", page)


def test_where_all_sites_share_a_zone_the_page_goes_by_it(named: Served) -> None:
    """Then no line of it differs from its own clock, so no zone is named but the page's, at its foot."""
    visitor = entered(named)[0]
    for path in ("/", "/shift", "/notices", "/feeds", "/standards", "/people"):
        page = visitor.ask(path)[2]
        assert 'data-zone="Asia/Tokyo"' in page
        assert "Times are those of Asia/Tokyo, where they name no other." in page
        assert "JST</time>" not in page


def test_headings_say_where_and_how_many(named: Served) -> None:
    """Of a site by its name; what is handed over, what was so far and what was not kept by how much of it there is."""
    visitor = entered(named)[0]
    assert "<h1>Shift: Kraków 3</h1>" in visitor.ask("/shift?site=s3")[2]
    assert "<h1>Debriefs: Kraków 3</h1>" in visitor.ask("/debriefs?site=s3")[2]
    assert "<h2>Handed over · 2</h2>" in visitor.ask("/shift")[2]
    named.go(30)
    page = visitor.ask("/shift")[2]
    assert "<h2>So far · 2</h2>" in page
    assert "<h2>Broken, excused or unknown · 2</h2>" in page
    assert ">Kraków 3, c7<" in page


def test_what_people_did_says_to_what_and_where(named: Served) -> None:
    """Each act names its promise by the place and the standard; an exception that was granted is not asked for."""
    visitor, proof = entered(named)
    promise = owed(named)["s3/q1"]
    for act, more in (("acknowledge", {}), ("excuse", {"by": "floor-lead", "reason": "till outage"})):
        sent = {"proof": proof, "promise": promise, "name": "Ania"} | more
        assert visitor.ask(f"/acts/{act}", sent)[0] == 303
    named.go(3)
    texts = seen(visitor.ask("/people")[2]).texts
    assert texts.count("Kraków 3, Kasa 1") == 2
    assert any("granted an exception" in text for text in texts)
    assert not any("asked for an exception" in text for text in texts)


def linked(served: Served, deed: str, promise: str, *more: str) -> str:
    link = Link(deed, promise, "", served.now + SECOND, more)  # type: ignore[arg-type] # one of the deeds
    return Visitor(served).ask(PATH + Links(ALL.secret, BASE).seal(link))[2]


def test_a_link_offers_only_what_can_be_done_and_says_who_has_it(named: Served) -> None:
    """What is over is not to be taken, not even with others that are; what is owed is not talked over yet."""
    visitor, proof = entered(named)
    found = owed(named)
    one, other = found["s3/q1"], found["c7"]
    assert "Nobody has it yet." in linked(named, "acknowledge", one)
    visitor.ask("/acts/acknowledge", {"proof": proof, "promise": one, "name": "Ania"})
    assert "Ania has it, since" in linked(named, "acknowledge", one)
    named.go(20)
    (row,) = named.caller.host.read_model.promises(PromiseFilter(standard="no-wait")).items
    assert row.verdict == "broken"
    assert "first it is done, then it is talked over" in linked(named, "debrief", one)
    told, links = named.caller.host.read_model.notices()[0].notice, Links(ALL.secret, BASE)
    for owed_until, talked in ((named.now, False), (-1, True)):
        broken = replace(told, kind="broken", decided=-1, promises=(), owed_until=owed_until)
        assert ("debrief" in links.of(broken)) is talked
    named.send(register("r", named.now), cloud("callback.made", "m", named.now, contact="c7", site="s3"))
    named.go(3)
    for page in (linked(named, "acknowledge", one, other), linked(named, "acknowledge", one)):
        assert "There is nothing to take on any more." in page
        assert "I have it</button>" not in page
    assert "<button>We have talked it over" in linked(named, "debrief", one)


@pytest.mark.parametrize(("language", "said"), [("de", "Kasse geöffnet"), ("pl", "otwarto kasę")])
def test_what_was_to_happen_is_named_in_the_readers_words(named: Served, language: str, said: str) -> None:
    """Kept's own event types have names; what is drawn once and live has none that says when it was drawn."""
    promise = owed(named)["s3/q1"]
    named.go(30)
    page = entered(named)[0].ask(f"/promises/{promise}", None, **{"Accept-Language": language})[2]
    assert said in page
    assert "register opened" not in page


def test_trends_are_headed_by_the_promise(named: Served) -> None:
    """The customer's words first, then the id; sites by their names."""
    named.go(30)
    page = entered(named)[0].ask("/standards/no-wait?site=s3")[2]
    assert "<h1>You will never stand behind more than three people.</h1>" in page
    assert page.index("<h1>You will never") < page.index('class="standard">no-wait')
    assert ("Broken at Kraków 3" in page, '<th scope="row">Kraków 3</th>' in page) == (True, True)


def test_a_card_says_the_number_that_its_standard_counts(tmp_path: Path) -> None:
    """Of two readings at one place, whichever of them came last, and whatever they are called."""
    for other in ("alarms", "zebras"):
        (tmp_path / other).mkdir()
        own = f"events: {{belt.length: {{site: text, queue: text, {other}: integer}}}}\nreadings: [belt.length]\n"
        rules = NO_WAIT.replace("standards:\n", f"{own}standards:\n", 1)
        with Served(tmp_path / other, standards=shop(tmp_path / other, rules)) as served:
            served.send(waiting("a", served.now, 7))
            served.go(46)
            served.send(cloud("belt.length", "b", served.now, site="s3", queue="q1", **{other: 2}))
            served.go(3)
            found = card(Visitor(served).ask("/")[2], "no-wait")
            assert ("7 people waiting" in found, other in found) == (True, False)


@pytest.mark.parametrize(
    ("subject", "site", "said"),
    [("1/1", "1", "1/1"), ("1", "1", "1"), ("1/2", "1", "1/2"), ("2/1", "1", "1/2"), ("c7", "s3", "s3/c7")],
)
def test_a_part_that_is_called_like_its_site_stands_after_it(subject: str, site: str, said: str) -> None:
    """Till 1 of store 1 is not the store: the site is moved to the front once, and the rest stays."""
    assert Wording(T0, ZoneInfo("UTC")).placed(subject, site) == said
