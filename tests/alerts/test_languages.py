"""Languages: what people read is in theirs, and in the words that they would use; machines are told in English.

Next: `tests/data/goldens/messages_*.txt`, every message in each language; a change in them is looked at before it is
kept.
"""

from textwrap import indent
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from alerts.channels.alertmanager import sentences
from alerts.channels.chat import words as chat_words
from alerts.channels.console import row
from alerts.channels.letter import html, subject, text
from alerts.channels.webhook import body
from alerts.policy.reader import Reader
from alerts.routing import remarks
from alerts.routing.digest import digest, gathered, joined, summary
from alerts.routing.incident import LastHold
from alerts.routing.notice import Notice, for_machines, notice
from alerts.routing.throttle import REMARKS
from alerts.words.words import LANGUAGES, Words
from standards.expressions.expression import Field, compile_measure, compile_threshold
from standards.judge.ledger import Line
from standards.judge.numbers import Numbers
from standards.judge.shapes import Level
from standards.judge.standard import Clause, Standard
from streams.delivery.links import MOST_PAGES, Links
from tests.alerts.test_relevance import BROKEN, EVERY_NOTICE, GOLDENS, NOON, REGISTER, WARNED

WARSAW = ZoneInfo("Europe/Warsaw")
NAMES = {"s3": "Kraków 3", "s4": "Kraków 4", **{f"q{number}": f"Kasa {number}" for number in range(1, 9)}}
AUTHORS = {
    "en": ("You will never stand behind more than three people.", "Open the next register."),
    "de": ("Vor Ihnen stehen nie mehr als drei Personen.", "Öffnen Sie die nächste Kasse."),
    "pl": ("Nigdy nie czekają przed Tobą więcej niż trzy osoby.", "Otwórz kolejną kasę."),
}
SECOND = 1_000_000


def own(language: str) -> Standard:
    promise, what = AUTHORS[language]
    return replace(REGISTER, promise=promise, what=what)


def told(line: Line, language: str, **more: object) -> Notice:
    return notice(line, own(language), Reader(Words(language), WARSAW, False, NAMES), **more)  # type: ignore[arg-type]


def at(queue: str, line: Line = WARNED, site: str = "s3", **fields: int) -> Line:
    found = {"site": site, "queue": queue, **fields}
    name = f"{site}{queue}"
    return replace(line, id=f"{name}.2", promise=name, subject=f"{site}/{queue}", fields=found)


def singles(language: str) -> dict[str, Notice]:
    """Give a notice for each kind of line; what `due` needs to be another day's is in `test_relevance.py`."""
    found = {name: lines[-1] for name, lines in EVERY_NOTICE.items() if lines[-1].standard == "no-wait"}
    found |= {
        "warned, of a number": at("q2", waiting=7),
        "warned, of one": at("q2", waiting=1),
        "broken, of a number": at("q2", BROKEN, waiting=7),
        "warned, the clock stands still": replace(WARNED, state="paused_warned"),
        "warned, without a deadline": replace(WARNED, due=-1),
        "evidence lost": replace(BROKEN, kind="lost", verdict="unknown", state="unknown", reason="evidence-lost"),
        "ended": replace(BROKEN, kind="ended", state="ended"),
        "given up": replace(BROKEN, kind="given_up", state="given_up"),
        "undone": replace(WARNED, kind="undone", state="open"),
        "undone, overdue": replace(BROKEN, kind="undone"),
        "can still be kept": replace(WARNED, kind="corrected", was="broken"),
    }
    return {name: told(line, language) for name, line in found.items()} | facts(language)


def facts(language: str) -> dict[str, Notice]:
    """Give a notice for each fact that a message can have."""
    half = Numbers(NOON, value=0.5, samples=6)
    counted = {
        "warned, counted since": Numbers(NOON + 15 * SECOND, {"waiting": 7}),
        "warned, one counted since": Numbers(NOON + 15 * SECOND, {"waiting": 1}),
        "warned, two counted": Numbers(NOON, {"waiting": 2}),
    }
    found = {name: told(replace(at("q2"), numbers=numbers), language) for name, numbers in counted.items()}
    found["broken, counted since"] = told(replace(at("q2", BROKEN), numbers=counted["warned, counted since"]), language)
    measures = {
        "a share": (level("share(waited <= 20)", ">= 80%"), half),
        "a share in a window that rolls": (level("share(waited <= 20)", ">= 80%", step=300 * SECOND), half),
        "a mean": (level("mean(waited)", "<= 20"), replace(half, value=31.25)),
        "a count": (level("count()", "< 6"), half),
    }
    for name, (shape, numbers) in measures.items():
        line, reader = replace(at("q2"), numbers=numbers), Reader(Words(language), WARSAW, False, NAMES)
        found[name] = notice(line, replace(own(language), shape=shape), reader)
    persons = {"of one of us": {"agent": "zoe"}, "passed on": {"from_agent": "zoe", "to_agent": "yan"}}
    names = {**NAMES, "zoe": "Zoe", "yan": "Yan"}
    for name, fields in persons.items():
        line = replace(at("q2"), fields={**at("q2").fields, **fields})
        found[name] = notice(line, own(language), Reader(Words(language), WARSAW, False, names, sees_persons=True))
    return found


