"""A backtest by several processes: each reads the whole input and judges its share of the subjects.

Reading twice costs less than passing events between processes, and keeps every share's watermark that of the whole
input, so the verdicts are those of one process. Standards that hear promises need all subjects in one place: they
are judged by one process, whatever was asked for.
Read next: `backtest.py`.
"""

from __future__ import annotations

import io
import multiprocessing
import shutil
import signal
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from standards.errors import KeptError, StateError
from standards.judge.score import Score
from streams.backtest.backtest import Backtest, Result, Task
from streams.runtime.pump import Share

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from _typeshed import ReadableBuffer


@contextmanager
def _ledger(path: str) -> Iterator[IO[bytes]]:
    """Open a ledger, which takes its place once it is whole: what was there before stays until then."""
    place = Path(path).resolve()
    if place.exists() and not place.is_file():  # a pipe, or a device: there is no place to take
        with io.BufferedWriter(_Ledger(path, path)) as stream:
            yield stream
        return
    beside = Path(f"{place}.part")
    try:
        with io.BufferedWriter(_Ledger(beside, path)) as stream:
            yield stream
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


class _Ledger(io.FileIO):
    """A ledger's file, which says the name that it was asked for by where it cannot be written."""

    def __init__(self, place: Path | str, path: str) -> None:
        self._path = path
        try:
            super().__init__(place, "wb")
        except OSError as error:
            raise OSError(error.errno, error.strerror, path) from None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._path) from None


def backtest_files(task: Task, *, jobs: int = 1) -> Result:
    """Judge files with as many processes. Raises what `Backtest.run` raises, StateError when a process died."""
    shares = usable_jobs(task, jobs)
    with ExitStack() as stack:
        ledgers: list[IO[bytes] | None] = [None] * shares
        if task.ledger is not None:
            ledgers[0] = stack.enter_context(_ledger(task.ledger))
            for share in range(1, shares):
                ledgers[share] = stack.enter_context(tempfile.TemporaryFile())
        results = _judge_shares(task, ledgers)
        for part in ledgers[1:]:
            if part is not None and ledgers[0] is not None:
                part.seek(0)
                shutil.copyfileobj(part, ledgers[0])
    for result in results[1:]:
        add(results[0], result)
    return results[0]


def usable_jobs(task: Task, jobs: int) -> int:
    """Say how many processes can share the work: one, where standards hear promises or the input comes but once."""
    return 1 if task.rulebook.heard or "-" in task.paths else jobs


def _judge_shares(task: Task, ledgers: list[IO[bytes] | None]) -> list[Result]:
    shares = len(ledgers)
    fork = multiprocessing.get_context("fork")  # the rules are compiled functions: inherited, they need no copying
    children = []
    for share in range(1, shares):
        here, there = fork.Pipe(duplex=False)
        child = fork.Process(
            target=_child, args=(task, Share.hashed(share, shares), ledgers[share], there), daemon=True
        )
        child.start()
        there.close()
        children.append((child, here))
    results = [_judge(task, Share.hashed(0, shares), ledgers[0])]
    for child, here in children:
        try:
            found = msgspec.msgpack.decode(here.recv_bytes(), type=Result | str)
        except EOFError:
            child.join()
            raise StateError(f"a judging process ended with code {child.exitcode}; try --jobs 1") from None
        child.join()
        if isinstance(found, str):
            raise StateError(f"a judging process ended: {found}")
        results.append(found)
    return results


def _judge(task: Task, share: Share, ledger: IO[bytes] | None) -> Result:
    return Backtest(task, ledger=ledger, share=share).run()


def _child(task: Task, share: Share, ledger: IO[bytes] | None, there: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process is interrupted too, and ends the others
    try:
        result: Result | str = _judge(task, share, ledger)
        if ledger is not None:
            ledger.flush()
    except (KeptError, OSError) as error:
        result = str(error)  # what is wrong with the input the first process finds too; the rest is told by it
    with suppress(BrokenPipeError):  # the first process has ended with an error of its own
        there.send_bytes(msgspec.msgpack.encode(result))


def add(whole: Result, part: Result) -> None:
    """Add a share's verdicts to the first one's. What every share read alike, such as bad lines, counts once."""
    for name, score in part.scores.items():
        whole.scores[name] = Score(*(a + b for a, b in zip(_values(whole.scores[name]), _values(score), strict=True)))
    whole.duplicates += part.duplicates
    for reason, number in part.unused.items():
        whole.unused[reason] = whole.unused.get(reason, 0) + number


def _values(score: Score) -> tuple[int, ...]:
    return msgspec.structs.astuple(score)
