"""Log lines that may come thousands of times: one a minute for each cause, with how many more there were.

Read next: `logging_setup.py`.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog

EVERY: Final = 60.0
"""How many seconds lie between two lines of one cause."""
MOST: Final = 1_000
"""How many causes are told apart at a time."""

log = structlog.get_logger("kept")


class LogThrottle:
    """Says when a cause may be written again. Instants are seconds of one clock that never goes back."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[float, int]] = {}

    def due(self, cause: str, now: float) -> int | None:
        """Give how many of a cause were not written since it last was; None where this one is not to be, either."""
        said, kept_back = self._said.get(cause, (now - EVERY, 0))
        if now - said < EVERY:
            self._said[cause] = said, kept_back + 1
            return None
        if len(self._said) >= MOST:
            self._said.clear()
        self._said[cause] = now, 0
        return kept_back


def throttle_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Have what a loop meets outside of any task written once a minute for each cause, without a traceback each."""
    throttle = LogThrottle()

    def write(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        cause = f"{context['message']}: {error!r}" if error is not None else str(context["message"])
        if (more := throttle.due(cause, loop.time())) is not None:
            log.error(str(context["message"]), more_since_last_said=more, exc_info=error)

    loop.set_exception_handler(write)
