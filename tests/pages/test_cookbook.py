"""The cookbook does what it says: every file in it is loaded by itself, and every story played.

Next: `docs/cookbook.md`.
"""

import re
from pathlib import Path

import pytest

from streams.documents.documents import load_standards, read_documents
from streams.stories.files import read_scripts
from streams.stories.running import run
from tests.streams.storying import come_again

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cookbook.md").read_text(encoding="utf-8")
RECIPES: dict[str, str] = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE))
BLOCK = re.compile(r'^```yaml title="(.+?)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_does_what_it_says(name: str, tmp_path: Path) -> None:
    """Whoever copies a recipe has a wish, a file without a finding, stories that go as they say, and a warning.

    One of them says what happens when what opens a promise comes a second time.
    """
    recipe = RECIPES[name]
    blocks = dict(BLOCK.findall(recipe))
    assert list(blocks) == ["standards.yaml", "stories.yaml"]
    assert re.match(r"\n> .+", recipe)
    assert re.search(r"^\*\*Watch out\.\*\* .+", recipe, re.MULTILINE)
    for file, text in blocks.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    documents = read_documents([str(tmp_path)])
    assert [finding.render() for finding in load_standards(documents.standards).warnings] == []
    scripts = read_scripts(documents)
    played = list(run(scripts))
    assert played
    assert [line for result in played for line in result.failure] == []
    assert [standard for standard, said in come_again(scripts).items() if not said] == []


def test_there_are_enough_recipes() -> None:
    """No recipe is lost by a slip in its heading: each block of the page is part of one."""
    assert len(RECIPES) >= 15
    assert 2 * len(RECIPES) == len(BLOCK.findall(PAGE)) == PAGE.count("```") / 2
