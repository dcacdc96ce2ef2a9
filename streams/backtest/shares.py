"""A backtest by several processes: each reads the whole input and judges its share of the subjects.

Reading twice costs less than passing events between processes, and keeps every share's watermark that of the whole
input, so the verdicts are those of one process. Standards that hear promises need all subjects in one place: they
are judged by one process, whatever was asked for.
Read next: `backtest.py`, `processes.py`.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from functools import partial
from typing import IO

from msgspec.structs import astuple

from standards.judge.score import Score
from streams.backtest.backtest import Backtest, Task
from streams.backtest.processes import side_by_side
from streams.backtest.result import Result
from streams.documents.whole_file import whole_file
from streams.runtime.share import Share


def backtest_files(task: Task, *, jobs: int = 1) -> Result:
    """Judge files with as many processes. Raises what `Backtest.run` raises, StateError when a process died."""
    shares = usable_jobs(task, jobs)
    with ExitStack() as stack:
        ledgers: list[IO[bytes] | None] = [None] * shares
        if task.ledger is not None:
            ledgers[0] = stack.enter_context(whole_file(task.ledger))
            for share in range(1, shares):
                ledgers[share] = stack.enter_context(tempfile.TemporaryFile())
        own, *others = (
            partial(_judge, task, Share.hashed(share, shares), ledger) for share, ledger in enumerate(ledgers)
        )
        parts = stack.enter_context(side_by_side(others, processes=len(others))) if others else ()
        result = own()
        for part in parts:
            _add(result, part)
        for ledger in ledgers[1:]:
            if ledger is not None and ledgers[0] is not None:
                ledger.seek(0)
                shutil.copyfileobj(ledger, ledgers[0])
    return result


def usable_jobs(task: Task, jobs: int) -> int:
    """Say how many processes can share the work: one, where standards hear promises or the input comes but once."""
    return 1 if task.rulebook.heard or "-" in task.paths else jobs


def _judge(task: Task, share: Share, ledger: IO[bytes] | None) -> Result:
    result = Backtest(task, ledger=ledger, share=share).run()
    if ledger is not None:
        ledger.flush()  # a process of its own ends without closing its files
    return result


def _add(whole: Result, part: Result) -> None:
    """Add a share's verdicts to the first one's. What every share read alike, such as bad lines, counts once."""
    for name, score in part.scores.items():
        pairs = zip(astuple(whole.scores[name]), astuple(score), strict=True)
        whole.scores[name] = Score(*(mine + other for mine, other in pairs))
    whole.duplicates += part.duplicates
    whole.unused.update(part.unused)
