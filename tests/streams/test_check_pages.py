"""The pages of what `kept check` finds: the bad example is found as the page says, and the good one is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from standards.documents.document import MAX_CHARACTERS, MAX_NODES, Document
from standards.errors import Finding, SpecError
from standards.lint import CHECKS
from streams.checking.examining import Request, examine
from streams.checking.titles import TITLES
from streams.embedded.engine import Engine
from streams.embedded.options import DEFAULTS
from streams.settings import StandardsFiles

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "checks"
TODAY = date(2026, 5, 4)
TOO_LARGE = "too-large"
"""The one page without an example: it would be too large."""
LOOKING = (
    "standards/**/*.py", "alerts/policy/*.py", "alerts/stories/*.py", "streams/checking/*.py", "streams/ingest/*.py",
    "streams/backtest/inputs.py", "streams/documents/*.py", "streams/stories/files.py",
)  # fmt: skip
"""The modules that look at an author's files and find something in them."""
MAKERS = {"error", "warning", "attempt", "finding", "Finding", "_note", "_stop"}
"""What makes a finding, with its id as the first argument."""
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
    channels = frozenset(options["--channels"].split(",")) if "--channels" in options else None
    data = options.get("--against-data")
    if data is not None:
        took_in(folder / data, paths, (folder / f"{data}.jsonl").read_bytes())
    try:
        mappings = [options["--map"]] if "--map" in options else []
        request = Request(paths, TODAY, history=history, mappings=mappings, data=data, channels=channels)
        return examine(request).awake
    except SpecError as error:
        return error.findings


def took_in(folder: Path, standards: list[str], lines: bytes) -> None:
    """Make the data folder of a host that took in some events when they happened."""
    if folder.exists():
        return
    folder.mkdir()
    engine = Engine(folder, StandardsFiles(standards), DEFAULTS)
    engine.rebuild(0)
    for raw in lines.splitlines():
        event = engine.reader.one(raw)
        engine.step([event], [], event.at)
    engine.close()


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


def ids_in_code() -> Iterator[str]:
    """Give the id of every finding that is made somewhere in the modules that look at an author's files.

    Ids have no blanks; what has some is a sentence about an expression, whose finding gets its id elsewhere.
    """
    for file in sorted({file for pattern in LOOKING for file in ROOT.glob(pattern)}):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "id")]
                yield from (found for first in given for found in _ids(name, first) if " " not in found)


def _ids(name: str, first: ast.expr) -> Iterator[str]:
    match first:
        case ast.Constant(value=str() as kind) if name == "unknown":
            yield f"unknown-{kind}"
        case ast.Constant(value=str() as check) if name in MAKERS:
            yield check
        case ast.JoinedStr() if name in MAKERS:
            yield ast.unparse(first)


@pytest.mark.parametrize("page", [page for page in pages() if page != TOO_LARGE])
def test_a_page_shows_what_is_found(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bad example gives the message on the page and no other; the good one gives none."""
    command, files, message, again, mended = parts(page)
    monkeypatch.chdir(tmp_path)
    found = found_by(command, files, tmp_path)
    assert page in {each.id for each in found}
    assert "\n\n".join(each.render() for each in found) + "\n" == message
    assert {each.level for each in found if each.id == page} == {"warning" if page in CHECKS else "error"}
    assert found_by(again, mended, tmp_path) == []


def test_every_finding_has_its_page() -> None:
    """Each id that the code gives a finding has a page, and no page is about an id that there is not."""
    made = set(ids_in_code())
    # As `policy_document.py`, `entries.py` and `rules.py` have them.
    joined = {"f'unknown-{field}'", "f'unknown-{kind}'", "f'second-{sort}'"}
    assert made >= joined
    found = (made - joined) | {f"unknown-{name}" for name in ("owner", "aspect", "severity", "standard")}
    found |= {f"second-{sort}" for sort in ("policy", "practice")}
    assert sorted(found) == pages()
    assert found >= CHECKS.keys()


def test_the_list_of_pages_is_whole() -> None:
    """The list has each page in its section, under the words of its heading, with what the check needs."""
    listed = (PAGES / "README.md").read_text(encoding="utf-8")
    warnings, errors = listed.split("\n## Warnings\n")[1].split("\n## Errors\n")
    row = re.compile(r"^\| \[(.+?)\]\((.+?)\.md\) \| (.+?) \| *(.*?) *\|?$", re.MULTILINE)
    needs = {
        "documents": "",
        "policy": "a policy",
        "practice": "a practice document",
        "channels": "`--channels`",
        "history": "`--history`",
        "data": "`--against-data`",
    }
    headings = {page: (PAGES / f"{page}.md").read_text(encoding="utf-8").partition("\n")[0] for page in pages()}
    for section, shown in ((warnings, True), (errors, False)):
        rows = row.findall(section)
        assert [name for name, *_ in rows] == [page for page in pages() if (page in CHECKS) is shown]
        for name, file, heading, need in rows:
            assert file == name
            assert headings[name] == f"# {name}: {heading}"
            assert need == (needs[CHECKS[name]] if shown else "")


def test_what_reads_reports_gets_the_headings_too() -> None:
    """The titles that a report of findings carries are those of the pages."""
    assert {
        page: (PAGES / f"{page}.md").read_text(encoding="utf-8").split("\n")[0][len(page) + 4 :] for page in pages()
    } == TITLES


def test_a_document_can_be_too_large() -> None:
    """What the page without an example says holds: characters and values have a limit, and it is an error."""
    page = (PAGES / f"{TOO_LARGE}.md").read_text(encoding="utf-8")
    assert f"{MAX_CHARACTERS:,} characters" in page
    assert f"{MAX_NODES:,} values" in page
    for text in ("x" * (MAX_CHARACTERS + 1), f"x: [{'1, ' * MAX_NODES}]"):
        assert [finding.id for finding in Document("a.yaml", text).findings] == [TOO_LARGE]
