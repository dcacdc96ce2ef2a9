"""One promise with all that is stored of it, and what that says of who was told.

Why a line is told or not is stored as it is decided. What is left to another message then may never be told: whether it
was is seen by the messages that were sent. Read next: `read_model.py`.
"""

from __future__ import annotations

import msgspec

from alerts.policy.policy import MACHINES
from alerts.routing.notice import LEFT_TO_ANOTHER, WAITS, Notice, Withheld
from standards.judge.ledger import Line
from standards.judge.promise import NEVER
from streams.storage.rows import NoticeRow, PromiseRow


class PromiseView(msgspec.Struct, frozen=True):
    """One promise with its lines, the notices that were sent and those that were not, and the text that judges it."""

    row: PromiseRow
    lines: list[Line]
    notices: list[NoticeRow]
    revision_text: str
    withheld: list[Withheld] = []

    @property
    def waits_to_be_told(self) -> bool:
        """Whether nobody was told yet, and somebody will be: it waits for a message that tells of several."""
        last = {it.to: it.reason for it in self.withheld}
        return not self.notices and not WAITS.isdisjoint(last.values())

    def named_at(self, held: Withheld) -> int:
        """Give when a message named this promise to whom one was kept back from, after that; -1: none did so far."""
        told = (it.notice.decided for it in self.notices if it.notice.to == held.to)
        return min((at for at in told if at >= held.at), default=-1)

    def reason_of(self, line: Line, reason: str) -> tuple[str, int]:
        """Say why a line was told or not, by the reason that was stored first, and when another message named it.

        It was told if a message is of this very line, or if somebody was told, from whom it was not kept back, before
        the next line; machines are told apart. -1: no other message did.
        """
        heard = [it.notice for it in self.notices if _is_for_people(it.notice)]
        if any(notice.id.partition(":")[0] == line.id for notice in heard):
            return "told", -1
        mine = [it for it in self.withheld if it.line == line.id]
        names = {it.to for it in mine if it.reason in LEFT_TO_ANOTHER}
        next_line = min((it.known for it in self.lines if it.known > line.known), default=NEVER)
        others = (notice.decided for notice in heard if notice.to not in names)
        told = min((at for at in others if line.known <= at), default=-1)
        if reason not in ("told", "grouped") or (reason == "told" and (not names or 0 <= told < next_line)):
            return reason, -1
        last = next((it for it in reversed(mine) if it.to in names), None)
        if reason == "told" and last is not None:
            return last.reason, self.named_at(last)
        if told < 0 and mine and self.named_at(mine[-1]) < 0:
            return mine[-1].reason, -1
        return reason, max([told, *(self.named_at(it) for it in mine)])


def _is_for_people(notice: Notice) -> bool:
    """Say whether people get it: what goes to machines alone has addresses and no name, or theirs."""
    return notice.to not in MACHINES and bool(notice.to or not notice.addresses)
