"""Whether what a webhook sent comes from who has its secret. Pure: headers, bytes and the time are given.

HMAC as RFC 2104 has it, compared in constant time. A signature with a timestamp is good for some time either way, as
senders advise against what was recorded and is sent again.
Read next: `webhook_model.py`, for how each sender signs.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl

from standards.calendar.duration import SECOND, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.ingest.webhook_model import SignatureModel, WebhookModel

BARE: Final = "Authorization"
"""The header that has the secret itself, where the mapping names none."""
_KEYED: Final = "whsec_"
_MOST_SECONDS: Final = 100_000_000_000
"""What is more than that since 1970 are milliseconds: as seconds it would be the year 5138."""


class Carried(NamedTuple):
    """What came: headers by their names in lower case, the body, and at which address."""

    headers: Mapping[str, str]
    body: bytes
    url: str = ""


def refusal(webhook: WebhookModel, secret: str, carried: Carried, now: float) -> str:
    """Say why what came is not believed; "": it is. `now` is in seconds since 1970."""
    signature = webhook.signed
    if signature is None or isinstance(signature, str):
        header = webhook.header or BARE
        return "" if _has(secret, carried.headers.get(header.lower(), "")) else f"{header} does not have the secret"
    given = carried.headers.get(signature.header.lower(), "")
    if not given:
        return f"there is no {signature.header}"
    if signature.timestamp is not None:
        at = _seconds(carried.headers.get(signature.timestamp.lower(), ""))
        if at is None or abs(now - at) > parse(signature.good_for) / SECOND:
            return f"{signature.timestamp} is not within {signature.good_for} of now"
    wanted = _made(signature, secret, carried)
    found = [part.removeprefix(signature.prefix) for part in given.split()]
    same = any(hmac.compare_digest(wanted, part.encode("utf-8", "surrogateescape")) for part in found)
    return "" if same else "the signature is another one"


def _made(signature: SignatureModel, secret: str, carried: Carried) -> bytes:
    digest = hmac.digest(_key(secret), _signed(signature, carried), signature.digest)
    return b64encode(digest) if signature.encoding == "base64" else digest.hex().encode()


def _signed(signature: SignatureModel, carried: Carried) -> bytes:
    """Put together what is signed; the body's bytes as they came."""
    parts = {
        "{timestamp}": carried.headers.get((signature.timestamp or "").lower(), "").encode("utf-8", "surrogateescape"),
        "{id}": carried.headers.get((signature.id or "").lower(), "").encode("utf-8", "surrogateescape"),
        "{url}": carried.url.encode(),
        "{form}": b"",
        "{body}": carried.body,
    }
    if "{form}" in signature.signs:  # as Twilio does: the fields of a form by their names, without anything between
        fields = sorted(parse_qsl(carried.body.decode("utf-8", "replace"), keep_blank_values=True))
        parts["{form}"] = "".join(f"{name}{value}" for name, value in fields).encode()
    text, made = signature.signs, b""
    while text:
        slot = next((name for name in parts if text.startswith(name)), "")
        made += parts[slot] if slot else text[0].encode()
        text = text[len(slot) or 1 :]
    return made


def _key(secret: str) -> bytes:
    """Give the key that a secret stands for: Standard Webhooks write theirs in base64, and say so."""
    if secret.startswith(_KEYED):
        try:
            return b64decode(secret.removeprefix(_KEYED), validate=True)
        except ValueError:
            pass
    return secret.encode()


def _has(secret: str, given: str) -> bool:
    """Say whether a header has the secret: by itself, as a bearer's token, or as the password of HTTP's basic form."""
    scheme, _, rest = given.partition(" ")
    found = [given]
    if scheme.lower() == "bearer":
        found.append(rest)
    elif scheme.lower() == "basic":
        try:
            found.append(b64decode(rest, validate=True).decode("utf-8", "replace").partition(":")[2])
        except ValueError:
            return False
    return any(hmac.compare_digest(secret.encode(), each.encode("utf-8", "surrogateescape")) for each in found)


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError:
            return None
    if not isfinite(number):
        return None
    return number / 1_000 if number > _MOST_SECONDS else number
