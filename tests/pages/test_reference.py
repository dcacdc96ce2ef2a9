"""The reference is what the code has: nothing stands there that is not so, and nothing can be added without its place.

Next: `reference/`, which prints the pages.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import jsonschema_rs
import pytest
from pydantic import BaseModel

from alerts.policy.policy_model import PolicyModel
from alerts.stories.story_model import ToldStoriesModel
from standards.documents.document import Document
from standards.documents.model import DocumentModel
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.events import event_class
from standards.judge.rulebook import PROMISE_EVENTS
from standards.practice.practice_model import PracticeModel
from streams.documents.forms import Form, schema_for
from streams.ingest.mapping_model import MappingModel
from streams.ingest.wire import Reader
from streams.metrics.described import METRICS
from streams.settings import NAMES
from tests.pages.reference import FOLDER, PAGES, PICTURES
from tests.pages.reference.commands import verbs
from tests.pages.reference.examples import SAMPLES, SHOWN_NOWHERE
from tests.streams.commands import kept

FORMS: dict[str, type[BaseModel]] = {
    "standards": DocumentModel, "policy": PolicyModel, "practice": PracticeModel, "mapping": MappingModel,
    "stories": ToldStoriesModel,
}  # fmt: skip


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """Give the sections of a page by their headings."""
    return dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", text, re.MULTILINE))


def rows(text: str) -> list[tuple[str, ...]]:
    """Give the rows of tables that begin with a name in code, cell by cell, the name without its quotes."""
    found = re.findall(r"^\| `([^`]+)` \|(.*)\|$", text, re.MULTILINE)
    return [(name, *(cell.strip() for cell in re.split(r"(?<!\\)\|", rest))) for name, rest in found]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_prints(name: str) -> None:
    """What a reader looks up is so today; `make reference` prints the pages anew."""
    assert page(name) == PAGES[name]()


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_what_the_code_draws(path: Path) -> None:
    """Who looks at the packages sees those that there are today; `make reference` draws them anew."""
    assert path.read_text(encoding="utf-8") == PICTURES[path]()


def test_every_page_is_printed_or_an_index() -> None:
    """No page of the reference is left over from what there once was, and each is listed."""
    assert {file.stem for file in FOLDER.glob("*.md")} == {*PAGES, "README"}
    assert {*PAGES} <= set(re.findall(r"\((\w+)\.md\)", page("README")))


def models(found: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    """Yield the models that a type is made of, and those that they are made of."""
    if isinstance(found, type) and issubclass(found, BaseModel) and get_origin(found) is None:
        yield found
        for field in found.model_fields.values():
            yield from models(field.annotation)
    for part in get_args(found):
        yield from models(part)


@pytest.mark.parametrize("form", FORMS)
def test_every_key_is_explained(form: str) -> None:
    """An author finds each key of each document, with what it means and an example, and none that there is not."""
    found = [row for row in rows(page(form)) if len(row) == 5]
    keys = {field.alias or name for model in models(FORMS[form]) for name, field in model.model_fields.items()}
    assert {name for name, *_ in found} == keys
    unexplained = [name for name, kind, _, meaning, example in found if not (kind and meaning and example)]
    assert set(unexplained) <= SHOWN_NOWHERE


def test_every_event_type_is_explained() -> None:
    """Who sends events finds every type with all of its fields, what each means, and an example that is taken in."""
    known = builtin_vocabulary()
    found = sections(page("events"))
    assert [*known, "Events of promises"] == list(found)
    reader = Reader({name: event_class(each) for name, each in known.items()})
    for name, each in known.items():
        told = rows(found[name])
        assert [field for field, *_ in told] == list(each.fields)
        assert [field for field, *_, meaning in told if not meaning] == []
        (shown,) = re.findall(r"```json\n(.*?)```", found[name], re.DOTALL)
        event = reader.one(shown.encode())
        assert [field for field in each.fields if getattr(event.data, field) is None] == [], name
    assert re.findall(r"^- `(promise\.\w+)`$", found["Events of promises"], re.MULTILINE) == list(PROMISE_EVENTS)


def test_every_setting_is_explained() -> None:
    """The operator finds every setting, with what it means, and none that does not exist."""
    found = rows(page("settings"))
    assert sorted(name for name, *_ in found) == sorted(NAMES)
    assert [name for name, *_, meaning in found if not meaning] == []


def test_every_metric_is_explained() -> None:
    """Who watches Kept finds every metric, with what it means, and none that no process tells."""
    found = [row for row in rows(page("metrics")) if len(row) == 5]
    assert sorted(name for name, *_ in found) == sorted(each.name for each in METRICS)
    assert [name for name, *_, meaning in found if not meaning] == []


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_and_option_is_explained(verb: str) -> None:
    """Whoever types `kept` finds each verb, and each option and argument of it with what it does."""
    shown = sections(page("commands"))[f"kept {verb}"]
    for parameter in verbs()[verb].params:
        name = (
            max(parameter.opts, key=len)
            if parameter.param_type_name == "option"
            else parameter.metavar or str(parameter.name)
        )
        assert re.search(rf"^  {re.escape(name)}\b.*\S", shown, re.MULTILINE), name
        assert getattr(parameter, "help", None), f"{name} says nothing of itself"
    assert list(sections(page("commands"))) == [f"kept {name}" for name in verbs()]


def test_the_rarer_examples_are_true() -> None:
    """Documents from which rare keys are shown have no findings, and their stories go as they say."""
    for form in get_args(Form):
        text = (SAMPLES / f"{'map' if form == 'mapping' else form}.yaml").read_text(encoding="utf-8")
        assert text.startswith(f"# yaml-language-server: $schema=../../../../schemas/{form}.json\n")
        assert jsonschema_rs.Draft7Validator(schema_for(form)).is_valid(Document("d.yaml", text).data)
    checked = kept("check", "--strict", str(SAMPLES))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    played = kept("test", str(SAMPLES))
    assert played.returncode == 0, played.stdout


def test_the_page_about_the_code_names_files_that_are_there() -> None:
    """Who follows an event through the code, or looks for where a change goes, finds each file at its place."""
    text = (FOLDER.parent / "architecture.md").read_text(encoding="utf-8")
    root = FOLDER.parents[1]
    named = set(re.findall(r"`([a-z_]+/[a-z_./]*)`", text))
    assert len(named) > 40
    assert sorted(path for path in named if not (root / path).exists()) == []
