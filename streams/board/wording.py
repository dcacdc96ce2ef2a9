"""Plain words of the board: times of day, spans, shares, states and reasons, as people say them in their language.

Read next: `now.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

import msgspec

from alerts.routing.place import called, called_site
from alerts.words.words import ENGLISH, Words, phrase
from standards.calendar.duration import SECOND
from standards.judge.events import moment
from standards.judge.rulebook import subject_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from standards.judge.promise import State
    from standards.judge.score import Score

STATES: Final[dict[State, str]] = {
    "new": phrase("new"), "open": phrase("open"), "warned": phrase("act now"), "paused": phrase("paused"),
    "paused_warned": phrase("paused, after a warning"), "kept": phrase("kept"), "broken": phrase("broken"),
    "late": phrase("broken, done late"), "ended": phrase("broken, not needed any more"),
    "given_up": phrase("broken, given up"), "void": phrase("not needed"), "excused": phrase("excused"),
    "unknown": phrase("unknown"), "withdrawn": phrase("taken back, was never owed"),
}  # fmt: skip
"""The word for each state on a page."""
OVERDUE: Final = phrase("overdue")
"""The word for what is broken and still owed."""
REASONS: Final[dict[str, str]] = {
    "told": phrase("told"),
    "not-actionable": phrase("not told: there was no trouble yet"),
    "nobody-waits-for-it": phrase("not told: nobody waited to hear of it"),
    "overdue": phrase("not told: the time was over when Kept heard of it"),
    "no-route": phrase("not told: the policy names nobody for it"),
    "grouped": phrase("not told by itself, and by no other message so far"),
    "repeated": phrase("not told again: the same person had been told"),
    "flapping": phrase("not told: it comes and goes, and that was told"),
    "silenced": phrase("not told: somebody silenced it"),
    "muted": phrase("not told: it is muted at this time"),
    "inhibited": phrase("not told: a graver trouble at the same place was told"),
    "acknowledged": phrase("not told: somebody had it"),
    "cured": phrase("not told: it was over before anybody had to know"),
    "quiet-hours": phrase("held back in quiet hours, and not told so far"),
    "budget": phrase("held back by the budget, and not told so far"),
    "joined": phrase("to be told together with others, and not told so far"),
    "off-shift": phrase("left to who is on shift now"),
    "not-theirs": phrase("not theirs: who gave it back did not have it"),
    "nobody-is-told": phrase("talked over or handed on while nobody was told of it: who has it stays as it was"),
    "names-one-of-us": phrase("kept from machines: it names one of us"),
    "forgotten": phrase("forgotten: what somebody did came before any trouble, with more than can be remembered"),
}
"""Why a line was told or not. A reason that is not here is shown as it is written."""
NAMED: Final[dict[str, str]] = {
    "grouped": phrase("not told by itself: the message of {time} speaks for it"),
    "quiet-hours": phrase("held back in quiet hours; the message of {time} names it"),
    "budget": phrase("held back by the budget; the message of {time} names it"),
    "joined": phrase("told together with others, in the message of {time}"),
}
"""The same of what another message named after that."""
FIELDS: Final[dict[str, str]] = {
    "site": phrase("site"), "queue": phrase("queue"), "team": phrase("team"), "agent": phrase("agent"),
    "from_agent": phrase("from agent"), "to_agent": phrase("to agent"), "contact": phrase("contact"),
    "ticket": phrase("ticket"), "customer": phrase("customer"), "waiting": phrase("waiting"),
    "by": phrase("by whom"), "promise": phrase("promise"), "moment": phrase("moment"), "reason": phrase("reason"),
    "reward": phrase("reward"), "value": phrase("value"), "score": phrase("score"), "kind": phrase("kind"),
    "form": phrase("form"), "asked": phrase("how many were asked"), "giver": phrase("given as"),
    "public": phrase("in front of the others"), "work": phrase("work"), "note": phrase("note"),
    "scenario": phrase("scenario"), "topic": phrase("topic"), "register": phrase("register"),
}  # fmt: skip
"""What the fields of Kept's own events are called."""
ASPECTS: Final[dict[str, str]] = {
    "speed": phrase("Speed"), "quality": phrase("Quality"), "ownership": phrase("Ownership"),
    "courtesy": phrase("Courtesy"), "follow-through": phrase("Follow-through"),
}  # fmt: skip


