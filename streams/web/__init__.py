"""The web side of a host. Read next: `application.py`, which puts it together and serves it."""

from streams.web.api.intake import Limits
from streams.web.application import application, intake_application, serving
from streams.web.guard import Access

__all__ = ["Access", "Limits", "application", "intake_application", "serving"]
