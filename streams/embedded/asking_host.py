"""Asks a running host, over its own API, for what is about a person. An edge: it goes by HTTP.

Read next: `streams/web/api/persons.py`, which answers.
"""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

import msgspec

from standards.errors import KeptError, StateError
from streams.delivery.channel_settings import secret_of
from streams.web.api.views import ProblemItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse

    from streams.settings import Settings


class RefusedError(KeptError):
    """A host did not do it, for what the caller can mend."""


class BusyError(StateError):
    """A host cannot do it now; it is worth asking again after some `seconds`."""

    def __init__(self, said: str, seconds: int) -> None:
        super().__init__(said)
        self.seconds = seconds


@contextmanager
def asked_host(settings: Settings, path: str, given: Mapping[str, str], *, patience: float) -> Iterator[HTTPResponse]:
    """Post something to the host that listens where the settings say, and give its answer: it was done.

    It is waited for so many seconds. Raises RefusedError, BusyError, and StateError, also where the answer breaks off.
    """
    name, port = settings.address.asked, settings.address.port
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if (token := secret_of(settings.token)) else {}
    connection = HTTPConnection(name, port, timeout=patience)
    try:
        connection.request("POST", path, msgspec.json.encode(given), headers)
        answer = connection.getresponse()
        if answer.status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
            raise _refused(f"{name}:{port}", answer, answer.read())
        yield answer
    except (OSError, HTTPException) as error:
        words = f"no `kept run` or `kept serve` answers there, and none has run in {settings.data}"
        raise StateError(f"{name}:{port}: {words}; give --listen, or --data ({error})") from None
    except msgspec.DecodeError:
        raise StateError(f"{name}:{port} does not answer as Kept does; name its address with --listen") from None
    finally:
        connection.close()


def _refused(place: str, answer: HTTPResponse, body: bytes) -> KeptError:
    said = msgspec.json.decode(body, type=ProblemItem).detail
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
        return RefusedError(said)
    after = answer.getheader("Retry-After", "")
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE and after.isdecimal():
        return BusyError(f"{place} says: {said}", int(after))
    return StateError(f"{place} says: {said}")
