"""The policy was read anew, and is another one: what becomes of incidents that are known.

| the route of its promise | becomes |
|---|---|
| is the same | nothing is sent; steps that are new in its chain count from now |
| is another one | it goes on there; of that route's first step, those are told who were not told before |
| there is none any more | who was told hears of its end, and nobody hears of anything else |

A route without a name is known by what it says, not by its place among the others. Read next: `router.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from alerts.routing.incident import name_of
from standards.judge.promise import NEVER

if TYPE_CHECKING:
    from alerts.policy.policy import People, Route
    from alerts.routing.incident import AlertRouter, Incident
    from alerts.routing.turns import Turns


class Reloaded(msgspec.Struct, frozen=True):
    """A policy is in force from an instant on (microseconds UTC). `steps` are how many each route had before."""

    at: int
    steps: dict[str, int]


def policy_name(people: People) -> str:
    """Give what tells the routes of a policy from those of another one."""
    said = msgspec.json.encode([(it.name, it.match, it.go_on, it.chain) for it in people.routes])
    return blake2b(said, digest_size=12).hexdigest()


def steps_of(people: People) -> dict[str, int]:
    """Give how many steps each route has."""
    return {route.name: len(route.chain) for route in people.routes}


def name_routes(case: AlertRouter, people: People) -> bool:
    """Give routes that an earlier version knew by their places the names that they have now; says if it had any."""
    former = {f"route-{route.number}": route.name for route in people.routes if route.number}
    former = {old: new for old, new in former.items() if all(old != route.name for route in people.routes)}
    found = False
    for routes in case.incidents.values():
        for old in former.keys() & routes.keys():
            incident = routes.pop(old)
            incident.route, found = former[old], True
            routes[incident.route] = incident
    for names in (case.open, case.settling, case.swings):
        for name in list(names):
            route, *rest = msgspec.json.decode(name, type=list[str])
            if route in former:
                names[name_of(former[route], *rest)] = names.pop(name)  # type: ignore[assignment]
    return found


class Reloading:
    """One place's incidents, as they go over to another policy."""

    def __init__(self, case: AlertRouter, turns: Turns, reloaded: Reloaded) -> None:
        self.case = case
        self.turns = turns
        self.people = turns.people
        self.reloaded = reloaded
        self.at = max(case.now, reloaded.at)

    def go_over(self) -> None:
        """Let all incidents go over."""
        for routes in list(self.case.incidents.values()):
            stand = [incident for incident in routes.values() if incident.over is None]
            for incident in stand[:1]:
                self._promise(routes, incident)

    def _promise(self, routes: dict[str, Incident], one: Incident) -> None:
        now = list(self.people.routes_of(one.line))
        names = {route.name for route in now}
        stand = [incident for incident in routes.values() if incident.over is None]
        gone = [incident for incident in stand if incident.route not in names or incident.retired]
        leaving = {incident.route for incident in gone}
        free = [route for route in now if route.name not in routes or route.name in leaving]
        for incident in stand:
            if incident not in gone:
                self._new_steps(incident)
        for incident, route in zip(gone, free, strict=False):
            routes.pop(incident.route)
            self._move(incident, route)
            routes[route.name] = incident
        for incident in gone[len(free) :]:
            self._retire(incident)

    def _new_steps(self, incident: Incident) -> None:
        before = self.reloaded.steps.get(incident.route)
        chain = self.people.route(incident.route).chain
        if before is None or before == len(chain):
            return
        base = self.at - incident.held_told
        incident.added = {**incident.added, **dict.fromkeys(range(before, len(chain)), base)}
        if incident.told and not incident.is_held:
            incident.climb_at = self.turns.climb_at(incident, self.at)

    def _move(self, incident: Incident, route: Route) -> None:
        """Let an incident go on on another route: its chain begins there now."""
        at = self.at
        incident.route, incident.group, incident.retired = route.name, route.group_of(incident.line), False
        incident.let_go(at)
        incident.step, incident.added = 1, {}
        self.turns.all_clears.join(incident)
        if not incident.told:
            incident.trouble_at = at
            return
        incident.began, incident.held_told = at, 0
        incident.rerouted, incident.shift_at = True, at
        incident.climb_at = self.turns.climb_at(incident, at)
        repeat = 0 if incident.acknowledged else route.repeat_of(incident.line)
        again = max(at + 1, incident.said_at + repeat)
        incident.repeat_at = again if repeat and again <= incident.fresh_until else NEVER

    def _retire(self, incident: Incident) -> None:
        """Have nothing to say of an incident any more but its end, to who was told."""
        incident.let_go(self.at)
        if incident.owed or not incident.told:
            self.turns.calling.reason(incident.line, "no-route")
            incident.owed = ""
        if not incident.told:
            self.turns.calling.withhold(incident.line, ("",), "no-route", self.at)
            self.turns.calling.drop(incident)
            return
        incident.quiet()
        incident.retired = True
