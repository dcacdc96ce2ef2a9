"""The live view shows what is owed and how it goes, in words as well as colours, whatever the terminal's size.

Next: `tests/data/live_*.txt`, the pictures it is compared with. `GOLDEN=write` writes them anew.
"""

import asyncio
import io
import json
import os
from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from standards.calendar.duration import SECOND
from standards.compiler.spec import Source, load
from standards.judge.ledger import Line
from standards.judge.promise import Kind, State, Verdict
from streams.floor.playing import DEMO_STANDARDS, DemoClock
from streams.live.folding import Folder, View
from streams.live.logging_setup import log_lines
from streams.live.screen import render, show, terminal
from streams.live.wording import words

T0 = 1_768_000_000 * SECOND
DATA = Path(__file__).parent.parent / "data"
OWN = """
kept: 1
standards:
  by-name: {promise: We greet you by your name., per: contact, when: contact.answered, must: by_name}
  weekly:
    promise: We talk about it every week.
    per: team
    expect: {event: meeting.held, where: present > 2}
    every: week
  rolling: {promise: It is short again soon., per: queue, when: contact.answered, measure: mean(waited), must: <= 180,
            over: 30m, step: 5m}
"""
STANDARDS = dict(
    load([Source("demo.yaml", DEMO_STANDARDS.read_text(encoding="utf-8")), Source("own.yaml", OWN)]).rulebook.current
)
DEMO = {name: standard for name, standard in STANDARDS.items() if name not in {"by-name", "weekly", "rolling"}}
VERDICT: dict[Kind, tuple[State, Verdict | None]] = {
    "opened": ("open", None), "warned": ("warned", None), "paused": ("paused", None), "resumed": ("open", None),
    "kept": ("kept", "kept"), "broken": ("broken", "broken"), "voided": ("void", "void"),
    "excused": ("excused", "excused"), "lost": ("unknown", "unknown"), "fulfilled_late": ("late", "broken"),
    "corrected": ("kept", "kept"),
}  # fmt: skip


def line(kind: Kind, standard: str, subject: str, at: float, *, opened: float = 0, due: float = -1) -> Line:
    """Make a line of the ledger; times are seconds after T0, and a negative due is none."""
    state, verdict = VERDICT[kind]
    instant, promise = T0 + round(at * SECOND), f"{standard}-{subject}-{opened}"
    return Line(
        id=f"{promise}-{at}", promise=promise, standard=standard, revision="r", subject=subject, kind=kind,
        at=instant, known=instant, opened=T0 + round(opened * SECOND), state=state, verdict=verdict,
        due=-1 if due < 0 else T0 + round(due * SECOND), was="broken" if kind == "corrected" else None,
    )  # fmt: skip


LINES = (
    line("opened", "someone-to-ask", "north", 0, due=240),
    line("opened", "no-wait", "south/q1", 4, opened=4, due=34),
    line("kept", "no-wait", "south/q1", 22, opened=4, due=34),
    line("opened", "no-wait", "north/q2", 9, opened=9, due=39),
    line("warned", "no-wait", "north/q2", 24, opened=9, due=39),
    line("broken", "no-wait", "north/q2", 39, opened=9, due=39),
    line("fulfilled_late", "no-wait", "north/q2", 56, opened=9, due=39),
    line("opened", "never-cold", "c-0007", 60, opened=60, due=60),
    line("broken", "never-cold", "c-0007", 60, opened=60, due=60),
    line("opened", "passed-on-once", "c-0007", 60, opened=60),
    line("opened", "followed-up", "c-0003", 61, opened=61, due=361),
    line("excused", "followed-up", "c-0003", 90, opened=61, due=361),
    line("opened", "no-wait", "south/q2", 70, opened=70, due=100),
    line("lost", "no-wait", "south/q2", 100, opened=70, due=100),
    line("opened", "heard-soon", "support", 50, opened=50, due=180),
    line("opened", "followed-up", "c-0005", 100, opened=100, due=400),
    line("paused", "followed-up", "c-0005", 110, opened=100, due=400),
    line("opened", "no-wait", "north/q1", 101, opened=101, due=131),
    line("warned", "no-wait", "north/q1", 116, opened=101, due=131),
)
NOW = T0 + 121 * SECOND


def picture(*lines: Line) -> View:
    folder = Folder(DEMO, name="Kept demo", api="http://127.0.0.1:8080")
    for one in lines:
        folder.add(one)
    return folder.view(NOW, low=NOW - 90 * SECOND, speed=60)


