"""Writes the pages under docs/reference/ anew. Read next: `__init__.py`."""

from tests.pages.reference import FOLDER, PAGES, PICTURES

for name, page in PAGES.items():
    (FOLDER / f"{name}.md").write_text(page(), encoding="utf-8")
for path, draw in PICTURES.items():
    path.write_text(draw(), encoding="utf-8")
