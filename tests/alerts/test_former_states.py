"""What an earlier version stored of who is told is read, and goes on."""

import msgspec

from streams.runtime.router_runtime import stored_case
from tests.alerts.playing import NOON, SECOND, Floor, line

NEVER = 2**62


def former(**changed: object) -> bytes:
    """Write the incidents of a promise as the version before did: warned at noon, broken a minute later."""
    incident = {
        "line": msgspec.to_builtins(line(60, "broken", "p")), "route": "route-1", "group": ["no-wait", "s1"],
        "over": None, "told": ["ann"], "kinds": ["warned", "broken"], "before": [], "began": NOON, "rung": 1,
        "times": 2, "acknowledged": "", "owed": "", "replaced": [], "trouble_at": NEVER,
        "climb_at": NOON + 300 * SECOND,
        "repeat_at": NOON + 600 * SECOND, "over_at": NEVER, "held_until": NEVER, "held_since": -1, "held_for": 0,
        "held_told": 0,
    }  # fmt: skip
    return msgspec.json.encode({"place": "s1", "promise": "p", "routes": {"route-1": {**incident, **changed}}})


def taken_up(incident: bytes) -> Floor:
    place = {"place": "s1", "now": NOON + 60 * SECOND, "matters": {}, "open": {}, "settling": {}, "causes": {},
             "ending": {}, "silences": []}  # fmt: skip
    text = "kept: 1\npeople: {ann: {}, bob: {}}\nroutes: [{tell: ann, escalate: [{after: 5m, tell: bob}]}]\n"
    floor = Floor(text)
    floor.stored = {("place", "s1"): msgspec.json.encode(place), ("matter", '["s1","p"]'): incident}
    floor.restart()
    floor.hearing.push([line(60, "broken", "p")])
    return floor


def test_trouble_of_the_version_before_goes_on() -> None:
    """Told before the change: the next in the chain, the repetition and the all-clear come at their times."""
    floor = taken_up(former())
    floor.play([line(900, "fulfilled_late", "p")], 1200)
    assert [(to, kind, at) for to, kind, _, at in floor.said()] == [
        ("bob", "broken", 300), ("ann", "broken", 600), ("bob", "broken", 600),
        ("ann", "fulfilled_late", 1020), ("bob", "fulfilled_late", 1020),
    ]  # fmt: skip


def test_what_was_taken_under_the_version_before_stays_taken() -> None:
    """Nobody is asked for what was taken before anybody was asked; its end is told."""
    floor = taken_up(former(acknowledged="ann", climb_at=NEVER, repeat_at=NEVER))
    floor.play([line(7000, "fulfilled_late", "p")], 7200)
    assert [(to, kind, at) for to, kind, _, at in floor.said()] == [("ann", "fulfilled_late", 7120)]


def test_what_is_stored_is_read_back_as_it_was() -> None:
    """A case that was stored is the same when it is read."""
    case = stored_case("matter", former())
    assert msgspec.json.decode(msgspec.json.encode(case), type=type(case)) == case
