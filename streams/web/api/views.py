"""What the API answers: the answers and their description are made from these classes.

Instants are RFC 3339 in UTC, spans are seconds and are named so. What does not apply is null.
Read next: `showing.py`, which fills them.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from alerts.routing.notice import Reason
from standards.judge.ledger import Plain
from standards.judge.promise import Kind, State, Verdict
from streams.storage.rows import DeliveryState

Time = Annotated[datetime, Meta(tz=True)]
"""An instant; `tz` makes its description a `date-time`."""


class View(Struct, frozen=True):
    """What all answers have in common."""


class Alive(View, frozen=True):
    """The process is alive."""

    alive: bool = True


class Ready(View, frozen=True):
    """Whether events are taken, and why not; `problems` do not keep the host from going on."""

    ready: bool
    reasons: list[str]
    problems: list[str]
    revision: Annotated[str, Meta(description="One hash over the standards in force.")]


class ProblemItem(View, frozen=True):
    """Why a request could not be done, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str


class RefusedItem(View, frozen=True, omit_defaults=True):
    """One event that was refused: its line or place in the batch, from 1, why, and its id where it could be read."""

    place: int
    reason: str
    message: str
    id: str = ""


class IntakeAnswer(View, frozen=True):
    """How many events are durable, and which were refused."""

    accepted: int
    refused: list[RefusedItem]


class IntakeProblem(ProblemItem, frozen=True):
    """Some events were refused. What is accepted is durable all the same."""

    accepted: int | None = None
    refused: list[RefusedItem] | None = None


class PromiseItem(View, frozen=True):
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
    opened_at: Time
    due_at: Time | None
    settled_at: Time | None
    elapsed_seconds: Annotated[float, Meta(description="Open time, by the standard's own clock.")]
    waited_seconds: Annotated[float, Meta(description="The customer's own time.")]
    warned: bool
    corrected: bool
    joined: Annotated[
        int, Meta(description="Events that would have opened another promise while this one was owed; 0 on Kafka.")
    ]
    joined_at: Annotated[Time | None, Meta(description="The last of them.")]


class PromisePage(View, frozen=True):
    """A page of promises, newest first."""

    items: list[PromiseItem]
    next: Annotated[str | None, Meta(description="Ask for `after` this to get the next page; null at the end.")]


class CauseItem(View, frozen=True):
    """The event that made a line."""

    source: str
    id: str


class LineItem(View, frozen=True):
    """One line of the ledger. `known_at` differs from `at` for late evidence only."""

    id: str
    kind: Kind
    at: Time
    known_at: Time
    due_at: Time | None
    state: State
    verdict: Verdict | None
    was: Verdict | None
    elapsed_seconds: float
    waited_seconds: float
    cause: CauseItem | None
    reason: str = ""


class DeliveryItem(View, frozen=True):
    """How a notice fares on one channel."""

    channel: str
    state: DeliveryState
    tries: int
    next_try_at: Time | None
    delivered_at: Time | None
    error: str


class NoticeItem(View, frozen=True):
    """A notice, or one that was not sent, with the reason for either."""

    id: str
    promise: str
    standard: str
    subject: str
    kind: Kind
    at: Time
    due_at: Time | None
    severity: str
    owner: str
    text: str
    how: str
    why: str
    exceptions: str
    reason: Reason
    deliveries: list[DeliveryItem]


class NoticePage(View, frozen=True):
    """A page of notices, newest first."""

    items: list[NoticeItem]
    next: str | None


class PromiseDetail(PromiseItem, frozen=True):
    """Everything about one promise."""

    lines: list[LineItem]
    notices: list[NoticeItem]
    standard_text: Annotated[
        str, Meta(description="The revision of the standard that judges it, as a document by itself.")
    ]


class ObjectiveItem(View, frozen=True):
    """The share of promises to be kept (0 to 1), over a span."""

    kept: float
    over_seconds: float


class StandardItem(View, frozen=True):
    """A standard in force."""

    id: str
    revision: str
    shape: str
    per: tuple[str, ...]
    promise: str
    what: str
    how: str
    why: str
    exceptions: str
    owner: str
    aspect: str
    severity: str
    may_excuse: tuple[str, ...]
    objective: ObjectiveItem | None
    text: Annotated[
        str, Meta(description="This revision as a document by itself; loaded, it gives the same standard again.")
    ]


class StandardList(View, frozen=True):
    """The standards in force, by id."""

    items: list[StandardItem]


class ScoreItem(View, frozen=True):
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
    kept_rate: Annotated[float | None, Meta(description="The share kept of those kept or broken.")]
    interval: Annotated[tuple[float, float] | None, Meta(description="The 95 % interval of that share.")]
    mean_elapsed_seconds: Annotated[float | None, Meta(description="Open time to the verdict, on average.")]
    mean_waited_seconds: Annotated[
        float | None, Meta(description="The customer's own time to the verdict, on average.")
    ]


class ScoreList(View, frozen=True):
    """How each standard did, by id."""

    items: list[ScoreItem]


class DeadLetterItem(View, frozen=True):
    """An event that was refused. `raw` is what was sent, up to 4096 bytes of it."""

    number: int
    received_at: Time
    reason: str
    message: str
    raw: str


class DeadLetterPage(View, frozen=True):
    """A page of refused events, oldest first."""

    items: list[DeadLetterItem]
    next: int | None


class LateItem(View, frozen=True):
    """An event that changed nothing, and why."""

    number: int
    received_at: Time
    reason: str
    type: str
    source: str
    id: str
    at: Time


class LatePage(View, frozen=True):
    """A page of events that changed nothing, oldest first."""

    items: list[LateItem]
    next: int | None


class GrantAnswer(View, frozen=True):
    """The exception as it was taken in. `already`: these promises had been excused before, and nothing was added."""

    event: str
    standard: str
    subject: str
    by: str
    reason: str
    promises: list[str]
    already: bool = False
