"""The words about staffing that text and page share: hours, numbers with their intervals, and what the model is worth.

Read next: `text.py`, `page.py`.
"""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, Final

from standards.staffing.proof import Error
from standards.staffing.shortfall import is_short
from streams.backtest.report import DAYS
from streams.backtest.table import Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.staffing.interval import Span
    from standards.staffing.plan import Hour, Plan
    from standards.staffing.target import Target
    from streams.staffing.asking import Staffed

SLIGHT: Final = 0.02
"""A leaning of less than two points is none."""


def hour_name(hour: int) -> str:
    """Name an hour of the day: `08–09`."""
    return f"{hour:02}–{hour + 1:02}"


def day_name(ordinal: int) -> str:
    """Name a day: `Wed 3 February 1999`."""
    day = date.fromordinal(ordinal)
    return f"{DAYS[day.weekday()]} {day.day} {day:%B %Y}"


def days_of(staffed: Staffed) -> str:
    """Name the days of history."""
    first, last = min(plan.first for plan in staffed.plans), max(plan.last for plan in staffed.plans)
    return f"one day, {day_name(first)}" if first == last else f"{day_name(first)} to {day_name(last)}"


def percent(share: float | None) -> str:
    """Print a share, without claiming all or nothing where it is not."""
    if share is None:
        return "-"
    whole = round(share * 100)
    return f"{whole if whole not in {0, 100} or share in {0.0, 1.0} else min(99, max(1, whole))}%"


def ranged(span: Span | tuple[int, int | None], digits: int = 0) -> str:
    """Print an interval: `(25–50)`, or `(-1 to 9)`."""
    low, high = span
    joint = " to " if low < 0 else "–"
    return f"({low:.{digits}f}{joint}{'?' if high is None else format(high, f'.{digits}f')})"


def with_range(value: float, span: Span, digits: int = 0) -> str:
    """Print a number and its interval, none of them as -0."""
    number, low, high = (round(each, digits) + 0.0 for each in (value, *span))
    return f"{number:.{digits}f} {ranged((low, high), digits)}"


def seen(hour: Hour) -> str:
    """Print the share that was kept, with its interval."""
    if hour.seen is None or hour.seen_span is None:
        return "-"
    low, high = hour.seen_span
    return f"{percent(hour.seen)} ({low * 100:.0f}–{high * 100:.0f})"


def kind_of(hour: Hour, plan: Plan) -> str:
    """Say how an hour stands: `short` where history and model agree, `maybe` where only the model says so, `enough`."""
    if is_short(hour, plan.target.goal):
        return "short"
    return "maybe" if hour.more else "enough"


def short_hours(plan: Plan) -> int:
    """Count the hours of the week in which more people are needed, by history and model."""
    return sum(is_short(hour, plan.target.goal) for hour in plan.hours)


def line_table(head: Sequence[str], plans: Sequence[Plan], *, days_first: bool = False) -> Table:
    """Give what each line comes to: what the gap cost first and the days of history last, or the other way round."""
    return Table(head, [_line(plan, days_first=days_first) for plan in plans])


def _line(plan: Plan, *, days_first: bool) -> Row:
    short = short_hours(plan)
    there = max((hour.there for hour in plan.hours), default=0.0)
    needed = max((hour.needed or 0 for hour in plan.hours), default=0)
    middle = (f"{short}", f"{there:.1f}", f"{needed}", off_by(plan))
    days, lost = f"{plan.days}", with_range(plan.cost, plan.cost_span)
    cells = (days, *middle, lost) if days_first else (lost, *middle, days)
    return Row(line_name(plan), cells, "short" if short else "")


def hour_table(head: Sequence[str], plan: Plan) -> Table:
    """Give the hours of a line's week."""
    return Table(head, [_hour(hour, plan) for hour in plan.hours])


def _hour(hour: Hour, plan: Plan) -> Row:
    low, high = hour.each_span
    needed = "-" if hour.needed is None else f"{hour.needed} {ranged(hour.needed_span)}"
    cells = (
        with_range(hour.arrivals, hour.arrivals_span), with_range(hour.each / 60, (low / 60, high / 60), 1),
        f"{hour.there:.1f}", needed, seen(hour), percent(hour.expected), with_range(hour.cost, hour.cost_span),
    )  # fmt: skip
    return Row(f"{DAYS[hour.weekday]} {hour_name(hour.hour)}", cells, kind_of(hour, plan))


def line_name(plan: Plan) -> str:
    """Name a line: the values of the fields that name it."""
    return " / ".join(plan.key) or "everybody together"


