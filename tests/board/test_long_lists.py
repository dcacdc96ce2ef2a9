"""Feeds and people, page by page: each of very many rows stands on some page, and a page stays short."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from streams.board.feeds import PAGES, Page, Standings, Unused, draw
from streams.board.paging import ROWS, page_from
from streams.board.shell import Shell
from streams.ingest.wire import Refusal
from streams.runtime.feeds import FeedStanding
from streams.storage.status import Status
from tests.board.crowd import line
from tests.board.peopled import TOKENS, entered
from tests.board.ringing import ringing
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.asking import cloud, register, waiting
from tests.streams.hosting import NO_WAIT, SECOND, T0, shop

MANY = 10_000
LETTERS = r"it was number (\d+)"
FEEDS = """
feeds:
  tills: {events: [register.opened], per: [site], silent_after: 15m}
standards:
"""


def turned(visitor: Visitor, path: str, section: str, found: str) -> list[str]:
    """Give what is found in one section, from the page of a path to the last, by the links in it that lead on."""
    rows: list[str] = []
    while path:
        (part,) = re.findall(rf'(?s)<section id="{section}">.*?</section>', visitor.ask(path)[2])
        rows += re.findall(found, part)
        after = re.findall(r'<a href="([^"]+)" rel="next">', part)
        path = after[0].replace("&amp;", "&").partition("#")[0] if after else ""
    return rows


def refuse(served: Served, count: int) -> None:
    """Have so many events come that cannot be read."""
    letters = [Refusal(0, "not-json", f"it was number {number}", b"%d" % number) for number in range(count)]
    served.do(served.caller.host.submit([], letters))


def test_the_first_of_ten_thousand_unreadable_events_can_be_reached(empty: Served) -> None:
    """The list is short however long it is, and its last page has what came first."""
    refuse(empty, MANY)
    visitor = Visitor(empty)
    page = visitor.ask("/feeds")[2]
    assert f"Could not be read · {MANY:,}" in page
    assert len(re.findall(LETTERS, page)) == ROWS
    last = visitor.ask(f"/feeds?waiting={MANY // ROWS}")[2]
    assert re.findall(LETTERS, last)[-1] == "0"
    assert 'rel="next"' not in last.split('id="waiting"')[1].split("</section>")[0]
    assert len(set(turned(visitor, f"/feeds?waiting={MANY // ROWS - 3}", "waiting", LETTERS))) == 4 * ROWS


def test_each_list_of_feeds_is_turned_by_itself(peopled: Served) -> None:
    """What was dealt with, what changed nothing and what is still to be read stand on pages of their own."""
    lead, proof = entered(peopled, "admin")
    before = peopled.caller.host.read_model.board.refused(0, dealt_with=False)[1]
    refuse(peopled, 45)
    peopled.go(1_000)
    peopled.send(*(waiting(f"late-{number}", T0 - SECOND, 1, queue="late") for number in range(45)))
    for letter in peopled.caller.host.read_model.board.refused(25, dealt_with=False)[0]:
        form = {"proof": proof, "letter": str(letter.seq), "reason": "a test"}
        assert lead.ask("/acts/set-aside", form)[0] == 303
    page = lead.ask("/feeds?waiting=2&dealt=2")[2]
    assert f"Could not be read · {20 + before}" in page
    assert "Dealt with · 25" in page
    assert 'href="/feeds?waiting=2#dealt" rel="prev"' in page, "turning one leaves the others where they are"
    late = peopled.caller.host.read_model.board.unused(0)[1]
    found = turned(lead, "/feeds", "late", r"(late-\d+) from till")
    assert len(set(found)) == 45 <= late
    assert len(turned(lead, "/feeds?waiting=2", "dealt", "set it aside")) == 25
    for name in PAGES:
        assert lead.ask(f"/feeds?{name}=9999")[0] == 200, name


def test_ten_thousand_feeds_are_turned_over() -> None:
    """A chain's feeds, one for each of its tills: those that are silent come first, and those that speak are folded."""
    shell = Shell(T0, ZoneInfo("UTC"), status=Status(ready=True))
    every = [FeedStanding("tills", f"till {number}", -1, SECOND) for number in range(MANY)]
    page = draw(shell, Unused(query={"silent": "500"}), Standings(Page(page_from(every, 500), MANY)))
    assert f"Silent · {MANY:,}" in page
    assert f"till {MANY - 1}" in page
    assert 'href="/feeds?silent=499#feeds" rel="prev">Previous</a>' in page
    speak = Standings(speaking=Page(page_from(every, 2), MANY))
    assert "<details open>" in draw(shell, Unused(query={"speaking": "2"}), speak)
    assert "<details>" in draw(shell, Unused(), speak)


def test_what_nobody_can_vouch_for_is_turned_over(tmp_path: Path) -> None:
    """By site and standard: each line can be reached, and the count is of all promises."""
    sites = [f"site-{number:02}" for number in range(25)]
    with Served(tmp_path, standards=shop(tmp_path, NO_WAIT.replace("standards:\n", FEEDS, 1))) as served:
        served.send(*(register(site, served.now) | {"data": {"site": site, "queue": "q"}} for site in sites))
        served.go(1_800)
        served.send(*(line(f"w{site}", served.now, site, till) for site in sites for till in ("a", "b")))
        served.go(70)
        visitor = Visitor(served)
        assert "Nobody can say · 50" in visitor.ask("/feeds")[2]
        assert turned(visitor, "/feeds", "unsaid", r"<strong>(site-\d+)</strong>") == sites
        assert turned(visitor, "/feeds?unsaid=2", "feeds", r"</strong> at (site-\d+)") == sites


def test_everything_people_did_can_be_reached(peopled: Served) -> None:
    """Acts come twenty at a time; by the links each is found, for a viewer as well."""
    peopled.send(*(
        cloud("alert.unsilenced", f"u{number}", peopled.now, silence=f"silence {number:02}", by="ann")
        for number in range(45)
    ))  # fmt: skip
    looks = Visitor(peopled)
    looks.enter(TOKENS["viewer"])
    found = turned(looks, "/people", "acts", r"silence: (silence \d+)")
    assert len(set(found)) == 45
    assert looks.ask("/people?page=x&phones=-1")[0] == 200
    last = peopled.caller.host.read_model.board.actions(0, 5, skipped=44)
    assert [act.data["silence"] for _, act in last] == ["silence 00"]


def test_phones_of_very_many_people_are_turned_over(tmp_path: Path) -> None:
    """A policy of 45 people who are told by push has three pages of phones, beside what people did."""
    people = "".join(f"  p{number:02}: {{addresses: {{push: Person {number:02}}}}}\n" for number in range(45))
    policy = f"kept: 1\npeople:\n{people}routes: [{{match: no-wait, tell: p00}}]\n"
    with ringing(tmp_path, policy) as rings:
        visitor, _ = entered(rings.served)
        found = turned(visitor, "/people?page=2", "phones", r"<strong>(Person \d\d)</strong>")
        assert len(set(found)) == 45
        assert 'href="/people?page=2&amp;phones=2#phones" rel="next"' in visitor.ask("/people?page=2")[2]
