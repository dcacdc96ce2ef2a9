"""Random lists: several clauses for one, and several events for one, wherever a clause stands.

Knows: what is valid in a clause. Must not know: verdicts. Read next: `drawn.py`.
"""

from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Draw = st.DrawFn

ASKING = ("x is missing", "x is not missing", "x > 1", "z > 0", "z is missing and n > 0")
"""Conditions on what an event may lack: x at times, and z where its type does not have it."""


def listed(draw: Draw, found: Document, types: tuple[str, ...], *, z_types: tuple[str, ...]) -> Document:
    """Make lists of some of a standard's clauses."""
    for key in ("when", "expect", "unless", "until", "follow"):
        if key in found:
            found[key] = _several(draw, found[key], _allowed(key, found, types), z_types)
    for key in ("pause", "while", "undo"):
        if key in found:
            found[key] = found[key] | {
                part: _several(draw, found[key][part], types, z_types)
                for part in ("when", "until")
                if part in found[key]
            }
    return found


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
