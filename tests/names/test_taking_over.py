"""A store in which names stood: it goes on as if it had had references from the beginning, and has no name any more."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from standards.judge.events import iso
from streams.embedded.engine import Engine
from streams.embedded.options import DEFAULTS
from streams.names.names import Names
from streams.names.secret import FILE, read_secret
from streams.names.showing import Showing
from streams.settings import StandardsFiles
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE as STORE
from tests.names.test_every_outlet import ACCESS, MARKS, POLICY, STANDARDS, bearer, contents
from tests.streams.asking import Caller, Peopled, asking
from tests.streams.hosting import SECOND, T0

MORE = """
  talked-over:
    promise: What went wrong is talked over.
    owner: lead
    per: promise
    carry: [agent]
    when: {event: promise.broken, where: standard == "coach-comes"}
    expect: debrief.completed
    within: 30m
    severity: ticket
    forget_after: 2d
  seen-to:
    promise: Who had to wait for a coach has one soon.
    owner: lead
    per: agent
    when: {event: promise.broken, where: standard == "coach-comes"}
    expect: coaching.completed
    within: 20m
    severity: ticket
    forget_after: 2d
"""
ASKS, THANKS, BUYS = "Quentin Xylo", "Zdenka Quux", "Wilhelmina Vexx"
NOON = 76 * SECOND
GROUPED = POLICY.replace("tell: xaver-quast,", "tell: xaver-quast, group_by: [standard, agent],")


def house(folder: Path) -> StandardsFiles:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "rules" / "rules.yaml").write_text(STANDARDS + MORE, encoding="utf-8")
    return StandardsFiles([str(folder / "rules")])


class Day:
    """One day in a house, which a test plays in two halves; `apart` says whether names are in its first one."""

    def __init__(self, folder: Path, *, apart: bool) -> None:
        self.folder, self.apart, self.at = folder, apart, 0.0

    async def half(self, steps: list[tuple[float, str, dict[str, Any]]], *, apart: bool) -> None:
        """Play some steps, each at its second of the day: an event, or what somebody does on the API."""
        async with AsyncExitStack() as stack:
            peopled = Peopled(policy=GROUPED, apart=apart)
            caller = await stack.enter_async_context(
                asking(self.folder, access=ACCESS, peopled=peopled, standards=house(self.folder))
            )
            caller.clock.at = T0
            caller.clock.go(self.at)
            await caller.host.submit([])
            for at, kind, data in steps:
                await caller.pass_time(max(0.0, at - self.at))
                self.at = max(self.at, at)
                await self.step(caller, kind, at, data)

    async def step(self, caller: Caller, kind: str, at: float, data: dict[str, Any]) -> None:
        if "promise" in data:
            data = data | {"promise": self.promise(*data["promise"])}
        if kind == "grant":
            answer = await caller.post("/v1/exceptions", {"by": "lead", **data}, **bearer("supervisor"))
            assert answer.status == 202, answer.text
            return
        time = iso(T0 + round(data.pop("at", at) * SECOND))
        event = {"specversion": "1.0", "id": f"{kind}-{at}", "source": "till", "type": kind, "time": time, "data": data}
        answer = await caller.post("/v1/events", json.dumps(event).encode(), "application/x-ndjson", **bearer("admin"))
        assert answer.status == 202, answer.text

    def promise(self, standard: str, number: int) -> str:
        """Give the id of a promise: of a standard the first, the second and so on."""
        with closing(sqlite3.connect(self.folder / "data" / STORE)) as database:
            ids = database.execute("SELECT id FROM promises WHERE standard = ? ORDER BY seq", [standard]).fetchall()
        return str(ids[number][0])

    def told(self) -> tuple[list[str], list[str]]:
        """Give the ledger, and the messages of the second half, with names put back and promises numbered."""
        names = Names(self.folder, read_secret(self.folder))
        read_model = ReadModel(self.folder / "data")
        try:
            lines = read_model.lines()
            numbers = {
                name: f"promise {number}" for number, name in enumerate(dict.fromkeys(it.promise for it in lines))
            }
            judged = [
                (it.at, it.known, it.standard, it.subject, it.kind, it.state, it.fields, it.due, it.replaces, it.reason)
                for it in lines
            ]
            notices = [row.notice for row in read_model.notices(limit=500)]
            evening = [(it.decided, it.to, it.kind, it.promise, it.text) for it in notices if it.decided > T0 + NOON]
            return tuple(  # type: ignore[return-value]
                [re.sub("[0-9a-f]{20}", lambda name: numbers[name[0]], Showing(names).text(str(each))) for each in some]
                for some in (judged, evening)
            )
        finally:
            names.close()
            read_model.close()


MORNING: list[tuple[float, str, dict[str, Any]]] = [
    (1, "coaching.asked", {"agent": ASKS, "team": "north"}),
    (2, "contact.started", {"contact": "c7", "site": "s1", "agent": ASKS, "customer": BUYS}),
    (3, "contact.started", {"contact": "c8", "site": "s1", "agent": ASKS, "customer": BUYS}),
    (4, "recognition.given", {"agent": ASKS, "by": THANKS, "reason": "Zarquon wept", "team": "north"}),
    (5, "coaching.asked", {"agent": "Dora", "team": "north"}),
    (40, "alert.acknowledged", {"promise": ("coach-comes", 0), "by": "xaver-quast", "note": "Zarquon wept"}),
    (45, "alert.handed_on", {"promise": ("no-wait", 0), "by": "xaver-quast", "to": "dora", "note": "Zarquon wept"}),
    (62, "coaching.completed", {"agent": THANKS, "by": ASKS}),
    (70, "grant", {"promise": ("no-wait", 1), "person": "Yorick Zwick", "reason": "Zarquon wept"}),
    (75, "coaching.asked", {"agent": THANKS, "team": "north"}),
]
EVENING: list[tuple[float, str, dict[str, Any]]] = [
    (80, "coaching.completed", {"agent": ASKS, "by": THANKS}),
    (81, "contact.resolved", {"contact": "c7", "site": "s1", "agent": ASKS}),
    (83, "coaching.completed", {"agent": "Dora", "by": THANKS, "at": 30}),
    (84, "coaching.asked", {"agent": ASKS, "team": "north", "at": 1}),
    (90, "alert.acknowledged", {"promise": ("no-wait", 0), "by": "dora", "note": "mine"}),
    (95, "debrief.completed", {"promise": ("coach-comes", 0), "by": "xaver-quast", "cause": "Zarquon wept"}),
    (110, "coaching.completed", {"agent": THANKS, "by": ASKS}),
    (3000, "coaching.asked", {"agent": ASKS, "team": "south"}),
    (3100, "coaching.asked", {"agent": "nobody else", "team": "south"}),
]


async def test_what_was_owed_is_judged_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    """Of promises, those about promises, exceptions, and what comes late: the same lines, with the same people."""
    ledgers = []
    for name, apart in (("old", False), ("new", True)):
        day = Day(tmp_path / name, apart=apart)
        await day.half([(at, kind, dict(data)) for at, kind, data in MORNING], apart=apart)
        await day.half([(at, kind, dict(data)) for at, kind, data in EVENING], apart=True)
        ledgers.append(day.told())
    assert [len(each) > 4 for each in ledgers[0]] == [True, True]
    assert ledgers[0][0] == ledgers[1][0]
    assert sorted(ledgers[0][1]) == sorted(ledgers[1][1]), "routers and throttles go on too"


async def test_no_name_is_left_in_the_store(tmp_path: Path) -> None:
    """Not in a row, nor where one was; and what was told names people again where it is shown."""
    day = Day(tmp_path, apart=False)
    await day.half([(at, kind, dict(data)) for at, kind, data in MORNING], apart=False)
    assert MARKS.search(contents(tmp_path)[STORE])
    await day.half([], apart=True)
    found = {name: set(MARKS.findall(text)) for name, text in contents(tmp_path).items() if MARKS.search(text)}
    assert set(found) == {FILE}
    told = "\n".join(day.told()[0])
    assert ASKS in told
    with closing(sqlite3.connect(tmp_path / "data" / STORE)) as database:
        acts = database.execute("SELECT id, by, body FROM acts WHERE type = 'exception.granted'").fetchall()
        assert [by for _, by, _ in acts] == ["lead"], "a role is no name"
        held = database.execute("SELECT body FROM call_cases WHERE kind = 'matter'").fetchall()
        assert held
        assert database.execute("SELECT count(*) FROM notices").fetchone() == (0,), "all were delivered"


TABLES = {
    "acts", "acts_without_effect", "call_cases", "cases", "cells", "closings", "dead_letters", "events", "held",
    "holdings", "identities", "late", "ledger", "notices", "outbox", "past", "position", "progress", "promises",
    "readings", "reasons", "revisions", "sites", "source_clocks", "spoken_for", "topic_offsets", "totals",
    "withheld",
}  # fmt: skip
"""All tables of the store: of a new one it has to be asked whether names, or ids made of them, can stand in it."""


def rows(folder: Path) -> dict[str, str]:
    """Give all that stands in each table."""
    with closing(sqlite3.connect(folder / "data" / STORE)) as database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return {name: str(database.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in found.fetchall()}


async def test_no_table_has_a_name_or_an_id_made_of_one(tmp_path: Path) -> None:
    """Of each table of the store, in every column."""
    day = Day(tmp_path, apart=False)
    await day.half([(at, kind, dict(data)) for at, kind, data in MORNING], apart=False)
    assert rows(tmp_path).keys() == TABLES
    with closing(sqlite3.connect(tmp_path / "data" / STORE)) as database:
        acts = database.execute("SELECT source || '/' || id, id FROM acts WHERE source LIKE 'kept/%'").fetchall()
        database.execute("INSERT INTO acts_without_effect VALUES (?, 'not-theirs')", [acts[0][0]])
        database.execute("UPDATE outbox SET error = 'xaver.quast@shop.example: answered 550'")
        database.commit()
    await day.half([], apart=True)
    ids = "|".join(name for _, name in acts)
    marks = re.compile(f"{MARKS.pattern}|{ids}|@shop", re.IGNORECASE)
    found = {name: marks.findall(text) for name, text in rows(tmp_path).items()}
    assert {name: hits for name, hits in found.items() if hits} == {}
    with closing(sqlite3.connect(tmp_path / "data" / STORE)) as database:
        joined = "SELECT reason FROM acts_without_effect JOIN acts ON act = source || '/' || id"
        assert database.execute(joined).fetchall() == [("not-theirs",)]


@pytest.mark.parametrize("table", ["dead_letters", "acts"])
async def test_a_store_that_has_little_is_taken_over_too(tmp_path: Path, table: str) -> None:
    """One in which there are only refused events, or only what people did."""
    day = Day(tmp_path, apart=False)
    await day.half([(at, kind, dict(data)) for at, kind, data in MORNING], apart=False)
    with closing(sqlite3.connect(tmp_path / "data" / STORE)) as database:
        database.execute("INSERT INTO dead_letters (received, reason, message, raw) VALUES (1, 'odd', '', 'Quentin')")
        for name in TABLES - {table, "position", "revisions"}:
            database.execute(f"DELETE FROM {name}")
        database.commit()
    await day.half([], apart=True)
    assert not MARKS.search(rows(tmp_path)[table])


async def test_it_happens_once_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails half way leaves the store as it was; the next start does it; the one after has nothing to do."""
    day = Day(tmp_path, apart=False)
    await day.half([(at, kind, dict(data)) for at, kind, data in MORNING], apart=False)
    data = tmp_path / "data"
    with closing(sqlite3.connect(data / STORE)) as database:
        before = database.execute("SELECT body FROM ledger ORDER BY seq").fetchall()
        kept = database.execute("SELECT body FROM acts WHERE seq = 1").fetchone()
        database.execute("UPDATE acts SET body = 'no JSON' WHERE seq = 1")
        database.commit()
    names = Names(tmp_path, read_secret(tmp_path))
    engine = Engine(data, house(tmp_path), DEFAULTS)
    engine.options = type(DEFAULTS)(names=names)
    with pytest.raises(msgspec.DecodeError):
        engine.rebuild(T0)
    engine.close()
    with closing(sqlite3.connect(data / STORE)) as database:
        assert database.execute("SELECT body FROM ledger ORDER BY seq").fetchall() == before
        database.execute("UPDATE acts SET body = ? WHERE seq = 1", kept)
        database.commit()
    for _ in "12":
        engine = Engine(data, house(tmp_path), type(DEFAULTS)(names=names))
        engine.rebuild(T0)
        engine.close()
    names.close()
    assert set(MARKS.findall(contents(tmp_path)[STORE])) == set()
