"""When the truth changes, and when all is well: who was told something hears what is so now, once, and after a wait."""

import msgspec

from alerts.routing.actions import Action
from standards.judge.ledger import Line
from standards.judge.promise import Kind, State
from tests.alerts.playing import LOUD, NOON, SECOND, Floor, act, line, silencing
from tests.alerts.test_corrections import corrected
from tests.alerts.test_holds import DESK

WAITS = LOUD.replace("well_for: 0s", "well_for: 2m")


def undone(seconds: float, promise: str, *, broken: bool) -> Line:
    made = line(seconds, "broken", promise)
    state: State = "broken" if broken else "warned"
    kind: Kind = "undone"
    return msgspec.structs.replace(
        made, id=f"{promise}.8", kind=kind, state=state, verdict="broken" if broken else None
    )


def test_the_last_standing_counts() -> None:
    """Told broken, kept as came out, and broken after all within two minutes: nobody hears anything."""
    floor = Floor(WAITS)
    floor.play(
        [line(60, "broken", "p"), corrected(300, "p", "kept", "broken"), corrected(360, "p", "broken", "kept")], 900
    )
    assert floor.said() == [("ann", "broken", "p", 60)]


def test_broken_and_then_on_the_clock_again_is_told_after_the_wait() -> None:
    """Not broken, as came out: who heard that it was hears by when it is due, two minutes later."""
    floor = Floor(WAITS)
    floor.play([line(60, "broken", "p"), corrected(300, "p", "warned", "broken")], 900)
    assert [(kind, at) for _, kind, _, at in floor.said()] == [("broken", 60), ("corrected", 420)]
    assert "as was learned afterwards, it can still be kept. Since 11:00:00, due 21:00:00" in floor.notices[1].text


def test_undone_before_the_all_clear_nothing_is_told() -> None:
    """Done, and not done after all before the all-clear went: as it was."""
    floor = Floor(WAITS)
    floor.play([line(60, "broken", "p"), line(90, "fulfilled_late", "p"), undone(120, "p", broken=True)], 900)
    assert floor.said() == [("ann", "broken", "p", 60)]


def test_undone_after_the_all_clear_is_a_ticket() -> None:
    """Who was told that all is well hears that it was not done after all: once, and nobody is woken."""
    floor = Floor(WAITS)
    floor.play([line(60, "broken", "p"), line(90, "fulfilled_late", "p"), undone(600, "p", broken=True)], 900)
    assert [(kind, at) for _, kind, _, at in floor.said()] == [("broken", 60), ("fulfilled_late", 210), ("undone", 600)]
    assert floor.notices[-1].severity == "ticket"


def test_trouble_that_comes_back_makes_the_next_all_clear_wait() -> None:
    """Back within an hour of its all-clear: the next one waits twice as long; after an hour of calm no longer."""
    floor = Floor(WAITS)
    facts = [
        line(0, "broken", "q.0"), line(60, "fulfilled_late", "q.0"), line(300, "broken", "q.1"),
        line(360, "fulfilled_late", "q.1"), line(7200, "broken", "q.2"), line(7260, "fulfilled_late", "q.2"),
    ]  # fmt: skip
    floor.play(facts, 9000)
    assert [at for _, kind, _, at in floor.said() if kind == "fulfilled_late"] == [180, 600, 7380]


