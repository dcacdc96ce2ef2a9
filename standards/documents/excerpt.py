"""A standard by itself: everything that its verdicts depend on as one small text, and the revision, which is its hash.

The excerpt is JSON, which is YAML too: loaded again it gives the same standard of the same revision, also when the
file it came from has changed since. It holds the calendar, the feeds it relies on, and of each event type the fields
it uses, with their marks where Kept's own vocabulary does not have them.
Read next: `compiler/spec.py`, which loads excerpts and whole documents alike.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from standards.calendar.duration import parse
from standards.documents.vocabulary import builtin_vocabulary
from standards.judge.shapes import Level, Response, Shape, Universality
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.documents.declared import Calendar
    from standards.documents.declared_model import FeedModel, TableModel
    from standards.documents.model import StandardModel, StateModel
    from standards.expressions.expression import Field
    from standards.judge.standard import State

# Characters that YAML would not read, or would read as a line break, even within quotes.
_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def canonical(document: Mapping[str, Any]) -> str:
    """Write a document in the one way that does not depend on order or layout."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def revision_of(text: str) -> str:
    """Return the revision of an excerpt: 12 hexadecimal digits of its BLAKE2b hash."""
    return blake2b(text.encode(), digest_size=6).hexdigest()


def owed_for(text: str) -> int:
    """Give how long a broken promise of an excerpt's standard is owed, in microseconds; a day where it does not say."""
    (standard,) = json.loads(text)["standards"].values()
    return parse(standard.get("owed_for", "24h"))


class Named(NamedTuple):
    """What a standard refers to by name."""

    calendars: Mapping[str, Calendar]
    states: Mapping[str, StateModel]
    feeds: Mapping[str, FeedModel]
    tables: Mapping[str, TableModel]


def excerpt(name: str, model: StandardModel, named: Named, used: Mapping[str, Mapping[str, Field]]) -> str:
    """Write the excerpt of a standard with what it names; `used` are the fields it uses of each event type."""
    keys = model.model_dump(exclude_none=True, by_alias=True)
    document: dict[str, Any] = {"kept": 1, "excerpt": name, "standards": {name: keys}}
    if named.calendars:
        hours = {
            it: found.model.model_dump(exclude_none=True) for it, found in named.calendars.items() if not found.built_in
        }
        document["calendars"] = hours
    if named.states:
        states = {it: found.model_dump(exclude_none=True, by_alias=True) for it, found in named.states.items()}
        document["states"] = states
    if named.tables:
        document["tables"] = {it: found.model_dump() for it, found in named.tables.items()}
    if named.feeds:
        # `every` judges nothing.
        document["feeds"] = {feed: found.model_dump(exclude={"every"}) for feed, found in named.feeds.items()}
    document["events"] = {
        event: {field: _written(event, field, found) for field, found in fields.items()}
        for event, fields in used.items()
    }
    return canonical(document)


def _written(event: str, name: str, field: Field) -> dict[str, Any]:
    """Write a field down.

    Its marks only where Kept's own event types do not have them: so the revision of whoever uses these alone is the one
    that it was before excerpts had marks.
    """
    known = builtin_vocabulary().get(event)
    own = None if known is None else known.fields.get(name)
    marks = {mark: True for mark in ("person", "free") if getattr(field, mark) and not getattr(own, mark, False)}
    return {"type": field.type, "optional": field.optional, **marks}


def used_fields(
    shape: Shape, model: StandardModel, named: Named, *, states: Iterable[State],
    fields_of: Callable[[str], Mapping[str, Field] | None],
) -> dict[str, dict[str, Field]]:  # fmt: skip
    """Find the fields of each event type that a standard uses: for its subject, in conditions, to carry along.

    Where a condition asks a column, that is the field by which its row is looked up.
    """
    names: defaultdict[str, set[str]] = defaultdict(set)
    every = [*clauses(shape).values(), *(clause for state in states for clause in state.clauses)]
    conditions = [(each.event, each.where) for clause in every for each in clause.all]
    openings = next(iter(clauses(shape).values())).events
    of_opening = set(model.carry)
    for event, where in conditions:
        names[event].update(model.per or ())
        if where is not None:
            names[event] |= where.fields
            of_opening |= where.opening_fields
    if isinstance(shape, Universality):
        of_opening |= shape.must.fields
    if isinstance(shape, Response) and shape.target is not None:
        of_opening |= shape.target.fields
        for event in () if shape.follow is None else shape.follow.events:
            names[event] |= shape.target.fields
    if isinstance(shape, Level):
        of_opening |= shape.measure.fields
    for opening in openings:
        names[opening] |= of_opening
    for feed in named.feeds.values():
        for event in feed.events:
            names[event].update(feed.per)
    keys = {f"{name}.{each}": table.key for name, table in named.tables.items() for each in table.columns or ()}
    return {
        event: {
            field: found
            for field, found in (fields_of(event) or {}).items()
            if field in {keys.get(name, name) for name in wanted}
        }
        for event, wanted in names.items()
    }
