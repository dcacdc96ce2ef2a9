"""The pages of what `kept check` finds: the bad example is found as the page says, and the good one is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from standards.errors import Finding, SpecError
from standards.lint import CHECKS
from streams.checking.examining import Request, examine

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "checks"
TODAY = date(2026, 5, 4)
_BLOCK = re.compile(r"(?:^`(?P<name>\S+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^`kept check (?P<words>[^`]+)` (?:says|has nothing to say)", re.MULTILINE)


def pages() -> list[str]:
    return sorted(page.stem for page in PAGES.glob("*.md") if page.stem != "README")


def found_by(command: str, files: Mapping[str, str], folder: Path) -> list[Finding]:
    """Run what a page says on the files that it shows."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    words = iter(command.split())
    paths, options = [], dict[str, str]()
    for word in words:
        if word.startswith("--"):
            options[word] = next(words)
        else:
            paths.append(word)
    history = tuple(text for option, text in options.items() if option == "--history")
    try:
        return examine(Request(paths, TODAY, history=history, mapping=options.get("--map"))).awake
    except SpecError as error:
        return error.findings


def parts(page: str) -> tuple[str, dict[str, str], str, str, dict[str, str]]:
    """Take a page apart: the command, its files and what it says; then the command of the mended files, and these."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {page}: ")
    bad, good = text.split("\n## Found\n")[1].split("\n## Mended\n")
    command = _COMMAND.search(bad)
    assert command is not None
    shown, said = bad[: command.start()], bad[command.end() :]
    files = {found["name"] or "standards.yaml": found["text"] for found in _BLOCK.finditer(shown)}
    mended = {found["name"] or "standards.yaml": found["text"] for found in _BLOCK.finditer(good)}
    message = _BLOCK.search(said)
    assert message is not None
    again = _COMMAND.search(good)
    return command["words"], files, message["text"], (again or command)["words"], {**files, **mended}


@pytest.mark.parametrize("page", pages())
def test_a_page_shows_what_is_found(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bad example gives the message on the page and no other; the good one gives none."""
    command, files, message, again, mended = parts(page)
    monkeypatch.chdir(tmp_path)
    found = found_by(command, files, tmp_path)
    assert page in {each.id for each in found}
    assert "\n\n".join(each.render() for each in found) + "\n" == message
    assert {each.level for each in found if each.id == page} == {"warning" if page in CHECKS else "error"}
    assert found_by(again, mended, tmp_path) == []