def test_a_group_is_well_when_all_of_it_is() -> None:
    """One well at 5 min, the other at 9: one all-clear for both at 11; alone it waits ten minutes for the rest."""
    floor = Floor(WAITS)
    facts = [line(0, "broken", "p"), line(0, "broken", "q"), line(300, "fulfilled_late", "p")]
    floor.play([*facts, line(540, "fulfilled_late", "q")], 900)
    assert [(told.promises, (told.decided - NOON) // SECOND) for told in floor.notices[2:]] == [(("p", "q"), 660)]
    alone = Floor(WAITS)
    alone.play(facts, 3000)
    assert alone.said()[2:] == [("ann", "fulfilled_late", "p", 300 + 120 + 600)]


def test_an_all_clear_waits_for_the_end_of_a_mute_but_not_for_who_had_it() -> None:
    """Muted from 12:05 to 13:05: who took it hears of its end after two minutes, the others when the mute is over."""
    floor = Floor(DESK.replace("people: {ann: {}, chief: {}}", "people: {ann: {}, chief: {}, bob: {}}"))
    taken = act(30, "acknowledged", promise="p", by="bob")
    floor.play([line(0, "broken", "p"), taken, line(400, "fulfilled_late", "p")], 4000)
    assert [(to, kind, at) for to, kind, _, at in floor.said()[1:]] == [
        ("bob", "fulfilled_late", 520), ("ann", "fulfilled_late", 3900),
    ]  # fmt: skip


def test_a_silence_holds_back_no_all_clear() -> None:
    """Told, silenced, done: the all-clear comes after two minutes as ever."""
    floor = Floor(WAITS)
    floor.play([line(0, "broken", "p"), silencing(300, 9000), line(1200, "fulfilled_late", "p")], 1400)
    assert floor.said()[1:] == [("ann", "fulfilled_late", "p", 1320)]


def test_a_cause_that_nobody_may_hear_of_explains_nothing() -> None:
    """On no route, or muted: what it would explain is told; a silenced one explains it still."""
    inhibit = "inhibit: [{when: tills-work, mute: no-wait}]\n"
    text = f"kept: 1\npeople: {{ann: {{}}}}\nroutes: [{{match: no-wait, tell: ann}}]\n{inhibit}"
    facts = [line(0, "broken", "till", of="tills-work"), line(10, "broken", "p")]
    floor = Floor(text)
    floor.play(facts, 60)
    assert [promise for _, _, promise, _ in floor.said()] == ["p"]
    heard = text.replace("{match: no-wait, tell: ann}", "{tell: ann}")
    silenced = Floor(heard)
    silenced.play([silencing(0, 600, standard="tills-work"), *facts], 60)
    assert silenced.said() == []


def test_a_warning_cuts_the_wait_to_half_of_what_is_left() -> None:
    """A group waits for half a minute; a warning with 20 seconds left is told after ten."""
    floor = Floor(LOUD.replace("well_for: 0s", "group_wait: 30s"))
    floor.play([msgspec.structs.replace(line(0, "warned", "p"), due=NOON + 20 * SECOND)], 60)
    assert floor.said() == [("ann", "warned", "p", 10)]


def test_what_nobody_can_know_is_told_once() -> None:
    """A feed was silent: that is told, with all that it concerns at a site, and not again every half hour."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n")
    lost = [line(60, "lost", "p"), line(60, "lost", "g", of="greeting")]
    floor.go(7200, lost)
    assert [(told.speaks_for, (told.decided - NOON) // SECOND) for told in floor.notices] == [(("p", "g"), 60)]


def test_what_was_kept_after_all_is_not_forgotten() -> None:
    """Who heard that all is well hears that it was not so, also the chief, who heard of it last; the chain goes on."""
    chain = "kept: 1\npeople: {ann: {}, chief: {}}\nroutes: [{tell: ann, escalate: [{after: 5m, tell: chief}]}]\n"
    taken = act(350, "acknowledged", promise="p", by="ann")
    facts: list[Line | Action] = [line(0, "warned", "p"), taken, line(400, "kept", "p")]
    wrong = Floor(chain)
    wrong.play([*facts, corrected(800, "p", "broken", "kept")], 1200)
    assert [(to, at) for to, kind, _, at in wrong.said() if kind == "corrected"] == [
        ("ann", 800), ("chief", 800), ("chief", 1100),
    ]  # fmt: skip
    back = Floor(chain)
    back.play([*facts, undone(800, "p", broken=False)], 900)
    assert [(to, kind, at) for to, kind, _, at in back.said()][-2:] == [
        ("ann", "undone", 800),
        ("chief", "undone", 800),
    ]
    assert {told.severity for told in back.notices[-2:]} == {"ticket"}


def test_what_was_kept_and_never_owed_is_told_to_who_heard_that_it_was_kept() -> None:
    """Warned of, kept, and withdrawn after its all-clear: there was no such promise."""
    gone = msgspec.structs.replace(line(600, "voided", "p"), id="p.9", kind="withdrawn", state="withdrawn")
    floor = Floor(WAITS)
    floor.play([line(60, "warned", "p"), line(90, "kept", "p"), gone], 900)
    assert [(kind, at) for _, kind, _, at in floor.said()] == [("warned", 60), ("kept", 210), ("withdrawn", 720)]
    never_told = Floor(WAITS)
    never_told.play([line(90, "kept", "p"), gone], 900)
    assert never_told.said() == []
