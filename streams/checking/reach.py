"""Goals of the practice document that no day, week or month of a history reached.

Read next: `history.py`, which asks.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from standards.judge.events import moment
from standards.judge.ledger import line
from standards.judge.promise import VERDICTS
from standards.judge.standard import UTC_ZONE
from standards.practice.periods import begun
from standards.practice.practice import Whose

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from standards.documents.entries import Entry
    from standards.judge.events import Event
    from standards.judge.promise import Transition
    from standards.practice.practice import Goal, Practice
    from streams.documents.rules import Rules

ENOUGH: Final = 10
"""From fewer promises than this nobody gives a goal up."""
_KEPT, _BROKEN = "kept", "broken"


class Reach:
    """Hears how promises of goals went, and says which goals were never reached."""

    def __init__(self, practice: Practice | None, rules: Rules) -> None:
        self._goals = practice.goals if practice is not None else {}
        self._teams = practice.teams if practice is not None else {}
        self._sites = rules.people.sites if rules.people is not None else {}
        self._meant = {goal.standard for goal in self._goals.values()}
        self._went: dict[str, tuple[str, int, str, Mapping[str, str]]] = {}

    def hear(self, transitions: Iterable[Transition[Event]]) -> None:
        """Take in what changed: of each promise the last verdict counts, where it was given."""
        for each in transitions:
            if each.standard.id in self._meant and each.after in VERDICTS:
                found = line(each)
                named = {name: str(found.fields.get(name) or "") for name in ("team", "site")}
                self._went[found.promise] = (found.standard, found.at, VERDICTS[each.after], named)

    def report(self, top: Entry) -> None:
        """Report goals that no period reached; `top` is the practice document's."""
        for name, goal in self._goals.items():
            periods = self._periods(goal)
            shares = {since: kept / (kept + broken) for since, (kept, broken) in periods.items()}
            judged = sum(map(sum, periods.values()))
            if judged >= ENOUGH and max(shares.values()) < goal.kept:
                best = max(shares, key=lambda since: (shares[since], -since))
                _out_of_reach(top.at("goals", name, "kept"), goal, (best, *periods[best]), self._zone(goal))

    def _zone(self, goal: Goal) -> ZoneInfo:
        site = self._sites.get(self._teams[goal.team].site)
        return site.zone if site is not None and site.zone is not None else UTC_ZONE

    def _periods(self, goal: Goal) -> dict[int, tuple[int, int]]:
        """Count what was kept and broken of a goal's promises in each period that has any."""
        whose, zone = Whose(goal.team, self._teams[goal.team].site), self._zone(goal)
        found: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        for standard, at, verdict, fields in self._went.values():
            if standard == goal.standard and verdict in (_KEPT, _BROKEN) and whose.has(fields):
                found[begun(goal.over, at, zone)][verdict == _BROKEN] += 1
        return {since: (kept, broken) for since, (kept, broken) in found.items()}


def _out_of_reach(entry: Entry, goal: Goal, best: tuple[int, int, int], zone: ZoneInfo) -> None:
    since, kept, broken = best
    day = f"{moment(since).astimezone(zone):%Y-%m-%d}"
    when = day if goal.over == "day" else f"the {goal.over} of {day}"
    found = (
        f"no {goal.over} of the history reached {100 * goal.kept:.6g}%: the best was {when}, with {kept:,} of "
        f"{kept + broken:,} kept"
    )
    fix = "begin with a goal that your best days reach, and raise it; a goal that nobody reaches is soon nobody's"
    entry.warning("out-of-reach", found, fix)
