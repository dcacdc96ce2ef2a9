"""The switchboard: whom it calls, when, and when not; each suppression has its true reason."""

import pytest

from alerts.policy.policy import Policy
from alerts.routing.actions import Action
from standards.judge.ledger import Line
from standards.judge.promise import Kind
from tests.alerts.playing import HOUR, LOUD, NOON, SECOND, STANDARDS, Floor, act, line, silencing

CHAIN = """
kept: 1
people: {ann: {}, bob: {}, chief: {}}
routes:
  - tell: ann
    well_for: 0s
    repeat: never
    escalate: [{after: 5m, tell: bob}, {after: 10m, tell: chief}]
"""


def test_one_trouble_one_message_one_all_clear() -> None:
    """Whoever is on the route hears of the trouble, at their address, and that it is over; nobody else does."""
    floor = Floor()
    floor.play([line(10, "warned", "p"), line(40, "kept", "p")], 60)
    assert floor.said() == [("ann", "warned", "p", 10), ("ann", "kept", "p", 40)]
    assert floor.notices[0].addresses == {"mail": "ann@shop.example"}
    assert set(floor.reasons.values()) == {"told"}
    assert floor.withheld == []


def test_what_no_route_names_is_said_so() -> None:
    """A promise that no route fits reaches nobody, and its lines say so."""
    floor = Floor(LOUD.replace("{tell: ann,", "{match: greeting, tell: ann,"))
    floor.play([line(10, "warned", "p"), line(40, "kept", "p")], 60)
    assert floor.said() == []
    assert list(floor.reasons.values()) == ["no-route", "nobody-waits-for-it"]
    assert floor.unsaid("p") == [("", "no-route", 10)]


def test_the_first_route_decides_unless_it_lets_others_go_on() -> None:
    """Routes are tried in order; one that continues is followed by the next that fits. Nobody hears it twice."""
    routes = """
  - {match: {site: s2}, tell: bob}
  - {match: {severity: page}, tell: [bob], continue: true}
  - {match: {owner: floor-lead, queue: [p, q]}, tell: [ann, bob]}
  - {tell: [ann, bob]}
"""
    floor = Floor(LOUD.replace("\n  - {tell: ann, well_for: 0s, repeat: never}\n", routes))
    floor.play([line(10, "broken", "p")], 60)
    assert floor.said() == [("ann", "broken", "p", 10), ("bob", "broken", "p", 10)]
    assert floor.unsaid("p") == [("bob", "repeated", 10)]


def test_nobody_answers_so_the_next_is_called() -> None:
    """Without an acknowledgement the chain is climbed at its times, and everybody who was told hears the end."""
    floor = Floor(CHAIN)
    floor.play([line(0, "broken", "p"), line(660, "fulfilled_late", "p")], 700)
    assert floor.said() == [
        ("ann", "broken", "p", 0), ("bob", "broken", "p", 300), ("chief", "broken", "p", 600),
        *((name, "fulfilled_late", "p", 660) for name in ("ann", "bob", "chief")),
    ]  # fmt: skip
    assert floor.notices[1].text.endswith("Told first at 11:00:00; nobody has acknowledged it.")


def test_cured_before_its_time_nobody_else_is_called() -> None:
    """What is over when the next in the chain would be called is not passed on, even at that very moment."""
    floor = Floor(CHAIN)
    floor.play([line(0, "broken", "p"), line(300, "fulfilled_late", "p")], 2000)
    assert floor.said() == [("ann", "broken", "p", 0), ("ann", "fulfilled_late", "p", 300)]
    assert floor.unsaid("p") == [("bob", "cured", 300)]


