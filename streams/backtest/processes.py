"""Work done side by side, by processes that inherit what they need: compiled rules are functions, and are not copied.

Read next: `shares.py`, `streams/staffing/asking.py` and `streams/review/judging.py`, which have such work.
"""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from standards.errors import KeptError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

_inherited: list[Callable[[], Any]] = []
"""The work, in a process of the pool."""


@contextmanager
def side_by_side(work: Sequence[Callable[[], T]], *, processes: int) -> Iterator[Iterator[T]]:
    """Do pieces of work in as many processes, and give what each of them gives, pickled, in order.

    Who leaves early leaves the rest undone. What is given raises StateError where a piece failed, or a process died.
    """
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(processes, mp_context=fork, initializer=_begin, initargs=(work,))
    try:
        yield _results([pool.submit(_do, number) for number in range(len(work))])
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _results(futures: Sequence[Future[Any]]) -> Iterator[Any]:
    for future in futures:
        try:
            done, found = future.result()
        except BrokenProcessPool:
            raise StateError("a process ended before its work was done; is there enough memory?") from None
        if not done:
            raise StateError(found)
        yield found


def _begin(work: Sequence[Callable[[], Any]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it at once; the first process is who says so
    _inherited[:] = work


def _do(number: int) -> tuple[bool, Any]:
    """Do one piece; what is wrong on purpose goes back as its message, as our errors are more than can be pickled."""
    try:
        return True, _inherited[number]()
    except (KeptError, OSError) as error:
        return False, str(error)
