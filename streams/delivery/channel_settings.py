"""The settings of the channels, a part of `streams/settings.py`. Read next: `channels.py`, which makes them."""

from __future__ import annotations

import re
from email.headerregistry import Address, AddressHeader, HeaderRegistry
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, cast
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from alerts.channels.letter import Envelope
from alerts.channels.mail import Security, Server
from alerts.channels.push_services import VENDORS, Services
from alerts.channels.webhook import signing_key

MAIL: Final[dict[str, tuple[Security, int]]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("none", 25),
}
"""How to speak with a mail server, by the scheme of its address, and on which port."""


def _bare(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _urls(value: object) -> object:
    """Divide a list of addresses: a comma or a space ends one only where another begins, as they may have commas."""
    if not isinstance(value, str):
        return value
    return [SecretStr(url) for url in re.split(r"[\s,]+(?=[A-Za-z][\w.+-]*://)", value.strip(" \t\r\n,")) if url]


def _names(value: object) -> object:
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


Secret = Annotated[SecretStr, BeforeValidator(_bare)]
"""A secret, without the line break that a file with it ends in."""


def secret_of(given: Secret | None) -> str:
    """Give a secret as text; "" where none is set."""
    return "" if given is None else given.get_secret_value()


Hidden = Annotated[str, BeforeValidator(_bare), Field(repr=False)]
"""An address that may have a secret in it."""
Bare = Annotated[str, BeforeValidator(_bare)]


class ChannelSettings(BaseSettings):
    """The channels' settings. A channel is in effect when it is told where to."""

    webhook_url: Hidden = ""
    """Where notices are posted as JSON."""
    webhook_secret: Secret = SecretStr("")
    """What signs them, as Standard Webhooks do."""
    webhook_private: bool = False
    """`yes`: the webhook and the chats may be in your own network."""
    alertmanager_url: Hidden = ""
    """The Alertmanager that shows promises in trouble as alerts, as in `http://alerts.example:9093`."""
    chat_urls: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_urls)] = ()
    """Chat services, as addresses of Apprise, separated by commas; needs `kept[chat]`; never shown."""
    push_key: Secret = SecretStr("")
    """The key of this server for pushes, 32 bytes in URL-safe base64; one is made, and kept with the data, where there
    is none, but not on Kafka. With another key, people have to switch their phones on again."""
    push_key_file: Path | None = None
    """The file with that key, in its place."""
    push_services: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = VENDORS
    """The hosts of the push services that are sent to, separated by commas, `*.` for all below one."""
    push_contact: Annotated[Bare, Field(validate_default=True)] = ""  # after the others of push, as it needs them
    """Whom a push service may write to: `ops@shop.example`, or an https address. It sets up push: phones ring, by
    the services of their browsers' makers."""
    mail_from: Bare = ""
    """Who writes the letters: `floor@shop.example`, or with a name, `Kept <floor@shop.example>`."""
    mail_to: Bare = ""
    """Who gets those that are to nobody with a mail address of their own, separated by commas."""
    mail_user: Bare = ""
    """The user at the mail server, where it wants one."""
    mail_password: Secret = SecretStr("")
    """Its password; never shown, never sent without TLS but to this machine itself."""
    mail_ca: Path | None = None
    """The file with the certificates (PEM) by which the mail server is believed; without it, those that this machine
    believes."""
    mail_server: Annotated[Bare, Field(validate_default=True)] = ""  # the last, as it is checked with the others
    """The mail server: `smtp://host` (STARTTLS, port 587), `smtps://host` (TLS, port 465) or `smtp+plain://host`
    (neither, port 25)."""

    @property
    def smtp(self) -> Server:
        """The mail server, where there is one."""
        parts, security, port = _mail_server(self.mail_server)
        password = self.mail_password.get_secret_value()
        return Server(parts.hostname or "", parts.port or port, security, self.mail_user, password, self.mail_ca)

    @property
    def envelope(self) -> Envelope:
        """Who writes the letters, and who gets them."""
        return Envelope(_addresses(self.mail_from)[0], _addresses(self.mail_to) if self.mail_to else ())

    @field_validator("webhook_url", "alertmanager_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("this is not a web address; begin it with https://")
        if url and _divided(url) is None:
            raise ValueError("this has no host, or no port from 1 to 65535; write it like https://chat.example/hook")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, secret: SecretStr) -> SecretStr:
        try:
            signing_key(secret.get_secret_value())
        except ValueError:
            raise ValueError("what follows whsec_ is not base64; copy the secret anew") from None
        return secret

    @field_validator("chat_urls")
    @classmethod
    def _check_chats(cls, urls: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(re.match(r"[A-Za-z][\w.+-]*://.", url.get_secret_value()) for url in urls):
            raise ValueError(
                "this is not a list of addresses as Apprise has them; write service://..., several with commas"
            )
        return urls

    @field_validator("push_contact")
    @classmethod
    def _check_contact(cls, contact: str, others: ValidationInfo) -> str:
        given = [name for name in ("push_key", "push_key_file", "push_services") if name in others.data]
        idle = next((name for name in given if others.data[name] != cls.model_fields[name].default), "")
        if idle and not contact:
            raise ValueError(
                f"KEPT_{idle.upper()} is set, and does nothing without it; say whom a push service writes to"
            )
        if contact and not contact.startswith("https://") and len(_addresses(contact)) > 1:
            raise ValueError("push services write to one address; write one")
        return contact

    @field_validator("push_services")
    @classmethod
    def _check_services(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        Services(listed)
        return listed

    @field_validator("push_key_file")
    @classmethod
    def _check_key(cls, file: Path | None, others: ValidationInfo) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}; name the one with the key for pushes")
        if file is not None and (given := others.data.get("push_key")) and given.get_secret_value():
            raise ValueError("KEPT_PUSH_KEY is set as well; set one of them")
        return file

    @field_validator("mail_from", "mail_to")
    @classmethod
    def _check_addresses(cls, addresses: str, field: ValidationInfo) -> str:
        if addresses and len(_addresses(addresses)) > 1 and field.field_name == "mail_from":
            raise ValueError("letters have one sender; write one address")
        return addresses

    @field_validator("mail_ca")
    @classmethod
    def _check_file(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}; name one with certificates (PEM)")
        return file

    @field_validator("mail_server")
    @classmethod
    def _check_mail(cls, address: str, others: ValidationInfo) -> str:
        if not {"mail_from", "mail_to", "mail_user", "mail_password"} <= others.data.keys():
            return address  # one of them is told of already
        sender, to, user, secret = (others.data[f"mail_{name}"] for name in ("from", "to", "user", "password"))
        if not address:
            if sender or to:
                raise ValueError("there is none, and KEPT_MAIL_FROM or KEPT_MAIL_TO is set; set it, or none of them")
            return address
        parts, security, _ = _mail_server(address)
        password = secret.get_secret_value()
        if not sender:
            raise ValueError("letters have a sender; set KEPT_MAIL_FROM too")
        if bool(user) != bool(password):
            raise ValueError("a user and a password go together; set KEPT_MAIL_USER and KEPT_MAIL_PASSWORD, or neither")
        if password and security == "none" and not is_loopback(parts.hostname or ""):
            raise ValueError("a password is not sent without TLS; begin this with smtp:// or smtps://")
        return address


def _divided(address: str) -> SplitResult | None:
    """Divide an address into its parts; None for one without a host, or with a port that cannot be."""
    try:
        parts = urlsplit(address)
        usable = parts.hostname and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _mail_server(address: str) -> tuple[SplitResult, Security, int]:
    """Read the address of a mail server. Raises ValueError, which does not quote it: a password may be in it."""
    parts = _divided(address)
    if parts is None or parts.scheme not in MAIL:
        wrong = "this is not a mail server; write smtp://host (STARTTLS, port 587), smtps://host (TLS, port 465)"
        raise ValueError(f"{wrong} or smtp+plain://host (neither, port 25)")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("only host:port may follow the ://; the user goes into KEPT_MAIL_USER")
    return parts, *MAIL[parts.scheme]


def _addresses(text: str) -> tuple[Address, ...]:
    """Read mail addresses, with or without names. Raises ValueError."""
    wrong = "this is not a list of mail addresses; write floor@shop.example, several with commas"
    if not text.isprintable():
        raise ValueError(wrong)
    header = HeaderRegistry()("To", text)
    found = cast("AddressHeader", header).addresses
    usable = [each for each in found if each.username and each.domain and each.addr_spec.isascii()]
    if header.defects or not usable or len(usable) < len(found):
        raise ValueError(wrong)
    return tuple(usable)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is only this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
