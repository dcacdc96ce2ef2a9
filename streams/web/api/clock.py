"""The host's clock over HTTP: how it stands against the machine's, and that somebody says that this one is right.

Read next: `streams/host.py`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from standards.calendar.duration import SECOND, spoken
from standards.judge.events import moment
from streams.web.api.clock_views import TimeView
from streams.web.forms import NoQuery
from streams.web.operation import Operation, json_answer, read_query

if TYPE_CHECKING:
    from aiohttp import web

    from streams.host import ClockStanding, WatchedClock

log = structlog.get_logger("kept")


class ClockOperations:
    """Answers for a host whose time is a clock that is held against the machine's."""

    def __init__(self, clock: WatchedClock) -> None:
        self._clock = clock

    def operations(self) -> list[Operation]:
        """Say what can be asked and done."""
        answers = {HTTPStatus.OK: TimeView}
        accept = "Let time go over to this machine's clock now: it is right. While both agree, nothing changes."
        return [
            Operation("GET", "/v1/time", "Say how time stands against this machine's clock.", self._time, answers),
            Operation("POST", "/v1/time/accept", accept, self._accept, answers),
        ]

    async def _time(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        return json_answer(_view(self._clock.standing()))

    async def _accept(self, request: web.Request) -> web.Response:
        read_query(request, NoQuery)
        if step := self._clock.step:
            log.warning(
                "time goes over to the machine's clock: somebody says so", step=spoken(step), peer=request.remote
            )
        self._clock.accept()
        return json_answer(_view(self._clock.standing()))


def _view(stands: ClockStanding) -> TimeView:
    since, by_itself = (moment(at) if at >= 0 else None for at in (stands.since, stands.by_itself))
    step = (stands.machine - stands.time) / SECOND
    return TimeView(moment(stands.time), moment(stands.machine), step, since, by_itself, stands.synchronised)
