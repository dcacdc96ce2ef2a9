"""Notices: what was told, to which channel, and how it fares: what could not be delivered first.

Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.calendar.local_time import known_zone
from standards.judge.events import moment
from streams.board.markup import Html, el, join, listed, section, sentence
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, field, form, page, promise_link
from streams.board.silences import Known, silence_section
from streams.live.wording import WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from alerts.routing.actions import Action
    from alerts.routing.notice import Notice, Withheld
    from streams.storage.promise_view import PromiseView
    from streams.storage.rows import Delivery, NoticeRow, Suppressed, SuppressedFilter

FIND_NOTICES: Final = "/find/notices"
"""Where the form is sent that narrows what was not sent: it has a name in it."""
_WITHHELD: Final = {
    "not-actionable": phrase("there was no trouble yet"),
    "nobody-waits-for-it": phrase("nobody waited to hear of it"),
    "overdue": phrase("the time was over when Kept heard of it"), "no-route": phrase("the policy names nobody for it"),
    "grouped": phrase("left to another message"), "repeated": phrase("the same person had been told"),
    "flapping": phrase("it comes and goes"), "silenced": phrase("silenced"), "muted": phrase("muted at this time"),
    "inhibited": phrase("a graver trouble at the same place"), "acknowledged": phrase("somebody had it"),
    "cured": phrase("over before anybody had to know"), "quiet-hours": phrase("quiet hours"),
    "budget": phrase("enough messages for one hour"), "joined": phrase("to be told together with others"),
    "off-shift": phrase("left to who is on shift now"), "forgotten": phrase("acts that were forgotten: too many"),
    "not-theirs": phrase("given back by who did not have it"),
    "nobody-is-told": phrase("talked over or handed on while nobody was told of it"),
    "names-one-of-us": phrase("kept from machines: it names one of us"),
}  # fmt: skip
"""The reasons for which a list of what was not told can be narrowed, in short."""
_FATES: Final = {"waiting": phrase("waiting"), "delivered": phrase("sent"), "failed": phrase("failed")}


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
    """What was not told, as far as `wanted` asks for it, and the silences that hold; None where none can be laid.

    `refused`: it was asked for one person's by who is not told to whom anything goes.
    """

    rows: Paged[Suppressed]
    wanted: SuppressedFilter
    silences: Sequence[Action] | None = None
    known: Known = Known()
    refused: bool = False


def draw(shell: Shell, told: Told, not_told: NotTold) -> str:
    """Draw the page."""
    say, fates = shell.words.say, {state: shell.number(told.fates.get(state, 0)) for state in _FATES}
    counts = say("Deliveries: {waiting} waiting, {delivered} sent, {failed} failed.", **fates)
    query = told.query
    newest = notice_list(shell, told.newest.rows, say("Nobody had to be told anything yet."), owed=told.owed)
    late = None
    if told.stuck.rows:
        stuck = notice_list(shell, told.stuck.rows, owed=told.owed)
        late = section(
            say("Waiting or failed"),
            stuck,
            pager(shell, told.stuck, "/notices", query, name="stuck", part="#stuck"),
            id="stuck",
        )
    quiet = None if not_told.silences is None else silence_section(shell, not_told.silences, not_told.known)
    return page(
        shell, say("Notices"), "/notices", el("p", counts, class_="lead"), late, quiet,
        section(say("Newest"), newest, pager(shell, told.newest, "/notices", query, part="#newest"), id="newest"),
        _not_sent(shell, not_told, query),
    )  # fmt: skip


def _not_sent(shell: Shell, not_told: NotTold, query: Mapping[str, str]) -> Html:
    """List the notices that were not sent, with the form that narrows them: it works without a script."""
    wanted, say = not_told.wanted, shell.words.say
    every = el("option", say("any"), value="")
    choices = (el("option", say(text), value=name, selected=name == wanted.reason) for name, text in _WITHHELD.items())
    narrow = form(
        shell,
        FIND_NOTICES,
        field(say("Reason"), "reason", control=el("select", every, choices, name="reason")),
        field(say("Person"), "to", value=wanted.to, maxlength=200) if shell.acts else None,
        el("button", say("Show"), class_="plain"),
        class_="narrow",
    )  # fmt: skip
    shown = not_told.rows
    rows = listed(
        [_suppressed(shell, row) for row in shown.rows], "notices", say("Nothing like this was kept from anybody.")
    )
    pages = pager(shell, shown, "/notices", query, name="suppressed", part="#not-sent")
    why = el("p", say("Who is not shown names cannot ask for one person's. This is everybody's."), class_="quiet")
    return section(say("Not sent"), narrow, why if not_told.refused else None, rows, pages, id="not-sent")


def _suppressed(shell: Shell, suppressed: Suppressed) -> Html:
    row, shell = suppressed.row, shell.at(suppressed.site)
    about = promise_link(
        shell.words, row.promise, shell.placed(suppressed.subject, suppressed.site), suppressed.standard
    )
    head = el("p", about, " ", shell.clock(row.at), class_="where")
    why = shell.reason(row.reason, suppressed.named_at)
    return el("li", head, el("p", _kept_from(shell, row.to, suppressed.kind, why)))


def _kept_from(shell: Shell, to: str, kind: str, why: str) -> str:
    """Say what was not told, and to whom, as far as that is known, and why."""
    say = shell.words.say
    what = say(WORDS[kind]) if kind in WORDS else kind.replace("_", " ")
    if kind and to:
        return say("{what}, to {name}: {why}", what=what, name=to, why=why)
    return say("{what}, {why}", what=what, why=why) if kind else _whom(shell, to, why)


def _whom(shell: Shell, to: str, why: str) -> str:
    return shell.words.say("to {name}: {why}", name=to, why=why) if to else why


def notice_list(shell: Shell, rows: Sequence[NoticeRow], calm: str = "", *, owed: Collection[str] = ()) -> Html:
    """Draw some notices; where there are none, say `calm`. `owed` are the promises that are broken and still owed."""
    return listed([_notice(shell, row, owed) for row in rows], "notices", calm)


def withheld_list(shell: Shell, view: PromiseView) -> Html:
    """Draw the notices of a promise that were not sent, each with its reason."""
    return el("ul", (_withheld(shell, row, view.named_at(row)) for row in view.withheld), class_="notices")


def _withheld(shell: Shell, row: Withheld, named_at: int) -> Html:
    why = shell.reason(row.reason, named_at)
    if not row.to:
        said = sentence(shell.words, "{time}: {why}", time=shell.clock(row.at), why=why)
    else:
        said = sentence(shell.words, "{time} to {name}: {why}", time=shell.clock(row.at), name=row.to, why=why)
    return el("li", el("p", said))


def _notice(shell: Shell, row: NoticeRow, owed: Collection[str]) -> Html:
    notice, say = row.notice, shell.words.say
    shell = shell.at(notice.fields.get("site"))
    about = promise_link(
        shell.words, notice.promise, shell.placed(notice.subject, notice.fields.get("site")), notice.standard
    )
    head = el("p", about, " ", shell.clock(notice.at), class_="where")
    channels = [_delivery(shell, delivery) for delivery in row.deliveries]
    whom = el("p", say("to {name}", name=notice.to), class_="quiet") if notice.to else None
    broken = notice.looks_like == "broken" and notice.promise in owed
    still = el("p", say("still owed, {late}", late=shell.time_over(notice.due)), class_="owed") if broken else None
    zone = _other_zone(shell, notice)
    reason = el("p", shell.reason(notice.reason), class_="quiet") if notice.reason != "told" else None
    nowhere = el("li", say("to no channel: none is set"), class_="quiet")
    fates = el("ul", channels or nowhere, class_="fates")
    return el(
        "li", head, el("p", notice.text, lang=notice.language), zone, still, whom, reason, fates, class_=notice.kind
    )


def _other_zone(shell: Shell, notice: Notice) -> Html | None:
    """Say whose times a message tells, where it does not say so itself and they are not those of its line here."""
    told, at = known_zone(notice.zone), moment(notice.at)
    if notice.names_zone or told is None or at.astimezone(told).utcoffset() == at.astimezone(shell.zone).utcoffset():
        return None
    return el("p", shell.words.say("Its times are those of {zone}.", zone=notice.zone), class_="quiet")


def _delivery(shell: Shell, delivery: Delivery) -> Html:
    words, say = shell.words, shell.words.say
    fate = sentence(words, "{fate} by {channel}", fate=el("strong", say(_FATES[delivery.state])),
                    channel=delivery.channel)  # fmt: skip
    parts: list[Html | str] = [fate]
    if delivery.delivered >= 0:
        parts.append(shell.clock(delivery.delivered))
    elif delivery.state == "waiting" and delivery.next_try >= 0:
        parts.append(sentence(words, "next try {time}", time=shell.clock(delivery.next_try)))
    if delivery.tries > 1 or (delivery.tries and delivery.state != "delivered"):
        parts.append(words.how_many(delivery.tries, "after {count} try", "after {count} tries"))
    error = f": {delivery.error}" if delivery.error and delivery.state != "delivered" else ""
    separated = [each for part in parts for each in (", ", part)][1:]
    return el("li", join(*separated), error, class_=delivery.state)
