"""The live view on a terminal: open promises with their countdowns, the newest verdicts, how each standard goes.

Whatever is told by a colour is told by a word too, so that it reads the same without colours.
Read next: `logging_setup.py`, for where there is no terminal.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from textwrap import wrap
from typing import TYPE_CHECKING, Final, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from alerts.routing.place import called
from standards.calendar.duration import SECOND, spoken
from standards.judge.events import moment
from streams.live.wording import WORDS, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import JustifyMethod, RenderableType

    from standards.judge.ledger import Line
    from standards.judge.promise import Kind
    from standards.judge.standard import Standard
    from streams.live.folding import Folder, Owed, Row, Told, View

    Column = tuple[int | None, JustifyMethod]

WIDE: Final = 110
"""From so many columns on what is to be done stands beside its promise, and the promises in the customer's words.

Below, what is to be done stands in a row of its own: whoever can still act has to see it at any width.
"""
EVERY: Final = 0.3
"""How long a picture stands, in seconds."""
_LONGEST: Final = 64
_STATE_WIDTH: Final = 9
_INDENT: Final = _STATE_WIDTH + 1
_HOW_ROWS: Final = 2
_TODO_WIDTH: Final = 44
_SUBJECT_WIDTH: Final = 10
"""Where there is less room for whom it is owed to, what is to be done gets a row of its own."""
_COUNTS_WIDTH: Final = 28
STYLES: Final[dict[Kind, str]] = {
    "kept": "green", "broken": "bold red", "voided": "dim", "excused": "cyan", "lost": "bold magenta",
    "fulfilled_late": "yellow", "ended": "dim", "given_up": "dim", "undone": "yellow", "corrected": "cyan",
}  # fmt: skip


_URGENT: Final = ("broken", "warned")
"""The states of promises that need a hand."""


class Clock(Protocol):
    """The host's wall clock."""

    speed: float

    def wall(self) -> int:
        """Give the time in microseconds UTC."""


def terminal() -> Console:
    """Give the terminal on stdout; it obeys NO_COLOR. Its `is_terminal` says whether there is one."""
    return Console()


async def show(folder: Folder, clock: Clock, stop: asyncio.Event, *, console: Console, low: Callable[[], int]) -> None:
    """Show the live view until `stop` is set or the task is cancelled, then print the counts. `low`: the watermark."""
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while not stop.is_set():
                view = folder.view(clock.wall(), low=low(), speed=clock.speed)
                live.update(render(view, console.width, console.height), refresh=True)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), EVERY)
    finally:
        console.print(summary(folder.view(clock.wall())))


