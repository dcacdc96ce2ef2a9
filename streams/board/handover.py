"""Notes from shift to shift: what the next one has to know, the form for it, and the notes of shifts before.

Read next: `shift.py`, on whose page they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.notice import shortened
from streams.board.markup import Html, el, listed, section, sentence
from streams.board.paging import Paged, pager
from streams.board.shell import LONGEST, Shell, acting_as, field, form, hidden
from streams.board.view import NOWHERE, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action

PAGE: Final = "notes"
"""What an address calls the page of the notes of shifts before."""
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
    say = shell.words.say
    now = listed([_note(shell, act) for act in notes.current], "acts handover", say("No shift has left a note."))
    written = _form(shell, notes) if shell.acts else None
    return section(say("Notes for the next shift"), now, written, _before(shell, notes), id="handover")


def _note(shell: Shell, act: Action) -> Html:
    words, site = shell.words, str(act.data.get("site") or "")
    name, time = el("strong", act.by or words.say("somebody")), shell.at(site).clock(act.at)
    if site:
        at = el("span", shell.called_site(site), class_="standard")
        head = sentence(words, "{name} for {site}, {time}", name=name, site=at, time=time)
    else:
        head = sentence(words, "{name}, {time}", name=name, time=time)
    text = shortened(str(act.data.get("note") or ""), LONGEST)
    return el("li", el("p", head, class_="where"), el("p", text, class_="written"))


def _form(shell: Shell, notes: Notes) -> Html:
    """Draw the form for a note, about the site that the page is about."""
    say, site = shell.words.say, "" if notes.site == NOWHERE else notes.site
    text = el("textarea", name="note", required=True, rows=4, maxlength=LONGEST)
    general = say("for everybody; the page of one site has the form for that one")
    hint = say("for {site}", site=shell.called_site(site)) if site else general
    back = View(site=site).address("/shift")
    content = (
        hidden("after", notes.last), hidden("next", back), hidden("site", site) if site else None, acting_as(shell),
        field(say("What they have to know"), "note", control=text, hint=hint), el("button", say("Leave the note")),
    )  # fmt: skip
    return el("details", el("summary", say("Write a note")), form(shell, "/acts/hand-over", *content))


def _before(shell: Shell, notes: Notes) -> Html | None:
    """List all notes page by page, the newest first; folded away until they are asked for."""
    before = notes.before
    if not before.rows and before.page == 1:
        return None
    rows = el("ul", (_note(shell, act) for act in before.rows), class_="acts")
    pages = pager(shell, before, "/shift", notes.query, name=PAGE, part="#handover")
    return el("details", el("summary", shell.words.say("All notes")), rows, pages, open=PAGE in notes.query or None)
