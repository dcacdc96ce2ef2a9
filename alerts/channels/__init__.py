"""Channels: the ways by which a notice reaches somebody. They deliver, and decide nothing.

Here is what every channel promises. Knows: notices. Must not know: the outbox, or when something is tried again.
Read next: `webhook.py`, the one that reaches everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from standards.errors import DeliveryError

if TYPE_CHECKING:
    from alerts.notice import Notice


class TryLaterError(DeliveryError):
    """Not delivered, and the other side said when to come again: in `seconds`."""

    def __init__(self, message: str, *, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(message, again=True)


class Channel(Protocol):
    """A way by which notices reach somebody. Its name marks its deliveries in the outbox, and does not change."""

    name: str

    async def deliver(self, notice: Notice) -> None:
        """Deliver one notice; returning means that the other side has it. Raises DeliveryError."""

    async def close(self) -> None:
        """Let go of what the channel holds."""
