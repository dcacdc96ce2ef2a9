"""Plain words of the board: times of day, spans, shares, states and reasons, as people say them.

Read next: `now.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import SECOND, spoken
from standards.judge.events import moment

if TYPE_CHECKING:
    from datetime import tzinfo

    from standards.judge.promise import State
    from standards.judge.score import Score

STATES: Final[dict[State, str]] = {
    "new": "new", "open": "open", "warned": "act now", "paused": "paused", "paused_warned": "paused, after a warning",
    "kept": "kept", "broken": "broken", "late": "broken, done late", "ended": "broken, not needed any more",
    "given_up": "broken, given up", "void": "not needed", "excused": "excused",
    "unknown": "unknown", "withdrawn": "taken back, was never owed",
}  # fmt: skip
"""The word for each state on a page."""
OVERDUE: Final = "overdue"
"""The word for what is broken and still owed."""
REASONS: Final[dict[str, str]] = {
    "told": "told",
    "not-actionable": "not told: there was no trouble yet",
    "nobody-waits-for-it": "not told: nobody had been told of any trouble",
    "overdue": "not told: the time was over when Kept heard of it",
    "no-route": "not told: the policy names nobody for it",
    "grouped": "not told by itself: another message speaks for it",
    "repeated": "not told again: the same person had been told",
    "flapping": "not told: it comes and goes, and that was told",
    "silenced": "not told: somebody silenced it",
    "muted": "not told: it is muted at this time",
    "inhibited": "not told: a graver trouble at the same place was told",
    "acknowledged": "not told: somebody had it",
    "cured": "not told: it was over before anybody had to know",
    "quiet-hours": "told in the next digest: it came in quiet hours",
    "budget": "told with others soon after: there were enough messages for one hour",
    "joined": "told together with others",
    "off-shift": "left to who is on shift now",
    "": "",
}
"""Why a line was told or not. A reason that is not here is shown as it is written."""
ASPECTS: Final[dict[str, str]] = {
    "speed": "Speed", "quality": "Quality", "ownership": "Ownership", "courtesy": "Courtesy",
    "follow-through": "Follow-through",
}  # fmt: skip
_PERCENT: Final = "\N{NO-BREAK SPACE}%"


def reason_words(reason: str) -> str:
    """Say why something was told or not."""
    return REASONS.get(reason, f"not told: {reason.replace('-', ' ')}")


def how_many(count: int, one: str, many: str = "") -> str:
    """Say a number of things: `1 promise`, `9,800 promises`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def share(score: Score) -> tuple[str, str]:
    """Say the share kept, and how sure that is: `95 %`, `of 212 (91–97 %)`."""
    if score.kept_rate is None or score.interval is None:
        return "–", "no verdict yet"
    low, high = score.interval
    return percent(score.kept_rate), f"of {score.judged:,} ({round(low * 100)}–{round(high * 100)}{_PERCENT})"


def percent(value: float) -> str:
    """Write a share (0 to 1) as whole percent, towards the truth: what is not all is never 100 %."""
    rounded = round(value * 100)
    rounded = min(rounded, 99) if value < 1 else rounded
    return f"{max(rounded, 1) if value > 0 else rounded}{_PERCENT}"


def time_left(due: int, now: int) -> str:
    """Say how long there is still: `40 s left`."""
    return f"{spoken(due - now)} left" if due - now >= SECOND else "time is up"


def time_over(due: int, now: int) -> str:
    """Say how long something has been due: `40 s late`."""
    return f"{spoken(now - due)} late" if now - due >= SECOND else "time is up"


def hour_and_minute(at: int, zone: tzinfo) -> str:
    """Write an instant as 14:05."""
    return f"{moment(at).astimezone(zone):%H:%M}"
