"""The form of a story document, whole: what is given, what the judge is to say, who is to be told and who not.

Imports pydantic. Read next: `story.py`, which reads them, and `standards/stories/story_model.py` for the other keys.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from alerts.routing.notice import Reason
from standards.documents.schema import schema_of
from standards.documents.strict import Strict
from standards.documents.values import NumberAsText, Text, Texts
from standards.judge.promise import Kind
from standards.stories.story_model import StoriesModel, StoryModel

NOBODY = "nobody"
"""Whom a story names where no one was named by the policy."""


class NoticeModel(Strict):
    """One message. What is left out is not looked at."""

    at: NumberAsText | None = Field(default=None, description="When it is told. Else as in the entry before.")
    to: Text | None = Field(default=None, description="The person, or the team's room.")
    says: Texts = Field(default=[], description="Words that stand in its text, in any case of letters.")
    about: Texts = Field(default=[], description="Promises that it speaks for, as in no-wait s1/q1.")
    kind: Kind | None = Field(default=None, description="What happened: warned, broken, kept, ...")
    promises: int | None = Field(default=None, ge=1, description="How many promises it speaks for, all told.")
    digest: bool | None = Field(default=None, description="Whether it is a digest of what was held back.")


class WithheldModel(Strict):
    """One message that is not sent. What is left out is not looked at."""

    at: NumberAsText | None = Field(
        default=None, description="When it would have been told. Else as in the entry before."
    )
    to: Text | None = Field(default=None, description="Who is not told; nobody, where no route leads to anybody.")
    reason: Reason = Field(description="Why not.")
    about: Text | None = Field(default=None, description="The promise that it would have told of.")
    kind: Kind | None = Field(default=None, description="What it would have told: warned, broken, kept, ...")
    times: int = Field(default=1, ge=1, le=10_000, description="So many alike.")


class ToldStoryModel(StoryModel):
    """One story: from when to when, what happens, what is expected of the judge and of the alerts."""

    notices: list[NoticeModel] | None = Field(
        default=None, description="All that is told, in any order. Left out: not looked at. []: nothing."
    )
    withheld: list[WithheldModel] | None = Field(
        default=None, description="All that is not told to somebody, in any order. Left out: not looked at."
    )


class ToldStoriesModel(StoriesModel):
    """A story document."""

    stories: dict[str, ToldStoryModel] = Field(  # type: ignore[assignment]  # a dict of more than it had
        description="The stories, each named by a sentence."
    )


def story_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a story document, for editors."""
    return schema_of(ToldStoriesModel)
