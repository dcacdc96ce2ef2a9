"""The routers of a host, and the store that its board reads, for tests of who has a promise.

Knows: how a host pushes what came, and stores what comes of it. Must not know: who should have it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alerts.routing.actions import ACKNOWLEDGED, Action
from alerts.routing.incident import Incident
from standards.judge.ledger import Line
from streams.board.having import Having, by_promise
from streams.storage.read_model import ReadModel
from streams.storage.router_tables import book_actions, book_calls
from streams.storage.sqlite import FILE, Database
from tests.alerts.playing import NOON, SECOND, Floor

POLICY: Final = """
kept: 1
people: {ann: {}, bob: {}, cyd: {}}
teams: {floor: {members: [ann, bob]}}
routes: [{tell: floor, repeat: never, taken_for: 60s, escalate: [{after: 40s, tell: cyd}]}]
"""
TABLES: Final = ("acts", "holdings", "call_cases")


class Told:
    """The routers of a host, and the store that its board reads."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / FILE)
        self.board = ReadModel(folder)
        self.begin()

    def begin(self) -> None:
        """Begin anew, with nothing."""
        self.floor = Floor(POLICY)
        for table in TABLES:
            self.database.put(f"DELETE FROM {table}", [()])

    def go(self, seconds: float, *facts: Line | Action) -> None:
        """Let time come so far, with what came by then."""
        low = NOON + round(seconds * SECOND)
        lines = [each for each in facts if isinstance(each, Line)]
        acts = [each for each in facts if isinstance(each, Action)]
        result = self.floor.calls.push(lines, acts, low)
        self.floor.notices += result.notices
        for name, case in result.touched.items():
            self.floor.keep(name, case)
        with self.database.writing():
            book_actions(self.database, acts)
            book_calls(self.database, result, low)

    def close(self) -> None:
        """Close the store."""
        self.board.close()
        self.database.close()

    @property
    def incident(self) -> Incident | None:
        place = self.floor.calls.places.get("s1")
        found = place.incidents.get("p", {}) if place else {}
        return next(iter(found.values()), None)

    @property
    def shown(self) -> Having:
        acts = self.board.board.actions_on(["p"])
        return by_promise(acts, self.board.board.holdings(["p"])).get("p", Having())

    @property
    def messages(self) -> list[tuple[str, int]]:
        return [(it.to, (it.decided - NOON) // SECOND) for it in self.floor.notices]


def did(name: str, seconds: float, by: str, sort: str = ACKNOWLEDGED, to: str = "") -> Action:
    return Action(name, NOON + round(seconds * SECOND), by, "p", sort, "s", {"to": to} if to else {})
