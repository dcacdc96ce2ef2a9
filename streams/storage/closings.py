"""Closings: months and quarters, each counted once, a while after its end; what it was counted from goes soon after.

When a period is counted is noted before, and what came later is not in it: so all that happens again, after a crash or
from the topics of Kafka, gives the same. What is told of it stays as it was, whatever comes late or is erased.
Read next: `standards/practice/closing.py`, which says what is told; `cell_queries.py`, which reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from alerts.routing.actions import ANSWERED, COMPLAINED, SURVEYED, VOTED
from standards.calendar.duration import DAY
from standards.practice.cells import LEAST, Tree
from standards.practice.closing import CLOSES_AFTER, Mean, rates, scores, topics, votes
from standards.practice.periods import begun_quarter, months_before, next_month, next_quarter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from alerts.policy.policy import People
    from standards.judge.rulebook import Rulebook
    from standards.practice.cells import Node
    from standards.practice.practice import Practice
    from streams.storage.sqlite import Database

Period = Literal["month", "quarter"]
What = Literal["topics", "scores", "rates", "votes"]
BACK: Final = 3
"""How many months that are over are counted at the first start."""
MATTER: Final = "coalesce(CAST(fields AS TEXT) ->> 'contact', CAST(fields AS TEXT) ->> 'ticket')"
"""The customer's matter that a promise is about, as the index `promises_matter` has it."""

_TEAM, _SITE = (f"coalesce(CAST(body AS TEXT) ->> '{name}', '')" for name in ("team", "site"))
_OF: Final = "FROM acts WHERE type = ? AND at >= ? AND at < ? AND received < ?"
_NAMED: Final = f"""
SELECT {_TEAM} AS team, {_SITE} AS site, coalesce(CAST(body AS TEXT) ->> ?, '') AS named, count(*) {_OF}
GROUP BY team, site, named
"""
_ASKED: Final = f"""
SELECT {_TEAM} AS team, {_SITE} AS site, sum(CAST(body AS TEXT) ->> 'asked') {_OF} GROUP BY team, site
"""
_SCORES: Final = f"""
SELECT team, site, verdict, count(*), sum(score), sum(score * score) FROM (
    SELECT {_TEAM} AS team, {_SITE} AS site, CAST(CAST(body AS TEXT) ->> 'score' AS REAL) AS score,
        coalesce((SELECT verdict FROM promises INDEXED BY promises_matter
            WHERE verdict IN ('kept', 'broken') AND settled < acts.at AND aspect != 'follow-through'
            AND {MATTER} = CAST(acts.body AS TEXT) ->> 'contact' ORDER BY verdict = 'broken' DESC LIMIT 1), '')
        AS verdict {_OF}
) GROUP BY team, site, verdict
"""  # noqa: S608 - fixed text
_RATES: Final = """
SELECT coalesce(CAST(fields AS TEXT) ->> 'team', '') AS team, coalesce(CAST(fields AS TEXT) ->> 'site', '') AS site,
    fields, verdict FROM promises INDEXED BY promises_settled
WHERE settled >= ? AND settled < ? AND standard = ? AND verdict IN ('kept', 'broken')
"""
_PLAN: Final = """
INSERT INTO closings (period, since, until, closes) SELECT ?1, ?2, ?3, ?4
WHERE NOT EXISTS (SELECT 1 FROM closings WHERE period = ?1 AND abs(since - ?2) < ?5)
"""
_UNDO: Final = """
DELETE FROM cells WHERE EXISTS (SELECT 1 FROM closings
    WHERE since = cells.since AND (period = 'quarter') = (what = 'votes') AND until > ?)
"""
_DUE: Final = (
    "SELECT period, since, until, closes FROM closings WHERE NOT closed AND closes <= ? ORDER BY closes, since"
)
_BEGAN: Final = "SELECT min(received) FROM acts WHERE received >= 0"
_CELL: Final = "INSERT OR IGNORE INTO cells (what, since, team, site, body) VALUES (?,?,?,?,?)"
_OVER: Final = """
DELETE FROM acts WHERE type = ? AND at < (
    SELECT coalesce(max(until), 0) FROM closings WHERE closed AND period = ? AND until <= ?)
"""

_MOVED: Final = 2 * DAY
"""How near to each other two beginnings are of the same period: where the house's zone was changed, say."""

_encode = msgspec.json.encode
_fields = msgspec.json.Decoder(dict[str, object]).decode


class House(msgspec.Struct, frozen=True):
    """Whom a period is counted for.

    `small` are the teams of fewer than `LEAST` people. `personal` are the standards that owe for each person alone,
    each with the fields that say for whom.
    """

    tree: Tree = Tree()
    small: frozenset[str] = frozenset()
    personal: Mapping[str, tuple[str, ...]] = {}


def house_of(practice: Practice | None, people: People | None, rulebook: Rulebook) -> House:
    """Give the house that the documents in force describe."""
    teams = {} if practice is None else {name: team.site for name, team in practice.teams.items()}
    known = {} if people is None else people.teams
    small = frozenset(name for name, team in known.items() if 0 < len(team.members) < LEAST)
    return House(Tree(teams), small, {name: each.owed_to for name, each in rulebook.current.items() if each.owed_to})


