"""Exports by the API: what went in can be got out, as it is stored, by whom it is for."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from standards.judge.events import iso
from standards.judge.ledger import Line
from streams.names.references import is_reference, references_in
from streams.web import Access
from tests.streams.asking import LINES, Answer, Caller, Peopled, asking, cloud, register, waiting
from tests.streams.hosting import SECOND, T0

CSV = "text/csv"
SENT = [
    waiting("a", T0 - 3 * SECOND),
    waiting("b", T0, queue="=1+1"),
    register("c", T0 - SECOND),
    waiting("ahead", T0 + SECOND, people=2),
]


async def filled(caller: Caller) -> Caller:
    for event in SENT:
        caller.clock.go(1)
        assert (await caller.send(event)).status == 202
    await caller.pass_time(100)
    return caller


def lines_of(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert (answer.status, answer.headers["Content-Type"]) == (200, f"{CSV}; charset=utf-8"), answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_events_come_out_as_they_were_sent(tmp_path: Path) -> None:
    """Each event is given once, in the order in which it was received, as it was sent, and with when that was."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        found = lines_of(await caller.get("/v1/events", Accept=LINES))
    assert [{name: value for name, value in each.items() if name != "keptreceived"} for each in found] == SENT
    assert [each["keptreceived"] for each in found] == [iso(T0 + second * SECOND) for second in (1, 2, 3, 4)]


async def test_a_page_leads_to_the_next_one(tmp_path: Path) -> None:
    """Whatever the size of a page, all pages together have what one stream has, events of one request as well."""
    async with asking(tmp_path) as caller:
        await caller.send(*SENT)
        await filled(caller)
        for what in ("events", "ledger"):
            whole = lines_of(await caller.get(f"/v1/{what}", Accept=LINES))
            for limit in (1, 3, 500):
                found: list[Any] = []
                after: str | None = ""
                while after is not None:
                    page = (await caller.get(f"/v1/{what}?limit={limit}" + (f"&after={after}" if after else ""))).json
                    assert len(page["items"]) <= limit
                    found, after = found + page["items"], page["next"]
                assert json.dumps(found) == json.dumps(whole)


async def test_a_page_says_how_far_it_goes_back(tmp_path: Path) -> None:
    """Since when nothing is missing, and up to when it was judged, stands in a page, and beside a stream."""
    async with asking(tmp_path) as caller:
        empty = (await caller.get("/v1/events")).json
        assert (empty["items"], empty["next"], empty["whole_since"]) == ([], None, None)
        await filled(caller)
        page = (await caller.get("/v1/events")).json
        stream = (await caller.get("/v1/events", Accept=CSV)).headers
    expected = (iso(T0 + SECOND), iso(caller.clock.at))
    assert (page["whole_since"], page["judged_until"]) == expected
    assert (stream["Kept-Whole-Since"], stream["Kept-Judged-Until"]) == expected


async def test_the_ledger_comes_out_byte_for_byte(tmp_path: Path) -> None:
    """The lines are those that are stored, as a backtest writes them; and a page of JSON has the same in it."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        stored = b"".join(msgspec.json.encode(line) + b"\n" for line in caller.host.read_model.lines())
        answer, page = await caller.get("/v1/ledger", Accept=LINES), await caller.get("/v1/ledger?limit=2")
    assert answer.text.encode() == stored
    assert len(stored.splitlines()) > 3
    assert msgspec.json.decode(msgspec.json.encode(page.json["items"]), type=list[Line]) == [
        msgspec.json.decode(line, type=Line) for line in stored.splitlines()[:2]
    ]


async def test_a_part_can_be_asked_for(tmp_path: Path) -> None:
    """Events by when they were received and their type, lines by when they took effect, up to before a time."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        span = f"from={iso(T0 + 2 * SECOND)}&to={iso(T0 + 4 * SECOND)}"
        assert [each["id"] for each in lines_of(await caller.get(f"/v1/events?{span}", Accept=LINES))] == ["b", "c"]
        typed = await caller.get(f"/v1/events?{span}&type=register.opened")
        assert [each["id"] for each in typed.json["items"]] == ["c"]
        everything = lines_of(await caller.get("/v1/ledger", Accept=LINES))
        after = lines_of(await caller.get(f"/v1/ledger?from={iso(T0)}", Accept=LINES))
        before = lines_of(await caller.get(f"/v1/ledger?to={iso(T0)}", Accept=LINES))
        assert before
        assert after
        assert sorted(map(str, before + after)) == sorted(map(str, everything))
        assert (await caller.get("/v1/events?until=2026-01-01T00:00:00Z")).status == 400
        assert (await caller.get("/v1/events?after=nowhere")).status == 400


