"""Texts that end where their author did not mean them to: YAML takes what stands behind a blank and a # for a comment.

Read next: `scalars.py`, which tells comments from texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from standards.documents.slips import in_quotes
from standards.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.documents.document import Document
    from standards.errors import Finding

_PROSE: Final = "promise|what|how|why|exceptions|meaning"
"""Keys under which whole sentences stand; behind other values a comment is a comment."""
_CUT: Final = re.compile(rf"\s*(?P<key>{_PROSE}): +(?P<text>[^\s\"'|>{{\[#].*?)\s+#(?P<rest>[^\s#].*)$")


def cut_texts(document: Document) -> Iterator[Finding]:
    """Find sentences that a # without a blank behind it cuts off: `what: Open till #2` says to open till."""
    if not document.whole:
        return
    lines = {comment.line: comment for comment in document.comments() if not comment.alone}
    for number, comment in lines.items():
        found = _CUT.match(document.line(number))
        if found is None or found.start("rest") != comment.column:
            continue
        key, whole = found["key"], f"{found['text']} #{found['rest']}"
        place = Place(document.name, number, comment.column, len(comment.text))
        said = f"{key} ends in front of {comment.text.split()[0]}: YAML takes the rest for a comment"
        fix = f"write {key}: {in_quotes(whole)}, or # {found['rest']} if it is one"
        yield document.finding("cut-text", place, said, fix=fix, level="warning")
