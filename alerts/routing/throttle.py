"""The throttle: what one person hears at once, and in which message they hear the rest. Nothing is left out.

A pure machine, one case for each person: however notifications and ticks are split over calls of `feed`, what comes out
is the same, if those of one instant come together. A budget chooses the form of a page, never whether it is told: what
is over it stands in a summary soon after. A ticket over the budget, or in quiet hours, waits for the digest. That pages
are well again makes no sound: such messages go together.
Read next: `waiting.py` for when the messages go, `digest.py` for their words.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.policy.openings import closes_after
from alerts.policy.policy import MACHINES, PLACE, People, Person
from alerts.routing.counts import counted
from alerts.routing.digest import digest, gathered, joined, promises_of, summary
from alerts.routing.notice import Notice, Reason, Withheld
from alerts.routing.notification import How, Notification, Sort, Standing, merged, sort_of
from alerts.routing.stalls import not_before, wait_out
from alerts.routing.waiting import RecipientThrottle
from alerts.words.words import several
from standards.judge.events import Tick
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from alerts.routing.incident import Turn
    from alerts.routing.stalls import Stall

Fact = Notification | Standing


class ThrottleStep(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), what goes out, what does not."""

    case: RecipientThrottle | None
    notices: list[Notice]
    withheld: list[Withheld]
    wake_at: int


def feed(
    case: RecipientThrottle, facts: Iterable[Fact | Tick], people: People, stall: Stall | None = None
) -> ThrottleStep:
    """Take notifications and how promises stand, in their order, and ticks.

    A tick says that nothing from before it is still to come; all of one instant comes in one call. Where there was a
    `stall` before, nothing is sent before it was over.
    """
    work = _Throttling(case, people)
    case.take_over()
    if stall is not None:
        wait_out(case, stall)
    for at, together in groupby(facts, key=attrgetter("at")):
        found = list(together)
        work.pass_time(at - 1)
        work.instant(at, [fact for fact in found if not isinstance(fact, Tick)])
        if stall is not None and at < stall.at:
            not_before(case, stall)
        if any(isinstance(fact, Tick) for fact in found):
            work.pass_time(at)
    if case.is_empty:
        return ThrottleStep(None, work.notices, work.withheld, NEVER)
    return ThrottleStep(case, work.notices, work.withheld, case.wake(people.digest_every))


LEFT: Final[Mapping[How, Reason]] = {
    "over": "cured", "taken": "acknowledged", "known": "acknowledged", "left": "off-shift",
}  # fmt: skip
"""Why what waited is not told any more."""
_UNTAKEN: Final = several(
    "{count} promise stands, and nobody has acknowledged it.",
    "{count} promises stand, and nobody has acknowledged them.",
)
REMARKS: Final[Mapping[Turn | Literal["back"], tuple[str, str]]] = {
    "repeat": _UNTAKEN,
    "climb": _UNTAKEN,
    "released": several(
        "Of what was held back, {count} promise still stands.", "Of what was held back, {count} promises still stand."
    ),
    "anew": several(
        "{count} promise stands, and nobody has it any more.", "{count} promises stand, and nobody has them any more."
    ),
    "shift": several("{count} promise stands as your shift begins.", "{count} promises stand as your shift begins."),
    "asked": several(
        "{count} promise is yours; take it again if you still have it.",
        "{count} promises are yours; take them again if you still have them.",
    ),
}
"""What one message says of several that are no group."""


def _one(parts: Sequence[Notice], told: Notification) -> Notice:
    """Make one message of the parts of a notification."""
    remark = None if told.turn == "climb" and told.groups == 1 else REMARKS.get(told.turn)
    trouble = all(part.is_trouble for part in parts)
    if remark is None or not trouble or not parts[1:]:
        made = joined(parts, told.at)
    else:
        made = gathered(parts, remark, told.at)
    return counted(made, parts, of_group=True)


def _same(part: Notice) -> tuple[object, ...]:
    """Give what a part is about, whichever promise that is."""
    return part.standard, part.subject, part.fields.get(PLACE)


def _is_end(part: Notice, trouble: AbstractSet[tuple[object, ...]]) -> bool:
    """Say whether a part tells that something of these is well again."""
    return part.is_all_clear and _same(part) in trouble


