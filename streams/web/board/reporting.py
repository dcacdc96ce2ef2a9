"""What somebody filled in to say that a promise is kept, as the data of the event that says so.

Read next: `board_acts.py`, which submits it; `streams/board/reportable.py` for what was asked.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.words.later import Later, later
from alerts.words.words import phrase
from standards.expressions.condition import could_hold
from standards.judge.events import iso, microseconds
from streams.board.report_form import GIVEN, NO, YES
from streams.board.reportable import BY
from streams.board.wording import FIELDS
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from standards.expressions.fields import Field
    from standards.judge.events import Event
    from standards.judge.ledger import Plain
    from streams.board.reportable import Asked, Report
    from streams.web.board.fields import Given

_MOST: Final = 2**53
_WRONG: Final = {
    "integer": phrase("{field} is a whole number, such as 12."),
    "number": phrase("{field} is a number, such as 4.5."),
    "boolean": phrase("{field} is yes or no."),
    "time": phrase("{field} is a day and a time."),
}


def data_of(report: Report, given: Given, name: str, zone: ZoneInfo) -> dict[str, Plain]:
    """Give what an event says: what is known, and what was filled in; times are those of a zone. Raises Problem."""
    data: dict[str, Plain] = {**report.known, **report.fixed}
    for asked in report.asked:
        value = answer(asked, given, zone)
        if value is None and asked.name == BY:
            value = name
        if value is not None:
            data[asked.name] = value
    return data


def answer(asked: Asked, given: Given, zone: ZoneInfo) -> Plain:
    """Give what was filled in for a field; None where it may be left out, and was. Raises Problem."""
    text, field = given.get(GIVEN + asked.name, ""), asked.field
    called = Later(FIELDS[asked.name]) if asked.name in FIELDS else asked.name.replace("_", " ")
    if not text:
        if asked.required:
            raise Problem(HTTPStatus.BAD_REQUEST, later("Say this, too: {field}; then it can be done.", field=called))
        return None
    try:
        return _value(text, field, zone)
    except (ValueError, OverflowError):
        raise Problem(HTTPStatus.BAD_REQUEST, later(_WRONG[field.type], field=called)) from None


def check_keeps(report: Report, event: Event, row: Mapping[str, Plain]) -> None:
    """Refuse what would keep nothing, as far as that is known of the promise's own fields. Raises Problem."""
    if report.where is None:
        return
    known = {name: getattr(event.data, name) for name in report.kind.fields}
    known |= {f"opening.{name}": value for name, value in row.items()}
    if not could_hold(report.where, known):
        words = later("As it is filled in it keeps nothing: it takes {condition}.", condition=report.where.source)
        raise Problem(HTTPStatus.BAD_REQUEST, words)


def _value(text: str, field: Field, zone: ZoneInfo) -> Plain:
    match field.type:
        case "text":
            return text
        case "integer":
            return _bounded(int(text))
        case "number":
            return _bounded(float(text.replace(",", ".")))
        case "boolean":
            return {YES: True, NO: False}[text] if text in (YES, NO) else _refuse()
        case "time":
            at = datetime.fromisoformat(text)
            return iso(microseconds(at if at.tzinfo else at.replace(tzinfo=zone)))


def _bounded(number: float) -> int | float:
    return number if abs(number) <= _MOST else _refuse()


def _refuse() -> bool:
    raise ValueError
