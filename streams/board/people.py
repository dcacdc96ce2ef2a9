"""What people did: every act that was taken in, newest first: who, when, by which way, and why.

Knows: how it is listed. Must not know: how it is found. Read next: `story.py`, which shows a promise's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.acting import ACKNOWLEDGED, DEBRIEFED, DONE, EXCUSED, SETTLED, SILENCED, UNSILENCED
from streams.board.markup import Html, el
from streams.board.shell import Shell, page
from streams.board.wording import clock, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.overview import Act

MOST: Final = 200
DID: Final = {
    ACKNOWLEDGED: "took it",
    DONE: "said that it is done",
    DEBRIEFED: "talked it over",
    EXCUSED: "asked for an exception",
    SILENCED: "laid a silence",
    UNSILENCED: "lifted a silence",
    SETTLED: "dealt with an event that could not be read",
}
"""What each kind of act is, in words."""
_WAYS: Final = {"kept/board": "on the board", "kept/link": "by a link in a message", "kept/exceptions": "by the API"}
_SAID: Final = ("reason", "note", "how", "involved", "cause", "missed", "next_step", "team", "silence", "until",
                "standard", "subject", "site", "owner", "severity")  # fmt: skip


def draw(shell: Shell, acts: Sequence[Act]) -> str:
    """Draw the page."""
    lead = el("p", "Who did what about a promise, and why. This is kept for ever.", class_="lead")
    listed = el("ul", (act_row(shell, act) for act in acts), class_="acts")
    calm = el("p", "Nobody had to do anything yet.", class_="calm")
    words = f"The newest {number(MOST)}; older ones are in the API, under /v1/acts."
    more = el("p", words, class_="quiet") if len(acts) >= MOST else None
    return page(shell, "What people did", "", lead, listed if acts else calm, more)


def act_row(shell: Shell, act: Act, did: str = "") -> Html:
    """Draw one act; `did` says what it was, where that is known better than by its kind."""
    way = _WAYS.get(act.source, f"from {act.source}")
    head = el("p", el("strong", act.by or "somebody"), f" {did or DID.get(act.type, act.type)}, ",
              clock(act.at, shell.zone, shell.now), f", {way}")  # fmt: skip
    said = [f"{name.replace('_', ' ')}: {act.data[name]}" for name in _SAID if act.data.get(name)]
    about = act.type in (ACKNOWLEDGED, DEBRIEFED, DONE, EXCUSED) and act.promise and not did
    link = el("p", el("a", "the promise", href=f"/promises/{act.promise}"), class_="quiet") if about else None
    return el("li", head, (el("p", text, class_="said") for text in said), link)
