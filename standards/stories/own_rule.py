"""A standard from a few answers, without a pack: when, what must follow, by when, in which hours; and its stories.

The stories are made from the rule: events that meet its conditions, done in time, not done, and over by itself.
Read next: `draft.py` for standards that begin from a pack, `streams/drafting/own.py`, which asks.
"""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, time
from itertools import islice, product
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from standards.calendar.duration import HOUR, SECOND
from standards.calendar.hours import zone
from standards.calendar.spelling import days_meant, shift_meant
from standards.documents.declared import SUBJECT_TYPES
from standards.judge.events import iso, microseconds, moment
from standards.judge.shapes import Response
from standards.judge.standard import UTC_ZONE
from standards.stories.draft import Words, written
from standards.stories.story_clock import StoryClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from standards.expressions.expression import Condition, Field
    from standards.judge.events import EventType
    from standards.judge.standard import Clause, Standard

THINGS: Final = ("promise", "contact", "ticket", "work")
"""Fields that name one matter: where both events have one, it alone says whom the promise is about."""
MOST_TRIED: Final = 20_000
"""So many values of fields are tried for an event that meets a condition."""
_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday far from any change of clocks, on which the stories begin."""
_EVENT: Final = re.compile(r"(?P<event>[^\s:,{}]+)(?:[\s:,]+(?:where\s+)?(?P<where>.+))?")
_COMPARED: Final = re.compile(r"(?P<field>\w+) *(?P<sign><=|>=|<|>|==|!=) *(?P<value>[\w.]+|\"[^\"]*\")")
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class Said(NamedTuple):
    """A clause as it was said: an event type and, perhaps, a condition."""

    event: str
    where: str = ""

    def written(self) -> str:
        """Write it as it stands in a standard."""
        if not self.where:
            return self.event
        text = self.where if re.fullmatch(r"[\w .<>=!+*/()-]+|[^,{}\[\]#:']+", self.where) else _quoted(self.where)
        return f"{{event: {self.event}, where: {text}}}"


class OwnRule(NamedTuple):
    """What was answered. `hours` are like `mon-fri 08:00-16:00, sat 09:00-13:00`, empty for always."""

    name: str
    words: Words
    owner: str
    when: Said
    expect: Said
    within: str
    hours: str = ""
    zone: str = ""


def said(text: str) -> Said:
    """Read `queue.length where waiting > 3`. What is no event type is refused by the loader, which says why."""
    found = _EVENT.fullmatch(text.strip())
    return Said(text.strip()) if found is None else Said(found["event"], (found["where"] or "").strip())


def named_by(when: EventType, expect: EventType) -> list[str]:
    """Give the fields by which both events say whom they are about; none where they have none in common."""
    common = [
        name
        for name, field in when.fields.items()
        if field.type in SUBJECT_TYPES and name in expect.fields and expect.fields[name].type == field.type
    ]
    thing = next((name for name in THINGS if name in common), None)
    if thing is not None:
        return [thing]
    there = [name for name in common if not (when.fields[name].optional or expect.fields[name].optional)]
    return there or common[:1]


def standard_text(rule: OwnRule, vocabulary: Mapping[str, EventType]) -> str:
    """Write the document of a rule whose events are known."""
    lines = ["kept: 1"]
    if rule.hours:
        lines += ["calendars:", f"  {rule.name}-hours:", f"    timezone: {rule.zone or 'UTC'}", "    hours:"]
        lines += [f"      {days}: [{', '.join(shifts)}]" for days, shifts in _hours(rule.hours)]
    lines += ["standards:", "", f"  {rule.name}:"]
    for key, value in rule.words.given().items():
        lines += "".join(written(key, value)).splitlines()
    per = named_by(vocabulary[rule.when.event], vocabulary[rule.expect.event])
    ends = _ends(rule, vocabulary)
    lines += [
        f"    owner: {rule.owner}",
        f"    per: [{', '.join(per)}]",
        f"    when: {rule.when.written()}",
        f"    expect: {rule.expect.written()}",
        f"    within: {rule.within}",
        *([f"    unless: {ends.written()}"] if ends else []),
        *([f"    calendar: {rule.name}-hours"] if rule.hours else []),
    ]
    return "\n".join(lines) + "\n"


def _hours(text: str) -> Iterator[tuple[str, list[str]]]:
    """Read hours as they were said; what is no day or shift stays as it is, and is refused by the loader."""
    for part in re.split(r"\s*;\s*|,\s+(?=[A-Za-z])", text.strip()):
        days, *shifts = re.split(r"\s+(?=[0-9])", part)
        times = [time for shift in shifts for time in re.split(r"\s*(?:,|\band\b)\s*", shift) if time]
        yield days_meant(days) or days, [_quoted(shift_meant(time) or time) for time in times or ["00:00-24:00"]]


def _ends(rule: OwnRule, vocabulary: Mapping[str, EventType]) -> Said | None:
    """Say what ends the need by itself: of what says how things stand, that it is not so any more."""
    if not (rule.when.where and vocabulary[rule.when.event].reading) or rule.expect.event == rule.when.event:
        return None
    simple = _COMPARED.fullmatch(rule.when.where)
    if simple is None:
        return Said(rule.when.event, f"not ({rule.when.where})")
    return Said(rule.when.event, f"{simple['field']} {_OPPOSITE[simple['sign']]} {simple['value']}")


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def stories(standard: Standard, vocabulary: Mapping[str, EventType]) -> tuple[str, list[str]]:
    """Write what stands above the stories of such a standard, and each of them; none where no event can be made up."""
    shape = standard.shape
    if not isinstance(shape, Response) or shape.within is None:
        return "", []
    clock = StoryClock(_begin(shape), _zone(shape))
    start = moment(clock.start).astimezone(clock.zone)
    head = f"kept: 1\nstart: {start:%Y-%m-%d %H:%M} {clock.zone.key}\nstories:\n"
    opening = _event(shape.when, vocabulary, None)
    if opening is None:
        return head, []
    same = {name: opening[name] for name in standard.per}
    add = shape.hours.add if shape.hours else int.__add__
    half = add(clock.start, max(SECOND, shape.within // 2 // SECOND * SECOND))
    of = f"{standard.id} {'/'.join(str(value) for value in same.values())}"
    given = [_step("", shape.when.event, opening)]
    ways: list[tuple[str, str, Clause | None, int]] = [
        ("nobody does it", "broken", None, add(clock.start, shape.within)),
        ("it is done in time", "kept", shape.expect, half),
    ]
    if shape.unless is not None:
        ways.append(("it is over by itself", "voided", shape.unless, half))
    made = []
    for title, kind, clause, at in ways:
        data = {} if clause is None else _event(clause, vocabulary, opening, same)
        if data is None:
            continue
        steps = given if clause is None else [*given, _step(clock.show(at), clause.event, data)]
        lines = [f"  {title}:", f"    only: [{standard.id}, {kind}]", "    given:", *steps, "    expect:"]
        made.append("\n".join([*lines, f"      - {{at: {clock.show(at)}, {kind}: {of}}}"]) + "\n")
    return head, made


def _zone(shape: Response) -> ZoneInfo:
    return zone(shape.hours.timezone) if shape.hours else UTC_ZONE


def _begin(shape: Response) -> int:
    """Give an instant at which the hours are open for a while: ten o'clock, or when they open after it."""
    ten = microseconds(datetime.combine(_DAY.date(), time(10), _zone(shape)))
    if shape.hours is None or shape.hours.add(ten, SECOND) == ten + SECOND:
        return ten
    opens = shape.hours.opens_after(ten)
    return ten if opens is None else opens


