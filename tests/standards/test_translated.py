"""Texts by language: what a standard tells people, in the words of its author for each of them."""

from zoneinfo import ZoneInfo

import pytest

from alerts.policy.reader import Reader
from alerts.routing.notice import Notice, notice
from alerts.words.words import Words
from standards.compiler.spec import Source, load
from standards.errors import SpecError
from standards.lint.lint_input import Terms
from tests.alerts.test_languages import at

PLAIN = """
kept: 1
standards:
  no-wait:
    promise: Nobody waits.
    what: Open a till.
    how: Call.
    why: Trust.
    exceptions: none
    owner: lead
    per: [site, queue]
    when: {event: queue.length, where: waiting > 3}
    expect: register.opened
    unless: {event: queue.length, where: waiting <= 3}
    within: 60s
"""
SAID = PLAIN.replace("promise: Nobody waits.", "promise: {de: Niemand wartet., en: Nobody waits.}").replace(
    "what: Open a till.", "what: {de: Kasse auf., pl: Otwórz kasę., en: Open a till.}"
)


def told(text: str, language: str) -> Notice:
    (standard,) = load([Source("standards.yaml", text)]).standards
    return notice(at("q1"), standard, Reader(Words(language), ZoneInfo("Europe/Warsaw"), names_zone=False))


def test_a_reader_has_the_words_of_their_language() -> None:
    """Each text in it as far as it is given so, else in English; a machine is told in English."""
    assert told(SAID, "de").text == "s3, q1: Kasse auf. Seit 12:00:00, fällig 12:01:00."
    made = told(SAID, "pl")
    assert (made.what, made.wording, made.how) == ("Otwórz kasę", "Nobody waits.", "Call.")
    assert made.english == "s3, q1: Open a till. Since 12:00:00, due 12:01:00."
    assert told(SAID, "en").text == told(PLAIN, "en").text


def test_without_english_it_is_the_first_by_its_code() -> None:
    """That is the same in every order of writing, and for what is kept of a standard to judge by later."""
    text = PLAIN.replace("what: Open a till.", "what: {pl: Otwórz kasę., de: Kasse auf.}")
    loaded = load([Source("standards.yaml", text)])
    assert loaded.standards[0].what == "Kasse auf."
    assert told(text, "en").text.startswith("s3, q1: Kasse auf.")
    changed = text.replace("within: 60s", "within: 90s")
    again = load([Source("standards.yaml", changed)], retired=[loaded.excerpt("no-wait")]).rulebook
    old = again.standards[loaded.standards[0].revision]
    assert (old.what, old.in_language("pl").what) == ("Kasse auf.", "Otwórz kasę.")


def test_a_text_alone_stays_what_it_was() -> None:
    """A standard without texts by language has the revision that it had, and nothing to be missed."""
    loaded = load([Source("standards.yaml", PLAIN)])
    assert loaded.standards[0].translations == {}
    assert '"what":"Open a till."' in loaded.excerpt("no-wait")
    assert loaded.warnings == []


def test_a_language_that_one_text_lacks_is_found() -> None:
    """Also where another standard has it; a text alone lacks none."""
    found = [each for each in load([Source("standards.yaml", SAID)]).warnings if each.id == "missing-language"]
    assert [(each.found, each.fix) for each in found] == [
        ("promise is said in de and en, and others in pl too", "add pl: ... to it")
    ]


@pytest.mark.parametrize(
    ("what", "check", "fix"),
    [
        ("{english: Open.}", "wrong-value", "write a text, or one for each language: {en: ..., de: ...}"),
        ("{en: [a, b]}", "wrong-value", "write a text for each language"),
        ("{en: ''}", "empty-value", "write something, or remove the key"),
        ("''", "empty-value", "write something, or remove the key"),
        ("[a, b]", "wrong-type", ""),
        ("5", "wrong-type", 'put it in quotes: "5"'),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_write(what: str, check: str, fix: str) -> None:
    """At its place: another name than a language's code, a list, nothing."""
    with pytest.raises(SpecError) as caught:
        load([Source("standards.yaml", PLAIN.replace("what: Open a till.", f"what: {what}"))])
    found = caught.value.findings[0]
    assert (found.id, found.place.line) == (check, 6)
    assert fix in (found.fix or "")


def test_a_language_that_nobody_is_told_in_is_found() -> None:
    """A slip in a language's code is no language: its text would never reach anybody, and nobody would say so."""
    slipped = SAID.replace("de:", "ed:")
    terms = Terms(languages=("en", "de", "pl"))
    found = {text: [it.id for it in load([Source("a.yaml", text)], terms=terms).warnings] for text in (SAID, slipped)}
    assert ("unread-language" in found[SAID], "unread-language" in found[slipped]) == (False, True)
    assert "unread-language" not in [it.id for it in load([Source("a.yaml", slipped)]).warnings], "nobody said which"
