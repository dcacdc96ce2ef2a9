"""A record as a consumer gives it: what those who read topics look at."""

from __future__ import annotations

from typing import Protocol

Headers = tuple[tuple[str, bytes], ...]


class Record(Protocol):
    """What is looked at of a consumer's record."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def value(self) -> bytes | None:
        """What it holds."""

    @property
    def headers(self) -> Headers:
        """Its headers."""
