"""The sentences of a notice: where it is comes first, then what to do, then the fact and the promise's clock.

What the standard's author wrote stands as it was written. Each sentence is a whole message, so that it can be said in
any language. No sentence is stale when it arrives: it says until when, never how long that is from now.
Must not know: whom it goes to. Read next: `place.py`, `notice.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from alerts.routing.afterwards import by_scenario
from alerts.routing.facts import counted, how_many, measured, silent_words, whom
from alerts.routing.incident import WARNED
from alerts.words.words import phrase, several
from standards.calendar.duration import SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.policy.reader import Reader
    from standards.judge.ledger import Line
    from standards.judge.standard import Standard

Over = Literal["kept", "fulfilled_late", "ended", "given_up", "voided", "excused"]
Passing = Literal["opened", "paused", "resumed", "moved"]

BY_SCENARIO: Final = phrase(
    "It is excused since {at}: somebody did what a scenario lets everybody do. Its page says who, and why."
)
REPORTED: Final[Mapping[str | None, str]] = {
    "broken": phrase("Corrected. It was reported broken."),
    "unknown": phrase("Corrected. It was reported that nobody can say how it went."),
    "withdrawn": phrase("Corrected. It was reported that this was never owed."),
    None: phrase("Corrected."),
}
SILENT: Final = several(
    "Look after the feed {feeds}. Nobody can say whether what was due {at} was kept.",
    "Look after the feeds {feeds}. Nobody can say whether what was due {at} was kept.",
)
WRONG: Final = phrase("Taken back. What was told of this was wrong, as was learned afterwards.")
NEVER_OWED: Final = phrase("Taken back. This was never owed, as was learned afterwards.")
PASSING: Final[Mapping[Passing, str]] = {
    "opened": phrase("Owed from {at} on."),
    "paused": phrase("The clock stands still since {at}."),
    "resumed": phrase("The clock goes on since {at}."),
    "moved": phrase("Due {due}, as is known since {at}."),
}


class Sentences:
    """The sentences of one notice, after the place: what to do comes first, then the promise's clock.

    Of an end they say how it came, and not that all is well: a new promise may be open by the time they are read.
    """

    def __init__(self, line: Line, standard: Standard, reader: Reader, now: int) -> None:
        self.line = line
        self.now = now
        self.standard = standard
        self.reader = reader
        self.words = reader.words
        self.promise = standard.promise or standard.id
        self.at, self.due = (reader.clock(at, now) if at >= 0 else "" for at in (line.at, line.due))
        self.since = reader.clock_beside(line.opened, now)

    def text(self, parts: tuple[str, ...]) -> str:
        """Give them as one text, after the place, of which these are the parts."""
        place = ", ".join(parts)
        return self.words.say("{place}: {said}", place=place, said=self.said()) if place else self.said()

    def said(self) -> str:
        """Give them as one text."""
        words, line = self.words, self.line
        match line.kind:
            case "warned":
                return f"{self._to_do()} {self._time_left()}"
            case "broken":
                return f"{self._to_do()} {self._broken()}"
            case "lost":
                return f"{self._unsure()} {self.promise}"
            case "withdrawn":
                return f"{words.say(WRONG if line.replaced_by else NEVER_OWED)} {self.promise}"
            case "corrected":
                return self._corrected()
            case "kept" | "fulfilled_late" | "ended" | "given_up" | "voided" | "excused":
                return f"{self._over(line.kind)} {self.promise}"
            case "undone":
                return f"{self._to_do()} {self._undone()}"
            case "opened" | "paused" | "resumed" | "moved":
                return f"{words.say(PASSING[line.kind], at=self.at, due=self.due)} {self.promise}"

    def _to_do(self) -> str:
        what = sentence(self.standard.what)
        return what or sentence(self.promise)

    def _with_facts(self, clock: str, clock_alone: str) -> str:
        """Put the facts before the promise's clock, which says since when it is so unless they do."""
        line, found = self.line, counted(self.line)
        count = "" if found is None else how_many(found, line, self.reader, self.now)
        since = found is not None and found.at <= line.opened
        facts = [count, measured(line, self.standard, self.words), clock if since else clock_alone]
        return " ".join(filter(None, [*facts, whom(line, self.reader)]))

    def _time_left(self) -> str:
        words, line = self.words, self.line
        if line.due < 0:
            return self._with_facts(*[words.say("It is about to be broken.")] * 2)
        if line.state.startswith("paused"):
            return self._with_facts(*[words.say("Its clock stands still for now.")] * 2)
        due = words.say("Due {due}.", due=self.due)
        return self._with_facts(due, words.say("Since {since}, due {due}.", since=self.since, due=self.due))

    def _broken(self) -> str:
        words, broken = self.words, self.words.say("Broken at {at}.", at=self.at)
        if self.line.at <= self.line.opened:
            return self._with_facts(broken, broken)
        since = words.say("Since {since}, broken at {at}.", since=self.since, at=self.at)
        return self._with_facts(broken, since)

    def _undone(self) -> str:
        words = self.words
        if self.line.verdict == "broken":
            return words.say("It was not done after all, as came out at {at}, and is overdue again.", at=self.at)
        again = words.say("It was not done after all, as came out at {at}.", at=self.at)
        return f"{again} {self._time_left()}"

    def _corrected(self) -> str:
        line, words = self.line, self.words
        if line.verdict == "broken":
            return f"{self._to_do()} {self._broken()} {words.say('This was learned afterwards.')}"
        was = line.was if line.was in (None, "unknown", "withdrawn") else "broken"
        if line.state in WARNED:
            after = (
                words.say("It was reported broken; as was learned afterwards, it can still be kept.")
                if was == "broken"
                else words.say("As was learned afterwards, it can still be kept.")
            )
            return f"{self._to_do()} {after} {self._time_left()}"
        return f"{words.say(REPORTED[was])} {self._after_all()} {self.promise}"

    def _after_all(self) -> str:
        words = self.words
        match self.line.verdict:
            case "kept":
                return words.say("It was kept after all, at {at}.", at=self.at)
            case "void":
                return words.say("It was not needed after all: the need had gone away at {at}.", at=self.at)
            case "excused" if by_scenario(self.line):
                return words.say(BY_SCENARIO, at=self.at)
            case "excused":
                return words.say("It is excused: an exception was granted.")
            case None if self.line.due >= 0:
                return words.say("It is still owed, due {due}.", due=self.due)
            case None:
                return words.say("It is still owed.")
            case _:
                return words.say("Nobody can say how it went.")

    def _unsure(self) -> str:
        words = self.words
        if self.line.reason == "came-too-late":
            return words.say(
                "Look into it. What was due {at} was heard of too late to say whether it was kept.", at=self.at
            )
        if self.line.reason == "evidence-lost":
            return words.say(
                "Ask how it went. Events were lost, and nobody can say whether what was due {at} was kept.", at=self.at
            )
        if self.line.silent:
            feeds = silent_words(self.line, self.reader, self.now)
            return words.how_many(len(self.line.silent), *SILENT, feeds=feeds, at=self.at)
        return words.say(
            "Look after the feed. It was silent, and nobody can say whether what was due {at} was kept.", at=self.at
        )

    def _over(self, kind: Over) -> str:
        words = self.words
        match kind:
            case "kept":
                return words.say("Kept at {at}.", at=self.at)
            case "fulfilled_late" if self.line.due < 0:
                return words.say("Done at {at}. It counts as late.", at=self.at)
            case "fulfilled_late" if self.line.at - self.line.due < SECOND:
                return words.say("Done at {at}.", at=self.at)
            case "fulfilled_late":
                late = words.length(self.line.at - self.line.due)
                return words.say("Done at {at}, {length} late.", at=self.at, length=late)
            case "voided":
                return words.say("It is not needed any more since {at}.", at=self.at)
            case "excused":
                return words.say("An exception was granted at {at}.", at=self.at)
            case "ended":
                return words.say("The need went away at {at}; it counts as broken.", at=self.at)
            case "given_up":
                return words.say(
                    "Given up. It was due {due} and never done; nobody waits for it any more.", due=self.due
                )


def sentence(text: str) -> str:
    """Give what an author wrote as a sentence: with its end, where it has none."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."
