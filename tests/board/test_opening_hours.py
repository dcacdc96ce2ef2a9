"""Opening hours on the board: the days that are changed, who says so, and who may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from standards.judge.events import iso
from streams.web import Access
from tests.board.serving import SECRET, Served, proof_in
from tests.board.visiting import Visitor
from tests.streams.hosting import T0, shop
from tests.streams.test_changed_days_asked import LEADS, RULES

TODAY = iso(T0)[:10]


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Visitor]:
    access = Access(token=SECRET, supervisor_token=LEADS)
    with Served(tmp_path, access, standards=shop(tmp_path, RULES)) as served:
        visitor = Visitor(served)
        visitor.enter(LEADS)
        yield visitor


def change(visitor: Visitor, **given: str) -> tuple[int, dict[str, str], str]:
    proof = proof_in(visitor.ask("/standards")[2])
    said = {"proof": proof, "name": "Ania", "by": "floor-lead", "calendar": "shop", "date": TODAY, "reason": "snow"}
    return visitor.ask("/acts/change-day", {**said, **given})


def test_a_lead_closes_today_and_everybody_sees_it(lead: Visitor) -> None:
    """The form says which day, how it is open and why; the page says who said so and since when."""
    assert "All days are as their calendars say." in lead.ask("/standards")[2]
    status, headers, _ = change(lead)
    assert (status, headers["Location"]) == (303, "/standards#opening-hours")
    lead.served.go(5)
    page = lead.ask("/standards")[2]
    assert f"<strong>{TODAY}: closed</strong>, shop, since " in page
    assert "by floor-lead: snow (Ania)" in page
    assert change(lead, open="usual")[0] == 303
    lead.served.go(5)
    assert f"<strong>{TODAY}: as usual</strong>" in lead.ask("/standards")[2]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"calendar": "house"}, "may not change the calendar house; an admin may"),
        ({"open": "till noon"}, "is not a valid shift"),
        ({"date": ""}, "Say which day"),
        ({"reason": ""}, "Say why"),
    ],
)
def test_what_cannot_be_done_is_said(lead: Visitor, given: dict[str, str], words: str) -> None:
    """The page says what is missing, and nothing is changed."""
    status, _, page = change(lead, **given)
    assert (status >= 400, words in page) == (True, True), page
    assert lead.served.caller.host.read_model.board.actions() == []


def test_only_an_admin_is_offered_calendars_that_name_nobody(lead: Visitor) -> None:
    """Whoever may not change a calendar does not find it in the form; an admin does, and needs no role."""
    assert '<option value="house">' not in lead.ask("/standards")[2]
    admin = Visitor(lead.served)
    admin.enter(SECRET)
    page = admin.ask("/standards")[2]
    assert '<option value="house">' in page
    assert "In the role of" not in page
    assert change(admin, calendar="house", by="")[0] == 303
