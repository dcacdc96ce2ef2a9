"""The rows that the read model gives, the filters that it takes, and how rows are made of those of tables.

Instants are microseconds UTC, or -1 where there is none; spans are microseconds. Read next: `read_model.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.routing.actions import Action
from alerts.routing.facts import PERSONS
from alerts.routing.notice import Notice, Withheld
from standards.judge.ledger import Plain
from standards.judge.promise import NEVER, State, Verdict
from standards.practice.practice import Whose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.storage.sqlite import Database, Row

DeliveryState = Literal["waiting", "delivered", "failed"]


class PromiseFilter(msgspec.Struct, frozen=True):
    """Which promises to show; what is empty or -1 does not narrow. `due_before`: only open ones, due before it.

    `named`: also those whose subject names one of us, where `subject` is asked for.
    `overdue`: only those that are, or are not; `owed_since` says by revision since when they must have been broken.
    Promises that were withdrawn are shown only where that verdict, or that state, is asked for.
    """

    standard: str = ""
    owner: str = ""
    subject: str = ""
    verdict: str = ""
    open: bool | None = None
    since: int = -1
    state: str = ""
    due_before: int = -1
    overdue: bool | None = None
    owed_since: Mapping[str, int] = {}
    named: bool = True


class PromiseRow(msgspec.Struct, frozen=True):
    """One promise as the ledger leaves it.

    `elapsed` is the open time and `waited` the customer's own time, both up to the verdict (or the last line).
    `joined` counts the events that would have opened another promise while this one was owed, the last at `joined_at`.
    """

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
    opened: int
    due: int
    settled: int
    elapsed: int
    waited: int
    warned: bool
    corrected: bool
    joined: int = 0
    joined_at: int = -1


class Page(msgspec.Struct, frozen=True):
    """Some promises, newest first; `next` fetches those that follow, and is empty at the end."""

    items: list[PromiseRow]
    next: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """How one notice fares on one channel."""

    notice: str
    channel: str
    state: DeliveryState = "waiting"
    tries: int = 0
    next_try: int = -1
    delivered: int = -1
    error: str = ""


class NoticeRow(msgspec.Struct, frozen=True):
    """A notice and how it fares on each channel; where it is listed, by its place in the list: `seq`."""

    notice: Notice
    deliveries: list[Delivery] = []
    seq: int = -1


class StandardRow(msgspec.Struct, frozen=True):
    """One revision of one standard."""

    id: str
    revision: str
    retired: bool
    text: str
    loaded_at: int


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that could not be taken in. `mark` names it in every store; those from before marks have none."""

    seq: int
    received: int
    reason: str
    message: str
    raw: bytes
    mark: str = ""


class LateEvent(msgspec.Struct, frozen=True):
    """An event that changed nothing: it came too late, or granted what could not be."""

    seq: int
    received: int
    reason: str
    type: str
    source: str
    id: str
    at: int


class SuppressedFilter(msgspec.Struct, frozen=True):
    """Which notices that were not sent to show; what is empty does not narrow."""

    promise: str = ""
    to: str = ""
    reason: str = ""


NAMES_ONE_OF_US: Final = f"""EXISTS (SELECT 1 FROM json_each(CAST(promises.fields AS TEXT)) AS field
    WHERE field.key IN ({", ".join(f"'{name}'" for name in sorted(PERSONS))}) AND field.value != ''
    AND instr('/' || subject || '/', '/' || replace(replace(field.value, '%', '%25'), '/', '%2F') || '/'))"""  # noqa: S608 - fixed names
"""Whether the subject of a promise names one of us, as `alerts/routing/persons.py` says it."""
OWED: Final = """
FROM promises JOIN (SELECT key AS revision, value AS since FROM json_each(?)) AS owed USING (revision)
WHERE state = 'broken' AND settled >= since
"""
"""The promises that are broken and still owed; asked with, by revision, since when they must have been broken."""


def is_overdue(row: PromiseRow, owed_since: Mapping[str, int]) -> bool:
    """Say whether a promise is broken and still owed; `owed_since` is as for OWED."""
    return row.state == "broken" and row.settled >= owed_since.get(row.revision, NEVER)


Sort = Literal["overdue", "warned", "unknown", "running", "paused", "talk"]
"""What the board shows is one of these: `overdue` is broken and still owed; `paused` has a clock that stands.

Of `unknown` nobody can say how it went; `talk` is broken, owed no more, and waits to be talked over.
"""


