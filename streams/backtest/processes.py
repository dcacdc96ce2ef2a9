"""Work done side by side, by processes that inherit what they need: compiled rules are functions, and are not copied.

Read next: `shares.py`, `streams/staffing/asking.py` and `streams/review/judging.py`, which have such work.
"""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from standards.errors import KeptError, StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

T = TypeVar("T")

_inherited: list[Callable[[], Any]] = []
"""The work, in a process of the pool."""


class SideBySide(Generic[T]):
    """Does pieces of work in as many processes; who leaves early leaves the rest undone. What they give is pickled."""

    def __init__(self, work: Sequence[Callable[[], T]], *, processes: int) -> None:
        self._work = work
        fork = multiprocessing.get_context("fork")
        self._pool = ProcessPoolExecutor(processes, mp_context=fork, initializer=_begin, initargs=(work,))
        self._futures: list[Future[Any]] = []

    def __enter__(self) -> Self:
        """Begin."""
        self._futures = [self._pool.submit(_do, number) for number in range(len(self._work))]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the processes, without what has not begun yet; after an error at once."""
        if error is not None:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)

    def results(self) -> Iterator[T]:
        """Give what each piece gives, in order. Raises StateError where one failed, or a process died."""
        for future in self._futures:
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
