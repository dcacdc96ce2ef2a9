"""The policy is read anew: what stays where it is sends nothing, and nobody is forgotten who was told."""

import msgspec
import pytest

from alerts.routing.incident import AlertRouter
from alerts.routing.reloading import name_routes
from tests.alerts.playing import Floor, act, line, people
from tests.alerts.test_former_states import former, taken_up

HEAD = "kept: 1\npeople: {ann: {}, bob: {}, chief: {}}\n"
ANN = HEAD + "routes: [{tell: ann}]\n"


def reloaded(before: str, after: str, *, at: float = 3600) -> Floor:
    """Play trouble that is told at noon, and a reload an hour later."""
    floor = Floor(before)
    floor.go(at, [line(0, "broken", "p", of="greeting")])
    floor.restart(after)
    floor.go(at)
    return floor


def test_a_step_that_is_new_counts_from_the_reload() -> None:
    """Told at 10:00, at 11:00 the chief is added after 5 min: 11:05; nothing is sent at the reload."""
    floor = reloaded(ANN, HEAD + "routes: [{tell: ann, escalate: [{after: 5m, tell: chief}]}]\n")
    floor.restart()
    floor.go(7200)
    assert [(to, at) for to, _, _, at in floor.said()] == [("ann", 0), ("chief", 3900)]


def test_another_step_behind_those_that_are_known_counts_from_the_reload_too() -> None:
    """Bob after 90 min, as before; the chief, who is new after two hours, two hours from the reload."""
    chain = "routes: [{tell: ann, escalate: [{after: 90m, tell: bob}%s]}]\n"
    floor = reloaded(HEAD + chain % "", HEAD + chain % ", {after: 2h, tell: chief}")
    floor.go(4 * 3600)
    assert [(to, at) for to, _, _, at in floor.said()] == [("ann", 0), ("bob", 5400), ("chief", 3600 + 7200)]


def test_a_step_that_is_gone_tells_nobody() -> None:
    """The chief was to hear after two hours, and is taken out after one: nobody hears at that time."""
    floor = reloaded(HEAD + "routes: [{tell: ann, escalate: [{after: 2h, tell: chief}]}]\n", ANN)
    floor.go(4 * 3600)
    assert [(to, at) for to, _, _, at in floor.said()] == [("ann", 0)]


@pytest.mark.parametrize(
    "change", ["escalate: [{after: 3h, tell: chief}]", "repeat: 3h", "mute: night", "taken_for: 2h"]
)
def test_what_stays_on_its_route_sends_nothing(change: str) -> None:
    """Whatever else a route says by now, and wherever it stands among the others: it is the same route."""
    night = "calendars: {night: {timezone: UTC, hours: {daily: ['22:00-06:00']}}}\n"
    other = "{match: no-wait, tell: chief}, "
    floor = reloaded(
        HEAD + night + "routes: [{tell: ann}]\n", f"{HEAD}{night}routes: [{other}{{tell: ann, {change}}}]\n"
    )
    floor.go(3700, [line(3650, "fulfilled_late", "p", of="greeting")])
    floor.go(4000)
    assert [(to, kind, at) for to, kind, _, at in floor.said()] == [
        ("ann", "broken", 0), ("ann", "fulfilled_late", 3770),
    ]  # fmt: skip


def test_moved_to_another_route_its_first_step_is_told() -> None:
    """Ann heard; the route tells bob and ann by now: bob is told, ann is not; all hear that it is over."""
    floor = reloaded(ANN, HEAD + "routes: [{name: floor, tell: [bob, ann], escalate: [{after: 5m, tell: chief}]}]\n")
    floor.go(5000, [line(4000, "fulfilled_late", "p", of="greeting")])
    assert [(to, kind, at) for to, kind, _, at in floor.said()] == [
        ("ann", "broken", 0), ("bob", "broken", 3600), ("chief", "broken", 3900),
        ("ann", "fulfilled_late", 4120), ("bob", "fulfilled_late", 4120), ("chief", "fulfilled_late", 4120),
    ]  # fmt: skip


def test_moved_while_somebody_has_it() -> None:
    """Taken before: who is new on the route hears of it once, and the chain does not run."""
    floor = Floor(ANN)
    floor.go(60, [line(0, "broken", "p"), act(60, "acknowledged", promise="p")])
    floor.restart(HEAD + "routes: [{name: floor, tell: bob, escalate: [{after: 5m, tell: chief}]}]\n")
    floor.go(60)
    floor.go(3000)
    assert [(to, at) for to, _, _, at in floor.said()] == [("ann", 0), ("bob", 60)]


def test_on_no_route_any_more_its_end_is_told_alone() -> None:
    """Nothing is repeated and nobody is called; who heard of it hears of its end. Back on its route, it goes on."""
    none = HEAD + "routes: [{match: no-wait, tell: ann}]\n"
    floor = reloaded(HEAD + "routes: [{tell: ann, repeat: 40m, escalate: [{after: 2h, tell: chief}]}]\n", none)
    floor.go(9000)
    assert [at for *_, at in floor.said()] == [0, 2400]
    ended = line(9000, "fulfilled_late", "p", of="greeting")
    floor.go(9200, [ended])
    assert floor.said()[2:] == [("ann", "fulfilled_late", "p", 9000)]
    waiting = Floor(HEAD + "routes: [{tell: ann, group_wait: 1h}]\n")
    waiting.go(1, [line(0, "broken", "p", of="greeting")])
    waiting.restart(none)
    waiting.go(7200)
    assert waiting.said() == []
    assert waiting.reasons["p.2"] == "no-route"


def test_routes_that_were_known_by_their_places_are_known_by_what_they_say() -> None:
    """A state of the version before, whose second route had no name: it goes on there."""
    floor = taken_up(former())
    floor.go(600)
    assert [(to, at) for to, _, _, at in floor.said()] == [("bob", 300), ("ann", 600), ("bob", 600)]
    place = AlertRouter("s1", open={'["route-1","no-wait","s1"]': 5}, settling={'["route-1","no-wait","s1/q"]': "p"})
    known = people(ANN)
    assert name_routes(msgspec.convert(msgspec.to_builtins(place), AlertRouter), known) is False
    name_routes(place, known)
    assert place.open == {'["everything: ann","no-wait","s1"]': 5}
    assert place.settling == {'["everything: ann","no-wait","s1/q"]': "p"}


def test_equal_routes_without_a_name_are_told_apart() -> None:
    """Two that say the same: each has a name of its own."""
    found = people(HEAD + "routes: [{tell: ann, continue: true}, {tell: ann}]\n")
    assert [route.name for route in found.routes] == ["everything: ann", "everything: ann (2)"]
