"""The words: every message that the code says is in each catalogue, whole, and in the forms that its language has."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Message

from alerts.words.catalogues import LANGUAGES, SOURCE
from alerts.words.words import Words, filled
from standards.calendar.duration import DAY, HOUR, MINUTE, SECOND, spoken
from standards.judge.events import microseconds
from streams.board.markup import el, sentence
from tests.catalogues import CATALOGUES, KEYWORDS, calls, read, texts, updated

FILES = sorted(CATALOGUES.glob("*.po"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def messages(language: str) -> list[Message]:
    return [message for message in read(CATALOGUES / f"{language}.po") if message.id]


def test_each_language_has_its_catalogue() -> None:
    """A language that a policy may name has a catalogue; English is what the code is written in."""
    assert {SOURCE, *(file.stem for file in FILES)} == set(LANGUAGES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_has_the_messages_of_the_code_and_no_others(file: Path) -> None:
    """Whoever adds a message hears that `make words` is due; and what nothing says is in no catalogue."""
    assert file.read_bytes() == updated(file)


@pytest.mark.parametrize("language", [file.stem for file in FILES])
def test_a_catalogue_is_whole(language: str) -> None:
    """Nobody is told anything half in another language: no message is empty, doubtful or left from before."""
    assert [message.id for message in messages(language) if message.fuzzy or not all(texts(message.string))] == []
    assert not read(CATALOGUES / f"{language}.po").obsolete


@pytest.mark.parametrize("language", [file.stem for file in FILES])
def test_a_translation_has_the_values_of_its_message(language: str) -> None:
    """No time, place or name is lost in translation, in no form of it, and none is asked for that is not there."""
    for message in messages(language):
        (wanted,) = {frozenset(placeholders(text)) for text in texts(message.id)}
        assert {frozenset(placeholders(text)) for text in texts(message.string)} == {wanted}, message.id


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 obietnica czeka na początku Twojej zmiany."),
        (2, "2 obietnice czekają na początku Twojej zmiany."),
        (5, "5 obietnic czeka na początku Twojej zmiany."),
        (12, "12 obietnic czeka na początku Twojej zmiany."),
        (22, "22 obietnice czekają na początku Twojej zmiany."),
    ],
)
def test_polish_has_three_forms(count: int, said: str) -> None:
    """One, two to four, and five: as they are counted in Polish, also where the tens begin anew."""
    one, many = "{count} promise stands as your shift begins.", "{count} promises stand as your shift begins."
    assert Words("pl").how_many(count, one, many) == said


def test_numbers_are_written_as_the_language_writes_them() -> None:
    """A thousand, a decimal and a share look as at home."""
    assert [Words(language).number(1234.5) for language in LANGUAGES] == ["1,234.5", "1.234,5", "1\u00a0234,5"]
    assert [Words(language).percent(0.805) for language in LANGUAGES] == ["80.5%", "80,5\u00a0%", "80,5%"]


@pytest.mark.parametrize(
    "length", [0, 900, 40 * SECOND, 80 * SECOND, 2 * HOUR + 5 * MINUTE, DAY, 3 * DAY + 61 * MINUTE]
)
def test_a_length_is_said_as_everywhere_else(length: int) -> None:
    """In English a message says a length as the reports do."""
    assert Words().length(length) == spoken(length)


def test_a_length_has_its_languages_days() -> None:
    """Days are said in words, and so in the language; hours, minutes and seconds are written alike."""
    assert [Words(language).length(3 * DAY + 2 * HOUR) for language in LANGUAGES] == [
        "3 days 2 h",
        "3 Tage 2 h",
        "3 dni 2 h",
    ]


def test_an_instant_has_its_day_where_that_is_another_one() -> None:
    """Today it is the time alone; else the day as people say it, and the year where that is another one, too."""
    now, zone = microseconds(datetime.fromisoformat("2026-01-10T11:00:00+00:00")), ZoneInfo("Europe/Warsaw")
    told = [[Words(language).clock(now - back, zone, now) for back in (0, DAY, 20 * DAY)] for language in LANGUAGES]
    assert told == [
        ["12:00:00", "Fri 9 Jan 12:00:00", "Sun, 21 Dec 2025 12:00:00"],
        ["12:00:00", "Fr., 9. Jan. 12:00:00", "So., 21. Dez. 2025 12:00:00"],
        ["12:00:00", "pt., 9 sty 12:00:00", "niedz., 21 gru 2025 12:00:00"],
    ]
    assert Words().clock(now, zone, now, named=True) == "12:00:00 CET"


def test_what_follows_each_other_is_named_by_the_first_and_the_last() -> None:
    """Nobody reads five names where two say the same; what stands in front of the numbers is said once."""
    names = [f"Kasa {number}" for number in (1, 2, 3, 4, 5, 9)]
    assert [Words(language).named(names) for language in LANGUAGES] == [
        ["Kasa 1 to 5", "Kasa 9"], ["Kasa 1 bis 5", "Kasa 9"], ["Kasa 1–5", "Kasa 9"],
    ]  # fmt: skip
    assert Words().named(["q1", "q2", "q3", "x"]) == ["q1 to q3", "x"]


def test_a_message_is_found_wherever_it_is_said() -> None:
    """Also inside of an f-string and over several lines; what is said later is found where it is marked."""
    code = b"""
NAMED = phrase("One"); MANY = several("a", "as")
x = f"{words.say('Two')} {how_many(3, 'b', 'bs', of=x)}" + words.say("Th"
    "ree", at=at) + words.say(NAMED) + words.how_many(2, *MANY)
"""
    found = [(name, texts) for _, name, texts, _ in calls(BytesIO(code), KEYWORDS, (), options={})]
    assert sorted(each for each in found if any(each[1])) == [
        ("how_many", (None, "b", "bs")), ("phrase", ("One",)), ("say", ("Three",)), ("say", ("Two",)),
        ("several", ("a", "as")),
    ]  # fmt: skip


def test_a_sentence_ends_with_one_full_stop() -> None:
    """A value that brings its own, as a short date does in German, ends the sentence, in plain text and in HTML."""
    german, last = Words("de"), datetime(2026, 10, 31, tzinfo=ZoneInfo("UTC"))
    day = german.day(last, year=False)
    assert day.endswith("Okt.")
    assert german.say("Drawn at {time}.", time=day) == f"Stand: {day}"
    assert sentence(german, "Drawn at {time}.", time=el("time", day)) == f"Stand: <time>{day}</time>"
    assert filled("See {what}...", {"what": "it."}) == "See it...."
    assert filled("See {what}.", {"what": "it"}) == "See it."
