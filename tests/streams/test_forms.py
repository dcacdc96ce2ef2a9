"""Editors are told what each kind of document may hold: they take all that we ship, and see a slip."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest

from standards.documents.document import Document
from streams.documents.forms import Form, schema_for
from tests.days import DAYS

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "tests/data/stories/desk"
FOUND: dict[str, list[Path]] = {
    "standards": [
        *ROOT.glob("standards/packs/*.yaml"), *ROOT.glob("examples/*/standards.yaml"), ROOT / "streams/demo.yaml",
        DESK / "standards.yaml", DESK.parent / "rules/standards.yaml", DESK.parent / "feeds/standards.yaml",
        ROOT / "benchmarks/no-wait.yaml", ROOT / "tests/data/released/standards.yaml",
    ],
    "policy": [
        *(DESK.parent / each / "policy.yaml" for each in ("desk", "rules", "held", "feeds")),
        *(DESK.parent / "later").glob("*.yaml"), ROOT / "streams/demo_policy.yaml",
    ],
    "practice": [ROOT / "standards/packs/house/practice.yaml", ROOT / "streams/demo_practice.yaml"],
    "mapping": [*ROOT.glob("examples/*/map.yaml"), *ROOT.glob("examples/mappings/*/*.yaml")],
    "stories": [
        *ROOT.glob("standards/packs/stories/*.yaml"), *ROOT.glob("examples/*/stories.yaml"),
        DESK / "desk.yaml", DESK / "storm.yaml", DESK.parent / "rules/rules.yaml",
        DESK.parent / "rules/hundred.yaml", DESK.parent / "held/held.yaml", DESK.parent / "feeds/feeds.yaml",
    ],
}  # fmt: skip


def data_of(text: str) -> dict[str, Any]:
    found = Document("d.yaml", text).data
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("form", get_args(Form))
def test_an_editor_takes_what_is_shipped_and_sees_a_slip(form: Form) -> None:
    """Every shipped document of this kind is valid, and no longer so with a key that there is not."""
    validator = jsonschema_rs.Draft7Validator(schema_for(form))
    assert FOUND[form]
    for file in FOUND[form]:
        data = data_of(file.read_text(encoding="utf-8"))
        assert [f"{file}: {error.message}" for error in validator.iter_errors(data)] == []
        assert not validator.is_valid({**data, "standarts": {}})


def test_policies_of_the_documentation_are_valid() -> None:
    """The policy on its page, and those of the scripted days, are what the schema says."""
    validator = jsonschema_rs.Draft7Validator(schema_for("policy"))
    page = (ROOT / "docs/policy.md").read_text(encoding="utf-8")
    written = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "routes:" in text]
    for text in [*written, *(text for text, _ in DAYS.values())]:
        assert [error.message for error in validator.iter_errors(data_of(text))] == []
    assert written


@pytest.mark.parametrize("form", get_args(Form))
def test_the_verb_prints_each_form(form: Form) -> None:
    """`kept schema FORM` prints just that schema, draft 7, as JSON."""
    command = [sys.executable, "-c", "from streams.cli import main; main()", "schema", form]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert json.loads(run.stdout) == schema_for(form)
    assert json.loads(run.stdout)["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("form", get_args(Form))
def test_every_shipped_document_names_its_schema(form: Form) -> None:
    """Whoever opens a document that we ship is helped by their editor at once, with the schema of today."""
    schema = ROOT / "schemas" / f"{form}.json"
    assert json.loads(schema.read_text(encoding="utf-8")) == schema_for(form)
    for file in FOUND[form]:
        first, _, _ = file.read_text(encoding="utf-8").partition("\n")
        begins, _, named = first.partition("=")
        assert begins == "# yaml-language-server: $schema", file
        assert (file.parent / named).resolve() == schema, file


def test_every_shipped_document_is_looked_at() -> None:
    """No document that names a schema is missing from those that are held to it."""
    folders = ("standards", "examples", "streams", "benchmarks", "tests/data")
    named = {
        file for folder in folders for file in (ROOT / folder).rglob("*.yaml")
        if "yaml-language-server" in file.read_text(encoding="utf-8")
    }  # fmt: skip
    unnamed = {file for folder in folders for file in (ROOT / folder).rglob("*.yaml")} - named
    assert named == {file for files in FOUND.values() for file in files}
    assert unnamed == {ROOT / "standards/vocabulary.yaml"}


def test_a_shipped_tool_of_others_agrees(tmp_path: Path) -> None:
    """check-jsonschema takes what is shipped, and names the key that a bad document has."""
    tool = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(ROOT / "schemas/standards.json")]
    fine = subprocess.run(
        [*tool, *map(str, FOUND["standards"])], capture_output=True, text=True, check=False, timeout=60
    )
    assert (fine.returncode, "ok" in fine.stdout) == (0, True), fine.stdout
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        FOUND["standards"][0].read_text(encoding="utf-8").replace("promise:", "promis:", 1), encoding="utf-8"
    )
    found = subprocess.run([*tool, str(bad)], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    assert "promis" in found.stdout
