"""PracticeQueries: what a team did for each other and for its customers, and how its promises went, since an instant.

Whose a promise or an act is, says `Whose` in `standards/practice/practice.py`.
Read next: `streams/board/today.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, EXCUSED, REWARDED, SHARED, THANKED
from standards.judge.standard import CORRECTIONS_HORIZON, DAY, SCENARIO
from streams.storage.rows import ACT, PROMISE, act_row, promise_row, theirs, whose_is

if TYPE_CHECKING:
    from collections.abc import Collection

    from alerts.routing.actions import Action
    from standards.practice.practice import Whose
    from streams.storage.rows import PromiseRow
    from streams.storage.sqlite import SharedConnection


KNOWN_FOR: Final = 28 * DAY
"""How long ago a promise was opened at most that is offered to be excused, in microseconds."""


class Handled(msgspec.Struct, frozen=True):
    """A promise that needed a hand: when somebody was told of it first, took it, and it was done; -1: never.

    `owed`: it can still be done.
    """

    row: PromiseRow
    told: int
    taken: int
    done: int

    owed: bool = False

    def of(self, row: PromiseRow, *, owed: bool) -> Handled:
        """Give the same of the promise as somebody may see it, and say whether it is owed still."""
        return msgspec.structs.replace(self, row=row, owed=owed)


_FIELDS, _BODY = theirs("fields"), theirs("body")
_ACTS: Final = f"FROM acts WHERE type = ? AND at >= ? AND at < ? AND {_BODY}"
_ABOUT: Final = f"""
SELECT {ACT} FROM acts WHERE type = ? AND at >= ? AND CAST(body AS TEXT) ->> 'agent' = ? ORDER BY seq DESC LIMIT ?
"""  # noqa: S608 - fixed text
_COUNTS: Final = f"""
SELECT standard, sum(verdict = 'kept'), sum(verdict = 'broken') FROM promises INDEXED BY promises_settled
WHERE settled >= ? AND verdict IN ('kept', 'broken') AND standard IN (SELECT value FROM json_each(?)) AND {_FIELDS}
GROUP BY standard
"""  # noqa: S608 - fixed text
_OPEN: Final = f"""
SELECT {PROMISE} FROM promises INDEXED BY promises_open
WHERE verdict IS NULL AND standard IN (SELECT value FROM json_each(?)) AND {_FIELDS}
ORDER BY due < 0, due, id LIMIT ?
"""  # noqa: S608 - fixed text
_EXCUSABLE: Final = f"""
FROM promises WHERE standard IN (SELECT value FROM json_each(?)) AND opened >= ? AND {_FIELDS}
    AND (verdict IS NULL OR verdict IN ('broken', 'unknown') AND settled >= ?)
"""  # noqa: S608 - fixed text
_LISTED: Final = ", ".join(f"p.{name}" for name in PROMISE.split(", "))
_HANDLED: Final = f"""
SELECT {_LISTED},
    coalesce((SELECT min(CAST(n.body AS TEXT) ->> 'decided') FROM notices n WHERE CAST(n.body AS TEXT) ->> 'to' != ''
        AND (n.promise = p.id OR n.id IN (SELECT notice FROM spoken_for WHERE promise = p.id))), -1),
    coalesce((SELECT min(at) FROM acts WHERE acts.promise = p.id AND type = ?), -1),
    CASE WHEN verdict = 'kept' THEN settled ELSE coalesce((SELECT max(CAST(body AS TEXT) ->> 'at') FROM ledger
        WHERE ledger.promise = p.id AND kind = 'fulfilled_late'), -1) END
FROM promises p WHERE due >= ? AND opened < ? AND (warned OR verdict = 'broken') AND {_FIELDS} AND seq IN (
    SELECT seq FROM promises WHERE settled >= ? UNION ALL SELECT seq FROM promises WHERE verdict IS NULL)
ORDER BY due DESC, id LIMIT ?
"""  # noqa: S608 - fixed text
_EARNED: Final = f"""
SELECT {PROMISE} FROM promises WHERE settled >= ? AND verdict = 'kept' AND aspect != 'follow-through' AND {_FIELDS}
    AND standard IN (SELECT value FROM json_each(?)) AND id NOT IN (SELECT promise FROM acts WHERE type = ?)
