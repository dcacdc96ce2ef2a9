"""Random standards of each shape, in which edges, ties and exact deadlines are common.

Knows: what is valid in a standard. Must not know: verdicts. Read next: `histories.py`.
"""

from typing import Any

from hypothesis import strategies as st

from tests.oracle.chosen import FIELDS, chosen
from tests.oracle.lists import lasts, listed, listed_between
from tests.oracle.scales import DAYS, MEASURES, Scale
from tests.oracle.tables import LOOKED_UP
from tests.oracle.watch import clauses as clauses_of
from tests.oracle.watch import types_of

TYPES = ("call.rang", "call.taken", "call.left", "call.parked", "call.closed")
READINGS = TYPES[:2]
WITH_Z = TYPES[::2]
"""The types that have a field `z`."""
CONDITIONS = (None, None, "n > 1", "n <= 1", "n == 2", "ok", "not ok and n > 0", "n in [0, 2]", "n + 1 > 2 or ok")
ABOUT_OPENING = (*CONDITIONS, "n == opening.n", "n > opening.n", "ok == opening.ok and n >= opening.n - 1")
WARNINGS: tuple[list[str], ...] = ([], [], ["50%"], ["25%", "75%"], ["50%", "100ms before"])
BEFORE: tuple[list[str], ...] = ([], ["30m before"], ["1h before", "3h before"])
"""Of a day or a shift only what is left of it can be named."""

STATES = ("busy", "in-stock", "gone")
JOINED = (
    *STATES[:2],
    "not busy",
    "busy and in-stock",
    "busy or in-stock",
    "busy and not in-stock",
    "not busy or in-stock",
    "gone or busy and not in-stock",
    "not gone and not busy or in-stock",
)
"""How states are named, alone and joined."""

Document = dict[str, Any]
Draw = st.DrawFn


def clauses(draw: Draw, conditions: tuple[str | None, ...] = CONDITIONS, types: tuple[str, ...] = TYPES) -> Any:  # noqa: ANN401
    event, where = draw(st.sampled_from(types)), draw(st.sampled_from(conditions))
    return event if where is None else {"event": event, "where": where}


def response(draw: Draw, scale: Scale) -> Document:
    found = {
        "when": clauses(draw),
        "expect": clauses(draw, ABOUT_OPENING),
        "within": draw(st.sampled_from(scale.spans)),
    }
    if draw(st.booleans()):
        found["unless"] = clauses(draw, ABOUT_OPENING)
    if draw(st.booleans()):
        found["pause"] = {"when": clauses(draw, ABOUT_OPENING), "until": clauses(draw, ABOUT_OPENING)}
    return found | _again(draw, scale) | _warned(draw)


def target(draw: Draw, scale: Scale) -> Document:
    """Draw a response whose time, and perhaps its calendar, its event chooses."""
    return chosen(draw, scale, response(draw, scale), clauses(draw, ABOUT_OPENING))


def tabled(draw: Draw, scale: Scale) -> Document:
    """Draw a response whose time, and perhaps its calendar, a table says."""
    fields = (*LOOKED_UP, *LOOKED_UP, *FIELDS)
    return chosen(draw, scale, response(draw, scale), clauses(draw, ABOUT_OPENING), fields)


def scoped(draw: Draw, scale: Scale) -> Document:
    """Draw a response that counts in some hours, in some state, or apart, and whose end can be taken back."""
    found = response(draw, scale)
    if draw(st.booleans()):
        found["while"] = {"when": clauses(draw)} | ({"until": clauses(draw)} if draw(st.booleans()) else {})
    if draw(st.booleans()):
        found["undo"] = {"when": clauses(draw, ABOUT_OPENING), "within": draw(st.sampled_from(scale.spans))}
    if draw(st.booleans()):
        when = found["when"]
        found["when"] = {
            **({"event": when} if isinstance(when, str) else when),
            "apart": draw(st.sampled_from(scale.spans)),
        }
    if scale.calendar and draw(st.booleans()):
        found["during"] = draw(st.sampled_from(("other", "other", "not other")))
    return found


def _again(draw: Draw, scale: Scale) -> Document:
    again = draw(st.sampled_from((None, "done", "done", "judged", "each", "rise")))
    found: Document = {} if again is None else {"again": again}
    if again == "done" and draw(st.booleans()):
        found["rest"] = draw(st.sampled_from(scale.spans))
    if draw(st.booleans()):
        found["owed_for"] = draw(st.sampled_from(scale.spans))
    return found


