"""The desk: decides which lines of the ledger someone has to hear of. Who that is, and when, the switchboard decides.

One desk case holds what was told of one subject's promises, so that nobody hears that all is well who never heard of
the trouble, nor is warned of a deadline that is over. `feed` is as pure as the judge's: the same lines at the same
time give the same notices, on every host and in every replay.

Knows: lines, times, standards' wording. Must not know: channels, clocks, stores.
Read next: `notice.py` for the words, `router.py` for what follows where a policy names people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import msgspec

from alerts.policy.policy import Policy
from alerts.routing.notice import Notice, Reason, notice
from standards.judge.events import Tick
from standards.judge.ledger import Line
from standards.judge.promise import NEVER
from standards.judge.standard import CORRECTIONS_HORIZON

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEMBERED_FOR = 2 * CORRECTIONS_HORIZON
"""How long after its last notice a promise is remembered, in microseconds: a correction comes within the horizon."""

__all__ = ["DeskCase", "DeskFact", "Policy", "Step", "feed"]

DeskFact = Line | Tick


class DeskCase(msgspec.Struct):
    """What was told of one standard's promises to one subject: (standard, subject). `told` maps a promise to when."""

    key: tuple[str, str]
    told: dict[str, int] = msgspec.field(default_factory=dict)


class Step(msgspec.Struct, frozen=True):
    """What one call of `feed` did: the case after it (None: nothing to remember), the notices, the reason of each line.

    `reasons` are (id of the line, why it was told or not); `wake_at` is when the case wants to hear of time.
    """

    case: DeskCase | None
    notices: list[Notice]
    reasons: list[tuple[str, Reason]]
    wake_at: int


def feed(case: DeskCase, facts: Iterable[DeskFact], policy: Policy) -> Step:
    """Decide on lines of one standard and subject, in their order; what is long over at the end is forgotten.

    A tick says what time it is for the lines after it.
    """
    notices, reasons = [], []
    now = -1
    for fact in facts:
        if isinstance(fact, Tick):
            now = fact.at
            continue
        reason = _decide(case, fact, now)
        reasons.append((fact.id, reason))
        if reason == "told":
            notices.append(notice(fact, policy.standards[fact.revision], policy.zone))
    case.told = {name: at for name, at in case.told.items() if at + REMEMBERED_FOR > now}
    wake_at = min(case.told.values(), default=NEVER - REMEMBERED_FOR) + REMEMBERED_FOR
    return Step(case if case.told else None, notices, reasons, wake_at)


def _decide(case: DeskCase, line: Line, now: int) -> Reason:
    if line.kind == "warned" and 0 <= line.due <= now:  # Kept was down, or heard of it too late: the verdict is told
        return "overdue"
    match line.kind:
        case "warned" | "broken" | "lost":
            case.told[line.promise] = line.known
            return "told"
        case "kept" | "voided" | "excused" | "fulfilled_late" | "corrected":
            if line.promise not in case.told:
                return "nobody-waits-for-it"
            if line.kind == "fulfilled_late":  # it stays broken, and may still be excused
                case.told[line.promise] = line.known
            else:
                del case.told[line.promise]
            return "told"
        case "opened" | "paused" | "resumed":
            return "not-actionable"
        case _:
            assert_never(line.kind)
