"""The form of a standards document: which keys there are, what type each value has, and what each one means.

Editors complete and explain by the JSON Schema made here. Read next: `entries.py`, which reads a file by these models.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from standards.documents.declared_model import CalendarModel, FeedModel, FieldModel, TableModel
from standards.documents.strict import Strict
from standards.documents.values import (
    BY_FORM,
    ONE,
    SEVERAL,
    ChosenName,
    ChosenTime,
    Duration,
    InLanguages,
    NumberAsText,
    OneOrMore,
    Subjects,
    Text,
    Texts,
)
from standards.judge.standard import Aspect, Severity


class ClauseModel(Strict):
    """Event types, any of which will do, and, perhaps, a condition on their fields; a type alone is the short form."""

    short: ClassVar = {"type": "string", "description": "An event type, such as register.opened."}

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, data: object) -> object:
        return {"event": data} if isinstance(data, str) else data

    event: OneOrMore = Field(description="The event type, such as queue.length, or a list of types: any of them.")
    where: Text | None = Field(
        None, description="A condition on the event's fields, or its rows of tables: waiting > 3."
    )
    lasting: Duration | None = Field(None, alias="for", description="For how long it must have been so, such as 2m.")
    apart: Duration | None = Field(
        None, description="What comes less than so long after the last that counted is the same one, as 5s."
    )

    @property
    def events(self) -> list[str]:
        """The event types."""
        return [self.event] if isinstance(self.event, str) else self.event


AnyOf = Annotated[Annotated[ClauseModel, ONE] | Annotated[list[ClauseModel], Field(min_length=1), SEVERAL], BY_FORM]
"""A clause, or a list of clauses: any of them."""


def written(clauses: ClauseModel | list[ClauseModel] | None) -> list[tuple[tuple[int, ...], ClauseModel]]:
    """Give the clauses of a key, each with its place in the list, where there is one."""
    if isinstance(clauses, list):
        return [((place,), clause) for place, clause in enumerate(clauses)]
    return [] if clauses is None else [((), clauses)]


class BetweenModel(Strict):
    """What is so from one event to another."""

    when: AnyOf = Field(description="The event that begins it.")
    until: AnyOf | None = Field(
        None, description="The event that ends it. Left out: the next such event at which where does not hold."
    )


class StateModel(BetweenModel):
    """A state: what is so, for each subject, between two events."""


States = Annotated[
    Annotated[Text, Tag("(names)")] | Annotated[BetweenModel, Tag("(between)")],
    Discriminator(lambda value: "(names)" if isinstance(value, str) else "(between)"),
]
"""Names of states, joined by and, or, not; or a state without a name."""


class UndoModel(Strict):
    """What takes "done" back."""

    when: AnyOf = Field(description="The event that says that it was not done.")
    within: Duration = Field(description="For how long after it was done, such as 3d.")


class ObjectiveModel(Strict):
    """The share of promises to be kept."""

    kept: NumberAsText = Field(description="The share, such as 95%.")
    over: Duration = Field(description="The span it is reckoned over, such as 28d.")


class StandardModel(Strict):
    """A declared rule about service. Its keys tell which of the six shapes it has.

    Nothing is required here, so that a standard with one slip is still read for others; the compiler asks for the rest.
    """

    model_config = ConfigDict(json_schema_extra={"required": ["promise", "per"]})
    promise: InLanguages | None = Field(None, description="The promise, in the customer's words.")
    what: InLanguages | None = Field(None, description="What to do, in one sentence.")
    how: InLanguages | None = Field(None, description="How it is done.")
    why: InLanguages | None = Field(None, description="Why it matters.")
    exceptions: InLanguages | None = Field(None, description="When it need not be kept, and who decides.")
    owner: Text | None = Field(None, description="Who answers for it: a person or a role.")
    aspect: Aspect = Field("speed", description="What kind of service it is about.")
    severity: Severity = Field("ticket", description="page wakes someone, ticket waits, info is only shown.")
    objective: ObjectiveModel | None = Field(None, description="The share of promises to be kept, over a span.")
    per: Texts | None = Field(None, description="The fields that name the subject; [] for the whole house.")
    carry: Texts = Field([], description="Fields of the opening event that its promise's events carry along.")
    may_excuse: Texts | None = Field(
        None,
        description="Who may grant an exception, in whatever capitals; the owner if left out, []: nobody.",
    )
    forget_after: Duration = Field(
        "7d", description="How long a subject that owes nothing, and its states, are remembered."
    )
    lateness: Duration | None = Field(
        None,
        description="How late its events come as a rule: verdicts wait so long. What comes later still is judged "
        "again, and what was told is corrected.",
    )
    when: AnyOf | None = Field(None, description="The event that opens a promise, or that is judged.")
    expect: AnyOf | None = Field(None, description="The event that keeps the promise, after it opened.")
    within: ChosenTime | None = Field(
        None,
        description="How long there is: 60s; 3 working days, which end at the same time of day; end of working day, "
        "end of next working day, end of 3 working days; or one of such by a field: {by: priority, urgent: 1h, "
        "else: 8h}. The next working day is that after the day of the event, also when it came after hours: of Tuesday "
        "evening it is Wednesday, of Saturday Monday. Out of hours, end of working day is that of the next one, and "
        "1 working day begins when the next one opens. So 1 working day from the opening is due as it opens again, "
        "and a length of time that is used up exactly at closing is due then.",
    )
    due: Text | None = Field(
        None,
        description="The time field that names the deadline itself; within is for where it is missing. Each of the "
        "opening events has the field, and a pause cannot stand beside it. Nothing is added to it: for at most 15 "
        "minutes late let the event say the latest time. An event that comes twice owes twice, unless you write again: "
        "judged.",
    )
    unless: AnyOf | None = Field(
        None,
        description="The event that ends the need: void in time, else ended. It counts from the opening on; for what "
        "may be so before, write while: not NAME, of a state.",
    )
    pause: States | None = Field(
        None,
        description="The clock stands still while it is so: a state, or when and until. What is done meanwhile keeps "
        "the promise all the same. It outlasts the promise: the next one of the subject begins paused, unless until "
        "names what keeps or ends this one, too. It does not count: one event ends what two began.",
    )
    needed: States | None = Field(
        None,
        alias="while",
        description="Only while it is so is there anything to owe; when it is over: void. What nobody has said yet is "
        "not so, so for what is owed unless something stops it write while: not NAME, of a state. What is judged at "
        "once is not judged at all while it is not so. After 7d without an event of its subject a state is forgotten, "
        "unless forget_after says longer. A response's newest "
        "`when` from before it is owed from its beginning on, unless `expect` or `unless` came since: so name what "
        "makes it so again under unless, where nothing is to be owed then. An `expect` that also ends it keeps.",
    )
    during: Text | None = Field(
        None,
        description="The calendar in whose hours promises open; what is open stays, and is kept at any time. "
        "not NAME: all other hours, holidays too. Of two standards that share the hours among them, what comes twice "
        "for one subject, once in each, owes both.",
    )
    calendar: ChosenName | None = Field(
        None,
        description="The calendar whose hours count, or always; or by a field: {by: level, gold: always, else: desk}. "
        "Hours hold their start and not their end. What is left of a length of time when it closes is due after it "
        "opens again; for what is to be done all the same, name it under during instead. A promise that is open, or "
        "overdue, at closing is the same one in the morning: no new one begins with the day.",
    )
    follow: AnyOf | None = Field(
        None,
        description="The event that brings a new value of what within, due or the calendar looks at, while the promise "
        "is on the clock. What is overdue stays as it was, and a following event opens nothing while anything is owed: "
        "a deadline that is named anew after the last one was broken is a promise of its own if its event stands under "
        "when and unless instead.",
    )
    warn: Texts | None = Field(None, description="When to warn: 50%, or 15s before.")
    again: Literal["done", "judged", "each", "rise"] | None = Field(
        None,
        description="When the next may open: done (none is owed), judged (none is on the clock), each (always), rise "
        "(it begins to be so). Left out: each with due, else done for readings and judged for all other events. Of "
        "those that came while `while` was not so, only the newest opens when it begins, with each too.",
    )
    rest: Duration | None = Field(None, description="With done: how long nothing opens after a kept promise.")
    owed_for: Duration | None = Field(
        None,
        description="How long what is broken stays owed, overdue; 7d if left out. Then it is given up, and what is "
        "done later is not seen as done. Where names come again, such as the numbers of a queue, make it short.",
    )
    reopen: Literal["edge", "each"] | None = Field(None, description="As `again` was called before.")
    undo: UndoModel | None = Field(None, description='What takes "done" back: the clock goes on with what was left.')
    within_last: Duration | None = Field(
        None,
        description="How long before `when` any such event happened, at most: 48 hours before will do, 49 will not. "
        "One such event serves every `when` of that time, also if a later one says otherwise; that each `when` has its "
        "own is at_most: 1, until: that event. No key says no earlier than: let the event say how long before "
        "it was, and write must: hours_before >= 48.",
    )
    must: Text | None = Field(
        None,
        description="A condition that holds, or a bound on the measure: >= 80%. A window is judged at its end, and "
        "warns once by itself, at the first sample by which it does not hold.",
    )
    at_most: int | None = Field(
        None,
        ge=0,
        description="How many are allowed; with within, in any span of that length: kept so long after the last one. "
        "Two that are exactly so far apart are both in it. The promise opens at the first: where none came, nothing is "
        "kept or broken. What is counted is not forgotten while it counts.",
    )
    until: AnyOf | None = Field(
        None,
        description="The event up to which they are counted. It ends the whole count: how many are open at once is "
        "what a reading of your own says, with must.",
    )
    every: Duration | None = Field(
        None,
        description="The period: a length of time (days and weeks are the wall clock's), day, week, month, or shift. "
        "Periods follow each other, and one event at any time of each keeps it, at its end too: that never more than "
        "so long goes by between two is a response. With a calendar, hours are open time, and a day, week or month "
        "without any owes nothing; an event in closed hours counts, and a day ends at midnight, in the zone of the "
        "calendar or, without one, UTC. A shift ends when it closes; its start counts for it, and between two of them "
        "nothing does.",
    )
    subjects: Subjects | None = Field(
        None,
        description="Who is owed it from the start, and nobody else; teams, per team, is each that the practice "
        "document names. Without it, everybody from the first event on that names them.",
    )
    measure: Text | None = Field(None, description="mean(x), sum(x), min(x), max(x), count(), share(c) or p90(x).")
    over: Duration | None = Field(
        None,
        description="The window: 30m, 50 events, day, week (from Monday), month, shift. Opens with its first sample: "
        "one without any is not judged. Days begin at midnight in the calendar's zone or, without one, UTC.",
    )
    step: Duration | None = Field(
        None,
        description="Lets the window roll: how often it is judged, such as 5m. A promise goes to the end of the day or "
        "shift, and is kept there; it is broken at the first step that does not hold, and the next one opens at the "
        "first that holds again. Void where every step had too few samples. The window is by the clock: after closed "
        "hours that are shorter than it, it still holds what was before them.",
    )
    at_least: int | None = Field(
        None,
        ge=1,
        description="How many samples a window needs to be judged; fewer: void. A step with fewer says nothing.",
    )
    edition: Literal[2] | None = Field(None, description="Written by Kept, where the meaning of a key has changed.")


class DocumentModel(Strict):
    """A standards document."""

    kept: Literal[1] = Field(description="The version of this form.")
    calendars: dict[str, CalendarModel] = Field({}, description="Business hours, by name.")
    tables: dict[str, TableModel] = Field({}, description="Facts that are looked up by a field, by name.")
    feeds: dict[str, FeedModel] = Field({}, description="Streams that should never be silent for long, by name.")
    events: dict[str, dict[str, FieldModel]] = Field(
        {}, description="Your own event types, and your own fields of built-in ones: each field and its type."
    )
    states: dict[str, StateModel] = Field(
        {}, description="What is so between two events, by name; standards name it under while and pause."
    )
    readings: Texts = Field(
        [], description="Those of your own event types that say how things stand, not that something happened."
    )
    standards: dict[str, StandardModel] = Field({}, description="The standards, by id.")
    excerpt: Text | None = Field(None, description="Written by Kept where it keeps a standard by itself.")


_INNER: dict[str, type[Strict]] = {
    "when": ClauseModel, "expect": ClauseModel, "unless": ClauseModel, "follow": ClauseModel, "until": ClauseModel,
    "pause": BetweenModel, "while": BetweenModel, "undo": UndoModel, "objective": ObjectiveModel,
}  # fmt: skip


def keys_of(model: type[Strict], *, under: tuple[str | int, ...] = ()) -> list[str]:
    """Return the keys of a model or, going down the path `under`, of one of its parts."""
    for part in under:
        model = _INNER.get(str(part), model)  # a place in a list changes nothing
    return [field.alias or name for name, field in model.model_fields.items()]
