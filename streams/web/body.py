"""Bodies: what a request carries, read up to a limit and never further.

A compressed body is unpacked piece by piece, so that one that would unpack to more is refused when it passes the limit.
Read next: `streams/web/api/intake.py`.
"""

from __future__ import annotations

import asyncio
import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from alerts.words.later import later
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

PATIENCE: Final = 30.0
"""How long a body may take to come, in seconds, so that a stalled sender does not hold a connection for ever."""
PACKED: Final = frozenset({"gzip", "deflate"})
ENCODINGS: Final = PACKED | {"", "identity"}
_ZLIB, _GZIP = 15, 31

log = structlog.get_logger("kept")


def check_type(request: web.Request, known: Iterable[str], advice: str = "") -> None:
    """Refuse a body of another content type than the known ones."""
    if request.content_type in known:
        return
    found = request.headers.get("Content-Type", "none")[:100]
    words = f"content type {found!r} is not read here; send {' or '.join(known)}"
    accepted = {"Accept-Post": ", ".join(known)}
    words, told = words + (advice and f"; {advice}"), later("This is not a form of this board.")
    raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, headers=accepted, told=told)


async def read_body(request: web.Request, limit: int, patience: float = PATIENCE) -> bytes:
    """Read the body: at most `limit` bytes, unpacked, and for at most `patience` seconds."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        words = f"content encoding {encoding[:40]!r} is not read here; send gzip, deflate or none"
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, headers={"Accept-Encoding": "gzip, deflate"})
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    unpacked = _Unpacked(encoding) if encoding in PACKED else None
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.content.iter_any():
                body += chunk if unpacked is None else unpacked.more(chunk, limit + 1 - len(body))
                if len(body) > limit:
                    raise _too_large(limit)
        if unpacked is not None:
            unpacked.check_whole()
    except TimeoutError:
        slow = later("the body did not come within {seconds} s; send less at a time", seconds=f"{patience:g}")
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, slow, headers={"Connection": "close"}) from None
    except (web.RequestPayloadError, HttpProcessingError, zlib.error, ConnectionError) as error:
        request.content.feed_eof()  # else the server reads the rest of it, and fails at that
        why = first_line(error)
        log.warning("a body cannot be read", path=request.path, encoding=encoding, why=why)
        torn = later("the body cannot be read: {why}; send it whole, as Content-Encoding says", why=why)
        raise Problem(HTTPStatus.BAD_REQUEST, torn, headers={"Connection": "close"}) from None
    return bytes(body)


class _Unpacked:
    """Unpacks a body as it comes. What is cut short, or goes on after its end, is refused: zlib.error."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._unpack = zlib.decompressobj(_GZIP) if encoding == "gzip" else None

    def more(self, chunk: bytes, room: int) -> bytes:
        """Unpack the next bytes, into at most `room` of them."""
        out = bytearray()
        while chunk and len(out) < room:
            if self._unpack is None:  # some leave the head of zlib away
                self._unpack = zlib.decompressobj(_ZLIB if chunk[0] & 15 == zlib.DEFLATED else -_ZLIB)
            if self._unpack.eof:
                if self._encoding != "gzip":
                    raise zlib.error("something follows its end")
                self._unpack = zlib.decompressobj(_GZIP)  # a file of gzip may have several parts
            out += self._unpack.decompress(chunk, room - len(out))
            chunk = self._unpack.unconsumed_tail or self._unpack.unused_data
        return bytes(out)

    def check_whole(self) -> None:
        """Refuse what was cut short."""
        if self._unpack is None or not self._unpack.eof:
            raise zlib.error("it is cut short")


def _too_large(limit: int) -> Problem:
    words = later("the body is longer than {limit} bytes; send less at a time", limit=str(limit))
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)


def first_line(error: Exception) -> str:
    """Say in a line what could not be read."""
    message = getattr(error, "message", "") or str(error)
    return str(message).strip().partition("\n")[0][:200].rstrip(":") or "it ended early"