class Wording(msgspec.Struct, frozen=True):
    """How somebody is told: as of which instant (`now`, in microseconds UTC), in which zone, and in which words.

    `names` are what places are called, by their ids. `beside` is the page's zone, where this is of a place in another
    one: then a time says its zone. `name` is whoever is told, or nothing.
    """

    now: int
    zone: ZoneInfo
    words: Words = ENGLISH
    names: Mapping[str, str] = {}
    beside: ZoneInfo | None = None
    name: str = ""

    def in_zone(self, zone: ZoneInfo | None) -> Self:
        """Give the wording for what is at a place in a zone; None: it has none of its own."""
        return self if zone is None else msgspec.structs.replace(self, zone=zone, beside=self.beside or self.zone)

    def called(self, subject: str) -> str:
        """Write a subject for people, by the policy's names."""
        return called(subject, self.names)

    def called_site(self, site: str) -> str:
        """Write a site for people, by its id."""
        return called_site(site, self.names)

    def placed(self, subject: str, site: object) -> str:
        """Give what people call a subject, the site that it is at first: also where that is no part of it."""
        if site is None or site == "":
            return self.called(subject)
        first, parts = subject_text((str(site),)), subject.split("/") if subject else []
        if first in parts:
            parts.remove(first)  # once: what is at a site may be called like it, as till 1 of store 1
        return self.called("/".join([first, *parts]))

    def time_left(self, due: int) -> str:
        """Say how long there is still: `40 s left`."""
        left = due - self.now
        return self.words.say(LEFT, span=self.words.length(left)) if left >= SECOND else self.words.say(UP)

    def time_over(self, due: int) -> str:
        """Say how long something has been due: `40 s late`."""
        over = self.now - due
        return self.words.say(LATE, span=self.words.length(over)) if over >= SECOND else self.words.say(UP)

    def hour(self, at: int) -> str:
        """Write an instant as 14:05."""
        told = hour_and_minute(at, self.zone)
        return f"{told} {moment(at).astimezone(self.zone):%Z}" if self._names_zone(at) else told

    def told(self, at: int) -> str:
        """Tell an instant as 14:05:00, with the day where it is another one than today."""
        return self.words.clock(at, self.zone, self.now, named=self._names_zone(at))

    def _names_zone(self, at: int) -> bool:
        """Say whether the page's clocks show another time at an instant."""
        if self.beside is None:
            return False
        here, there = (moment(at).astimezone(zone).utcoffset() for zone in (self.zone, self.beside))
        return here != there

    def day(self, at: int) -> str:
        """Write the day of an instant, with its year where that is another one than now."""
        told, today = (moment(instant).astimezone(self.zone) for instant in (at, self.now))
        return self.words.day(told, year=told.year != today.year)

    def number(self, count: int) -> str:
        """Write a number."""
        return self.words.number(count)

    def percent(self, value: float) -> str:
        """Write a share (0 to 1) as whole percent, towards the truth: what is not all is never 100%."""
        rounded = round(value * 100)
        rounded = min(rounded, 99) if value < 1 else rounded
        return self.words.percent((max(rounded, 1) if value > 0 else rounded) / 100)

    def share(self, score: Score) -> tuple[str, str]:
        """Say the share kept, and how sure that is: `95%`, `of 212 (91–97%)`."""
        if score.kept_rate is None or score.interval is None:
            return "–", self.words.say("no verdict yet")
        low, high = (round(bound * 100) for bound in score.interval)
        sure = self.words.say("of {count} ({low}–{high})", count=self.number(score.judged), low=low,
                              high=self.words.percent(high / 100))  # fmt: skip
        return self.percent(score.kept_rate), sure

    def state(self, state: State) -> str:
        """Say a state."""
        return self.words.say(STATES[state])

    def reason(self, reason: str, named_at: int = -1) -> str:
        """Say why something was told or not, and when another message named it; nothing where no reason is known."""
        if named_at >= 0 and reason in NAMED:
            return self.words.say(NAMED[reason], time=self.told(named_at))
        if not reason or reason in REASONS:
            return self.words.say(REASONS[reason]) if reason else ""
        return self.words.say("not told: {reason}", reason=reason.replace("-", " "))

    def aspect(self, aspect: str) -> str:
        """Say an aspect; one that is not known is shown as it is written."""
        return self.words.say(ASPECTS[aspect]) if aspect in ASPECTS else aspect


def field_words(name: str, words: Words) -> str:
    """Say what a field of an event is called; one of an author's own by its name."""
    return words.say(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


LEFT: Final = phrase("{span} left")
LATE: Final = phrase("{span} late")
UP: Final = phrase("time is up")


def how_many(count: int, one: str, many: str = "") -> str:
    """Say a number of things: `1 promise`, `9,800 promises`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def hour_and_minute(at: int, zone: tzinfo) -> str:
    """Write an instant as 14:05."""
    return f"{moment(at).astimezone(zone):%H:%M}"
