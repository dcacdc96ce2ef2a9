"""Views: what the API answers. From these models come the answers and their description.

Instants are RFC 3339 in UTC, spans are seconds and are named so. What does not apply is null.
Read next: `showing.py`, which fills them.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from alerts.routing.notice import Reason
from standards.judge.ledger import Plain
from standards.judge.promise import Kind, State, Verdict
from streams.storage.rows import DeliveryState


class View(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(frozen=True)


class Alive(View):
    """The process is alive."""

    alive: bool = True


class Ready(View):
    """Whether events are taken, and why not; `problems` do not keep the host from going on."""

    ready: bool
    reasons: list[str]
    problems: list[str]
    revision: str = Field(description="One hash over the standards in force.")


class ProblemItem(View):
    """Why a request could not be done, as RFC 9457 has it."""

    model_config = ConfigDict(frozen=True, extra="allow")
    type: str
    title: str
    status: int
    detail: str


class RefusedItem(View):
    """One event that was refused: its line or place in the batch, from 1, why, and its id where it could be read."""

    place: int
    reason: str
    message: str
    id: str = ""


class IntakeAnswer(View):
    """How many events are durable, and which were refused."""

    accepted: int
    refused: list[RefusedItem]


class IntakeProblem(ProblemItem):
    """Some events were refused. What is accepted is durable all the same."""

    accepted: int | None = None
    refused: list[RefusedItem] | None = None


class PromiseItem(View):
    """One promise: what it is, how it stands, and both its clocks."""

    id: str
    standard: str
    revision: str
    subject: str
    owner: str
    aspect: str
    severity: str
    fields: dict[str, Plain]
    state: State
    verdict: Verdict | None
    opened_at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    elapsed_seconds: float = Field(description="Open time, by the standard's own clock.")
    waited_seconds: float = Field(description="The customer's own time.")
    warned: bool
    corrected: bool


class PromisePage(View):
    """A page of promises, newest first."""

    items: list[PromiseItem]
    next: str | None = Field(description="Ask for `after` this to get the next page; null at the end.")


class CauseItem(View):
    """The event that made a line."""

    source: str
    id: str


class LineItem(View):
    """One line of the ledger. `known_at` differs from `at` for late evidence only."""

    id: str
    kind: Kind
    at: datetime
    known_at: datetime
    due_at: datetime | None
    state: State
    verdict: Verdict | None
    was: Verdict | None
    elapsed_seconds: float
    waited_seconds: float
    cause: CauseItem | None


class DeliveryItem(View):
    """How a notice fares on one channel."""

    channel: str
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    error: str


class NoticeItem(View):
    """A notice, or one that was not sent, with the reason for either."""

    id: str
    promise: str
    standard: str
    subject: str
    kind: Kind
    at: datetime
    due_at: datetime | None
    severity: str
    owner: str
    text: str
    how: str
    why: str
    exceptions: str
    reason: Reason
    deliveries: list[DeliveryItem]


class NoticePage(View):
    """A page of notices, newest first."""

    items: list[NoticeItem]
    next: str | None


class PromiseDetail(PromiseItem):
    """Everything about one promise."""

    lines: list[LineItem]
    notices: list[NoticeItem]
    standard_text: str = Field(description="The revision of the standard that judges it, as a document by itself.")


class ObjectiveItem(View):
    """The share of promises to be kept (0 to 1), over a span."""

    kept: float
    over_seconds: float


class StandardItem(View):
    """A standard in force."""

    id: str
    revision: str
    shape: str
    per: list[str]
    promise: str
    what: str
    how: str
    why: str
    exceptions: str
    owner: str
    aspect: str
    severity: str
    may_excuse: list[str]
    objective: ObjectiveItem | None
    text: str = Field(description="This revision as a document by itself; loaded, it gives the same standard again.")


class StandardList(View):
    """The standards in force, by id."""

    items: list[StandardItem]


class ScoreItem(View):
    """How one standard did. Unknown and excused promises stand apart: they are in no share."""

    standard: str
    opened: int
    open: int
    kept: int
    broken: int
    void: int
    excused: int
    unknown: int
    warned: int
    fulfilled_late: int
    corrected: int
    kept_rate: float | None = Field(description="The share kept of those kept or broken.")
    interval: tuple[float, float] | None = Field(description="The 95 % interval of that share.")
    mean_elapsed_seconds: float | None = Field(description="Open time to the verdict, on average.")
    mean_waited_seconds: float | None = Field(description="The customer's own time to the verdict, on average.")


class ScoreList(View):
    """How each standard did, by id."""

    items: list[ScoreItem]


class DeadLetterItem(View):
    """An event that was refused. `raw` is what was sent, up to 4096 bytes of it."""

    number: int
    received_at: datetime
    reason: str
    message: str
    raw: str


class DeadLetterPage(View):
    """A page of refused events, oldest first."""

    items: list[DeadLetterItem]
    next: int | None


class LateItem(View):
    """An event that changed nothing, and why."""

    number: int
    received_at: datetime
    reason: str
    type: str
    source: str
    id: str
    at: datetime


class LatePage(View):
    """A page of events that changed nothing, oldest first."""

    items: list[LateItem]
    next: int | None


class GrantAnswer(View):
    """The exception as it was taken in. `already`: these promises had been excused before, and nothing was added."""

    event: str
    standard: str
    subject: str
    by: str
    reason: str
    promises: list[str]
    already: bool = False
