"""Killed at any moment, as often as you like: the ledger is the one that it would have been."""

import os
import random
import signal
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

import msgspec
import pytest

from streams.settings import StandardsFiles
from streams.storage.cases.case_store import CaseStore
from streams.storage.sqlite import FILE, Database
from tests.streams.feeding import ENDED, POLICY, RULES, feed_from
from tests.streams.hosting import shop

KILLS = 36

BOOKS = (
    "SELECT id, standard, kind, at, told, body FROM ledger ORDER BY seq",
    "SELECT * FROM promises ORDER BY seq",
    "SELECT id, body FROM notices ORDER BY seq",
    "SELECT notice, channel FROM outbox ORDER BY notice",
    "SELECT * FROM totals ORDER BY standard, kind",
    "SELECT grp, key, body FROM cases ORDER BY grp, key",
    "SELECT * FROM call_cases ORDER BY kind, name",
    "SELECT id, promise, body FROM withheld ORDER BY seq",
    "SELECT * FROM spoken_for ORDER BY promise, notice",
    "SELECT body FROM position",
)
"""Everything that must not depend on how often the process was killed."""
NOTICES, WITHHELD = BOOKS[2], BOOKS[7]

CASES = "the cases, with what they hold and what they have seen"


def books(folder: Path) -> dict[str, list[object]]:
    database = Database(folder / "data" / FILE)
    found: dict[str, list[object]] = {query: list(database.all(query)) for query in BOOKS}
    rulebook = StandardsFiles([str(folder / "rules")]).load(()).rulebook
    cases = CaseStore(database, rulebook).read()
    parts = [(case.group, case.key, case.held, case.states, list(case.seen.items())) for case in cases]
    found[CASES] = [*sorted(map(msgspec.json.encode, parts))]
    database.close()
    return found


def fed(processes: ForkServerContext, folder: Path, first: int, *, stop_after: int | None, spin: int = 0) -> int:
    """Feed a host from batch `first` on; kill it after so many answers. Gives the last batch it answered for."""
    answers, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=feed_from, args=(str(folder), first, theirs))
    child.start()
    theirs.close()
    last, heard = first - 1, 0
    try:
        while True:
            if heard == stop_after:
                sum(range(spin))  # so that it is hit at different moments of its work
                os.kill(child.pid or 0, signal.SIGKILL)
                stop_after = None
            last = max(last, answers.recv())
            heard += 1
    except EOFError:
        child.join()
    return last


@pytest.mark.slow
def test_killed_again_and_again_the_ledger_is_the_undisturbed_one(tmp_path: Path) -> None:
    """No line is lost, doubled or invented by SIGKILL, at its start or amid its work, with answers lost on the way."""
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.streams.feeding"])
    calm, wild = tmp_path / "calm", tmp_path / "wild"
    for folder in (calm, wild):
        folder.mkdir()
        shop(folder, RULES)
        (folder / "rules" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    assert fed(processes, calm, 0, stop_after=None) == ENDED

    draw = random.Random(7)
    last = -1
    for _ in range(KILLS):
        first = max(0, last + 1 - draw.choice([0, 0, 1, 2]))  # sometimes the answers were lost on the way
        last = max(
            last, fed(processes, wild, first, stop_after=draw.choice([0, 1, *range(2, 20)]), spin=draw.randrange(10**5))
        )
    assert last < ENDED
    assert fed(processes, wild, last + 1, stop_after=None) == ENDED

    undisturbed = books(calm)
    assert len(undisturbed[BOOKS[0]]) > 500
    assert len(undisturbed[CASES]) > 5
    assert len(undisturbed[NOTICES]) > 50
    assert len(undisturbed[WITHHELD]) > 50
    disturbed = books(wild)
    for what, rows in undisturbed.items():
        assert disturbed[what] == rows, what
