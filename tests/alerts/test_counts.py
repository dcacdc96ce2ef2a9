"""What a message counts beside what it tells: what it explains, what came and went, what others have of it."""

from alerts.routing.actions import Action
from standards.judge.ledger import Line
from standards.judge.promise import Kind
from tests.alerts.playing import MINUTE, NOON, SECOND, Floor, act, line, silencing

EXPLAINS = """
kept: 1
people: {ann: {}, tech: {}}
routes: [{match: tills-work, tell: tech, repeat: 10m}, {tell: ann}]
inhibit: [{when: tills-work, mute: no-wait}]
"""


def test_a_cause_counts_what_it_explains() -> None:
    """Two lines are explained by a till that is down: its next message says so; that of a site without any does not."""
    floor = Floor(EXPLAINS)
    floor.play([line(0, "broken", "till", of="tills-work"), line(60, "broken", "p"), line(90, "broken", "q")], 700)
    first, second = floor.notices
    assert (first.explained, second.explained) == (0, 2)
    assert second.text.endswith("It explains 2 more promises in trouble there.")


def test_what_came_and_went_in_a_silence_is_counted_when_it_is_over() -> None:
    """Silenced for ten minutes: three came, two went; one message of what stands, that counts the two. Once."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, group_by: [queue]}]\n")
    facts: list[Line | Action] = [silencing(0, 600), *(line(60, "broken", name) for name in ("p", "q", "r"))]
    floor.play([*facts, line(120, "fulfilled_late", "q"), line(121, "fulfilled_late", "r")], 3000)
    assert [(told.promise, told.came_and_went, told.decided - NOON) for told in floor.notices[:2]] == [
        ("p", 2, 600 * SECOND), ("p", 0, 600 * SECOND + 30 * MINUTE),
    ]  # fmt: skip
    assert "2 more came and were over meanwhile." in floor.notices[0].text


def test_what_is_counted_stands_below_a_list_on_a_line_of_its_own() -> None:
    """Beside the last place of a list it would be taken for something of that place."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, group_by: [queue]}]\n")
    facts: list[Line | Action] = [silencing(0, 600), *(line(60, "broken", name) for name in ("p", "q", "r"))]
    floor.play([*facts, line(120, "fulfilled_late", "r")], 700)
    (told,) = floor.notices
    *_, place, counted = told.text.splitlines()
    assert place.startswith("- ")
    assert counted == "1 more came and was over meanwhile."


def test_where_nothing_stands_nobody_is_told_of_what_went() -> None:
    """Came and went in a silence, and nothing stands: no message, and the next silence does not count it."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann}]\n")
    floor.play(
        [
            silencing(0, 600), line(60, "broken", "p"), line(120, "fulfilled_late", "p"),
            silencing(700, 900), line(710, "broken", "q"),
        ],
        1000,
    )  # fmt: skip
    assert [(told.promise, told.came_and_went) for told in floor.notices] == [("q", 0)]


def test_it_is_said_what_a_colleague_has_of_a_group() -> None:
    """Ann has two of a site: who hears of the third is told so; she is not told what she has herself."""
    floor = Floor("kept: 1\npeople: {ann: {}, bob: {}}\nroutes: [{tell: [ann, bob]}]\n")
    taken = [act(60, "acknowledged", promise=name) for name in ("p", "q")]
    floor.play([line(0, "broken", "p"), line(0, "broken", "q"), *taken, line(90, "broken", "r")], 100)
    told = {each.to: each for each in floor.notices if each.promise == "r"}
    assert told["bob"].others_have == {"ann": 2}
    assert told["bob"].text.endswith("ann already has 2 more of these.")
    assert told["ann"].others_have == {}


def test_without_a_budget_a_step_of_the_chain_is_one_message() -> None:
    """Twenty sites at once: ann hears site by site, and the next in the chain, who has no budget, all of it in one."""
    chain = "routes: [{tell: ann, repeat: never, escalate: [{after: 5m, tell: chief}]}]\n"
    storm = [line(0, "broken", f"q{site}-{till}", site=f"s{site}") for site in range(20) for till in range(5)]
    floor = Floor("kept: 1\npeople: {ann: {budget: 6}, chief: {}}\n" + chain)
    floor.go(3600, storm)
    heard = [told for told in floor.notices if told.to == "chief"]
    assert [len(told.speaks_for) for told in heard] == [100]
    assert "100 promises stand, and nobody has acknowledged them. All of them are broken." in heard[0].text


def test_a_feed_that_goes_dark_is_one_message_at_a_site() -> None:
    """Warned of before, and on two routes: unknown is one message a site, and what follows comes together later."""
    text = "kept: 1\npeople: {ann: {}}\nroutes: [{match: no-wait, tell: ann}, {tell: ann}]\n"
    floor = Floor(text)
    dark = [line(60, "lost", name, of=of) for name, of in (("p", "no-wait"), ("q", "greeting"), ("r", "no-wait"))]
    floor.go(60, [line(0, "warned", "p"), *dark])
    later = [line(60 + 300 * n, "lost", f"t{n}", of="greeting") for n in range(1, 6)]
    floor.play(later, 7200)
    lost = [(told.speaks_for, (told.decided - NOON) // SECOND) for told in floor.notices if told.kind == "lost"]
    assert lost == [(("p", "r", "q"), 60), (("t1", "t2", "t3", "t4", "t5"), 1860)]


def test_what_nobody_can_know_climbs_no_chain() -> None:
    """There is nothing to take of it, so nobody is told later that nobody took it; what is broken is told on."""
    chain = "routes: [{tell: ann, repeat: never, escalate: [{after: 5m, tell: chief}]}]\n"
    cases: tuple[tuple[Kind, list[str]], ...] = (("lost", ["ann"]), ("broken", ["ann", "chief"]))
    for kind, told in cases:
        floor = Floor("kept: 1\npeople: {ann: {}, chief: {}}\n" + chain)
        floor.go(3600, [line(0, kind, "p")])
        assert [each.to for each in floor.notices] == told


def test_who_hears_of_one_more_hears_how_many_stand() -> None:
    """Told apart from two of its group, the third says that these stand; not what is over, taken, or in the message."""
    floor = Floor("kept: 1\npeople: {ann: {}}\nroutes: [{tell: ann, repeat: never}]\n")
    facts = [line(0, "broken", "p"), line(0, "broken", "q"), line(90, "broken", "r")]
    floor.play([*facts, act(100, "acknowledged", promise="p", by="bob"), line(110, "fulfilled_late", "q")], 115)
    third = next(each for each in floor.notices if each.promise == "r")
    assert (floor.notices[0].others_stand, third.others_stand) == (0, 2)
    assert third.text.endswith("2 more of these, told before, still stand.")
    floor.play([line(120, "broken", "t")], 130)
    assert floor.notices[-1].others_stand == 1
    assert "1 more of these, told before, still stands." in floor.notices[-1].text