def _step(at: str, event: str, data: Mapping[str, object]) -> str:
    fields = {**({"at": at} if at else {}), "event": event, **data}
    return f"      - {{{', '.join(f'{name}: {_plain(value)}' for name, value in fields.items())}}}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if re.fullmatch(r"[\w.:-]+", text) or not isinstance(value, str) else _quoted(text)


def _event(
    clause: Clause, vocabulary: Mapping[str, EventType], opening: Mapping[str, object] | None,
    same: Mapping[str, object] | None = None,
) -> dict[str, object] | None:  # fmt: skip
    """Make up an event that meets a clause, with what is `same` in all; None where none is found."""
    fields = vocabulary[clause.event].fields
    fixed = {name: value for name, value in (same or {}).items() if name in fields}
    asked = clause.where.fields if clause.where else frozenset()
    open_ = [name for name, field in fields.items() if name not in fixed and (name in asked or not field.optional)]
    choices = [list(_choices(name, fields[name], clause.where, opening)) for name in open_]
    of_opening = SimpleNamespace(**(opening or {}))
    for values in islice(product(*choices), MOST_TRIED):
        data = {**fixed, **dict(zip(open_, values, strict=True))}
        whole = SimpleNamespace(**{name: data.get(name) for name in fields})
        if clause.where is None or _meets(clause.where, whole, of_opening):
            return data
    return None


def _meets(where: Condition, data: SimpleNamespace, opening: SimpleNamespace) -> bool:
    try:
        return where.test(data, opening)
    except (AttributeError, TypeError):  # the opening lacks a field, or a time is compared with a text
        return False


def _choices(
    name: str, field: Field, where: Condition | None, opening: Mapping[str, object] | None
) -> Iterator[object]:
    """Give values of a field, those beside the condition's numbers first."""
    said_: list[Any] = [node.value for node in ast.walk(where.tree) if isinstance(node, ast.Constant)] if where else []
    said_ += [] if opening is None or opening.get(name) is None else [opening[name]]
    match field.type:
        case "text":
            yield from (value for value in said_ if isinstance(value, str))
            yield f"{name[:1]}1"
        case "boolean":
            yield from (True, False)
        case "time":
            yield iso(microseconds(_DAY) + 24 * HOUR)
        case "integer" | "number":
            numbers = [value for value in said_ if isinstance(value, int | float) and not isinstance(value, bool)]
            near = [value + step for value in [*numbers, 1] for step in (0, 1, -1)]
            yield from (int(value) if field.type == "integer" else value for value in near)
            yield from (0, 10, 100, 1000)
