"""The webhook: a notice as an HTTP POST, by the Standard Webhooks specification (version 1).

The body is `{"type", "timestamp", "data"}`; the headers are `webhook-id` (the notice's id, the same at every try),
`webhook-timestamp` and, with a secret, `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 of
`id.timestamp.body`. Redirects are not followed, and no more of an answer is read than its status and `Retry-After`.

What an answer means, as the specification advises:

| answer                     | then                                                        |
| -------------------------- | ----------------------------------------------------------- |
| 2xx                        | delivered                                                   |
| 410                        | final: the receiver says that it wants nothing more         |
| 408, 425, 429, 5xx; none   | again: the trouble passes                                   |
| any other 3xx or 4xx       | again: a slip in a setting is often mended within the day   |

`Retry-After` is obeyed with every answer but the first two. The address may hold a token: errors name its scheme and
host alone, and nothing that aiohttp or the receiver put into words.
Knows: HTTP. Must not know: when it is tried again. Read next: `streams/dispatch.py`, which knows.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from os import strerror
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import msgspec

from alerts.channels import TryLaterError
from standards.errors import DeliveryError
from standards.events import iso, microseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from alerts.notice import Notice

TIMEOUT_SECONDS = 10.0
"""How long one delivery may take, in seconds."""
LONGEST_RETRY_AFTER = 86_400
"""The longest `Retry-After` that is obeyed, in seconds."""
SECOND = 1_000_000

_FINAL = frozenset({HTTPStatus.GONE})
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Webhook:
    """Posts notices to one address. `clock` gives the time in microseconds UTC for the header and for dates."""

    name = "webhook"

    def __init__(
        self, url: str, *, secret: str = "", clock: Callable[[], int], timeout: float = TIMEOUT_SECONDS
    ) -> None:
        """Take the address and the secret: `whsec_` and base64, or any text. Raises ValueError for bad base64.

        Both are secrets: neither is ever told.
        """
        self._url = url
        self._where = shown(url)
        self._key = signing_key(secret)
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, notice: Notice) -> None:
        """Post one notice. Raises DeliveryError; whether it is to be tried again is in the table above."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        payload = body(notice)
        try:
            async with self._session.post(
                self._url, data=payload, headers=self._headers(notice.id, payload), allow_redirects=False
            ) as answer:
                answer.close()  # the rest of the answer is not read, however long it is
        except TimeoutError:
            message = f"no answer from {self._where} within {self._timeout.total:g} s"
            raise DeliveryError(message, again=True) from None
        except aiohttp.InvalidURL:
            raise DeliveryError(f"{self._where} ... is no address; correct KEPT_WEBHOOK_URL", again=True) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DeliveryError(f"no connection to {self._where}: {_kind(error)}", again=True) from None
        self._check(answer)

    def _headers(self, message_id: str, payload: bytes) -> dict[str, str]:
        timestamp = self._clock() // SECOND
        headers = {
            "content-type": "application/json",
            "user-agent": "kept",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
        }
        if self._key:
            headers["webhook-signature"] = signature(self._key, message_id, timestamp, payload)
        return headers

    def _check(self, answer: aiohttp.ClientResponse) -> None:
        status = answer.status
        if answer.ok and status < 300:  # noqa: PLR2004 - where HTTP's successes end
            return
        message = f"answered {status} {_PHRASES.get(status, '')}".rstrip()
        if status in _FINAL:
            raise DeliveryError(message, again=False)
        seconds = self._retry_after(answer.headers.get("Retry-After", ""))
        if seconds is None:
            raise DeliveryError(message, again=True)
        raise TryLaterError(message, seconds=seconds)

    def _retry_after(self, text: str) -> int | None:
        """Read a `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3); None if it is neither."""
        if text.isascii() and text.isdecimal():
            return min(int(text[:9]), LONGEST_RETRY_AFTER)
        try:
            moment = microseconds(parsedate_to_datetime(text))
        except (ValueError, TypeError):
            return None
        return min(max(0, -((self._clock() - moment) // SECOND)), LONGEST_RETRY_AFTER)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def shown(url: str) -> str:
    """Give what may be told of an address: its scheme and host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "the webhook"
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else "the webhook"


def _kind(error: Exception) -> str:
    """Say what happened without the error's own text, which may quote the address."""
    number = error.errno if isinstance(error, OSError) else None
    return strerror(number).lower() if number and number > 0 else type(error).__name__


def body(notice: Notice) -> bytes:
    """Write the body of a notice: its type, its time, and all that the notice says."""
    fields: dict[str, Any] = msgspec.to_builtins(notice)
    fields |= {name: iso(fields[name]) for name in ("at", "due") if fields.get(name, -1) >= 0}
    return msgspec.json.encode({"type": f"promise.{notice.kind}", "timestamp": iso(notice.at), "data": fields})


def signing_key(secret: str) -> bytes:
    """Give the bytes of a secret. Raises ValueError when it begins with `whsec_` and the rest is no base64."""
    prefix, found, encoded = secret.partition("whsec_")
    return b64decode(encoded, validate=True) if found and not prefix else secret.encode()


def signature(key: bytes, message_id: str, timestamp: int, payload: bytes) -> str:
    """Sign a message as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`; `timestamp` in seconds."""
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}"
