"""From rows of the read model to the API's answers: instants become times, spans seconds. Read next: `reading.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from alerts.routing.facts import PERSONS
from alerts.routing.persons import subject_without_persons, without_persons
from alerts.words.words import ENGLISH
from standards.calendar.duration import SECOND
from standards.judge.events import moment
from streams.board.colleagues import row_without_persons
from streams.web.api import act_views, feed_views, views

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from alerts.routing.actions import Action
    from alerts.words.words import Words
    from standards.judge.ledger import Line
    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.runtime.feeds import FeedStanding
    from streams.runtime.source_clocks import SourceClock
    from streams.storage.promise_view import PromiseView
    from streams.storage.rows import DeadLetter, Delivery, LateEvent, NoticeRow, PromiseRow, Suppressed

Named = Mapping[str, Collection[str]]
"""Who of us the subjects of some promises name, by the promises' ids."""
_MOST_RAW: Final = 4096
_ABOUT_WHOM: Final = PERSONS | {"subject"}

V = TypeVar("V", bound=views.View)


def _shown(view: type[V], row: object, **otherwise: object) -> V:
    """Fill a view from the attributes of a row that have the same name, but for what is given `otherwise`."""
    same = {name: getattr(row, name) for name in view.__struct_fields__ if name not in otherwise}
    return view(**same, **otherwise)


def _at(instant: int) -> datetime | None:
    return moment(instant) if instant >= 0 else None


def without_persons_named(view: PromiseView, names: Mapping[str, str], named: Named) -> PromiseView:
    """Give a promise as whoever only looks on is shown it; `names` are what the policy calls people."""
    return replace(view, row=row_without_persons(view.row), notices=notices_without(view.notices, names, named))


def notices_without(
    rows: Iterable[NoticeRow], names: Mapping[str, str], named: Named, words: Words = ENGLISH
) -> list[NoticeRow]:
    """Give notices as whoever only looks on is shown them; of each promise they tell of it is `named` who of us is."""
    found = []
    for row in rows:
        others = frozenset[str]().union(*(named.get(each, ()) for each in row.notice.speaks_for))
        found.append(replace(row, notice=without_persons(row.notice, names, others, words)))
    return found


def suppressed_without(rows: Iterable[Suppressed], named: Named, words: Words = ENGLISH) -> list[Suppressed]:
    """Give notices that were not sent as whoever only looks on is shown them."""
    return [
        replace(each, subject=subject_without_persons(each.subject, named.get(each.row.promise, ()), each.site, words))
        for each in rows
    ]


def act_without(act: Action) -> Action:
    """Give what somebody did without whom it was about: its promise says that."""
    return replace(act, data={name: value for name, value in act.data.items() if name not in _ABOUT_WHOM})


def promise_item(row: PromiseRow) -> views.PromiseItem:
    """Show a promise."""
    return _promise(views.PromiseItem, row)


def promise_detail(view: PromiseView) -> views.PromiseDetail:
    """Show everything about one promise."""
    lines, notices = list(map(line_item, view.lines)), list(map(notice_item, view.notices))
    return _promise(views.PromiseDetail, view.row, lines=lines, notices=notices, standard_text=view.revision_text)


def _promise(view: type[V], row: PromiseRow, **more: object) -> V:
    return _shown(
        view, row, opened_at=moment(row.opened), due_at=_at(row.due), settled_at=_at(row.settled),
        elapsed_seconds=row.elapsed / SECOND, waited_seconds=row.waited / SECOND, joined_at=_at(row.joined_at), **more,
    )  # fmt: skip


def line_item(line: Line) -> views.LineItem:
    """Show a line of the ledger."""
    return _shown(
        views.LineItem,
        line,
        at=moment(line.at),
        known_at=moment(line.known),
        due_at=_at(line.due),
        elapsed_seconds=line.elapsed / SECOND,
        waited_seconds=(line.at - line.opened) / SECOND,
        cause=None if line.cause is None else views.CauseItem(*line.cause),
    )


def notice_item(row: NoticeRow) -> views.NoticeItem:
    """Show a notice and how it fares."""
    notice, deliveries = row.notice, list(map(_delivery_item, row.deliveries))
    return _shown(views.NoticeItem, notice, at=moment(notice.at), due_at=_at(notice.due), deliveries=deliveries)


def _delivery_item(delivery: Delivery) -> views.DeliveryItem:
    next_try, delivered = _at(delivery.next_try), _at(delivery.delivered)
    return _shown(views.DeliveryItem, delivery, next_try_at=next_try, delivered_at=delivered)


def suppressed_item(suppressed: Suppressed) -> act_views.SuppressedItem:
    """Show a notice that was not sent."""
    row = suppressed.row
    return _shown(
        act_views.SuppressedItem, suppressed,
        number=suppressed.seq, promise=row.promise, to=row.to, reason=row.reason, at=moment(row.at),
    )  # fmt: skip


def act_item(number: int, act: Action, without_effect: str = "") -> act_views.ActItem:
    """Show what somebody did and, where it had no effect, why."""
    return _shown(
        act_views.ActItem, act, number=number, about=act.promise, at=moment(act.at), without_effect=without_effect
    )


def standard_item(standard: Standard, text: str) -> views.StandardItem:
    """Show a standard; `text` is its part of the document."""
    objective = standard.objective
    return _shown(
        views.StandardItem,
        standard,
        shape=type(standard.shape).__name__.lower(),
        objective=None if objective is None else views.ObjectiveItem(objective.kept, objective.over / SECOND),
        text=text,
    )


def score_item(standard: str, score: Score) -> views.ScoreItem:
    """Show how a standard did."""
    settled = score.settled
    return _shown(
        views.ScoreItem,
        score,
        standard=standard,
        fulfilled_late=score.late,
        mean_elapsed_seconds=score.elapsed / settled / SECOND if settled else None,
        mean_waited_seconds=score.waited / settled / SECOND if settled else None,
    )


def dead_letter_item(letter: DeadLetter) -> views.DeadLetterItem:
    """Show a refused event."""
    raw = letter.raw[:_MOST_RAW].decode("utf-8", "replace")
    return _shown(views.DeadLetterItem, letter, number=letter.seq, received_at=moment(letter.received), raw=raw)


def feed_item(feed: FeedStanding, now: int) -> feed_views.FeedItem:
    """Show how a feed stands."""
    silent_after = feed.silent_after / SECOND
    return feed_views.FeedItem(feed.name, feed.key, _at(feed.last), silent_after, silent=feed.dark(now),
                               out_of_hours=feed.out_of_hours)  # fmt: skip


def source_item(clock: SourceClock) -> feed_views.SourceItem:
    """Show how a sender's clock stands."""
    ahead, behind = clock.ahead / SECOND, clock.behind / SECOND
    return feed_views.SourceItem(clock.source, ahead, behind, clock.refused, clock.late)


def late_item(late: LateEvent) -> views.LateItem:
    """Show an event that changed nothing."""
    received, at = moment(late.received), moment(late.at)
    return _shown(views.LateItem, late, number=late.seq, received_at=received, at=at)
