"""One at a time for each promise: who would take it waits for whoever is taking it, and for nobody else."""

from __future__ import annotations

from asyncio import Lock
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable


class OneAtATime:
    """Locks by name, which are there for as long as somebody has one or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    def __len__(self) -> int:
        """Give how many names somebody has, or waits for."""
        return len(self._locks)

    @asynccontextmanager
    async def having(self, names: Iterable[str]) -> AsyncIterator[None]:
        """Have some names alone, each as soon as it is free; in one order for all, so that nobody waits in a circle."""
        locks = [self._locks.setdefault(name, Lock()) for name in sorted(set(names))]
        async with AsyncExitStack() as stack:
            for lock in locks:
                await stack.enter_async_context(lock)
            yield
