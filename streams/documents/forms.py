"""The forms of all documents that people write, as JSON Schemas for their editors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from alerts.policy.policy_model import PolicyModel
from alerts.stories.story_model import story_schema
from standards.documents.model import DocumentModel, schema_of
from streams.ingest.mapping_model import MappingModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Form = Literal["standards", "policy", "mapping", "stories"]


_SCHEMAS: Final[Mapping[Form, Callable[[], dict[str, Any]]]] = {
    "standards": partial(schema_of, DocumentModel),
    "policy": partial(schema_of, PolicyModel),
    "mapping": partial(schema_of, MappingModel),
    "stories": story_schema,
}


def schema_for(form: Form) -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a kind of document."""
    return _SCHEMAS[form]()
