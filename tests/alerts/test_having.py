"""Who has it: taken for a time, handed on, given back, and left to the next shift."""

from typing import Literal

import pytest
from msgspec.structs import replace

from alerts.routing.actions import DEBRIEFED, Action
from standards.judge.ledger import Line
from tests.alerts.playing import Floor, act, line

CHAIN = """
kept: 1
people: {ann: {}, bob: {}, chief: {}, dora: {}}
teams: {floor: {members: [ann, bob]}}
routes: [{tell: floor, repeat: never, escalate: [{after: 5m, tell: chief}]}]
"""
SHIFTS = """
kept: 1
calendars:
  early: {timezone: Europe/Warsaw, hours: {daily: ["06:00-14:00"]}}
  late: {timezone: Europe/Warsaw, hours: {daily: ["14:00-22:00"]}}
people: {ann: {}, bob: {}, chief: {}}
teams: {floor: {members: [{person: ann, shift: early}, {person: bob, shift: late}]}}
routes: [{tell: floor, repeat: never}]
"""
MINUTE = 60
HOUR = 60 * MINUTE
TWO = 2 * HOUR
"""Two in the afternoon: stories begin at noon."""


def heard(floor: Floor) -> list[tuple[str, str, float]]:
    return [(to, kind, at / MINUTE) for to, kind, _, at in floor.said()]


def test_taken_for_an_hour_and_then_asked() -> None:
    """Taken at 5 min: asked at 65, and as nobody answers, step 1 at 70, and the chief five minutes later."""
    floor = Floor(CHAIN)
    floor.play([line(0, "broken", "p"), act(300 - 1, "acknowledged", promise="p")], 2 * HOUR)
    minutes = [(to, round(at)) for to, _, at in heard(floor)]
    assert minutes == [("ann", 0), ("bob", 0), ("ann", 65), ("ann", 70), ("bob", 70), ("chief", 75)]
    assert floor.notices[2].text.endswith(
        "You took it; take it again if you still have it. At 12:09:59 others are told."
    )
    assert floor.notices[3].text.endswith("Nobody has it any more.")


def test_who_still_has_it_says_so_again() -> None:
    """Taken again when asked: another hour, and nobody else is told."""
    floor = Floor(CHAIN)
    took = act(60, "acknowledged", promise="p")
    floor.play([line(0, "broken", "p"), took, act(3700, "acknowledged", promise="p")], 2 * HOUR)
    assert heard(floor)[2:] == [("ann", "broken", 61)]


def test_handed_on_it_is_told_at_once_and_to_both_if_nobody_answers() -> None:
    """Outside of every limit, also of quiet hours; unanswered for five minutes, step 1 and who handed it on hear."""
    quiet = CHAIN.replace("dora: {}", "dora: {quiet: noon, budget: 1}")
    quiet += "calendars: {noon: {timezone: Europe/Warsaw, hours: {daily: ['11:00-15:00']}}}\n"
    facts: list[Line | Action] = [
        line(0, "broken", "p", of="greeting"), act(60, "acknowledged", promise="p", by="chief"),
        act(120, "handed_on", promise="p", by="chief", to="dora"),
    ]  # fmt: skip
    floor = Floor(quiet)
    floor.play(facts, 440)
    assert heard(floor)[2:] == [
        ("dora", "broken", 2), ("ann", "broken", 7), ("bob", "broken", 7), ("chief", "broken", 7),
    ]  # fmt: skip
    assert floor.notices[2].text.endswith("chief hands it on to you.")
    assert floor.notices[3].text.endswith("chief handed it on to dora, who has not answered.")
    answered = Floor(quiet)
    answered.play([*facts, act(200, "acknowledged", promise="p", by="dora")], 440)
    assert [(to, round(at)) for to, _, at in heard(answered)[2:]] == [("dora", 2), ("chief", 3)]
    assert answered.notices[-1].text.endswith("dora has it now.")


