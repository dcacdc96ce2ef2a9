"""Examples for keys, cut from documents that are shipped or shown in the documentation.

Knows: where such documents are. Must not know: what a key means. Next: `tests/streams/test_forms.py`, which lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import yaml

from standards.documents.document import Document
from streams.documents.forms import Form
from tests.streams.test_forms import FOUND, ROOT

ANY: Final = "NAME"
"""In a path: each of the names."""
EACH: Final = "N"
"""In a path: each entry of a list."""
Path = tuple[str, ...]
LONGEST = 70
"""Characters of an example that still reads well in a table."""
SHOWN_NOWHERE: Final = frozenset({"columns", "edition", "excerpt", "reopen", "settle"})
"""Keys that no author writes, or writes any more, so that no document shows them."""
SHOWN: Final[dict[Form, Sequence[str]]] = {
    "standards": ("index", "stories", "cookbook", "language"), "policy": ("policy", "stories"),
    "practice": ("practice",), "mapping": ("mapping", "ways-in"),
    "stories": ("stories", "language"),
}  # fmt: skip
"""Pages of the documentation with documents in them."""
SAMPLES: Final = ROOT / "tests" / "pages" / "reference" / "samples"
"""Documents with the keys that none of the others has."""
TOP: Final[dict[Form, str]] = {
    "standards": "standards", "policy": "routes", "practice": "scenarios", "mapping": "table", "stories": "stories",
}  # fmt: skip


def example(form: Form, paths: Sequence[Path]) -> str:
    """Give a value that stands at one of the paths in some document; of many the first that is short.

    Raises LookupError where no document has the key: then a document has to show it.
    """
    found = dict.fromkeys(_written(value) for path in paths for data in documents(form) for value in _at(data, path))
    shown = [text for text in found if text]
    if not shown and paths[0][-1] not in SHOWN_NOWHERE:
        raise LookupError(
            f"no document that is shipped shows {' or '.join(map('.'.join, paths))}; put it into {SAMPLES}"
        )
    return next((text for text in shown if len(text) <= LONGEST), min(shown, key=len, default=""))


@cache
def documents(form: Form) -> list[dict[str, Any]]:
    """Give all documents of a kind that are shipped or shown."""
    rarer = SAMPLES / f"{'map' if form == 'mapping' else form}.yaml"
    texts = [file.read_text(encoding="utf-8") for file in (*sorted(FOUND[form]), rarer)]
    for page in SHOWN[form]:
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        texts += re.findall(r"^```yaml[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    read = (Document("d.yaml", text).data for text in texts)
    return [data for data in read if TOP[form] in data]


def _at(data: object, path: Path) -> Iterator[object]:
    """Yield what stands at a path; what is written in a short form has no parts."""
    if not path:
        yield data
    elif path[0] in (ANY, EACH) and isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _at(each, path[1:])
    elif isinstance(data, dict) and path[0] in data:
        yield from _at(data[path[0]], path[1:])


def _written(value: object) -> str:
    """Give a value in one line of YAML; of many names or entries, where all would be too long, only the first."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False, allow_unicode=True)
    text = text.removesuffix("\n").removesuffix("\n...")
    if len(text) > LONGEST and isinstance(value, dict):
        name, first = next(iter(value.items()))
        return f"{{{name}: {_written(first)}{', ...' if len(value) > 1 else ''}}}"
    if len(text) > LONGEST and isinstance(value, list):
        return f"[{_written(value[0])}{', ...' if len(value) > 1 else ''}]"
    return text
