"""The page about stories says what is true: what it shows is run.

Next: `docs/stories.md`.
"""

import re
from pathlib import Path

import pytest

from tests.streams.commands import kept

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "stories.md").read_text(encoding="utf-8")
RULES, POLICY, *STORIES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SESSIONS = [each.partition("\n") for each in re.findall(r"^```text\n\$ (.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a folder with the page's standards and policy in it."""
    (tmp_path / "standards.yaml").write_text(RULES, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("text", STORIES, ids=["first", "given", "expected", "machines"])
def test_each_story_on_the_page_goes_as_it_says(text: str, shop: Path) -> None:
    """What a reader copies from the page works, and `kept check` has nothing against it."""
    (shop / "stories.yaml").write_text(text, encoding="utf-8")
    run = kept("test", "stories.yaml", cwd=shop)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    assert kept("check", ".", "--strict", cwd=shop).returncode == 0


def test_what_the_page_shows_is_what_is_printed(shop: Path) -> None:
    """A reader sees what the page shows, when all is well and when somebody changed a number."""
    (shop / "stories.yaml").write_text(STORIES[0], encoding="utf-8")
    fine, failed, changed = SESSIONS
    run = kept(*fine[0].split()[1:], cwd=shop)
    assert run.stdout == fine[2]
    run = kept(*changed[0].split()[1:], cwd=shop)
    assert (run.returncode, run.stdout.count("unnoticed:")) == (1, 8)
    assert run.stdout.startswith(changed[2])
    (shop / "standards.yaml").write_text(RULES.replace("within: 60s", "within: 90s"), encoding="utf-8")
    run = kept(*failed[0].split()[1:], cwd=shop)
    assert run.returncode == 1
    assert run.stdout.startswith(failed[2])
    assert "the first difference" in run.stdout
