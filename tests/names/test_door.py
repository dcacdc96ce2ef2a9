"""The door: no name and no note goes further, and what nobody was given is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader, Refusal
from streams.names.door import UNKNOWN, Door
from streams.names.names import Names
from streams.names.references import is_reference, new
from tests.history import rulebook
from tests.streams.hosting import T0, event

COACH = """
kept: 1
standards:
  coach-comes:
    promise: Who asks for a coach gets one.
    owner: lead
    per: [team, agent]
    when: {event: coaching.asked, where: team is not missing}
    expect: coaching.completed
    within: 14d
    forget_after: 20d
"""


@pytest.fixture
def names(tmp_path: Path) -> Iterator[Names]:
    found = Names(tmp_path, b"a secret")
    yield found
    found.close()


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return rulebook(COACH)


def test_names_and_notes_become_references(names: Names, rules: Rulebook) -> None:
    """One person is one reference in every field; a note is another; all else stays."""
    reader, door = Reader(rules.classes), Door(rules, names)
    asked = event(reader, "coaching.asked", "1", T0, agent="Ann", team="north")
    thanked = event(reader, "recognition.given", "2", T0, agent="ann", by="Ben", reason="Ann stayed on", team="north")
    refused: list[Refusal] = []
    assert door.let_in([asked, thanked], refused) == [asked, thanked]
    assert refused == []
    assert asked.data.agent == thanked.data.agent == names.find("ANN")
    assert thanked.data.by == names.find("Ben")
    assert is_reference(thanked.data.reason, "t")
    assert names.shown([thanked.data.reason]) == {thanked.data.reason: "Ann stayed on"}
    assert asked.data.team == "north"


def test_an_event_that_comes_again_says_the_same(names: Names, rules: Rulebook) -> None:
    """Sent twice, with names or with the references it was kept with, it is the same event."""
    reader, door = Reader(rules.classes), Door(rules, names)
    first, again = (
        event(reader, "recognition.given", "2", T0, agent="Ann", by="Ben", reason="Ann stayed on") for _ in "12"
    )
    door.let_in([first], [])
    door.let_in([again], [])
    assert again.data == first.data
    door.let_in([again], [])
    assert again.data == first.data


def test_what_is_missing_or_empty_stays_so(names: Names, rules: Rulebook) -> None:
    """Standards may ask whether it is: nobody is made a person of nothing."""
    reader, door = Reader(rules.classes), Door(rules, names)
    given = event(reader, "recognition.given", "2", T0, agent="Ann", by="", reason="")
    door.let_in([given], [])
    assert (given.data.by, given.data.reason, given.data.team) == ("", "", None)


def test_a_reference_that_nobody_was_given_is_refused(names: Names, rules: Rulebook) -> None:
    """It is in the dead letters, and what would fix it is said; the others are taken."""
    reader, door, stranger = Reader(rules.classes), Door(rules, names), new("p")
    good = event(reader, "coaching.asked", "1", T0, agent="Ann", team="north")
    bad = event(reader, "coaching.asked", "2", T0, agent=stranger, team="north")
    refused: list[Refusal] = []
    assert door.let_in([bad, good], refused) == [good]
    assert [(each.reason, stranger in each.message) for each in refused] == [(UNKNOWN, True)]


def test_an_exception_finds_the_person_whom_it_is_for(names: Names, rules: Rulebook) -> None:
    """It names its subject in a text, as the standard's fields have it: only the person in it becomes a reference."""
    reader, door = Reader(rules.classes), Door(rules, names)
    asked = event(reader, "coaching.asked", "1", T0, agent="Ann", team="ann")
    grant = event(reader, "exception.granted", "2", T0, standard="coach-comes", subject="ann/Ann", by="lead",
                  reason="ill")  # fmt: skip
    door.let_in([asked, grant], [])
    assert grant.data.subject == f"ann/{asked.data.agent}"
    assert grant.data.by == "lead"


def test_what_was_refused_names_nobody(names: Names, rules: Rulebook) -> None:
    """At every depth, in lists too; the rest of it can be mended and sent again."""
    door = Door(rules, names)
    sent = {"id": "7", "data": {"agent": "Ann", "team": 4, "more": [{"by": "Ben", "note": "Ann was ill"}]}}
    kept = door.kept_of(Refusal(1, "bad-field", "data.team is a whole number", json.dumps(sent).encode()))
    found = json.loads(kept.raw)
    assert found["data"]["agent"] == names.find("Ann")
    assert found["data"]["more"][0]["by"] == names.find("Ben")
    assert is_reference(found["data"]["more"][0]["note"], "t")
    assert (found["id"], found["data"]["team"]) == ("7", 4)
    assert not {b"Ann", b"Ben", b"ill"} & set(kept.raw.split(b'"'))


@pytest.mark.parametrize("raw", [b'{"agent": "Ann", bad', b"Ann\xff", b'{"a":' * 100 + b'"Ann"'])
def test_what_cannot_be_read_is_not_kept(names: Names, rules: Rulebook, raw: bytes) -> None:
    """Nobody can say where names are in it: its length, its reason and its place stay."""
    kept = Door(rules, names).kept_of(Refusal(3, "not-json", "not JSON", raw))
    assert (kept.raw, kept.place, kept.reason) == (b"", 3, "not-json")
    assert f"{len(raw)} bytes" in kept.message


def test_what_lies_too_deep_is_left_out(names: Names, rules: Rulebook) -> None:
    """What nests deeper than anybody's event does is not looked through for ever, and not kept."""
    raw = b'{"x":' * 60 + b'{"agent":"Ann"}' + b"}" * 60
    kept = Door(rules, names).kept_of(Refusal(1, "unknown-type", "no event type", raw))
    assert kept.raw.startswith(b'{"x":')
    assert b"Ann" not in kept.raw
