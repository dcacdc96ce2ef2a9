"""Notes from shift to shift: what the next one has to know, the form for it, and the notes of shifts before.

Read next: `shift.py`, on whose page they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.notice import shortened
from streams.board.markup import Html, el, section
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, acting_as, field, form, hidden
from streams.board.view import NOWHERE, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action

PAGE: Final = "notes"
"""What an address calls the page of the notes of shifts before."""
LONGEST: Final = 2_000
"""How much of a note is shown and may be written, in characters."""
CURRENT: Final = 5
"""Of how many sites the last note is shown, where a page is about all of them."""


class Notes(msgspec.Struct, frozen=True):
    """The last note of each site, those of shifts `before` page by page, and what the address of the page asks.

    `last` names the newest note, so that a form that is sent twice says so.
    """

    current: Sequence[Action] = ()
    before: Paged[Action] = Paged()
    last: str = ""
    site: str = ""
    query: Mapping[str, str] = {}


def draw(shell: Shell, notes: Notes) -> Html:
    """Draw the section."""
    now = (
        el("ul", (_note(shell, act) for act in notes.current), class_="acts handover")
        if notes.current
        else el("p", "No shift has left a note.", class_="calm")
    )
    return section("Notes for the next shift", now, _form(shell, notes) if shell.acts else None, _before(shell, notes),
                   id="handover")  # fmt: skip


def _note(shell: Shell, act: Action) -> Html:
    site = str(act.data.get("site") or "")
    where = (" for ", el("span", site, class_="standard")) if site else ()
    head = el("p", el("strong", act.by or "somebody"), *where, ", ", shell.clock(act.at), class_="where")
    return el("li", head, el("p", shortened(str(act.data.get("note") or ""), LONGEST), class_="written"))


def _form(shell: Shell, notes: Notes) -> Html:
    """Draw the form for a note, about the site that the page is about."""
    site = "" if notes.site == NOWHERE else notes.site
    text = el("textarea", name="note", required=True, rows=4, maxlength=LONGEST)
    hint = f"for {site}" if site else "for everybody; of one site, where the page is about that"
    back = View(site=site).address("/shift")
    content = (
        hidden("after", notes.last), hidden("next", back), hidden("site", site) if site else None, acting_as(shell),
        field("What they have to know", "note", control=text, hint=hint), el("button", "Leave the note"),
    )  # fmt: skip
    return el("details", el("summary", "Write a note"), form(shell, "/acts/hand-over", *content))


def _before(shell: Shell, notes: Notes) -> Html | None:
    """List all notes page by page, the newest first; folded away until they are asked for."""
    before = notes.before
    if not before.rows and before.page == 1:
        return None
    rows = el("ul", (_note(shell, act) for act in before.rows), class_="acts")
    pages = pager(before, "/shift", notes.query, name=PAGE, part="#handover")
    return el("details", el("summary", "All notes"), rows, pages, open=PAGE in notes.query or None)