def test_given_back_the_others_are_told_anew() -> None:
    """Who cannot after all gives it back: step 1 is told, but for the giver, and the chain counts from then."""
    floor = Floor(CHAIN)
    took = act(60, "acknowledged", promise="p")
    floor.play([line(0, "broken", "p"), took, act(120, "given_back", promise="p")], 480)
    assert heard(floor)[2:] == [("bob", "broken", 2), ("chief", "broken", 7)]
    assert floor.notices[2].text.endswith("ann gave it back; nobody has it.")


def test_who_comes_on_shift_hears_what_stands_and_who_had_it() -> None:
    """Ann, until 14:00, took it at 13:50: at 14:00 Bob hears that one stands, and that Ann had it."""
    floor = Floor(SHIFTS)
    floor.play([line(TWO - 1200, "broken", "p"), act(TWO - 600, "acknowledged", promise="p")], TWO + 600)
    assert heard(floor) == [("ann", "broken", 100), ("bob", "broken", 120)]
    assert floor.notices[-1].text.endswith("ann had it.")


def test_who_left_hears_of_its_end_alone() -> None:
    """Repeats go to who is on; that all is well, to everybody who was told."""
    floor = Floor(SHIFTS.replace("never", "10m"))
    floor.play([line(TWO - 300, "broken", "p"), line(TWO + 900, "fulfilled_late", "p")], TWO + 1200)
    assert heard(floor) == [
        ("ann", "broken", 115), ("bob", "broken", 120), ("bob", "broken", 125),
        ("ann", "fulfilled_late", 137), ("bob", "fulfilled_late", 137),
    ]  # fmt: skip


def test_what_somebody_on_the_next_shift_has_wakes_nobody() -> None:
    """Taken by who stays: those who come hear of it without a sound, as a ticket."""
    floor = Floor(SHIFTS)
    floor.play([line(60, "broken", "p"), act(TWO - 60, "acknowledged", promise="p", by="chief")], TWO + 60)
    last = floor.notices[-1]
    assert (last.to, last.severity, last.text.endswith("chief has it.")) == ("bob", "ticket", True)


@pytest.mark.parametrize("restarted", [False, True])
def test_who_has_it_is_remembered(restarted: bool) -> None:
    """A state that is stored and read back asks and tells as one that was not."""
    floor = Floor(CHAIN)
    floor.go(1, [line(0, "broken", "p")])
    floor.go(70, [act(60, "acknowledged", promise="p")])
    if restarted:
        floor.restart()
    floor.go(2 * HOUR)
    assert [round(at) for _, _, at in heard(floor)] == [0, 0, 61, 66, 66, 71]


def test_later_joiners_of_a_group_go_to_who_has_it() -> None:
    """Somebody has one of a group: the next of it goes to step 1 and to them."""
    floor = Floor(CHAIN)
    taken = act(60, "acknowledged", promise="p", by="dora")
    floor.play([line(0, "broken", "p"), taken, line(90, "broken", "q")], 100)
    assert [(to, promise) for to, _, promise, _ in floor.said()[2:]] == [("ann", "q"), ("bob", "q"), ("dora", "q")]


def test_several_that_stand_are_one_message() -> None:
    """Who comes on shift gets one message of all that stands, place by place, and a page if one of them is one."""
    floor = Floor(SHIFTS)
    floor.play([line(TWO - 900, "broken", f"q{n}") for n in range(1, 5)], TWO + 60)
    last = floor.notices[-1]
    assert (last.to, last.severity, len(last.promises)) == ("bob", "page", 4)
    assert last.text == (
        "s1, q1 to q4: Open the next register.\n4 promises stand as your shift begins. All of them are broken. "
        "Overdue since 12:45:00 UTC.\n- s1: q1 to q4 (all broken)"
    )


