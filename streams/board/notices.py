"""Notices: what was told, to which channel, and how it fares: what could not be delivered first.

Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from streams.board.markup import Html, el, join, listed, section
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, field, page, promise_link
from streams.board.silences import Known, silence_section
from streams.board.wording import how_many, reason_words, time_over
from streams.explain.why import BECAUSE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from alerts.routing.actions import Action
    from alerts.routing.notice import Withheld
    from streams.storage.rows import Delivery, NoticeRow, Suppressed, SuppressedFilter

_FATES: Final = {"waiting": "waiting", "delivered": "sent", "failed": "failed"}


class Told(msgspec.Struct, frozen=True):
    """What was told: the newest notices, those that wait or were given up, and how many deliveries fare how.

    `owed` are those of their promises that are broken and still owed. `query` is what the address of the page asks.
    """

    newest: Paged[NoticeRow]
    stuck: Paged[NoticeRow]
    fates: Mapping[str, int]
    owed: Collection[str] = ()
    query: Mapping[str, str] = {}


class NotTold(msgspec.Struct, frozen=True):
    """What was not told, as far as `wanted` asks for it, and the silences that hold; None where none can be laid."""

    rows: Paged[Suppressed]
    wanted: SuppressedFilter
    silences: Sequence[Action] | None = None
    known: Known = Known()


def draw(shell: Shell, told: Told, not_told: NotTold) -> str:
    """Draw the page."""
    counts = ", ".join(f"{told.fates.get(state, 0):,} {word}" for state, word in _FATES.items())
    query = told.query
    newest = notice_list(shell, told.newest.rows, "Nobody had to be told anything yet.", owed=told.owed)
    late = None
    if told.stuck.rows:
        stuck = notice_list(shell, told.stuck.rows, owed=told.owed)
        late = section(
            "Waiting or failed", stuck, pager(told.stuck, "/notices", query, name="stuck", part="#stuck"), id="stuck"
        )
    quiet = None if not_told.silences is None else silence_section(shell, not_told.silences, not_told.known)
    return page(
        shell, "Notices", "/notices", el("p", f"Deliveries: {counts}.", class_="lead"), late, quiet,
        section("Newest", newest, pager(told.newest, "/notices", query, part="#newest"), id="newest"),
        _not_sent(shell, not_told, query),
    )  # fmt: skip


def _not_sent(shell: Shell, not_told: NotTold, query: Mapping[str, str]) -> Html:
    """List the notices that were not sent, with the form that narrows them: it works without a script."""
    wanted = not_told.wanted
    every = el("option", "any", value="")
    reasons = (name for name in BECAUSE if name != "told")
    choices = (el("option", name.replace("-", " "), value=name, selected=name == wanted.reason) for name in reasons)
    narrow = el(
        "form",
        field("Reason", "reason", control=el("select", every, choices, name="reason")),
        field("Person", "to", value=wanted.to, maxlength=200),
        el("button", "Show", class_="plain"),
        method="get", action="/notices", class_="narrow",
    )  # fmt: skip
    shown = not_told.rows
    rows = listed(
        [_suppressed(shell, row) for row in shown.rows], "notices", "Nothing like this was kept from anybody."
    )
    pages = pager(shown, "/notices", query, name="suppressed", part="#not-sent")
    return section("Not sent", narrow, rows, pages, id="not-sent")


def _suppressed(shell: Shell, suppressed: Suppressed) -> Html:
    row = suppressed.row
    about = promise_link(row.promise, suppressed.subject, suppressed.standard)
    head = el("p", about, " ", shell.clock(row.at), class_="where")
    whom = f"to {row.to}: " if row.to else ""
    kind = f"{suppressed.kind.replace('_', ' ')}, " if suppressed.kind else ""
    return el("li", head, el("p", f"{kind}{whom}{reason_words(row.reason)}"))


def notice_list(shell: Shell, rows: Sequence[NoticeRow], calm: str = "", *, owed: Collection[str] = ()) -> Html:
    """Draw some notices; where there are none, say `calm`. `owed` are the promises that are broken and still owed."""
    return listed([_notice(shell, row, owed) for row in rows], "notices", calm)


def withheld_list(shell: Shell, rows: Sequence[Withheld]) -> Html:
    """Draw the notices that were not sent, each with its reason."""
    return el("ul", (_withheld(shell, row) for row in rows), class_="notices")


def _withheld(shell: Shell, row: Withheld) -> Html:
    whom = f" to {row.to}" if row.to else ""
    return el("li", el("p", shell.clock(row.at), whom, ": ", reason_words(row.reason)))


def _notice(shell: Shell, row: NoticeRow, owed: Collection[str]) -> Html:
    notice = row.notice
    about = promise_link(notice.promise, notice.subject, notice.standard)
    head = el("p", about, " ", shell.clock(notice.at), class_="where")
    channels = [_delivery(shell, delivery) for delivery in row.deliveries]
    whom = el("p", f"to {notice.to}", class_="quiet") if notice.to else None
    broken = notice.looks_like == "broken" and notice.promise in owed
    still = el("p", f"still owed, {time_over(notice.due, shell.now)}", class_="owed") if broken else None
    reason = el("p", reason_words(notice.reason), class_="quiet") if notice.reason != "told" else None
    nowhere = el("li", "to no channel: none is set", class_="quiet")
    fates = el("ul", channels or nowhere, class_="fates")
    return el("li", head, el("p", notice.text), still, whom, reason, fates, class_=notice.kind)


def _delivery(shell: Shell, delivery: Delivery) -> Html:
    parts: list[Html | str] = [el("strong", _FATES[delivery.state]), f" by {delivery.channel}"]
    if delivery.delivered >= 0:
        parts += [", ", shell.clock(delivery.delivered)]
    elif delivery.state == "waiting" and delivery.next_try >= 0:
        parts += [", next try ", shell.clock(delivery.next_try)]
    if delivery.tries > 1 or (delivery.tries and delivery.state != "delivered"):
        parts.append(f", after {how_many(delivery.tries, 'try', 'tries')}")
    if delivery.error and delivery.state != "delivered":
        parts.append(f": {delivery.error}")
    return el("li", join(*parts), class_=delivery.state)
