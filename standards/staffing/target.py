"""Which standards can be staffed, and what keeping one means when a line is worked out or simulated.

Three kinds: each contact is answered within a time (a response), a share of those answered is answered within a time (a
level), and no more than so many people wait (a condition on `queue.length`). Everything else is not a matter of how
many people are there, or not of that alone: it gets a sentence that says why.
Read next: `record.py`, which counts by a target.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

from standards.calendar.duration import SECOND
from standards.calendar.hours import zone as zone_named
from standards.expressions.evaluation import field_name
from standards.expressions.syntax import parse
from standards.judge.shapes import Bounded, Level, Precedence, Recurrence, Response, Universality
from standards.judge.standard import UTC_ZONE, Clause
from standards.staffing.erlang import found_at_most
from standards.staffing.patience import Load, fate

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.expressions.expression import Condition
    from standards.judge.standard import Standard

Kind = Literal["answer", "share", "line"]

WAITING, ANSWERED, ABANDONED = "contact.waiting", "contact.answered", "contact.abandoned"
LENGTH = "queue.length"
_SHARE = re.compile(r"\s*share\s*\((?P<of>.*)\)\s*", re.DOTALL)
_AT_LEAST = re.compile(r"\s*(?:measure\s*)?>=?\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<percent>%?)\s*")
_OF_NOBODY = frozenset({"contact", "customer"})
"""Fields that name who is served. The others of `per` (a site, a queue) name who serves: each of those is a line."""


class Target(msgspec.Struct, frozen=True):
    """What has to be kept: `goal` is the share, 0 to 1.

    `within` is in seconds, for an answer and a share; `most` is the longest line that is still kept. `forgiving`: who
    gives up before the time is over is owed nothing more. `at_once`: who is answered without a wait is promised
    something too; a feed that tells of waits only does not count them. `fields` name a line: who serves one does not
    serve another. `zone` is None where the standard has no calendar.
    """

    standard: Standard
    kind: Kind
    goal: float
    within: float = 0.0
    most: int = 0
    forgiving: bool = True
    at_once: bool = True
    fields: tuple[str, ...] = ()
    zone: ZoneInfo | None = None


class Unfit(msgspec.Struct, frozen=True):
    """A standard that cannot be staffed, and why."""

    standard: str
    why: str


def target_of(standard: Standard) -> Target | Unfit:
    """Say what keeping a standard means here, or why it cannot be staffed."""
    shape = standard.shape
    fields = tuple(field for field in standard.per if field not in _OF_NOBODY)
    match shape:
        case Response():
            found = _of_response(standard, shape, fields)
        case Level():
            found = _of_level(standard, shape, fields)
        case Universality():
            found = "it is about how something is done, not about how long it takes"
        case Precedence() | Bounded():
            found = "it is about what happens to a contact, not about how long anybody waits"
        case Recurrence():
            found = "it is about what happens each period, not about a line of people"
        case _:
            assert_never(shape)
    return Unfit(standard.id, found) if isinstance(found, str) else found


def kept_rate(target: Target, load: Load, servers: int) -> float:
    """Give the share that such a line would keep in the long run, by Erlang's and Palm's formulas."""
    if target.kind == "line":
        return found_at_most(servers, load.erlangs, target.most)
    what = fate(servers, load, target.within)
    kept = what.in_time + (what.at_once if target.at_once else 0.0)
    broken = what.late if target.kind == "share" else what.late + what.gave_up_late
    broken += 0.0 if target.forgiving else what.gave_up_soon
    return kept / (kept + broken) if broken > 0 else 1.0


def _of_response(standard: Standard, shape: Response, fields: tuple[str, ...]) -> Target | str:
    goal = standard.objective.kept if standard.objective is not None else None
    zone = zone_named(shape.hours.timezone) if shape.hours is not None else None
    if goal is None:
        return "it has no objective; add objective: {kept: 90%, over: 28d}, or what you mean to keep"
    if several := [clause for clause in (shape.when, shape.expect) if clause.others or clause.lasting]:
        return f"it names {' or '.join(several[0].events)}, or for how long; one event by itself can be staffed"
    if shape.when.event == LENGTH:
        most = _longest(shape.when.where)
        if most is None:
            return "its condition is not a plain bound on the line; write where: waiting > 3"
        return Target(standard, "line", goal, most=most, fields=fields, zone=zone)
    if (shape.when.event, shape.expect.event) != (WAITING, ANSWERED):
        return f"it waits for {shape.expect.event}; {WAITING} followed by {ANSWERED} can be staffed"
    if shape.within is None or shape.pause is not None:
        return "how long there is differs from contact to contact, and one time for all can be staffed"
    forgiven = shape.unless is not None
    if shape.expect.where is not None or (shape.unless is not None and shape.unless != Clause(ABANDONED)):
        return f"only {ANSWERED} without a condition, unless {ABANDONED} without one, can be staffed"
    return Target(standard, "answer", goal, shape.within / SECOND, forgiving=forgiven, fields=fields, zone=zone)


def _of_level(standard: Standard, shape: Level, fields: tuple[str, ...]) -> Target | str:
    share, bound = _SHARE.fullmatch(shape.measure.source), _AT_LEAST.fullmatch(shape.must.source)
    zone = shape.zone if shape.zone is not UTC_ZONE else None
    if share is None or bound is None:
        return "only share(...) with a bound such as >= 80% can be staffed"
    goal = float(bound["number"]) / (100 if bound["percent"] else 1)
    limit = _bound(parse(share["of"]).tree)
    if not 0 < goal <= 1 or limit is None:
        return "its share is not a plain bound; write share(waited <= 20)"
    field, sign, number = limit
    if shape.when.event == ANSWERED and field == "waited" and sign in {"<", "<="}:
        return Target(standard, "share", goal, within=number, fields=fields, zone=zone)
    if shape.when.event == LENGTH and field == "waiting" and sign in {"<", "<="}:
        most = int(number) - (1 if sign == "<" and number == int(number) else 0)
        return Target(standard, "line", goal, most=most, fields=fields, zone=zone)
    return f"it measures {field} of {shape.when.event}; waited of {ANSWERED}, or waiting of {LENGTH}, can be staffed"


def _longest(where: Condition | None) -> int | None:
    """Give the longest line that does not meet `waiting > 3`: 3."""
    limit = _bound(where.tree) if where is not None else None
    if limit is None or limit[0] != "waiting" or limit[2] != int(limit[2]):
        return None
    return {">": int(limit[2]), ">=": int(limit[2]) - 1}.get(limit[1])


_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def _bound(tree: ast.expr) -> tuple[str, str, float] | None:
    """Read `waited <= 20` as a field, a sign and a number; None for anything else."""
    match tree:
        case ast.Compare(
            left=ast.Name() | ast.Attribute() as field,
            ops=[sign],
            comparators=[ast.Constant(value=int() | float() as number)],
        ) if type(sign) in _SIGNS:
            name = field.id if isinstance(field, ast.Name) else field_name(field)
            return (name, _SIGNS[type(sign)], float(number)) if name else None
        case _:
            return None
