"""What `kept check` found, for programs: JSON, SARIF for code scanners and editors, and GitHub's annotations.

SARIF is OASIS' Static Analysis Results Interchange Format 2.1.0; columns count characters. GitHub's are the workflow
commands `::error` and `::warning`, in which % and line breaks are escaped.
Read next: `cli.py`; `titles.py` for what each check finds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from urllib.parse import quote

from streams.checking.titles import TITLES
from streams.version import installed_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from standards.errors import Finding

Format = Literal["text", "json", "sarif", "github"]
SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Found(NamedTuple):
    """What is told: what is awake, errors among it, what sleeps, and how many documents of each sort were read."""

    awake: Sequence[Finding]
    asleep: Sequence[Finding]
    counts: Mapping[str, int]


def as_json(found: Found) -> str:
    """Give one object: the version, how many of each sort, and the findings as they stand in the files."""
    told = [_plain(each, asleep=False) for each in found.awake] + [_plain(each, asleep=True) for each in found.asleep]
    levels = [each.level for each in found.awake]
    whole = {
        "kept": installed_version(),
        "read": dict(found.counts),
        "errors": levels.count("error"),
        "warnings": levels.count("warning"),
        "asleep": len(found.asleep),
        "findings": told,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)


def _plain(finding: Finding, *, asleep: bool) -> dict[str, Any]:
    place = finding.place
    return {
        "check": finding.id, "level": finding.level, "file": place.file, "line": place.line, "column": place.column,
        "length": place.length, "found": finding.found, "fix": finding.fix, "source": finding.source, "asleep": asleep,
    }  # fmt: skip


def as_sarif(found: Found) -> str:
    """Give a log of one run, with a rule for each check that found something."""
    every = [*((each, False) for each in found.awake), *((each, True) for each in found.asleep)]
    rules = sorted({each.id for each, _ in every})
    driver = {"name": "kept", "semanticVersion": installed_version(), "rules": [_rule(each) for each in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules.index(each.id), asleep=asleep) for each, asleep in every],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(check: str) -> dict[str, Any]:
    said = TITLES.get(check, check)
    return {"id": check, "shortDescription": {"text": said}, "help": {"text": f"{said}: see docs/checks/{check}.md"}}


def _result(finding: Finding, rule: int, *, asleep: bool) -> dict[str, Any]:
    place = finding.place
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line:
        where["region"] = {
            "startLine": place.line, "startColumn": place.column, "endColumn": place.column + max(1, place.length),
        }  # fmt: skip
    result: dict[str, Any] = {
        "ruleId": finding.id, "ruleIndex": rule, "level": finding.level, "message": {"text": _sentence(finding)},
        "locations": [{"physicalLocation": where}],
    }  # fmt: skip
    return result | {"suppressions": [{"kind": "inSource"}]} if asleep else result


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _sentence(finding: Finding) -> str:
    return f"{finding.found}. Fix: {finding.fix}." if finding.fix else f"{finding.found}."


def as_github(found: Found) -> str:
    """Give a workflow command for each finding; what sleeps is told to nobody there."""
    return "\n".join(_command(each) for each in found.awake)


def _command(finding: Finding) -> str:
    place = finding.place
    where = {"file": place.file, "title": finding.id}
    if place.line:
        where |= {"line": f"{place.line}", "col": f"{place.column}", "endColumn": f"{place.column + place.length}"}
    properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in where.items())
    return f"::{finding.level} {properties}::{_escaped(_sentence(finding))}"


def _escaped(text: str, more: str = "") -> str:
    """Escape what ends a command, or a property of one, as GitHub's runner reads it."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for sign in more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


FORMS: Final[Mapping[Format, Callable[[Found], str]]] = {"json": as_json, "sarif": as_sarif, "github": as_github}
"""How findings are written for programs."""
