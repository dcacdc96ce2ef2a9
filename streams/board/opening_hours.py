"""Opening hours: the days that have other ones than their calendar says, and the form to say so: closed today.

Read next: `standards.py`, on whose page they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.judge.events import moment
from streams.board.markup import Html, el, listed, section, sentence
from streams.board.shell import Shell, acting_as, field, form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action


class Opening(msgspec.Struct, frozen=True):
    """Who may change each calendar, beside admins, and the changed days that are not over, by their days."""

    may_change: Mapping[str, tuple[str, ...]] = {}
    changed: Sequence[Action] = ()


def opening_section(shell: Shell, opening: Opening) -> Html | None:
    """Draw the changed days, and the form for another one; nothing where no calendar has hours."""
    if not opening.may_change:
        return None
    rows = [_row(shell, act) for act in opening.changed]
    mine = [name for name, may in sorted(opening.may_change.items()) if may or shell.administers]
    say = shell.words.say
    change = (
        el("details", el("summary", say("Change a day")), _form(shell, mine, opening)) if shell.acts and mine else None
    )
    usual = say("All days are as their calendars say.")
    return section(say("Opening hours"), listed(rows, "acts", usual), change, id="opening-hours")


def _row(shell: Shell, act: Action) -> Html:
    say, hours = shell.words.say, str(act.data.get("open") or "closed").strip().lower()
    known = {"closed": say("closed"), "usual": say("as usual")}
    day = say("{label}: {said}", label=act.data["date"], said=known.get(hours, hours))
    head = sentence(shell.words, "{day}, {calendar}, since {time}", day=el("strong", day),
                    calendar=str(act.data["calendar"]), time=shell.clock(act.at))  # fmt: skip
    reason = act.data.get("reason")
    by = say("by {name}: {reason}", name=act.by, reason=reason) if reason else say("by {name}", name=act.by)
    return el("li", el("p", head), el("p", by, class_="said"))


def _form(shell: Shell, mine: Sequence[str], opening: Opening) -> Html:
    say = shell.words.say
    roles = dict.fromkeys(role for name in mine for role in opening.may_change[name])
    role = el("select", (el("option", each, value=each) for each in roles), name="by")
    which = el("select", (el("option", each, value=each) for each in mine), name="calendar")
    today = f"{moment(shell.now).astimezone(shell.zone):%Y-%m-%d}"
    hint = say("such as {hours}; empty is closed, {usual} is as always", hours="08:00-12:00", usual="usual")
    return form(
        shell, "/acts/change-day", acting_as(shell),
        None if shell.administers or not roles else field(say("In the role of"), "by", control=role),
        field(say("Calendar"), "calendar", control=which),
        field(say("Day"), "date", type="date", value=today, required=True),
        field(say("Open"), "open", maxlength=200, hint=hint),
        field(say("Why"), "reason", required=True, maxlength=500), el("button", say("Change the day")),
    )  # fmt: skip
