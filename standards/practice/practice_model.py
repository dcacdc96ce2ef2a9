"""The form of a practice document: which keys there are, what type each value has, and what each one means.

Imports pydantic. Read next: `practice_document.py`, which reads a file by these models.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from standards.documents.strict import Strict
from standards.documents.values import Duration, NumberAsText, Text, Texts
from standards.practice.practice import GoalPeriod, Kind, Offer, Step

_STEPS = {"enum": list(get_args(Step)), "type": "string"}
Steps = Annotated[
    list[Step],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [_STEPS, {"type": "array", "items": _STEPS}]}),
]


class TeamModel(Strict):
    """A team that is owed thanks, rewards and talks."""

    lead: Text = Field(description="The role of whoever leads it: team-lead.")
    site: Text | None = Field(default=None, description="Where it works, by the site's id.")


class BandModel(Strict):
    """What is said to whoever finds so many statements to be true of their own work."""

    from_: int = Field(alias="from", ge=0, description="How many are true, at least.")
    says: Text = Field(description="What they read.")
    offer: Offer | None = Field(default=None, description="What they are offered, and are free to take.")


class FormModel(Strict):
    """A form of statements about somebody's work, each true or not."""

    kind: Kind = Field(description="Whether one looks at one's own work, or somebody else does.")
    statements: Texts = Field(min_length=1, description="The statements, or questions, in your own words.")
    bands: list[BandModel] = Field(
        default=[], min_length=1, description="The first whose `from` is reached says what it means; from most to 0."
    )


class RewardModel(Strict):
    """Something small that a team gives for one kept promise, or for one moment."""

    title: Text = Field(description="What it is called.")
    value: float = Field(ge=0, allow_inf_nan=False, description="What it is worth, in your own currency.")
    for_: Texts | None = Field(
        default=None,
        alias="for",
        min_length=1,
        description="Standards whose kept promises it is for; without, all but those of follow-through.",
    )


class ScenarioModel(Strict):
    """A case in which everybody may do what is right at once, without asking."""

    when: Text = Field(description="What has happened.")
    do: Texts = Field(min_length=1, description="What to do then, step by step.")
    up_to: float = Field(
        default=0, ge=0, allow_inf_nan=False, description="What it may cost each time, in your own currency."
    )
    excuses: Texts = Field(
        default=[], description="Standards whose promises it excuses; each names scenario/ID under `may_excuse`."
    )
    within: Duration = Field(
        default="30m",
        description="How long after a promise failed that is all; later, whoever leads hears of it.",
    )


class GoalModel(Strict):
    """What a team wants to reach, shown beside what the goal must not be bought with."""

    team: Text = Field(description="A team of this document.")
    standard: Text = Field(description="The standard that is judged.")
    kept: NumberAsText = Field(description="The share of promises to be kept, such as 95%.")
    over: GoalPeriod = Field(description="Over which time it is counted.")
    beside: Texts = Field(default=[], description="Standards that are shown beside it.")


class ConsequenceModel(Strict):
    """What comes of a broken promise: for the one who learns from it, and never against them."""

    says: Text = Field(description="What follows, in a sentence.")
    steps: Steps = Field(min_length=1, description="What is done, in this order.")


class PracticeModel(Strict):
    """A practice document."""

    kept: Literal[1] = Field(description="The version of this form.")
    teams: dict[str, TeamModel] = Field(default={}, description="The teams, by the names that the policy has.")
    forms: dict[str, FormModel] = Field(default={}, description="Forms by which work is looked at, by name.")
    rewards: dict[str, RewardModel] = Field(default={}, description="Small rewards, by name.")
    scenarios: dict[str, ScenarioModel] = Field(default={}, description="Where nobody has to ask first, by name.")
    goals: dict[str, GoalModel] = Field(default={}, description="What teams want to reach, by name.")
    consequences: dict[str, ConsequenceModel] = Field(
        default={}, description="What comes of a broken promise, by the name of its standard."
    )
