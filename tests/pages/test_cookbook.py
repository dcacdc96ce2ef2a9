"""The cookbook does what it says: every file in it is loaded by itself, and every story played.

Next: `docs/cookbook.md`, and the pages in `docs/cookbook/`.
"""

import re
from pathlib import Path

import pytest

from streams.documents.documents import load_standards, read_documents
from streams.stories.files import Script, read_scripts
from streams.stories.running import run
from tests.streams.storying import come_again, embedded, in_memory, played

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILES = (DOCS / "cookbook.md", *sorted((DOCS / "cookbook").glob("*.md")))
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in FILES}
RECIPE = re.compile(r"^## (.+)\n((?:(?!^## ).*\n)*)", re.MULTILINE)
RECIPES: dict[str, str] = {f"{page}: {name}": text for page in PAGES for name, text in RECIPE.findall(PAGES[page])}
BLOCK = re.compile(r'^```yaml title="(.+?)"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def write_out(name: str, folder: Path) -> list[Script]:
    """Write the files of a recipe into a folder, and read its stories."""
    for file, text in BLOCK.findall(RECIPES[name]):
        (folder / file).write_text(text, encoding="utf-8")
    return read_scripts(read_documents([str(folder)]))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_does_what_it_says(name: str, tmp_path: Path) -> None:
    """Whoever copies a recipe has a wish, a file without a finding, stories that go as they say, and a warning.

    One of them says what happens when what opens a promise comes a second time.
    """
    recipe = RECIPES[name]
    assert [file for file, _ in BLOCK.findall(recipe)] == ["standards.yaml", "stories.yaml"]
    assert re.match(r"\n> .+", recipe)
    assert re.search(r"^\*\*Watch out\.\*\* .+", recipe, re.MULTILINE)
    scripts = write_out(name, tmp_path)
    warnings = load_standards(read_documents([str(tmp_path)])).warnings
    assert [finding.render() for finding in warnings] == []
    results = list(run(scripts))
    assert results
    assert [line for result in results for line in (result.name, *result.failure) if result.failure] == []
    assert [standard for standard, said in come_again(scripts).items() if not said] == []


@pytest.mark.parametrize("name", RECIPES)
async def test_a_recipe_is_the_same_on_a_host(name: str, tmp_path: Path) -> None:
    """A host that stores what it judges tells of each story what was told in memory, byte for byte."""
    for number, script in enumerate(write_out(name, tmp_path)):
        went = played(script)
        folder = tmp_path / f"host-{number}"
        folder.mkdir()
        assert await embedded(script, went.moments, folder) == in_memory(went)


def test_there_are_enough_recipes() -> None:
    """No recipe is lost by a slip in its heading: each block of a page is part of one."""
    assert len(RECIPES) >= 30
    found = [block for page in PAGES.values() for block in BLOCK.findall(page)]
    assert 2 * len(RECIPES) == len(found) == sum(page.count("```") for page in PAGES.values()) / 2
