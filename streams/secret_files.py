"""Secrets in files, as container platforms hand them over: `KEPT_TOKEN_FILE` names the file with `KEPT_TOKEN`.

An edge: it reads the environment and files. Read next: `settings.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRETS: Final = (
    "token", "view_token", "frontliner_token", "supervisor_token", "author_token", "webhook_url", "webhook_secret",
    "chat_urls", "in_secrets", "mqtt_password", "person_secret", "mail_password", "kafka__password",
)  # fmt: skip
"""The settings that can come from a file; `push_key` has a setting for its file."""
END: Final = "_FILE"
LARGEST: Final = 1 << 16
"""The largest file that is read, in bytes."""


class SecretFileError(Exception):
    """A file that cannot be used: the setting that names it, and what is wrong."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(f"{name}: {message}")


def read_secrets(environment: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Read the secrets of which the environment names files, as values of settings. Raises SecretFileError."""
    found: dict[str, Any] = {}
    upper = {name.upper(): value for name, value in environment.items()}
    for setting in SECRETS:
        name = f"{prefix}{setting.upper()}"
        if file := upper.get(name + END, ""):
            if upper.get(name):
                raise SecretFileError(name + END, f"{name} is set as well; set one of them")
            group, _, inner = setting.rpartition("__")
            (found.setdefault(group, {}) if group else found)[inner] = _read(name + END, Path(file))
    return found


def _read(name: str, file: Path) -> str:
    try:
        with file.open("rb") as given:
            raw = given.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise SecretFileError(name, f"{file} cannot be read: {reason}; name the file with the secret") from None
    if len(raw) > LARGEST:
        raise SecretFileError(name, f"{file} is larger than {LARGEST >> 10} kB; name the file with the secret alone")
    try:
        secret = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SecretFileError(name, f"{file} is not text; name the file with the secret") from None
    if not secret:
        raise SecretFileError(name, f"{file} is empty; write the secret into it")
    return secret


def by_name(given: object) -> object:
    """Read secrets that have a name each: `NAME=SECRET`, with commas or line breaks between them. Raises ValueError."""
    if not isinstance(given, str):
        return given
    found = {}
    for part in given.replace("\n", ",").split(","):
        name, _, secret = (piece.strip() for piece in part.partition("="))
        if part.strip() and not (name and secret):
            raise ValueError("this is not a list of secrets; write NAME=SECRET, several with commas between them")
        if name:
            found[name] = secret
    return found
