"""The words of one language: whole sentences, one and many, times, lengths and numbers.

A message is written where it is said, in English, as a whole sentence with its values by name: `say("Due {due}.",
due=...)`. `make words` finds all that stand so in the code, and the catalogues have them in the other languages. What
stands in a table is marked by `phrase` or `several`, and said later. Nothing here joins parts of a sentence: word order
and endings are the translator's.

A page asks for `Words(language)` at each request; there is nothing to close. Read next: `catalogues.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.catalogues import (
    LANGUAGES,
    SOURCE,
    catalogue,
    day,
    either,
    number,
    percent,
    plurals,
    together,
    weekday,
)
from standards.calendar.duration import spoken_parts
from standards.judge.events import moment
from standards.natural import LEAST, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

__all__ = ["ENGLISH", "LANGUAGES", "SOURCE", "Words", "filled", "phrase", "several"]

_LAST: Final = re.compile(r"\{(\w+)\}\.(?!\.)")
"""A value with a full stop behind it."""
_CLOSED: Final = re.compile(r"(?:</\w+>)+$")
"""The ends of elements of HTML, which nobody reads."""


def phrase(message: str) -> str:
    """Mark a message that is said later, by `say`."""
    return message


def several(one: str, many: str) -> tuple[str, str]:
    """Mark a message about one and about many, which is said later, by `how_many`."""
    return one, many


def filled(message: str, values: Mapping[str, object]) -> str:
    """Put values into a message. Where one ends with a full stop, as "31. Okt." does, the sentence adds none."""

    def ended(place: re.Match[str]) -> str:
        return place[0][:-1] if _CLOSED.sub("", str(values.get(place[1], ""))).endswith(".") else place[0]

    return (_LAST.sub(ended, message) if "}." in message else message).format_map(values)


class Words(msgspec.Struct, frozen=True):
    """What is said in one language: one of `LANGUAGES`. Instants and lengths are microseconds."""

    language: str = SOURCE

    def say(self, message: str, /, **values: object) -> str:
        """Say a message with its values."""
        return filled(self.translated(message), values)

    def translated(self, message: str) -> str:
        """Give a message with the names of its values still in it."""
        return catalogue(self.language).gettext(message)

    def forms(self, one: str, many: str) -> dict[str, str]:
        """Give a message about so many in all its forms, by their names in the CLDR; `{count}` is still in it."""
        return {name: catalogue(self.language).ngettext(one, many, count) for name, count in plurals(self.language)}

    def how_many(self, count: int, one: str, many: str, /, **values: object) -> str:
        """Say a message about so many, in the form that the language has for them; `{count}` is how many."""
        said = catalogue(self.language).ngettext(one, many, count)
        return filled(said, {**values, "count": self.number(count)})

    def number(self, value: float) -> str:
        """Write a number."""
        return number(self.language, value)

    def percent(self, share: float) -> str:
        """Write a share as per cent, to one place."""
        return percent(self.language, share)

    def either(self, names: Sequence[str]) -> str:
        """Name things of which one is meant: a, b or c."""
        return either(self.language, names)

    def together(self, names: Sequence[str]) -> str:
        """Name things that are meant together: a, b and c."""
        return together(self.language, names)

    def clock(self, at: int, zone: ZoneInfo, now: int, *, named: bool = False) -> str:
        """Tell an instant: the time of day, the day where it is another one than today; `named`: its zone as well."""
        told, today = (moment(instant).astimezone(zone) for instant in (at, now))
        time = f"{told:%H:%M:%S}{f' {told:%Z}' if named else ''}"
        if told.date() == today.date():
            return time
        return self.say("{day} {time}", day=self.day(told, year=told.year != today.year), time=time)

    def weekday(self, number: int) -> str:
        """Write a day of the week, of which Monday is 0, in short."""
        return weekday(self.language, number)

    def day(self, of: date, *, year: bool) -> str:
        """Write a day as people say it, with its year or without."""
        return day(self.language, of, year=year)

    def length(self, us: int) -> str:
        """Say a length of time, as `spoken` has it: two neighbouring units at most, towards zero."""
        return " ".join(self._part(count, unit) for count, unit in spoken_parts(us))

    def _part(self, count: int, unit: str) -> str:
        return self.how_many(count, "{count} day", "{count} days") if unit == "day" else f"{self.number(count)} {unit}"

    def named(self, names: Iterable[str]) -> list[str]:
        """Name things in the order in which people count: of many that follow each other, the first and the last."""
        return [part for run in runs(names) for part in ([self._run(run)] if len(run) >= LEAST else run)]

    def _run(self, run: Sequence[str]) -> str:
        first, last = run[0], run[-1]
        front, space, number_alone = last.rpartition(" ")
        last = number_alone if space and first.startswith(f"{front} ") else last
        return self.say("{first} to {last}", first=first, last=last)


ENGLISH = Words()
"""What machines are told in."""
