"""The timeline of one promise, drawn: both its clocks beside each other, its pauses, its marks, its deadline.

Read next: `story.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.board.markup import Html, el

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.words.words import Words
    from standards.judge.ledger import Line
    from streams.board.wording import Wording
    from streams.storage.rows import PromiseRow

WIDTH: Final = 640
_LEFT, _RIGHT = 8, 632
_OURS, _THEIRS, _DEEP = 46, 98, 18
"""Where the lane of the standard's clock and that of the customer's begin, and how deep they are."""
MARKED: Final = frozenset(
    {"warned", "moved", "kept", "broken", "voided", "excused", "lost", "fulfilled_late", "ended", "given_up", "undone",
     "corrected", "withdrawn"}
)  # fmt: skip


class _Scale(NamedTuple):
    """From instants to places."""

    first: int
    last: int

    def x(self, at: int) -> int:
        whole = max(1, self.last - self.first)
        return _LEFT + (min(max(at, self.first), self.last) - self.first) * (_RIGHT - _LEFT) // whole


def timeline(wording: Wording, promise: PromiseRow, lines: list[Line], until: int, failed: Line | None = None) -> Html:
    """Draw it up to the end of the wait, to the deadline, or to the last line, whichever is latest.

    Its own clock ended with the line by which it `failed`, where it was excused later.
    """
    end = max(until, promise.opened)
    settled = promise.settled if promise.settled >= 0 else end
    own, elapsed = (settled, promise.elapsed) if failed is None else (failed.at, failed.elapsed)
    last = max([end, promise.due, *(line.at for line in lines)])
    scale = _Scale(promise.opened, last if last > promise.opened else promise.opened + 1)
    say = wording.words.say
    parts = [
        _label(_LEFT, _OURS - 7, say("The clock of the standard"), "start"),
        *(_bar(scale, _OURS, begin, stop, kind) for begin, stop, kind in _stretches(lines, own)),
        _label(_LEFT, _THEIRS - 7, say("The customer’s own time"), "start"),
        _bar(scale, _THEIRS, promise.opened, end, "waits"),
        *_due(scale, promise, say("due")),
        *(
            el("circle", cx=scale.x(line.at), cy=_OURS + _DEEP // 2, r=6, class_=f"mark {line.kind}")
            for line in lines
            if line.kind in MARKED
        ),
        _label(_LEFT, _THEIRS + _DEEP + 24, wording.hour(scale.first), "start"),
        _label(_RIGHT, _THEIRS + _DEEP + 24, wording.hour(scale.last), "end"),
    ]
    said = _counted(wording.words, end - promise.opened, elapsed, lines)
    return el(
        "svg", el("title", said), *parts, viewBox=f"0 0 {WIDTH} {_THEIRS + _DEEP + 32}", role="img", class_="timeline"
    )


def _counted(words: Words, waited: int, elapsed: int, lines: list[Line]) -> str:
    pauses = sum(line.kind == "paused" for line in lines)
    values = {"waited": words.length(waited), "own": words.length(elapsed)}
    passed = words.say(
        "From the opening {waited} passed for the customer, {own} by the clock of the standard, as of its last line.",
        **values,
    )
    with_pauses = words.how_many(
        pauses,
        "From the opening {waited} passed for the customer, {own} by the clock of the standard with {count} pause, as "
        "of its last line.",
        "From the opening {waited} passed for the customer, {own} by the clock of the standard with {count} pauses, as "
        "of its last line.",
        **values,
    )
    return with_pauses if pauses else passed


def _stretches(lines: list[Line], end: int) -> Iterator[tuple[int, int, str]]:
    """Give when the clock ran and when it stood."""
    begin, kind = lines[0].at if lines else end, "runs"
    for line in lines:
        if line.at > end:
            break
        if line.kind in ("paused", "resumed"):
            yield begin, line.at, kind
            begin, kind = line.at, "stands" if line.kind == "paused" else "runs"
    yield begin, end, kind


def _bar(scale: _Scale, top: int, begin: int, stop: int, kind: str) -> Html:
    left = scale.x(begin)
    return el("rect", x=left, y=top, width=max(2, scale.x(stop) - left), height=_DEEP, rx=3, class_=f"bar {kind}")


def _due(scale: _Scale, promise: PromiseRow, word: str) -> Iterator[Html]:
    if promise.due < 0:
        return
    x = scale.x(promise.due)
    yield el("line", x1=x, x2=x, y1=18, y2=_THEIRS + _DEEP + 4, class_="due")
    yield _label(x, 14, word, "end" if x > WIDTH // 2 else "start")


def _label(x: int, y: int, text: str, anchor: str) -> Html:
    return el("text", text, x=x, y=y, text_anchor=anchor)