def level(measure: str, must: str, step: int = 0) -> Level:
    taken, bound = compile_measure(measure, {"waited": Field("number")}), compile_threshold(must)
    return Level(Clause("contact.answered"), taken, 1800 * SECOND, bound, step=step)


def followed(language: str) -> dict[str, Notice]:
    later = NOON + 600 * SECOND
    made = {
        "nobody has it": remarks.untaken(NOON + 20 * SECOND, later),
        "handed on": remarks.handed_on("Ann"),
        "handed on with a note": remarks.handed_on("Ann", "You are nearer."),
        "handed on in vain": remarks.not_taken_on("Ann", "Bob", "Cleo", known=True),
        "handed on in vain, to who did not answer": remarks.not_taken_on("Ann", "Bob", "Bob", known=True),
        "handed on in vain, to who handed it on": remarks.not_taken_on("Ann", "Bob", "Ann", known=True),
        "handed on to nobody": remarks.not_taken_on("Ann", "Bob", "Cleo", known=False),
        "handed on to nobody, to who did": remarks.not_taken_on("Ann", "Bob", "Ann", known=False),
        "given back": remarks.given_back("Ann"),
        "lapsed": remarks.given_back(""),
        "asked": remarks.asked(later, NOON),
        "taken over": remarks.taken_over("Ann"),
        "at the shift, untaken": remarks.at_the_shift("", gone=False),
        "at the shift, taken": remarks.at_the_shift("Ann", gone=False),
        "at the shift, left": remarks.at_the_shift("Ann", gone=True),
        **{reason: remarks.held_by(LastHold(reason, later), later) for reason in remarks.HELD},
        "silenced by somebody": remarks.held_by(LastHold("silenced", later, "Ann"), later),
        "silenced up to yesterday": remarks.held_by(LastHold("silenced", NOON - 86_400 * SECOND, "Ann"), later),
    }
    return {name: told(at("q2"), language, more=more) for name, more in made.items()}


def holds(language: str) -> list[str]:
    """Give what is said of two that held something back."""
    reader, later = Reader(Words(language), WARSAW, False), NOON + 600 * SECOND
    found = (remarks.held_by(each, later) for each in (LastHold("muted", later), LastHold("silenced", later, "Ann")))
    return [remark(reader) for remark in found if remark is not None]


def several(language: str) -> dict[str, Notice]:
    here = [told(at(f"q{number}", WARNED if number % 2 else BROKEN), language) for number in range(1, 6)]
    there = [told(at(f"q{number}", BROKEN, "s4"), language) for number in (1, 4)]
    well = [told(at("q8", line, "s4"), language) for line in (EVERY_NOTICE["kept after a warning"][1],)]
    tills = replace(
        told(at("q3"), language),
        standard="tills-work",
        what={"en": "Restart the till", "de": "Starten Sie die Kasse neu", "pl": "Uruchom kasę ponownie"}[language],
    )
    counts = (7, 9, 4, 5, 1)
    waiting = [
        told(replace(at(f"q{number}"), numbers=Numbers(NOON + number * SECOND, {"waiting": count})), language)
        for number, count in enumerate(counts, 1)
    ]
    alike = [told(at(f"q{number}", waiting=2), language) for number in range(1, 6)]
    later = [told(replace(at(f"q{number}"), due=WARNED.due + number * SECOND), language) for number in (7, 6)]
    overdue = [replace(part, owed_until=NOON + 86_400 * SECOND, presses=part.due) for part in there]
    abroad = replace(later[0], zone="Europe/London")
    return {
        "a group": joined([told(at(f"q{number}"), language) for number in range(1, 6)]),
        "a group of three, counted": joined(waiting[:3], NOON + 5 * SECOND),
        "a group, counted": joined(waiting, NOON + 5 * SECOND),
        "a group, counted alike": joined(alike, NOON + 5 * SECOND),
        "a summary, due at several times": summary(later, "ann", NOON),
        "a summary, overdue": summary(overdue, "ann", NOON + 90 * SECOND),
        "a summary, overdue and due": summary([*overdue, *later], "ann", NOON + 90 * SECOND),
        "a summary, overdue since several times": summary(
            [overdue[0], replace(overdue[1], presses=NOON)], "ann", NOON + 90 * SECOND
        ),
        "a summary for two zones": summary([abroad, later[1]], "ann", NOON),
        "a group of several things to do": joined([told(at("q1"), language), told(at("q2"), language), tills]),
        "a digest": digest([*here, *well], "ann", NOON),
        "a summary of one site": summary(here, "ann", NOON),
        "a summary": summary([*here, *there, *well], "ann", NOON),
        "all broken": summary(there, "ann", NOON),
        "gathered: released, by two": gathered(
            [replace(part, held=(said, "")) for part, said in zip(here[:2], holds(language), strict=True)],
            REMARKS["released"],
            NOON,
        ),
        **{f"gathered: {turn}": gathered(here[:2], remark, NOON) for turn, remark in REMARKS.items()},
    }


