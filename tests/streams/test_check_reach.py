"""What history says to goals: one that no day reached is found, with the best day; one that a day reached is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from standards.judge.events import iso
from tests.streams.commands import kept

STANDARDS = """kept: 1
standards:
  called-back: {promise: We call back., what: Call., how: Soon., why: They wait., exceptions: None., owner: lead,
    aspect: ownership, per: contact, carry: [team], when: callback.promised, expect: callback.made, within: 1h}
"""
PRACTICE = """kept: 1
teams: {{desk: {{lead: lead}}}}
goals: {{back: {{team: desk, standard: called-back, kept: {}, over: day}}}}
"""
HOUR = 3_600_000_000
BEGIN = 1_767_600_000_000_000
"""2026-01-05 08:00 UTC."""


def check(folder: Path, goal: str, days: list[tuple[int, int]], team: str = "desk") -> str:
    """Check a goal against days of so many kept and broken promises."""
    lines = []
    for day, (good, bad) in enumerate(days):
        for number in range(good + bad):
            at, contact = BEGIN + day * 24 * HOUR, f"c{day}-{number}"
            data = {"contact": contact, "team": team}
            lines.append(("callback.promised", at, data))
            lines.append(("callback.made", at + HOUR // 2 if number < good else at + 3 * HOUR, data))
    lines.sort(key=lambda each: each[1])
    events = (
        {"specversion": "1.0", "id": str(number), "source": "t", "type": kind, "time": iso(at), "data": data}
        for number, (kind, at, data) in enumerate(lines)
    )
    (folder / "s.yaml").write_text(STANDARDS, encoding="utf-8")
    (folder / "p.yaml").write_text(PRACTICE.format(goal), encoding="utf-8")
    (folder / "e.jsonl").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    run = kept("check", str(folder / "s.yaml"), str(folder / "p.yaml"), "--history", str(folder / "e.jsonl"))
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(
    ("goal", "days", "team", "found"),
    [
        ("80%", [(3, 3), (5, 3), (2, 4)], "desk", "the best was 2026-01-06, with 5 of 8 kept"),
        ("60%", [(3, 3), (5, 3), (2, 4)], "desk", ""),
        ("80%", [(3, 3)], "desk", ""),
        ("80%", [(3, 3), (5, 3), (2, 4)], "shop", ""),
    ],
)
def test_a_goal_that_no_day_reached_is_found(
    tmp_path: Path, goal: str, days: list[tuple[int, int]], team: str, found: str
) -> None:
    """It takes ten promises of the team to say so, and one day that reached it to say nothing."""
    said = check(tmp_path, goal, days, team)
    assert ("out-of-reach" in said, found in said) == (bool(found), True)
