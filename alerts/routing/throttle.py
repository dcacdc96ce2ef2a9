"""The throttle: what one person hears at once, and what waits for their next digest. Nothing is left out.

A pure machine, one case for each person: however notifications and ticks are split over calls of `feed`, what comes out
is the same. In quiet hours only a page goes through. No hour brings more messages than the person's budget, digests
counted: what is over it waits until one is free.
Read next: `digest.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from alerts.policy.policy import People, Person, closes_after
from alerts.routing.digest import digest, joined
from alerts.routing.notice import Notice, Reason, Withheld
from standards.calendar.duration import HOUR
from standards.judge.events import Tick
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable


class Notification(msgspec.Struct, frozen=True):
    """Somebody is to be told some things in one message, at an instant (microseconds UTC)."""

    to: str
    at: int
    parts: tuple[Notice, ...]


class RecipientThrottle(msgspec.Struct):
    """What one person was sent in the last hour, and what waits for their digest, by promise; `due` is when it goes."""

    name: str
    sent: list[int] = []
    seen: dict[str, int] = {}
    waiting: dict[str, Notice] = {}
    due: int = NEVER


class ThrottleStep(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), what goes out, what does not."""

    case: RecipientThrottle | None
    notices: list[Notice]
    withheld: list[Withheld]
    wake_at: int


def feed(case: RecipientThrottle, facts: Iterable[Notification | Tick], people: People) -> ThrottleStep:
    """Take notifications, in their order, and ticks; a tick says that none from before it is still to come."""
    work = _Throttling(case, people)
    for fact in facts:
        if isinstance(fact, Tick):
            work.pass_time(fact.at)
        else:
            work.pass_time(fact.at - 1)
            work.take(fact)
    wake = min(case.due, max([*case.sent, *case.seen.values()], default=NEVER - HOUR) + HOUR)
    kept = case.waiting or case.sent or case.seen
    return ThrottleStep(case if kept else None, work.notices, work.withheld, wake if kept else NEVER)


class _Throttling:
    """One call of `feed`."""

    def __init__(self, case: RecipientThrottle, people: People) -> None:
        self.case = case
        self.people = people
        self.person: Person = people.person(case.name)
        self.notices: list[Notice] = []
        self.withheld: list[Withheld] = []

    def pass_time(self, at: int) -> None:
        """Send the digest that is due by then, and forget what is over an hour old."""
        case = self.case
        while case.due <= at:
            now, case.due = case.due, NEVER
            held = self._held(now, _urgent(case.waiting.values()), 0)
            if held is not None:
                case.due = held[1]
                continue
            self._send(digest(list(case.waiting.values()), case.name, now), now)
            case.waiting = {}
        case.sent = [sent for sent in case.sent if sent > at - HOUR]
        case.seen = {name: seen for name, seen in case.seen.items() if seen > at - HOUR}

    def take(self, call: Notification) -> None:
        """Send a call on, or hold it back."""
        case, at = self.case, call.at
        fresh = [part for part in call.parts if part.id not in case.seen]
        self._withhold([part for part in call.parts if part.id in case.seen], "repeated", at)
        case.seen.update({part.id: at for part in fresh})
        together = [part for part in fresh if part.promise in case.waiting]
        alone = [part for part in fresh if part.promise not in case.waiting]
        self._wait(together, "grouped", at)
        held = self._held(at, _urgent(alone), 1 if case.waiting else 0) if alone else None
        if held is not None:
            reason, until = held
            case.due = min(case.due, max(until, at + self.people.digest_after))
            self._wait(alone, reason, at)
        elif alone:
            self._send(joined(alone), at)

    def _held(self, at: int, urgent: bool, reserved: int) -> tuple[Reason, int] | None:  # noqa: FBT001 - one of three
        """Say why nothing can be sent at an instant, and until when; None if it can.

        So many messages are `reserved`: where a digest waits, it is sure of one however much else comes.
        """
        quiet, budget = self.person.quiet, self.person.budget
        if quiet is not None and not urgent and quiet.is_open(at):
            return "quiet-hours", closes_after(quiet, at)
        used = [sent for sent in self.case.sent if sent > at - HOUR]
        if budget and len(used) + reserved >= budget:
            return "budget", used[-budget] + HOUR if len(used) >= budget else at
        return None

    def _send(self, notice: Notice, at: int) -> None:
        self.notices.append(notice)
        self.case.sent.append(at)

    def _wait(self, parts: list[Notice], reason: Reason, at: int) -> None:
        self._withhold(parts, reason, at)
        self.case.waiting.update({part.promise: part for part in parts})

    def _withhold(self, parts: Iterable[Notice], reason: Reason, at: int) -> None:
        for part in parts:
            line = part.id.partition(":")[0]
            self.withheld.append(Withheld(f"{part.id}:{reason}", part.promise, line, part.to, reason, at))


def _urgent(notices: Iterable[Notice]) -> bool:
    """Say whether something wakes people: an all-clear never does, but a correction for the worse does."""
    return any(it.severity == "page" and it.looks_like in ("warned", "broken", "lost") for it in notices)
