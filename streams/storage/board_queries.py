"""BoardQueries: the board's questions, answered from the store. Read next: `rows.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from alerts.routing.actions import DEBRIEFED, GIVEN_BACK, SETTLED
from alerts.routing.persons import named_in
from streams.ingest.wire import FROM_THE_FUTURE, claim_of
from streams.runtime.source_clocks import STRETCH, SourceClock, merged
from streams.storage.holdings import Holding, read_holdings
from streams.storage.rows import (
    ACT,
    OWED,
    PROMISE,
    DeadLetter,
    LateEvent,
    Stretch,
    Suppressed,
    act_row,
    decode_fields,
    decode_withheld,
    notice_rows,
    promise_row,
)
from streams.storage.source_tables import SOURCE, source_clock
from streams.storage.standing import standing
from streams.storage.without_effect import by_acts, read_without_effect, without_routers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from alerts.routing.actions import Action
    from alerts.routing.notice import Reason
    from streams.storage.rows import NoticeRow, PromiseRow, SuppressedFilter
    from streams.storage.sqlite import SharedConnection

_ABOUT: Final = f"""
SELECT {ACT} FROM acts
WHERE promise IN (SELECT value FROM json_each(?))
    OR (source, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
ORDER BY at, seq
"""  # noqa: S608 - fixed names
_BROKEN: Final = """
FROM promises AS p WHERE verdict = 'broken'
    AND {no} EXISTS (SELECT 1 FROM acts WHERE acts.promise = p.id AND acts.type = ?)
"""
_TREND: Final = """
WITH starts AS (SELECT value AS start, lead(value, 1, 1 << 62) OVER (ORDER BY value) AS stop FROM json_each(?))
SELECT standard, start, sum(verdict = 'kept'), sum(verdict = 'broken')
FROM starts JOIN promises ON opened >= start AND opened < stop WHERE verdict IS NOT NULL {only}
GROUP BY standard, start ORDER BY standard, start
"""
_OPEN: Final = "(mark NOT IN (SELECT promise FROM acts WHERE type = ?))"
_LETTER: Final = "SELECT seq, received, reason, message, raw, mark FROM dead_letters"
_UNTOLD: Final = """
SELECT w.seq, w.body, coalesce(p.standard, ''), coalesce(p.subject, ''), coalesce(l.kind, ''),
    coalesce(CAST(p.fields AS TEXT) ->> 'site', ''), coalesce((
        SELECT min(CAST(n.body AS TEXT) ->> 'decided') FROM notices n
        WHERE (n.promise = w.promise OR n.id IN (SELECT notice FROM spoken_for WHERE promise = w.promise))
            AND CAST(n.body AS TEXT) ->> 'to' = CAST(w.body AS TEXT) ->> 'to'
            AND CAST(n.body AS TEXT) ->> 'decided' >= CAST(w.body AS TEXT) ->> 'at'), -1)
FROM withheld w LEFT JOIN promises p ON p.id = w.promise LEFT JOIN ledger l ON l.id = CAST(w.body AS TEXT) ->> 'line'
WHERE {terms} ORDER BY w.seq DESC LIMIT ? OFFSET ?
"""
_CAUSES: Final = """
SELECT cause ->> 0, cause ->> 1 FROM (
    SELECT CAST(body AS TEXT) -> 'cause' AS cause FROM ledger WHERE promise IN (SELECT value FROM json_each(?))
) WHERE json_type(cause) = 'array'
"""
_SUBJECTS: Final = "SELECT id, subject, fields FROM promises WHERE id IN (SELECT value FROM json_each(?))"
_LISTED: Final = f"""
SELECT seq, {ACT} FROM acts WHERE {{terms}} ORDER BY seq DESC LIMIT ? OFFSET ?
"""  # noqa: S608 - fixed names
_SOURCES: Final = f"SELECT {SOURCE} FROM source_clocks WHERE since > ?"  # noqa: S608 - fixed names
_DELAYED: Final = """
SELECT source, count(*), min(received - at), max(received - at) FROM late WHERE reason = 'late' AND received >= ?
GROUP BY source
"""
_AHEAD: Final = f"""
SELECT received, raw FROM dead_letters WHERE reason = '{FROM_THE_FUTURE}' AND received >= ? ORDER BY seq DESC LIMIT ?
"""  # noqa: S608 - fixed text
LETTERS: Final = 1_000
"""How many of the newest events from the future are looked at."""
_LAST: Final = 2**63 - 1
_LATE: Final = "SELECT seq, received, reason, type, source, id, at FROM late ORDER BY seq DESC LIMIT ? OFFSET ?"
_UNDELIVERED: Final = """
SELECT body FROM notices WHERE id IN (SELECT notice FROM outbox WHERE state != 'delivered')
ORDER BY seq DESC LIMIT ? OFFSET ?
"""

_WRITTEN: Final = f"SELECT seq, {ACT} FROM acts WHERE seq > ? AND instr(body, 't~') ORDER BY seq LIMIT 1000"  # noqa: S608 - fixed names

_encode = msgspec.json.encode


class BoardQueries:
    """Answers the board: for any thread, and always at the last commit. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._connection = connection
        self._all = connection.all

    def owed_of(self, promises: Collection[str], owed_since: Mapping[str, int]) -> frozenset[str]:
        """Give those of some promises, by id, that are broken and still owed; `owed_since` is as for OWED."""
        sql = f"SELECT id {OWED} AND id IN (SELECT value FROM json_each(?))"  # noqa: S608 - fixed text
        asked = [_encode(value).decode() for value in (owed_since, list(promises))]
        return frozenset(name for (name,) in self._all(sql, *asked))

    def standing(self, reference: str) -> Iterator[dict[str, Any]]:
        """Give all in which a reference stands, some of it at a time."""
        return standing(lambda sql, values: self._all(sql, *values), reference)

    def erasures(self, kind: str, source: str) -> list[tuple[str, int]]:
        """List who was erased, by the type and the source of what says so: their references, and when (us UTC)."""
        sql = "SELECT CAST(body AS TEXT) ->> 'agent', at FROM acts WHERE type = ? AND source = ? ORDER BY seq DESC"
        return [(str(reference), int(at)) for reference, at in self._all(sql, kind, source)]

    def written(self, texts: Collection[str]) -> dict[str, Action]:
        """Give the acts in which texts stand that somebody wrote, by the texts' references."""
        found: dict[str, Action] = {}
        wanted, after = set(texts), 0
        while wanted and (rows := self._all(_WRITTEN, after)):
            after = int(rows[-1][0])
            for _, *row in rows:
                act = act_row(tuple(row))
                found |= dict.fromkeys(wanted.intersection(map(str, act.data.values())), act)
        return found

    def actions_on(self, promises: Collection[str], causes: Collection[tuple[str, str]] = ()) -> list[Action]:
        """Give what people did about some promises, oldest first; `causes` name more acts, by (source, id)."""
        wanted = [_encode(list(values)).decode() for values in (promises, causes)]
        found = self._all(_ABOUT, *wanted)
        return list(map(act_row, found))

    def without_effect(self, acts: Collection[Action]) -> dict[str, Reason]:
        """Give why those of some acts, by name, that changed nothing of who has a promise, or is told of it, did not.

        Where no router says who has it, as without a policy, all that people did about it does.
        """
        backs = {act.promise for act in acts if act.type == GIVEN_BACK}
        unheard = without_routers(self._connection, backs) if backs else set[str]()
        plain = by_acts(self.actions_on(unheard)) if unheard else {}
        return plain | read_without_effect(self._connection, acts)

    def causes_of(self, promises: Collection[str]) -> frozenset[tuple[str, str]]:
        """Name the events that made lines of some promises, by source and id."""
        return frozenset(self._all(_CAUSES, _encode(list(promises)).decode()))

    def named_in(self, promises: Collection[str]) -> dict[str, frozenset[str]]:
        """Give who of us the subjects of those of some promises name, by id, that name anybody."""
        rows = self._all(_SUBJECTS, _encode(list(promises)).decode())
        named = ((name, named_in(subject, decode_fields(fields))) for name, subject, fields in rows)
        return {name: who for name, who in named if who}

    def holdings(self, promises: Collection[str]) -> dict[str, Holding]:
        """Give who has those of some promises, by id, that anybody ever had, as the routers say."""
        return read_holdings(self._connection, promises)

    def broken(self, limit: int, *, debriefed: bool, skipped: int = 0) -> tuple[list[PromiseRow], int]:
        """Give the newest broken promises that were, or were not, talked over; and how many there are in all."""
        found = _BROKEN.format(no="" if debriefed else "NOT")
        sql = f"SELECT {PROMISE} {found} ORDER BY settled DESC, seq DESC LIMIT ? OFFSET ?"
        rows = self._all(sql, DEBRIEFED, limit, skipped)
        ((count,),) = self._all(f"SELECT count(*) {found}", DEBRIEFED)
        return list(map(promise_row, rows)), count

    def trend(self, starts: Sequence[int], only: str = "") -> dict[str, list[Stretch]]:
        """Give how each standard went in the stretches that begin at `starts`, oldest first, the last one up to now.

        `only` that standard, where one is named.
        """
        found: dict[str, list[Stretch]] = {}
        sql = _TREND.format(only="AND standard = ?" if only else "")
        for standard, start, kept, broken in self._all(sql, _encode(list(starts)).decode(), *([only] if only else [])):
            found.setdefault(standard, []).append(Stretch(start, kept, broken))
        return found

    def refused(self, limit: int, *, dealt_with: bool, skipped: int = 0) -> tuple[list[DeadLetter], int]:
        """Give the newest dead letters that somebody, or nobody, has dealt with; and how many there are of these."""
        found = f"{'NOT ' if dealt_with else ''}{_OPEN}"
        ((count,),) = self._all(f"SELECT count(*) FROM dead_letters WHERE {found}", SETTLED)  # noqa: S608 - fixed text
        rows = self._all(f"{_LETTER} WHERE {found} ORDER BY seq DESC LIMIT ? OFFSET ?", SETTLED, limit, skipped)
        return [DeadLetter(*row) for row in rows], count

    def sources(self, since: int) -> list[SourceClock]:
        """Give how the senders' clocks have stood since an instant, the worst first.

        Where they were not noted as events came in, it is told by what came too late and what was refused.
        """
        found = [source_clock(row) for row in self._all(_SOURCES, since - STRETCH)]
        noted = {clock.source for clock in found}
        seen = [SourceClock(source, since, -least, most, 0, {"changed-nothing": count})
                for source, count, least, most in self._all(_DELAYED, since)]  # fmt: skip
        seen += [SourceClock(claim[0], since, claim[1] - received, received - claim[1], 1)
                 for received, raw in self._all(_AHEAD, since, LETTERS) if (claim := claim_of(raw))]  # fmt: skip
        return merged([*found, *(clock for clock in seen if clock.source not in noted)])

    def letter(self, number: int) -> DeadLetter | None:
        """Give a dead letter by its number, or None."""
        return next((DeadLetter(*row) for row in self._all(f"{_LETTER} WHERE seq = ?", number)), None)

    def suppressed(
        self, wanted: SuppressedFilter, before: int = 0, limit: int = 100, *, skipped: int = 0
    ) -> list[Suppressed]:
        """Give notices that were not sent, newest first, from before the one numbered `before`; 0: from the newest."""
        terms: dict[str, object] = {"w.seq < ?": before or _LAST}
        if wanted.promise:
            terms["w.promise = ?"] = wanted.promise
        for name in ("to", "reason"):
            if value := getattr(wanted, name):
                terms[f"CAST(w.body AS TEXT) ->> '{name}' = ?"] = value
        rows = self._all(_UNTOLD.format(terms=" AND ".join(terms)), *terms.values(), limit, skipped)
        return [Suppressed(seq, decode_withheld(body), *rest) for seq, body, *rest in rows]

    def actions(
        self,
        before: int = 0,
        limit: int = 100,
        *,
        types: Collection[str] = (),
        without: Collection[str] = (),
        skipped: int = 0,
    ) -> list[tuple[int, Action]]:
        """Give what people did, newest first, each with its number, from before `before`.

        Of some `types`, or all, but for those `without` which it is; so many of the newest are `skipped`.
        """
        terms: dict[str, object] = {"seq < ?": before or _LAST}
        if types:
            terms["type IN (SELECT value FROM json_each(?))"] = _encode(list(types)).decode()
        if without:
            terms["type NOT IN (SELECT value FROM json_each(?))"] = _encode(list(without)).decode()
        rows = self._all(_LISTED.format(terms=" AND ".join(terms)), *terms.values(), limit, skipped)
        return [(row[0], act_row(row[1:])) for row in rows]

    def unused(self, limit: int, skipped: int = 0) -> tuple[list[LateEvent], int]:
        """Give the newest events that changed nothing, and how many there are in all."""
        ((count,),) = self._all("SELECT count(*) FROM late")
        return [LateEvent(*row) for row in self._all(_LATE, limit, skipped)], count

    def undelivered(self, limit: int, skipped: int = 0) -> list[NoticeRow]:
        """Give the newest notices that wait for a channel, or that one has given up."""
        with self._connection.reading() as database:
            return notice_rows(database, database.all(_UNDELIVERED, [limit, skipped]))

    def fates(self) -> dict[str, int]:
        """Give how many deliveries there are in each state."""
        return dict(self._all("SELECT state, count(*) FROM outbox GROUP BY state"))

    def reasons(self, promise: str) -> dict[str, str]:
        """Give why each line of a promise was told or not, by the line's id."""
        return dict(self._all("SELECT id, told FROM ledger WHERE promise = ?", promise))