def test_handed_on_to_nobody_known_the_others_hear() -> None:
    """A name that is not in the policy reaches nobody: step 1 and who handed it on are told at once, and why."""
    floor = Floor(CHAIN)
    took = act(60, "acknowledged", promise="p", by="chief")
    floor.play([line(0, "broken", "p"), took, act(120, "handed_on", promise="p", by="chief", to="kim")], 150)
    assert heard(floor)[2:] == [("ann", "broken", 2), ("bob", "broken", 2), ("chief", "broken", 2)]
    assert floor.notices[-1].text.endswith("You handed it on to kim, who is not in the policy.")


def test_a_note_goes_along_and_each_is_told_of_no_answer_as_it_is_theirs() -> None:
    """Who it is handed to reads the note; without an answer each of both is told of themselves, and others by name."""
    floor = Floor(CHAIN)
    handed = act(120, "handed_on", promise="p", by="ann", to="dora")
    handed = replace(handed, data={**handed.data, "note": "you are nearer"})
    floor.play([line(0, "broken", "p"), act(60, "acknowledged", promise="p"), handed], 430)
    said = {each.to: each.text for each in floor.notices[3:]}
    assert floor.notices[2].text.endswith("ann hands it on to you: “you are nearer”")
    assert said["ann"].endswith("You handed it on to dora, who has not answered.")
    assert said["bob"].endswith("ann handed it on to dora, who has not answered.")
    taken = Floor(CHAIN.replace("members: [ann, bob]", "members: [ann, dora]"))
    taken.play([line(0, "broken", "p"), act(60, "acknowledged", promise="p"), handed], 430)
    assert next(it.text for it in reversed(taken.notices) if it.to == "dora").endswith(
        "ann handed this to you and had no answer."
    )


def test_what_waits_for_who_handed_it_on_does_not_tell_them_to_do_it() -> None:
    """Over her budget, what ann handed on leaves her summary while an answer is waited for."""
    floor = Floor(CHAIN.replace("ann: {}", "ann: {budget: 1}"))
    lines = [line(number, "broken", f"p{number}") for number in range(3)]
    floor.play([*lines, act(10, "handed_on", promise="p1", by="ann", to="dora")], 60)
    summary = [each for each in floor.notices if each.to == "ann"][-1]
    assert summary.speaks_for == ("p2",)


def test_nobody_gives_back_what_they_do_not_have() -> None:
    """Given back by somebody else it stays with who has it, nobody is told, and that is noted with its reason."""
    floor = Floor(CHAIN)
    taken, others = act(60, "acknowledged", promise="p"), act(120, "given_back", promise="p", by="chief")
    floor.play([line(0, "broken", "p"), taken, others], 480)
    assert heard(floor)[2:] == []
    assert ("", "not-theirs", 120) in floor.unsaid("p")
    handed = act(120, "handed_on", promise="p", by="ann", to="dora")
    offered = Floor(CHAIN)
    offered.play([line(0, "broken", "p"), taken, handed, act(180, "given_back", promise="p", by="dora")], 200)
    assert [to for to, _, at in heard(offered) if at == 3] == ["ann", "bob"]


def test_taken_by_somebody_else_who_had_it_hears_of_it() -> None:
    """Whoever takes it last has it; who had it before is told, as a ticket."""
    floor = Floor(CHAIN)
    took = act(60, "acknowledged", promise="p")
    floor.play([line(0, "broken", "p"), took, act(120, "acknowledged", promise="p", by="bob")], 3900)
    told = [(each.to, each.severity, each.text.rpartition(". ")[2]) for each in floor.notices[2:]]
    assert told[0] == ("ann", "ticket", "bob has it now.")
    assert floor.notices[3].to == "bob"  # who is asked after an hour


