"""The story's promises: every line, both clocks, each notice that was sent and each that was not, with its reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from alerts.routing.notice import Withheld
from standards.judge.ledger import Line
from streams.board.shell import Shell
from streams.board.story import Story, draw
from streams.board.timeline import timeline
from streams.storage.rows import PromiseRow, PromiseView
from streams.storage.status import Status
from tests.streams.hosting import SECOND, T0

UTC = ZoneInfo("UTC")
SHELL = Shell(T0 + 200 * SECOND, UTC, Status(ready=True))


def line(kind: str, at: int, state: str, elapsed: int) -> Line:
    return Line(f"p.{at}", "p", "s", "r", "q", kind, T0 + at * SECOND, T0 + at * SECOND, T0, state,  # type: ignore[arg-type]
                due=T0 + 60 * SECOND, elapsed=elapsed * SECOND)  # fmt: skip


LINES = [line("opened", 0, "open", 0), line("paused", 20, "paused", 20), line("resumed", 80, "open", 20)]
ROW = PromiseRow("p", "s", "r", "q", "lead", "speed", "page", {}, "open", None, T0, T0 + 120 * SECOND, -1,
                 20 * SECOND, 80 * SECOND, warned=False, corrected=False)  # fmt: skip


def test_a_pause_is_seen_in_the_picture() -> None:
    """The standard's clock is drawn with its gap, the customer's without."""
    drawn = timeline(ROW, LINES, T0 + 100 * SECOND, UTC)
    assert [drawn.count(f"bar {kind}") for kind in ("runs", "stands", "waits")] == [2, 1, 1]
    assert "1 min 40 s passed for the customer, 20 s by the clock of the standard with 1 pause" in drawn


def test_what_was_not_sent_is_told_with_its_reason() -> None:
    """Whoever was not told finds out why, and so does whoever wonders."""
    kept_back = [Withheld("w", "p", "p.0", "Ania", "budget", T0), Withheld("x", "p", "p.0", "", "no-route", T0)]
    drawn = draw(SHELL, Story(PromiseView(ROW, LINES, [], "{}", kept_back), None, []))
    assert "to Ania: told in the next digest: there were enough messages for one hour" in drawn
    assert "not told: the policy names nobody for it" in drawn
    assert "Nobody was told anything about it." in drawn
