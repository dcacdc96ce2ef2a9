"""Channels: the ways by which a notice reaches somebody. They deliver, and decide nothing.

Here is what every channel promises. Knows: notices. Must not know: the outbox, or when something is tried again.
Read next: `webhook.py`, the one that reaches everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from alerts.routing.notice import Notice

    LinksOf = Callable[[Notice], Mapping[str, str]]
    """Gives the links for a notice: `acknowledge`, `excuse`, `debrief` and `why`, those that fit."""


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


class Told(NamedTuple):
    """The last notice of a promise that a channel has, and when it got it: microseconds UTC."""

    notice: Notice
    at: int


@runtime_checkable
class Reminding(Protocol):
    """A channel whose other side forgets: what stands is told to it again, every `remind_seconds`.

    `remembers` is how far back it wants to be reminded, in microseconds.
    """

    name: str
    remind_seconds: float
    remembers: int

    async def remind(self, told: Sequence[Told]) -> None:
        """Tell again what was told. Raises DeliveryError; the next time everything is told anew."""
