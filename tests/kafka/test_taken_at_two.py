"""Two take the same at two `kept serve`: whatever their clocks say, both boards show what the coordinator decides."""

from __future__ import annotations

from itertools import count, permutations
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from alerts.policy.policy import Policy
from alerts.routing.actions import ACKNOWLEDGED, Action
from streams.board.having import Having, by_promise
from streams.kafka.records.facts import PersonsAct, Telling
from streams.kafka.records.topics import ACTS, DESK
from streams.kafka.records.unpacking import Record
from streams.kafka.serve.coordinator import Dealt, NotifyCoordinator
from streams.kafka.serve.projection import Projection
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE, Database
from tests.alerts.hearing import Hearing
from tests.alerts.playing import NOON, SECOND, STANDARDS, line, people

POLICY = """
kept: 1
people: {ann: {}, bob: {}}
routes: [{tell: [ann, bob], repeat: never}]
"""


class Serve:
    """The read model of one serve."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._database = Database(folder / FILE)
        self.fold = Projection(self._database)
        self._read_model = ReadModel(folder)

    @property
    def shown(self) -> Having:
        board = self._read_model.board
        return by_promise(board.actions_on(["p"]), board.holdings(["p"]))["p"]

    def close(self) -> None:
        self._read_model.close()
        self._database.close()


def begun() -> NotifyCoordinator:
    """Give a coordinator that has told of a broken promise."""
    coordinator = NotifyCoordinator(Policy(STANDARDS, people=people(POLICY)), (), 1)
    broken = line(0, "broken", "p")
    told = Hearing(Policy(STANDARDS)).push([broken], broken.known)
    coordinator.take(0, 0, Telling(told.notices, told.reasons, [broken]))
    assert coordinator.step(NOON + SECOND) is not None
    return coordinator


def rows(dealt: Dealt | None) -> list[tuple[str, bytes | None, bytes | None]]:
    assert dealt is not None
    return [(DESK, value, key) for key, value in dealt.rows]


@pytest.mark.parametrize(("fast", "steps"), [(0, 1), (0, 2), (7, 1), (7, 2)])
def test_both_boards_show_who_the_coordinator_says_has_it(tmp_path: Path, fast: int, steps: int) -> None:
    """Ann's serve is seconds fast, and is put right as her act is taken in; in any order of records it is Bob's."""
    ann, bob = (Action(name, NOON + 5 * SECOND, name, "p", ACKNOWLEDGED, "kept/board") for name in ("ann", "bob"))
    coordinator, found = begun(), list[tuple[str, bytes | None, bytes | None]]()
    for offset, act in enumerate((ann, bob)):
        coordinator.take_act(offset, act)
        if steps == 2 or act is bob:
            found += rows(coordinator.step(NOON + (6 + offset) * SECOND))
    acts = [(ACTS, msgspec.json.encode(PersonsAct(act)), None) for act in (ann, bob)]
    for number, order in enumerate(permutations(["ann", "bob", "rows"])):
        serves = [Serve(tmp_path / f"{number}-{name}") for name in ("a", "b")]
        offsets = {topic: count() for topic in (ACTS, DESK)}
        for serve, act in zip(serves, (replace(ann, at=ann.at + fast * SECOND), bob), strict=True):
            serve.fold.acts([act])
        for part in order:
            for topic, value, key in found if part == "rows" else acts[:1] if part == "ann" else acts[1:]:
                record = Record(topic, topic, 0, next(offsets[topic]), NOON, value, key)
                for serve in serves:
                    serve.fold.fold([record], NOON + 10 * SECOND)
        assert {serve.shown.holder for serve in serves} == {"bob"}, order
        for serve in serves:
            serve.close()
