"""Promises that are kept while all is closed are counted, and said: they make a share of kept ones look better."""

import json
from pathlib import Path

from tests.streams.commands import kept

RULES = """kept: 1
calendars:
  office: {timezone: UTC, hours: {mon-fri: ["09:00-17:00"]}}
standards:
  answered:
    promise: You hear from us.
    per: [contact]
    when: complaint.received
    expect: followup.completed
    within: 8h
    calendar: office
"""


def _line(number: int, kind: str, time: str, contact: str) -> str:
    data = {"contact": contact, "by": "ann"} if kind == "followup.completed" else {"contact": contact}
    event = {"specversion": "1.0", "id": str(number), "source": "desk", "type": kind, "time": time, "data": data}
    return json.dumps(event)


def test_what_is_kept_with_no_open_time_gone_by_is_counted(tmp_path: Path) -> None:
    """One on a Sunday, one overnight to the very opening, one by day, and one answered at the instant it came."""
    (tmp_path / "rules.yaml").write_text(RULES)
    times = [
        ("2026-01-10T09:00:00Z", "2026-01-11T15:00:00Z"),
        ("2026-01-12T17:00:00Z", "2026-01-13T09:00:00Z"),
        ("2026-01-13T10:00:00Z", "2026-01-13T11:00:00Z"),
        ("2026-01-13T20:00:00Z", "2026-01-13T20:00:00Z"),
    ]
    lines = []
    for number, (came, done) in enumerate(times):
        lines += [
            _line(2 * number, "complaint.received", came, f"c{number}"),
            _line(2 * number + 1, "followup.completed", done, f"c{number}"),
        ]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))
    run = kept("backtest", "rules.yaml", "--events", "events.jsonl", cwd=tmp_path)
    said = "2 of the kept were kept while all was closed: no open time had gone by."
    assert f"  {said}\n" in run.stdout
    run = kept("backtest", "rules.yaml", "--events", "events.jsonl", "--html", "page.html", cwd=tmp_path)
    assert said in (tmp_path / "page.html").read_text(encoding="utf-8")
    run = kept("backtest", "rules.yaml", "--events", "events.jsonl", "--markdown", cwd=tmp_path)
    assert f"* answered: You hear from us. {said}" in run.stdout
    run = kept("backtest", "rules.yaml", "--events", "events.jsonl", "--json", cwd=tmp_path)
    assert json.loads(run.stdout)["kept_closed"] == {"answered": 2}
