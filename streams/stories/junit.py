"""The report for machines: JUnit's XML, as build servers read it.

Read next: `running.py`.
"""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.stories.running import Result

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[Result]) -> bytes:
    """Give the report of some results, a suite for each file."""
    top = Element("testsuites", _counts(results))
    for file, group in groupby(results, key=attrgetter("file")):
        inside = list(group)
        suite = SubElement(top, "testsuite", {"name": file, **_counts(inside)})
        for result in inside:
            case = SubElement(suite, "testcase", {
                "name": _clean(result.name), "classname": file, "file": file, "line": str(result.line),
                "time": f"{result.seconds:.3f}",
            })  # fmt: skip
            if result.failure:
                SubElement(case, "failure", {"message": _clean(result.failure[-1].strip())}).text = _clean(
                    "\n".join(result.failure)
                )
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True))


def _counts(results: Sequence[Result]) -> dict[str, str]:
    failed = sum(bool(result.failure) for result in results)
    seconds = sum(result.seconds for result in results)
    return {"tests": str(len(results)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
