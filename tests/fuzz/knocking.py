"""The doors of a running server: whole requests of every sort, sent over real connections to a host that judges.

An input is a request as text: its first line, its headers, an empty line, its body. Its length is put in front, so that
the server knows where it ends. A crash is an answer that says that the failure is ours, no answer, or a host that does
not take in what is right any more. Must not know: what else is answered.
"""

import asyncio
import gzip
import json
import os
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from streams.delivery.links import Link, Links
from streams.web import Limits
from tests.board.peopled import ALL, BASE, POLICY
from tests.board.serving import SECRET, proof_in
from tests.fuzz.doors import events
from tests.fuzz.trying import Crash
from tests.streams.asking import Caller, Peopled, asking, register, waiting
from tests.streams.hosting import NO_WAIT, PATIENCE, SECOND, T0, shop

AT_ONCE = 8
"""How many requests are under way at a time."""
ACCESS = msgspec.structs.replace(ALL, proxies=(ip_network("127.0.0.0/8"),))
FORM = "application/x-www-form-urlencoded"
RULES = f"""{NO_WAIT}    calendar: shop
calendars:
  shop: {{timezone: UTC, hours: {{daily: "00:00-24:00"}}, may_change: [floor-lead, ann]}}
"""
_GETS = (
    "/", "/?site=s3&standard=no-wait&mine=1", "/standards", "/standards/no-wait?weeks=4", "/promises/{promise}",
    "/debriefs", "/notices?after=3", "/feeds", "/people", "/wall?site=s3", "/shift", "/sign-in?next=/shift",
    "/board.css", "/do/{link}",
    "/v1/promises?standard=no-wait&open=true&limit=2&due_before=2026-01-31T08:00:00Z", "/v1/promises/{promise}",
    "/v1/standards", "/v1/score?since=2026-01-31T08:00:00%2B01:00", "/v1/notices?limit=1",
    "/v1/withheld?reason=muted&to=ann", "/v1/acts?type=alert.acknowledged", "/v1/dead-letters?after=1&limit=2",
    "/v1/late", "/v1/feeds", "/v1/calendars",
    "/v1/shift/notes?site=s3", "/v1/time", "/healthz", "/readyz", "/metrics", "/openapi.json", "/no/such",
)  # fmt: skip
_POSTS = {
    "/v1/exceptions": {"standard": "no-wait", "subject": "s3/q2", "by": "floor-lead", "reason": "till outage"},
    "/v1/dead-letters/1/resend": {"by": "ann", "reason": "mended", "event": "{}"},
    "/v1/dead-letters/1/set-aside": {"by": "ann"},
    "/v1/calendars/shop/days": {"date": "2026-03-24", "open": "08:00-12:00", "by": "ann", "reason": "a feast"},
    "/v1/shift/notes": {"note": "Till 2 is out.", "by": "ann", "site": "s3"},
    "/v1/time/accept": {},
}
_FORMS = {
    "acknowledge": {"promise": "{promise}", "name": "ann"},
    "hand-on": {"promise": "{promise}", "to": "bob"},
    "give-back": {"promise": "{promise}", "name": "ann"},
    "done": {"promise": "{promise}"},
    "excuse": {"promise": "{promise}", "by": "floor-lead", "reason": "till outage"},
    "debrief": {"promise": "{promise}", "cause": "a rush", "next_step": "a third till", "team": "tills"},
    "silence": {"subject": "s3/q2", "span": "1h", "reason": "rebuilt", "site": "s3"},
    "unsilence": {"silence": "x"},
    "change-day": {"calendar": "shop", "date": "2026-03-24", "open": "08:00-12:00", "by": "ann", "reason": "a feast"},
    "resend": {"letter": "1", "raw": "{}", "reason": "mended"},
    "set-aside": {"letter": "1", "reason": "nothing to do"},
    "hand-over": {"note": "Till 2 is out.", "site": "s3"},
}


class Known(NamedTuple):
    """What of a server stands in requests to it: a session's cookie and the proof for its forms, a promise, a link."""

    host: str
    cookie: str
    proof: str
    promise: str
    link: str


def requests(token: str = SECRET) -> list[bytes]:
    """Give good requests of every sort, in which what only the server knows is left out."""
    bearer, who = f"Authorization: Bearer {token}", "Cookie: {cookie}\nAccept: text/html"
    asked = [f"GET {path} HTTP/1.1\nAccept-Language: de-DE,de;q=0.9,pl;q=0.5,*;q=0.1\n" for path in _GETS]
    found = [f"{each}{bearer}\n\n" for each in asked] + [f"{each}{who}\n\n" for each in asked]
    said = f"HTTP/1.1\n{bearer}\nContent-Type: application/json\nIdempotency-Key: a1\n\n"
    found += [f"POST {path} {said}{json.dumps(body)}" for path, body in _POSTS.items()]
    sent = f"HTTP/1.1\n{who}\nOrigin: http://{{host}}\nContent-Type: {FORM}\n\n"
    for name, form in _FORMS.items():
        found.append(f"POST /acts/{name} {sent}proof={{proof}}&{urlencode(form, safe='{}')}")
    found.append(f"POST /sign-in {sent}token={token.replace(' ', '+')}&name=ann&next=/shift")
    found.append(f"POST /do/{{link}} {sent}name=ann")
    return [*(each.encode() for each in found), *_intakes(f"{bearer}\n".encode())]


