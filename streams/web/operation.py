"""Operations: what can be done over HTTP, each said once; the routes and the API's description are made from them.

Read next: `streams/web/api/reading.py` for the first of them, `streams/web/api/openapi.py` for their description.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, ParamSpec, TypeVar

import msgspec
from aiohttp import web
from pydantic import ValidationError

from streams.web.forms import NoQuery, Query
from streams.web.problem import Problem, did_you_mean

if TYPE_CHECKING:
    from streams.web.api.views import View
    from streams.web.forms import DayChange, Erasure, Export, Grant, OwnPages, Settlement, ShiftNote

P = ParamSpec("P")
T = TypeVar("T")
Q = TypeVar("Q", bound=Query)

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
CSV: Final = "text/csv"


class Operation(NamedTuple):
    """One thing that can be done: `query` is what may be asked, `body` what is sent, `problems` what can go wrong.

    `answers` are by status: a view for JSON, or the media type of a text. Those problems that all have are not named.
    `texts` are the media types that can be asked for (`Accept`) in the place of JSON.
    """

    method: Literal["GET", "POST"]
    path: str
    summary: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    answers: Mapping[HTTPStatus, type[View] | str]
    problems: tuple[HTTPStatus, ...] = ()
    query: type[Query] = NoQuery
    body: (
        type[Grant | Settlement | DayChange | Erasure | ShiftNote | OwnPages | Export]
        | Literal["events", "records"]
        | None
    ) = None
    texts: tuple[str, ...] = ()


def form_of(request: web.Request, texts: Iterable[str]) -> str | None:
    """Give which of some media types is asked for first (RFC 9110, 12.5.1, without weights); None: JSON will do."""
    kinds = [part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")]
    found = next((kind for kind in kinds if kind in (*texts, JSON)), JSON)
    return None if found == JSON else found


def read_query(request: web.Request, model: type[Q]) -> Q:
    """Read the query by its model. Raises Problem naming what is unknown, given twice or not as it should be."""
    if not request.query_string:
        return model()
    known = [field.alias or name for name, field in model.model_fields.items()]
    for name in request.query:
        if name not in known:
            fix = did_you_mean(name, known) if known else "nothing can be; leave it out"
            words = f"{name[:100]!r} cannot be asked at {request.path[:100]}; {fix}"
            raise Problem(HTTPStatus.BAD_REQUEST, words)
        if len(request.query.getall(name)) > 1:
            raise Problem(HTTPStatus.BAD_REQUEST, f"{name} is given twice; give it once")
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Problem:
    """Make a problem of what a model refused, as programs are told it: each field and, in plain words, why."""
    found = [
        {"field": ".".join(map(str, part["loc"])) or "body", "message": part["msg"].removeprefix("Value error, ")}
        for part in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    words = "; ".join(f"{part['field']}: {part['message']}" for part in found)
    return Problem(status, words, members={"errors": found})


def json_answer(view: View, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Answer with a view."""
    return web.Response(status=status, body=msgspec.json.encode(view), content_type=JSON)


async def asked(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask the read model, which blocks, in a thread beside the event loop."""
    return await asyncio.to_thread(call, *args, **kwargs)