ORDER BY settled DESC, id LIMIT ?
"""  # noqa: S608 - fixed text
_MOMENT: Final = "coalesce(CAST(body AS TEXT) ->> 'moment', '')"
_UNTHANKED: Final = f"""{_ACTS} AND {_MOMENT} NOT IN (SELECT {_MOMENT} FROM acts WHERE type = ? AND at >= ?
    AND name_key(by) != name_key(coalesce(CAST(body AS TEXT) ->> 'agent', '')))
"""  # noqa: S608 - fixed text
_UNREWARDED: Final = f"""
SELECT {ACT} {_ACTS} AND {_MOMENT} NOT IN (SELECT {_MOMENT} FROM acts WHERE type = ? AND at >= ?)
ORDER BY seq DESC LIMIT ?
"""  # noqa: S608 - fixed text
_OF_MOMENT: Final = f"SELECT {ACT} {_ACTS} AND {_MOMENT} = ? ORDER BY seq DESC LIMIT 1"
_OPENED: Final = f"""
SELECT DISTINCT standard FROM promises INDEXED BY promises_open
WHERE verdict IS NULL AND standard IN (SELECT value FROM json_each(?)) AND {_FIELDS}
"""  # noqa: S608 - fixed text
_TOLD: Final = f"""
SELECT {_MOMENT}, CAST(body AS TEXT) ->> 'note' {_ACTS} AND {_MOMENT} IN (SELECT value FROM json_each(?))
    AND coalesce(CAST(body AS TEXT) ->> 'note', '') != '' ORDER BY seq
"""  # noqa: S608 - fixed text
_ACTED: Final = ", ".join(f"a.{name}" for name in ACT.split(", "))
_EXCUSED: Final = f"""
SELECT {_LISTED}, (SELECT max(CAST(f.body AS TEXT) ->> 'at') FROM ledger f WHERE f.promise = p.id
        AND f.kind <> 'fulfilled_late' AND CAST(f.body AS TEXT) ->> 'verdict' IN ('broken', 'unknown')), {_ACTED}
FROM promises p INDEXED BY promises_settled JOIN ledger l ON l.promise = p.id AND l.kind = 'corrected'
    JOIN acts a ON a.source = CAST(l.body AS TEXT) ->> '$.cause[0]' AND a.id = CAST(l.body AS TEXT) ->> '$.cause[1]'
