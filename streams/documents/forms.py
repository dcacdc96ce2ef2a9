"""The forms of all documents that people write, as JSON Schemas for their editors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from alerts.policy.policy_model import PolicyModel
from alerts.stories.story_model import story_schema
from standards.compiler.schema import standards_schema, with_event_names
from standards.documents.model import DocumentModel
from standards.documents.schema import schema_of
from standards.practice.practice_model import PracticeModel
from streams.ingest.mapping_model import MappingModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Form = Literal["standards", "policy", "practice", "mapping", "stories"]


_SCHEMAS: Final[Mapping[Form, Callable[[], dict[str, Any]]]] = {
    "standards": partial(schema_of, DocumentModel),
    "policy": partial(schema_of, PolicyModel),
    "practice": partial(schema_of, PracticeModel),
    "mapping": partial(schema_of, MappingModel),
    "stories": story_schema,
}
_EVENTS: Final[Mapping[Form, str]] = {"mapping": "EventModel", "stories": "GivenModel"}
"""The parts of a form, besides standards, in which event types are named."""


def form_of(form: Form) -> dict[str, Any]:
    """Return the form of a kind of document as a JSON Schema (draft 7): each part with all its keys."""
    return _SCHEMAS[form]()


def schema_for(form: Form) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a kind of document by which editors complete."""
    if form == "standards":
        return standards_schema()
    schema = form_of(form)
    if form in _EVENTS:
        with_event_names(schema, _EVENTS[form], "event")
    return schema
