"""Once time has gone back, people hear of new trouble at once, whatever they were sent in the false future."""

from functools import partial
from pathlib import Path

import pytest

from streams.documents.rules import policy_in
from streams.embedded.engine import Engine
from streams.embedded.options import Options
from tests.streams.hosting import SECOND, T0, event, shop

HOUR = 3_600 * SECOND
POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}, budget: 2}
  bob: {addresses: {console: screen}}
routes:
  - {match: no-wait, tell: ann, well_for: 20s, group_by: [site], group_wait: 20s, escalate: [{after: 30s, tell: bob}]}
"""


def told(folder: Path, ahead: int) -> list[tuple[str, str, int]]:
    """Give who is told what of a line at q2, and how long after it was seen; before it the clock was `ahead` at q1."""
    folder.mkdir()
    files = shop(folder)
    (folder / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    engine = Engine(folder, files, Options(policies=partial(policy_in, files.paths)))
    engine.rebuild(T0)

    def see(place: str, at: int) -> None:
        engine.step([event(engine.reader, "queue.length", place, at, site="s3", queue=place, waiting=9)], [], at)

    see("q1", T0)
    if ahead:
        for second in range(0, 120, 5):
            engine.step([], [], T0 + ahead + second * SECOND)
        engine.go_back(T0 + 10 * SECOND)
    later = T0 + 2 * HOUR
    engine.step([], [], later)
    see("q2", later)
    notices = []
    for second in range(1, 240):
        stored = engine.step([], [], later + second * SECOND)
        notices += stored.notices if stored else []
    engine.close()
    return [(it.to, it.kind, (it.decided - later) // SECOND) for it in notices if it.subject == "s3/q2"]


@pytest.mark.parametrize("ahead", [24 * HOUR, 90 * SECOND])
def test_new_trouble_is_told_though_people_were_told_of_it_in_a_false_future(tmp_path: Path, ahead: int) -> None:
    """Neither a budget, nor a group that waits, nor the next in the chain is held up by a day that never was."""
    right = told(tmp_path / "right", 0)
    assert {to for to, _, _ in right} == {"ann", "bob"}
    assert told(tmp_path / "ahead", ahead) == right
