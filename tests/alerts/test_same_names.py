"""Places that are called alike: a message that tells of both says which is which."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from alerts.channels.letter import text
from alerts.policy.reader import Reader
from alerts.routing.digest import digest, joined, summary
from alerts.routing.notice import Notice, notice
from alerts.words.words import Words
from streams.delivery.links import Links
from tests.alerts.test_languages import at
from tests.alerts.test_relevance import NOON, REGISTER

NAMES = {"s3": "Kraków 3", "s4": "Kraków 3", "s5": "Kraków 5", "q1": "Kasa 1", "q2": "Kasa 1"}
READER = Reader(Words("pl"), ZoneInfo("Europe/Warsaw"), False, NAMES)


def told(*places: str) -> list[Notice]:
    lines = [at(queue, site=site) for site, _, queue in (place.partition("/") for place in places)]
    return [notice(line, REGISTER, READER) for line in lines]


def test_two_sites_of_one_name_are_two_in_a_summary() -> None:
    """Each has its own line with its id beside the name; whose name is its own has the name alone."""
    made = summary(told("s3/q1", "s4/q1", "s5/q1"), "ann", NOON)
    assert made.text.splitlines()[2:] == [
        "- Kraków 3 (s3): Kasa 1", "- Kraków 3 (s4): Kasa 1", "- Kraków 5: Kasa 1"
    ]  # fmt: skip
    assert made.text.startswith("Kraków 3 (s3) i jeszcze 2 miejsca: ")
    assert "- Kraków 3 (s4): Kasa 1" in made.english


def test_two_tills_of_one_name_are_two_at_their_site() -> None:
    """What is called alike at another site is no other one: both have a till 1."""
    made = summary(told("s3/q1", "s3/q2", "s5/q1"), "ann", NOON)
    assert made.text.splitlines()[2:] == ["- Kraków 3: Kasa 1 (q1), Kasa 1 (q2)", "- Kraków 5: Kasa 1"]
    group = joined(told("s3/q1", "s3/q2"))
    assert group.text.startswith("Kraków 3, Kasa 1 (q1): ")
    assert group.text.endswith("Kasa 1 (q2).")


def test_the_lines_of_a_digest_and_the_links_of_a_mail_tell_them_apart() -> None:
    """A digest has whole sentences, and a mail a link to each."""
    made = digest(told("s3/q1", "s4/q1"), "ann", NOON)
    assert [line.partition(":")[0] for line in made.text.splitlines()[2:]] == [
        "- Kraków 3 (s3), Kasa 1", "- Kraków 3 (s4), Kasa 1"
    ]  # fmt: skip
    letter = text(made, Links("secret", "https://kept.example").of(made))
    assert "Kraków 3 (s3), Kasa 1: https://kept.example/promises/s3q1" in letter
    assert "Kraków 3 (s4), Kasa 1: https://kept.example/promises/s4q1" in letter


@pytest.mark.parametrize("alone", ["s3/q1", "s4/q2"])
def test_one_alone_has_its_name_alone(alone: str) -> None:
    """Nothing is to be told apart in a message about one place, however many others are called so."""
    (made,) = told(alone)
    assert made.text.startswith("Kraków 3, Kasa 1: ")


def test_what_an_earlier_version_held_back_goes_on() -> None:
    """Its notices say no ids: they are called as they were."""
    before = [msgspec.structs.replace(made, ids=()) for made in told("s3/q1", "s5/q1")]
    assert summary(before, "ann", NOON).text.splitlines()[2:] == ["- Kraków 3: Kasa 1", "- Kraków 5: Kasa 1"]
