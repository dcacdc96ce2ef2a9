"""What waits for one person, and for which message: the summary of pages over their budget, or the digest.

| what | goes |
|---|---|
| a page over the budget | in a summary: 30 s after the first, then 1, 2, 4, 5, 5... minutes after the one before |
| only repetitions | in a summary, at the earliest half an hour after the one before |
| a page that is well again | with the others that are, and with the summary, at most every five minutes |
| a ticket over the budget or in quiet hours | in the digest: outside of the budget, at most every `digest_every` |

What is over or was taken before it was told leaves, and is remembered until its all-clear comes: that is not told
either. If the trouble comes back before, it waits again. Read next: `throttle.py`, which fills and sends them.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.policy.summaries import FIRST_SUMMARY, SUMMARY_STEPS
from alerts.routing.notice import Notice
from standards.calendar.duration import DAY, HOUR, MINUTE
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from alerts.routing.notification import Notification, Standing

REPEATED: Final = 30 * MINUTE
"""How long after the summary before the next goes at the earliest where nothing waits but repetitions."""
WELL: Final = 5 * MINUTE
"""How long after a message that says that pages are well again the next one goes at the earliest."""
REMEMBERED: Final = 3 * DAY
"""How long what was never told waits for its all-clear."""

Form = Literal["summary", "digest"]


class Held(msgspec.Struct):
    """What waits to be told of one promise, since `at`. `first`: nothing of it was told to this person before.

    `again` is for a mere repetition; without `stands` it left, as it was over or taken before it was told.
    """

    notice: Notice
    form: Form
    at: int
    first: bool = False
    again: bool = False
    stands: bool = True


class RecipientThrottle(msgspec.Struct):
    """What one person was sent in the last hour, and what waits, by promise. Instants in microseconds UTC.

    `sent` are messages of any sort, digests aside, `pages` those of them that are pages or say that they are well.
    `summaries` counts summaries since the budget was over, and `last_trouble` is when one last told of trouble.
    `waiting` is what an earlier version had held back.
    """

    name: str
    sent: list[int] = []
    pages: list[int] = []
    seen: dict[str, int] = {}
    held: dict[str, Held] = {}
    summaries: int = 0
    last_summary: int = -NEVER
    last_trouble: int = -NEVER
    last_well: int = -NEVER
    last_digest: int = -NEVER
    summary_due: int = NEVER
    digest_due: int = msgspec.field(default=NEVER, name="due")
    waiting: dict[str, Notice] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remember."""
        return not (self.held or self.sent or self.seen or self.waiting or self.last_digest > 0 or self.last_well > 0)

    def wake(self, digest_every: int) -> int:
        """Give when something is due, or forgotten."""
        forgotten = [*(max(times) + HOUR for times in (self.sent, list(self.seen.values())) if times)]
        left = [held.at + REMEMBERED for held in self.held.values() if not held.stands]
        lasts = [max(self.last_well, self.last_summary) + HOUR, self.last_digest + max(HOUR, digest_every)]
        known = [at for at in (*forgotten, *left, *lasts) if at > 0]
        return min([self.summary_due, self.digest_due, *([max(known)] if known else [])])

    def take_over(self) -> None:
        """Take over what an earlier version held back: it had one message for all of it."""
        for promise, notice in self.waiting.items():
            form: Form = "summary" if notice.severity == "page" and notice.is_trouble else "digest"
            self.held[promise] = Held(notice, form, notice.decided)
            if form == "summary":
                self.summary_due = min(self.summary_due, self.digest_due)
        self.waiting = {}

    def forget(self, at: int, digest_every: int) -> None:
        """Forget what was over an hour ago, the last digest when the next may go, and whose all-clear never came."""
        for times in (self.sent, self.pages):
            del times[: bisect_right(times, at - HOUR)]
        for name in [*takewhile(lambda name: self.seen[name] <= at - HOUR, self.seen)]:
            del self.seen[name]
        for name, span in (
            ("last_summary", HOUR),
            ("last_trouble", HOUR),
            ("last_well", HOUR),
            ("last_digest", max(HOUR, digest_every)),
        ):
            if getattr(self, name) <= at - span:
                setattr(self, name, -NEVER)
        if any(not held.stands for held in self.held.values()):
            self.held = {name: it for name, it in self.held.items() if it.stands or it.at + REMEMBERED > at}

    def hear(self, standing: Standing) -> Notice | None:
        """Let what is over or was taken leave; who knows of it anyway is told of its end. Gives what was never told."""
        held = self.held.get(standing.promise)
        if held is None or not held.notice.is_trouble or not held.stands:
            return None
        if held.first and standing.how != "known":
            held.stands, held.at = False, standing.at
        else:
            del self.held[standing.promise]
        return held.notice

    def let_nothing_be_due(self) -> None:
        """Have no message due for which nothing waits any more; where repetitions alone are left, they keep their time.

        What came and went in the wait, or all-clears, bring no repetition forward.
        """
        forms = {held.form for held in self.held.values() if held.stands}
        waits = [held for held in self.held.values() if held.stands and held.form == "summary"]
        if not waits:
            self.summary_due = NEVER
        elif all(held.again for held in waits):
            self.summary_due = max(self.summary_due, self._summary_at(min(held.at for held in waits), again=True))
        if "digest" not in forms:
            self.digest_due = NEVER

    def bring_back(self, notice: Notice, was: str, at: int) -> None:
        """Let what this person was to hear of under an id wait again, or go on waiting, as a notice says it now."""
        held = self.held.pop(was, None)
        if held is None or not held.notice.is_trouble:
            return
        back = not held.stands
        self.held[notice.promise] = Held(notice, held.form, at, held.first, held.again)
        if back and held.form == "summary":
            self.summary_due = min(self.summary_due, self._summary_at(at, again=False))
        elif back:
            self.digest_due = min(self.digest_due, at + FIRST_SUMMARY)

    def wait_for_summary(self, parts: Iterable[Notice], told: Notification) -> None:
        """Let the parts of a message wait for the next summary."""
        again = told.turn == "repeat"
        self._wait(parts, told, "summary")
        self.summary_due = min(self.summary_due, self._summary_at(told.at, again=again))

    def _summary_at(self, at: int, *, again: bool) -> int:
        soonest = max(
            at + FIRST_SUMMARY, self.last_summary + SUMMARY_STEPS[min(self.summaries, len(SUMMARY_STEPS) - 1)]
        )
        return max(soonest, self.last_trouble + REPEATED) if again else soonest

    def wait_for_others(self, parts: Iterable[Notice], told: Notification, *, crowded: bool) -> int:
        """Let it wait until it may be told that pages are well again; gives when that is. Crowded: over the budget."""
        self._wait(parts, told, "summary")
        last = max(self.last_well, self.last_summary) if crowded else self.last_well
        self.summary_due = min(self.summary_due, max(told.at, last + WELL))
        return self.summary_due

    def wait_for_digest(self, parts: Iterable[Notice], told: Notification, due: int, every: int) -> None:
        """Let it wait for the digest, which goes at `due`, or `every` after the one before if that is later."""
        self._wait(parts, told, "digest")
        self.digest_due = min(self.digest_due, max(due, self.last_digest + every))

    def _wait(self, parts: Iterable[Notice], told: Notification, form: Form) -> None:
        for part in parts:
            before = self.held.get(part.promise)
            first = part.promise in told.fresh if before is None else before.first
            again = told.turn == "repeat" and (before is None or before.again)
            self.held[part.promise] = Held(part, form, told.at, first, again)

    def take_summary(self, at: int) -> list[Notice]:
        """Give what waits for a summary, at an instant: what ended goes without repetitions whose time has not come."""
        waits = [held for held in self.held.values() if held.stands and held.form == "summary"]
        trouble = [held for held in waits if held.notice.is_trouble]
        again = [held for held in trouble if held.again]
        due = self._summary_at(min((held.at for held in again), default=at), again=True)
        stay = bool(again) and len(again) == len(trouble) and due > at
        self.summary_due = due if stay else NEVER
        return self.take_out("summary", {held.notice.promise for held in again} if stay else ())

    def take_out(self, form: Form, stay: Collection[str] = ()) -> list[Notice]:
        """Give what waits for a message, but for what is to stay, and let it wait no longer; what left stays."""
        going = {
            name: held for name, held in self.held.items() if held.form == form and held.stands and name not in stay
        }
        self.held = {name: held for name, held in self.held.items() if name not in going}
        return [held.notice for held in going.values()]
