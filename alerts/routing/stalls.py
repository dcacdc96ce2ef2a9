"""Nobody ran for a while, or the clock was set forward: what passed meanwhile is said once, as it stands then.

While nobody runs nothing can be told, so that time counts neither for a chain, nor for how long somebody has something,
nor for the day of repeats; what fell due in it is due when it is over. A clock that was set forward let no time go by:
all that waits, waits as long as before. Calendars and silences go by the clock.
Read next: `router.py` and `throttle.py`, which are given a stall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from standards.calendar.duration import MINUTE
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from alerts.routing.incident import AlertRouter, Incident
    from alerts.routing.turns import Turns
    from alerts.routing.waiting import RecipientThrottle

SHORTEST: Final = MINUTE
"""How long nobody must have run, in microseconds; less is a pause that nobody notices."""
NOTED: Final = SHORTEST // 3
"""How often a host notes at least how far time has come, in microseconds, so that it can tell a stall from calm."""
WAITING: Final = ("trouble_at", "over_at", "repeat_at", "taken_until", "anew_at", "hand_at")
"""What an incident waits for by the length of time; the instants of calendars are not among them."""
TELLING: Final = ("taken_until", "anew_at")
"""Those of them that count only time in which somebody can be told."""


class Stall(msgspec.Struct, frozen=True):
    """From `since` to `at`, in microseconds UTC, nobody ran; or `stepped`: the clock was set forward by that."""

    since: int
    at: int
    stepped: bool = False

    @property
    def span(self) -> int:
        """How long it was."""
        return self.at - self.since


def stall_of(since: int, at: int) -> Stall | None:
    """Give the stall between two instants, if there is one; `since` is -1 where nobody ran before."""
    return Stall(since, at) if since >= 0 and at - since >= SHORTEST else None


class Lull:
    """One place's incidents while nobody runs: lines are heard, and nothing has its turn before it is over."""

    def __init__(self, case: AlertRouter, turns: Turns, stall: Stall) -> None:
        self.case = case
        self.turns = turns
        self.stall = stall
        self._before: dict[int, tuple[Incident, dict[str, int]]] = {}
        self._paused: list[Incident] = []
        for routes in case.incidents.values():
            for incident in routes.values():
                self._begin(incident)

    def _begin(self, incident: Incident) -> None:
        self._before[id(incident)] = incident, {name: getattr(incident, name) for name in WAITING}
        if self.stall.stepped:
            self._shift(incident)
        elif not incident.is_held and incident.over is None:
            incident.held_since = self.stall.since
            self._paused.append(incident)

    def _shift(self, incident: Incident) -> None:
        """Count from later what the clock was set forward by."""
        span = self.stall.span
        incident.began += span if incident.began >= 0 else 0
        incident.said_at += span if incident.said_at >= 0 else 0
        incident.held_for += span if not incident.is_held else 0
        incident.added = {step: since + span for step, since in incident.added.items()}

    def end(self) -> None:
        """Have all that fell due meanwhile be due now."""
        for incident in self._paused:
            if incident.is_held:
                self.turns.let_go(incident, self.stall.at)
        for routes in self.case.incidents.values():
            for incident in routes.values():
                self._due(incident)

    def _due(self, incident: Incident) -> None:
        at = self.stall.at
        _, before = self._before.get(id(incident), (incident, dict[str, int]()))
        for name in WAITING:
            due = getattr(incident, name)
            if due == NEVER:
                continue
            counts = self.stall.stepped or name in TELLING
            if counts and before.get(name) == due and not (name == "over_at" and incident.cleared):
                due += self.stall.span
            elif name == "taken_until":  # taken meanwhile
                due = at + self.turns.people.route(incident.route).taken_of(incident.line.severity)
            setattr(incident, name, max(due, at))
        incident.held_until, incident.shift_at = max(incident.held_until, at), max(incident.shift_at, at)
        if incident.climb_at != NEVER and not incident.is_held:
            incident.climb_at = self.turns.climb_at(incident, at)


def wait_out(case: RecipientThrottle, stall: Stall) -> None:
    """Let what waits for one person wait until a stall is over."""
    if stall.stepped:
        span = stall.span
        case.sent, case.pages = ([at + span for at in times] for times in (case.sent, case.pages))
        case.last_summary, case.last_well, case.last_digest = (
            at + span if at > 0 else at for at in (case.last_summary, case.last_well, case.last_digest)
        )
        case.summary_due, case.digest_due = (
            due if due == NEVER else due + span for due in (case.summary_due, case.digest_due)
        )
    not_before(case, stall)


def not_before(case: RecipientThrottle, stall: Stall) -> None:
    """Let no message go before a stall is over."""
    case.summary_due, case.digest_due = max(case.summary_due, stall.at), max(case.digest_due, stall.at)
