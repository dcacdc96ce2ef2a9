"""Forms that come again: pressed twice, or loaded anew, they are done once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.web.board import sent_before
from streams.web.board.sent_before import SentBefore
from tests.board.peopled import entered, of_a_team
from tests.board.serving import Served, fill
from tests.board.test_mine import stored
from tests.board.test_taken_at_once import pressed
from tests.board.test_thanks import KNOWING, PRACTICE, STANDARDS
from tests.streams.asking import Peopled


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Served]:
    with of_a_team(tmp_path, STANDARDS, Peopled(KNOWING, practice=PRACTICE, apart=True)) as served:
        fill(served)
        yield served


def test_a_form_that_comes_twice_at_once_is_done_once(house: Served) -> None:
    """A double tap, and a page that is loaded anew, send one event: the second finds that the first was done."""
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "north", "agent": "ola", "note": "She ran.", "drawn": "1"}

    async def at_once() -> list[int]:
        return [status for status, _ in await asyncio.gather(*(pressed(house, visitor, form, "share") for _ in "ab"))]

    assert house.do(at_once()) == [204, 204]
    assert visitor.ask("/acts/share", form)[0] == 303
    house.go(3)
    assert len(stored(house, "moment.shared")) == 1
    assert visitor.ask("/acts/share", {**form, "drawn": "2"})[0] == 303
    house.go(3)
    assert len(stored(house, "moment.shared")) == 2, "a later page is another moment"


def test_what_was_refused_is_not_remembered(house: Served) -> None:
    """What could not be done is tried again, as if it had never come."""
    visitor, proof = entered(house, "supervisor")
    form = {"proof": proof, "team": "nroth", "agent": "ola", "note": "She ran.", "drawn": "1"}
    for _ in range(2):
        assert visitor.ask("/acts/share", form)[0] == 400


async def test_so_many_are_remembered() -> None:
    """Who sends without end has those forgotten that came first."""
    sent = SentBefore()
    for number in range(sent_before.MOST + 5):
        async with sent.knowing("ola /acts/share", {"drawn": str(number)}) as before:
            assert not before
    assert len(sent) == sent_before.MOST
    async with sent.knowing("ola /acts/share", {"drawn": str(number)}) as before:
        assert before
