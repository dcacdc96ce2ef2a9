"""Showing: from the values of the books to what the API answers; instants become times, spans seconds.

Read next: `reading.py`, which asks and answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from standards.judge.events import moment
from streams.web.api import act_views, views

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.routing.actions import Action
    from standards.judge.ledger import Line
    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.storage.rows import DeadLetter, LateEvent, NoticeRow, PromiseRow, PromiseView, Untold

_SECOND: Final = 1_000_000
_MOST_RAW: Final = 4096


def _at(instant: int) -> datetime | None:
    return moment(instant) if instant >= 0 else None


def promise_item(row: PromiseRow) -> views.PromiseItem:
    """Show a promise."""
    return views.PromiseItem(**_promise(row))


def promise_detail(view: PromiseView) -> views.PromiseDetail:
    """Show everything about one promise."""
    return views.PromiseDetail(
        **_promise(view.row),
        lines=[line_item(line) for line in view.lines],
        notices=[notice_item(row) for row in view.notices],
        standard_text=view.revision_text,
    )


def _promise(row: PromiseRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "standard": row.standard,
        "revision": row.revision,
        "subject": row.subject,
        "owner": row.owner,
        "aspect": row.aspect,
        "severity": row.severity,
        "fields": row.fields,
        "state": row.state,
        "verdict": row.verdict,
        "opened_at": moment(row.opened),
        "due_at": _at(row.due),
        "settled_at": _at(row.settled),
        "elapsed_seconds": row.elapsed / _SECOND,
        "waited_seconds": row.waited / _SECOND,
        "warned": row.warned,
        "corrected": row.corrected,
    }


def line_item(line: Line) -> views.LineItem:
    """Show a line of the ledger."""
    return views.LineItem(
        id=line.id,
        kind=line.kind,
        at=moment(line.at),
        known_at=moment(line.known),
        due_at=_at(line.due),
        state=line.state,
        verdict=line.verdict,
        was=line.was,
        elapsed_seconds=line.elapsed / _SECOND,
        waited_seconds=(line.at - line.opened) / _SECOND,
        cause=None if line.cause is None else views.CauseItem(source=line.cause[0], id=line.cause[1]),
    )


def notice_item(row: NoticeRow) -> views.NoticeItem:
    """Show a notice and how it fares."""
    notice = row.notice
    return views.NoticeItem(
        id=notice.id,
        promise=notice.promise,
        standard=notice.standard,
        subject=notice.subject,
        kind=notice.kind,
        at=moment(notice.at),
        due_at=_at(notice.due),
        severity=notice.severity,
        owner=notice.owner,
        text=notice.text,
        how=notice.how,
        why=notice.why,
        exceptions=notice.exceptions,
        reason=notice.reason,
        deliveries=[
            views.DeliveryItem(
                channel=delivery.channel,
                state=delivery.state,
                tries=delivery.tries,
                next_try_at=_at(delivery.next_try),
                delivered_at=_at(delivery.delivered),
                error=delivery.error,
            )
            for delivery in row.deliveries
        ],
    )


def untold_item(suppressed: Untold) -> act_views.UntoldItem:
    """Show a notice that was not sent."""
    row = suppressed.row
    return act_views.UntoldItem(
        number=suppressed.seq, promise=row.promise, standard=suppressed.standard, subject=suppressed.subject,
        kind=suppressed.kind, to=row.to, reason=row.reason, at=moment(row.at),
    )  # fmt: skip


def act_item(number: int, act: Action) -> act_views.ActItem:
    """Show what somebody did."""
    return act_views.ActItem(
        number=number, type=act.type, source=act.source, id=act.id, about=act.promise, at=moment(act.at), by=act.by,
        data=act.data,
    )  # fmt: skip


def standard_item(standard: Standard, text: str) -> views.StandardItem:
    """Show a standard; `text` is its part of the document."""
    objective = standard.objective
    return views.StandardItem(
        id=standard.id,
        revision=standard.revision,
        shape=type(standard.shape).__name__.lower(),
        per=list(standard.per),
        promise=standard.promise,
        what=standard.what,
        how=standard.how,
        why=standard.why,
        exceptions=standard.exceptions,
        owner=standard.owner,
        aspect=standard.aspect,
        severity=standard.severity,
        may_excuse=list(standard.may_excuse),
        objective=None
        if objective is None
        else views.ObjectiveItem(kept=objective.kept, over_seconds=objective.over / _SECOND),
        text=text,
    )


def score_item(standard: str, score: Score) -> views.ScoreItem:
    """Show how a standard did."""
    settled = score.settled
    return views.ScoreItem(
        standard=standard,
        opened=score.opened,
        open=score.open,
        kept=score.kept,
        broken=score.broken,
        void=score.void,
        excused=score.excused,
        unknown=score.unknown,
        warned=score.warned,
        fulfilled_late=score.late,
        corrected=score.corrected,
        kept_rate=score.kept_rate,
        interval=score.interval,
        mean_elapsed_seconds=score.elapsed / settled / _SECOND if settled else None,
        mean_waited_seconds=score.waited / settled / _SECOND if settled else None,
    )


def dead_letter_item(letter: DeadLetter) -> views.DeadLetterItem:
    """Show a refused event."""
    return views.DeadLetterItem(
        number=letter.seq,
        received_at=moment(letter.received),
        reason=letter.reason,
        message=letter.message,
        raw=letter.raw[:_MOST_RAW].decode("utf-8", "replace"),
    )


def late_item(late: LateEvent) -> views.LateItem:
    """Show an event that changed nothing."""
    return views.LateItem(
        number=late.seq,
        received_at=moment(late.received),
        reason=late.reason,
        type=late.type,
        source=late.source,
        id=late.id,
        at=moment(late.at),
    )
