"""The webhook: a notice as an HTTP POST, by the Standard Webhooks specification (version 1).

The body is `{"type", "timestamp", "data"}`; the headers are `webhook-id` (the notice's id, the same at every try),
`webhook-timestamp` and, with a secret, `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 of
`id.timestamp.body`.

What an answer means is in `retrying.py`. The address may hold a token: no error quotes it.
Read next: `posting.py`, which posts.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from alerts.channels.posting import TIMEOUT_SECONDS, Post
from standards.calendar.duration import SECOND
from standards.judge.events import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alerts.channels import LinksOf
    from alerts.routing.notice import Notice


OF_THE_TEXT: Final = frozenset({"fact", "counted", "presses", "zone", "names_zone"})
"""The fields of a notice that only go into the text of a message for several."""


class Webhook:
    """Posts notices to one address. `clock` gives the time in microseconds UTC for the header and for dates."""

    name = "webhook"
    links: LinksOf | None = None
    """Gives the links by which people can act; they stand in the body."""

    def __init__(
        self,
        url: str,
        *,
        secret: str = "",
        clock: Callable[[], int],
        timeout: float = TIMEOUT_SECONDS,
        private: bool = True,
    ) -> None:
        """Take the address and the secret: `whsec_` and base64, or any text. Raises ValueError for bad base64.

        Both are secrets: neither is ever told. Without `private`, the address has to be one of the public internet.
        """
        self._post = Post(url, "KEPT_WEBHOOK_URL", clock=clock, timeout=timeout, private=private)
        self._key = signing_key(secret)
        self._clock = clock

    async def deliver(self, notice: Notice) -> None:
        """Post one notice. Raises DeliveryError."""
        payload = body(notice, self.links(notice) if self.links else {})
        timestamp = self._clock() // SECOND
        headers = {"webhook-id": notice.id, "webhook-timestamp": str(timestamp)}
        if self._key:
            headers["webhook-signature"] = signature(self._key, notice.id, timestamp, payload)
        await self._post.send(payload, headers)

    async def close(self) -> None:
        """Close the connections."""
        await self._post.close()


def body(notice: Notice, links: Mapping[str, str] | None = None) -> bytes:
    """Write the body of a notice: its type, its time, all that it says, in English, and links by which to act."""
    fields: dict[str, Any] = msgspec.to_builtins(notice.in_english)
    fields = {name: value for name, value in fields.items() if name not in OF_THE_TEXT}
    fields |= {name: iso(fields[name]) for name in ("at", "due") if fields.get(name, -1) >= 0}
    fields |= {"links": dict(links)} if links else {}
    return msgspec.json.encode({"type": f"promise.{notice.kind}", "timestamp": iso(notice.at), "data": fields})


def signing_key(secret: str) -> bytes:
    """Give the bytes of a secret. Raises ValueError when it begins with `whsec_` and the rest is not valid base64."""
    prefix, found, encoded = secret.partition("whsec_")
    return b64decode(encoded, validate=True) if found and not prefix else secret.encode()


def signature(key: bytes, message_id: str, timestamp: int, payload: bytes) -> str:
    """Sign a message as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`; `timestamp` in seconds."""
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}"
