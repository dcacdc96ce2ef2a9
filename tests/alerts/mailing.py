"""A mail server on this machine that answers as it was told to, and remembers what came: aiosmtpd, not a stand-in."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from alerts.channels import letter
from alerts.channels.mail import Security, Server
from tests.kafka.certificates import authority, signed

ANN, BEN, KEPT = (Address("", name, "shop.example") for name in ("ann", "ben", "kept"))
TO = letter.Envelope(KEPT, [ANN, BEN])


@dataclass
class Office:
    """What came, in order. `answers` are given one after another at their stage: RCPT's by address, MAIL and DATA."""

    port: int = 0
    ca: Path | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    def server(self, security: Security = "none", *, user: str = "", password: str = "") -> Server:
        return Server("127.0.0.1", self.port, security, user, password, self.ca)

    def _answer(self, stage: str) -> str:
        answers = self.answers.get(stage, [])
        return answers.pop(0) if answers else "250 OK"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer("MAIL")

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        answer = self._answer("DATA")
        if answer.startswith("hang"):
            await asyncio.Event().wait()
        if answer.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.letters.append(message_from_bytes(content, policy=default))
            self.to.append(list(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None or _began_with_tls(server))
        return answer

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd's
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"open sesame", handled=False)


def _began_with_tls(server: SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("sslcontext") is not None


@asynccontextmanager
async def office(
    folder: Path | None = None, *, security: Security = "none", login: bool = False, port: int = 0
) -> AsyncIterator[Office]:
    """Run a mail server; with a `folder` for its certificates it knows TLS, at once or by STARTTLS."""
    post, context = Office(), None
    if folder is not None:
        post.ca = authority(folder)
        pair = signed(post.ca, "mail")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pair, pair.with_suffix(".key"))
    options: dict[str, Any] = {"authenticator": post.login, "auth_required": login}
    options["auth_require_tls"] = security == "starttls"  # it does not see that a connection began with TLS
    loop = asyncio.get_running_loop()
    running = await loop.create_server(
        lambda: SMTP(
            post,
            hostname="mail.shop.example",
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            loop=loop,
            **options,
        ),
        "127.0.0.1",
        port,
        ssl=context if security == "tls" else None,
    )
    post.port = running.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        running.close()