class Closings:
    """Counts what is due, in one database, by one calendar; `after` is how long after its end, in microseconds.

    `refilled`: a store that was lost is filled again, with the times at which all came. Then periods are counted when
    they were before.
    """

    def __init__(
        self, database: Database, zone: ZoneInfo, after: int = CLOSES_AFTER, *, refilled: bool = False
    ) -> None:
        self._database, self._zone, self._after, self._refilled = database, zone, after, refilled
        self._next = -1

    def close(self, house: House, now: int) -> list[tuple[Period, int]]:
        """Plan what will be counted, and count what is due by `now` (microseconds UTC); gives it, by its beginning.

        Raises StateError; then nothing of it was counted.
        """
        if now < self._next:
            return []
        with self._database.writing():
            planned = self._plan(now)
            due = self._database.all(_DUE, [now])
            for period, since, until, closes in due:
                self._count(house, period, (since, until, closes))
            self._forget(max((since for period, since, *_ in due if period == "month"), default=-1))
            ((following,),) = self._database.all("SELECT min(closes) FROM closings WHERE NOT closed")
        self._next = min(planned, following)
        return [(period, since) for period, since, *_ in due]

    def go_back(self, now: int) -> None:
        """Forget, inside a transaction, what was counted before it was over: the clock was ahead of time."""
        self._next = -1
        self._database.put(_UNDO, [(now,)])
        self._database.put("DELETE FROM closings WHERE until > ?", [(now,)])

    def _plan(self, now: int) -> int:
        """Note when the periods that run and were are counted; gives when the next one begins.

        What was over before that is counted a while after it: senders may have kept back what was said meanwhile.
        """
        began = self._database.all(_BEGAN)[0][0] if self._refilled else None
        earliest = (now if began is None else min(now, began)) + self._after
        months, ends = months_before(now, self._zone, BACK), next_month(now, self._zone)
        quarter = begun_quarter(now, self._zone)
        before = begun_quarter(quarter - 1, self._zone)
        spans: list[tuple[Period, int, int]] = [
            ("quarter", before, quarter), ("quarter", quarter, next_quarter(now, self._zone)),
        ]  # fmt: skip
        spans += [("month", since, until) for since, until in zip(months, [*months[1:], ends], strict=True)]
        rows = [(*span, max(span[2] + self._after, earliest), _MOVED) for span in spans]
        self._database.put(_PLAN, rows)
        return ends

    def _forget(self, month: int) -> None:
        """Delete the answers that were counted before a month was: one is kept, as a clock may have been ahead."""
        of = {VOTED: "quarter", COMPLAINED: "month", ANSWERED: "month", SURVEYED: "month"}
        self._database.put(_OVER, [(kind, period, month) for kind, period in of.items()])

    def _count(self, house: House, period: Period, span: tuple[int, int, int]) -> None:
        told = _votes if period == "quarter" else _month
        rows = [
            (what, span[0], *_group(node), _encode(cell))
            for what, cells in told(self._database, house, span)
            for node, cell in cells.items()
        ]
        self._database.put(_CELL, rows)
        self._database.put("UPDATE closings SET closed = 1 WHERE period = ? AND since = ?", [(period, span[0])])


def _group(node: Node) -> tuple[str, str]:
    """Give the team and the site by which a group is stored: a team by its name alone, wherever it works."""
    return (node[1], "") if len(node) > 1 else ("", node[0] if node else "")


def _votes(
    database: Database, house: House, span: tuple[int, int, int]
) -> Iterator[tuple[What, Mapping[Node, object]]]:
    yield "votes", votes(_named(database, house, "reward", (VOTED, *span)), house.small)


def _month(
    database: Database, house: House, span: tuple[int, int, int]
) -> Iterator[tuple[What, Mapping[Node, object]]]:
    yield "topics", topics(_named(database, house, "topic", (COMPLAINED, *span)))
    asked: dict[Node, int] = {}
    for team, site, count in database.all(_ASKED, [SURVEYED, *span]):
        leaf = house.tree.leaf(team, site)
        asked[leaf] = asked.get(leaf, 0) + int(count or 0)
    answers: dict[Node, dict[str, Mean]] = {}
    for team, site, verdict, *sums in database.all(_SCORES, [ANSWERED, *span]):
        given = answers.setdefault(house.tree.leaf(team, site), {})
        given[verdict] = given.get(verdict, Mean()) + Mean(*sums)
    yield "scores", scores(answers, asked)
    yield "rates", _rates(database, house, span)


def _named(database: Database, house: House, field: str, of: tuple[object, ...]) -> dict[Node, dict[str, int]]:
    found: dict[Node, dict[str, int]] = {}
    for team, site, name, count in database.all(_NAMED, [field, *of]):
        counts = found.setdefault(house.tree.leaf(team, site), {})
        counts[name] = counts.get(name, 0) + count
    return found


def _rates(database: Database, house: House, span: tuple[int, int, int]) -> dict[Node, dict[str, object]]:
    """Tell by group how each standard went that owes for each person alone."""
    found: dict[Node, dict[str, object]] = {}
    for standard, named in house.personal.items():
        kept: dict[Node, dict[str, tuple[int, int]]] = {}
        for team, site, body, verdict in database.all(_RATES, [*span[:2], standard]):
            fields = _fields(body)
            of = kept.setdefault(house.tree.leaf(team, site), {})
            person = _encode([fields.get(name) for name in named]).decode()
            well, ill = of.get(person, (0, 0))
            of[person] = (well + (verdict == "kept"), ill + (verdict != "kept"))
        for node, rate in rates(kept).items():
            found.setdefault(node, {})[standard] = rate
    return found
