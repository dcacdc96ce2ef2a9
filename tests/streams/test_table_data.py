"""Real tables give the numbers that were counted in them by other means."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise

import pytest

from standards.judge.events import Event, iso, type_of
from streams.ingest.rows import BadRow
from streams.ingest.table import read_table
from tests.streams.tables import ROOT, mapping

DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder (../shared/data) is not here")

OFFICES = """\
kept: 1
table: {zone: Europe/Warsaw, source: warsaw, time: {column: [date, time], format: "%Y-%m-%d %H:%M"}}
events:
  - event: queue.length
    when: status == ""
    fields: {site: name, queue: idGrupy, waiting: liczbaKlwKolejce, serving: liczbaCzynnychStan}
"""
BANK = """\
kept: 1
table: {zone: Asia/Jerusalem, source: bank}
columns: {"vru+line": {as: line}, q_time: {type: integer}}
events:
  - event: contact.answered
    when: q_time > 0 and outcome == "AGENT"
    time: {column: [date, q_exit], format: "%y%m%d %H:%M:%S"}
    fields: {contact: {text: "{vru+line}-{call_id}"}, agent: {column: server, missing: NO_SERVER}}
  - event: contact.abandoned
    when: q_time > 0 and outcome == "HANG"
    time: {column: [date, q_exit], format: "%y%m%d %H:%M:%S"}
    fields: {contact: {text: "{vru+line}-{call_id}"}}
  - event: contact.waiting
    when: q_time > 0 and outcome != "PHANTOM"
    time: {column: [date, q_start], format: "%y%m%d %H:%M:%S"}
    fields: {contact: {text: "{vru+line}-{call_id}"}}
"""
INCIDENTS = """\
kept: 1
table: {source: incidents, time: Change Date+Time}
events:
  - event: ticket.moved
    changed: {column: Involved ST, per: [SR Number]}
    fields: {ticket: SR Number, team: Involved ST}
  - {event: ticket.queued, when: status == "Queued", fields: {ticket: SR Number, agent: Owner}}
  - {event: ticket.accepted, when: status == "Accepted", fields: {ticket: SR Number, agent: Owner}}
  - {event: ticket.completed, when: status == "Completed", fields: {ticket: SR Number, agent: Owner}}
"""


def of_file(text: str, name: str) -> list[Event]:
    bad: list[BadRow] = []
    with (DATA / name).open("rb") as lines:
        events = list(read_table(lines, mapping(text), bad=bad.append, name=name))
    assert bad == []
    return events


@pytest.mark.data
@needs_data
def test_the_offices_queues() -> None:
    """Each of 20,900 polls is an event; more than three wait in 3,051; per queue and day that begins 329 times."""
    events = of_file(OFFICES, "warsaw_offices_2020-01-07_10.csv")
    by_day: dict[tuple[str, str, str], list[int]] = {}
    for event in events:
        by_day.setdefault((event.data.site, event.data.queue, iso(event.at)[:10]), [0]).append(event.data.waiting)
    rises = [after for counts in by_day.values() for before, after in pairwise(counts) if before <= 3 < after]
    assert (len(events), sum(e.data.waiting > 3 for e in events), len(rises)) == (20_900, 3_051, 329)


@pytest.mark.data
@needs_data
def test_the_banks_calls() -> None:
    """The longest queue is 17, and the fourth person joins 88 times: only with exits before entries in one second."""
    events = of_file(BANK, "bank_calls_1999-02-03.tsv")
    assert Counter(map(type_of, events)) == {"contact.waiting": 916, "contact.answered": 693, "contact.abandoned": 223}
    lengths = [0]
    for event in events:
        lengths.append(lengths[-1] + (1 if type_of(event) == "contact.waiting" else -1))
    fourth = sum((before, after) == (3, 4) for before, after in pairwise(lengths))
    assert (max(lengths), min(lengths), lengths[-1], fourth) == (17, 0, 0, 88)
    assert {iso(event.at)[:10] for event in events} == {"1999-02-03"}


@pytest.mark.data
@needs_data
def test_the_incidents_changes_of_team() -> None:
    """3,263 changes of team: none in 322 of 1,536 incidents, one in 468, more in 746."""
    events = of_file(INCIDENTS, "volvo_incidents_2012-04-16_29.csv")
    kinds = Counter(map(type_of, events))
    assert kinds == {
        "ticket.moved": 3_263,
        "ticket.queued": 4_153,
        "ticket.accepted": 13_516,
        "ticket.completed": 3_327,
    }
    moves = Counter(e.data.ticket for e in events if type_of(e) == "ticket.moved")
    with (DATA / "volvo_incidents_2012-04-16_29.csv").open(encoding="utf-8", newline="") as lines:
        tickets = {row["SR Number"] for row in csv.DictReader(lines)}
    assert Counter(min(moves[ticket], 2) for ticket in tickets) == {0: 322, 1: 468, 2: 746}
