"""What history says to scopes and to its own order: events that open nothing, and events that come too late."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.standards.samples import TELL
from tests.streams.commands import kept

MOVES = 'in-support: {when: {event: ticket.moved, where: team == "support"}, until: ticket.moved}'
STATES = f"states: {{{MOVES}, answered: {{when: ticket.replied}}, solved: {{when: ticket.completed}}}}"
ANSWERED = "when: customer.wrote, again: judged, expect: ticket.replied, within: 2h"
COUNTED = "when: customer.wrote, at_most: 3, within: 1d"
START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def event(line: str, number: int) -> dict[str, object]:
    """Read a line: minutes after eight o'clock, an event type and fields."""
    at, kind, *fields = line.split()
    data = dict(field.split("=", 1) for field in fields)
    names = {"source": "desk", "id": data.pop("id", str(number))}
    time = (START + timedelta(minutes=float(at))).isoformat()
    return {"specversion": "1.0", **names, "type": kind, "time": time, "data": {"ticket": "t1", **data}}


def warned(folder: Path, rule: str, *histories: list[str]) -> list[str]:
    """Check a standard against files of events; gives the warnings about scopes and order."""
    states = STATES if "while" in rule else ""
    text = f"kept: 1\n{states}\nstandards:\n  it: {{{TELL}, per: ticket, {rule}}}\n"
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    options = []
    for place, history in enumerate(histories):
        lines = [json.dumps(event(line, 1_000 * place + number)) for number, line in enumerate(history)]
        (folder / f"{place}.jsonl").write_text("\n".join(lines), encoding="utf-8")
        options += ["--history", f"{place}.jsonl"]
    run = kept("check", "a.yaml", *options, "--format", "json", cwd=folder)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)["findings"]
    return [each["found"] for each in found if each["check"] in {"no-scope", "too-late"}]


@pytest.mark.parametrize(
    ("state", "history", "asked"),
    [
        ("in-support", ["0 customer.wrote"], 1),
        ("in-support", ["0 customer.wrote", "1 customer.wrote", "9 ticket.moved team=sales"], 2),
        ("in-support", ["0 customer.wrote", "9 ticket.moved team=support"], 0),
        ("in-support", ["0 customer.wrote", "5 ticket.replied", "9 ticket.moved team=support"], 0),
        ("in-support", ["0 customer.wrote", "5 ticket.moved team=sales", "9 ticket.moved team=support"], 1),
        ("in-support", ["0 ticket.moved team=sales", "9 customer.wrote"], 0),
        ("in-support and not solved", ["0 ticket.completed", "9 customer.wrote"], 0),
        ("in-support and not solved", ["0 ticket.moved team=support", "9 customer.wrote"], 0),
        ("answered and not solved", ["0 customer.wrote", "9 ticket.replied", "10 customer.wrote"], 0),
        ("not solved", ["0 customer.wrote"], 0),
    ],
)  # fmt: skip
def test_what_may_have_been_owed_is_counted(tmp_path: Path, state: str, history: list[str], asked: int) -> None:
    """Where its state begins later, an event opened nothing rightly; where it ends first or never comes, who knows."""
    found = warned(tmp_path, f"{ANSWERED}, while: {state}", history)
    assert [text.split(" of this")[0] for text in found] == ([f"{asked} event{'s' * (asked > 1)}"] if asked else [])


def test_an_example_says_what_is_not_known_of_whom(tmp_path: Path) -> None:
    """The first of them is named, in the words of the file; what is counted and not owed has its own word."""
    lines = ["0 customer.wrote", "1 customer.wrote ticket=t2", "2 ticket.moved ticket=t2 team=support"]
    (said,) = warned(tmp_path, f"{COUNTED}, while: in-support", lines)
    assert said == (
        "1 event of this history did not count, as nothing before says whether this is so: the first is "
        "customer.wrote of t1 at 2026-01-05T08:00:00Z; 0 promises opened"
    )


WEEK = 7 * 24 * 60
"""Minutes in a week: so long a subject is remembered."""
UNKNOWN = "1 event of this history opened nothing, as nothing before says whether this is so: the first is "
FORGOTTEN = (
    "1 event of this history opened nothing, as the state had begun, and was forgotten after 1w without an event: the "
    "first is "
)
BEGUN = "0 ticket.moved team=support"