def render(view: View, width: int, height: int) -> RenderableType:
    """Draw the picture into `width` columns and `height` rows."""
    scores = max(0, min(len(view.rows), height - 7))
    rows = max(2, height - 4 - scores)  # the header and three titles are the other rows
    return Group(
        _header(view, width),
        _owed(view, width, rows - rows // 2),
        _told(view, width, rows // 2),
        _section("Kept so far", _scores(view.rows[:scores], width), scores, scores),
    )


def summary(view: View) -> RenderableType:
    """Say in a few rows how it went."""
    total: Counter[str] = Counter()
    for row in view.rows:
        total.update(row.score.counts())
    opened = total.pop("opened", 0)
    counts = ", ".join(f"{count} {name}" for name, count in total.items() if count)
    return Group(Text(f"{opened} promises" + (f": {counts}" if counts else "")), _scores(view.rows))


def _header(view: View, width: int) -> RenderableType:
    facts = [f"{moment(view.now).astimezone(view.zone):%H:%M:%S %Z}"]
    if view.speed != 1:
        facts.append(f"{view.speed:g}× speed")
    if view.low >= 0:
        facts.append(f"{max(0, view.now - view.low) / SECOND / view.speed:.1f} s behind")
    grid = _grid(width, (None, "left"), (len(view.api), "right"))
    grid.add_row(Text.assemble((f" {view.name}", "bold"), "  ", " · ".join(facts)), Text(view.api, style="dim"))
    return grid


def _owed(view: View, width: int, rows: int) -> RenderableType:
    lines: list[RenderableType] = []
    for owed in view.owed[:rows]:
        lines += _owed_lines(owed, view, width)
    if view.owed and view.owed[0].line.state in _URGENT:  # the most urgent one: where there is room, how it is done
        room = min(_HOW_ROWS, rows - len(lines))
        first = len(_owed_lines(view.owed[0], view, width))
        lines[first:first] = _how(view.owed[0].standard, width, room)
    overdue = sum(owed.line.state == "broken" for owed in view.owed)
    title = (f"Overdue · {overdue}, " if overdue else "") + f"Open promises · {len(view.owed) - overdue}"
    title += f" and {view.endless} without a time" if view.endless else ""
    return _titled(title, [*lines[:rows], *(Text() for _ in range(rows - len(lines)))])


def _owed_lines(owed: Owed, view: View, width: int) -> list[RenderableType]:
    """Give the row of an open promise and, where that has no room for what is to be done, a second one for it."""
    what = owed.standard.what if owed.standard and owed.line.state in _URGENT else ""
    todo = Text(what, "bold yellow", no_wrap=True, overflow="ellipsis")
    bar, name = max(8, width // 6), _widest(view.rows)
    left = width - sum(size + 1 for size in (_STATE_WIDTH, name, bar, 16, _TODO_WIDTH))
    wide = width >= WIDE and left >= _SUBJECT_WIDTH
    rest: tuple[Column, ...] = ((_TODO_WIDTH, "left"),) if wide else ()
    grid = _grid(width, (_STATE_WIDTH, "left"), (name, "left"), (None, "left"), (bar, "left"), (16, "right"), *rest)
    grid.add_row(*_owed_row(owed.line, view.now), *([todo] if wide else []))
    more = [Text(owed.joined, "dim", no_wrap=True, overflow="ellipsis")] if what and owed.joined else []
    return [grid, *(Padding.indent(text, _INDENT) for text in ([] if wide or not todo else [todo]) + more)]


def _how(standard: Standard | None, width: int, room: int) -> list[RenderableType]:
    if standard is None or room < 1:
        return []
    wrapped = wrap(standard.how, max(20, width - _INDENT), max_lines=room, placeholder=" ...")
    return [Padding.indent(Text(line, no_wrap=True, overflow="ellipsis"), _INDENT) for line in wrapped]


def _owed_row(line: Line, now: int) -> list[RenderableType]:
    left, total = line.due - now, max(1, line.due - line.opened)
    warned, paused = line.state == "warned", line.state.startswith("paused")
    if line.state == "broken":
        late = Text(f"{spoken(max(0, -left))} late", "bold red")
        return [
            Text("x overdue", "bold red"),
            Text(line.standard),
            Text(_whom(line)),
            Text(),
            late,
        ]
    style = "bold yellow" if warned else "dim" if paused else ""
    word = "! warned" if warned else "  paused" if paused else "  open"
    says = "" if paused else f"{spoken(left)} left" if left >= SECOND else "time is up"
    colour = "yellow" if warned else "blue"
    bar = ProgressBar(
        total, min(total, max(0, left)), complete_style=colour, finished_style=colour, style="bright_black"
    )
    return [
        Text(word, style),
        Text(line.standard, style),
        Text(_whom(line), style),
        bar,
        Text(says, style),
    ]


def _told(view: View, width: int, rows: int) -> RenderableType:
    grid = _grid(width, (9, "left"), (9, "left"), (_widest(view.rows), "left"), (10, "left"), (None, "left"))
    for line, words, _ in _chosen(view.told, rows):
        style = STYLES.get(line.kind, "")
        when = Text(f" {moment(line.at).astimezone(view.zone):%H:%M:%S}", "dim")
        word, subject = Text(WORDS[line.kind], style), Text(_whom(line))
        grid.add_row(when, word, Text(line.standard), subject, Text(words, style))
    return _section("Newest verdicts", grid, rows, len(view.told))


def _chosen(told: Sequence[Told], rows: int) -> list[Told]:
    """Choose what to show: half of the rows for what somebody should look at, so that it stays for a while."""
    notable = [one for one in told if not one.plain]
    plain = [one for one in told if one.plain]
    notable = notable[: max(rows - len(plain), (rows + 1) // 2)]
    return sorted([*notable, *plain[: rows - len(notable)]], key=lambda one: one.line.at, reverse=True)


def _scores(rows: Sequence[Row], width: int = 0) -> Table:
    """Make the table of scores; without a width it takes what it needs."""
    names: Column = (_widest(rows) + 1, "left")
    wide = width >= WIDE
    rest: tuple[Column, ...] = ((_COUNTS_WIDTH, "left"), (None, "left")) if wide else ((None, "left"),)
    grid = _grid(width, names, (14, "left"), (5, "right"), (10, "left"), *rest)
    for standard, score in rows:
        rate, goal = score.kept_rate, standard.objective.kept if standard.objective else None
        below = rate is not None and goal is not None and rate < goal
        named = ((getattr(score, name), name) for name in ("kept", "broken", "excused", "unknown", "void"))
        counts = [f"{count} {name}" for count, name in named if count]
        style = "yellow" if below else "green" if rate is not None else "dim"
        share = Text("-" if rate is None else f"{rate:.0%}", f"bold {style}")
        aim = Text("" if goal is None else f"goal {goal:.0%}{' !' if below else ''}", style)
        name, aspect = Text(f" {standard.id}"), Text(standard.aspect, "dim")
        promise = [Text(standard.promise, "dim")] if wide else []
        grid.add_row(name, aspect, share, aim, Text(", ".join(counts)), *promise)
    return grid


def _widest(rows: Sequence[Row]) -> int:
    return min(_LONGEST, max((len(row.standard.id) for row in rows), default=0))


def _grid(width: int, *columns: Column) -> Table:
    """Make a table without lines, `width` columns wide if not 0. A column of None takes what the others leave."""
    grid = Table.grid(padding=(0, 1, 0, 0), expand=width > 0)
    grid.width = width or None
    for size, side in columns:
        grid.add_column(width=size, ratio=1 if size is None and width else None, justify=side, no_wrap=True)
    return grid


def _section(title: str, grid: Table, rows: int, there: int) -> RenderableType:
    """Give a titled part that is always `rows` rows high, so that nothing jumps when its content changes."""
    for _ in range(rows - min(rows, there)):
        grid.add_row()
    return _titled(title, [grid])


def _titled(title: str, content: Sequence[RenderableType]) -> RenderableType:
    return Group(Rule(Text(title, "bold"), align="left", style="bright_black"), *content)


def _whom(line: Line) -> str:
    return printable(called(line.subject, {}))
