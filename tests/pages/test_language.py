"""What a rule can say, by example: the page's standards have no findings, and its stories go as they say.

Next: `docs/language.md`.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from standards.documents.document import Document
from tests.pages.test_semantics import check_plays

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
FOUND = re.findall(r'^```yaml title="(\w+)/(standards|stories)\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
TEXTS = {(name, kind): text for name, kind, text in FOUND}
NAMES = sorted({name for name, _ in TEXTS})
TABLES = re.findall(r'^```csv title="(\w+)/(\w+\.csv)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_goes_as_it_says(name: str, tmp_path: Path) -> None:
    """Whoever plays an example of the page sees what the page says."""
    with_tables(tmp_path, name)
    check_plays(tmp_path, TEXTS[name, "standards"], TEXTS[name, "stories"])


@pytest.mark.parametrize("name", NAMES)
def test_no_crash_changes_what_an_example_comes_to(name: str, tmp_path: Path) -> None:
    """States, what has lasted, and what can be taken back are remembered, whenever Kept starts again."""
    with_tables(tmp_path, name)
    check_plays(tmp_path, TEXTS[name, "standards"], crashing(TEXTS[name, "stories"]))


def with_tables(folder: Path, name: str) -> None:
    """Write the tables of an example beside it."""
    for example, file, rows in TABLES:
        if example == name:
            (folder / file).write_text(rows, encoding="utf-8")


def crashing(stories: str) -> str:
    """Let Kept crash half way, right after an event."""
    document: Any = Document("stories.yaml", stories).data
    for story in document["stories"].values():
        given = story["given"]
        if len(given) > 1 and "at" in given[len(given) // 2]:
            given.insert(len(given) // 2, {"crash": "kept", "for": "1s"})
    return yaml.dump(document, sort_keys=False, allow_unicode=True)
