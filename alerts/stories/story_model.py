"""The form of a story document, whole: what is given, what the judge is to say, and who is to be told, and who not.

Imports pydantic. Read next: `story.py`, which reads them, and `standards/stories/story_model.py` for the other keys.
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic import Field

from alerts.routing.notice import Reason
from alerts.stories.machines import AlertKind
from standards.documents.schema import schema_of
from standards.documents.strict import Strict
from standards.documents.values import NumberAsText, Text, Texts
from standards.judge.promise import Kind
from standards.stories.story_model import StoriesModel, StoryModel

NOBODY = "nobody"
"""Whom a story names where no one was named by the policy."""


class PostedModel(Strict):
    """One message that is posted to the webhook. What is left out is not looked at."""

    at: NumberAsText | None = Field(default=None, description="When it is told. Else as in the entry before.")
    says: Texts = Field(default=[], description="Words that stand in its text, in any case of letters.")
    about: Texts = Field(default=[], description="Promises that it speaks for, as in no-wait s1/q1.")
    kind: Kind | None = Field(default=None, description="What happened: warned, broken, kept, ...")


class NoticeModel(PostedModel):
    """One message. What is left out is not looked at."""

    to: Text | None = Field(default=None, description="The person, or the team's room.")
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


class AlertModel(Strict):
    """What Alertmanager's alerts of some promises do. One of fires, resolved and replaced says what."""

    at: NumberAsText | None = Field(default=None, description="When it is told. Else as in the entry before.")
    fires: Texts | None = Field(
        default=None,
        description="Promises whose alerts begin to fire, as in no-wait s1/q1: once, however often told.",
    )
    resolved: Texts | None = Field(
        default=None, description="Promises whose alerts end, as that is told or as they are not told again."
    )
    replaced: Texts | None = Field(
        default=None, description="Promises whose alerts go on under another promise's id: both in one post."
    )
    labels: dict[str, str | int | float] = Field(
        default={}, description="Labels that it has: {severity: page}. One that is empty it has not."
    )


ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)


class ToldStoryModel(StoryModel):
    """One story: from when to when, what happens, what is expected of the judge and of the alerts."""

    notices: list[NoticeModel] | None = Field(
        default=None, description="All that is told, in any order. Left out: not looked at. []: nothing."
    )
    withheld: list[WithheldModel] | None = Field(
        default=None, description="All that is not told to somebody, in any order. Left out: not looked at."
    )
    alertmanager: list[AlertModel] | None = Field(
        default=None,
        description="All alerts that begin to fire or end, in any order. Left out: not looked at. []: nothing.",
    )
    webhook: list[PostedModel] | None = Field(
        default=None, description="All that the webhook is told, in any order. Left out: not looked at. []: nothing."
    )


class ToldStoriesModel(StoriesModel):
    """A story document."""

    stories: dict[str, ToldStoryModel] = Field(  # type: ignore[assignment]  # a dict of more than it had
        description="The stories, each named by a sentence."
    )


def story_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 7) of a story document, for editors."""
    return schema_of(ToldStoriesModel)
