"""OwedQueries: what is owed now, by how urgent it is, by place and standard, and as far as somebody wants to see it.

Read next: `rows.py`, `streams/board/now.py`, which shows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.routing.actions import ACKNOWLEDGED, DEBRIEFED
from standards.natural import name_key
from streams.storage.rows import (
    NAMES_ONE_OF_US,
    OWED,
    PROMISE,
    FailedGroup,
    OwedGroup,
    Unjudged,
    promise_row,
    theirs,
    whose_is,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from streams.storage.rows import OwedFilter, PromiseRow, Sort
    from streams.storage.sqlite import SharedConnection

_SITE: Final = "coalesce(CAST(fields AS TEXT) ->> 'site', '')"
"""As the index `promises_places` has it."""
_SORTS: Final[Mapping[Sort, str]] = {
    "overdue": OWED,
    "warned": "FROM promises WHERE verdict IS NULL AND due >= 0 AND state = 'warned'",
    "unknown": "FROM promises WHERE verdict = 'unknown' AND settled >= ?",
    "talk": """FROM promises WHERE verdict = 'broken'
        AND NOT EXISTS (SELECT 1 FROM acts WHERE acts.promise = promises.id AND acts.type = ?)
        AND (state != 'broken' OR NOT EXISTS (SELECT 1 FROM json_each(?) WHERE key = revision AND settled >= value))""",
    "running": "FROM promises WHERE verdict IS NULL AND due >= 0 AND state = 'open'",
    "paused": "FROM promises WHERE verdict IS NULL AND state IN ('paused', 'paused_warned')",
}
_ORDERS: Final[Mapping[Sort, str]] = {
    "paused": "state DESC, opened", "unknown": "settled DESC", "talk": "settled DESC",
}  # fmt: skip
_SETTLED: Final = frozenset({"unknown", "talk"})
"""The sorts that are not in the index by place."""
_BY_PLACE: Final = ("FROM promises", "FROM promises INDEXED BY promises_places", 1)
"""What has a query go by the index by place, which the planner passes over for those by time."""
_NAMED: Final = """
(EXISTS (SELECT 1 FROM acts WHERE promise = promises.id AND type = ? AND name_key(by) IN (SELECT value FROM
    json_each(?)))
OR EXISTS (SELECT 1 FROM notices WHERE (promise = promises.id
        OR id IN (SELECT notice FROM spoken_for WHERE promise = promises.id))
    AND name_key(CAST(body AS TEXT) ->> 'to') IN (SELECT value FROM json_each(?))))
"""
_WORDED: Final = """({looked} LIKE ? ESCAPE '\\' OR standard IN (SELECT value FROM json_each(?))
 OR EXISTS (SELECT 1 FROM json_each(?) WHERE instr('/' || {looked} || '/', '/' || value || '/')))"""
_OF_SITE: Final = f"""
standard IN (SELECT DISTINCT standard FROM revisions) AND opened >= ? AND {_SITE} = ?
    AND (verdict IS NULL OR verdict IN ('broken', 'unknown'))
"""  # noqa: S608 - fixed text
_BY_SITE: Final = f"""
SELECT {_SITE} AS place, sum(verdict = 'kept'), sum(verdict = 'broken') FROM promises
WHERE standard = ? AND opened >= ? AND verdict IN ('kept', 'broken') GROUP BY place
"""  # noqa: S608 - fixed text
SITES: Final = "SELECT site FROM sites WHERE opened >= ?"
_BROKEN_OF: Final = f"""
SELECT {PROMISE} FROM promises WHERE standard = ? AND opened >= ? AND verdict = 'broken' {{only}}
ORDER BY opened DESC, id LIMIT ?
"""  # noqa: S608 - fixed text
_UNJUDGED: Final = f"""
SELECT {_SITE} AS place, standard, coalesce((SELECT CAST(body AS TEXT) ->> 'reason' FROM ledger
    WHERE promise = promises.id AND kind = 'lost' ORDER BY seq DESC LIMIT 1), '') AS reason,
    count(*), min(settled), max(settled), coalesce((SELECT CAST(body AS TEXT) ->> 'silent' FROM ledger
    WHERE promise = promises.id AND kind = 'lost' ORDER BY seq DESC LIMIT 1), '[]') AS silent
