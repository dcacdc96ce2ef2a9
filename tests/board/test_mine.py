"""One's own page: only the link in one's own mail shows it, and what is answered there is told to nobody."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from alerts.channels.letter import Envelope
from alerts.channels.mail import Mail
from standards.calendar.duration import DAY
from streams.delivery.links import Links
from streams.names.names import Names
from tests.alerts.mailing import KEPT, TO, Office, office
from tests.board.peopled import ALL, BASE, TOKENS, entered, of_a_team
from tests.board.serving import Served, fill, owed, proof_in
from tests.board.test_thanks import PRACTICE, STANDARDS, data
from tests.board.test_thanks_apart import fields
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled, cloud
from tests.streams.hosting import T0

POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}, language: de}
  bob: {addresses: {mail: bob@shop.example}}
  cem: {addresses: {console: cem}}
teams:
  north: {members: [ann, bob, cem]}
routes:
  - {match: no-wait, tell: ann, well_for: 0s, escalate: [{after: 30s, tell: bob}]}
"""
FORMS = """
forms:
  delight:
    kind: self
    statements: [I greet first., I come back when I said., I walk along.]
    bands: [{from: 3, says: You delight people.}, {from: 2, says: You are close.},
      {from: 0, says: Would you like a coach?, offer: coaching}]
  nine: {kind: review, statements: ["Greeting: warm?", "Name: used?", "Solving: solved?"]}
"""
COACH = """
  coach-comes: {promise: Who asks gets one., aspect: follow-through, per: agent, when: coaching.asked,
    expect: coaching.completed, within: 14d}
"""
LINKS = Links(ALL.secret, BASE)


@contextmanager
def serving(folder: Path, *channels: Mail, policy: str = POLICY) -> Iterator[Served]:
    peopled = Peopled(policy, list(channels) or None, practice=PRACTICE + FORMS, apart=True)
    with of_a_team(folder, STANDARDS + COACH, peopled) as served:
        fill(served)
        yield served


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


def part_of(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def names_of(served: Served) -> Names:
    names = served.caller.host.names
    assert names is not None
    return names


def link(served: Served, whom: str = "ann", at: int = 0) -> str:
    """Give the path of somebody's own page."""
    return LINKS.mine(names_of(served).find(whom), at or served.now).removeprefix(BASE)


def test_the_link_shows_what_is_about_its_person_alone(house: Served) -> None:
    """Thanks and reviews of the one whose link it is stand there, in names, and nothing about anybody else."""
    for number, (whom, why) in enumerate((("ann", "for the tea"), ("bob", "for the flowers"))):
        said = {"agent": whom, "by": "cem", "reason": why, "team": "north"}
        house.send(cloud("recognition.given", f"t{number}", house.now, **said))
        review = {"agent": whom, "by": "cem", "form": "nine", "yes": 2 - number, "of": 3, "team": "north"}
        house.send(cloud("review.completed", f"r{number}", house.now, **review))
    house.go(3)
    page = Visitor(house).ask(link(house))[2]
    shown = page.partition("<main")[2].partition("</main>")[0]
    assert ("for the tea" in shown, "cem" in shown, "yes to 2 of 3" in shown) == (True, True, True)
    assert ("for the flowers" in shown, "yes to 1 of 3" in shown, "bob" in shown) == (False, False, False)
    order = [shown.index(f'id="{each}"') for each in ("thanks", "forms", "reviews", "coach", "vote")]
    assert order == sorted(order)


def test_a_review_is_between_two_people(house: Served) -> None:
    """Whoever reviewed and whoever was reviewed know it: no list has it, on the board or in the API."""
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "north", "form": "nine", "agent": "ann", "true-0": "yes", "true-2": "yes"}
    assert visitor.ask("/acts/review", {**form, "next": "/thanks?team=north"})[0] == 303
    assert visitor.ask("/acts/review", {**form, "agent": "ania"})[0] == 409, "nobody reviews their own work"
    house.go(3)
    (said,) = data(house, "review.completed")
    assert (said["form"], said["yes"], said["of"], said["team"]) == ("nine", 2, 3, "north")
    assert "yes to 2 of 3" in Visitor(house).ask(link(house))[2]
    assert "review.completed" not in visitor.ask("/people")[2]
    listed = house.do(house.caller.get("/v1/acts", Authorization=f"Bearer {TOKENS['supervisor']}"))
    assert "review.completed" not in listed.text


def test_answers_are_shown_once_and_told_to_nobody(house: Served) -> None:
    """The band stands in the answer to the form; what is stored says that it was done, and no more."""
    visitor, path = Visitor(house), link(house)
    given = {"deed": "assess", "form": "delight", "team": "north", "true-0": "yes", "true-2": "yes"}
    status, _, page = visitor.ask(path, given)
    assert (status, "You ticked 2 of 3." in page, "You are close." in page) == (200, True, True)
    assert ("Ask for a coach" in page, "You are close." in visitor.ask(path)[2]) == (False, False)
    house.go(3)
    (event,) = stored(house, "assessment.completed")
    assert {name for name, value in event.items() if value is not None} == {"agent", "team", "form"}
    assert event["agent"] == names_of(house).find("ann")


