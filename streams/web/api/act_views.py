"""Views of what people did, and of what nobody was told: the API's answers about them.

Read next: `views.py`.
"""

from datetime import datetime

from pydantic import Field

from alerts.routing.notice import Reason
from standards.judge.ledger import Plain
from streams.web.api.views import View


class UntoldItem(View):
    """A notice that was not sent, and why; `to` is empty where nobody was named."""

    number: int
    promise: str
    standard: str
    subject: str
    kind: str = Field(description="The kind of line that it would have told of.")
    to: str
    reason: Reason
    at: datetime = Field(description="When it would have been told.")


class UntoldPage(View):
    """A page of notices that were not sent, newest first."""

    items: list[UntoldItem]
    next: int | None


class ActItem(View):
    """What somebody did: an event, kept for ever."""

    number: int
    type: str
    source: str = Field(description="By which way: kept/board, kept/link, kept/exceptions, or a sender of events.")
    id: str
    about: str = Field(description="The promise's id, or a dead letter's mark; empty where it is about no single one.")
    at: datetime
    by: str
    data: dict[str, Plain]


class ActPage(View):
    """A page of what people did, newest first."""

    items: list[ActItem]
    next: int | None


class SettlementAnswer(View):
    """What was done about a dead letter."""

    number: str
    how: str
