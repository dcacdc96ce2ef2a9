"""A push service of the tests' own (RFC 8030), and phones whose messages it carries.

The service is a real server that answers as it was told to, and remembers what came. A phone has its own keys, and
opens what was sealed for it (RFC 8291) by its own reading of the standard.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from alerts.channels.push import Device
from alerts.channels.push_services import Services
from alerts.channels.sealing import Sealer, new_key
from streams.storage.devices import device_id
from tests.alerts.receiver import Answer
from tests.streams.hosting import T0

KEY = new_key()
SEALER = Sealer(KEY, "mailto:ops@shop.example")
TAKEN = Answer(201, {"Location": "https://push.example/message/1"})


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(given: str) -> bytes:
    return urlsafe_b64decode(given + "=" * (-len(given) % 4))


@dataclass
class Posted:
    """What a service was asked to carry."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class PushService:
    """A push service: its origin, the answers still to be given, and what came."""

    origin: str = ""
    answers: list[Answer] = field(default_factory=list)
    by_path: dict[str, list[Answer]] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)

    @property
    def services(self) -> Services:
        return Services((self.origin,))

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.posted.append(Posted(request.path, request.headers.copy(), await request.read()))
        own = self.by_path.get(request.path, self.answers)
        answer = own.pop(0) if own else TAKEN
        if answer.hang_up and request.transport is not None:
            request.transport.abort()
        return web.Response(status=answer.status, headers=answer.headers)


@asynccontextmanager
async def push_service(answers: Sequence[Answer] = (), *, port: int = 0) -> AsyncIterator[PushService]:
    """Run a push service on this machine."""
    service = PushService(answers=list(answers))
    application = web.Application()
    application.router.add_post("/{phone}", service.take)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    service.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


class Phone:
    """One browser: its keys, and the address that its service gave it."""

    def __init__(
        self, endpoint: str, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"q" * 16
    ) -> None:
        self.endpoint = endpoint
        self.auth = auth
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def device(self, whose: str = "ann") -> Device:
        keys = text(self.public), text(self.auth)
        return Device(device_id(self.endpoint), whose, self.endpoint, *keys, SEALER.public, T0)

    def opened(self, body: bytes) -> bytes:
        """Decrypt one record of `aes128gcm`: salt, record size, the sender's public key, then what is sealed."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size, "it is more than one record"
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), point)
        secret = _derived(shared, self.auth, b"WebPush: info\0" + self.public + sender, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\2", "it is not the last record"
        return plain[:-1]

    def read(self, posted: Posted) -> dict[str, Any]:
        """Open what was posted for this phone."""
        return dict(json.loads(self.opened(posted.body)))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def claims(authorization: str) -> tuple[str, dict[str, Any]]:
    """Check the token of a post (RFC 8292); gives the key that it is by, and what it claims."""
    scheme, _, given = authorization.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in given.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    halves = [int.from_bytes(half, "big") for half in (raw(signature)[:32], raw(signature)[32:])]
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    try:
        point.verify(encode_dss_signature(*halves), signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise AssertionError("the token is not signed by its key") from None
    header, _, claimed = signed.partition(".")
    assert (scheme, json.loads(raw(header))["alg"]) == ("vapid", "ES256")
    return parts["k"], dict(json.loads(raw(claimed)))
