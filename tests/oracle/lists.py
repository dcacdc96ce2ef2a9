"""Random clauses that say more: several for one, several events for one, and for how long it must have been so.

Knows: what is valid in a clause. Must not know: verdicts. Read next: `drawn.py`.
"""

from typing import Any

from hypothesis import strategies as st

from tests.oracle.scales import Scale

Document = dict[str, Any]
Draw = st.DrawFn

ASKING = ("x is missing", "x is not missing", "x > 1", "z > 0", "z is missing and n > 0")
"""Conditions on what an event may lack: x at times, and z where its type does not have it."""


LASTING = ("n > 0", "n <= 2", "ok or n > 0", "x is missing or x > 0", "not ok")
"""Conditions that are often so for a while."""


def lasts(draw: Draw, found: Document, scale: Scale) -> Document:
    """Let some of what opens, keeps or voids have lasted: one clause at least."""
    keys = [key for key in ("when", "expect", "unless") if key in found]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    return found | {key: _lasts(draw, found[key], scale) for key in chosen}


def _lasts(draw: Draw, clause: Any, scale: Scale) -> Any:  # noqa: ANN401 - a clause
    if isinstance(clause, list):
        place = draw(st.integers(0, len(clause) - 1))
        return [_lasts(draw, one, scale) if at == place else one for at, one in enumerate(clause)]
    one = {"event": clause} if isinstance(clause, str) else {key: it for key, it in clause.items() if key != "apart"}
    where = draw(st.sampled_from((one.get("where", LASTING[0]), *LASTING)))
    return one | {"where": where, "for": draw(st.sampled_from(scale.lasting))}


def listed(draw: Draw, found: Document, types: tuple[str, ...], *, z_types: tuple[str, ...]) -> Document:
    """Make lists of some of a standard's clauses."""
    for key in ("when", "expect", "unless", "until", "follow"):
        if key in found:
            found[key] = _several(draw, found[key], _allowed(key, found, types), z_types)
    for key in ("pause", "while", "undo"):
        if key in found:
            found[key] = listed_between(draw, found[key], types, z_types)
    return found


def listed_between(draw: Draw, found: Document, types: tuple[str, ...], z_types: tuple[str, ...]) -> Document:
    """Make lists of some of the clauses by which a state begins and ends."""
    ends = [part for part in ("when", "until") if part in found]
    return found | {part: _several(draw, found[part], types, z_types) for part in ends}


def _allowed(key: str, found: Document, types: tuple[str, ...]) -> tuple[str, ...]:
    """Give the types that a clause may have: what ends a count does not count."""
    if "at_most" not in found:
        return types
    return types[:3] if key == "when" else types[3:]


def _several(draw: Draw, clause: Any, types: tuple[str, ...], z_types: tuple[str, ...]) -> Any:  # noqa: ANN401 - a clause
    match draw(st.sampled_from(("one", "events", "clauses", "both"))):
        case "one":
            return clause
        case "events":
            return _of_several_events(draw, clause, types, z_types)
        case "clauses":
            more = draw(st.lists(_asking(types, z_types), min_size=1, max_size=2))
            return draw(st.permutations([clause, *more]))
        case _:
            more = draw(st.lists(_asking(types, z_types), max_size=2))
            return [*more, _of_several_events(draw, clause, types, z_types)]


def _of_several_events(draw: Draw, clause: Any, types: tuple[str, ...], z_types: tuple[str, ...]) -> Document:  # noqa: ANN401 - a clause
    one = {"event": clause} if isinstance(clause, str) else clause
    events = draw(st.lists(st.sampled_from(types), min_size=1, max_size=3, unique=True))
    if len(events) > 1 and "where" in one and draw(st.booleans()):
        return one | {"event": events, "where": f'event == "{events[0]}" or {one["where"]}'}
    asked = draw(st.sampled_from(ASKING))
    if "where" not in one and ("z" not in asked or set(events) & set(z_types)) and draw(st.booleans()):
        return one | {"event": events, "where": asked}
    return one | {"event": events}


@st.composite
def _asking(draw: Draw, types: tuple[str, ...], z_types: tuple[str, ...]) -> Any:  # noqa: ANN401 - a clause
    event, asked = draw(st.sampled_from(types)), draw(st.sampled_from((None, "ok", "n > 1", *ASKING)))
    if asked is None or ("z" in asked and event not in z_types):
        return event
    return {"event": event, "where": asked}
