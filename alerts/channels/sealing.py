"""Sealing what a push carries, so that its service can read none of it, and signing that it comes from here.

The message is encrypted for one device (RFC 8291, in `aes128gcm` of RFC 8188), and each post carries a token of this
server's key (VAPID, RFC 8292). The library's own way to post is not used: it would follow redirects and go anywhere.
Here alone it is imported. Read next: `push.py`.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher, WebPushException

from alerts.words.later import RefusedError, later
from standards.calendar.duration import HOUR, SECOND

if TYPE_CHECKING:
    from alerts.channels.push import Device

TOKEN_LASTS: Final = 12 * HOUR
"""How long a token is valid, in microseconds; the services take a day at most."""
OPAQUE: Final = 32
"""How many characters an opaque name has: as many as a push service takes for a topic (RFC 8030)."""
_KEY: Final = 32


def new_key() -> str:
    """Make a key of a server: 32 bytes in URL-safe base64, as `KEPT_PUSH_KEY` has it."""
    made = Vapid02()
    made.generate_keys()
    return _text(made.private_key.private_numbers().private_value.to_bytes(_KEY, "big"))


class Sealer:
    """Seals and signs with one key. `contact` is whom a push service can write to: a `mailto:` or `https:` address."""

    def __init__(self, key: str, contact: str) -> None:
        """Take the key, as `new_key` gives it. Raises ValueError, which does not quote it, and for a bad contact."""
        try:
            self._secret = _bytes(key)
            self._vapid = Vapid02.from_raw(key.encode()) if len(self._secret) == _KEY else None
        except ValueError:
            self._vapid = None
        if self._vapid is None:
            raise ValueError("this is not a key for pushes: that is 32 bytes in URL-safe base64")
        point = self._vapid.public_key.public_numbers()
        self.public = _text(b"\x04" + point.x.to_bytes(_KEY, "big") + point.y.to_bytes(_KEY, "big"))
        self._contact = contact
        try:
            self.authorization("https://push.example/", 0)
        except VapidException:
            raise ValueError("this is not a mail address or https address that a push service takes") from None

    def seal(self, device: Device, message: bytes) -> bytes:
        """Encrypt a message for one device. Raises RefusedError where its keys are not valid."""
        keys = {"p256dh": device.p256dh, "auth": device.auth}
        try:
            return bytes(WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message)["body"])
        except (WebPushException, ValueError, IndexError):
            raise RefusedError(later("the keys of this device are not valid; switch it off and on again")) from None

    def authorization(self, endpoint: str, now: int) -> str:
        """Give the header that says who posts, for the service of an address; `now` in microseconds UTC."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": (now + TOKEN_LASTS) // SECOND,
            "sub": self._contact,
        }
        return str(self._vapid.sign(claims)["Authorization"]) if self._vapid is not None else ""

    def opaque(self, *names: str) -> str:
        """Give a name that says nothing to others, and is the same for the same names each time."""
        raw = hmac.new(self._secret, "\0".join(("kept push", *names)).encode(), "sha256").digest()
        return _text(raw)[:OPAQUE]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
