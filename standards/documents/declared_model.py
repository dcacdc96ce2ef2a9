"""The forms of what standards go by: opening hours, tables, feeds, and the fields of events.

Read next: `declared.py`, which reads them.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from standards.documents.strict import Strict
from standards.documents.values import Duration, Text, Texts
from standards.expressions.expression import FieldType


class HoursModel(Strict):
    """Hours of days."""

    timezone: Text = Field(description="An IANA name, such as Europe/Warsaw.")
    hours: dict[str, Texts] | None = Field(
        None, description="Days (mon, mon-fri, sat,sun, daily) and their shifts (08:00-16:00). Without it: always open."
    )
    holidays: Texts | None = Field(
        None, description="A country (PL, US-CA), a list of dates (2026-12-25), or the name of an .ics file."
    )


class CalendarModel(HoursModel):
    """Business hours."""

    may_change: Texts | None = Field(
        None, description="The roles or people who may say that a day has other hours; without it, only admins."
    )


class TableModel(Strict):
    """Facts that are looked up by a field of an event."""

    file: Text = Field(description="A .csv file, relative to this one; its first line names the columns.")
    key: Text = Field(description="The column, and the event's field of the same name, by which a row is looked up.")
    columns: list[Text] | None = Field(None, description="Written by Kept where it keeps a standard by itself.")


class FeedModel(Strict):
    """A stream of events that is expected to speak."""

    events: Texts = Field(description="The event types that come by it.")
    per: Texts = Field([], description="The fields by which it falls silent separately, such as site.")
    every: Duration | None = Field(None, description="How often it reports, where it does so by the clock: 60s.")
    silent_after: Duration = Field(description="After how long without an event it counts as dark, such as 15m.")


class FieldModel(Strict):
    """One field of an event type; the type alone, with ? where it may be missing, is the short form."""

    short: ClassVar = {"type": "string", "pattern": "^(text|integer|number|boolean|time)[?]?$"}

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, data: object) -> object:
        return {"type": data.removesuffix("?"), "optional": data.endswith("?")} if isinstance(data, str) else data

    type: FieldType = Field(description="text, integer, number, boolean or time.")
    optional: bool = Field(default=False, description="Whether an event may come without it.")
    unit: Text | None = Field(None, description="The unit, such as seconds.")
    meaning: Text | None = Field(None, description="What it says.")
    person: bool = Field(default=False, description="Whether it names a human being: staff or customer.")
    free: bool = Field(default=False, description="Whether somebody writes into it what they like, a note or a reason.")
    min: float | None = Field(None, description="The smallest value that a number can have, such as 0 for a count.")
