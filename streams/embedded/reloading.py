"""Reading the standards anew while a host runs: when their files have changed, or when it is asked to.

What is wrong with them is said, and the old ones stay in force. Where it is the system that is at its limits, they are
tried again, though nothing has changed.
Read next: `embedded.py`, `engine.py`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog

from standards.errors import SpecError, StateError
from streams.documents.rules import problems_of
from streams.live.log_throttle import LogThrottle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.documents.rules import Standards
    from streams.embedded.engine import Engine

LOOK_SECONDS: Final = 0.3
"""How often the standards' files are looked at, in seconds; asking beats being told on shared and mounted folders."""
AGAIN_SECONDS: Final = 1.0
"""How long after a try that failed for want of something of the system's there is another, in seconds."""

log = structlog.get_logger("kept")


class Reloading:
    """Reads the standards of one host anew. `write` does something in the thread that writes.

    `succeeded` is when those in force were read, in microseconds UTC.
    """

    def __init__(self, engine: Engine, write: Callable[..., Awaitable[Any]], wall: Callable[[], int]) -> None:
        self._engine, self._write, self._wall = engine, write, wall
        self._throttle, self._is_due_again = LogThrottle(), False
        self.problems: list[str] = []
        self.succeeded = wall()

    async def reload(self) -> bool:
        """Read the standards anew; say whether they are in force now. What is wrong with them is in `problems`."""
        try:
            owing = await self._write(self._engine.owing, self._wall())
            rules = await asyncio.to_thread(self._engine.read_standards, owing)  # a slow disk must not hold up judging
            await self._write(self._engine.adopt, rules, self._wall())
        except (SpecError, StateError, OSError, ValueError) as error:
            self._is_due_again = isinstance(error, StateError | OSError)
            self.problems = problems_of(error) if isinstance(error, SpecError | StateError) else [repr(error)]
            self._say_why()
            return False
        self.problems, self._is_due_again, self.succeeded = [], False, self._wall()
        log.info("standards reloaded", standards=len(rules.loaded.rulebook.current))
        return True

    def _say_why(self) -> None:
        cause = "\n".join(self.problems)
        more = self._throttle.due(cause, asyncio.get_running_loop().time()) if self._is_due_again else 0
        if more is not None:
            log.warning("standards not reloaded; the old ones stay in force", problems=self.problems)

    async def watch(self, standards: Standards, loaded: object) -> None:
        """Reload whenever the standards have changed, and have lain still from one look to the next.

        `loaded` is the fingerprint of those in force.
        """
        loop, before, tried = asyncio.get_running_loop(), loaded, 0.0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = await asyncio.to_thread(standards.fingerprint)
            again = self._is_due_again and loop.time() - tried >= AGAIN_SECONDS
            if now == before and (before != loaded or again):
                loaded, tried = now, loop.time()
                await self.reload()
            before = now
