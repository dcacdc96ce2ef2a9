"""The plan as plain text, and as JSON.

Read next: `page.py`, which shows the same with pictures.
"""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from standards.staffing.shortfall import is_short
from streams.backtest.report import DAYS
from streams.backtest.table import text_table
from streams.staffing import wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from standards.staffing.plan import Hour, Plan
    from standards.staffing.proof import Error
    from standards.staffing.target import Target
    from streams.backtest.table import Table
    from streams.staffing.asking import Answer, Staffed

SHOWN: Final = 3
"""How many lines are shown hour by hour; JSON and the page have all of them."""
WIDTH: Final = 110
_HOURS: Final = ("", "arrivals", "minutes each", "there", "needed", "kept, seen", "expected", "broken by the gap")


def as_text(answer: Answer) -> str:
    """Give the answer as people read it on a terminal."""
    lines: list[str] = []
    for staffed in answer.staffed:
        lines += [*_standard(staffed), ""]
    if answer.unfit:
        lines.append("Not a matter of how many people are there:")
        for one in answer.unfit:
            lines += wrap(f"{one.standard}: {one.why}.", WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines).rstrip()


def _standard(staffed: Staffed) -> Iterator[str]:
    target = staffed.target
    yield f"{target.standard.id}: {target.standard.promise}"
    yield f"  Goal: {wording.goal(target)}. History: {wording.days_of(staffed)}, by the clock of {staffed.zone.key}."
    if len(staffed.plans) > 1:
        yield from ["", *_indented(wording.line_table(_LINES, staffed.plans, days_first=True))]
    for plan in staffed.plans[:SHOWN]:
        head = [f"  {wording.line_name(plan)}"] if len(staffed.plans) > 1 else []
        yield from ["", *head, *_indented(wording.hour_table(_HOURS, plan), {"short": "!"})]
    if len(staffed.plans) > SHOWN:
        yield from ["", f"  The other {len(staffed.plans) - SHOWN} lines hour by hour: --html FILE, or --json."]
    yield ""
    if any(map(wording.short_hours, staffed.plans)):
        yield from ["  ! more are needed, and history shows it: so few were kept that chance does not explain it.", ""]
    for sentence in _said(staffed):
        yield from wrap(sentence, WIDTH)


def _said(staffed: Staffed) -> Iterator[str]:
    if staffed.left_out:
        number = len(staffed.left_out)
        lacks = sorted({lack for found in staffed.left_out.values() for lack in found})
        names = ", ".join(" / ".join(key) for key in sorted(staffed.left_out))
        yield f"{number} {'line is' if number == 1 else 'lines are'} left out ({names}): {'; '.join(lacks)}."
    yield wording.worth(staffed.plans)
    yield wording.cost(staffed)
    yield wording.verdict(staffed)


_LINES: Final = ("line", "days", "hours short", "there at most", "needed at most", "model off by", "broken by the gap")


def _indented(table: Table, marks: Mapping[str, str] = {}) -> list[str]:
    return [f"  {line}" for line in text_table(table, marks)]


def as_json(answer: Answer) -> str:
    """Give the answer as programs read it, with every line and hour."""
    whole = {
        "standards": [_standard_json(staffed) for staffed in answer.staffed],
        "not_staffable": {one.standard: one.why for one in answer.unfit},
        "bad_lines": dict(sorted(answer.reading.bad.items())),
    }
    return json.dumps(whole)


def _standard_json(staffed: Staffed) -> dict[str, Any]:
    target = staffed.target
    return {
        "standard": target.standard.id, "kind": target.kind, "goal": target.goal, "zone": staffed.zone.key,
        "shortfall": staffed.sentence, "lines": [_plan_json(plan) for plan in staffed.plans],
        "left_out": {" / ".join(key): lacks for key, lacks in sorted(staffed.left_out.items())},
    }  # fmt: skip


def _plan_json(plan: Plan) -> dict[str, Any]:
    proof = plan.proof
    return {
        "line": list(plan.key), "days": plan.days,
        "first": wording.day_name(plan.first), "last": wording.day_name(plan.last),
        "method": plan.method, "broken_by_gap": _spanned(plan.cost, plan.cost_span),
        "patience_seconds": _short(plan.patience),
        "error": {"held_out": proof.held_out, "days": proof.days, "hours": proof.hours,
                  "simulation": _error(proof.simulation), "formula": _error(proof.formula)},
        "hours": [_hour_json(hour, plan.target) for hour in plan.hours],
    }  # fmt: skip


def _hour_json(hour: Hour, target: Target) -> dict[str, Any]:
    return {
        "weekday": DAYS[hour.weekday].lower(), "hour": hour.hour, "days": hour.days,
        "arrivals": _spanned(hour.arrivals, hour.arrivals_span), "seconds_each": _spanned(hour.each, hour.each_span),
        "there": _short(hour.there), "needed": hour.needed, "needed_interval": list(hour.needed_span),
        "kept": _short(hour.kept), "broken": _short(hour.broken), "expected_kept_rate": _short(hour.expected),
        "broken_by_gap": _spanned(hour.cost, hour.cost_span), "short": is_short(hour, target.goal),
    }  # fmt: skip


def _spanned(value: float, span: tuple[float, float]) -> dict[str, Any]:
    return {"value": _short(value), "interval": [_short(span[0]), _short(span[1])]}


def _error(error: Error | None) -> dict[str, float | bool] | None:
    return None if error is None else {
        "points": round(100 * error.mean, 1), "bias": round(100 * error.bias, 1),
        "chance": round(100 * error.chance, 1), "poor": error.poor,
    }  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