def drawn(view: View, width: int, height: int) -> str:
    """Draw the picture as a terminal without colours shows it."""
    console = Console(file=io.StringIO(), width=width, height=height, record=True, color_system=None, no_color=True)
    console.print(render(view, width, height))
    return "\n".join(row.rstrip() for row in console.export_text().splitlines()) + "\n"


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 30)])
def test_the_picture_is_the_golden_one(width: int, height: int) -> None:
    """The view says the same in words on a terminal without colours, narrow or wide."""
    golden = DATA / f"live_{width}x{height}.txt"
    seen = drawn(picture(*LINES), width, height)
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [20, 50, 80, 109, 110, 250])
@pytest.mark.parametrize("height", [8, 12, 24, 70])
def test_the_picture_fits_the_terminal(width: int, height: int) -> None:
    """Whatever the size, nothing is drawn outside of it, before the first promise and after."""
    for lines in ((), LINES):
        rows = drawn(picture(*lines), width, height).splitlines()
        assert len(rows) <= height
        assert max(len(row) for row in rows) <= width


def test_the_warned_come_first_and_then_the_nearest() -> None:
    """Open promises stand in the order in which somebody should look at them; those without a time are counted."""
    view = picture(*LINES)
    assert [owed.line.subject for owed in view.owed] == ["north/q1", "support", "north", "c-0005"]
    assert view.endless == 1


@pytest.mark.parametrize("width", [80, 109, 110, 120, 132, 160])
def test_whom_it_is_owed_to_is_seen_at_any_width(width: int) -> None:
    """However long the names of the standards are, the place of what is overdue or warned of is on the screen."""
    named = replace(STANDARDS["no-wait"], id="nothing-lost-between-shifts")
    folder = Folder({named.id: named}, zone=UTC)
    for kind in ("opened", "warned", "broken"):
        folder.add(line(kind, named.id, "north/q1", 1, due=1))
    overdue = drawn(folder.view(NOW), width, 30).partition("Newest verdicts")[0]
    assert "north/q1" in overdue
    assert "Open the next register." in overdue


@pytest.mark.parametrize("width", [80, 100, 109, 110, 120])
def test_whoever_is_warned_sees_what_to_do_at_any_width(width: int) -> None:
    """The action is on the screen for every warned promise, on the usual terminals too; and how, for the first one."""
    more = (
        line("opened", "no-wait", "east/q9", 102, opened=102, due=132),
        line("warned", "no-wait", "east/q9", 117, opened=102, due=132),
    )
    text = drawn(picture(*LINES, *more), width, 30)
    assert text.count("Open the next register.") == 2
    assert text.count("Call the next name on the standby list.") == 1
    assert "Open the next register." in drawn(picture(*LINES), width, 18)


def test_an_excuse_after_a_break_is_told_as_a_grant() -> None:
    """A promise that was broken and then excused is not said to rest on late evidence: somebody granted it."""
    corrected = replace(line("corrected", "no-wait", "x", 40, due=30), state="excused", verdict="excused")
    assert words(corrected, STANDARDS["no-wait"]) == "from broken to excused, an exception was granted"


def test_what_went_wrong_stays_while_the_kept_ones_pass() -> None:
    """A broken promise stays on the screen for as long as no newer trouble needs its row."""
    many = [line("kept", "no-wait", f"east/q{number}", 100 + number, due=200) for number in range(50)]
    text = drawn(picture(*LINES, *many), 80, 24)
    assert "no transfer briefed in the 2 min" in text
    assert "east/q49" in text


def test_what_came_with_an_event_cannot_disturb_the_screen() -> None:
    """A subject is shown as the text it is: no markup, no control sequence, no second row."""
    subject = "[red]\x1b[2Ja\nb"
    hostile = (
        line("opened", "no-wait", subject, 100, opened=100, due=130),
        line("opened", "no-wait", subject, 101, opened=101, due=131),
        line("kept", "no-wait", subject, 102, opened=101, due=131),
    )
    text = drawn(picture(*hostile), 120, 24)
    assert text.count("[red]?[2J") == 2
    assert len(text.splitlines()) == 24
    stream = io.StringIO()
    log_lines(DEMO, stream)(hostile[0])
    assert "\x1b" not in stream.getvalue()


def test_only_what_is_open_is_remembered() -> None:
    """Memory grows with what is open and not with history, and the counts go on."""
    folder = Folder(DEMO)
    for number in range(1000):
        folder.add(line("opened", "no-wait", "north/q1", number, opened=number, due=number + 30))
        folder.add(line("kept", "no-wait", "north/q1", number + 1, opened=number, due=number + 30))
    view = folder.view(T0)
    assert view.owed == []
    assert len(view.told) < 100
    assert next(row.score.kept for row in view.rows if row.standard.id == "no-wait") == 1000


