"""Taking a store over in which names stood: once, at the first start that keeps names apart, in one transaction.

What is only looked up goes where nobody can say what is in it: refused events, messages that were delivered or given
up, and why others were not sent. Messages that wait are kept, with references. Afterwards the file is written anew, so
that nothing of what stood there is left in it. SQLite's `application_id` says how far this has come.
Read next: `replacing.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import structlog

from alerts.routing.reloading import policy_name, steps_of
from streams.names.earlier.ids import AT_ONCE, Ids
from streams.names.earlier.replacing import Replacing
from streams.names.earlier.router import RouterReplacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from alerts.policy.policy import People
    from standards.judge.rulebook import Rulebook
    from streams.names.names import Names
    from streams.storage.sqlite import Database

TAKEN_OVER: Final = 0x4B505431
"""The `application_id` of a store that has references, and still has to be written anew."""
APART: Final = 0x4B505432
"""That of one that has nothing else in it."""

_WAITS: Final = "(SELECT notice FROM outbox WHERE state = 'waiting')"

log = structlog.get_logger("kept")


class Rules(NamedTuple):
    """By what is judged and told now: also the policy as it is written, and with references in the place of names."""

    rulebook: Rulebook
    former: People | None
    now: People | None


def take_over(database: Database, names: Names, rules: Callable[[], Rules]) -> None:
    """Put references in the place of names in a store that is not known to have none. Raises StateError."""
    ((state,),) = database.all("PRAGMA application_id")
    if state == APART:
        return
    if state != TAKEN_OVER:
        with database.writing():
            _Taking(database, names, rules()).all()
            database.all(f"PRAGMA application_id = {TAKEN_OVER}")
    database.compact()
    with database.writing():
        database.all(f"PRAGMA application_id = {APART}")


class _Taking:
    """One store, inside of a transaction."""

    def __init__(self, database: Database, names: Names, rules: Rules) -> None:
        self._database, self._rules = database, rules
        self._ids = Ids(database)
        standards = list(rules.rulebook.standards.values())
        self._per = {standard.id: standard.per for standard in standards}
        self._stored = Replacing(names, rules.rulebook.vocabulary, standards, self._ids)
        self._routed = RouterReplacing(names, rules.rulebook.vocabulary, standards, self._ids)
        self._routed.by_policy(rules.former, rules.now)

    def all(self) -> None:
        found = "SELECT 1 FROM ledger UNION ALL SELECT 1 FROM events UNION ALL SELECT 1 FROM acts LIMIT 1"
        anything = self._database.one(found) is not None
        if anything:
            log.info("names are put apart; this is done once, and may take a while")
        self._drop()
        self._ids.draw_acts()
        self._ids.make_promises(self._stored, self._per)
        self._cases()
        self._rows("past", "body", _versioned(self._keyed))
        self._rows("held", "body", _versioned(self._keyed))
        self._position()
        self._router()
        self._rows("events", "body", self._events)
        self._acts()
        self._notices()
        self._lines()
        if anything:
            log.info("names are apart", kept_ids=self._ids.unmade)

    def _drop(self) -> None:
        put = self._database.put
        counts = {
            "letters": put("DELETE FROM dead_letters", [()]),
            "withheld": put("DELETE FROM withheld", [()]),
            "notices": put(f"DELETE FROM notices WHERE id NOT IN {_WAITS}", [()]),  # noqa: S608 - fixed text
        }
        put(f"DELETE FROM outbox WHERE notice NOT IN {_WAITS}", [()])  # noqa: S608 - the same
        put(f"DELETE FROM spoken_for WHERE notice NOT IN {_WAITS}", [()])  # noqa: S608 - the same
        put("UPDATE outbox SET error = ''", [()])  # they may quote addresses
        if any(counts.values()):
            log.warning("what only was to be looked up, and may hold names, was deleted", **counts)

    def _pages(self, columns: str, table: str) -> Iterator[list[tuple[Any, ...]]]:
        """Give rows some at a time, each with its number first."""
        after, count = 0, 0
        sql = f"SELECT {columns} FROM {table} WHERE {columns.partition(',')[0]} > ? ORDER BY 1 LIMIT {AT_ONCE}"  # noqa: S608 - fixed names
        while rows := self._database.all(sql, [after]):
            after, before = int(rows[-1][0]), count // 100_000
            count += len(rows)
            if count // 100_000 > before:
                log.info("names are put apart", table=table, rows=count)
            yield rows

    def _rows(self, table: str, column: str, replaced: Callable[[Sequence[bytes]], Iterable[bytes]]) -> None:
        """Replace one column of a table with numbered rows."""
        for rows in self._pages(f"seq, {column}", table):
            bodies = replaced([body for _, body in rows])
            changed = [(now, seq) for now, (seq, was) in zip(bodies, rows, strict=True) if now != was]
            self._database.put(f"UPDATE {table} SET {column} = ? WHERE seq = ?", changed)  # noqa: S608 - fixed names

    def _events(self, bodies: Sequence[bytes]) -> Iterator[bytes]:
        lines = [[msgspec.json.decode(line) for line in body.splitlines()] for body in bodies]
        for events in self._stored.all(lines):
            yield b"".join(msgspec.json.encode(event) + b"\n" for event in events)

    def _keyed(self, found: Sequence[Any]) -> list[Any]:
        """Replace lists of what begins with a group and a key: events that are held, and entries of the past."""
        named = [[{"group": each[0], "key": each[1], "rest": each[2:]} for each in some] for some in found]
        return [[[each["group"], each["key"], *each["rest"]] for each in some] for some in self._stored.all(named)]

    def _cases(self) -> None:
        rows = self._database.all("SELECT grp, key FROM cases")
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            select = "SELECT body FROM cases WHERE grp = ? AND key = ?"
            bodies = [self._database.all(select, row)[0][0] for row in some]
            now = _versioned(self._stored.all)(bodies)
            keys = self._keys(some)
            self._database.put("DELETE FROM cases WHERE grp = ? AND key = ?", some)
            groups = [group for group, _ in some]
            self._database.put("INSERT INTO cases VALUES (?,?,?)", zip(groups, keys, now, strict=True))
        for found in self._pages("seq, grp, key, body", "identities"):
            keys = self._keys([(group, key) for _, group, key, _ in found])
            bodies = self._stored.all([msgspec.msgpack.decode(body) for *_, body in found])
            self._database.put("UPDATE identities SET key = ?, body = ? WHERE seq = ?",
                               [(key, msgspec.msgpack.encode(body), row[0])
                                for key, body, row in zip(keys, bodies, found, strict=True)])  # fmt: skip

    def _keys(self, rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
        found = [{"group": group, "key": msgspec.json.decode(key)} for group, key in rows]
        return [msgspec.json.encode(each["key"]) for each in self._stored.all(found)]

    def _position(self) -> None:
        row = self._database.one("SELECT body FROM position")
        if row is None:
            return
        found = msgspec.json.decode(row[0])
        per = {feed.name: feed.per for feed in self._rules.rulebook.feeds}
        heard = [
            {"group": f"0:{','.join(per.get(name, ()))}:", "key": key} for name, key, _ in found.get("hearings", ())
        ]
        keys = [each["key"] for each in self._stored.all(heard)]
        (now,) = self._stored.all([found])
        now["hearings"] = [
            [name, key, rest] for key, (name, _, rest) in zip(keys, now.get("hearings", ()), strict=True)
        ]
        self._database.put("UPDATE position SET body = ?", [(msgspec.json.encode(now),)])

    def _router(self) -> None:
        """Replace in what routers remember; without a policy nobody can say whom it names, and it goes."""
        rows = self._database.all("SELECT kind, name, body FROM call_cases") if self._rules.former else []
        gone = self._database.put("DELETE FROM call_cases", [()]) - len(rows)
        if gone:
            log.warning("there is no policy now, so what was told by one is forgotten", cases=gone)
        found = [{"kind$": kind, "called": name, "case": msgspec.json.decode(body)} for kind, name, body in rows]
        for start in range(0, len(found), AT_ONCE):
            now = self._routed.all(found[start : start + AT_ONCE])
            self._database.put("INSERT OR REPLACE INTO call_cases VALUES (?,?,?)", map(self._case_row, now))
        columns = ("promise", "holder", "giver", "offered", "lapsed")
        holdings = self._database.all(f"SELECT {', '.join(columns)}, promise FROM holdings")  # noqa: S608 - fixed names
        named = self._routed.all([dict(zip(columns, row[:-1], strict=True)) for row in holdings])
        put = f"UPDATE holdings SET {' = ?, '.join(columns)} = ? WHERE promise = ?"  # noqa: S608 - fixed names
        values = [[each[name] for name in columns] for each in named]
        self._database.put(put, [(*each, row[-1]) for each, row in zip(values, holdings, strict=True)])

    def _case_row(self, found: Mapping[str, Any]) -> tuple[str, str, bytes]:
        case, (_, former, now) = found["case"], self._rules
        if found["kind$"] == "house" and former and now and case.get("policy") == policy_name(former):
            case = {**case, "policy": policy_name(now), "steps": steps_of(now)}  # it is the same policy
        return found["kind$"], found["called"], msgspec.json.encode(case)

    def _acts(self) -> None:
        for rows in self._pages("seq, source, id, type, promise, by, body", "acts"):
            columns = ("source", "id", "type", "promise", "by", "data")
            acts = [dict(zip(columns, (*row[1:-1], msgspec.json.decode(row[-1])), strict=True)) for row in rows]
            now = [(each["id"], each["promise"], each["by"], msgspec.json.encode(each["data"]), row[0])
                   for each, row in zip(self._stored.all(acts), rows, strict=True)]  # fmt: skip
            self._database.put("UPDATE acts SET id = ?, promise = ?, by = ?, body = ? WHERE seq = ?", now)
        idle = [name for (name,) in self._database.all("SELECT act FROM acts_without_effect")]
        named = zip(self._stored.all(idle), idle, strict=True)
        changed = [pair for pair in named if pair[0] != pair[1]]
        self._database.put("UPDATE acts_without_effect SET act = ? WHERE act = ?", changed)
        for rows in self._pages("seq, id", "late"):
            ids = [(now, row[0]) for now, row in zip(self._stored.all([name for _, name in rows]), rows, strict=True)]
            self._database.put("UPDATE late SET id = ? WHERE seq = ?", ids)

    def _notices(self) -> None:
        for rows in self._pages("seq, id, body", "notices"):
            for now, (seq, was, _) in zip(
                self._routed.all([msgspec.json.decode(body) for *_, body in rows]), rows, strict=True
            ):
                row = (now["id"], now["promise"], msgspec.json.encode(now), seq)
                self._database.put("UPDATE notices SET id = ?, promise = ?, body = ? WHERE seq = ?", [row])
                self._database.put("UPDATE outbox SET notice = ? WHERE notice = ?", [(now["id"], was)])
                self._database.put("UPDATE spoken_for SET notice = ? WHERE notice = ?", [(now["id"], was)])
        spoken = self._database.all("SELECT promise, notice FROM spoken_for")
        self._database.put("UPDATE spoken_for SET promise = ? WHERE promise = ? AND notice = ?",
                           [(self._ids.new(promise), promise, notice) for promise, notice in spoken])  # fmt: skip

    def _lines(self) -> None:
        for rows in self._pages("seq, body", "ledger"):
            now = self._stored.all([msgspec.json.decode(body) for _, body in rows])
            self._database.put("UPDATE ledger SET id = ?, promise = ?, body = ? WHERE seq = ?",
                               [(line["id"], line["promise"], msgspec.json.encode(line), row[0])
                                for line, row in zip(now, rows, strict=True)])  # fmt: skip
        for rows in self._pages("seq, id, standard, subject, fields", "promises"):
            promises = [
                {"promise": name, "standard": standard, "subject": subject, "fields": msgspec.json.decode(fields)}
                for _, name, standard, subject, fields in rows
            ]
            self._database.put("UPDATE promises SET id = ?, subject = ?, fields = ? WHERE seq = ?",
                               [(each["promise"], each["subject"], msgspec.json.encode(each["fields"]), row[0])
                                for each, row in zip(self._stored.all(promises), rows, strict=True)])  # fmt: skip


def _versioned(replaced: Callable[[Sequence[Any]], Sequence[Any]]) -> Callable[[Sequence[bytes]], list[bytes]]:
    """Make what replaces in snapshots, which begin with their version."""

    def rewritten(bodies: Sequence[bytes]) -> list[bytes]:
        now = replaced([msgspec.msgpack.decode(memoryview(body)[1:]) for body in bodies])
        return [body[:1] + msgspec.msgpack.encode(each) for body, each in zip(bodies, now, strict=True)]

    return rewritten
