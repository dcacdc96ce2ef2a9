"""The messages of the code and the catalogues: finds the ones, and brings the other ones up to them.

`make words` runs this. Texts that are there stay; new messages get an empty translation, and what nothing says any more
goes. Nothing in a catalogue tells where in the code a message stands: moving code changes none.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
CATALOGUES: Final = ROOT / "alerts" / "words" / "catalogues"
SPEAKING: Final = (
    "alerts",
    "streams/board",
    "streams/explain",
    "streams/live",
    "streams/names",
    "streams/sheets",
    "streams/storage",
    "streams/web",
)
"""Folders whose code speaks to people in their language."""
KEYWORDS: Final = {
    "say": None, "phrase": None, "later": None, "sentence": (2,), "how_many": (2, 3), "later_many": (2, 3),
    "several": (1, 2),
}  # fmt: skip
"""The functions that messages are given to, and which of their arguments these are."""
HEADER: Final = "# What Kept says, in {}. `make words` brings it up to the code.\n"


def messages() -> Iterator[str | tuple[str, ...]]:
    """Give the messages in the code: a text, or one and many."""
    for folder in SPEAKING:
        found = extract_from_dir(ROOT / folder, [("**.py", "tests.catalogues:calls")], keywords=KEYWORDS)
        yield from (message for _, _, message, _, _ in found)


def calls(
    code: IO[bytes],
    keywords: Mapping[str, object],
    _tags: object,
    options: object,
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Give the calls of some functions in a file of Python, for Babel: its own way passes over those in f-strings."""
    for node in ast.walk(ast.parse(code.read())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in keywords and node.args:
                texts = (it.value if isinstance(it, ast.Constant) else None for it in node.args)
                yield node.lineno, name, tuple(it if isinstance(it, str) else None for it in texts), []


def read(file: Path) -> Catalog:
    with file.open(encoding="utf-8") as text:
        return read_po(text, locale=file.stem)


def updated(file: Path) -> bytes:
    """Give a catalogue as it is to stand in its file: the messages of the code in order, those it had translated."""
    old, new = read(file), Catalog(locale=file.stem)
    for message in sorted(set(messages()), key=lambda found: found if isinstance(found, str) else found[0]):
        key = message if isinstance(message, str) else message[0]
        known = old.get(key)
        empty = "" if isinstance(message, str) else ("",) * new.num_plurals
        new.add(
            message,
            known.string if known is not None and known.pluralizable == (not isinstance(message, str)) else empty,
        )
    body = BytesIO()
    write_po(body, new, width=0, no_location=True, omit_header=True)
    plurals = f'"Plural-Forms: {new.plural_forms}\\n"\n'
    header = f'{HEADER.format(Locale.parse(file.stem).english_name)}msgid ""\nmsgstr ""\n"Language: {file.stem}\\n"\n'
    charset = '"Content-Type: text/plain; charset=utf-8\\n"\n'
    return (header + charset + plurals + "\n").encode() + body.getvalue().strip() + b"\n"


def main() -> int:
    for file in sorted(CATALOGUES.glob("*.po")):
        file.write_bytes(updated(file))
        missing = [each.id for each in read(file) if each.id and not all(texts(each.string))]
        print(f"{file.relative_to(ROOT)}: {len(missing)} to be translated", *missing, sep="\n  ")  # noqa: T201 - its result
    return 0


def texts(string: str | Iterable[str] | None) -> tuple[str, ...]:
    """Give the texts of a message or a translation, one or more."""
    return (string,) if isinstance(string, str) else tuple(string or ())


if __name__ == "__main__":
    sys.exit(main())