def test_below_the_lowest_band_a_coach_is_offered(house: Served) -> None:
    """Where the band offers coaching the result has the button; asking is an event that a standard can judge."""
    visitor, path = Visitor(house), link(house)
    page = visitor.ask(path, {"deed": "assess", "form": "delight", "team": "north"})[2]
    assert ("Would you like a coach?" in page, "Ask for a coach" in page) == (True, True)
    assert "You asked for a coach." in visitor.ask(path, {"deed": "coach", "team": "north"})[2]
    visitor.ask(path, {"deed": "coach", "team": "north"})
    house.go(3)
    assert len({json.dumps(each) for each in stored(house, "coaching.asked", "id")}) == 1, "twice by one link is once"
    assert names_of(house).find("ann") in owed(house), "it is judged by the standard"


@pytest.mark.parametrize("linked", [True, False], ids=["by link", "signed in"])
def test_an_answer_that_is_loaded_anew_is_the_same_one(house: Served, linked: bool) -> None:
    """Sent again as it was, a form shows nothing more and is counted no more; a form of a later page is another one."""
    visitor, path = Visitor(house), link(house) if linked else "/mine"
    if not linked:
        assert visitor.ask("/sign-in", {"token": TOKENS["frontliner"], "name": "Ania"})[0] == 303
    for number in range(1, 3):
        page = visitor.ask(path)[2]
        form = fields(page[page.index('value="assess"') - 30 :])
        proof = {} if linked else {"proof": proof_in(page)}
        sent = {**form, **proof, "deed": "assess", "true-0": "yes", "true-2": "yes"}
        assert "You ticked 2 of 3." in visitor.ask(path, sent)[2]
        for again in (sent, {**sent, "true-1": "yes"}):
            shown = visitor.ask(path, again)[2]
            assert ("You ticked" in shown, "You delight" in shown, "shown once, and is gone" in shown) == (
                False, False, True)  # fmt: skip
        house.go(3)
        assert len(set(map(str, stored(house, "assessment.completed", "id")))) == number
        assert len(stored(house, "assessment.completed")) == number


def stored(served: Served, kind: str, part: str = "data") -> list[dict[str, object]]:
    """Give a part of the events of a type in the log."""
    found = served.caller.host.read_model._all("SELECT body FROM events")  # noqa: SLF001 - nothing lists them
    events = [json.loads(line) for row in found for line in row[0].splitlines()]
    return [each[part] for each in events if each["type"] == kind]


def test_each_has_one_vote_a_quarter(house: Served) -> None:
    """The first vote of a person counts, whatever they choose later and by which link; its event names nobody."""
    visitor = Visitor(house)
    for reward in ("voucher", "early"):
        page = visitor.ask(link(house), {"deed": "vote", "team": "north", "reward": reward})[2]
        assert "if it is your first this quarter" in page
        house.go(3600)
    visitor.ask(link(house, "bob"), {"deed": "vote", "team": "north", "reward": "early"})
    house.go(3)
    assert data(house, "reward.voted") == [
        {"team": "north", "reward": "early"}, {"team": "north", "reward": "voucher"},
    ]  # fmt: skip
    assert visitor.ask(link(house), {"deed": "vote", "team": "north", "reward": "erly"})[0] == 400
    assert visitor.ask(link(house), {"deed": "vote", "team": "south", "reward": "early"})[0] == 400


def test_a_link_is_over_after_a_day_and_good_for_nothing_else(house: Served) -> None:
    """It says that it is over; a link to a promise is none to a page, and one to a page acknowledges nothing."""
    status, _, page = Visitor(house).ask(link(house, at=house.now - DAY - 1))
    assert (status, "This link is over" in page) == (410, True)
    assert Visitor(house).ask(link(house), {"name": "x"})[0] == 400


def test_who_has_signed_in_proves_nothing_by_a_name(house: Served) -> None:
    """A frontliner looks at their own work and asks for a coach; of thanks, reviews and votes there is nothing."""
    house.send(cloud("recognition.given", "t", house.now, agent="Ania", by="cem", reason="for the tea"))
    visitor = Visitor(house)
    assert visitor.ask("/sign-in", {"token": TOKENS["frontliner"], "name": "Ania"})[0] == 303
    page = visitor.ask("/mine")[2]
    assert ("for the tea" in page, 'id="vote"' in page, 'id="forms"' in page) == (False, False, True)
    proof = {"proof": proof_in(page)}
    result = visitor.ask("/mine", {**proof, "deed": "assess", "form": "delight", "team": "north", "true-0": "yes"})[2]
    assert "You ticked 1 of 3." in result
    assert visitor.ask("/mine", {**proof, "deed": "vote", "team": "north", "reward": "early"})[0] == 400
    assert visitor.ask("/mine", {"deed": "coach", "team": "north"})[0] == 403, "a form from elsewhere"
    assert entered(house, "viewer")[0].ask("/mine")[0] == 403