def page(language: str) -> str:
    found = {**singles(language), **followed(language), **several(language)}
    well, other = (told(at(queue, EVERY_NOTICE["kept after a warning"][1]), language) for queue in ("q7", "q8"))
    found["a group of several that is well"] = joined([well, replace(other, standard="tills-work")])
    said = [f"{name}:\n{indent(each.text, '    ')}\n" for name, each in found.items()]
    return "".join(said) + "".join(f"mail, {name}:\n    {subject(found[name])}\n" for name in ("warned", "a digest"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_reads_as_it_should_in_each_language(language: str) -> None:
    """One of each kind, what follows it, and what is told of several: place first, what to do, then the fact."""
    assert page(language) == (GOLDENS / f"messages_{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_in_its_readers_language(language: str) -> None:
    """Both parts of it, its labels and links too; a screen reader is told which language it is."""
    made = told(at("q2"), language)
    links = {name: f"https://kept.example/{name}" for name in ("acknowledge", "excuse", "debrief", "why")}
    letter = text(made, links)
    assert letter == (GOLDENS / f"letter_in_{language}.txt").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in html(made, links)
    assert all(said.partition(": ")[0] in html(made, links) for said in letter.splitlines() if "https://" in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_shows_where_and_what_to_do(language: str) -> None:
    """Forty characters of a mail's subject are what a phone shows: the place and the action begin in them."""
    what = AUTHORS[language][1].split()[0]
    found = [told(at("q2"), language), *several(language).values()]
    assert all(subject(each)[:40].startswith("Kraków ") and what in subject(each)[:40] for each in found)


def test_nothing_begins_with_an_id() -> None:
    """The promise has its own words before its id, on the terminal and in chat too."""
    made = told(at("q2"), "pl")
    assert row(made).startswith("! Kraków 3, Kasa 2: Otwórz kolejną kasę.")
    assert row(made).endswith("[no-wait]")
    assert chat_words(made) == (
        "Kraków 3, Kasa 2: Otwórz kolejną kasę. Od 12:00:00, termin 12:01:00.",
        f"Jak: {REGISTER.how}\nObietnica: {AUTHORS['pl'][0]}",
    )


def test_machines_are_told_in_english() -> None:
    """What a program reads does not change with the language of people, single or several; nor do ids and labels."""
    for made in (told(at("q2"), "pl"), several("pl")["a group"], several("pl")["a summary"]):
        assert "Since 12:00:00" in made.english or "promises in this message" in made.english
        assert made.english.encode().replace(b"\n", b"\\n") in body(made)
        assert b'"english"' not in body(made)
        assert sentences(made)["summary"] == made.english.replace("\n", " ")
        assert for_machines(made, ["webhook"], NOON).text == made.english


def test_a_mail_for_several_has_a_link_to_each() -> None:
    """Whoever gets a group, or what was held back, reaches every promise of it, by where it is."""
    made = several("de")["a summary"]
    links = Links("secret", "https://kept.example").of(made)
    letter = text(made, links)
    for promise, place in zip(made.promises, made.places, strict=True):
        assert f"{place}: https://kept.example/promises/{promise}" in letter
        assert f'href="https://kept.example/promises/{promise}"' in html(made, links)


def test_what_no_mail_holds_is_on_the_board() -> None:
    """Of very many the mail has the first, says how many more there are, and leads to the board."""
    made = joined([told(at(f"q{number}"), "en") for number in range(MOST_PAGES + 7)])
    letter = text(made, Links("secret", "https://kept.example").of(made))
    assert letter.count("https://kept.example/promises/") == MOST_PAGES + 1
    assert "7 more, on the board: https://kept.example/" in letter


def test_a_zone_that_this_machine_lacks_keeps_no_message_back() -> None:
    """A notice that another machine wrote may name one: then its times are told in UTC, which is said."""
    counts = (7, 9, 4, 5, 1)
    lines = [replace(at(f"q{n}"), numbers=Numbers(NOON, {"waiting": count})) for n, count in enumerate(counts, 1)]
    written = [told(line, "en") for line in lines]
    elsewhere, utc = ([replace(part, zone=zone) for part in written] for zone in ("Mars/Base", "UTC"))
    for told_of, known in (
        (joined(elsewhere, NOON), joined(utc, NOON)),
        (summary(elsewhere, "ann", NOON), summary(utc, "ann", NOON)),
        (digest(elsewhere, "ann", NOON), digest(utc, "ann", NOON)),
    ):
        assert told_of.text.replace(" UTC", "") == known.text.replace(" UTC", "")
        assert " UTC" in told_of.text
