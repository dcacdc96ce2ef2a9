"""Feeds: what came in and could not be used, with the reason, and how far judging has come.

Knows: how it is listed. Must not know: how it is found. Read next: `shell.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.duration import spoken
from streams.board.markup import Html, el
from streams.board.shell import Shell, page
from streams.board.wording import clock, how_many, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.books import DeadLetter, LateEvent

MOST: Final = 50
RAW: Final = 2_000
"""How much of an event that could not be read is shown, in bytes."""
_LATE: Final = {
    "late": "it came too late to change anything",
    "not-granted": "whoever granted it may not",
    "nothing-to-excuse": "there was nothing to excuse",
    "no-subject": "it names nobody whom a standard is about",
}


class Unused(msgspec.Struct, frozen=True):
    """The newest of what could not be read, and of what changed nothing; and how many there are of each."""

    letters: list[DeadLetter]
    letter_count: int
    late: list[LateEvent]
    late_count: int


def draw(shell: Shell, unused: Unused) -> str:
    """Draw the page."""
    letters = [_letter(shell, letter) for letter in unused.letters]
    late = [_late(shell, event) for event in unused.late]
    return page(
        shell, "Feeds", "/feeds", _standing(shell),
        _section("Could not be read", unused.letter_count, letters, "Every event could be read."),
        _section("Came, and changed nothing", unused.late_count, late, "Every event came in time."),
    )  # fmt: skip


def _standing(shell: Shell) -> Html:
    status = shell.status
    pairs: list[tuple[str, Html | str]] = [("Events", "are taken" if status.ready else "are not taken now")]
    if status.newest >= 0:
        pairs.append(("Newest event", clock(status.newest, shell.zone, shell.now)))
    if status.low >= 0:
        pairs.append(("Judged up to", clock(status.low, shell.zone, shell.now)))
        pairs.append(("Behind the clock", spoken(max(0, shell.now - status.low))))
    pairs.append(("Waiting to be stored", how_many(status.waiting, "event")))
    return el("dl", (el("div", el("dt", name), el("dd", value)) for name, value in pairs), class_="facts")


def _section(title: str, count: int, rows: Sequence[Html], calm: str) -> Html:
    rest = count - len(rows)
    more = el("p", f"and {how_many(rest, 'older one')}", class_="quiet") if rest > 0 else None
    listed = el("ul", rows, class_="letters") if rows else el("p", calm, class_="calm")
    return el("section", el("h2", f"{title} · {number(count)}" if count else title), listed, more)


def _letter(shell: Shell, letter: DeadLetter) -> Html:
    head = el("p", el("strong", letter.reason), ", ", clock(letter.received, shell.zone, shell.now), class_="where")
    raw = letter.raw[:RAW].decode("utf-8", "replace")
    shown = el("details", el("summary", "What was sent"), el("pre", raw, tabindex="0"))
    return el("li", head, el("p", letter.message), shown if raw else None)


def _late(shell: Shell, event: LateEvent) -> Html:
    head = el("p", el("strong", event.type), " of ", clock(event.at, shell.zone, shell.now), class_="where")
    why = _LATE.get(event.reason, event.reason.replace("-", " "))
    about = el(
        "p", f"{event.id} from {event.source}, received ", clock(event.received, shell.zone, shell.now), class_="quiet"
    )
    return el("li", head, el("p", why[:1].upper() + why[1:], "."), about)
