"""What all actions of people share, by the API, the board or a link: they are read, checked, and become an event.

Read next: `api/grants.py`, `api/letters.py`, `board/board_acts.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from alerts.words.later import later
from alerts.words.words import phrase
from standards.calendar.duration import DAY
from standards.judge.events import iso, type_of
from standards.natural import natural
from streams.names.door import marked
from streams.names.references import ERASED, references_in
from streams.web.body import check_type, read_body
from streams.web.forms import NoQuery
from streams.web.naming import referred_in
from streams.web.operation import asked, invalid, read_query
from streams.web.problem import FULL, Problem, retry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from standards.judge.events import Event
    from standards.judge.ledger import Plain
    from streams.host import EventSink, Host

M = TypeVar("M", bound=BaseModel)

UNPROCESSABLE: Final = HTTPStatus(422)  # its name differs between versions of Python
SENDING: Final = (
    HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS,
)  # fmt: skip
"""What can go wrong with whatever has a body."""
PROBLEMS: Final = (*SENDING, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, UNPROCESSABLE)
"""What can go wrong with an action by the API."""
KNOWN_FOR: Final = 28 * DAY
"""For how long a site is known after its last promise was opened, in microseconds."""
LONGEST_KEY: Final = 255
"""The longest `Idempotency-Key`, in characters."""
NOT_READY_RETRY: Final = 2
FULL_RETRY: Final = 1

_ERASED: Final = later("Nothing was done: a name in it was erased here. Load the page again to see whom it names now.")
_TURNED_AWAY: Final = phrase(
    "It was refused, and stands under Feeds with the reason: it is not what this house has agreed on."
)
_NOT_READY: Final = later("Kept takes nothing now. Try again in a moment; the top of each page of the board says why.")


def check_open(sink: EventSink) -> None:
    """Refuse what cannot be taken now. Raises Problem, with the time after which it is worth asking again."""
    status = sink.now_status()
    if not status.ready:
        words = f"events are not taken now: {status.reason or 'it is starting'}"
        raise retry(HTTPStatus.SERVICE_UNAVAILABLE, words, NOT_READY_RETRY, _NOT_READY)
    if not sink.room():
        raise retry(HTTPStatus.TOO_MANY_REQUESTS, FULL, FULL_RETRY)


async def known_sites(host: Host) -> list[str]:
    """Name the sites that are known: by a promise of the last weeks, or by the policy."""
    seen = await asked(host.read_model.owed.sites, host.wall() - KNOWN_FOR)
    return sorted({*seen, *(host.people.sites if host.people else ())}, key=natural)


async def read_action(request: web.Request, host: Host, model: type[M], limit: int) -> M:
    """Read the JSON body, of at most `limit` bytes, by its model; names become references. Raises Problem."""
    return await referred_in(host, await read_as_sent(request, host, model, limit))


async def read_as_sent(request: web.Request, host: Host, model: type[M], limit: int) -> M:
    """Read the JSON body, of at most `limit` bytes, by its model, as it was sent. Raises Problem."""
    read_query(request, NoQuery)
    check_open(host)
    check_type(request, ("application/json",))
    try:
        return model.model_validate_json(await read_body(request, limit))
    except ValidationError as error:
        broken = error.errors()[0]["type"] == "json_invalid"
        raise invalid(error, HTTPStatus.BAD_REQUEST if broken else UNPROCESSABLE) from None


def key_of(request: web.Request) -> str:
    """Give the key by which a caller knows an action again, or nothing. Raises Problem for one that cannot be one."""
    key = request.headers.get("Idempotency-Key", "")
    if key != key.encode("utf-8", "replace").decode():
        raise Problem(HTTPStatus.BAD_REQUEST, "the Idempotency-Key is not UTF-8; letters and digits will do")
    if len(key) > LONGEST_KEY:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the Idempotency-Key has at most {LONGEST_KEY} characters")
    return key


async def take_in(host: Host, events: Sequence[Event]) -> None:
    """Take in what somebody did. Raises Problem, and takes nothing in, where it names who was erased meanwhile."""
    if host.names is not None:
        vocabulary = host.rulebook.vocabulary
        named = {
            said
            for event in events
            for name in chain(*marked([vocabulary[type_of(event)]]))
            if (said := getattr(event.data, name)) and said != ERASED and references_in(said) == {said}
        }
        if named - await asked(host.names.are_known, named):
            raise Problem(HTTPStatus.CONFLICT, _ERASED)
    for refusal in (await host.submit(events)).values():
        raise Problem(HTTPStatus.CONFLICT, refusal.message, told=later(_TURNED_AWAY))


def identity_of(host: Host, parts: Sequence[object]) -> str:
    """Give the id of what somebody did, of what makes it the same, in 20 hexadecimal digits.

    Where names are kept apart it is keyed, so that nobody who guesses what was written sees by the id that it was.
    """
    raw = msgspec.json.encode(parts)
    if host.names is not None:
        return host.names.mark("act", raw.decode())[:20]
    return blake2b(raw, digest_size=10).hexdigest()


def action_event(host: Host, kind: str, data: Mapping[str, Plain], source: str, *, identity: Sequence[object]) -> Event:
    """Make the event of an action; its id is made of its `identity`, so that a repeat is inert. Raises EventError."""
    event = {
        "specversion": "1.0",
        "id": identity_of(host, identity),
        "source": source,
        "type": kind,
        "time": iso(host.wall()),
        "data": data,
    }
    return host.reader.one(msgspec.json.encode(event))
