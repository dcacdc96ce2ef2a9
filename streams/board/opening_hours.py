"""Opening hours: the days that have other ones than their calendar says, and the form to say so: closed today.

Read next: `standards.py`, on whose page they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from standards.judge.events import moment
from streams.board.markup import Html, el, listed, section
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
    change = el("details", el("summary", "Change a day"), _form(shell, mine, opening)) if shell.acts and mine else None
    usual = "All days are as their calendars say."
    return section("Opening hours", listed(rows, "acts", usual), change, id="opening-hours")


def _row(shell: Shell, act: Action) -> Html:
    hours = str(act.data.get("open") or "closed").strip().lower()
    said = "as usual" if hours == "usual" else hours
    head = el(
        "p", el("strong", f"{act.data['date']}: {said}"), f", {act.data['calendar']}, since ", shell.clock(act.at)
    )
    why = f": {act.data['reason']}" if act.data.get("reason") else ""
    return el("li", head, el("p", f"by {act.by}{why}", class_="said"))


def _form(shell: Shell, mine: Sequence[str], opening: Opening) -> Html:
    roles = dict.fromkeys(role for name in mine for role in opening.may_change[name])
    role = el("select", (el("option", each, value=each) for each in roles), name="by")
    which = el("select", (el("option", each, value=each) for each in mine), name="calendar")
    today = f"{moment(shell.now).astimezone(shell.zone):%Y-%m-%d}"
    return form(
        shell, "/acts/change-day", acting_as(shell),
        None if shell.administers or not roles else field("In the role of", "by", control=role),
        field("Calendar", "calendar", control=which),
        field("Day", "date", type="date", value=today, required=True),
        field("Open", "open", maxlength=200, hint="such as 08:00-12:00; empty is closed, usual is as always"),
        field("Why", "reason", required=True, maxlength=500), el("button", "Change the day"),
    )  # fmt: skip
