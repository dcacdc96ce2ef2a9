"""Asks a running host about its clock, over its own API, and says it in words. An edge: it goes by HTTP.

Read next: `streams/web/api/clock.py`, which answers.
"""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final

import msgspec

from standards.calendar.duration import SECOND, spoken
from standards.errors import StateError
from streams.web.api.clock_views import TimeView
from streams.web.api.views import ProblemItem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from streams.settings import Settings
    from streams.web.api.views import Time

PATIENCE: Final = 10.0
"""How long an answer is waited for, in seconds."""

_SYSTEM: Final = {
    True: "The system says that its clock is synchronised.",
    False: "The system says that its clock is not synchronised.",
    None: "The system cannot say whether its clock is synchronised.",
}  # fmt: skip


def ask_time(settings: Settings, *, accept: bool) -> TimeView:
    """Ask the host that listens where the settings say; `accept`: and have it go over. Raises StateError."""
    name, port = settings.address.asked, settings.address.port
    headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"} if settings.token else {}
    connection = HTTPConnection(name, port, timeout=PATIENCE)
    try:
        connection.request("POST" if accept else "GET", "/v1/time/accept" if accept else "/v1/time", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, HTTPException) as error:
        words = "nothing answers there; is `kept run` running? name its address with --listen"
        raise StateError(f"{name}:{port}: {words} ({error})") from None
    finally:
        connection.close()
    try:
        if answer.status == HTTPStatus.NOT_FOUND:
            raise StateError(
                f"{name}:{port} has no time that this machine's clock could be held against: a demo, or Kafka"
            )
        if answer.status != HTTPStatus.OK:
            raise StateError(f"{name}:{port} says: {msgspec.json.decode(body, type=ProblemItem).detail}")
        return msgspec.json.decode(body, type=TimeView)
    except msgspec.DecodeError:
        raise StateError(f"{name}:{port} does not answer as Kept does; name its address with --listen") from None


def in_words(view: TimeView, zone: ZoneInfo) -> str:
    """Say how time stands, what is to come of it, and what one can do."""
    system = _SYSTEM[view.synchronised]
    if not view.step_seconds:
        return f"{_clock(view.time, zone)}: Kept's time and this machine's clock agree. {system}"
    apart = spoken(round(abs(view.step_seconds)) * SECOND)
    way = "ahead" if view.step_seconds > 0 else "behind"
    since = f", since {_clock(view.since, zone)}" if view.since else ""
    then = f" at {_clock(view.by_itself_at, zone)}," if view.by_itself_at else ""
    return (
        f"Kept's time:          {_clock(view.time, zone)}\n"
        f"this machine's clock: {_clock(view.machine, zone)}, {apart} {way}{since}\n"
        f"{system}\n"
        f"Kept goes over to this machine's clock{then} when the system says that it is synchronised, or now with\n"
        "kept time --accept. If it is this machine's clock that is wrong, set it right."
    )


def _clock(at: Time, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
