"""What a rule can say, by example: the page's standards have no findings, and its stories go as they say.

Next: `docs/language.md`.
"""

import re
from pathlib import Path

import pytest

from tests.pages.test_semantics import check_plays

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
FOUND = re.findall(r'^```yaml title="(\w+)/(standards|stories)\.yaml"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
TEXTS = {(name, kind): text for name, kind, text in FOUND}


@pytest.mark.parametrize("name", sorted({name for name, _ in TEXTS}))
def test_an_example_goes_as_it_says(name: str, tmp_path: Path) -> None:
    """Whoever plays an example of the page sees what the page says."""
    check_plays(tmp_path, TEXTS[name, "standards"], TEXTS[name, "stories"])
