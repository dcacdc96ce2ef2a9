"""The names of chat channels, which mark their deliveries. Read next: `chat.py`, which needs Apprise; this does not."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def chat_names(urls: Iterable[str]) -> list[str]:
    """Name the channel of each address after its service: `chat-slack`, and then `chat-slack-2`."""
    names: list[str] = []
    for url in urls:
        service = f"chat-{url.partition('://')[0].lower()}"
        numbered = (service if number == 1 else f"{service}-{number}" for number in count(1))
        names.append(next(name for name in numbered if name not in names))
    return names