def _warned(draw: Draw, warnings: tuple[list[str], ...] = WARNINGS) -> Document:
    warn = draw(st.sampled_from(warnings))
    return {"warn": warn} if warn else {}


def precedence(draw: Draw, scale: Scale) -> Document:
    within = draw(st.sampled_from(scale.spans))
    return {"when": clauses(draw), "expect": clauses(draw, ABOUT_OPENING), "within_last": within}


def universality(draw: Draw, _scale: Scale) -> Document:
    return {"when": clauses(draw), "must": draw(st.sampled_from(CONDITIONS[2:]))}


def bounded(draw: Draw, scale: Scale) -> Document:
    when = clauses(draw, types=TYPES[:3])
    found: Document = {"when": when, "at_most": draw(st.integers(0, 3))}
    match draw(st.sampled_from(("within", "within", "until", "life"))):
        case "within":
            found["within"] = draw(st.sampled_from(scale.spans))
        case "until":
            found["until"] = clauses(draw, types=TYPES[3:])
        case _:
            pass
    return found


def recurrence(draw: Draw, scale: Scale) -> Document:
    spans = scale.spans[-1:] if scale is DAYS else scale.spans
    every = draw(st.sampled_from((*spans, *scale.days, *scale.periods)))
    found = {"expect": clauses(draw), "every": every}
    return found | (_warned(draw, BEFORE) if every in scale.periods else _warned(draw))


def level(draw: Draw, scale: Scale) -> Document:
    measure, must = draw(st.sampled_from(MEASURES))
    over = draw(st.sampled_from((*scale.windows, *scale.rolling, "1 events", "3 events", "5 events")))
    over, _, step = over.partition(" by ")
    found = {"when": clauses(draw), "measure": measure, "over": over, "must": must}
    found |= {"step": step} if step else {}
    if draw(st.booleans()):
        most = int(over.split()[0]) if over.endswith("events") else 3
        found["at_least"] = draw(st.integers(1, min(most, 3)))
    return found


ONE = {
    "response": response,
    "target": target,
    "scoped": scoped,
    "precedence": precedence,
    "universality": universality,
    "bounded": bounded,
    "recurrence": recurrence,
    "level": level,
}
"""How each shape is drawn, with one clause under each key."""


def lists(draw: Draw, scale: Scale) -> Document:
    """Draw a standard of any shape, some of whose clauses are lists."""
    return _with_lists(draw, ONE[draw(st.sampled_from(sorted(ONE)))](draw, scale))


def _with_lists(draw: Draw, one: Document) -> Document:
    found = listed(draw, one, TYPES, z_types=WITH_Z)
    opening = {one for each in clauses_of(found.get("when", [])) for one in types_of(each)}
    mixed = opening & set(READINGS) and opening - set(READINGS)
    if mixed and "within" in found and "expect" in found and "due" not in found:
        found.setdefault("again", draw(st.sampled_from(("done", "judged", "each", "rise"))))
    return found


def lasting(draw: Draw, scale: Scale) -> Document:
    """Draw a response, or one with a scope or a target, in which something must have been so for a while."""
    found = draw(st.sampled_from((response, response, scoped, scoped, target)))(draw, scale)
    if draw(st.integers(0, 3)) == 0:
        found = _with_lists(draw, found)
    return lasts(draw, found, scale)


def named(draw: Draw, scale: Scale) -> Document:
    """Draw a response that stops the clock, or counts, while states are so that stand elsewhere in the document."""
    found = draw(st.sampled_from((response, scoped, target, lasting)))(draw, scale)
    keys = [key for key in ("pause", "while") if key == "while" or "due" not in found]
    for key in draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)):
        found[key] = draw(st.sampled_from(JOINED))
    return found


def states(draw: Draw) -> Document:
    """Draw the states that can be named."""
    found: Document = {}
    for name in STATES:
        found[name] = {"when": clauses(draw)} | ({"until": clauses(draw)} if draw(st.booleans()) else {})
        if draw(st.integers(0, 3)) == 0:
            found[name] = listed_between(draw, found[name], TYPES, WITH_Z)
    return found


def changed(draw: Draw, scale: Scale) -> Document:
    """Draw a standard that goes by calendars whose days may be changed."""
    found = draw(st.sampled_from((response, scoped, target, recurrence, level)))(draw, scale)
    return {"calendar": "trading", **found}


DRAWN = {**ONE, "lists": lists, "tabled": tabled, "lasting": lasting, "named": named, "changed": changed}
"""The same, and what stands across the shapes."""
