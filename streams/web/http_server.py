"""Listening: how a process of Kept opens its web side, and who may ask there.

Read next: `application.py`, `guard.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from standards.errors import StateError
from streams.delivery.links import Links
from streams.web import Access, serving

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from streams.settings import Settings
    from streams.web import Application


def access(settings: Settings) -> Access:
    """Say who may ask this process."""
    given = (settings.token, settings.view_token, settings.supervisor_token, settings.author_token)
    token, view, supervisor, author = (each.get_secret_value() if each else "" for each in given)
    return Access(token, (settings.address.host,), view, supervisor, author, settings.public_url)


def links(settings: Settings) -> Links | None:
    """Give what makes the links in messages; None where nobody said at which address people reach the board."""
    asked_for = access(settings)
    return Links(asked_for.secret, asked_for.public_url) if asked_for.public_url else None


async def listening(settings: Settings, app: Application, stack: AsyncExitStack) -> str:
    """Serve an application until the stack is left; gives its address. Raises StateError where it cannot listen."""
    name, port = settings.address
    try:
        port = await stack.enter_async_context(serving(app, name, port))
    except OSError as error:
        message = f"{settings.listen} cannot be listened on; another process may; choose another place with --listen"
        raise StateError(f"{message} ({error.strerror or error})") from None
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"
