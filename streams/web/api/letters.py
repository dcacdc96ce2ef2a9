"""Dead letters dealt with: sent again, mended or as they were, or set aside. The letter stays, with who did what.

An event that is sent again is taken in like any other, by the time that it says; what cannot be read is refused with
its reason, and the letter stays open. That it was dealt with is an event too, so every store hears of it.
Read next: `streams/web/forms.py`.
"""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from pydantic import ValidationError

from alerts.routing.actions import SETTLED
from standards.errors import EventError
from standards.judge.events import DERIVED_SOURCE, iso
from streams.ingest.wire import in_future
from streams.web.api.act_views import SettlementAnswer
from streams.web.api.intake import check_open
from streams.web.body import check_type, read_body
from streams.web.forms import NoQuery, Settlement
from streams.web.operation import Operation, asked, json_answer, read_query, told
from streams.web.problem import Problem

if TYPE_CHECKING:
    from aiohttp import web

    from standards.judge.events import Event
    from streams.host import Host
    from streams.storage.rows import DeadLetter

AGAIN: Final = "sent it again"
ASIDE: Final = "set it aside"
_BODY: Final = 1 << 18
_UNPROCESSABLE: Final = HTTPStatus(422)


class Letters:
    """Deals with dead letters. `max_skew` is in microseconds, as the intake has it."""

    def __init__(self, host: Host, *, max_skew: int) -> None:
        self._host = host
        self._max_skew = max_skew

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        problems = (
            HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _UNPROCESSABLE, HTTPStatus.TOO_MANY_REQUESTS,
        )  # fmt: skip
        path, answers = "/v1/dead-letters/{number}", {HTTPStatus.ACCEPTED: SettlementAnswer}
        again = "Send a dead letter again: its event, or the mended one, is taken in."
        aside = "Set a dead letter aside: nothing is to be done about it."
        return [
            Operation("POST", f"{path}/resend", again, self.answer_resend, answers, problems, body=Settlement),
            Operation("POST", f"{path}/set-aside", aside, self.answer_set_aside, answers, problems, body=Settlement),
        ]

    async def answer_resend(self, request: web.Request) -> web.Response:
        """Answer `POST /v1/dead-letters/{number}/resend`."""
        given = await self._given(request)
        await self.resend(request.match_info["number"], given, source="kept/api")
        return json_answer(SettlementAnswer(number=request.match_info["number"], how=AGAIN), HTTPStatus.ACCEPTED)

    async def answer_set_aside(self, request: web.Request) -> web.Response:
        """Answer `POST /v1/dead-letters/{number}/set-aside`."""
        given = await self._given(request)
        await self.set_aside(request.match_info["number"], given, source="kept/api")
        return json_answer(SettlementAnswer(number=request.match_info["number"], how=ASIDE), HTTPStatus.ACCEPTED)

    async def resend(self, number: str, given: Settlement, *, source: str) -> None:
        """Take a letter's event in, or the one that is `given` instead. Raises Problem where it cannot be read."""
        letter = await self._letter(number)
        raw = letter.raw if given.event is None else given.event.encode()
        try:
            event = self._host.reader.one(raw)
        except EventError as error:
            words = f"it still cannot be read, and stays where it is: {error}"
            raise Problem(_UNPROCESSABLE, words) from None
        odd = in_future(event, self._host.wall(), self._max_skew)
        if odd is not None or event.source == DERIVED_SOURCE:
            words = str(odd or f"the source {DERIVED_SOURCE!r} is Kept's own")
            raise Problem(_UNPROCESSABLE, f"it still cannot be taken in, and stays where it is: {words}")
        await self._host.submit([event, self._settled(letter, given, AGAIN, source)])

    async def set_aside(self, number: str, given: Settlement, *, source: str) -> None:
        """Note that nothing is to be done about a letter. Raises Problem."""
        letter = await self._letter(number)
        if not given.reason:
            raise Problem(_UNPROCESSABLE, "say why it is set aside: `reason`")
        await self._host.submit([self._settled(letter, given, ASIDE, source)])

    async def _given(self, request: web.Request) -> Settlement:
        read_query(request, NoQuery)
        check_open(self._host)
        check_type(request, ("application/json",))
        try:
            return Settlement.model_validate_json(await read_body(request, _BODY))
        except ValidationError as error:
            words = "; ".join(f"{part['field']}: {part['message']}" for part in told(error))
            raise Problem(HTTPStatus.BAD_REQUEST, words, members={"errors": told(error)}) from None

    async def _letter(self, number: str) -> DeadLetter:
        letter = None
        if number.isascii() and number.isdecimal() and len(number) <= len(str(2**53)):
            letter = await asked(self._host.read_model.board.letter, int(number))
        if letter is None or not letter.mark:
            raise Problem(HTTPStatus.NOT_FOUND, f"there is no dead letter {number[:20]!r}; /v1/dead-letters lists them")
        done = await asked(self._host.read_model.board.actions_on, [letter.mark])
        if done:
            first = done[0]
            words = f"{first.by} has dealt with it already: {first.data.get('how', '')}"
            raise Problem(HTTPStatus.CONFLICT, words)
        return letter

    def _settled(self, letter: DeadLetter, given: Settlement, how: str, source: str) -> Event:
        data = {"letter": letter.mark, "by": given.by, "how": how}
        if given.reason:
            data["reason"] = given.reason
        event = {
            "specversion": "1.0",
            "id": blake2b(msgspec.json.encode([SETTLED, *sorted(data.items())]), digest_size=10).hexdigest(),
            "source": source,
            "type": SETTLED,
            "time": iso(self._host.wall()),
            "data": data,
        }
        return self._host.reader.one(msgspec.json.encode(event))
