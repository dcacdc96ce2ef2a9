"""What people do that changes nothing of who has a promise, or who is told of it, is noted with its reason."""

import pytest
from msgspec.structs import replace

from alerts.routing.actions import DEBRIEFED, Action
from tests.alerts.playing import Floor, act, line
from tests.alerts.test_having import CHAIN


@pytest.mark.parametrize(
    ("facts", "noted"),
    [
        ([act(5, "given_back", promise="p", by="bob")], [("", "not-theirs", 5)]),
        ([act(4, "acknowledged", promise="p"), act(5, "given_back", promise="p")], []),
        ([act(4, "acknowledged", promise="p"), act(5, "given_back", promise="p", by="bob")], [("", "not-theirs", 5)]),
        (
            [act(3, "acknowledged", promise="p"), act(4, "given_back", promise="p"),
             act(5, "handed_on", promise="p", by="chief", to="bob"), act(6, "given_back", promise="p")],
            [("", "not-theirs", 6)],
        ),
        ([replace(act(5, "", promise="p"), type=DEBRIEFED)], [("", "nobody-is-told", 5)]),
        ([act(5, "handed_on", promise="p", to="bob")], []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("batched", [True, False])
def test_what_has_no_effect_before_there_is_trouble_is_noted(
    facts: list[Action], noted: list[tuple[str, str, int]], *, batched: bool
) -> None:
    """It is counted and can be looked up, as where there is trouble: once, whether the trouble comes with it or not."""
    floor = Floor(CHAIN)
    if not batched:
        floor.play(list(facts), 8)
        floor.restart()
    floor.play([*(facts if batched else []), line(10, "broken", "p")], 20)
    assert [each for each in floor.unsaid("p") if each[1] in ("not-theirs", "nobody-is-told")] == noted


def test_given_back_while_it_was_on_its_way_it_is_nobodys_when_it_warns() -> None:
    """Ann takes it, hands it on to Bob and gives it back before there is trouble: then everybody is told."""
    floor = Floor(CHAIN)
    floor.play([
        act(3, "acknowledged", promise="p"), act(4, "handed_on", promise="p", to="bob"),
        act(5, "given_back", promise="p"), line(10, "broken", "p"),
    ], 20)  # fmt: skip
    assert {to for to, *_ in floor.said()} == {"ann", "bob"}
    assert floor.unsaid("p") == []


def test_what_is_over_is_handed_on_to_nobody_and_that_is_noted() -> None:
    """Who hands on what is done finds out that nobody was told."""
    floor = Floor(CHAIN)
    on = act(300, "handed_on", promise="p", to="bob")
    floor.play([line(0, "broken", "p"), line(60, "fulfilled_late", "p"), on], 400)
    assert ("", "nobody-is-told", 300) in floor.unsaid("p")