def test_links_are_sent_to_those_with_an_address(tmp_path: Path) -> None:
    """Each gets their own link, in their language, at their own address; whoever sends it sees none."""

    async def mailed() -> Office:
        async with office() as post:
            mail = Mail(post.server(), Envelope(KEPT, TO.to), clock=lambda: T0, links=LINKS.of)
            with serving(tmp_path, mail) as served:
                await asyncio.to_thread(play, served, post)
            return post

    def play(served: Served, post: Office) -> None:
        visitor, proof = entered(served, "supervisor")
        assert "Everybody&#x27;s own page" in visitor.ask("/thanks?team=north")[2]
        came = len(post.letters)
        page = visitor.ask("/acts/own-page", {"proof": proof, "to": "", "next": "/thanks"})[2]
        assert ("The link went to 2 people." in page, "/do/" in page) == (True, False)
        assert "Not sent to cem: the policy has no mail address for them." in page
        letters = {str(it["To"]): it for it in post.letters[came:]}
        assert set(letters) == {"ann@shop.example", "bob@shop.example"}
        assert letters["ann@shop.example"]["Subject"] == "Deine eigene Seite"
        for whom, letter in letters.items():
            (path,) = re.findall(rf"{BASE}(/do/\S+)", letter.get_content())
            found = LINKS.read(path.removeprefix("/do/"))
            assert found is not None
            assert found.by == names_of(served).find(whom.partition("@")[0])
            assert Visitor(served).ask(path)[0] == 200
        for role, status in (("viewer", 403), ("frontliner", 403), ("supervisor", 200)):
            key = {"Authorization": f"Bearer {TOKENS[role]}"}
            answer = served.do(served.caller.post("/v1/persons/mine", {"person": "Bob"}, **key))
            assert answer.status == status, role
        assert answer.json == {"sent": ["bob"], "missed": {}}
        offered = re.findall(r">(\w+)</option>", part_of(visitor.ask("/thanks?team=north")[2], "own-pages"))
        assert offered == ["everybody", "ann", "bob"], "whom a letter can reach"
        nobody = served.do(served.caller.post("/v1/persons/mine", {"person": "cem"}, **key))
        assert (nobody.status, "no mail address" in nobody.text) == (404, True)

    assert len(asyncio.run(mailed()).letters) >= 3


def test_why_a_link_could_not_be_sent_is_said_in_ones_language(tmp_path: Path) -> None:
    """Of an address that the server refuses, and of who has none, it is said whose and why; of many, how many more."""
    more = "".join(f"\n  p{number}: {{addresses: {{console: x}}}}" for number in range(6))

    async def mailed() -> None:
        async with office() as post:
            post.answers["ann@shop.example"] = ["550 no such user"] * 9
            mail = Mail(post.server(), Envelope(KEPT, TO.to), clock=lambda: T0, links=LINKS.of)
            with serving(tmp_path, mail, policy=POLICY.replace("\nteams:", f"{more}\nteams:")) as served:
                await asyncio.to_thread(play, served)

    def play(served: Served) -> None:
        visitor, proof = entered(served, "supervisor")
        form = {"proof": proof, "to": "", "next": "/thanks"}
        page = visitor.ask("/acts/own-page", form, **{"Accept-Language": "de"})[2]
        assert "Der Link ging an 1 Person." in page
        assert "Nicht gesendet an ann: der Brief wurde nicht angenommen (" in page
        assert "Nicht gesendet an cem: die Policy hat keine Mailadresse dafür." in page
        assert "Auch nicht an 3 weitere." in page
        key = {"Authorization": f"Bearer {TOKENS['supervisor']}"}
        missed = served.do(served.caller.post("/v1/persons/mine", {}, **key)).json["missed"]
        assert (len(missed), missed["cem"]) == (8, "the policy has no mail address for them")

    asyncio.run(mailed())


def test_without_a_mail_server_nothing_offers_to_send(house: Served) -> None:
    """The page has no button that could not work, and the API says what is missing."""
    assert 'id="own-pages"' not in entered(house, "supervisor")[0].ask("/thanks?team=north")[2]
    key = {"Authorization": f"Bearer {TOKENS['supervisor']}"}
    answer = house.do(house.caller.post("/v1/persons/mine", {}, **key))
    assert (answer.status, "mail server" in answer.text) == (409, True)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_readable_on_every_screen(house: Served, browser: Browser, width: int) -> None:
    """Without a fault that axe knows, and without a line that is wider than the screen."""
    context = browser.new_context(viewport={"width": width, "height": 900}, extra_http_headers={})
    page = context.new_page()
    page.goto(house.url + link(house))
    page.locator("#forms summary").click()
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