class _Throttling:
    """One call of `feed`."""

    def __init__(self, case: RecipientThrottle, people: People) -> None:
        self.case = case
        self.people = people
        self.person: Person = people.person(case.name)
        self.notices: list[Notice] = []
        self.withheld: list[Withheld] = []

    def pass_time(self, at: int) -> None:
        """Send what is due by then, and forget what is long over."""
        while (due := min(self.case.summary_due, self.case.digest_due)) <= at:
            self.instant(due, ())
        self.case.forget(at, self.people.digest_every)

    def instant(self, at: int, facts: Sequence[Fact]) -> None:
        """Hear how promises stand, send or hold what is to be told, and send what waited for this instant."""
        self.case.forget(at, self.people.digest_every)
        heard = [fact for fact in facts if isinstance(fact, Standing)]
        for standing in heard:
            if (left := self.case.hear(standing)) is not None:
                self._withhold([left], LEFT[standing.how], at)
        if heard:
            self.case.let_nothing_be_due()
        told = (fact for fact in facts if isinstance(fact, Notification))
        for each in merged(told, one_step=not self.person.budget):
            self._take(each)
        if self.case.summary_due <= at:
            self._send_summary(at)
        if self.case.digest_due <= at:
            self._send_digest(at)

    def _take(self, told: Notification) -> None:
        if told.turn == "back":
            for part in told.parts:
                self.case.bring_back(part, told.was.get(part.promise, part.promise), told.at)
            return
        seen = self.case.seen
        self._withhold([part for part in told.parts if part.id in seen], "repeated", told.at)
        fresh = [part for part in told.parts if part.id not in seen]
        seen.update({part.id: told.at for part in fresh})
        news = [part for part in fresh if told.passes or not self._never_heard(part)]
        self._withhold([part for part in fresh if part not in news], "nobody-waits-for-it", told.at)
        if self.case.name in MACHINES:
            self._withhold([part for part in news if part.names_one_of_us], "names-one-of-us", told.at)
            self.notices += [msgspec.structs.replace(it, decided=told.at) for it in news if not it.names_one_of_us]
            return
        unasked = [part for part in news if part.severity == "info" and part.is_all_clear]
        self._withhold(unasked, "nobody-waits-for-it", told.at)
        news = [part for part in news if part not in unasked]
        if any(sort_of(part) == "page" for part in news):
            self._page(news, told)
            return
        sorts: tuple[Sort, ...] = ("well", "ticket", "info")
        for sort in sorts:
            self._quiet(sort, [part for part in news if sort_of(part) == sort], told)

    def _never_heard(self, part: Notice) -> bool:
        """Say whether the end of trouble is told to somebody who still waits to hear of it; then it is dropped."""
        held = self.case.held.get(part.promise)
        if held is None or part.is_trouble:
            return False
        if not held.notice.is_trouble:
            return False
        del self.case.held[part.promise]
        return held.first

    def _page(self, parts: list[Notice], told: Notification) -> None:
        if told.turn == "handed":  # outside of every limit
            self._send(joined(self._without_what_came_back(parts, told.at), told.at), told.at, page=True)
        elif self._is_free(self.case.pages):
            self.case.summaries = 0
            self._send(_one(self._without_what_came_back(parts, told.at), told), told.at, page=True)
        else:
            self._withhold(parts, "budget", told.at)
            self.case.wait_for_summary(parts, told)

    def _quiet(self, sort: Sort, parts: list[Notice], told: Notification) -> None:
        """Tell what wakes nobody: now, together with what else is well again, or in the digest."""
        if not parts:
            return
        quiet, at, after = self.person.quiet, told.at, self.people.digest_after
        if quiet is not None and quiet.is_open(at) and not told.passes:
            self._withhold(parts, "quiet-hours", at)
            self.case.wait_for_digest(parts, told, max(at + after, closes_after(quiet, at)), self.people.digest_every)
        elif sort == "well":
            if self.case.wait_for_others(parts, told, crowded=not self._is_free(self.case.pages)) > at:
                self._withhold(parts, "joined", at)
        elif told.turn == "handed" or (
            sort == "ticket" and self._is_free(self.case.sent) and self.case.digest_due > at
        ):
            self._send(_one(self._without_what_came_back(parts, at), told), at, page=False)
        else:
            full = sort == "ticket" and self.case.digest_due > at
            self._withhold(parts, "budget" if full else "joined", at)
            self.case.wait_for_digest(parts, told, at + after, self.people.digest_every)

    def _is_free(self, sent: Sequence[int]) -> bool:
        """Say whether the budget has a message left, of so many in the last hour."""
        return not self.person.budget or len(sent) < self.person.budget

    def _send_summary(self, at: int) -> None:
        crowded = not self._is_free(self.case.pages)
        parts = self.case.take_summary(at)
        if not parts:
            return
        trouble = [part for part in parts if part.is_trouble]
        if len(trouble) < len(parts):
            self.case.last_well = at
        if trouble or crowded:
            self.case.last_summary, self.case.summaries = at, self.case.summaries + 1
        if trouble:
            self.case.last_trouble = at
        parts = self._without_what_came_back(parts, at)
        made = summary(parts, self.case.name, at) if trouble and parts[1:] else joined(parts, at)
        self._send(counted(made, parts), at, page=True)

    def _send_digest(self, at: int) -> None:
        quiet = self.person.quiet
        self.case.digest_due = NEVER
        if not any(held.form == "digest" and held.stands for held in self.case.held.values()):
            return
        if quiet is not None and quiet.is_open(at):
            self.case.digest_due = closes_after(quiet, at)
            return
        self.case.last_digest = at
        parts = self._without_what_came_back(self.case.take_out("digest"), at)
        self.notices.append(counted(digest(parts, self.case.name, at), parts))

    def _send(self, notice: Notice, at: int, *, page: bool) -> None:
        self.notices.append(msgspec.structs.replace(notice, decided=at))
        self.case.sent.append(at)
        if page:
            self.case.pages.append(at)
        for promise in promises_of([notice]):
            self.case.held.pop(promise, None)

    def _without_what_came_back(self, parts: Sequence[Notice], at: int) -> list[Notice]:
        """Leave out that all is well where the same is told to be in trouble again, in parts or in what waits."""
        trouble = {_same(part) for part in parts if part.is_trouble}
        back = [held.notice for held in self.case.held.values() if _is_end(held.notice, trouble)] if trouble else []
        for part in back:
            del self.case.held[part.promise]
        self._withhold([*(part for part in parts if _is_end(part, trouble)), *back], "flapping", at)
        return [part for part in parts if not _is_end(part, trouble)]

    def _withhold(self, parts: Iterable[Notice], reason: Reason, at: int) -> None:
        for part in parts:
            line = part.id.partition(":")[0]
            self.withheld.append(Withheld(f"{part.id}:{reason}", part.promise, line, part.to, reason, at))
