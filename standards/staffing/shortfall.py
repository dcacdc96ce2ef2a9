"""The gap in a sentence, where history and model agree that there is one.

An hour counts where chance does not explain how few were kept (the goal lies above the 95 % interval of what was
seen) and the model says that more people would do. So nobody is told that a promise cannot be kept which was.
Read next: `streams/staffing/text.py`, and the checks.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.staffing.plan import Hour, Plan

SHOWN: Final = 3
"""How many stretches of hours are named; the table has all of them."""
DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Stretch(msgspec.Struct, frozen=True):
    """Hours of one weekday that follow each other, and the fewest and the most people that are missing in them."""

    line: str
    weekday: int
    start: int
    end: int
    least: int
    most: int
    cost: float

    def text(self) -> str:
        """Say it: `2 more on Tuesdays 11–12`."""
        number = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        where = f" at {self.line}" if self.line else ""
        return f"{number} more{where} on {DAYS[self.weekday]} {self.start}–{self.end}"


def shortfall(plans: Sequence[Plan]) -> str | None:
    """Say that a standard cannot be kept with the staff that is there, and what it takes; None where it can.

    `plans` are those of the lines of one standard. How far the model is off is said where that is much, or not known.
    """
    found = sorted((stretch for plan in plans for stretch in missing(plan)), key=lambda one: -one.cost)
    if not found:
        return None
    shown = [stretch.text() for stretch in found[:SHOWN]]
    hours = sum(stretch.end - stretch.start for stretch in found[SHOWN:])
    if hours:
        shown.append(f"people in {hours} more hour{'s' if hours > 1 else ''} of the week")
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    caveat = _caveat([plan for plan in plans if any(_short(hour, plan) for hour in plan.hours)])
    return f"this promise cannot be kept with the staff you have: take the sign down, or {listed}{caveat}"


def missing(plan: Plan) -> list[Stretch]:
    """Give the stretches in which people of one line are missing, as they come in the week."""
    stretches: list[Stretch] = []
    numbered = enumerate(hour for hour in plan.hours if _short(hour, plan))
    # Hours that follow each other are as far apart as their numbers.
    for _, group in groupby(numbered, key=lambda each: (each[1].weekday, each[1].hour - each[0])):
        hours = [hour for _, hour in group]
        more = [hour.more for hour in hours]
        first, last, cost = hours[0], hours[-1], sum(hour.cost for hour in hours)
        stretches.append(
            Stretch("/".join(plan.key), first.weekday, first.hour, last.hour + 1, min(more), max(more), cost)
        )
    return stretches


def is_short(hour: Hour, goal: float) -> bool:
    """Say whether an hour fell short of the goal by more than chance, and more people would have helped."""
    return hour.more > 0 and hour.seen_span is not None and hour.seen_span[1] < goal


def _short(hour: Hour, plan: Plan) -> bool:
    return is_short(hour, plan.target.goal)


def _caveat(plans: Sequence[Plan]) -> str:
    if not all(plan.proof.held_out for plan in plans):
        return " (from one day, so the model could not be tried on another)"
    errors = [plan.error for plan in plans if plan.error is not None and plan.error.poor]
    if not errors:
        return ""
    off, chance = (_points([getattr(error, name) for error in errors]) for name in ("mean", "chance"))
    return f" (the model is off by {off} points where chance makes {chance}: a direction, not a roster)"


def _points(shares: Sequence[float]) -> str:
    least, most = f"{min(shares) * 100:.0f}", f"{max(shares) * 100:.0f}"
    return least if least == most else f"{least} to {most}"
