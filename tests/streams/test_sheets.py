"""Sheets for people: the handbook, and what is known of people, as text and as a page to print."""

from __future__ import annotations

import html as markup
import re
from pathlib import Path

import pytest

from alerts.routing.facts import PERSONS
from alerts.words.words import LANGUAGES, Words
from standards.compiler.spec import Source, load
from streams.board.sheet import Part, Sheet
from streams.floor.playing import DEMO
from streams.sheets.privacy import Known, privacy
from streams.sheets.text import as_text
from tests.streams.commands import kept

FILES = tuple(map(str, DEMO))
STANDARDS = """
kept: 1
events:
  desk.asked:
    guest: {type: text, person: true, meaning: who came}
    clerk: {type: text, person: true, meaning: who sat there}
    words: {type: text, optional: true, free: true, meaning: what was said}
    team: text
standards:
  coach-comes:
    promise: Whoever asks for a coach gets one.
    what: Find a coach.
    how: Ask in the team.
    why: Nobody learns alone.
    exceptions: Illness.
    owner: team-lead
    per: agent
    when: coaching.asked
    expect: {event: coaching.completed, where: by != agent}
    within: 14d
  heard-out:
    promise: You are heard out.
    what: Listen.
    how: Let them finish.
    why: Half of it is in the last sentence.
    exceptions: Fire.
    owner: team-lead
    per: team
    carry: guest
    when: desk.asked
    at_most: 3
    within: 1h
    forget_after: 9d
"""


def sheet(text: str = STANDARDS, language: str = "en") -> Sheet:
    loaded = load([Source("s.yaml", text)])
    return privacy(Words(language), Known(loaded.standards, loaded.vocabulary, "1.2"))


def part(title: str, made: Sheet) -> Part:
    return next(each for each in made.parts if each.title == title)


def test_the_handbook_is_printed_as_the_board_has_it() -> None:
    """From the files that kept check takes come promises, what follows and what everybody may do, in one's language."""
    printed = kept("sheet", "handbook", *FILES)
    assert (printed.returncode, printed.stderr) == (0, "")
    for said in ("Handbook\n========", "You will never stand behind more than three people. [no-wait]",
                 "  Who may grant one: floor-lead or shift-lead", "  When it was broken: We look at that minute",
                 "  You may at once:\n    - Say sorry.\n", "  What it may cost: Up to 15 each time"):  # fmt: skip
        assert said in printed.stdout
    assert max(map(len, printed.stdout.splitlines())) <= 100
    assert "Gilt als gebrochen" in kept("sheet", "handbook", *FILES, "--language", "de").stdout


@pytest.mark.parametrize("kind", ["handbook", "privacy"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_text_says(tmp_path: Path, kind: str, language: str) -> None:
    """Each sentence of the text stands on the page, which needs nothing else, and runs nothing."""
    file = tmp_path / "sheet.html"
    asked = ("sheet", kind, *FILES, "--language", language)
    assert kept(*asked, "--html", str(file)).stdout == ""
    page = file.read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<script|<form|src=|https?:", page)
    seen = "".join(markup.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split())
    for line in kept(*asked).stdout.splitlines():
        words = re.sub(r"^\s*- |: *$|^[=_-]+$", "", line).split(": ", 1)
        assert all("".join(re.sub(r"\[[a-z.-]+\]$", "", each).split()) in seen for each in words), line


def test_what_cannot_be_printed_is_said() -> None:
    """A document of practice alone, files with errors and a language that Kept has not are refused, with what to do."""
    for asked, said in (
        ((FILES[2],), "there is no standards file"), ((FILES[0], "--language", "fr"), "give one of: en, de, pl"),
        ((FILES[0], "--html", "standards.yaml"), "end it in .html"),
    ):  # fmt: skip
        refused = kept("sheet", "handbook", *asked)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr


def test_each_marked_field_says_what_it_is_used_for() -> None:
    """Of the author's own events as of Kept's: what the field is, and which standard does what with it, or none."""
    events = {entry.name: dict(entry.facts) for entry in part("Where these standards hear of people", sheet()).entries}
    unused = "No standard looks at it. It is stored all the same."
    assert events["desk.asked"] == {
        "guest": ("who came", "heard-out: it stands on the promise, and in the ledger"),
        "clerk": ("who sat there", unused),
        "words": ("what was said", "Somebody writes what they like; it may hold names.", unused),
    }
    assert events["coaching.completed"]["by"][-1] == "coach-comes: it is compared or counted"
    assert (
        "coach-comes: a promise is owed for each of them, and the ledger has the reference"
        in events["coaching.asked"]["agent"]
    )
    others = part("Other events that would be taken in", sheet()).points
    assert "reward.given: agent, by" in others
    assert not any(point.startswith(("desk.asked", "coaching.asked", "queue.length")) for point in others)


def test_promises_for_each_person_stand_by_themselves() -> None:
    """Who signs sees first which promises are about one person, why, and what breaks them; or that there are none."""
    (entry,) = part("Promises that are owed for each person alone", sheet()).entries
    assert (entry.name, entry.facts[:2]) == ("coach-comes", [("For each", "agent"), ("Why", "Nobody learns alone.")])
    text = STANDARDS.replace("per: agent", "per: team")
    assert part("Promises that are owed for each person alone", sheet(text)).said == (
        "There is none: no standard here judges person by person.",
    )


def test_where_names_stay_follows_from_the_standards() -> None:
    """The ledger has references where a standard puts them there; machines are told of none of us."""
    stored = part("Where it is stored on one machine (kept run), and for how long", sheet()).points
    assert (
        "The ledger, with its promises: for ever. References of people stand in it by: coach-comes and heard-out."
        in stored
    )
    assert any("and then 9 days after its last event" in point for point in stored)
    seen = part("Who sees it", sheet()).points
    (machines,) = [said for said in seen if said.startswith("Machines: ")]
    assert all(name in machines for name in PERSONS)
    assert any(said.startswith("Viewers: ") and "“somebody”" in said for said in seen)
    bare = sheet(STANDARDS.replace("per: agent", "per: team").replace("    carry: guest\n", ""))
    assert any("No field that names people" in point for point in bare.parts[4].points)


def test_it_is_signed() -> None:
    """There is a line for each who signs, after what is not so yet and what Kept does not do."""
    made = sheet()
    assert [each.title for each in made.parts[-2:]] == ["What is not so yet", "What Kept does not do"]
    assert as_text(made).count("_" * 40) == len(made.signed) == 4


def test_what_it_says_is_so() -> None:
    """What the sheet says that one machine can do, a verb does."""
    verbs = kept("--help").stdout
    assert re.search(r"^  erase ", verbs, re.MULTILINE)
    assert re.search(r"^  export ", verbs, re.MULTILINE)