def off_by(plan: Plan) -> str:
    """Say how far the model was off."""
    if plan.error is None:
        return "not tried"
    points = round(plan.error.mean * 100)
    return f"{points} point{'' if points == 1 else 's'}"


def unit(target: Target) -> str:
    """Say what it is that breaks."""
    match target.kind:
        case "answer":
            return "broken promises"
        case "share":
            return "late answers"
        case "line":
            return f"people who found more than {target.most} waiting"


def goal(target: Target) -> str:
    """Say what has to be reached."""
    share = percent(target.goal)
    match target.kind:
        case "answer":
            return f"{share} of contacts answered within {target.within:g} s"
        case "share":
            return f"{share} of answers within {target.within:g} s"
        case "line":
            return f"{share} of people find at most {target.most} waiting"


def verdict(staffed: Staffed) -> str:
    """Give the sentence that the whole comes to."""
    kept = "with the staff that was there this promise can be kept, as far as this history can tell"
    sentence = staffed.sentence or kept
    return f"{sentence[0].upper()}{sentence[1:]}."


def cost(staffed: Staffed) -> str:
    """Say what the gap cost, over all lines and days, and where too few were kept that it does not explain."""
    total = sum(plan.cost for plan in staffed.plans)
    # Lines have nothing to do with each other, so the reaches of their intervals add up as squares.
    below = sqrt(sum((plan.cost - plan.cost_span[0]) ** 2 for plan in staffed.plans))
    above = sqrt(sum((plan.cost_span[1] - plan.cost) ** 2 for plan in staffed.plans))
    span = (total - below, total + above)
    said = f"By the model, the gap cost {with_range(total, span)} {unit(staffed.target)} in this time."
    hours = [(hour, plan.target.goal) for plan in staffed.plans for hour in plan.hours]
    number = sum(not hour.more and hour.seen_span is not None and hour.seen_span[1] < goal for hour, goal in hours)
    if not number:
        return said
    which = "one hour" if number == 1 else f"{number} hours"
    return (
        f"{said} In {which} of the week fewer were kept than the number of people explains. Look for something else "
        "there: breaks taken at the same time, a system that stood still, people who were there for other work."
    )


def worth(plans: Sequence[Plan]) -> str:
    """Say how far the model can be trusted, in plain words."""
    proved = [plan for plan in plans if plan.error is not None]
    if not proved:
        return "Nothing was kept or broken in this time, so the model could not be tried."
    held_out = all(plan.proof.held_out for plan in proved)
    judged = sum(plan.proof.judged for plan in proved)
    errors = [(plan.error, plan.proof.judged) for plan in proved if plan.error is not None]
    mean, bias, chance = (
        sum(getattr(error, name) * weight for error, weight in errors) / judged for name in ("mean", "bias", "chance")
    )
    error = Error(mean, bias, chance)
    said = [_tried(proved, held_out=held_out), f"{_off(error)} {_way(proved)}"]
    if not held_out:
        said.append("How far it would be off on another day is not known.")
    if error.poor:
        said.append("That is a lot: take the numbers of people as a direction, not as a roster.")
    return " ".join(said)


def _tried(plans: Sequence[Plan], *, held_out: bool) -> str:
    if not held_out:
        return (
            "There is only one day, so no day could be held out: the model is compared with the day it was made from."
        )
    days = max(plan.proof.days for plan in plans)
    return f"The model was tried on {days} days, each foretold from the other days and from who was there on it."


def _off(error: Error) -> str:
    """Say how far, what of it is chance, and which way: a model that hopes for too much asks for too few people."""
    off, chance = f"{error.mean * 100:.0f}", f"{error.chance * 100:.0f}"
    said = f"Its share kept in an hour was off by {off} points, where chance alone makes {chance}"
    if abs(error.bias) < SLIGHT:
        return f"{said}, and neither too high nor too low on the whole."
    way, asks = ("high", "few") if error.bias > 0 else ("low", "many")
    return (
        f"{said}, and too {way} by {abs(error.bias) * 100:.0f} on the whole, so it rather asks for too {asks} people."
    )


def _way(plans: Sequence[Plan]) -> str:
    """Say which of the two ways was used, and how far the other was off."""
    plain = [plan for plan in plans if plan.method == "formula"]
    if len(plans) > 1:
        number = f"{len(plain)} of {len(plans)} lines"
        return f"For {number} the formulas of Erlang and Palm did at least as well as the simulation, and are used."
    other = plans[0].proof.simulation if plain else plans[0].proof.formula
    off = f"off by {other.mean * 100:.0f}" if other is not None else "not tried"
    if plain:
        return f"These are the formulas of Erlang and Palm; the simulation was {off}."
    return f"This is the simulation; the formulas of Erlang and Palm were {off}."
