"""The picture of the house: every package in its layer, with what it knows; drawn from the layers that are checked.

Knows: the contracts in pyproject.toml, and the first line of each package. Must not know: what any of them does.
"""

from __future__ import annotations

import ast
import tomllib
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[3]
WIDTH: Final = 1200
MARGIN: Final = 16
GAP: Final = 10
HEAD: Final = 26
"""Room for a band's motto, and for the name in a box, in the picture's own units, as all lengths here."""
LINE: Final = 15
LETTER: Final = 6.4
"""About how wide a letter of a box's text is."""

MOTTOES: Final = {
    "streams": "streams/ carries",
    "alerts": "alerts/ tells",
    "standards": "standards/ decides",
}
STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #1d2b28 }
.name { font-weight: 600; font-size: 13px }
.motto { font-weight: 600; font-size: 15px }
rect { fill: #fff; stroke: #1f6f5c }
.band { fill: #e8f1ee; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e3ece9 } rect { fill: #22302c } .band { fill: #17211e }
}
"""


class Room(NamedTuple):
    """A package or a module: its name as one writes it, and the first line of what it says of itself."""

    name: str
    says: str


def layers() -> dict[str, list[list[Room]]]:
    """Give the rooms of each of the three packages, layer by layer from the top."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for contract in settings["tool"]["importlinter"]["contracts"][1:]:
        package = contract["name"].rsplit(" ", 1)[1]
        names = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
        found[package] = [[room(package, name) for name in layer] for layer in names]
    return {package: found[package] for package in MOTTOES}


def room(package: str, name: str) -> Room:
    """Read what a room says of itself."""
    name = name.removeprefix(f"{package}.")
    path = ROOT / package / name.replace(".", "/")
    folder = path.is_dir()
    file = path / "__init__.py" if folder else path.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    first = docstring.split("\n\n")[0].replace("\n", " ").split(". ")[0].removesuffix(".")
    heading, _, rest = first.replace("`", "").partition(": ")
    says = rest if rest and " " not in heading.removeprefix("The ") else first.replace("`", "")
    says = says if says.startswith("kept ") else says[0].upper() + says[1:]
    return Room(name.replace(".", "/") + ("/" if folder else ".py"), says)


def picture() -> str:
    """Give the picture, as SVG."""
    drawn: list[str] = []
    y = MARGIN
    for package, rows in layers().items():
        top, band = y, len(drawn)
        drawn.append(f'<text class="motto" x="{MARGIN}" y="{y + 19}">{MOTTOES[package]}</text>')
        y += HEAD
        for row in rows:
            height, boxes = layer(row, y)
            drawn += boxes
            y += height + GAP
        drawn.insert(band, f'<rect class="band" x="0" y="{top}" width="{WIDTH}" height="{y - top}" rx="6"/>')
        y += MARGIN
    size = f'viewBox="0 0 {WIDTH} {y}" role="img" aria-label="The packages of Kept, layer by layer"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def layer(row: list[Room], y: int) -> tuple[int, list[str]]:
    """Draw one layer, and say how high it is: its rooms stand beside each other and never import each other."""
    width = (WIDTH - 2 * MARGIN - (len(row) - 1) * GAP) / len(row)
    texts = [wrap(each.says, int((width - 16) / LETTER)) for each in row]
    height = HEAD + LINE * max(map(len, texts)) + 4
    drawn = []
    for number, (each, lines) in enumerate(zip(row, texts, strict=True)):
        x = MARGIN + number * (width + GAP)
        drawn.append(f'<rect x="{x:.0f}" y="{y}" width="{width:.0f}" height="{height}" rx="5"/>')
        drawn.append(f'<text class="name" x="{x + 8:.0f}" y="{y + 18}">{escape(each.name)}</text>')
        drawn += [
            f'<text x="{x + 8:.0f}" y="{y + 35 + LINE * place}">{escape(line)}</text>'
            for place, line in enumerate(lines)
        ]
    return height, drawn
