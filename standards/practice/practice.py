"""People's practice as a house has agreed on it: forms, rewards, scenarios, goals and consequences. Frozen values.

Amounts are in the house's own currency. Standards are named by their ids.
Must not know: how any of it is written down. Read next: `practice_document.py`, which reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from standards.calendar.duration import MINUTE

Kind = Literal["self", "review"]
"""Who looks at the work: the person it is about, or somebody else."""
Offer = Literal["coaching"]
Step = Literal["talk", "debrief", "coaching", "training"]
"""All that can come of a broken promise; what punishes cannot be written down."""
GoalPeriod = Literal["day", "week", "month"]


WITHIN = 30 * MINUTE
"""How long after a promise failed a scenario excuses it without a word to who leads, in microseconds.

Long enough to help the customer first and say so then; short enough that it is still the same matter, and that nobody
goes through the failures of a day to have them excused.
"""


class Team(msgspec.Struct, frozen=True):
    """A team: the role that leads it, and the id of the site where it works, if it has one."""

    lead: str
    site: str = ""


class Whose(msgspec.Struct, frozen=True):
    """A team and the site that is looked at; where one is empty, all of them.

    A promise, or what somebody did, is a team's unless it names another team, or another site than the team's: so what
    names neither is everybody's.
    """

    team: str = ""
    site: str = ""

    def has(self, fields: Mapping[str, object]) -> bool:
        """Say whether something with these fields is theirs."""
        named = ((self.team, fields.get("team")), (self.site, fields.get("site")))
        return all(not mine or value in (None, "", mine) for mine, value in named)


class Band(msgspec.Struct, frozen=True):
    """What is said from so many true statements on, and what is offered: nothing, if empty."""

    least: int
    says: str
    offer: Offer | Literal[""] = ""


class Form(msgspec.Struct, frozen=True):
    """Statements that are true or not. Bands go from the highest to the one from 0; a review may have none."""

    kind: Kind
    statements: tuple[str, ...]
    bands: tuple[Band, ...] = ()

    def band(self, count: int) -> Band | None:
        """Give the band of so many true statements: the first whose least is reached."""
        return next((band for band in self.bands if count >= band.least), None)


class Reward(msgspec.Struct, frozen=True):
    """A small reward, and the standards whose kept promises it is for."""

    title: str
    value: float
    standards: tuple[str, ...]


class Scenario(msgspec.Struct, frozen=True):
    """What everybody may do at once in a case, at which cost each time at most, and what that excuses.

    What it excuses more than `within` after it failed, in microseconds, is excused afterwards: who leads hears of that.
    """

    when: str
    do: tuple[str, ...]
    up_to: float = 0
    excuses: tuple[str, ...] = ()
    within: int = WITHIN


class Goal(msgspec.Struct, frozen=True):
    """The share of promises (0 to 1) that a team wants to keep in each period, and the standards shown beside it."""

    team: str
    standard: str
    kept: float
    over: GoalPeriod
    beside: tuple[str, ...] = ()


class Consequence(msgspec.Struct, frozen=True):
    """What comes of a broken promise of a standard."""

    says: str
    steps: tuple[Step, ...]


class Practice(msgspec.Struct, frozen=True):
    """What a practice document says, by name; consequences by standard."""

    teams: Mapping[str, Team] = {}
    forms: Mapping[str, Form] = {}
    rewards: Mapping[str, Reward] = {}
    scenarios: Mapping[str, Scenario] = {}
    goals: Mapping[str, Goal] = {}
    consequences: Mapping[str, Consequence] = {}
