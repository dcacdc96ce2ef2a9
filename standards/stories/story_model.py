"""The form of a story document, as far as standards are concerned: what is given, and what the judge is to make of it.

Imports pydantic. Read next: `story.py`.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import ConfigDict, Field

from standards.documents.strict import Strict
from standards.documents.values import Duration, NumberAsText, Text, Texts
from standards.judge.promise import Kind, Verdict

MOST_TIMES = 10_000
"""How often one entry can be repeated."""
Field_ = str | int | float | bool | list[str | int | float | bool]
Step = Literal["event", "act", "silent", "restart", "crash", "reload", "clock"]
ActName = Literal["acknowledge", "hand on", "give back", "silence", "unsilence", "grant", "debrief"]

_PROMISE = "A promise: the standard and whom it is owed to, as in no-wait s1/q1."


class GivenModel(Strict):
    """Something that happens. One of event, act, silent, restart, crash, reload and clock says what.

    Other keys are its fields.
    """

    model_config = ConfigDict(extra="allow")
    at: NumberAsText | None = Field(
        default=None, description="When: 10:00:05, tue 10:00, +1d 10:00, +90s; else as before."
    )
    event: Text | None = Field(default=None, description="An event of this type comes; its fields stand beside it.")
    act: ActName | None = Field(default=None, description="Somebody does something about a promise.")
    silent: Text | None = Field(default=None, description="A feed sends nothing, `for` so long.")
    restart: Text | None = Field(default=None, description="kept, or a feed, whose ids begin at 1 again then.")
    crash: Literal["kept"] | None = Field(default=None, description="Kept loses its memory and starts again.")
    reload: Text | None = Field(default=None, description="Kept reads another policy: a file, seen from this one.")
    clock: Duration | None = Field(
        default=None, description="The machine's clock is set forward by this, and Kept goes over to it."
    )
    every: Duration | None = Field(default=None, description="It comes again and again, this far apart.")
    times: int | None = Field(default=None, ge=1, le=MOST_TIMES, description="How often it comes, all told.")
    arrives: NumberAsText | None = Field(default=None, description="When it comes to Kept, if later than it happened.")
    for_: Duration | None = Field(default=None, alias="for", description="How long it lasts.")
    promise: Text | None = Field(default=None, description=_PROMISE)
    nth: int | None = Field(default=None, ge=1, description="Which one of that subject's promises; else the newest.")
    id: Text | None = Field(default=None, description="The event's id; else they are counted.")
    source: Text | None = Field(default=None, description="The event's source; else its feed's name, or story.")
    data: dict[str, Any] | None = Field(default=None, description="Fields whose names are keys here.")


class ExpectModel(Strict):
    """What the judge is to say. The kind is the key, the promise (or several of them) its value."""

    at: NumberAsText | None = Field(default=None, description="When it took effect. Else as in the entry before.")
    opened: Texts | None = Field(default=None, description=_PROMISE)
    warned: Texts | None = Field(default=None, description=_PROMISE)
    paused: Texts | None = Field(default=None, description=_PROMISE)
    resumed: Texts | None = Field(default=None, description=_PROMISE)
    moved: Texts | None = Field(default=None, description=_PROMISE)
    kept: Texts | None = Field(default=None, description=_PROMISE)
    broken: Texts | None = Field(default=None, description=_PROMISE)
    voided: Texts | None = Field(default=None, description=_PROMISE)
    excused: Texts | None = Field(default=None, description=_PROMISE)
    lost: Texts | None = Field(default=None, description=_PROMISE)
    fulfilled_late: Texts | None = Field(default=None, description=_PROMISE)
    ended: Texts | None = Field(default=None, description=_PROMISE)
    given_up: Texts | None = Field(default=None, description=_PROMISE)
    undone: Texts | None = Field(default=None, description=_PROMISE)
    corrected: Texts | None = Field(default=None, description=_PROMISE)
    withdrawn: Texts | None = Field(default=None, description=_PROMISE)
    to: Verdict | None = Field(default=None, description="What it was corrected to.")
    due: NumberAsText | None = Field(default=None, description="The promise's deadline as of then.")
    known: NumberAsText | None = Field(default=None, description="When the ledger learned of it, if later.")
    reason: Text | None = Field(default=None, description="Why it was told or not: told, grouped, no-route, ...")


KINDS: tuple[Kind, ...] = get_args(Kind)


class StoryModel(Strict):
    """One story: from when to when, what happens, what is expected of the judge."""

    start: Text | None = Field(default=None, description="When it begins: 2026-03-02 10:00 Europe/Warsaw.")
    until: NumberAsText | None = Field(
        default=None, description="How far time goes; else to the last time that it has."
    )
    with_: dict[str, Field_] = Field(
        default={}, alias="with", description="Fields of every event whose type has them: {site: s1}."
    )
    only: Texts | None = Field(default=None, description="Standards, and kinds of lines, that are looked at.")
    given: list[GivenModel] = Field(default=[], description="What happens.")
    expect: list[ExpectModel] | None = Field(
        default=None,
        description="All that the judge says, in any order; opened, paused, resumed, moved, ended, given_up and undone "
        "only where one is expected, or named under only. Left out: not looked at. []: nothing.",
    )


class StoriesModel(Strict):
    """A story document."""

    kept: Literal[1] = Field(description="The version of this form.")
    standards: Texts | None = Field(
        default=None, description="Files and folders of standards, policy and practice, seen from this file."
    )
    start: Text | None = Field(default=None, description="When the stories begin that do not say so themselves.")
    with_: dict[str, Field_] = Field(default={}, alias="with", description="Fields of every event, in every story.")
    stories: dict[str, StoryModel] = Field(description="The stories, each named by a sentence.")
