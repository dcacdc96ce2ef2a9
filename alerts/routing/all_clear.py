"""That all is well: when it is told, and to whom.

An all-clear waits for `well_for`, for twice as long each time the trouble came back within an hour of the last one, and
for the rest of its group, ten minutes at most. Silences and inhibitions hold none back; a route's mute time does, but
not for who had it. Read next: `turns.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.policy.openings import closes_after
from alerts.routing import remarks
from alerts.routing.calling import Said
from alerts.routing.incident import Swing, name_of
from standards.calendar.duration import HOUR, MINUTE
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.calling import Calling
    from alerts.routing.incident import AlertRouter, Incident
    from standards.judge.ledger import Line

FOR_THE_REST: Final = 10 * MINUTE
"""How long an all-clear waits at most for the rest of its group."""
RETURNS: Final = HOUR
"""How long after an all-clear trouble that comes back makes the next one wait longer."""


class AllClears:
    """The all-clears of one place."""

    def __init__(self, case: AlertRouter, calling: Calling) -> None:
        self.case = case
        self.calling = calling
        self.people = calling.people
        self._groups: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
        self._alike: dict[tuple[str, str], dict[str, None]] = {}
        for routes in case.incidents.values():
            for incident in routes.values():
                self.join(incident)

    def join(self, incident: Incident) -> None:
        """Note the group of an incident, and what is of the same standard and subject, under its promise's id now."""
        self._groups.setdefault((incident.route, incident.group), {})[incident.line.promise] = None
        self._alike.setdefault((incident.line.standard, incident.line.subject), {})[incident.line.promise] = None

    def well_after(self, incident: Incident, line: Line) -> int:
        """Give how long all must be well before the end that a line is is told."""
        swing = self.case.swings.get(_place(incident, line))
        return self.people.route(incident.route).well_after(line, 0 if swing is None else swing.times)

    def returned(self, incident: Incident, at: int) -> None:
        """Note that trouble is here; soon after an all-clear, the next one waits longer."""
        place = _place(incident, incident.line)
        swing = self.case.swings.get(place)
        if swing is not None and swing.until > at:
            self.case.swings[place] = Swing(at + RETURNS, swing.times + 1)

    def _standing(self, line: Line, at: int) -> list[int]:
        """Give since when others of the same standard and subject are in trouble, and still to be met."""
        alike = self._alike.get((line.standard, line.subject), {}).keys() - {line.promise}
        found = (each for promise in alike for each in self.case.incidents.get(promise, {}).values())
        standing = {it.line.promise: it.line.opened for it in found if it.over is None and self.calling.is_owed(it, at)}
        return list(standing.values())

    def rest_of_group(self, incident: Incident) -> list[Incident]:
        """Give the others of an incident's group of which somebody was told, and no all-clear yet."""
        return [
            other
            for promise in self._groups.get((incident.route, incident.group), ())
            if (other := self.case.incidents.get(promise, {}).get(incident.route)) is not None
            and other is not incident and other.group == incident.group and other.told
            and (other.over is None or other.over_at != NEVER)
        ]  # fmt: skip

    def due(self, incident: Incident, rest: Iterable[Incident], at: int) -> int:
        """Give when an all-clear goes, after an instant: with the rest of its group, or ten minutes later at most."""
        line = incident.over
        if line is None:
            return NEVER
        due = line.known + self.well_after(incident, line)
        latest = due if line.kind in ("corrected", "withdrawn", "given_up") else due + FOR_THE_REST
        waits = max((latest if other.over is None else other.over_at for other in rest), default=due)
        return max(at, min(latest, max(due, waits)))

    def say(self, incident: Incident, at: int) -> Sequence[Said]:
        """Give the all-clear of an incident whose time has come, or let it wait for others."""
        line = incident.over
        if line is None:
            incident.over_at = NEVER
            return ()
        if not incident.cleared:
            incident.over_at = self.due(incident, self.rest_of_group(incident), at)
            if incident.over_at > at:
                return ()
        names = [name for name in incident.told if name not in incident.cleared]
        muted = [hours for hours in self.people.route(incident.route).mute if hours.is_open(at)]
        if muted and line.kind != "given_up":
            names = [name for name in names if name in incident.holders]
        if self.calling.standard(line) is None:
            self.calling.withhold(line, names, "overdue", at)
            names = []
        self._closed(incident, line, at, max((closes_after(hours, at) for hours in muted), default=NEVER))
        incident.cleared = [*incident.cleared, *names]
        standing = self._standing(line, at)
        more = remarks.stands_again(len(standing), min(standing), at) if standing else None
        made = [self.calling.notice(line, name, 0, at, more=more) for name in names]
        told = [msgspec.structs.replace(each, stands_again=len(standing)) for each in made]
        return [Said(each, fresh=False, passes=each.to in incident.holders) for each in told]

    def _closed(self, incident: Incident, line: Line, at: int, again: int) -> None:
        """Note that the all-clear is told, to the rest `again` if it is muted; what may be corrected stays known."""
        if incident.owed:
            self.calling.reason(line, "told")
            incident.owed = ""
        incident.over_at = again
        self.case.settling.pop(_place(incident, line), None)
        if again != NEVER:
            return
        times = self.case.swings[_place(incident, line)].times if _place(incident, line) in self.case.swings else 0
        if line.kind not in ("corrected", "withdrawn", "given_up"):
            self.case.swings[_place(incident, line)] = Swing(at + RETURNS, times)
        if line.kind in ("withdrawn", "given_up"):
            self.calling.drop(incident)


def _place(incident: Incident, line: Line) -> str:
    return name_of(incident.route, line.standard, line.subject)
