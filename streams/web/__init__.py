"""The web side of a host. Read next: `application.py`, which puts it together, and `serving.py`."""

from aiohttp.web import Application

from streams.web.access import Access
from streams.web.api.intake import Limits
from streams.web.api.ways_in import Counted
from streams.web.application import access, application, intake_application, links, probes
from streams.web.board.readers import Usual
from streams.web.serving import listening, serving

__all__ = [
    "Access", "Application", "Counted", "Limits", "Usual", "access", "application", "intake_application", "links",
    "listening", "probes", "serving",
]  # fmt: skip