class OwedFilter(msgspec.Struct, frozen=True):
    """Which of the promises that are owed to show; what is empty does not narrow.

    `text` is looked for in the subject, among the `worded` standards, and among places that are `called` so, by the
    parts of their ids; of a subject that names one of us only in its site, unless `named`. `people` are names, of whom
    one was told of it or has taken it. `standards` and `worded` are ids. What is unknown counts where it is so since
    `unknown_since` (microseconds UTC) or later. `whose` is as it says.
    """

    site: str | None = None
    standard: str = ""
    owner: str = ""
    people: tuple[str, ...] = ()
    text: str = ""
    worded: tuple[str, ...] = ()
    unknown_since: int = 0
    called: tuple[str, ...] = ()
    named: bool = True
    whose: Whose = Whose()


class OwedGroup(msgspec.Struct, frozen=True):
    """The promises of one sort, standard and site that are owed: how many, and the first deadline of them."""

    site: str
    standard: str
    count: int
    due: int


class FailedGroup(msgspec.Struct, frozen=True):
    """Promises of a standard at a site that were settled with one verdict: how many, and when the last was."""

    site: str
    standard: str
    verdict: Verdict
    count: int
    last: int


class Unjudged(msgspec.Struct, frozen=True):
    """Promises of a standard at a site of which nobody can say how they went, for one `reason` of the judge's.

    They were settled from `first` to `last`. `silent` are the feeds that were silent then, where that was it.
    """

    site: str
    standard: str
    reason: str
    count: int
    first: int
    last: int
    silent: tuple[str, ...] = ()


class Stretch(msgspec.Struct, frozen=True):
    """How many promises opened in one stretch of time were kept and broken."""

    start: int
    kept: int
    broken: int


class Suppressed(msgspec.Struct, frozen=True):
    """A notice that was not sent, with its place in the list, and what it would have told of, and where.

    At `named_at`, in microseconds UTC, a message named the promise to the same person after that; -1: none so far.
    """

    seq: int
    row: Withheld
    standard: str = ""
    subject: str = ""
    kind: str = ""
    site: str = ""
    named_at: int = -1


PROMISE: Final = ", ".join(PromiseRow.__struct_fields__)
"""The columns of `promises` that `promise_row` takes."""
DELIVERY: Final = ", ".join(Delivery.__struct_fields__)
"""The columns of `outbox` that a Delivery takes."""


def theirs(column: str) -> str:
    """Give the condition that what a JSON column has is somebody's, as `Whose.has` says it; it asks for `whose_is`."""
    named = (f"(? = '' OR coalesce(CAST({column} AS TEXT) ->> '{name}', '') IN ('', ?))" for name in ("team", "site"))
    return " AND ".join(named)


def whose_is(whose: Whose) -> tuple[str, str, str, str]:
    """Give the values that `theirs` asks for."""
    return whose.team, whose.team, whose.site, whose.site


ACT: Final = "id, at, by, promise, type, source, body"
"""The columns of `acts` that `act_row` takes."""

decode_fields = msgspec.json.Decoder(dict[str, Plain]).decode
decode_notice = msgspec.json.Decoder(Notice).decode
decode_withheld = msgspec.json.Decoder(Withheld).decode


def promise_row(row: Row) -> PromiseRow:
    """Make a promise of the columns of PROMISE."""
    values = list(row)
    values[7] = decode_fields(values[7])
    values[15:17] = map(bool, values[15:17])
    return PromiseRow(*values)


def act_row(row: Row) -> Action:
    """Make what somebody did of the columns of ACT."""
    name, at, by, promise, kind, source, body = row
    return Action(name, at, by, promise, kind, source, decode_fields(body))


def notice_rows(database: Database, bodies: Iterable[Row]) -> list[NoticeRow]:
    """Make notices of the `body` of each, and its `seq` where there is one; and read how they fare on each channel."""
    found = []
    sql = f"SELECT {DELIVERY} FROM outbox WHERE notice = ? ORDER BY channel"  # noqa: S608 - fixed names
    for body, *seq in bodies:
        notice = decode_notice(body)
        found.append(NoticeRow(notice, [Delivery(*row) for row in database.all(sql, [notice.id])], *seq))
    return found
