"""Another try or none: one table for all channels, and the sentences that the books keep of a miss.

| what came back                                          | then                                                    |
| ------------------------------------------------------- | ------------------------------------------------------- |
| HTTP 2xx, SMTP 2yz                                      | delivered                                               |
| HTTP 410                                                | never: the receiver says that it wants nothing more     |
| SMTP 5yz, for a message or one of its recipients        | never: it would be refused each time                    |
| HTTP 408, 425, 429, 5xx; SMTP 4yz                       | again: the trouble passes                               |
| any other HTTP 3xx or 4xx; SMTP 5yz at the greeting,    | again: a slip in a setting is often mended within       |
| the login or STARTTLS; a certificate that is not valid  | the day                                                 |
| no connection, no answer in time, a lost connection     | again: whoever is down comes up again                   |
| a private address that KEPT_WEBHOOK_PRIVATE forbids     | again: the same                                         |

`Retry-After` is obeyed with every HTTP answer that is worth another try. No sentence here has anything in it that the
other side or a library put into words: that may quote an address, and an address may be a secret.
Read next: `streams/delivery/dispatch.py`.
"""

from __future__ import annotations

import ssl
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from os import strerror
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alerts.channels import TryLaterError
from standards.calendar.duration import SECOND
from standards.errors import DeliveryError
from standards.judge.events import microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_RETRY_AFTER = 86_400
"""The longest `Retry-After` that is obeyed, in seconds."""

_FIRST_SMTP_REFUSAL = 500
_SMTP_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954; some servers say 530 only when the message comes
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def check_answer(status: int, headers: Mapping[str, str], now: int) -> None:
    """Return when an HTTP answer means that the other side has it. Raises DeliveryError. `now`: microseconds UTC."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    message = f"answered {status} {_PHRASES.get(status, '')}".rstrip()
    if status == HTTPStatus.GONE:
        raise DeliveryError(message, again=False)
    seconds = retry_after(headers.get("Retry-After", ""), now)
    if seconds is None:
        raise DeliveryError(message, again=True)
    raise TryLaterError(message, seconds=seconds)


def retry_after(text: str, now: int) -> int | None:
    """Read a `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3); None if it is neither."""
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]), LONGEST_RETRY_AFTER)
    try:
        moment = microseconds(parsedate_to_datetime(text))
    except (ValueError, TypeError):
        return None
    return min(max(0, -((now - moment) // SECOND)), LONGEST_RETRY_AFTER)


def smtp_refusal(code: int, *, about: str, setting: bool = False) -> DeliveryError:
    """Give the miss that an SMTP code means. `about`: what was refused; `setting`: no message, so it can be mended."""
    again = setting or code < _FIRST_SMTP_REFUSAL or code in _SMTP_LOGIN
    return DeliveryError(f"{about}: answered {code}", again=again)


def unanswered(where: str, seconds: float) -> DeliveryError:
    """Give the miss of somebody who did not answer in time."""
    return DeliveryError(f"no answer from {where} within {seconds:g} s", again=True)


def unconnected(where: str, error: Exception) -> DeliveryError:
    """Give the miss of a connection that did not come about, or broke."""
    return DeliveryError(f"no connection to {where}: {_kind(error)}", again=True)


def shown(url: str, unnamed: str) -> str:
    """Give what may be told of an address: its scheme and host, or `unnamed` where it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return unnamed
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else unnamed


def _kind(error: Exception) -> str:
    """Say what happened without the error's own text, which may quote the address."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return "its certificate is not valid"
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno and cause.errno > 0]
    return strerror(numbers[0]).lower() if numbers else type(error).__name__
