"""The words' promises on Now: names in the order in which people count, reasons from a standard, views in addresses."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.words.words import ENGLISH
from standards.natural import natural
from streams.board.items import Group, Item
from streams.board.reasons import reasons
from streams.board.silences import Muted
from streams.board.view import PARTS, View
from streams.board.wording import Wording
from tests.streams.hosting import SECOND, T0

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)
views = st.builds(
    View, q=texts, site=texts, standard=texts, owner=texts, team=texts, mine=texts,
    part=st.sampled_from(["", *PARTS]),
    page=st.integers(1, 999),
)  # fmt: skip


@given(views)
def test_a_view_stands_in_its_address(view: View) -> None:
    """Whatever is looked at can be sent to somebody as an address, and is then what they look at."""
    query = parse_qs(urlsplit(view.address(page=view.page)).query)
    assert View.of({name: values[0] for name, values in query.items()}) == view


@given(st.lists(st.integers(0, 10**6), unique=True))
def test_names_come_in_the_order_in_which_people_count(numbers: list[int]) -> None:
    """Till 2 comes before till 10."""
    names = [f"till {number}, left" for number in numbers]
    assert sorted(names, key=natural) == [f"till {number}, left" for number in sorted(numbers)]


@pytest.mark.parametrize(
    ("names", "count", "said"),
    [
        (["till 10", "till 9", "till 11"], 3, "till 9 to 11"),
        (["till 1", "till 3", "till 2"], 4, "till 1, till 2, till 3 and 1 more"),
        (["till 1", "till 2", "till 4"], 3, "till 1, till 2, till 4"),
        (["till 1", "desk 2", "till 3"], 3, "desk 2, till 1, till 3"),
        (["till 07", "till 8", "till 9"], 3, "till 07 to 9"),
        (["q1", "q2"], 2, "q1, q2"),
        (["q1", "q2", "q3", "q9"], 4, "q1 to q3, q9"),
    ],
)
def test_what_follows_each_other_is_named_together(names: list[str], count: int, said: str) -> None:
    """Tills 1 to 12 of a site are named as that; of more than three parts, the first three names stand for all."""
    items = tuple(Item(name, "warned", T0, T0, f"s/{name}", "no-wait", "s") for name in names)
    assert Group("s", "no-wait", count, T0, items, View()).names(ENGLISH) == said


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            "Fire alarm, till outage, or nobody left on the standby list. The shift lead may grant one.",
            ("Fire alarm", "Till outage", "Nobody left on the standby list"),
        ),
        ("An emergency line, where it counts. The lead may grant one.", ("An emergency line, where it counts",)),
        ("", ()),
    ],
)  # fmt: skip
def test_the_exceptions_of_a_standard_are_reasons(said: str, found: tuple[str, ...]) -> None:
    """Each exception that a standard names can be given at one tap; who may grant it is none."""
    assert reasons(said) == found


def test_a_silence_calls_its_places_as_people_do() -> None:
    """A site, and a part of one, by their names in the policy; what has none as it is written."""
    names = {"s3": "Kraków 3", "q1": "Kasa 1", "no-wait": "not a place"}
    wording = Wording(T0, ZoneInfo("UTC"), names=names)
    terms = (("site", ("s3", "s4")), ("subject", ("s3/q1",)), ("standard", ("no-wait",)))
    said = Muted(terms, T0 + 60 * SECOND).said(wording)
    assert said == "standard no-wait, site Kraków 3 or s4, subject Kraków 3, Kasa 1 until 23:07"
