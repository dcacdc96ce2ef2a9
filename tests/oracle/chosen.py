"""Random choices by a field: how long there is, by which calendar, and what is followed.

Knows: what is valid in a document. Must not know: verdicts. Read `histories.py` first.
"""

from typing import Any

from hypothesis import strategies as st

from tests.oracle.scales import Scale

WORKING_DAYS = ("1 working day", "2 working days", "end of working day", "end of next working day")

Document = dict[str, Any]
Draw = st.DrawFn
Fields = tuple[tuple[str, tuple[str, ...]], ...]


FIELDS: Fields = (("n", ("0", "2")), ("ok", ("true",)), ("x", ("1", "3")), ("queue", ("a",)))
"""Fields of an event that a choice can look at, and for which values."""


def chosen(draw: Draw, scale: Scale, usual: Document, follow: Any, fields: Fields = FIELDS) -> Document:  # noqa: ANN401 - a clause
    """Let the event of a `usual` response choose how long there is and, perhaps, its calendar; `follow` may move it."""
    by_days = scale.calendar and draw(st.booleans())
    lengths = (*scale.spans, "none", *(WORKING_DAYS if by_days else ()))
    within = _choice(draw, lengths, fields, deep=draw(st.booleans()))
    if draw(st.booleans()) or "'none'" in str(within):  # nothing would be owed at all, by some choices
        within["else"] = draw(st.sampled_from(scale.spans))
    found = usual | {"within": within}
    if "pause" not in found and draw(st.booleans()):
        found["due"] = "t"
    if draw(st.booleans()):
        found["follow"] = follow
    if scale.calendar and draw(st.booleans()):
        found["calendar"] = _choice(draw, ("trading", "other", *(() if by_days else ("always",))), fields)
    return found | ({"calendar": "trading"} if by_days and "calendar" not in found else {})


def _choice(draw: Draw, options: tuple[str, ...], fields: Fields, *, deep: bool = False) -> Document:
    one = st.sampled_from(options)
    field, values = draw(st.sampled_from(fields))
    inner = _choice(draw, options, fields) if deep else draw(one)
    return {"by": field, **{value: draw(one) for value in values}, values[0]: inner, "else": draw(one)}
