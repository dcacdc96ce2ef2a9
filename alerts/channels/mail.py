"""Mail: a notice as a letter, handed to one SMTP server.

Each letter is one connection. Who has a letter is remembered until all recipients have it, so that a repeat goes to the
others only; after a restart it comes a second time, with the same Message-ID. The server's certificate is checked, and
`streams/delivery/channel_settings.py` refuses settings that send a password without.
Read next: `letter.py`, which writes it; `retrying.py`.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import TYPE_CHECKING, Final, Literal

import aiosmtplib

from alerts.channels.letter import NO_LINKS, Envelope, letter
from alerts.channels.retrying import smtp_refusal, unanswered, unconnected
from standards.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from alerts.channels import LinksOf
    from alerts.routing.notice import Notice

TIMEOUT_SECONDS: Final = 30.0
"""How long one delivery may take, in seconds."""
MOST_REMEMBERED: Final = 10_000
"""How many notices that some recipients have, and others not, are remembered."""

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """One SMTP server. `ca`: a file with the certificates that it is checked by, or None for those of this machine."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None


class Mail:
    """Sends each notice as a letter: to the address of whom it is for, or else to all of the envelope.

    `clock` gives the letter's date in microseconds UTC, `links` those by which its reader can act.
    """

    name = "mail"

    def __init__(
        self,
        server: Server,
        envelope: Envelope,
        *,
        clock: Callable[[], int],
        timeout: float = TIMEOUT_SECONDS,
        links: LinksOf | None = None,
    ) -> None:
        """Take the server and who writes to whom. Raises OSError for a file of certificates that cannot be read."""
        self._server = server
        self._envelope = envelope
        self._clock = clock
        self._links = links
        self._timeout = timeout
        self._where = f"{server.host}:{server.port}"
        self._tls = None if server.security == "none" else ssl.create_default_context(cafile=server.ca)
        self._have: dict[str, set[str]] = {}

    async def deliver(self, notice: Notice) -> None:
        """Hand one letter to the server. Raises DeliveryError unless all recipients were taken."""
        have = self._have.get(notice.id, set())
        envelope = self._envelope_of(notice)
        missing = [address.addr_spec for address in envelope.to if address.addr_spec not in have]
        message = letter(notice, envelope, self._clock(), self._links(notice) if self._links else NO_LINKS)
        refused = await self._handed_over(message, missing)
        if not refused:
            self._have.pop(notice.id, None)
            return
        self._remember(notice.id, have | set(missing) - set(refused))
        raise self._refusal(notice.to if self.name in notice.addresses else "", refused)

    async def write(self, to: str, whom: str, written: Callable[[Envelope, int], bytes]) -> None:
        """Hand a letter that tells of no promise to the server, for `whom` at one address. Raises DeliveryError."""
        envelope = self._envelope_to(to, whom)
        refused = await self._handed_over(written(envelope, self._clock()), [each.addr_spec for each in envelope.to])
        if refused:
            raise self._refusal(whom, refused)

    async def _handed_over(self, message: bytes, to: list[str]) -> dict[str, int]:
        """Send a message; give the code of each address that was refused. Raises DeliveryError."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._send(message, to)
        except TimeoutError:
            raise unanswered(self._where, self._timeout) from None
        except aiosmtplib.SMTPException as error:
            raise self._miss(error) from None
        except (OSError, ValueError) as error:
            raise unconnected(self._where, error) from None

    def _envelope_of(self, notice: Notice) -> Envelope:
        """Say to whom a notice goes. Raises DeliveryError for an address that no letter can be sent to."""
        own = notice.addresses.get(self.name)
        if own is None and not self._envelope.to:
            words = "nobody has a mail address for it; set KEPT_MAIL_TO, or give people addresses in the policy"
            raise DeliveryError(words, again=False)
        if own is None:
            return self._envelope
        return self._envelope_to(own, notice.to)

    def _envelope_to(self, own: str, whom: str) -> Envelope:
        try:
            return self._envelope._replace(to=(Address(addr_spec=own.strip()),))
        except (ValueError, IndexError, HeaderParseError):  # the last but one for an empty address
            words = f"this is not a valid mail address; correct it in the policy, at {whom}"
            raise DeliveryError(words, again=False) from None

    async def close(self) -> None:
        """Nothing is held."""

    async def _send(self, message: bytes, to: list[str]) -> dict[str, int]:
        """Send a message to some addresses; give the code of each that was refused."""
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password or None,
            local_hostname=self._envelope.sender.domain,
            timeout=self._timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
        )
        async with smtp:
            try:
                refused, _ = await smtp.sendmail(self._envelope.sender.addr_spec, to, message)
            except aiosmtplib.SMTPRecipientsRefused as error:
                return {each.recipient: each.code for each in error.recipients}
        return {address: code for address, (code, _) in refused.items()}

    def _refusal(self, whom: str, refused: dict[str, int]) -> DeliveryError:
        """Give the miss for all that were refused: tried again as long as that can help one of them.

        It is stored, so it says whose address that is or, where it is nobody's own, which one of the setting.
        """
        places = [each.addr_spec for each in self._envelope.to]
        misses = [
            smtp_refusal(code, about=f"the address of {whom}")
            if whom
            else smtp_refusal(code, about=f"address {places.index(address) + 1} of KEPT_MAIL_TO")
            for address, code in refused.items()
        ]
        return DeliveryError("; ".join(map(str, misses)), again=any(miss.again for miss in misses))

    def _remember(self, notice: str, have: set[str]) -> None:
        if have:
            self._have[notice] = have
        while len(self._have) > MOST_REMEMBERED:
            del self._have[next(iter(self._have))]

    def _miss(self, error: aiosmtplib.SMTPException) -> DeliveryError:
        match error:
            case aiosmtplib.SMTPTimeoutError():
                return unanswered(self._where, self._timeout)
            case aiosmtplib.SMTPAuthenticationError(code=code):
                return smtp_refusal(code, about=f"the login at {self._where}", setting=True)
            case aiosmtplib.SMTPConnectResponseError(code=code) | aiosmtplib.SMTPHeloError(code=code):
                return smtp_refusal(code, about=f"the greeting of {self._where}", setting=True)
            case aiosmtplib.SMTPSenderRefused(code=code):
                return smtp_refusal(code, about=f"the sender {self._envelope.sender.addr_spec}")
            case aiosmtplib.SMTPResponseException(code=code):
                return smtp_refusal(code, about="the letter")
            case aiosmtplib.SMTPServerDisconnected():
                return DeliveryError(f"{self._where} hung up", again=True)
            case aiosmtplib.SMTPConnectError():
                return unconnected(self._where, error)
            case _:  # no STARTTLS, or no way to log in that both sides know
                wanted = {"starttls": "STARTTLS", "tls": "a login", "none": "what is needed"}[self._server.security]
                return DeliveryError(f"{self._where} does not offer {wanted}; check KEPT_MAIL_SERVER", again=True)
