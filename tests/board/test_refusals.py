"""What the board refuses: whoever reads it is told what was found and what would fix it, in their own language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.board.faults import FAULTS
from streams.ingest.refusals import LIVE_REASONS
from streams.storage.devices import MOST_OF_ONE
from tests.alerts.phones import Phone
from tests.board.peopled import ALL, TOKENS
from tests.board.peopled import entered as entered_as
from tests.board.reading import foreign, seen
from tests.board.ringing import RingingShop, ringing
from tests.board.serving import Served, auth
from tests.board.test_ring_forms import JSON, entered, fields, switch_on
from tests.board.visiting import Visitor
from tests.streams.hosting import shop as shop_of

HTML = "text/html"
TONGUES = ("de", "pl")
EVIL = "https://evil.example"
KNOWN = ("Kept", "UTC", "Ania", "ania", EVIL, "evil.example", "https", "push", "viewer", "supervisor", "GET", "POST",
         "/acts/done", "KEPT_PUSH_SERVICES", "s3", "Token", "API")  # fmt: skip
"""What is written alike in every language here."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RingingShop]:
    with ringing(tmp_path) as made:
        yield made


def paragraph(text: str) -> str:
    """Put what a script is told on a page, to be read like one."""
    return f"<html lang=''><p>{text}</p></html>"


@pytest.mark.parametrize("language", TONGUES)
def test_why_a_device_is_not_taken_is_said_to_its_owner(shop: RingingShop, language: str) -> None:
    """Its address, its service, its keys, or that there are too many: said by the script, in its page's language."""
    visitor, proof = entered(shop)
    good = fields(Phone(f"{shop.service.origin}/x"), proof)
    odd = (
        {"endpoint": "http://169.254.169.254/latest"}, {"endpoint": f"{EVIL}/x"}, {"p256dh": "B" * 87},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 3_000}, {"auth": ""},
    )  # fmt: skip
    for number in range(MOST_OF_ONE):
        switch_on(shop, f"phone-{number}")
    for wrong in (*odd, {}):
        answer = visitor.ask("/acts/ring", good | wrong, Accept=JSON, **{"Accept-Language": language})
        said = json.loads(answer[2])["detail"]
        assert (answer[0] in (400, 422), foreign(paragraph(said), language, KNOWN)) == (True, []), said


@pytest.mark.parametrize("language", TONGUES)
def test_a_field_that_does_not_fit_is_named_in_the_readers_words(shop: RingingShop, language: str) -> None:
    """What is too long says by how much, and what cannot be read says so: on a page and to the script of one."""
    visitor, proof = entered(shop)
    tongue = {"Accept-Language": language}
    for given in ({"note": "x" * 3_000}, {"note": "x", "name": "x" * 600}, {"note": "\x01x"}, {"note": "\u200b"}):
        sent = {"proof": proof, "name": "Ania", "site": "s3", **given}
        status, _, page = visitor.ask("/acts/hand-over", sent, **tongue, Accept=HTML)
        assert (status, seen(page).language, foreign(page, language, KNOWN)) == (400, language, [])
        told = json.loads(visitor.ask("/acts/hand-over", sent, **tongue, Accept=JSON)[2])["detail"]
        assert told in seen(page).texts


def test_too_much_is_said_with_its_number(shop: RingingShop) -> None:
    """How much there is, and how much there may be: then it is known how much has to go."""
    visitor, proof = entered(shop)
    sent = {"proof": proof, "name": "Ania", "note": "x" * 3_000}
    page = visitor.ask("/acts/hand-over", sent, Accept=HTML)[2]
    assert "The note has 3,000 characters, and there is room for 2,000; shorten it." in seen(page).texts


@pytest.mark.parametrize("language", TONGUES)
def test_the_door_speaks_the_language_of_who_stands_there(shop: RingingShop, language: str) -> None:
    """From elsewhere, signed out, looking on, too much at once, not so: a page that says it, with no session in it."""
    served, tongue = shop.served, {"Accept-Language": language, "Accept": HTML}
    stranger, viewer = Visitor(served), Visitor(served)
    assert viewer.enter(TOKENS["viewer"], "Ania") == 303
    asked: tuple[tuple[Visitor, str, dict[str, str] | None, dict[str, str], int], ...] = (
        (stranger, "/sign-in", {"token": "x"}, {"Origin": EVIL}, 403),
        (stranger, "/sign-in", {"token": "x" * 20_000}, {}, 413),
        (stranger, "/acts/done", {"promise": "x"}, {}, 401),
        (viewer, "/acts/done", {"promise": "x"}, {}, 403),
        (viewer, "/acts/done", None, {}, 405),
    )
    for who, path, given, headers, status in asked:
        answer = who.ask(path, given, **tongue, **headers)
        assert (answer[0], seen(answer[2]).language) == (status, language), (path, answer)
        assert foreign(answer[2], language, KNOWN) == []
        assert status != 401 or 'href="/">' in answer[2], "it leads to the sign-in"
        assert who is viewer or ("Set-Cookie" not in answer[1] and 'name="proof"' not in answer[2])


