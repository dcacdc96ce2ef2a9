"""What somebody reads on a page, and whether it is in their language: each text, and each name of what has none.

A text may have words of the language's catalogue, of its days and months, and what came with the documents and events.
Knows: HTML, catalogues. Must not know: what any page is to say. Read next: `test_languages.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from string import Formatter

from babel import Locale
from babel.dates import get_day_names, get_month_names

from alerts.words.catalogues import LOCALES
from streams.board.markup import EMPTY
from tests.catalogues import CATALOGUES, read, texts

NAMING = ("aria-label", "title", "placeholder", "alt", "data-of")
"""The attributes whose text people see or hear."""
UNITS = ("min",)
_ID = re.compile(r"\b[0-9a-f]{12,}\b")
SILENT = ("script", "style", "pre", "code")
"""What these hold is for programs, or stands as it came."""


class Seen(HTMLParser):
    """Gathers what can be read on a page. Of what is in another language, its `lang` says so: that is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang", "")
        foreign = given.get("lang", self.language) != self.language
        passed = tag in SILENT or foreign or (bool(self._open) and self._open[-1][1])
        if not passed:
            self.texts += [given[name] for name in NAMING if given.get(name)]
        if tag not in EMPTY:
            self._open.append((tag, passed))

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and not self._open[-1][1]:
            self.texts.append(data.strip())


def seen(page: str) -> Seen:
    """Read a page."""
    found = Seen()
    found.feed(page)
    return found


def words_of(language: str) -> frozenset[str]:
    """Give all words that a language has on the board."""
    catalogue = read(CATALOGUES / f"{language}.po")
    said = [text for message in catalogue if message.id for text in texts(message.string)]
    locale = Locale.parse(LOCALES[language])
    dates = [
        *get_day_names("abbreviated", "stand-alone", locale).values(),
        *get_day_names("abbreviated", "format", locale).values(),
        *get_month_names("abbreviated", "format", locale).values(),
    ]
    return frozenset(_words(" ".join([*map(_bare, said), *dates, *UNITS])))


def foreign(page: str, language: str, values: Sequence[str]) -> list[str]:
    """Give the texts of a page with a word of another language; `values` are what came with documents and events."""
    known = words_of(language)
    apart = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(values, key=len, reverse=True)))
    return [text for text in seen(page).texts if any(word not in known for word in _words(apart.sub(" ", text)))]


def _bare(message: str) -> str:
    """Give a message without its values."""
    return " ".join(text for text, _, _, _ in Formatter().parse(message))


def _words(text: str) -> Iterator[str]:
    return (word.casefold() for word in re.findall(r"[^\W\d_]{2,}", _ID.sub(" ", text)))


def written(parts: Iterable[object]) -> list[str]:
    """Give what documents and events say, as it stands on a page: names also with blanks for their dots and lines."""
    found = {str(part) for part in parts if part}
    return [*found, *(re.sub(r"[._]", " ", part) for part in found)]
