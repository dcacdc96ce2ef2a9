"""Forms: what can be asked in a request's address and body. From these models come the checks and the description.

Read next: `streams/web/api/views.py` for what is answered.
"""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from alerts.routing.notice import Reason
from alerts.words.words import phrase
from standards.judge.promise import State, Verdict

NOTE: Final = 2_000
"""The longest note from one shift to the next, in characters."""
UNREADABLE: Final = phrase("there is nothing to be read in it; write some words")
NOT_SHOWN: Final = phrase("it has characters that cannot be shown; leave them out")
MOST: Final = 500
"""The longest page of a list."""

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _time(value: object) -> datetime:
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        return datetime.fromisoformat(value.upper())
    raise ValueError("a time is written like 2026-01-31T08:00:00Z, and a + in an address as %2B")


def _whole(value: object) -> object:
    """Read a whole number as people write it: no sign, no point, no blank."""
    if isinstance(value, str) and not re.fullmatch(r"\d{1,18}", value, re.ASCII):
        raise ValueError("this is a whole number, such as 100")
    return value


def _truth(value: object) -> object:
    if value not in ("true", "false"):
        raise ValueError("this is true or false")
    return value == "true"


Time = Annotated[datetime, BeforeValidator(_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Truth = Annotated[bool, BeforeValidator(_truth)]
Limit = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST, description="The most rows of one answer.")]
Number = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**53)]
Short = Annotated[str, Field(min_length=1, max_length=512)]
After = Annotated[str, Field(max_length=200, description="The `next` of the page before.")]


class Query(BaseModel):
    """What all queries have in common: nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoQuery(Query):
    """Nothing can be asked."""


class PromiseQuery(Query):
    """Which promises to list; all that is given must match."""

    standard: Short | None = Field(default=None, description="The standard's id.")
    owner: Short | None = Field(default=None, description="Who answers for it.")
    subject: Short | None = Field(
        default=None,
        description="The values of the standard's `per` fields, joined by /. Where they name one of us, who only looks "
        "on is given none.",
    )
    state: Literal[State] | None = Field(default=None, description="The state it is in.")
    verdict: Literal[Verdict] | None = Field(default=None, description="The verdict it has.")
    open: Truth | None = Field(default=None, description="true: without a verdict; false: with one.")
    overdue: Truth | None = Field(
        default=None, description="true: broken and still owed; false: kept, or not due, or not owed any more."
    )
    due_before: Time | None = Field(default=None, description="Open and due before this time.")
    after: After = ""
    limit: Limit = 100


class ScoreQuery(Query):
    """Which promises to score."""

    standard: Short | None = Field(default=None, description="The standard's id; all of them if left out.")
    since: Time | None = Field(default=None, description="The same as `from`, as it was called at first.")
    opened_from: Time | None = Field(default=None, alias="from", description="Those opened at or after this time.")
    opened_to: Time | None = Field(default=None, alias="to", description="Those opened before this time.")


class LedgerQuery(Query):
    """Which part of the ledger to give, in its order: lines that took effect from `from` up to before `to`."""

    since: Time | None = Field(default=None, alias="from", description="From this time on.")
    until: Time | None = Field(default=None, alias="to", description="Up to before this time.")
    after: After = ""
    limit: Limit = Field(default=100, description="The most rows of one page; lines and tables have none.")


class EventsQuery(LedgerQuery):
    """Which events to give, in the order in which they were received, by when that was."""

    type: Short | None = Field(default=None, description="The type of the events, such as queue.length.")


class RowsQuery(Query):
    """Which part of a list to give, oldest first."""

    after: Number = Field(default=0, description="The `next` of the page before.")
    limit: Limit = 100


class NoticesQuery(Query):
    """Which part of the notices to give, newest first."""

    after: After = ""
    limit: Limit = 100


class SuppressedQuery(Query):
    """Which notices that were not sent to list, newest first; all that is given must match."""

    promise: Short | None = Field(default=None, description="The promise's id.")
    to: Short | None = Field(default=None, description="The person who was not told.")
    reason: Literal[Reason] | None = Field(default=None, description="Why not.")
    after: Number = Field(default=0, description="The `next` of the page before.")
    limit: Limit = 100


class ActsQuery(Query):
    """Which acts of people to list, newest first."""

    type: Short | None = Field(default=None, description="The type of the event, such as alert.acknowledged.")
    after: Number = Field(default=0, description="The `next` of the page before.")
    limit: Limit = 100


class Settlement(BaseModel):
    """How a dead letter is dealt with."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    by: Short = Field(description="Who deals with it.")
    reason: Annotated[str, Field(max_length=4096)] = Field(default="", description="Why, in a sentence.")
    event: Annotated[str, Field(min_length=1, max_length=100_000)] | None = Field(
        default=None, description="The mended event, as JSON; the one that came if it is left out."
    )


class Grant(BaseModel):
    """An exception to grant: for one promise, or for whatever a standard owes a subject."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    standard: Short | None = Field(default=None, description="The standard's id; needed unless `promise` is given.")
    subject: Annotated[str, Field(max_length=2048)] | None = Field(
        default=None, description="For whom: the values of the standard's `per` fields, joined by /."
    )
    promise: Short | None = Field(default=None, description="The promise's id; its standard and subject follow.")
    by: Short = Field(description="Who grants it; the standard says who may.")
    person: Short | None = Field(default=None, description="Who that is, where `by` is their role.")
    reason: Annotated[str, Field(min_length=1, max_length=4096)] = Field(description="Why, in a sentence.")


class DayChange(BaseModel):
    """A day of a calendar that has other hours than the calendar says."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    date: Short = Field(description="The day, by the calendar's own clock: 2026-12-24.")
    open: Annotated[str, Field(max_length=500)] | None = Field(
        default=None,
        description="Its shifts, such as 08:00-12:00, 13:00-15:00; usual is as always. Without it: closed.",
    )
    by: Short = Field(description="Who says so; the calendar says who may.")
    reason: Annotated[str, Field(min_length=1, max_length=4096)] = Field(description="Why, in a sentence.")


class Erasure(BaseModel):
    """Who is to be forgotten."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    person: Short = Field(description="Their name, or the reference that stands for them; also that of a text.")
    by: Short = Field(description="Who erases it.")


class Export(BaseModel):
    """About whom all is asked that is stored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    person: Short = Field(description="Their name, or the reference that stands for them.")


class NotesQuery(Query):
    """Which notes from shift to shift to list, newest first."""

    site: Short | None = Field(
        default=None, description="Those of this site, and those for everybody; all if left out."
    )
    after: Number = Field(default=0, description="The `next` of the page before.")
    limit: Limit = 100


class OwnPages(BaseModel):
    """To whom the link to their own page is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    person: Short | None = Field(default=None, description="One of the policy; everybody with an address without it.")


def _readable(text: str) -> str:
    """Refuse a text in which there is nothing to be read, or what would show it otherwise than it is."""
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise ValueError(UNREADABLE)
    odd = (char for char in text if not char.isprintable() and char not in "\n\r\t")
    if any(not unicodedata.category(char).startswith("Z") for char in odd):
        raise ValueError(NOT_SHOWN)
    return text


class ShiftNote(BaseModel):
    """What the next shift has to know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    note: Annotated[str, Field(min_length=1, max_length=NOTE, pattern=r"\S"), AfterValidator(_readable)] = Field(
        description="What, in words."
    )
    by: Annotated[Short, AfterValidator(_readable)] = Field(description="Who says so.")
    site: Short | None = Field(default=None, description="Where; for everybody if left out.")
