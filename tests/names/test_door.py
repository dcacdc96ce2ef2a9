"""The door: no name and no note goes further, and what nobody was given is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from standards.judge.events import iso
from standards.judge.rulebook import Rulebook
from streams.ingest.wire import Reader, Refusal
from streams.names.door import UNKNOWN, Door
from streams.names.names import Names
from streams.names.references import ERASED, ERASED_TEXT, is_reference, new
from tests.history import rulebook
from tests.streams.hosting import SECOND, T0, event

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


@pytest.mark.parametrize(
    "data",
    [
        {"agent": {"name": "Quentin Xylo", "more": ["Quentin", 8190]}},
        {"agent": 8190, "by": 81.5},
        {"note": {"text": "Quentin wept", "parts": [{"said": "Xylo too"}, 8190]}},
        {"standard": "no-such", "subject": "north/Quentin"},
        {"standard": {"odd": 1}, "subject": "Quentin"},
        {"standard": "coach-comes", "subject": "north/Quentin"},
    ],
)
def test_all_that_stands_under_a_mark_is_referred(names: Names, rules: Rulebook, data: dict[str, object]) -> None:
    """In an object, a list or as a number, as well as in a subject: nothing of it is kept with what was refused."""
    sent = {"id": "7", "type": "odd", "data": data, "on": True}
    kept = Door(rules, names).kept_of(Refusal(1, "bad-field", "it is not text", json.dumps(sent).encode())).raw
    assert not re.search(b"Quentin|Xylo|81", kept)
    assert (json.loads(kept)["id"], json.loads(kept)["on"]) == ("7", True)


@pytest.mark.parametrize(("standard", "subject"), [("no-such", "north/Ann"), ("coach-comes", "Ann")])
def test_a_subject_that_its_standard_cannot_have_is_a_text(
    names: Names, rules: Rulebook, standard: str, subject: str
) -> None:
    """Nobody can say whom it names, so nothing of it goes further."""
    reader, door = Reader(rules.classes), Door(rules, names)
    grant = event(reader, "exception.granted", "2", T0, standard=standard, subject=subject, by="lead", reason="ill")
    door.let_in([grant], [])
    assert is_reference(grant.data.subject, "t")
    assert names.shown([grant.data.subject]) == {grant.data.subject: subject}


@pytest.mark.parametrize("standard", ["coach-comes", ""])
def test_a_silence_finds_the_person_whom_it_is_about(names: Names, rules: Rulebook, standard: str) -> None:
    """As it is written by hand, with the name: it silences what is said of their reference."""
    reader, door = Reader(rules.classes), Door(rules, names)
    asked = event(reader, "coaching.asked", "1", T0, agent="Ann", team="north")
    about = {"standard": standard} if standard else {}
    quiet = event(reader, "alert.silenced", "2", T0, silence="s", until=iso(T0 + SECOND), by="Ben",
                  subject="north/Ann", **about)  # fmt: skip
    door.let_in([asked, quiet], [])
    assert quiet.data.subject == f"north/{asked.data.agent}"


def test_an_exception_for_who_was_erased_goes_by_its_time(names: Names, rules: Rulebook) -> None:
    """What was granted before then is for nobody; what is granted since is for somebody new."""
    reader, door = Reader(rules.classes), Door(rules, names)
    names.erase(names.persons(["Ann"])["Ann"], T0)
    before, since = (
        event(reader, "exception.granted", str(at), at, standard="coach-comes", subject="north/Ann", by="lead",
              reason="ill") for at in (T0 - SECOND, T0 + SECOND)
    )  # fmt: skip
    door.let_in([before, since], [])
    assert before.data.subject == f"north/{ERASED}"
    assert since.data.subject == f"north/{names.find('Ann')}"


def test_a_text_that_was_erased_is_not_kept_again(names: Names, rules: Rulebook) -> None:
    """Its event comes again: what it says stays deleted."""
    reader, door = Reader(rules.classes), Door(rules, names)
    first, again = (event(reader, "recognition.given", "2", T0, agent="Ann", by="Ben", reason="Ann wept") for _ in "12")
    door.let_in([first], [])
    names.erase(first.data.reason, T0)
    door.let_in([again], [])
    assert again.data.reason == ERASED_TEXT
    assert names.shown([again.data.reason]) == {}
    refused: list[Refusal] = []
    door.let_in([again], refused)
    assert refused == []
