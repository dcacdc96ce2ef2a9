"""Access: who may ask a process, by the tokens that it was given. Read next: `guard.py`, which asks."""

from __future__ import annotations

from hmac import compare_digest
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Network, IPv6Network
    from pathlib import Path

    from streams.web.session import Role


class Senders(NamedTuple):
    """Other systems that may send: the rules' files and folders, among which mappings are, and a secret by name."""

    paths: Sequence[str] = ()
    secrets: Mapping[str, str] = MappingProxyType({})


class Access(msgspec.Struct, frozen=True):
    """Who may ask: whoever has the token or, where it is empty, whoever calls this machine by one of its names.

    `hosts` are names beside the loopback ones, without port. `token` is the admins'; the other roles have their own.
    `public_url` is where people reach the board, for the links in messages. `proxies` are believed in what they say of
    who asks. In `folder` it is kept which sessions were ended. `senders` are other systems.
    """

    token: str = ""
    hosts: tuple[str, ...] = ()
    view_token: str = ""
    supervisor_token: str = ""
    author_token: str = ""
    public_url: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    folder: Path | None = None
    frontliner_token: str = ""
    senders: Senders = Senders()

    def role(self, given: str) -> Role | None:
        """Say what whoever gives this token may do; takes the same time for every wrong one."""
        raw = given.strip().encode("utf-8", "surrogateescape")
        found: Role | None = None
        for role, token in self._tokens():
            found = role if compare_digest(raw, token.encode()) and token else found
        return found

    def _tokens(self) -> tuple[tuple[Role, str], ...]:
        return (("viewer", self.view_token), ("frontliner", self.frontliner_token),
                ("supervisor", self.supervisor_token), ("author", self.author_token),
                ("admin", self.token))  # fmt: skip

    def names_people(self, role: str) -> bool:
        """Say whether a role reads names: supervisors do, and whoever has the one token where they have none."""
        return not self.token or role == "supervisor" or (role == "admin" and not self.supervisor_token)

    @property
    def secret(self) -> str:
        """What the keys are made of that seal sessions and links: another one when a token is changed."""
        return "\0".join(token for _, token in self._tokens()) if self.token else ""
