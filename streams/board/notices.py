"""Notices: what was told, to which channel, and how it fares: what could not be delivered first.

Knows: how they are listed. Must not know: how they are found. Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.board.markup import Html, el, join
from streams.board.shell import Shell, page
from streams.board.wording import clock, how_many, number, reason_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.notice import Withheld
    from streams.books import Delivery, NoticeRow

MOST: Final = 100
_FATES: Final = {"waiting": "waiting", "delivered": "sent", "failed": "failed"}


def draw(shell: Shell, newest: Sequence[NoticeRow], stuck: Sequence[NoticeRow], fates: Mapping[str, int]) -> str:
    """Draw the page: `stuck` wait or were given up; `fates` counts the deliveries in each state."""
    counts = ", ".join(f"{number(fates.get(state, 0))} {word}" for state, word in _FATES.items())
    told = notice_list(shell, newest) if newest else el("p", "Nobody had to be told anything yet.", class_="calm")
    late = el("section", el("h2", "Waiting or failed"), notice_list(shell, stuck)) if stuck else None
    return page(shell, "Notices", "/notices", el("p", f"Deliveries: {counts}.", class_="lead"), late,
                el("section", el("h2", "Newest"), told, _rest(newest)))  # fmt: skip


def notice_list(shell: Shell, rows: Sequence[NoticeRow]) -> Html:
    """Draw some notices."""
    return el("ul", (_notice(shell, row) for row in rows), class_="notices")


def withheld_list(shell: Shell, rows: Sequence[Withheld]) -> Html:
    """Draw the notices that were not sent, each with its reason."""
    return el("ul", (_withheld(shell, row) for row in rows), class_="notices")


def _withheld(shell: Shell, row: Withheld) -> Html:
    whom = f" to {row.to}" if row.to else ""
    return el("li", el("p", clock(row.at, shell.zone, shell.now), whom, ": ", reason_words(row.reason)))


def _notice(shell: Shell, row: NoticeRow) -> Html:
    notice = row.notice
    name = el("a", notice.subject or "everywhere", href=f"/promises/{notice.promise}", class_="subject")
    head = el("p", name, " ", el("span", notice.standard, class_="standard"), " ",
              clock(notice.at, shell.zone, shell.now), class_="where")  # fmt: skip
    channels = [_delivery(shell, delivery) for delivery in row.deliveries]
    whom = el("p", f"to {notice.to}", class_="quiet") if notice.to else None
    reason = el("p", reason_words(notice.reason), class_="quiet") if notice.reason != "told" else None
    nowhere = el("li", "to no channel: none is set", class_="quiet")
    return el(
        "li",
        head,
        el("p", notice.text),
        whom,
        reason,
        el("ul", channels or nowhere, class_="fates"),
        class_=notice.kind,
    )


def _delivery(shell: Shell, delivery: Delivery) -> Html:
    parts: list[Html | str] = [el("strong", _FATES[delivery.state]), f" by {delivery.channel}"]
    if delivery.delivered >= 0:
        parts += [", ", clock(delivery.delivered, shell.zone, shell.now)]
    elif delivery.state == "waiting" and delivery.next_try >= 0:
        parts += [", next try ", clock(delivery.next_try, shell.zone, shell.now)]
    if delivery.tries > 1 or (delivery.tries and delivery.state != "delivered"):
        parts.append(f", after {how_many(delivery.tries, 'try', 'tries')}")
    if delivery.error and delivery.state != "delivered":
        parts.append(f": {delivery.error}")
    return el("li", join(*parts), class_=delivery.state)


def _rest(newest: Sequence[NoticeRow]) -> Html | None:
    words = f"The newest {number(MOST)}; older ones are in the API."
    return el("p", words, class_="quiet") if len(newest) >= MOST else None
