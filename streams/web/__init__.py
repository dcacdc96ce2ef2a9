"""The web side of a host. Read next: `application.py`, which puts it together and serves it."""

from aiohttp.web import Application

from streams.web.api.intake import Limits
from streams.web.application import access, application, intake_application, links, listening, probes, serving
from streams.web.board.readers import Usual
from streams.web.guard import Access

__all__ = [
    "Access", "Application", "Limits", "Usual", "access", "application", "intake_application", "links", "listening",
    "probes", "serving",
]  # fmt: skip