@pytest.mark.parametrize(
    ("keys", "history", "asked"),
    [
        ("in-support", [BEGUN, f"{WEEK} customer.wrote"], []),  # exactly so long after it is still remembered
        ("in-support", [BEGUN, f"{WEEK + 1} customer.wrote"], [FORGOTTEN]),
        (
            "in-support",
            ["0 customer.wrote", "1 ticket.moved team=support", "2 ticket.replied", f"{WEEK + 3} customer.wrote"],
            [FORGOTTEN],
        ),
        ("in-support", [BEGUN, f"{WEEK + 1} ticket.replied", f"{WEEK + 2} customer.wrote"], [FORGOTTEN]),
        ("in-support", [BEGUN, "1 ticket.moved team=sales", f"{WEEK + 2} customer.wrote"], []),
        ("in-support and not solved", [BEGUN, "1 ticket.completed", f"{WEEK + 2} customer.wrote"], []),
        ("in-support, forget_after: 520w", [BEGUN, f"{WEEK + 1} customer.wrote"], []),
        (
            "in-support",
            [BEGUN, "1 customer.wrote ticket=t2", f"{WEEK + 1} customer.wrote"],
            [UNKNOWN, FORGOTTEN],
        ),
    ],
)
def test_what_was_forgotten_is_told_apart(tmp_path: Path, keys: str, history: list[str], asked: list[str]) -> None:
    """Where history says that there was something to owe, and quiet days took it away, that is what is said."""
    found = warned(tmp_path, f"{ANSWERED}, while: {keys}", history)
    assert [text.partition("customer.wrote")[0] for text in found] == asked


@pytest.mark.parametrize(("promises", "asked"), [(20, True), (21, False)])
def test_the_edge_of_a_history_is_no_fault(tmp_path: Path, promises: int, asked: bool) -> None:
    """What began before the first line is in no file: one event in more than twenty promises is not asked about."""
    lines = ["0 customer.wrote"]
    for number in range(promises):
        lines += [f"1 ticket.moved ticket=s{number} team=support", f"1 customer.wrote ticket=s{number}"]
    assert bool(warned(tmp_path, f"{ANSWERED}, while: in-support", lines)) is asked


OPENED = "when: ticket.opened, expect: ticket.replied, within: 2h"
LATE = ["0 ticket.opened", "60 ticket.opened ticket=t2", "30 ticket.replied", "61 ticket.replied ticket=t2"]


@pytest.mark.parametrize(
    ("rule", "histories"),
    [
        (f"{OPENED}, lateness: 30m", [LATE]),
        (OPENED, [sorted(LATE, key=lambda line: int(line.split()[0]))]),
        (OPENED, [LATE[:2], LATE[2:]]),  # two files, each of them in order
        (OPENED, [[*LATE[:2], "60.01 ticket.replied", "60 ticket.replied ticket=t2"]]),  # no more than a second
        (OPENED, [["0 ticket.opened id=a", "60 ticket.opened ticket=t2", "0 ticket.opened id=a"]]),  # it came twice
        (OPENED, [[*LATE, *(f"62 ticket.opened ticket=u{number}" for number in range(97))]]),
    ],
)
def test_what_is_in_time_is_not_asked_about(tmp_path: Path, rule: str, histories: list[list[str]]) -> None:
    """In order, as late as the standard waits for, merged, repeated, or one in more than a hundred: nothing is said."""
    assert warned(tmp_path, rule, *histories) == []


def test_what_came_too_late_is_counted(tmp_path: Path) -> None:
    """How many of those that it looks at, how far they are behind, and the first of them."""
    more = [f"62 ticket.opened ticket=u{number}" for number in range(96)]
    (said,) = warned(tmp_path, f"{OPENED}, lateness: 29m", [*LATE, *more])
    assert said == (
        "1 of 100 events that it looks at came too late in this history: they stand behind newer ones, by up to 30m; "
        "the first is ticket.replied at 2026-01-05T08:30:00Z"
    )
