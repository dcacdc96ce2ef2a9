"""The form of a policy document: which keys there are, what type each value has, and what each one means.

Imports pydantic. Read next: `policy_document.py`, which reads a file by these models.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from alerts.words.words import LANGUAGES
from standards.documents.declared_model import HoursModel
from standards.documents.strict import Strict
from standards.documents.values import Duration, Text, Texts


def _as_match(value: object) -> object:
    return {"standard": value} if isinstance(value, str | list) else value


Terms = dict[str, Texts]
Match = Annotated[
    Terms,
    BeforeValidator(_as_match),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array"}]}},
            ]
        }
    ),
]
"""Fields of a line of the ledger, each with the values that fit; the names of standards alone are the short form."""


_LANGUAGES = f"{', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}"

NEVER = "never"
"""What `repeat` says where nothing is told again."""


class PersonModel(Strict):
    """Somebody who can be told."""

    addresses: dict[str, Text] = Field(default={}, description="Where, by channel. Without: by every channel.")
    also: Texts = Field(
        default=[], description="Other names under which events know them: A-117. They are one person from then on."
    )
    timezone: Text | None = Field(default=None, description="The zone in which they read times: Europe/Warsaw.")
    language: Text | None = Field(default=None, description=f"The language in which they are told: {_LANGUAGES}.")
    quiet: Text | None = Field(default=None, description="A calendar: while it is open, only pages reach them.")
    budget: int | None = Field(
        default=None,
        ge=1,
        description="How many messages an hour they want: more pages come in a summary, tickets later.",
    )


class SiteModel(Strict):
    """How messages about a site are written for who has no zone or language of their own."""

    timezone: Text | None = Field(default=None, description="The zone of the site's times: Europe/Warsaw.")
    language: Text | None = Field(default=None, description=f"The language spoken there: {_LANGUAGES}.")


class MemberModel(Strict):
    """Somebody in a team; the name alone is the short form."""

    short: ClassVar[dict[str, Any] | None] = {"type": "string", "description": "A person, by name."}

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, data: object) -> object:
        return {"person": data} if isinstance(data, str) else data

    person: Text = Field(description="A person, by name.")
    shift: Text | None = Field(default=None, description="A calendar: they are told while it is open. Else always.")


class TeamModel(Strict):
    """People who are told together."""

    members: list[MemberModel] = Field(default=[], description="Who is in it.")
    addresses: dict[str, Text] = Field(default={}, description="The team's own room, by channel. It is told as well.")
    timezone: Text | None = Field(default=None, description="The zone of the times that the room reads.")
    language: Text | None = Field(
        default=None, description="The language of the room, and of members who have none of their own."
    )
    budget: int | None = Field(default=None, ge=1, description="The same for the room.")


class StepModel(Strict):
    """One step of a chain."""

    after: Duration = Field(description="How long after the first message nobody has acknowledged: 5m.")
    tell: Texts = Field(min_length=1, description="People and teams who are told then.")


class RouteModel(Strict):
    """Who is told of what, and how it goes on when nobody acknowledges."""

    name: Text | None = Field(default=None, description="What it is called; by what it says, if left out.")
    match: Match = Field(default={}, description="Fields and their values; without it, everything.")
    tell: Texts = Field(min_length=1, description="People and teams.")
    escalate: list[StepModel] = Field(default=[], description="Who is told when nobody acknowledges in time.")
    group_by: Texts = Field(default=["standard", "site"], description="What is the same in all of one message.")
    group_wait: Duration = Field(default="0s", description="How long a message waits for others of its group.")
    well_for: Duration = Field(default="2m", description="How long all is well before that is told.")
    settle: Duration | None = Field(default=None, description="As `well_for` was called before.")
    repeat: Duration | None = Field(
        default=None, description="How often it is told again until somebody has it; a page 30m, a ticket 1d. Or never."
    )
    taken_for: Duration | None = Field(
        default=None, description="How long somebody has it before they are asked; a page 1h, a ticket 1d."
    )
    mute: Texts = Field(default=[], description="Calendars: while one is open, nothing is told by this route.")
    continue_: bool = Field(default=False, alias="continue", description="Whether the routes after it are tried too.")


class InhibitionModel(Strict):
    """One trouble that explains others."""

    when: Match = Field(description="While such a promise is broken,")
    mute: Match = Field(description="such ones are not told.")
    same: Texts = Field(default=["site"], description="Fields that are the same in both; the site always is.")


class SilenceModel(Strict):
    """Nothing is told of what matches, for a time."""

    name: Text | None = Field(default=None, description="What it is called.")
    match: Match = Field(description="Fields and their values.")
    until: Text = Field(description="When it ends: 2026-03-01T06:00:00Z.")
    by: Text = Field(description="Who wants it so.")
    why: Text = Field(description="The reason.")


class DigestModel(Strict):
    """What did not reach somebody at once."""

    after: Duration = Field(default="10m", description="How long a digest collects, at least.")
    every: Duration = Field(default="30m", description="How long after the digest before it the next goes, at least.")


class PolicyModel(Strict):
    """A policy document."""

    kept: Literal[1] = Field(description="The version of this form.")
    calendars: dict[str, HoursModel] = Field(default={}, description="Shifts, quiet hours, mute times, by name.")
    people: dict[str, PersonModel] = Field(default={}, description="Who can be told, by name.")
    teams: dict[str, TeamModel] = Field(default={}, description="People who are told together, by name.")
    names: dict[str, Text] = Field(
        default={}, description="What people call a site, or another part of a subject: store-01: Kraków 3."
    )
    sites: dict[str, SiteModel] = Field(default={}, description="The zone and the language of a site, by its id.")
    routes: list[RouteModel] = Field(description="Who is told of what; the first that matches decides.")
    inhibit: list[InhibitionModel] = Field(default=[], description="Which trouble mutes which.")
    silences: list[SilenceModel] = Field(default=[], description="What nobody wants to hear for a time.")
    digest: DigestModel = Field(default=DigestModel(), description="What becomes of what was held back.")
