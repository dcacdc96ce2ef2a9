"""The pages under docs/reference/, printed from the code. `python -m tests.pages.reference` writes them anew.

Knows: which pages there are. Must not know: what stands on them. Read next: `forms.py` for documents, then the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.pages.reference.architecture import picture
from tests.pages.reference.commands import commands
from tests.pages.reference.events import events
from tests.pages.reference.forms import form_page
from tests.pages.reference.measures import metrics
from tests.pages.reference.settings import settings

FOLDER: Final = Path(__file__).resolve().parents[3] / "docs" / "reference"
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "standards": lambda: form_page("standards"),
    "policy": lambda: form_page("policy"),
    "practice": lambda: form_page("practice"),
    "mapping": lambda: form_page("mapping"),
    "stories": lambda: form_page("stories"),
    "events": events,
    "settings": settings,
    "metrics": metrics,
    "commands": commands,
}
"""The pages by their names, each with what prints it."""
PICTURES: Final[Mapping[Path, Callable[[], str]]] = {FOLDER.parent / "pictures" / "architecture.svg": picture}
"""The pictures that are drawn from the code, each with what draws it."""