OPEN = """
kept: 1
calendars:
  shop: {timezone: UTC, hours: {daily: "00:00-24:00"}, may_change: [lead]}
standards:
  answered:
    {promise: p., what: w, how: h, why: y, exceptions: none, owner: lead, per: [contact], when: contact.waiting,
     expect: contact.answered, within: 60s, calendar: shop}
"""


@pytest.mark.parametrize("language", TONGUES)
def test_a_day_or_an_event_that_is_not_taken_is_said_in_the_readers_words(tmp_path: Path, language: str) -> None:
    """A day that is over, far away or cannot be read, hours, a calendar; and why an event still cannot be taken in.

    It begins with a capital letter and ends with a full stop; what exactly was found in an event stays as it came.
    """
    with Served(tmp_path, ALL, standards=shop_of(tmp_path, OPEN)) as served:
        served.do(served.caller.post("/v1/events", {"type": "no.such"}, "application/cloudevents+json", **auth(served)))
        visitor, proof = entered_as(served)
        headers = {"Accept": HTML, "Accept-Language": language}
        day = {"calendar": "shop", "date": "2026-01-10", "reason": "x", "by": "lead"}
        letter = {"letter": "1", "reason": "x"}
        asked: tuple[tuple[str, dict[str, str], str], ...] = (
            ("change-day", day | {"date": "2025-01-01"}, ""), ("change-day", day | {"date": "2062-01-01"}, ""),
            ("change-day", day | {"date": "1.1.2026"}, ""), ("change-day", day | {"calendar": "shp"}, ""),
            ("change-day", day | {"open": "8 to noon"}, "is not a valid shift"),
            ("resend", letter | {"raw": '{"type": "no.such"}'}, "no event type"),
            ("resend", letter | {"raw": "{"}, "not JSON"), ("resend", letter | {"letter": "7", "raw": "{}"}, ""),
            ("set-aside", {"letter": "1"}, ""), ("done", {"promise": "nix"}, ""), ("excuse", {"promise": "nix"}, ""),
        )  # fmt: skip
        for act, given, found in asked:
            status, _, page = visitor.ask(f"/acts/{act}", {"proof": proof, "name": "Ania"} | given, **headers)
            assert status in (400, 404, 422), (act, given, status)
            said = next(text for text in seen(page).texts if text.endswith("."))
            assert said[0].isupper() or not said[0].isalpha(), said
            assert found in said
            known = [*KNOWN, *filter(None, given.values()), "JSON", "shp", "lead"]
            left = foreign(paragraph(said.partition(": " if act == "resend" else " (")[0]), language, known)
            assert left == [], said
        page = visitor.ask("/feeds", None, **headers)[2]
        assert foreign(page, language, [*KNOWN, '{"type": "no.such"}']) == []


def test_every_reason_for_which_an_event_is_refused_has_its_words() -> None:
    """What is counted by a word is told in a sentence."""
    assert set(FAULTS) == set(LIVE_REASONS)


def test_programs_are_refused_in_english(shop: RingingShop) -> None:
    """Whatever language whoever runs them has: their answers are read by other programs."""
    served = shop.served
    for path, given in (("/v1/promises?state=odd", None), ("/v1/shift/notes", {"note": "x"})):
        answer = Visitor(served).ask(path, given, **{"Accept-Language": "de", "Accept": HTML})
        assert (answer[0], json.loads(answer[2])["detail"]) == (
            401,
            "this needs a token; send it as Authorization: Bearer TOKEN",
        )
    token = {"Authorization": f"Bearer {TOKENS['viewer']}", "Accept-Language": "de", "Accept": HTML}
    detail = json.loads(Visitor(served).ask("/acts/done", {"promise": "x"}, **token)[2])["detail"]
    assert detail.startswith("this token is for looking on, and this needs supervisor")
