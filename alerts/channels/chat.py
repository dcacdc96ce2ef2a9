"""Chat and text-message services, by Apprise, which knows how to speak with more than a hundred of them.

One channel for each address, so that no service waits for another. Apprise blocks while it sends, so it has threads of
its own, a few for each address; one that hangs is left to the time limits of its connections. An address holds secrets:
nothing is told of it but the service's short name, and of Apprise's own words nothing but an HTTP status.
Read next: `retrying.py`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from alerts.channels.chat_names import chat_names
from alerts.channels.reach import ADVICE, public_only
from alerts.channels.retrying import check_answer, unanswered
from alerts.routing.digest import AND_MORE
from alerts.routing.notice import printable, shortened
from alerts.words.words import Words
from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.routing.notice import Notice

TIMEOUT_SECONDS: Final = 20.0
"""How long one delivery may take, in seconds, with the wait for a thread."""
THREADS: Final = 4
"""How many deliveries of one address are under way at a time."""
LONGEST: Final = 1_000
"""How many characters of each part are sent: some services refuse what is much longer."""

_STATUS = re.compile(r"\berror=(\d{3})\b")
_CALLS_EVERYBODY = re.compile(r"@(?=(?:all|channel|everyone|here)\b)|<(?=!)", re.IGNORECASE)
_KINDS = {
    "warned": NotifyType.WARNING,
    "lost": NotifyType.WARNING,
    "broken": NotifyType.FAILURE,
    "kept": NotifyType.SUCCESS,
    "fulfilled_late": NotifyType.SUCCESS,
}

apprise_log = logging.getLogger("apprise")
apprise_log.addHandler(logging.NullHandler())
apprise_log.propagate = False  # it may quote addresses


class Sent(NamedTuple):
    """How a try went: whether it was taken, the HTTP status if it was not, and whether an address was refused here."""

    taken: bool
    status: int = 0
    refused: bool = False


class Chat:
    """Sends notices to one address of Apprise's. Raises ValueError, which does not quote it, for one it cannot read."""

    def __init__(self, url: str, *, name: str, private: bool = True, timeout: float = TIMEOUT_SECONDS) -> None:
        self.name = name
        self._private = private
        self._timeout = timeout
        self._turns = asyncio.Semaphore(THREADS)
        self._apprise = Apprise(asset=AppriseAsset(http_redirects=False, async_mode=False, service_timeout=0))
        if not self._apprise.add(url):
            raise ValueError(f"Apprise cannot read the address for {name}; see its documentation of that service")

    async def deliver(self, notice: Notice) -> None:
        """Send one notice. Raises DeliveryError."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._turns.acquire()
                sent = await self._begin(notice)
        except TimeoutError:
            raise unanswered("the chat service", self._timeout) from None
        if sent.taken:
            return
        if sent.refused:
            raise DeliveryError(f"no connection to the chat service: {ADVICE}", again=True)
        if sent.status:
            check_answer(sent.status, {}, 0)
        raise DeliveryError("the chat service did not take it, or was not reached", again=True)

    async def close(self) -> None:
        """Nothing is held: what is still being sent ends by itself."""

    def _begin(self, notice: Notice) -> asyncio.Future[Sent]:
        """Send in a thread that nobody waits for at the end; its turn is over when the thread is."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Sent] = loop.create_future()

        def end(sent: Sent) -> None:
            self._turns.release()
            if not done.done():
                done.set_result(sent)

        def work() -> None:
            sent = self._send(notice)
            with suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(end, sent)

        threading.Thread(target=work, name=f"kept-{self.name}", daemon=True).start()
        return done

    def _send(self, notice: Notice) -> Sent:
        title, body = words(notice)
        kind = _KINDS.get(notice.looks_like, NotifyType.INFO)
        with nullcontext() if self._private else public_only() as watch:
            try:
                result = self._apprise.notify(body, title=title, notify_type=kind, body_format=NotifyFormat.TEXT)
            except Exception:  # noqa: BLE001 - whatever a service's code raises, it was not delivered
                return Sent(taken=False, refused=bool(watch and watch.refused))
            statuses = [found[1] for entry in result.logs() if (found := _STATUS.search(entry.message))]
            return Sent(bool(result), int(statuses[-1]) if statuses else 0, bool(watch and watch.refused))


def chats(urls: Sequence[str], *, private: bool) -> list[Chat]:
    """Make a channel for each address. Raises ValueError."""
    return [Chat(url, name=name, private=private) for url, name in zip(urls, chat_names(urls), strict=True)]


def words(notice: Notice) -> tuple[str, str]:
    """Give the title and the body of a message: where it is and what to do, then how and which promise.

    It calls nobody by itself.
    """
    own = Words(notice.language)
    how = notice.how if notice.looks_like in ("warned", "broken") else ""
    rows = [own.say("{label}: {said}", label=own.say("How"), said=how)] if how else []
    rows.append(own.say("{label}: {said}", label=own.say("The promise"), said=notice.wording or notice.standard))
    title, *lines = notice.text.split("\n")
    shown = _bounded([_harmless(line) for line in lines], own)
    return _harmless(title), "\n".join([*shown, *map(_harmless, rows)])


def _bounded(lines: Sequence[str], own: Words) -> Sequence[str]:
    """Give as many lines of a list as may be sent, and how many more things it has."""
    room = LONGEST
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return [*lines[:number], own.say(AND_MORE, count=_listed(lines[number:], own))]
    return lines


def _listed(lines: Iterable[str], own: Words) -> int:
    """Count what lines of a list are about; its last one may say how many more there are."""
    cut = re.compile(re.escape(own.say(AND_MORE, count="#")).replace(re.escape("#"), r"(\d{1,9})"), re.ASCII)
    more = (cut.fullmatch(line) for line in lines if line.startswith("- "))
    return sum(1 if found is None else int(found[1]) for found in more)


def _harmless(text: str) -> str:
    return shortened(_CALLS_EVERYBODY.sub("\\g<0>\u200b", printable(" ".join(text.split()))), LONGEST)