WHERE p.settled >= ? AND p.verdict = 'excused' AND a.type = ? AND a.by GLOB ? AND {_FIELDS}
ORDER BY p.settled DESC, p.id LIMIT ?
"""  # noqa: S608 - fixed text
_NAMED: Final = """
SELECT EXISTS (SELECT 1 FROM acts WHERE name_key(?) IN (name_key(by), name_key(CAST(body AS TEXT) ->> 'agent')))
"""
_NEWEST: Final = 2**62
_encode = msgspec.json.encode


class Excused(msgspec.Struct, frozen=True):
    """A promise that was excused by a scenario after it had `failed` (microseconds UTC), and the `act` that did so."""

    row: PromiseRow
    failed: int
    act: Action

    @property
    def scenario(self) -> str:
        """Name the scenario."""
        return self.act.by.removeprefix(SCENARIO)


class PracticeQueries:
    """Answers them: for any thread, and always at the last commit. Instants are microseconds UTC. Raises StateError."""

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def acts(self, kind: str, whose: Whose, since: int, limit: int, skipped: int = 0) -> list[Action]:
        """Give what people did of one type from an instant on, the newest first."""
        sql = f"SELECT {ACT} {_ACTS} ORDER BY seq DESC LIMIT ? OFFSET ?"
        rows = self._all(sql, kind, since, _NEWEST, *whose_is(whose), limit, skipped)
        return list(map(act_row, rows))

    def about(self, kind: str, agent: str, since: int, limit: int) -> list[Action]:
        """Give what was done of one type for one of us from an instant on, the newest first."""
        return list(map(act_row, self._all(_ABOUT, kind, since, agent, limit)))

    def counts(self, standards: Collection[str], since: int, whose: Whose) -> dict[str, tuple[int, int]]:
        """Count what was kept and broken of some standards from an instant on."""
        rows = self._all(_COUNTS, since, _listed(standards), *whose_is(whose))
        return {standard: (kept, broken) for standard, kept, broken in rows}

    def open(self, standards: Collection[str], whose: Whose, limit: int) -> list[PromiseRow]:
        """Give the promises of some standards that are open, those that are due first at the front."""
        return list(map(promise_row, self._all(_OPEN, _listed(standards), *whose_is(whose), limit)))

    def owing(self, standards: Collection[str], whose: Whose) -> set[str]:
        """Name those of some standards of which any promise is open."""
        return {name for (name,) in self._all(_OPENED, _listed(standards), *whose_is(whose))}

    def told_of(self, moments: Collection[str], whose: Whose, since: int) -> dict[str, str]:
        """Give what was told of some moments from an instant on, by their ids."""
        return dict(self._all(_TOLD, SHARED, since, _NEWEST, *whose_is(whose), _listed(moments)))

    def excusable(self, standards: Collection[str], now: int, whose: Whose, limit: int) -> tuple[list[PromiseRow], int]:
        """Give the newest promises of some standards that are open, or failed within a day, and how many there are."""
        values = _listed(standards), now - KNOWN_FOR, *whose_is(whose), now - CORRECTIONS_HORIZON
        ((count,),) = self._all(f"SELECT count(*) {_EXCUSABLE}", *values)
        sql = f"SELECT {PROMISE} {_EXCUSABLE} ORDER BY opened DESC, id LIMIT ?"
        return list(map(promise_row, self._all(sql, *values, limit))), count

    def excused(self, since: int, whose: Whose, limit: int) -> list[Excused]:
        """Give what a scenario excused from an instant on that had failed by then, the newest first."""
        rows, fields = (
            self._all(_EXCUSED, since, EXCUSED, f"{SCENARIO}*", *whose_is(whose), limit),
            _LISTED.count(",") + 1,
        )
        return [Excused(promise_row(row[:fields]), row[fields], act_row(row[fields + 1 :])) for row in rows]

    def handled(self, since: int, now: int, whose: Whose, limit: int) -> list[Handled]:
        """Give the promises due from an instant on that were warned of or broken, the newest deadline first."""
        rows = self._all(_HANDLED, ACKNOWLEDGED, since, now, *whose_is(whose), since, limit)
        return [Handled(promise_row(row[:-3]), *row[-3:]) for row in rows]

    def earned(self, standards: Collection[str], since: int, whose: Whose, limit: int) -> list[PromiseRow]:
        """Give the promises of some standards kept from an instant on for which nobody was rewarded.

        Those of follow-through are left out.
        """
        return list(map(promise_row, self._all(_EARNED, since, *whose_is(whose), _listed(standards), REWARDED, limit)))

    def unthanked(self, since: int, whose: Whose, limit: int) -> tuple[list[Action], int]:
        """Give the first moments from an instant on for which nobody else has thanked, and how many there are."""
        values = SHARED, since, _NEWEST, *whose_is(whose), THANKED, since
        ((count,),) = self._all(f"SELECT count(*) {_UNTHANKED}", *values)
        return list(map(act_row, self._all(f"SELECT {ACT} {_UNTHANKED} ORDER BY seq LIMIT ?", *values, limit))), count

    def unrewarded(self, since: int, whose: Whose, limit: int) -> list[Action]:
        """Give the newest moments from an instant on for which nobody was rewarded."""
        values = SHARED, since, _NEWEST, *whose_is(whose), REWARDED, since, limit
        return list(map(act_row, self._all(_UNREWARDED, *values)))

    def is_named(self, name: str) -> bool:
        """Say whether anybody did anything by a name, or anything was done for somebody of it."""
        ((found,),) = self._all(_NAMED, name)
        return bool(found)

    def of_moment(self, kind: str, moment: str, whose: Whose, since: int) -> Action | None:
        """Give what was done of one type from an instant on about a moment; None where nothing was."""
        rows = self._all(_OF_MOMENT, kind, since, _NEWEST, *whose_is(whose), moment)
        return act_row(rows[0]) if rows else None


def _listed(names: Collection[str]) -> str:
    return _encode(sorted(names)).decode()