def test_cured_within_the_groups_wait_nothing_is_sent() -> None:
    """What comes and goes before anybody was told is not told at all, and the reason is kept."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 0s, group_wait: 30s"))
    floor.play([line(0, "warned", "p"), line(29, "kept", "p")], 2000)
    assert floor.said() == []
    assert floor.reasons == {"p.1": "grouped", "p.4": "cured"}
    assert floor.unsaid("p") == [("ann", "cured", 29)]


def test_acknowledged_it_is_quiet_up_to_its_end() -> None:
    """Who acknowledges spares the others; the verdict and the all-clear are told; a new promise alerts again."""
    floor = Floor(CHAIN.replace("never", "2m"))
    facts: list[Line | Action] = [
        line(0, "warned", "p"), act(60, "acknowledged", promise="p"), line(70, "warned", "p"), line(400, "broken", "p"),
        line(900, "fulfilled_late", "p"), line(1000, "warned", "p.2"),
    ]  # fmt: skip
    floor.play(facts, 1001)
    assert floor.said() == [
        ("ann", "warned", "p", 0), ("ann", "broken", "p", 400), ("ann", "fulfilled_late", "p", 900),
        ("ann", "warned", "p.2", 1000),
    ]  # fmt: skip
    assert floor.unsaid("p") == [("bob", "acknowledged", 60), ("ann", "acknowledged", 70)]


def test_who_acknowledges_hears_that_all_is_well() -> None:
    """Somebody who was not called and takes it on is told of the end like those who were."""
    floor = Floor(CHAIN)
    floor.play([line(0, "warned", "p"), act(9, "acknowledged", promise="p", by="chief"), line(30, "kept", "p")], 60)
    assert floor.said()[1:] == [("ann", "kept", "p", 30), ("chief", "kept", "p", 30)]


def test_talked_over_it_is_not_repeated() -> None:
    """A debrief ends the repeats of a promise that stays broken."""
    floor = Floor(LOUD.replace("well_for: 0s, repeat: never", "repeat: 10m"))
    floor.play([line(0, "broken", "p"), act(1300, "debriefed", promise="p", by="cleo")], 4000)
    assert floor.said() == [("ann", "broken", "p", at) for at in (0, 600, 1200)]
    assert len({notice.id for notice in floor.notices}) == 3


def test_one_message_for_one_group() -> None:
    """What comes together is told together, the most pressing first, and each promise is named."""
    floor = Floor(LOUD.replace("well_for: 0s", "group_by: [site], group_wait: 30s"))
    facts = [line(n, "broken", f"q{n}") for n in range(3)] + [
        line(4, "warned", "q7"),
        line(5, "broken", "z", site="s2"),
    ]
    floor.play(facts, 100)
    assert [(notice.decided - NOON) // SECOND for notice in floor.notices] == [30, 35]
    first, second = floor.notices
    assert first.promises == ("q7", "q0", "q1", "q2")
    assert first.text == (
        "s1, q7: Open the next register. Since 11:00:00, due 21:00:00 UTC. The same for 3 more: q0 to q2."
    )
    assert second.speaks_for == ("z",)
    assert set(floor.reasons.values()) == {"grouped"}


def test_the_newest_of_a_group_is_told() -> None:
    """A promise that breaks while its warning waits is told as broken, and the warning's reason is kept."""
    floor = Floor(LOUD.replace("well_for: 0s", "group_wait: 30s"))
    floor.play([line(0, "warned", "p"), line(10, "broken", "p")], 100)
    assert floor.said() == [("ann", "broken", "p", 30)]
    assert floor.unsaid("p") == [("ann", "grouped", 10)]


def test_silenced_by_somebody_until_it_ends() -> None:
    """A silence holds for what it matches, up to its end or until it is lifted; what stands then is told."""
    floor = Floor()
    lift = act(40, "unsilenced", silence=silencing(40, -1).silence)
    facts: list[Line | Action] = [
        silencing(0, 100, standard="no-wait"), line(10, "broken", "p"), line(11, "broken", "g", of="greeting"),
        line(12, "fulfilled_late", "p"), lift, line(50, "broken", "r"), silencing(60, 80, site="s1"),
        line(70, "broken", "t"), line(80, "broken", "u", site="s9"), line(81, "broken", "v"),
    ]  # fmt: skip
    floor.play(facts, 200)
    assert [promise for _, _, promise, _ in floor.said()] == ["g", "r", "t", "u", "v"]
    assert floor.reasons["p.2"] == "silenced"
    assert floor.unsaid("t") == [("ann", "silenced", 70)]
    assert floor.reasons["p.7"] == "nobody-waits-for-it"
    assert floor.unsaid("p") == [("ann", "silenced", 10), ("", "silenced", 12)], "it came and went"


def test_a_silence_reaches_places_that_were_never_heard_of() -> None:
    """A silence holds for places that come up later too, and over a restart."""
    floor = Floor()
    floor.go(1, [silencing(0, 100, standard="no-wait")])
    floor.restart()
    floor.play([line(10, "broken", "p", site="new"), line(100, "broken", "q", site="newer")], 200)
    assert floor.said() == [("ann", "broken", "p", 100), ("ann", "broken", "q", 100)]


def test_an_act_that_comes_again_is_inert() -> None:
    """A silence that was lifted is not brought back by a repeat of the event that began it."""
    floor = Floor()
    begun = silencing(0, 9000, standard="no-wait")
    floor.play([begun, act(10, "unsilenced", silence=silencing(10, -1).silence), begun, line(60, "broken", "p")], 99)
    assert floor.said() == [("ann", "broken", "p", 60)]


def test_what_outlived_its_standard_stops_nothing() -> None:
    """After a standard was taken away, what was still to be said of it is kept back, and the desk goes on."""
    floor = Floor(LOUD.replace("well_for: 0s, repeat: never", "well_for: 1h, repeat: 2h"))
    floor.go(20, [line(0, "broken", "p"), line(5, "broken", "q"), line(6, "fulfilled_late", "q")])
    floor.policy = Policy({"r-greeting": STANDARDS["r-greeting"]}, people=floor.people)
    floor.restart()
    floor.play([line(8000, "broken", "g", of="greeting")], 8001)
    assert [said[2] for said in floor.said()] == ["p", "q", "g"]
    assert floor.unsaid("p") == [("ann", "overdue", 7200)]
    assert floor.unsaid("q") == [("ann", "overdue", 4206)]


