"""Dead letters dealt with: sent again, mended or as they were, or set aside. The letter stays, with who did what.

An event that is sent again is taken in like any other, by the time that it says; what cannot be read is refused with
its reason, and the letter stays open. That it was dealt with is an event too, so every store hears of it.
Read next: `streams/web/forms.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.routing.actions import SETTLED
from alerts.words.later import Later, later
from alerts.words.words import phrase
from standards.errors import EventError
from streams.board.faults import unfit_event
from streams.ingest.wire import in_future, is_own, reserved
from streams.web.actions import PROBLEMS, UNPROCESSABLE, action_event, read_action, take_in
from streams.web.api.act_views import SettlementAnswer
from streams.web.forms import Settlement
from streams.web.operation import Operation, asked, json_answer
from streams.web.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from standards.judge.events import Event
    from streams.host import Host
    from streams.storage.rows import DeadLetter

AGAIN: Final = phrase("sent it again")
ASIDE: Final = phrase("set it aside")
_UNREAD: Final = phrase("It still cannot be read, and stays where it is. {why}: {found}")
_UNTAKEN: Final = phrase("It still cannot be taken in, and stays where it is. {why}: {found}")
_BODY: Final = 1 << 18


class Letters:
    """Deals with dead letters. `max_skew` is in microseconds, as the intake has it."""

    def __init__(self, host: Host, *, max_skew: int) -> None:
        self._host = host
        self._max_skew = max_skew

    def operations(self) -> list[Operation]:
        """Say what can be done."""
        again = "Send a dead letter again: its event, or the mended one, is taken in."
        aside = "Set a dead letter aside: nothing is to be done about it."
        return [
            self._operation("resend", again, self.resend, AGAIN),
            self._operation("set-aside", aside, self.set_aside, ASIDE),
        ]

    def _operation(self, name: str, summary: str, settle: Callable[..., Awaitable[None]], how: str) -> Operation:
        async def answer(request: web.Request) -> web.Response:
            number = request.match_info["number"]
            await settle(number, await read_action(request, self._host, Settlement, _BODY), source="kept/api")
            return json_answer(SettlementAnswer(number=number, how=how), HTTPStatus.ACCEPTED)

        path, answers = f"/v1/dead-letters/{{number}}/{name}", {HTTPStatus.ACCEPTED: SettlementAnswer}
        return Operation("POST", path, summary, answer, answers, PROBLEMS, body=Settlement)

    async def resend(self, number: str, given: Settlement, *, source: str) -> None:
        """Take a letter's event in, or the one that is `given` instead. Raises Problem where it cannot be read."""
        letter = await self._letter(number)
        raw = letter.raw if given.event is None else given.event.encode()
        try:
            event = self._host.reader.one(raw)
        except EventError as error:
            raise Problem(UNPROCESSABLE, unfit_event(error, _UNREAD)) from None
        odd = in_future(event, self._host.wall(), self._max_skew) or reserved(event, is_own)
        if odd is not None:
            raise Problem(UNPROCESSABLE, unfit_event(odd, _UNTAKEN))
        await take_in(self._host, [event, self._settled(letter, given, AGAIN, source)])

    async def set_aside(self, number: str, given: Settlement, *, source: str) -> None:
        """Note that nothing is to be done about a letter. Raises Problem."""
        letter = await self._letter(number)
        if not given.reason:
            words = "say why it is set aside: `reason`"
            raise Problem(UNPROCESSABLE, words, told=later("Say why it is set aside; then it can be done."))
        await take_in(self._host, [self._settled(letter, given, ASIDE, source)])

    async def _letter(self, number: str) -> DeadLetter:
        letter = None
        if number.isascii() and number.isdecimal() and len(number) <= len(str(2**53)):
            letter = await asked(self._host.read_model.board.letter, int(number))
        if letter is None or not letter.mark:
            none = f"there is no dead letter {number[:20]!r}; /v1/dead-letters lists them"
            raise Problem(HTTPStatus.NOT_FOUND, none, told=later("There is no such event any more."))
        done = await asked(self._host.read_model.board.actions_on, [letter.mark])
        if done:
            how = str(done[0].data.get("how", ""))
            told = Later(how) if how in (AGAIN, ASIDE) else how  # what others sent is not one of our messages
            words = later("{name} has dealt with it already: {how}", name=done[0].by, how=told)
            raise Problem(HTTPStatus.CONFLICT, words)
        return letter

    def _settled(self, letter: DeadLetter, given: Settlement, how: str, source: str) -> Event:
        data = {"letter": letter.mark, "by": given.by, "how": how}
        if given.reason:
            data["reason"] = given.reason
        identity = [SETTLED, *sorted(data.items())]
        return action_event(self._host, SETTLED, data, source, identity=identity)
