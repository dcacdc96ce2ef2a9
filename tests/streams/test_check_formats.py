"""What `kept check` tells programs: JSON, SARIF, GitHub's annotations; and checking again while files change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import IO

import jsonschema_rs
import pytest

from standards.errors import Finding, Place
from streams.checking.formats import Found, as_github, as_sarif
from streams.checking.watching import watch
from tests.streams.commands import COMMAND, ROOT, kept
from tests.streams.test_beginners_slips import STANDARDS

WARSAW = str(ROOT / "examples" / "warsaw")
WRONG = STANDARDS.replace("within: 60s", "within: 60")
DOUBTFUL = STANDARDS.replace("    what: Open the next register.\n", "")
SARIF = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {
            "type": "object",
            "required": ["tool", "results"],
            "properties": {
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {
                    "type": "object", "required": ["name", "rules"],
                    "properties": {"name": {"type": "string", "minLength": 1}, "rules": {
                        "type": "array", "uniqueItems": True, "items": {
                            "type": "object", "required": ["id", "shortDescription", "help"],
                            "properties": {
                                "id": {"type": "string"}, "shortDescription": {"$ref": "#/definitions/message"},
                                "help": {"$ref": "#/definitions/message"},
                            },
                        },
                    }},
                }}},
                "results": {"type": "array", "items": {
                    "type": "object", "required": ["ruleId", "ruleIndex", "level", "message", "locations"],
                    "properties": {
                        "level": {"enum": ["none", "note", "warning", "error"]},
                        "ruleIndex": {"type": "integer", "minimum": 0},
                        "message": {"$ref": "#/definitions/message"},
                        "suppressions": {"type": "array", "items": {"required": ["kind"], "properties": {
                            "kind": {"enum": ["inSource", "external"]}}}},
                        "locations": {"type": "array", "minItems": 1, "items": {
                            "type": "object", "required": ["physicalLocation"],
                            "properties": {"physicalLocation": {"type": "object", "required": ["artifactLocation"],
                                "properties": {
                                    "artifactLocation": {"required": ["uri"], "properties": {
                                        "uri": {"type": "string", "format": "uri-reference"}}},
                                    "region": {"required": ["startLine"], "properties": {
                                        "startLine": {"type": "integer", "minimum": 1},
                                        "startColumn": {"type": "integer", "minimum": 1},
                                        "endColumn": {"type": "integer", "minimum": 1},
                                    }},
                                }}},
                        }},
                    },
                }},
            },
        }},
    },
    "definitions": {"message": {"type": "object", "required": ["text"], "properties": {
        "text": {"type": "string", "minLength": 1}}}},
}  # fmt: skip
"""What SARIF 2.1.0 requires of the parts that are used (3.13, 3.14, 3.18, 3.19, 3.27, 3.28 to 3.30, 3.49)."""


def checked(folder: Path, text: str, *options: str) -> tuple[int, str, str]:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    run = kept("check", "a.yaml", *options, cwd=folder)
    return run.returncode, run.stdout, run.stderr


def test_programs_get_errors_and_warnings_alike(tmp_path: Path) -> None:
    """One object on stdout, whatever is found; the exit code says whether the files can be used."""
    code, out, err = checked(tmp_path, WRONG, "--format", "json")
    told = json.loads(out)
    assert (code, err, told["errors"], told["warnings"]) == (2, "", 1, 0)
    assert told["findings"] == [
        {
            "check": "bad-duration", "level": "error", "file": "a.yaml", "line": 23, "column": 13, "length": 2,
            "found": "'60' has no unit", "fix": "write 60s, 60m or 60h", "source": "    within: 60", "asleep": False,
        }
    ]  # fmt: skip
    code, out, err = checked(tmp_path, DOUBTFUL, "--format", "json", "--strict")
    told = json.loads(out)
    assert (code, told["read"]["standard"], told["errors"], told["warnings"]) == (1, 1, 0, 1)
    assert err == "1 standard: 1 warning.\n"


@pytest.mark.parametrize("text", [STANDARDS, WRONG, DOUBTFUL])
def test_a_scanner_gets_a_sarif_log(tmp_path: Path, text: str) -> None:
    """The log has what the format requires, each result its rule, and each rule the words of its page."""
    _, out, _ = checked(tmp_path, text, "--format", "sarif")
    log = json.loads(out)
    jsonschema_rs.validator_for(SARIF).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    assert len(run["results"]) == (0 if text is STANDARDS else 1)


def test_what_sleeps_is_suppressed_for_a_scanner_and_untold_on_github() -> None:
    """A snoozed warning is in the log with its suppression, counted in JSON, and no annotation."""
    (run,) = json.loads(kept("check", WARSAW, "--format", "sarif").stdout)["runs"]
    assert [each["suppressions"] for each in run["results"]] == [[{"kind": "inSource"}]] * 2
    assert json.loads(kept("check", WARSAW, "--format", "json").stdout)["asleep"] == 2
    assert kept("check", WARSAW, "--format", "github").stdout.strip() == ""


def test_github_reads_its_own_signs_as_text() -> None:
    """Signs that end a command or a property are escaped, and a finding without a line has none."""
    finding = Finding("bad-share", Place("a,b:c.yaml", 3, 5, 4), "95% is\nmuch", "write 95%, or less", "warning")
    assert as_github(Found([finding], [], {})) == (
        "::warning file=a%2Cb%3Ac.yaml,title=bad-share,line=3,col=5,endColumn=9"
        "::95%25 is%0Amuch. Fix: write 95%25, or less."
    )
    assert (
        as_github(Found([Finding("no-file", Place("--map"), "gone")], [], {}))
        == "::error file=--map,title=no-file::gone."
    )


def test_places_outside_lines_and_folders_can_be_told() -> None:
    """A finding without a line has no region, and a name with blanks is an address."""
    finding = Finding("no-file", Place("my rules/a b.yaml"), "gone")
    log = json.loads(as_sarif(Found([finding], [], {})))
    jsonschema_rs.validator_for(SARIF).validate(log)
    where = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert where == {"artifactLocation": {"uri": "my%20rules/a%20b.yaml"}}


def test_the_version_is_said() -> None:
    """`kept --version` names the program and its version, and nothing else."""
    run = kept("--version")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("kept ")


class _Enough(Exception):  # noqa: N818 - it is not an error: it ends the watching
    """As much as a test needs."""


def test_each_change_is_checked_once(tmp_path: Path) -> None:
    """Nothing is checked while nothing changes; what comes, changes or goes is told, while files are read too."""
    steps = iter(["", "", "kept: 1\n", "", "kept: 2\n", None, ""])
    checks: list[bool] = []
    path = tmp_path / "a.yaml"

    def check() -> None:
        checks.append(path.exists())
        if len(checks) == 1:
            (tmp_path / "b.yaml").write_text("while it is read", encoding="utf-8")

    def wait() -> None:
        text = next(steps, "end")
        if text == "end":
            raise _Enough
        if text is None:
            path.unlink()
        elif text:
            path.write_text(text, encoding="utf-8")

    with pytest.raises(_Enough):
        watch([str(tmp_path)], check, wait)
    assert checks == [False, False, True, True, False]


def test_a_terminal_is_told_again_until_it_has_enough(tmp_path: Path) -> None:
    """Errors do not end it; a mended file is said to be so; Ctrl-C does."""
    path = tmp_path / "a.yaml"
    path.write_text(WRONG, encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    words = (*COMMAND, "check", "a.yaml", "--watch")
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment) as run:
        assert run.stderr is not None
        assert any("bad-duration" in line for line in told(run.stderr))
        path.write_text(STANDARDS, encoding="utf-8")
        assert "1 standard: no findings.\n" in told(run.stderr)
        run.send_signal(signal.SIGINT)
        assert run.stderr.read().endswith("kept: stopped.\n")
    assert run.returncode == 130


def told(stream: IO[str]) -> list[str]:
    """Read what one check says, to the line that it ends with."""
    lines: list[str] = []
    for line in stream:
        lines.append(line)
        if "waiting for a file to change" in line:
            return lines
    raise AssertionError(f"it ended: {lines}")
