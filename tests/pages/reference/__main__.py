"""Writes the pages under docs/reference/ anew. Read next: `__init__.py`."""

from tests.pages.reference import FOLDER, PAGES

for name, page in PAGES.items():
    (FOLDER / f"{name}.md").write_text(page(), encoding="utf-8")