def test_silences_of_the_document_hold_too() -> None:
    """A silence in the policy document holds up to its end."""
    text = LOUD + "silences: [{match: no-wait, until: '2026-01-10T11:01:00Z', by: ann, why: rebuilding}]"
    floor = Floor(text)
    floor.play([line(10, "broken", "p"), line(60, "broken", "q")], 200)
    assert floor.said() == [("ann", "broken", "p", 60), ("ann", "broken", "q", 60)]
    assert floor.unsaid("p") == [("ann", "silenced", 10)]


def test_a_muted_route_tells_nothing() -> None:
    """While a route's calendar is open nothing is told by it; what stands is told when it is over."""
    text = LOUD.replace("well_for: 0s, repeat: never", "mute: lunch, repeat: 10m")
    floor = Floor(text + "calendars: {lunch: {timezone: Europe/Warsaw, hours: {sat: ['12:00-12:30']}}}")
    floor.play([line(10, "broken", "p")], 1900)
    assert floor.said() == [("ann", "broken", "p", 1800)]
    assert floor.reasons["p.2"] == "told"
    assert floor.unsaid("p") == [("ann", "muted", 10)]


def test_a_graver_trouble_inhibits_what_follows_from_it() -> None:
    """While the tills are broken at a site, its lines are not told, and those of other sites are."""
    floor = Floor(LOUD + "inhibit: [{when: tills-work, mute: no-wait}]")
    facts = [
        line(0, "broken", "till", of="tills-work"), line(10, "broken", "p"), line(11, "broken", "q", site="s2"),
        line(12, "broken", "g", of="greeting"), line(20, "fulfilled_late", "till", of="tills-work"),
        line(30, "broken", "r"),
    ]  # fmt: skip
    floor.play(facts, 200)
    assert [promise for _, _, promise, _ in floor.said()] == ["till", "q", "g", "p", "till", "r"]
    assert floor.reasons["p.2"] == "told"
    assert floor.unsaid("p") == [("ann", "inhibited", 10)]


def test_what_explains_may_come_a_moment_later() -> None:
    """Within the group's wait it does not matter which of the two came first."""
    floor = Floor(LOUD.replace("well_for: 0s", "group_wait: 10s") + "inhibit: [{when: tills-work, mute: no-wait}]")
    floor.play([line(0, "broken", "p"), line(5, "broken", "till", of="tills-work")], 200)
    assert [promise for _, _, promise, _ in floor.said()] == ["till"]


@pytest.mark.parametrize(("kind", "was"), [("broken", "broken"), ("lost", "unknown")])
def test_late_evidence_is_told_to_those_who_heard_otherwise(kind: Kind, was: str) -> None:
    """Who was told that it was broken, or unknown, hears that it was kept, if it stays so for two minutes."""
    floor = Floor(LOUD.replace("well_for: 0s", "well_for: 2m"))
    floor.play([line(60, kind, "p"), line(20 * 3600, "corrected", "p", was=was)], 21 * 3600)  # type: ignore[arg-type]
    assert floor.said() == [("ann", kind, "p", 60), ("ann", "corrected", "p", 20 * 3600 + 120)]
    before = {"broken": "broken", "unknown": "that nobody can say how it went"}[was]
    assert f"It was reported {before}. It was kept after all" in floor.notices[1].text


def test_done_late_and_corrected_then() -> None:
    """A promise that was made good late can still turn out to have been kept."""
    floor = Floor()
    lines = [line(60, "broken", "p"), line(90, "fulfilled_late", "p"), line(99, "corrected", "p", was="late")]
    floor.play(lines, 400)
    assert [kind for _, kind, _, _ in floor.said()] == ["broken", "fulfilled_late", "corrected"]


def test_a_team_is_whoever_is_on_shift() -> None:
    """Those on shift are told, with the team's own room; where nobody is, all are. Who comes is told what stands."""
    text = """
kept: 1
calendars:
  morning: {timezone: Europe/Warsaw, hours: {daily: ["06:00-12:01"]}}
  evening: {timezone: Europe/Warsaw, hours: {daily: ["12:01-18:00"]}}
people: {ann: {}, bob: {}, cleo: {}}
teams:
  floor: {members: [{person: ann, shift: morning}, {person: bob, shift: evening}], addresses: {webhook: room}}
routes: [{tell: [floor, cleo], repeat: never}]
"""
    floor = Floor(text)
    floor.play([line(0, "broken", "p"), line(60, "broken", "q"), line(7 * 3600, "broken", "r")], 8 * 3600)
    told = {promise: [said[0] for said in floor.said() if said[2] == promise] for promise in "pqr"}
    everybody = ["ann", "bob", "cleo", "floor"]
    assert told == {"p": ["ann", "cleo", "floor", "bob"], "q": ["bob", "cleo", "floor"], "r": everybody}


def test_what_is_long_over_is_forgotten() -> None:
    """Once nobody waits for it any more, or after two days, nothing of a promise is kept."""
    floor = Floor()
    owed = (10 + 7 * 24) * HOUR // SECOND
    floor.play([line(0, "broken", "p")], owed)
    assert list(floor.calls.places) == ["s1"]
    floor.go(owed + 1)
    assert floor.calls.places == {}
    assert [kind for kind, _ in floor.stored] == ["house"]
