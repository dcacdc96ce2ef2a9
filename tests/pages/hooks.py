"""What the site needs beyond the pages in docs/, which stay as they are for whoever reads them without it.

* A folder in the navigation becomes all of its pages, so that a new page has its place by being there.
* Links to files beside docs/ lead to copies of them within the site, as a forge would show them.
* The diagram of a promise's life becomes a table: what draws it elsewhere would come from somebody else's host.
* Each page tells the browser to ask no other host for anything.

Knows: mkdocs, which calls the functions by their names. Must not know: what the pages say. Next: `mkdocs.yml`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
SHOWN = {".yaml": "yaml", ".yml": "yaml", ".jsonl": "json", ".md": ""}
"""Files beside docs/ that have a place in the site, with the language that they are written in."""
LINK = re.compile(r"(?<!\!)\[(?P<text>[^\]\[]*)\]\((?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```+).*?^\1", re.DOTALL | re.MULTILINE)
DIAGRAM = re.compile(r"```mermaid\n(.*?)```\n", re.DOTALL)
ARROW = re.compile(r"^ *(\S+) --> (\S+): (\S+)$", re.MULTILINE)
POLICY = "default-src 'self' data: 'unsafe-inline'; worker-src 'self' blob:; form-action 'none'"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Write out the folders in the navigation."""
    config.nav = [_written_out(entry, Path(config.docs_dir)) for entry in config.nav or []]
    return config


def _written_out(entry: Any, docs: Path) -> Any:  # noqa: ANN401 - any part of the navigation
    if isinstance(entry, dict):
        return {title: _written_out(below, docs) for title, below in entry.items()}
    if isinstance(entry, list):
        return [_written_out(each, docs) for each in entry]
    if not str(entry).endswith("/"):
        return entry
    pages = sorted((docs / entry).glob("*.md"), key=lambda page: (page.stem != "README", page.stem))
    return [{_title(page): page.relative_to(docs).as_posix()} for page in pages]


def _title(page: Path) -> str:
    """Give what a page is called in the navigation: its heading, up to a colon."""
    heading, _, _ = page.read_text(encoding="utf-8").removeprefix("# ").partition("\n")
    return heading.partition(": ")[0].replace("`", "")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files beside docs/ that pages link to, and those that these link to."""
    waiting = sorted((ROOT / "docs").rglob("*.md"))
    seen: set[Path] = set()
    while waiting:
        for target in _leads_to(waiting.pop()):
            if target not in seen and _has_place(target):
                seen.add(target)
                waiting.append(target)
                files.append(File.generated(config, _place(target), content=_shown(target)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to files beside docs/ lead to where they are in the site, and draw the diagram as a table."""
    here = page.file.src_uri
    beside = here.startswith("files/")
    folder = (ROOT / here.removeprefix("files/")).parent if beside else (ROOT / "docs" / here).parent

    def turned(found: re.Match[str]) -> str:
        target = _named(folder, found["target"])
        if not found["target"] or "://" in found["target"] or not target.exists():
            return found[0]  # where it leads nowhere, mkdocs says so
        if target.is_relative_to(ROOT / "docs"):
            place = target.relative_to(ROOT / "docs").as_posix() + ("/README.md" if target.is_dir() else "")
        elif _has_place(target):
            place = _place(target)
        else:
            return f"{found['text']} (`{target.relative_to(ROOT)}`)"
        return f"[{found['text']}]({posixpath.relpath(place, posixpath.dirname(here) or '.')}{found['anchor'] or ''})"

    return "".join(part if fenced else LINK.sub(turned, part) for fenced, part in _parts(DIAGRAM.sub(_table, markdown)))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Tell the browser to ask no other host for anything, whatever a script of the theme would like."""
    return _walled(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Do the same on the page that says that there is no such page."""
    return _walled(output)


def _walled(output: str) -> str:
    """Wall a page in, and name the dialog of its search for those who do not see it."""
    output = output.replace('role="dialog"', 'role="dialog" aria-label="Search"', 1)
    return output.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{POLICY}">', 1)


def _parts(markdown: str) -> Iterator[tuple[bool, str]]:
    """Divide a page into what stands in fences and what does not."""
    at = 0
    for fence in FENCE.finditer(markdown):
        yield False, markdown[at : fence.start()]
        yield True, fence[0]
        at = fence.end()
    yield False, markdown[at:]


def _leads_to(source: Path) -> Iterator[Path]:
    """Yield where a page's links lead, or what is in a folder."""
    if source.is_dir():
        yield from (each for each in _folder(source) if each.name != "README.md")
    elif source.suffix == ".md":
        for fenced, part in _parts(source.read_text(encoding="utf-8")):
            targets = [] if fenced else [found["target"] for found in LINK.finditer(part)]
            yield from (
                Path(posixpath.normpath(source.parent / each)) for each in targets if each and "://" not in each
            )


def _named(folder: Path, target: str) -> Path:
    """Give what a link in a folder names. Beside docs/, the README of a folder stands for it."""
    named = Path(posixpath.normpath(folder / target))
    alone = named.parent == ROOT or named.is_relative_to(ROOT / "docs")
    return named.parent if named.name == "README.md" and not alone else named


def _has_place(target: Path) -> bool:
    beside = target.is_relative_to(ROOT) and not target.is_relative_to(ROOT / "docs")
    return beside and (target.is_dir() or (target.suffix in SHOWN and target.is_file()))


def _place(target: Path) -> str:
    name = f"files/{target.relative_to(ROOT).as_posix()}"
    return f"{name}/README.md" if target.is_dir() else name if target.suffix == ".md" else f"{name}.md"


def _folder(folder: Path) -> list[Path]:
    shown = (each for each in folder.iterdir() if each.suffix in SHOWN or each.is_dir())
    return sorted(each for each in shown if not each.name.startswith(("_", ".")))


def _shown(target: Path) -> str:
    """Give the page that shows a file, or what is in a folder."""
    name = target.relative_to(ROOT).as_posix()
    if target.is_dir():
        readme = target / "README.md"
        listed = "\n".join(f"- [{each.name}]({each.name})" for each in _folder(target) if each != readme)
        told = readme.read_text(encoding="utf-8") if readme.is_file() else f"# {name}\n"
        return f"{told}\n## Files\n\n{listed}\n"
    text = target.read_text(encoding="utf-8")
    return text if target.suffix == ".md" else f"# {name}\n\n```{SHOWN[target.suffix]}\n{text}```\n"


def _table(diagram: re.Match[str]) -> str:
    """Give the arrows of a diagram as a table: from each state, which line leads where."""
    ways: dict[str, list[tuple[str, str]]] = {}
    for state, to, line in ARROW.findall(diagram[1]):
        ways.setdefault("(before)" if state == "[*]" else state, []).append((f"`{line}`", to))
    rows = ["| in the state | a line | leads to |", "|---|---|---|"]
    rows += (f"| {state} | {' | '.join(map('<br>'.join, zip(*found, strict=True)))} |" for state, found in ways.items())
    return "\n".join(rows) + "\n"
