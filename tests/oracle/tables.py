"""Facts that are looked up by a field, as docs/language.md tells it; and random tables.

A random document carries the text of a table beside the name of its file, under `rows`: an author's has it in the file.
Knows: how a table is read. Must not know: promises.
"""

from functools import cache
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Draw = st.DrawFn

NAME, FILE = "shops", "shops.csv"
COLUMNS = ("level", "hours")
LEVELS = ("gold", "low")
LOOKED_UP = tuple((f"{NAME}.{column}", LEVELS) for column in COLUMNS)
"""What a choice can look at in a table, and for which values."""


@cache
def _rows(text: str, key: str) -> dict[str, dict[str, str]]:
    """Read a table by its lines; blanks around a value are no part of it."""
    first, *lines = text.splitlines()
    sign = next(one for one in ",;\t" if one in first)
    names = [name.strip() for name in first.split(sign)]
    rows = [dict(zip(names, (one.strip() for one in line.split(sign)), strict=True)) for line in lines]
    return {row[key]: row for row in rows}


def looked_up(tables: Document, facts: Document) -> Document:
    """Give what the tables say beside the facts that are known, as `TABLE.COLUMN`; what is empty is missing."""
    found: Document = {}
    for name, table in tables.items():
        row = _rows(table["rows"], table["key"]).get(str(facts.get(table["key"])), {})
        found |= {f"{name}.{column}": value or None for column, value in row.items()}
    return facts | found


def table(draw: Draw, key: str, values: tuple[str, ...]) -> Document:
    """Draw a table that has a row for some values of its key."""
    sign, blank = draw(st.sampled_from(",;\t")), draw(st.sampled_from(("", " ")))
    names = draw(st.permutations([key, *COLUMNS, "remark"]))
    lines = [names]
    for value in draw(st.permutations(values))[: draw(st.integers(0, len(values)))]:
        levels = {column: draw(st.sampled_from((*LEVELS, "Gold", ""))) for column in COLUMNS}
        lines.append([{key: value, "remark": "x", **levels}[name] for name in names])
    text = "\n".join(f"{blank}{sign}{blank}".join(line) for line in lines)
    return {"file": FILE, "key": key, "rows": text + "\n"}


def files(about: Document) -> tuple[Document, dict[str, str]]:
    """Part a document from the texts of its tables."""
    tables = about.get("tables", {})
    bare = {name: {key: each for key, each in one.items() if key != "rows"} for name, one in tables.items()}
    return about | ({"tables": bare} if tables else {}), {one["file"]: one["rows"] for one in tables.values()}
