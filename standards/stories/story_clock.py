"""Times as they stand in stories: `10:00:05`, `tue 10:00`, `+1d 10:00`, `+90s`, `2026-03-03 10:00`.

A time of day is one of the zone in which the story begins; one that the clocks skip there is refused.
Read next: `story.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import msgspec

from standards.calendar.duration import MILLISECOND, parse
from standards.calendar.hours import zone as zone_of
from standards.judge.events import microseconds, moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE = re.compile(r"\d{4}-\d\d-\d\dT.*", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?", re.ASCII)
_SLIP = re.compile(
    r"(?P<hour>\d{1,2})(?:(?P<sign>[:.h])(?P<minute>\d{1,2})(?:[:.](?P<second>\d\d))?)?(?P<half>[ap]m)?", re.ASCII
)
_LATER = re.compile(r"\+(\d{1,4})d", re.ASCII)
_FIX = "write a time of day, 10:00:05, with a day before it where it is another one: tue 10:00, +1d 10:00"
PRECISION = MILLISECOND
"""How exactly times are told, and compared: what comes late is known a microsecond after an instant, and is told as at
that instant."""
LATEST = microseconds(datetime(2200, 1, 1, tzinfo=UTC))
"""No story goes on for so long."""
START_FIX = "write a day, a time and a zone: 2026-03-02 10:00 Europe/Warsaw"


class StoryClock(msgspec.Struct, frozen=True):
    """Where a story begins: an instant (microseconds UTC) and a zone."""

    start: int
    zone: ZoneInfo

    @property
    def day(self) -> date:
        """The day on which it begins, in its zone."""
        return moment(self.start).astimezone(self.zone).date()

    def read(self, text: str) -> int:
        """Read an instant, in microseconds UTC. Raises ValueError, saying what was found and what would fix it."""
        if text.startswith("+") and " " not in text:
            return _bounded(self.start + parse(text[1:]), text)
        if _WHOLE.fullmatch(text) is not None:
            return _bounded(_whole(text), text)
        day, _, clock = text.rpartition(" ")
        return _instant(self._day(day.strip(), text), _time(clock, text, _FIX), self.zone)

    def _day(self, word: str, text: str) -> date:
        if not word:
            return self.day
        if (found := _LATER.fullmatch(word)) is not None:
            return self.day + timedelta(days=int(found[1]))
        for number, name in enumerate(_DAYS):
            if word.lower() in (name, name[:3]):
                return self.day + timedelta(days=(number - self.day.weekday()) % 7)
        return _date(word, text, _FIX)

    def show(self, at: int) -> str:
        """Print an instant as it stands in a story: the time of day, with the date before it on another day."""
        local = moment(at - at % PRECISION).astimezone(self.zone)
        clock = local.time().isoformat("milliseconds").removesuffix(".000")
        return clock if local.date() == self.day else f"{local.date()} {clock}"


def same(expected: int, happened: int) -> bool:
    """Say whether two instants are one to a story."""
    return expected // PRECISION == happened // PRECISION


def read_start(text: str) -> StoryClock:
    """Read where a story begins: `2026-03-02 10:00 Europe/Warsaw`; without a zone it is UTC. Raises ValueError."""
    parts = text.split()
    if len(parts) not in (2, 3):
        raise ValueError(f"{text!r} is not a valid start; {START_FIX}")
    zone = zone_of(parts[2] if len(parts) > 2 else "UTC")  # noqa: PLR2004 - the third word
    at = _instant(_date(parts[0], text, START_FIX), _time(parts[1], text, START_FIX), zone)
    return StoryClock(at, zone)


def _bounded(at: int, text: str) -> int:
    if not 0 <= at < LATEST:
        raise ValueError(f"{text!r} is out of bounds; write a time from 1970 to 2199")
    return at


def _whole(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(f"{text!r} is not a valid time; {_FIX}")
    return microseconds(found)


def _date(word: str, text: str, fix: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ValueError(f"{text!r} has no day that is known; {fix}") from None


def _time(word: str, text: str, fix: str) -> time:
    found = _CLOCK.fullmatch(word)
    try:
        if found is not None:
            hour, minute, second, fraction = found.groups()
            return time(int(hour), int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
    except ValueError:
        pass
    meant = _meant(word)
    raise ValueError(f"{text!r} is not a valid time; {f'did you mean {text.replace(word, meant)}?' if meant else fix}")


def _meant(word: str) -> str:
    """Give what a slip was likely to be: `9:02`, `10.02`, `10h02`, `1:30pm`, `2m`; nothing where nobody can tell."""
    found = _SLIP.fullmatch(word.lower())
    if found is None:
        try:
            parse(word)
        except ValueError:
            return ""
        return f"+{word}"
    hour = int(found["hour"]) % 12 + 12 * (found["half"] == "pm") if found["half"] else int(found["hour"])
    minute, sign = found["minute"] or "00", found["sign"]
    minute = minute.ljust(2, "0") if sign == "." else minute.zfill(2)  # 10.20 is read as the number 10.2
    whole = f"{hour:02}:{minute}" + (f":{found['second']}" if found["second"] else "")
    return whole if _CLOCK.fullmatch(whole) and hour < 24 and int(minute) < 60 else ""  # noqa: PLR2004 - of a day, an hour


def _instant(day: date, clock: time, zone: ZoneInfo) -> int:
    local = datetime.combine(day, clock, zone)
    at = _bounded(microseconds(local), f"{day} {clock}")
    if moment(at).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError(f"there is no {clock} on {day} in {zone.key}: the clocks go forward; write another time")
    return at
