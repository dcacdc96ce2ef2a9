"""Which push services are sent to. A browser's user chooses the address, so it is held against a list.

A list of hosts is what keeps whoever may sign in from having this machine call any other: the address of a device is
taken only where it is of a service on the list, by https, on the usual port, with nothing odd in it. Read next:
`push.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from alerts.words.later import RefusedError, later

if TYPE_CHECKING:
    from collections.abc import Sequence

VENDORS: Final = (
    "fcm.googleapis.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
)  # fmt: skip
"""The services of the browsers' makers: Chrome and what is made of it, Firefox, Safari, Edge."""
LONGEST_ENDPOINT: Final = 1_500
"""How long the address of a device may be, in characters."""

_HOST: Final = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_LOCAL: Final = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?")
_ENDPOINT: Final = re.compile(r"https://(?P<host>[a-z0-9.-]+)(?::443)?/[!-~]*")


class Services:
    """Some push services, as hosts: `fcm.googleapis.com`, or `*.push.apple.com` for all below one.

    An origin such as `http://127.0.0.1:8400` is one on this machine, for tests.
    """

    def __init__(self, listed: Sequence[str] = VENDORS) -> None:
        """Take a list. Raises ValueError, naming what cannot be in it."""
        wrong = next((each for each in listed if not (_HOST.fullmatch(each) or _LOCAL.fullmatch(each))), None)
        if wrong is not None:
            raise ValueError(f"{wrong[:100]!r} is not the host of a push service; write fcm.googleapis.com, or *.host")
        self._listed = tuple(listed)

    def check(self, endpoint: str) -> None:
        """Refuse the address of a device that is of none of them. Raises RefusedError, which says why to people."""
        if len(endpoint) > LONGEST_ENDPOINT:
            words = later("The address of this device is longer than {most} characters.", most=LONGEST_ENDPOINT)
            raise RefusedError(words)
        if self.is_local(endpoint):
            return
        found = _ENDPOINT.fullmatch(endpoint)
        if found is None:
            raise RefusedError(
                later("The address of this device is not one of a push service: it has to begin with https://.")
            )
        host = found["host"]
        if not any(host == each or (each[0] == "*" and host.endswith(each[1:])) for each in self._listed):
            words = later(
                "This browser's push service is {host}, and this server does not send there. Whoever runs Kept can add "
                "it to KEPT_PUSH_SERVICES.",
                host=host[:100],
            )
            raise RefusedError(words)

    def is_local(self, endpoint: str) -> bool:
        """Say whether the address of a device is of a service on this machine that is on the list."""
        return any(endpoint.startswith(f"{each}/") for each in self._listed if _LOCAL.fullmatch(each))
