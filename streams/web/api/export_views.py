"""What the API gives of what is stored, as it is stored. Read next: `exports.py`, which fills them."""

from typing import Annotated

from msgspec import Meta

from standards.judge.ledger import Line, Plain
from streams.web.api.views import Time, View

Next = Annotated[str | None, Meta(description="Ask for `after` this to get the next page; null at the end.")]


class EventItem(View, frozen=True):
    """An event as a CloudEvent; people and what they wrote are references. `keptreceived`: when Kept received it."""

    specversion: str
    id: str
    source: str
    type: str
    time: Time
    data: dict[str, Plain]
    keptreceived: Time


class EventPage(View, frozen=True):
    """A page of events, in the order in which they were received; it may be short before the end."""

    items: list[EventItem]
    next: Next
    whole_since: Annotated[
        Time | None, Meta(description="Since then all that were received are here; older ones are not kept any more.")
    ]
    judged_until: Annotated[Time | None, Meta(description="How far judging had come, by the clock.")]


class LedgerPage(View, frozen=True):
    """A page of lines of the ledger, in its order, as they were written: instants and spans are microseconds.

    It may be short before the end.
    """

    items: list[Line]
    next: Next
