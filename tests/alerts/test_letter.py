"""The letter: what a mail says, and that nothing in it does anything.

Next: `tests/data/goldens/letter_*`, the letters as people get them; a change in them is looked at before it is kept.
"""

import re
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from alerts.channels.letter import LONGEST_PART, LONGEST_SUBJECT, Envelope, html, letter, subject, text
from alerts.routing.notice import Notice
from tests.alerts.samples import BROKEN, CORRECTED, KEPT, WARNED, WICKED
from tests.streams.hosting import T0

GOLDENS = Path(__file__).resolve().parent.parent / "data" / "goldens"
ENVELOPE = Envelope(Address("Kept", "kept", "shop.example"), [Address("", "floor", "shop.example")])


def read(notice: Notice) -> EmailMessage:
    """Write a letter and read it back, as a mail program would."""
    return message_from_bytes(letter(notice, ENVELOPE, T0), policy=default)


class Tags(HTMLParser):
    """What a page would do: its tags, and where their attributes lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.names |= {name for name, _ in attrs}


@pytest.mark.parametrize("notice", [WARNED, BROKEN, KEPT, CORRECTED], ids=lambda notice: notice.kind)
def test_a_letter_is_as_agreed(notice: Notice) -> None:
    """Both parts of a letter say what to do first, then how and why, in the words that were agreed, to the letter."""
    assert text(notice) == (GOLDENS / f"letter_{notice.kind}.txt").read_text(encoding="utf-8")
    assert html(notice) == (GOLDENS / f"letter_{notice.kind}.html").read_text(encoding="utf-8")


def test_the_headers_thread_the_letters_of_a_promise() -> None:
    """All letters of a promise are one thread, each has an id of its own, and no absence note answers them."""
    first, second, again = read(WARNED), read(KEPT), read(WARNED)
    assert first["Subject"] == WARNED.text
    assert first["Message-ID"] == again["Message-ID"] == "<4f1c.2@shop.example>"
    assert second["Message-ID"] == "<4f1c.4@shop.example>"
    assert {each[name] for each in (first, second) for name in ("In-Reply-To", "References")} == {
        "<promise.4f1c@shop.example>"
    }
    assert (first["Auto-Submitted"], first["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert (first["From"], first["To"]) == ("Kept <kept@shop.example>", "floor@shop.example")
    assert first["Date"] == "Fri, 09 Jan 2026 23:06:40 +0000"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]


def test_what_came_with_an_event_is_shown_and_not_obeyed() -> None:
    """No header, tag, link or terminal sequence comes about by what somebody put into an event."""
    message = read(WICKED)
    assert message["Bcc"] is None
    assert "\\x1b[2J" in message["Subject"]
    assert message["Message-ID"].endswith("@shop.example>")
    assert message["Message-ID"].count("<") == 1
    plain, page = (part.get_content() for part in message.iter_parts())
    assert "\x1b" not in plain + page
    tags = Tags(page)
    assert {"script", "a", "img"}.isdisjoint(tags.found)
    assert tags.names == {"lang", "charset", "name", "content", "style"}
    assert "&lt;script&gt;" in page
    assert "and on a second line" in plain


def test_nothing_is_loaded_and_nobody_is_counted() -> None:
    """A letter holds no address of anything on the web, so opening it tells nobody, and no link in it is dead."""
    assert "http" not in html(BROKEN) + text(BROKEN)
    assert "url(" not in html(BROKEN)


def test_a_letter_is_bounded() -> None:
    """However long the values in an event are, a letter stays one."""
    long = replace(WARNED, text="x" * 100_000, how="y" * 100_000)
    assert len(subject(long)) == LONGEST_SUBJECT
    assert len(text(long)) < 3 * LONGEST_PART
    assert max(map(len, letter(long, ENVELOPE, T0).split(b"\r\n"))) < 998


def test_no_word_is_cut_in_a_subject() -> None:
    """A text that is too long ends at a whole word; of one long word the beginning stands."""
    long = "Kraków 3: Otwórz kolejną kasę ekspresową. " * 5
    cut = subject(replace(WARNED, text=long))
    assert (cut[-1], len(cut) <= LONGEST_SUBJECT) == ("…", True)
    assert set(cut[:-1].split()) <= set(long.split())
    assert len(cut) > LONGEST_SUBJECT - 12


@pytest.mark.parametrize("length", range(50, LONGEST_SUBJECT, 7))
def test_a_subject_arrives_as_it_was_written(length: int) -> None:
    """However long the sentence is, nothing is put before it or into it on the way."""
    sentence = ("Open the next register at north/q2. " * 5)[:length].strip()
    assert read(replace(WARNED, text=sentence))["Subject"] == sentence
    assert read(replace(WARNED, text=f"{sentence} ł"))["Subject"] == f"{sentence} ł"


def test_letters_of_other_alphabets_arrive() -> None:
    """Names in any script are readable in the subject and both parts, and every server takes the bytes."""
    notice = replace(WARNED, text="Otwórz kasę „Łódź“ 結帳.", how="Zadzwoń.")
    raw = letter(notice, ENVELOPE, T0)
    assert raw.isascii()
    message = read(notice)
    assert message["Subject"] == notice.text
    assert all("Otwórz kasę „Łódź“ 結帳." in part.get_content() for part in message.iter_parts())


def test_links_stand_below_what_is_said() -> None:
    """Each way to act is a line of the text, and a button of the page that leads where it says."""
    links = {"why": "https://k.example/promises/p", "acknowledge": "https://k.example/do/a?b=1&c"}
    assert "I have it: https://k.example/do/a?b=1&c\nIts whole story: https://k.example/promises/p\n" in text(
        WARNED, links
    )
    page = html(WARNED, links)
    assert re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', page) == [
        ("https://k.example/do/a?b=1&amp;c", "I have it"),
        ("https://k.example/promises/p", "Its whole story"),
    ]