async def test_a_table_is_for_a_spreadsheet(tmp_path: Path) -> None:
    """Fields are columns, and what a spreadsheet would take for a formula is a text."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        events, ledger = await caller.get("/v1/events", Accept=CSV), await caller.get("/v1/ledger", Accept=CSV)
    rows = rows_of(events)
    assert events.text.splitlines()[0] == "received,time,type,source,id,data.queue,data.site,data.waiting"
    assert [row["data.queue"] for row in rows] == ["q1", "'=1+1", "q1", "q1"]
    assert rows[0]["data.waiting"] == "4"
    assert rows[2]["data.waiting"] == ""
    broken = next(row for row in rows_of(ledger) if row["kind"] == "broken")
    assert (broken["standard"], broken["fields.queue"], broken["elapsed_seconds"]) == ("no-wait", "'=1+1", "60.0")
    assert broken["at"] == broken["due_at"] == iso(T0 + 60 * SECOND)


async def test_a_score_is_of_a_span_and_is_a_table_too(tmp_path: Path) -> None:
    """Promises count that were opened from a time up to before another; JSON and the table say the same."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        whole = (await caller.get("/v1/score")).json["items"][0]
        (row,) = rows_of(await caller.get("/v1/score", Accept=CSV))
        part = (await caller.get(f"/v1/score?from={iso(T0)}&to={iso(T0 + SECOND)}")).json["items"][0]
        since = (await caller.get(f"/v1/score?since={iso(T0)}")).json["items"][0]
        none = (await caller.get(f"/v1/score?to={iso(T0 - 3 * SECOND)}")).json["items"][0]
        both = await caller.get(f"/v1/score?from={iso(T0)}&since={iso(T0)}")
    assert (both.status, "leave `since` out" in both.text) == (400, True)
    assert (whole["opened"], whole["broken"], part["opened"], since["opened"], none["opened"]) == (2, 1, 1, 1, 0)
    assert (row["standard"], row["opened"], row["kept_rate"]) == ("no-wait", "2", str(whole["kept_rate"]))
    assert [float(row["interval_low"]), float(row["interval_high"])] == whole["interval"]


@pytest.mark.parametrize("what", ["events", "ledger"])
async def test_only_admins_get_all_that_is_stored(tmp_path: Path, what: str) -> None:
    """Events and the ledger are for admins; a score is for whoever may look."""
    roles = {"viewer": "v" * 20, "frontliner": "f" * 20, "supervisor": "s" * 20, "author": "w" * 20}
    access = Access("t" * 20, view_token=roles["viewer"], supervisor_token=roles["supervisor"],
                    author_token=roles["author"], frontliner_token=roles["frontliner"])  # fmt: skip
    async with asking(tmp_path, access=access) as caller:
        for token in roles.values():
            assert (await caller.get(f"/v1/{what}", Authorization=f"Bearer {token}")).status == 403
            score = await caller.get("/v1/score", Authorization=f"Bearer {token}", Accept=CSV)
            assert score.status == 200
        assert (await caller.get(f"/v1/{what}", Authorization=f"Bearer {'t' * 20}")).status == 200
        assert (await caller.get(f"/v1/{what}")).status == 401


async def test_the_log_says_what_was_given_out(tmp_path: Path) -> None:
    """Each answer with events, lines or all about somebody has a line: what, which part, and where it went; no name."""
    async with asking(tmp_path, peopled=Peopled(apart=True)) as caller:
        await caller.send(cloud("coaching.asked", "a", T0, agent="Ann Nowak"))
        with capture_logs() as logs:
            await caller.get(f"/v1/events?from={iso(T0)}&type=coaching.asked", Accept=LINES)
            await caller.get("/v1/ledger")
            await caller.post("/v1/persons/export", {"person": "Ann Nowak"})
    given = [each for each in logs if each["event"] == "stored data were given out"]
    assert [each["what"] for each in given] == ["events", "ledger", "person"]
    assert (given[0]["since"], given[0]["type"], "until" in given[0]) == (iso(T0), "coaching.asked", False)
    assert all(each["address"] == "127.0.0.1" for each in given)
    assert is_reference(given[2]["reference"], "p")
    assert "Nowak" not in str(given)


async def test_nobody_is_named_in_what_is_given(tmp_path: Path) -> None:
    """People are references in every form, also for who reads names elsewhere: what is given is as it is stored."""
    async with asking(tmp_path, peopled=Peopled(apart=True)) as caller:
        await caller.send(
            cloud("recognition.given", "m", T0, agent="Ann Nowak", by="Kim Adams", reason="Who stayed.", team="n")
        )
        for accept in ("application/json", LINES, CSV):
            answer = await caller.get("/v1/events", Accept=accept)
            assert (answer.status, len(references_in(answer.text))) == (200, 3), answer.text
            assert "Ann" not in answer.text
            assert "stayed" not in answer.text


async def test_a_host_without_events_says_where_they_are(tmp_path: Path) -> None:
    """On Kafka events stay in their topic: whoever asks here is told so, and gets the ledger."""
    async with asking(tmp_path) as caller:
        await filled(caller)
        caller.host.keeps_events = False
        answer = await caller.get("/v1/events")
        assert (answer.status, (await caller.get("/v1/ledger")).status) == (404, 200)
    assert "docs/kafka.md" in answer.json["detail"]
