"""Which lines of the ledger somebody has to hear of; who that is, and when, the router decides.

Nobody hears that all is well who never heard of the trouble, nor is warned of a deadline that is over. A line's kind
and its promise's state before it tell that, except whether a warning came in time, which is known only when it comes.
So a promise carries when people were last warned of it (`Promise.warned`); nothing else is remembered. A promise that
replaces another is the same trouble under another id: it is told only as far as it is worse than what was told.
Must not know: policies, channels, clocks, stores. Read next: `notice.py` for the words, `router.py` for what follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import msgspec

from alerts.routing.incident import REMEMBERED_FOR, WARNED, is_trouble
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from alerts.routing.notice import Reason
    from standards.judge.ledger import Line
    from standards.judge.promise import State

Warned = int | msgspec.UnsetType
"""When people were last warned, in microseconds UTC. Unset: nobody has noted it, as before this was noted."""
TOO_LATE = -NEVER
"""What a promise carries whose warnings all came when its deadline was over: nobody was told."""


def relevance(line: Line, *, before: State, warned: Warned, low: int, twin: State | None = None) -> Reason:
    """Say why somebody has to hear of a line ("told"), or why nobody has.

    `before` is the promise's state before the line, `warned` when people were last warned of it, and `low` how far
    time has come, in microseconds UTC. A warning counts for two days. `twin` is the state of the other promise: of the
    one that this one replaces, as it was told, or of the one that replaces it, as it stands.
    """
    reason = _relevance(line, before=before, warned=warned, low=low)
    if reason != "told" or twin is None:
        return reason
    if line.replaces:
        return "told" if _gravity(line.state) > _gravity(twin) else "repeated"
    return "repeated" if _gravity(twin) else "told"


def _gravity(state: State) -> int:
    """Say how bad it is for a promise to stand so, of what people are told: 0 where there is nothing to do."""
    return 2 if state in ("broken", "unknown") else int(state in WARNED)


def _relevance(line: Line, *, before: State, warned: Warned, low: int) -> Reason:
    match line.kind:
        case "warned":  # where Kept was down, or heard of it too late, the verdict is told
            return "overdue" if 0 <= line.due <= low else "told"
        case "broken" | "lost":
            return "told"
        case "corrected" if is_trouble(line):
            return _trouble(line, before, low)
        case "withdrawn" if before in ("kept", "void", "excused"):  # who heard of that heard of the warning first
            heard = warned is not msgspec.UNSET and _heard_of("warned", warned, line.known)
            return "told" if heard else "nobody-waits-for-it"
        case "kept" | "voided" | "excused" | "fulfilled_late" | "ended" | "given_up" | "corrected" | "withdrawn":
            return "told" if _heard_of(before, warned, line.known) else "nobody-waits-for-it"
        case "undone" if line.verdict == "broken" or (
            warned is not msgspec.UNSET and _heard_of("warned", warned, line.known)
        ):
            return "told"
        case "opened" | "paused" | "resumed" | "moved" | "undone":
            return "not-actionable"
        case _:
            assert_never(line.kind)


def _trouble(line: Line, before: State, low: int) -> Reason:
    """Say whether it is news that a promise stands so: worse than was known, or with time left after all."""
    if line.verdict is None and 0 <= line.due <= low:
        return "overdue"
    gravity, known = _gravity(line.state), _gravity(before)
    return "told" if gravity > known or 0 < gravity < known else "repeated"


def _heard_of(before: State, warned: Warned, now: int) -> bool:
    """Say whether people know of a promise's trouble: every breach is told, and every loss."""
    if before in WARNED:
        return warned is msgspec.UNSET or now <= warned + REMEMBERED_FOR
    return before in ("broken", "late", "ended", "given_up", "unknown")


def last_warned(line: Line, reason: Reason, *, before: State, warned: Warned) -> Warned:
    """Give when people were last warned of a promise, as it is after a line that is told, or not, for a reason."""
    if line.kind == "withdrawn":  # if it comes back, nobody knows of its trouble any more
        return TOO_LATE
    if line.kind != "warned" and not (line.kind == "corrected" and line.state in WARNED):
        return warned
    if reason == "told":
        return line.known
    return TOO_LATE if before == "open" else warned
