"""Links by which somebody who got a message can act: signed, for one act on one promise by one person, and for a day.

One of another kind, `mine`, leads a person to their own page, and is about no promise.

A link carries all that it says, sealed with a key made of the tokens, so every process of a Kept makes and reads the
same ones, and all end when a token is changed. Opening one does nothing: mail scanners open all that they find. Only
the form behind it acts. Read next: `streams/web/board/linked.py`, which answers them.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import scrypt
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from standards.calendar.duration import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alerts.routing.notice import Notice

Deed = Literal["acknowledge", "excuse", "debrief", "mine"]

LASTS: Final = DAY
"""How long a link can be used after its message was decided on, in microseconds: as long as a verdict can change."""
LONGEST: Final = 1_500
MOST_TOGETHER: Final = 20
"""How many more promises than one are acknowledged by one link; for more there is the board."""
MOST_PAGES: Final = 200
"""So many pages are linked in one message: mail programs cut longer ones."""
PATH: Final = "/do/"
_DEEDS: Final[Mapping[str, tuple[Deed, ...]]] = {
    "warned": ("acknowledge", "excuse"),
    "broken": ("acknowledge", "excuse", "debrief"),
}
WORDS: Final[Mapping[str, str]] = {
    "acknowledge": "I have it", "excuse": "Excuse it", "debrief": "We have talked it over", "why": "Why, and its story",
}  # fmt: skip
"""What stands on each link."""


class Link(msgspec.Struct, frozen=True, array_like=True):
    """What a link says: the deed, the promise's id, who is to do it (or nobody), and its end, in microseconds UTC.

    `more` are the other promises that its message speaks for; they can be acknowledged together.
    """

    deed: Deed
    promise: str
    by: str
    until: int
    more: tuple[str, ...] = ()


_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(Link).decode


class Links:
    """Makes and reads links. `secret` is what the key is made of, `base` where people reach the board."""

    def __init__(self, secret: str, base: str) -> None:
        self._key = scrypt(secret.encode(), salt=b"kept link", n=1 << 14, r=8, p=1, dklen=32)
        self._base = base.rstrip("/")

    def of(self, notice: Notice) -> dict[str, str]:
        """Give the links for a notice, by what each does; `why` leads to the promise's page, and needs a sign-in.

        Of several promises each has its own page, by its id; for those beyond `MOST_PAGES` there is the `board`.
        """
        until = max(notice.decided, notice.at) + LASTS
        more = tuple(promise for promise in notice.promises if promise != notice.promise)
        found = {"why": f"{self._base}/promises/{notice.promise}"}
        shown = (notice.promise, *more)[:MOST_PAGES] if more else ()
        found |= {promise: f"{self._base}/promises/{promise}" for promise in shown}
        if len(more) >= MOST_PAGES:
            found["board"] = f"{self._base}/"
        owed = notice.owed_until > max(notice.decided, notice.at)
        for deed in _DEEDS.get(notice.kind, ()):
            if deed == "debrief" and owed:
                continue  # first it is done, then it is talked over
            if len(more) <= (MOST_TOGETHER if deed == "acknowledge" else 0):
                found[deed] = self._base + PATH + self.seal(Link(deed, notice.promise, notice.to, until, more))
        return found

    def mine(self, person: str, now: int) -> str:
        """Give the address of somebody's own page, which can be used for a day from now on (microseconds UTC)."""
        return self._base + PATH + self.seal(Link("mine", "", person, now + LASTS))

    def seal(self, link: Link) -> str:
        """Write a link's last part."""
        body = urlsafe_b64encode(_encode(link)).decode().rstrip("=")
        return f"{body}.{self._sealed(body)}"

    def read(self, sealed: str) -> Link | None:
        """Read a link's last part; None for one that is not ours. Whether it is over is for the reader to see."""
        body, _, seal = sealed[:LONGEST].partition(".")
        if not hmac.compare_digest(self._sealed(body).encode(), seal.encode("utf-8", "surrogateescape")):
            return None
        try:
            return _decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except (msgspec.DecodeError, ValueError):
            return None

    def _sealed(self, body: str) -> str:
        seal = hmac.new(self._key, body.encode("utf-8", "surrogateescape"), "sha256").digest()
        return urlsafe_b64encode(seal).decode().rstrip("=")
