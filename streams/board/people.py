"""What people did: every act that was taken in, newest first: who, when, by which way, and why.

Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.routing.actions import ACKNOWLEDGED, DEBRIEFED, DONE, EXCUSED, GIVEN_BACK, HANDED_ON
from streams.board.markup import Html, el, listed
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, page
from streams.explain.why import did, said, way, who

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from alerts.routing.actions import Action
    from streams.explain.why import Cause

_ABOUT: Final = (ACKNOWLEDGED, HANDED_ON, GIVEN_BACK, DEBRIEFED, DONE, EXCUSED)
"""The acts that are about one promise."""


def draw(shell: Shell, acts: Paged[Action], query: Mapping[str, str], phones: Html | None = None) -> str:
    """Draw the page; `query` is what its address asks, `phones` what is said of the devices that ring, if any can."""
    lead = el("p", "Who did what about a promise, and why. This is kept for ever.", class_="lead")
    rows = listed([act_row(shell, act) for act in acts.rows], "acts", "Nobody had to do anything yet.")
    return page(shell, "What people did", "", phones,
                el("section", lead, rows, pager(acts, "/people", query, part="#acts"), id="acts"))  # fmt: skip


def act_row(shell: Shell, act: Action, causes: Collection[Cause] | None = None) -> Html:
    """Draw one act; on the page of its promise, `causes` are those of its ledger's lines."""
    head = el("p", el("strong", who(act)), f" {did(act, causes or ())}, ",
              shell.clock(act.at), f", {way(act)}")  # fmt: skip
    about = act.type in _ABOUT and act.promise and causes is None
    link = el("p", el("a", "the promise", href=f"/promises/{act.promise}"), class_="quiet") if about else None
    return el("li", head, (el("p", text, class_="said") for text in said(act)), link)