@pytest.mark.parametrize("of", ["no-wait", "greeting"])
def test_handed_on_it_passes_a_budget(of: str) -> None:
    """Who has had all the messages that they want gets what is handed on to them all the same, at once."""
    text = CHAIN.replace("dora: {}", "dora: {budget: 1}").replace(
        "routes: [", "routes: [{match: tills-work, tell: dora, repeat: never}, "
    )
    facts: list[Line | Action] = [
        line(0, "broken", "till", of="tills-work"), line(10, "broken", "p", of=of),
        act(20, "acknowledged", promise="p"), act(30, "handed_on", promise="p", to="dora"),
    ]  # fmt: skip
    floor = Floor(text)
    floor.play(facts, 40)
    assert [(promise, at) for to, _, promise, at in floor.said() if to == "dora"] == [("till", 0), ("p", 30)]


@pytest.mark.parametrize(("kind", "asked"), [("broken", [("ann", 62)]), ("lost", [])])
def test_talked_over_it_is_had_while_it_is_owed(kind: Literal["broken", "lost"], asked: list[tuple[str, int]]) -> None:
    """What is owed still is asked after; where nothing can be done any more, nobody hears of it again."""
    floor = Floor(CHAIN)
    talked = replace(act(120, "debriefed", promise="p"), type=DEBRIEFED)
    floor.play([line(0, kind, "p"), talked], HOUR + 4 * MINUTE)
    assert [(to, at) for to, _, at in heard(floor)[2:]] == asked
    floor.play([], 3 * HOUR)
    assert (len(floor.notices) > 2) == bool(asked)


def test_where_nobody_of_a_step_can_be_told_the_next_is_told_at_once() -> None:
    """Only Alertmanager is set up, and bob alone has an address there: the chain goes on to him without a wait."""
    text = (
        "kept: 1\npeople: {ann: {addresses: {mail: a@shop.example}}, bob: {addresses: {alertmanager: b}}, chief: {}}\n"
        "routes: [{tell: ann, escalate: [{after: 5m, tell: bob}, {after: 10m, tell: chief}]}]\n"
    )
    floor = Floor(text)
    known = replace(floor.people, channels=frozenset({"alertmanager"}))
    floor.policy = replace(floor.policy, people=known)
    floor.people = known
    floor.restart()
    floor.go(299, [line(0, "broken", "p")])
    assert [(to, at) for to, _, _, at in floor.said()] == [("ann", 0), ("bob", 0)]


def holder(floor: Floor) -> str:
    (incident,) = floor.calls.places["s1"].incidents["p"].values()
    return incident.acknowledged


@pytest.mark.parametrize("early", [True, False])
def test_a_name_in_other_capitals_is_the_same_person(early: bool) -> None:
    """Ann takes it as ANN and hands it on to Bob: Bob is told, takes it as BOB, and nobody else is called."""
    floor = Floor(CHAIN)
    taken, trouble = act(5 if early else 15, "acknowledged", promise="p", by="ANN"), line(10, "broken", "p")
    facts: list[Line | Action] = [taken, trouble] if early else [trouble, taken]
    floor.play(facts, 20)
    assert holder(floor) == "ann"
    floor.play([act(30, "handed_on", promise="p", by="Ann", to=" Bob")], 31)
    assert floor.said()[-1] == ("bob", "broken", "p", 30)
    floor.play([act(40, "acknowledged", promise="p", by="BOB")], 30 * MINUTE)
    assert holder(floor) == "bob"
    assert {to for to, *_ in floor.said()} <= {"ann", "bob"}


def test_who_is_not_in_the_policy_is_the_same_in_other_capitals_too() -> None:
    """Zoe takes it, and takes it again as ZOE: nobody had it before her, and nobody is told of another one."""
    floor = Floor(CHAIN)
    floor.play([line(0, "broken", "p"), act(5, "acknowledged", promise="p", by="Zoe")], 6)
    before = floor.said()
    floor.play([act(9, "acknowledged", promise="p", by="ZOE")], 60)
    (incident,) = floor.calls.places["s1"].incidents["p"].values()
    assert (incident.holders, floor.said()) == (["Zoe"], before)