def _intakes(bearer: bytes) -> list[bytes]:
    sorts = {
        b"application/cloudevents+json": events()[:9], b"application/x-ndjson": [b"\n".join(events()[:12])],
        b"application/cloudevents-batch+json": [b"[" + b",".join(events()[:5]) + b"]"],
    }  # fmt: skip
    begin = b"POST /v1/events HTTP/1.1\nX-Forwarded-For: 10.0.0.1, 127.0.0.1\n" + bearer
    found = [begin + b"Content-Type: " + sort + b"\n\n" + body for sort, bodies in sorts.items() for body in bodies]
    packed = gzip.compress(b"\n".join(events()[:12]), mtime=0)
    found.append(begin + b"Content-Type: application/x-ndjson\nContent-Encoding: gzip\n\n" + packed)
    data = b'{"site": "s3", "queue": "q1", "waiting": 4}'
    attributes = b"ce-id: a\nce-type: queue.length\nce-source: t\nce-time: 2026-01-09T23:06:40Z\nce-specversion: 1.0\n"
    return [*found, begin + attributes + b"Content-Type: application/json\n\n" + data]


@asynccontextmanager
async def a_server(folder: Path) -> AsyncIterator[tuple[Caller, Known]]:
    """Serve a host that owes something, with a policy and tokens, and sign in there."""
    limits, peopled = Limits(patience=0.2), Peopled(POLICY)
    async with asking(folder, access=ACCESS, limits=limits, peopled=peopled, standards=shop(folder, RULES)) as caller:
        host, right = caller.host, f"Bearer {SECRET}"
        sent = [waiting("a", T0), waiting("b", T0, queue="q2"), register("c", T0 + SECOND)]
        await host.submit([host.reader.one(json.dumps(event).encode()) for event in sent])
        await caller.pass_time(100)
        await caller.post("/v1/events", {"type": "no.such"}, "application/cloudevents+json", Authorization=right)
        form, url = {"token": SECRET, "name": "ann"}, caller.url
        async with caller.session.post(f"{url}/sign-in", data=form, allow_redirects=False) as entered:
            cookie = entered.headers["Set-Cookie"].partition(";")[0]
        page = (await caller.get("/notices", Cookie=cookie)).text
        (promise, *_) = (await caller.get("/v1/promises", Authorization=right)).json["items"]
        link = Links(ACCESS.secret, BASE).seal(Link("excuse", promise["id"], "ann", caller.clock.at + SECOND))
        yield caller, Known(url.removeprefix("http://"), cookie, proof_in(page), promise["id"], link)


async def knock(folder: Path, inputs: Iterable[bytes], *, most: int = 5) -> list[Crash]:
    """Send requests to a server; gives those that crash, no more than `most`, each of another kind."""
    found: dict[str, Crash] = {}
    async with a_server(folder) as (caller, known):
        port, waiting_inputs = int(caller.url.rpartition(":")[2]), iter(inputs)

        async def sender() -> None:
            for raw in waiting_inputs:
                if len(found) >= most:
                    return
                why = await _crash(port, whole(raw, known))
                if why:
                    where = f"{why[:20]} {raw.split(b'?')[0][:60]!r}"
                    found.setdefault(where, Crash(raw, why, where))

        await asyncio.gather(*(sender() for _ in range(AT_ONCE)))
        event = json.dumps(waiting(os.urandom(4).hex(), caller.clock.at)).encode()
        last = await caller.post("/v1/events", event, "application/cloudevents+json", Authorization=f"Bearer {SECRET}")
        assert last.status == 202, "what is right is taken in afterwards as before"
    return list(found.values())


def whole(raw: bytes, known: Known) -> bytes:
    """Make of an input what is sent: with what the server knows, and with its length."""
    for name, value in known._asdict().items():
        raw = raw.replace(b"{%s}" % name.encode(), value.encode())
    head, _, body = raw.partition(b"\n\n")
    lines = [line for line in head.replace(b"\r", b"").split(b"\n") if not _FRAMING.match(line)]
    lines.insert(1, b"Host: %s\nConnection: close\nContent-Length: %d" % (known.host.encode(), len(body)))
    return b"\n".join(lines).replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


_FRAMING = re.compile(rb"\s*(?:host|connection|content-length|transfer-encoding|upgrade|expect)\s*:", re.IGNORECASE)
"""What says where a request ends, or that more is to come: without it the server waits for what nobody sends."""


async def answered(port: int, request: bytes, patience: float) -> tuple[int, bytes]:
    """Send a request as it is; gives the status of the answer, 0 where none came, and how the answer begins.

    Raises TimeoutError where that is not within `patience` seconds, and ConnectionError.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        async with asyncio.timeout(patience):
            writer.write(request)
            first = await reader.readline()
            status = int(first.split()[1]) if first.startswith(b"HTTP/") else 0
            return status, first + (await reader.read(10_000) if status >= 500 or not status else b"")
    finally:
        writer.close()


async def _crash(port: int, request: bytes) -> str:
    """Send a request; says how it was answered, where it was as if the failure were ours."""
    try:
        status, said = await answered(port, request, PATIENCE)
    except TimeoutError:
        return "no answer in time"
    except ConnectionError as error:
        return repr(error)
    return (said.decode(errors="replace") or "no answer") if status >= 500 or not status else ""