@pytest.mark.parametrize(
    ("kind", "standard", "said"),
    [
        ("opened", "no-wait", "30 s to go"),
        ("warned", "no-wait", "15 s left. Open the next register."),
        ("paused", "no-wait", "0 s counted so far"),
        ("kept", "no-wait", "with 15 s to spare"),
        ("broken", "no-wait", "no register opened within 30 s"),
        ("voided", "no-wait", "the need went away"),
        ("excused", "no-wait", "an exception was granted"),
        ("lost", "no-wait", "nothing was heard of tills"),
        ("fulfilled_late", "no-wait", "done 20 s after the time"),
        ("corrected", "no-wait", "from broken to kept, on late evidence"),
        ("kept", "never-cold", "transfer briefed before"),
        ("broken", "never-cold", "no transfer briefed in the 2 min before"),
        ("kept", "passed-on-once", "no more than 1 transfer completed"),
        ("broken", "passed-on-once", "more than 1 transfer completed"),
        ("kept", "heard-soon", "the share with waited at most 20 was at least 80%"),
        ("broken", "heard-soon", "the share with waited at most 20 was not at least 80%"),
        ("voided", "heard-soon", "fewer than 5 to judge by"),
        ("broken", "someone-to-ask", "no floor walked for 4 min"),
        ("kept", "by-name", "by name"),
        ("broken", "by-name", "not by name"),
        ("broken", "weekly", "no meeting held with present over 2 this week"),
        ("kept", "rolling", "the mean of waited was at most 180 in each 30 min, every 5 min"),
        ("broken", "rolling", "the mean of waited was not at most 180 in the last 30 min"),
    ],
)
def test_a_line_is_said_in_plain_words(kind: Kind, standard: str, said: str) -> None:
    """Each kind of line of each shape has words that say what happened or what did not."""
    at = {"opened": 0, "warned": 15, "kept": 15, "fulfilled_late": 50}.get(kind, 30)
    assert words(line(kind, standard, "x", at, due=30), STANDARDS[standard]) == said


async def shown(folder: Folder, *, cancel: bool) -> str:
    """Show the view on a terminal of a kind, end it, and give everything that was printed."""
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=True, record=True)
    stop, looked = asyncio.Event(), asyncio.Event()

    def low() -> int:
        looked.set()
        return NOW

    showing = asyncio.create_task(show(folder, DemoClock(NOW), stop, console=console, low=low))
    await looked.wait()
    if cancel:
        showing.cancel()
    else:
        stop.set()
    await asyncio.wait([showing])
    assert showing.cancelled() is cancel
    return console.export_text()


@pytest.mark.parametrize("cancel", [False, True])
async def test_the_view_ends_with_the_counts(cancel: bool) -> None:
    """However the view is ended, its last words are the counts of what happened."""
    folder = Folder(DEMO)
    for one in LINES:
        folder.add(one)
    printed = await shown(folder, cancel=cancel)
    last = printed[printed.rindex("10 promises") :].splitlines()
    assert last[0] == "10 promises: 1 kept, 2 broken, 1 excused, 1 unknown, 5 open"
    assert len(last) == 1 + len(DEMO)


def test_without_a_terminal_there_is_no_live_view(capsys: pytest.CaptureFixture[str]) -> None:
    """Where stdout is a file or a pipe, the terminal says that it is none."""
    assert not terminal().is_terminal


def test_a_log_line_can_be_read_by_a_machine() -> None:
    """As JSON each line of the ledger is one object; a correction is a warning where somebody has to act after it."""
    stream = io.StringIO()
    log = log_lines(STANDARDS, stream, as_json=True)
    broken = LINES[5]
    worse = replace(broken, kind="corrected")
    better = replace(broken, kind="corrected", state="kept", verdict="kept", was="broken")
    again = replace(broken, kind="corrected", state="warned", verdict=None, was="broken")
    for one in (*LINES[3:6], worse, better, again):
        log(one)
    logged = [json.loads(row) for row in stream.getvalue().splitlines()]
    assert [(row["event"], row["level"]) for row in logged] == [
        ("opened", "info"), ("warned", "warning"), ("broken", "warning"),
        ("corrected", "warning"), ("corrected", "info"), ("corrected", "warning"),
    ]  # fmt: skip
    assert all(row.pop("timestamp") for row in logged)
    assert logged[2] == {
        "event": "broken", "level": "warning", "at": "2026-01-09T23:07:19Z", "standard": "no-wait",
        "subject": "north/q2", "promise": LINES[3].promise, "because": "no register opened within 30 s",
        "kind": "broken", "owner": "", "id": LINES[5].id,
    }  # fmt: skip


def test_a_log_line_can_be_read_by_a_person() -> None:
    """As text, each line of the ledger is one row with the same facts, without words for a standard that has gone."""
    stream = io.StringIO()
    log = log_lines({}, stream)
    log(LINES[2])
    (row,) = stream.getvalue().splitlines()
    assert "kept" in row
    assert "subject=south/q1" in row
    assert "because" not in row
