"""Nobody ran, or the clock was set: what fell due meanwhile is told once, as it stands, and nothing is forgotten."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.routing.actions import Action
from alerts.routing.stalls import Stall
from standards.judge.ledger import Line
from tests.alerts.playing import NOON, SECOND, Floor, act, line
from tests.alerts.test_desk_laws import histories, instant

CHAIN = "kept: 1\npeople: {ann: {}, chief: {}}\nroutes: [{tell: ann, escalate: [{after: 5m, tell: chief}]}]\n"
ALONE = "kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: 30m}]\n"


def slept(
    floor: Floor, since: float, until: float, facts: Sequence[Line | Action] = (), *, stepped: bool = False
) -> None:
    """Let nobody run for a while; what happened meanwhile is heard when it is over."""
    floor.go(since)
    floor.restart()
    floor.go(until, facts, stall=Stall(NOON + round(since * SECOND), NOON + round(until * SECOND), stepped))


def test_down_for_two_hours_is_one_message() -> None:
    """Told every half hour, and down from 10 to 12: one message, at 12:00, and the next half an hour later."""
    floor = Floor(ALONE)
    floor.go(0, [line(-300, "broken", "p")])
    slept(floor, 0, 7200)
    floor.go(7200 + 1800)
    assert [at for *_, at in floor.said()] == [-300, 7200, 9000]


def test_the_chain_and_whoever_has_it_do_not_count_the_time() -> None:
    """Down in the third of five minutes: the chief two minutes after it is over; a taken one is asked as much later."""
    floor = Floor(CHAIN)
    floor.go(0, [line(0, "broken", "p"), line(0, "broken", "g", of="greeting")])
    floor.go(60, [act(60, "acknowledged", promise="p")])
    slept(floor, 180, 7200)
    floor.go(7200 + 4100)
    assert [(to, what, at) for to, _, what, at in floor.said()[2:]] == [
        ("chief", "g", 7200 + 120), ("ann", "p", 60 + 3600 + 7020), ("ann", "p", 60 + 3600 + 7020 + 300),
        ("chief", "p", 60 + 3600 + 7020 + 600),
    ]  # fmt: skip


def test_what_came_and_went_while_nobody_ran_is_told_as_it_stands() -> None:
    """Ended meanwhile: one all-clear. Come and gone: nothing. Warned and broken: broken, once, to step 1."""
    floor = Floor(CHAIN)
    floor.go(0, [line(0, "broken", "p")])
    facts = [
        line(700, "fulfilled_late", "p"), line(800, "broken", "q"), line(900, "fulfilled_late", "q"),
        line(1000, "warned", "r"), line(1100, "broken", "r"),
    ]  # fmt: skip
    slept(floor, 60, 7200, facts)
    floor.go(7201)
    assert floor.said()[1:] == [("ann", "fulfilled_late", "p", 7200), ("ann", "broken", "r", 7200)]


def test_a_summary_and_a_digest_that_fell_due_go_when_it_is_over() -> None:
    """Over the budget before: what waited is told at the end, as it stands by then, in one message of each sort."""
    text = "kept: 1\npeople: {ann: {budget: 1}}\nroutes: [{tell: ann, group_by: [queue], repeat: never}]\n"
    floor = Floor(text)
    floor.go(
        1,
        [line(0, "broken", "p"), line(1, "broken", "q"), line(1, "broken", "r"), line(1, "broken", "g", of="greeting")],
    )
    slept(floor, 5, 3000, [line(40, "fulfilled_late", "q")])
    floor.go(3600)
    assert [(told.speaks_for, (told.decided - NOON) // SECOND) for told in floor.notices[1:]] == [
        (("g",), 3000), (("r",), 3000),
    ]  # fmt: skip


def test_a_clock_set_forward_shifts_what_waits() -> None:
    """An hour forward, three minutes into the five: the chief two minutes later; repeats are as much later, too."""
    floor = Floor(CHAIN)
    floor.go(0, [line(0, "broken", "p")])
    slept(floor, 180, 180 + 3600, stepped=True)
    floor.go(3600 + 1800)
    assert [(to, at) for to, _, _, at in floor.said()] == [
        ("ann", 0), ("chief", 3600 + 300), ("ann", 3600 + 1800), ("chief", 3600 + 1800),
    ]  # fmt: skip


def test_a_clock_set_forward_shifts_no_calendar_and_no_silence() -> None:
    """Muted until one, and the clock goes on by an hour at half past twelve: told at once, as it is half past one."""
    text = "kept: 1\ncalendars: {noon: {timezone: Europe/Warsaw, hours: {daily: ['12:00-13:00']}}}\npeople: {ann: {}}\n"
    floor = Floor(text + "routes: [{tell: ann, mute: noon}]\n")
    floor.go(600, [line(600, "broken", "p")])
    slept(floor, 1800, 5400, stepped=True)
    assert floor.said() == [("ann", "broken", "p", 5400)]


@given(st.data())
@settings(max_examples=60)
def test_after_a_stall_everything_is_told_once(data: st.DataObject) -> None:
    """However long nobody ran: at its end nobody hears of one promise twice, and each line has its reason."""
    history = data.draw(histories())
    since, span = data.draw(st.integers(0, 400)), data.draw(st.sampled_from([60, 200, 3600]))
    stall = Stall(NOON + since * SECOND, NOON + (since + span) * SECOND, data.draw(st.booleans()))
    before = [fact for fact in history if instant(fact)[0] <= stall.since]
    within = [fact for fact in history if stall.since < instant(fact)[0] <= stall.at]
    floor = Floor(ALONE)
    floor.go(since, before)
    told = floor.go(since + span, within, stall=stall)
    floor.go(2 * 3600, [fact for fact in history if instant(fact)[0] > stall.at])
    assert all(each.decided == stall.at for each in told)
    named = [(each.to, promise) for each in told for promise in each.speaks_for if each.kind != "fulfilled_late"]
    assert len(named) == len(set(named))
    assert {fact.id for fact in history if isinstance(fact, Line)} <= set(floor.reasons)
    assert floor.undecided == []
