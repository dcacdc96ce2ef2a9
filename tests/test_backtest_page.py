"""The page on trying standards: each of its commands answers as the page says.

`python -m tests.test_backtest_page` writes the page anew with what really comes back; read the difference.
"""

import sys
import tempfile
from pathlib import Path

from tests.streams.commands import ROOT
from tests.streams.test_review import Shop
from tests.test_tutorial import BLOCK, done

PAGE = ROOT / "docs" / "backtest.md"


def answered(page: str, folder: Path) -> str:
    """Do what the page's consoles say, in a folder with the week of a shop, and give it with what came back."""
    shop = Shop(folder)
    (folder / "map.yml").rename(folder / "map.yaml")
    text = (shop.folder / "next.yaml").read_text(encoding="utf-8")
    (shop.folder / "next.yaml").write_text(text.replace("  no-wait:", "  short-lines:"), encoding="utf-8")
    return BLOCK.sub(lambda found: done(found, folder), page)


def test_the_page_on_trying_standards_answers_as_it_says(tmp_path: Path) -> None:
    """A comparison and a sweep, typed as they stand, come back word for word."""
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("$ kept backtest") == 2
    assert answered(page, tmp_path) == page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PAGE.write_text(answered(PAGE.read_text(encoding="utf-8"), Path(place)), encoding="utf-8")
    sys.exit(0)
