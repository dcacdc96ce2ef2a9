"""What the API answers about what people did, and about what nobody was told. Read next: `views.py`."""

from typing import Annotated, Literal

from msgspec import Meta

from alerts.routing.notice import Reason
from standards.judge.ledger import Plain
from streams.web.api.views import Time, View


class SuppressedItem(View, frozen=True):
    """A notice that was not sent, and why; `to` is empty where nobody was named."""

    number: int
    promise: str
    standard: str
    subject: str
    kind: Annotated[str, Meta(description="The kind of line that it would have told of.")]
    to: str
    reason: Reason
    at: Annotated[Time, Meta(description="When it would have been told.")]


class SuppressedPage(View, frozen=True):
    """A page of notices that were not sent, newest first."""

    items: list[SuppressedItem]
    next: int | None


class ActItem(View, frozen=True):
    """What somebody did: an event, kept for ever."""

    number: int
    type: str
    source: Annotated[
        str, Meta(description="By which way: kept/board, kept/link, kept/exceptions, or a sender of events.")
    ]
    id: str
    about: Annotated[
        str, Meta(description="The promise's id, or a dead letter's mark; empty where it is about no single one.")
    ]
    at: Time
    by: str
    data: dict[str, Plain]
    without_effect: Annotated[
        Literal["", "not-theirs", "nobody-is-told"],
        Meta(description="Why it changed nothing of who has the promise, or who is told; else empty."),
    ]


class ActPage(View, frozen=True):
    """A page of what people did, newest first."""

    items: list[ActItem]
    next: int | None


class SettlementAnswer(View, frozen=True):
    """What was done about a dead letter."""

    number: str
    how: str


class DayItem(View, frozen=True):
    """A day that has other hours than its calendar says."""

    date: str
    open: Annotated[str, Meta(description="Its shifts, such as 08:00-12:00; closed, or usual.")]
    by: str
    at: Annotated[Time, Meta(description="From when on it holds.")]
    reason: str


class CalendarItem(View, frozen=True):
    """A calendar that has hours."""

    name: str
    may_change: Annotated[list[str], Meta(description="Who may change its days, beside admins.")]
    changed: Annotated[list[DayItem], Meta(description="Its changed days that are not over.")]


class CalendarsAnswer(View, frozen=True):
    """The calendars that have hours, by name."""

    items: list[CalendarItem]


class DayAnswer(View, frozen=True):
    """The changed day as it was taken in."""

    event: str
    calendar: str
    date: str
    open: str
    by: str


class NoteItem(View, frozen=True):
    """A note from one shift to the next; kept for ever."""

    event: str
    note: str
    by: str
    site: Annotated[str, Meta(description="Where; empty: everywhere.")]
    at: Time


class NotePage(View, frozen=True):
    """A page of notes from shift to shift, newest first."""

    items: list[NoteItem]
    next: int | None


class OwnPagesAnswer(View, frozen=True):
    """To whom the link to their own page was sent; to whom not, and why not."""

    sent: list[str]
    missed: dict[str, str]


class NoteAnswer(View, frozen=True):
    """The note as it was taken in."""

    event: str
    note: str
    by: str
    site: str