FROM promises WHERE verdict = 'unknown' AND settled >= ? GROUP BY place, standard, reason, silent
ORDER BY max(settled) DESC, place, standard, reason, silent LIMIT ? OFFSET ?
"""  # noqa: S608 - fixed text
_JUDGED: Final = """
SELECT sum(verdict = 'kept'), sum(verdict = 'broken') FROM promises
WHERE standard IN (SELECT DISTINCT standard FROM revisions) AND opened >= ?
"""
_ENDLESS: Final = "SELECT count(*) FROM promises WHERE verdict IS NULL AND due < 0 AND state IN ('open', 'warned')"

_FAILED: Final = "verdict IN ('broken', 'excused', 'unknown')"

_encode = msgspec.json.encode


class OwedQueries:
    """Answers what is owed: for any thread, and always at the last commit. Raises StateError.

    `owed_since` says by revision since when promises must have been broken to be owed, in microseconds UTC.
    """

    def __init__(self, connection: SharedConnection) -> None:
        self._all = connection.all

    def groups(self, sort: Sort, owed_since: Mapping[str, int], wanted: OwedFilter) -> list[OwedGroup]:
        """Give what is owed of one sort by place and standard, in no order."""
        source, values = _source(sort, owed_since, wanted)
        source = source if sort in _SETTLED else source.replace(*_BY_PLACE)
        sql = f"SELECT {_SITE} AS place, standard, count(*), min(due) {source} GROUP BY place, standard"
        return [OwedGroup(*row) for row in self._all(sql, *values)]

    def rows(
        self, sort: Sort, owed_since: Mapping[str, int], wanted: OwedFilter, *, limit: int, skipped: int = 0
    ) -> list[PromiseRow]:
        """Give the promises of one sort, the most urgent first; of those, the shorter names: till 2 before till 10."""
        ordered, values = _ordered(sort, owed_since, wanted)
        sql = f"SELECT {PROMISE} {ordered} LIMIT ? OFFSET ?"
        return list(map(promise_row, self._all(sql, *values, limit, skipped)))

    def ids(self, sort: Sort, owed_since: Mapping[str, int], wanted: OwedFilter, *, limit: int) -> tuple[str, ...]:
        """Give the ids of the promises of one sort, in the order of `rows`."""
        ordered, values = _ordered(sort, owed_since, wanted)
        return tuple(name for (name,) in self._all(f"SELECT id {ordered} LIMIT ?", *values, limit))

    def named(self, ids: Sequence[str]) -> list[PromiseRow]:
        """Give the promises of some ids, as far as there are such."""
        sql = f"SELECT {PROMISE} FROM promises WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"  # noqa: S608 - fixed text
        return list(map(promise_row, self._all(sql, _encode(list(ids)).decode())))

    def of_site(self, site: str, since: int) -> list[PromiseRow]:
        """Give the promises of a site opened from an instant on that are owed, or were not kept."""
        sql = f"SELECT {PROMISE} FROM promises WHERE {_OF_SITE} ORDER BY opened, id"  # noqa: S608 - fixed text
        return list(map(promise_row, self._all(sql, since, site)))

    def judged_since(self, since: int, site: str) -> tuple[int, int]:
        """Count the promises opened from an instant on that were kept and broken, at a site or at all."""
        sql = _JUDGED + (f" AND {_SITE} = ?" if site else "")
        ((kept, broken),) = self._all(sql, since, *([site] if site else []))
        return kept or 0, broken or 0

    def verdicts_since(self, since: int, site: str) -> dict[str, int]:
        """Count what was settled from an instant on by its verdict, at a site or at all."""
        sql = f"SELECT verdict, count(*) FROM promises WHERE {_settled(site)} GROUP BY verdict"  # noqa: S608 - fixed text
        return dict(self._all(sql, since, *([site] if site else [])))

    def failed_since(
        self, since: int, site: str, limit: int, *, standard: str = "", skipped: int = 0
    ) -> list[PromiseRow]:
        """Give what was settled from an instant on and not kept, the newest first, at a site or at all."""
        failed = f"{_settled(site)} AND {_FAILED}{' AND standard = ?' if standard else ''}"
        sql = f"SELECT {PROMISE} FROM promises WHERE {failed} ORDER BY settled DESC, id LIMIT ? OFFSET ?"  # noqa: S608 - fixed text
        return list(map(promise_row, self._all(sql, since, *filter(None, (site, standard)), limit, skipped)))

    def broken_since(self, standard: str, since: int, limit: int) -> list[PromiseRow]:
        """Give the newest of what was settled from an instant on and is broken, of a standard."""
        sql = f"""
            SELECT {PROMISE} FROM promises WHERE {_settled("")} AND verdict = 'broken' AND standard = ?
            ORDER BY settled DESC, id LIMIT ?
        """  # noqa: S608 - fixed text
        return list(map(promise_row, self._all(sql, since, standard, limit)))

    def failed_groups(self, since: int, site: str) -> list[FailedGroup]:
        """Count the same by site, standard and verdict; what was settled last comes first."""
        sql = f"""
            SELECT {_SITE} AS place, standard, verdict, count(*), max(settled) FROM promises
            WHERE {_settled(site)} AND {_FAILED} GROUP BY place, standard, verdict
            ORDER BY max(settled) DESC, place, standard, verdict
        """  # noqa: S608 - fixed text
        return [FailedGroup(*row) for row in self._all(sql, since, *([site] if site else []))]

    def sites(self, since: int) -> list[str]:
        """Name the sites of the promises that were opened from an instant on, in no order."""
        return [site for (site,) in self._all(SITES, since)]

    def by_site(self, standard: str, since: int) -> dict[str, tuple[int, int]]:
        """Count the promises of a standard opened from an instant on that were kept and broken, by their sites."""
        return {site: (kept, broken) for site, kept, broken in self._all(_BY_SITE, standard, since)}

    def broken_of(self, standard: str, since: int, site: str, limit: int) -> list[PromiseRow]:
        """Give the newest broken promises of a standard opened from an instant on; of a site, where one is named."""
        sql = _BROKEN_OF.format(only=f"AND {_SITE} = ?" if site else "")
        return list(map(promise_row, self._all(sql, standard, since, *([site] if site else []), limit)))

    def unjudged(self, since: int, limit: int, skipped: int = 0) -> tuple[list[Unjudged], int]:
        """Say, by site, standard and reason, what became unknown from an instant on; what did last comes first.

        Gives how many promises did so in all, too.
        """
        ((count,),) = self._all("SELECT count(*) FROM promises WHERE verdict = 'unknown' AND settled >= ?", since)
        rows = self._all(_UNJUDGED, since, limit, skipped)
        found = [msgspec.structs.replace(Unjudged(*row[:-1]), silent=_names(row[-1])) for row in rows]
        return found, count

    def endless(self, wanted: OwedFilter) -> int:
        """Count the open promises that have no deadline of their own."""
        terms = list(_terms(wanted))
        sql = " AND ".join([_ENDLESS, *(term for term, _ in terms)])
        ((count,),) = self._all(sql, *(value for _, values in terms for value in values))
        return int(count)


_names = msgspec.json.Decoder(tuple[str, ...]).decode


def _settled(site: str) -> str:
    return f"settled >= ? AND verdict IS NOT NULL{f' AND {_SITE} = ?' if site else ''}"


def _ordered(sort: Sort, owed_since: Mapping[str, int], wanted: OwedFilter) -> tuple[str, list[object]]:
    """Give where the promises of one sort are found, the most urgent first, and the values that are asked with."""
    source, values = _source(sort, owed_since, wanted)
    source = source.replace(*_BY_PLACE) if wanted.site is not None and sort not in _SETTLED else source
    order = _ORDERS.get(sort, "due")
    return f"{source} ORDER BY {order}, length(subject), subject, id", values


def _source(sort: Sort, owed_since: Mapping[str, int], wanted: OwedFilter) -> tuple[str, list[object]]:
    """Give where the promises of one sort are found, from FROM on, and the values that are asked with."""
    terms = list(_terms(wanted))
    owed = _encode(owed_since).decode()
    asked: dict[Sort, list[object]] = {"overdue": [owed], "unknown": [wanted.unknown_since], "talk": [DEBRIEFED, owed]}
    since = asked.get(sort, [])
    source = " AND ".join([_SORTS[sort], *(term for term, _ in terms)])
    return source, [*since, *(value for _, values in terms for value in values)]


def _terms(wanted: OwedFilter) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Give the conditions of a filter, each with its values."""
    if wanted.site is not None:
        yield f"{_SITE} = ?", (wanted.site,)
    for name in ("standard", "owner"):
        if value := getattr(wanted, name):
            yield f"{name} = ?", (value,)
    if wanted.whose.team or wanted.whose.site:
        yield theirs("fields"), whose_is(wanted.whose)
    if wanted.text:
        text = wanted.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        looked = "subject" if wanted.named else f"(CASE WHEN {NAMES_ONE_OF_US} THEN {_SITE} ELSE subject END)"
        yield (
            _WORDED.format(looked=looked),
            (f"%{text}%", _encode(wanted.worded).decode(), _encode(wanted.called).decode()),
        )
    if wanted.people:
        names = _encode(list(filter(None, map(name_key, wanted.people)))).decode()
        yield _NAMED, (ACKNOWLEDGED, names, names)
