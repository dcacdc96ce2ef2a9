"""The handbook: what is promised and why, what everybody may do at once, the same for everybody who may look."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from alerts.words.words import ENGLISH, Words
from standards.compiler.spec import Source, load
from standards.practice.practice_document import load_practice
from streams.board.handbook import handbook
from streams.floor.playing import DEMO
from streams.settings import StandardsFiles
from streams.web.session import ROLES
from tests.board.peopled import ALL, POLICY, TOKENS
from tests.board.serving import Served
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled

STANDARDS = """
kept: 1
standards:
  no-wait:
    promise: You will never stand behind more than three people.
    what: Open the next register.
    how: Call the next name on the list.
    why: A sign that lies costs trust.
    exceptions: Fire alarm.
    may_excuse: [floor-lead, scenario/outage]
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    within: 60s
  all-thanked: {promise: We thank., aspect: follow-through, per: team, expect: recognition.given, every: week}
  soft-spoken: {promise: We listen., aspect: courtesy, per: agent, when: complaint.received, at_most: 3, within: 7d}
"""
PRACTICE = """
kept: 1
scenarios:
  outage: {when: A till goes dark., do: [Say sorry., Walk the line.], up_to: 15, excuses: [no-wait]}
  lost: {when: Somebody is lost., do: [Walk along.]}
consequences:
  no-wait: {says: We look at that minute., steps: [debrief, coaching]}
"""
LOADED = load([Source("s.yaml", STANDARDS)])


def test_it_says_of_a_standard_all_that_its_author_and_the_house_say() -> None:
    """What, how, exceptions and who may grant one, why, what breaks it and what follows stand under the promise."""
    practice = load_practice(Source("p.yaml", PRACTICE), LOADED.standards)
    speed, courtesy, follow_through, scenarios = handbook(ENGLISH, LOADED.standards, practice).parts
    assert [part.title for part in (speed, courtesy, follow_through)] == ["Speed", "Courtesy", "Follow-through"]
    (entry,) = speed.entries
    assert (entry.title, entry.name) == ("You will never stand behind more than three people.", "no-wait")
    assert dict(entry.facts) == {
        "What": "Open the next register.", "How": "Call the next name on the list.", "Exceptions": "Fire alarm.",
        "Who may grant one": "floor-lead", "Why": "A sign that lies costs trust.",
        "Counts as broken": "no register opened within 1 min",
        "When it was broken": "We look at that minute.", "What is done then": "a debrief and coaching",
    }  # fmt: skip
    outage, lost = scenarios.entries
    assert (outage.title, dict(outage.facts)) == ("A till goes dark.", {
        "You may at once": ("Say sorry.", "Walk the line."),
        "What it may cost": "Up to 15 each time, in our own currency",
        "What it is a reason to excuse": ("You will never stand behind more than three people.",),
    })  # fmt: skip
    assert dict(lost.facts) == {"You may at once": ("Walk along.",), "What it may cost": "Nothing"}


def test_without_a_practice_document_it_has_the_standards_alone() -> None:
    """A house that has not agreed on its practice yet has a handbook all the same, in the reader's language."""
    parts = handbook(Words("de"), LOADED.standards, None).parts
    assert [part.title for part in parts] == ["Tempo", "Freundlichkeit", "Verbindlichkeit"]
    assert "When it was broken" not in dict(parts[0].entries[0].facts)


def test_everybody_who_may_look_reads_the_same(tmp_path: Path) -> None:
    """Each role finds the handbook from the foot of the board, with nothing to fill in; a stranger does not."""
    with Served(tmp_path, ALL, Peopled(POLICY, practice="kept: 1\nconsequences: {}\n")) as served:
        read = []
        for role in ROLES:
            visitor = Visitor(served)
            visitor.enter(TOKENS[role])
            assert 'href="/handbook"' in visitor.ask("/")[2]
            status, _, text = visitor.ask("/handbook")
            main = re.sub(r"(?s).*<main.*?>(.*)</main>.*", r"\1", text)
            assert (status, "<form" in main) == (200, False)
            read.append(main)
        assert len(set(read)) == 1
        assert "You will never stand behind more than three people." in read[0]
        assert Visitor(served).ask("/handbook", None, Accept="text/html")[0] != 200


def test_it_can_be_read_by_everybody_and_printed(tmp_path: Path, browser: Browser) -> None:
    """Axe finds nothing on a phone and on a screen, in light and in dark; on paper there is no navigation."""
    standards = StandardsFiles([str(path) for path in DEMO])
    found: dict[str, str] = {}
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    with Served(tmp_path, standards=standards) as served:
        for scheme in schemes:
            for width in (390, 1280):
                page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 844})
                page.goto(f"{served.url}/handbook")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                results = Axe().run(page)
                found |= {f"{scheme} {width}": results.generate_report()} if results.violations_count else {}
                page.emulate_media(media="print")
                assert not page.get_by_role("navigation").is_visible()
                page.close()
    assert found == {}
