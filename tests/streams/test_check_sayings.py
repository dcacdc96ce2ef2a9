"""What history says to conditions and clocks: texts that never come, and counts that come too seldom."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.standards.samples import TELL
from tests.streams.commands import kept

TICKETS = f"""\
kept: 1
standards:
  it: {{{TELL}, per: ticket, when: {{event: ticket.opened, where: 'CONDITION'}}, expect: ticket.replied, within: 4h}}
"""
QUEUES = f"""\
kept: 1
FEEDS
standards:
  it: {{{TELL}, per: [site, queue], when: {{event: queue.length, where: waiting > 3}}, expect: register.opened,
    unless: {{event: queue.length, where: waiting <= 3}}, within: WITHIN}}
"""
START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def found(folder: Path, text: str, events: list[dict[str, object]]) -> list[str]:
    """Check a document against events; gives what is said of conditions and clocks."""
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in events), encoding="utf-8")
    run = kept("check", "a.yaml", "--history", "events.jsonl", cwd=folder)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    return [line for line in lines if line.startswith(("absent-text", "seldom-seen", "  fix: did", "  warning: no "))]


def event(number: int, at: float, kind: str, **data: object) -> dict[str, object]:
    time = (START + timedelta(seconds=at)).isoformat()
    return {"specversion": "1.0", "id": f"{number}", "source": "s", "type": kind, "time": time, "data": data}


def tickets(*channels: str | None) -> list[dict[str, object]]:
    return [
        event(number, number, "ticket.opened", ticket=f"t{number}", **({"channel": channel} if channel else {}))
        for number, channel in enumerate(channels)
    ]


def test_a_text_that_never_comes_is_shown_with_those_that_do(tmp_path: Path) -> None:
    """The texts of history stand beside it, the most frequent first, and the nearest is offered."""
    text = TICKETS.replace("CONDITION", 'channel in ["Phone", "chat"]')
    assert found(tmp_path, text, tickets("phone", "phone", "chat")) == [
        "absent-text: a.yaml:3:123",
        "  warning: no ticket.opened of this history has the channel 'Phone'; it has 'phone' (2), 'chat' (1)",
        "  fix: did you mean 'phone'?",
    ]


@pytest.mark.parametrize(
    ("condition", "channels"),
    [
        ('channel == "phone"', ("phone", "chat")),
        ('channel == "fax"', (None, None)),  # nobody says how they came: nothing is known
        ('channel == "fax"', ()),
        ('channel != "" and channel == "phone"', ("phone",)),
        ('ticket != "x"', tuple(f"c{number}" for number in range(1200))),  # names, not a list of words
    ],
)
def test_a_text_is_not_asked_about_where_history_cannot_say(
    tmp_path: Path, condition: str, channels: tuple[str | None, ...]
) -> None:
    """Texts that come, fields that nobody fills in, and fields with a thousand values give no warning."""
    assert found(tmp_path, TICKETS.replace("CONDITION", condition), tickets(*channels)) == []


def test_a_column_of_a_table_is_no_text_of_an_event(tmp_path: Path) -> None:
    """History has nothing to say to what a table says; of the event's own field beside it, it has."""
    (tmp_path / "desks.csv").write_text("channel,level\nphone,gold\n", encoding="utf-8")
    text = TICKETS.replace("standards:", "tables: {desks: {file: desks.csv, key: channel}}\nstandards:")
    text = text.replace("CONDITION", 'desks.level == "gold" and channel == "fone"')
    assert found(tmp_path, text, tickets("phone", "phone")) == [
        "absent-text: a.yaml:4:123",
        "  warning: no ticket.opened of this history has the channel 'fone'; it has 'phone' (2)",
        "  fix: did you mean 'phone'?",
    ]


@pytest.mark.parametrize(
    ("seconds", "within", "feeds", "asked"),
    [
        (300, "60s", "", True),
        (300, "5m", "", False),
        (30, "60s", "", False),
        (300, "60s", "feeds: {f: {events: [queue.length, register.opened], every: 5m, silent_after: 1h}}", False),
    ],
)
def test_counts_that_come_too_seldom_are_asked_about(
    tmp_path: Path, seconds: int, within: str, feeds: str, asked: bool
) -> None:
    """A promise that is over before the next count, as a rule, is found; a night between counts makes no rule."""
    night = 12 * 3600
    events = [
        event(number, number * seconds + (night if number > 20 else 0), "queue.length", site="s", queue="q", waiting=2)
        for number in range(40)
    ]
    text = QUEUES.replace("WITHIN", within).replace("FEEDS", feeds)
    assert [line.split(":")[0] for line in found(tmp_path, text, events)] == (["seldom-seen"] if asked else [])


def test_what_comes_twice_is_not_counted(tmp_path: Path) -> None:
    """A contact that waits twice in an hour is no count every half hour."""
    rule = "per: contact, when: contact.waiting, expect: contact.answered, within: 2m"
    text = f"kept: 1\nstandards:\n  it: {{{TELL}, {rule}}}\n"
    events = [event(number, number * 1800, "contact.waiting", contact=f"c{number // 2}") for number in range(40)]
    assert found(tmp_path, text, events) == []
