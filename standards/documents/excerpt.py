"""A standard by itself: everything that its verdicts depend on as one small text, and the revision, which is its hash.

The excerpt is JSON, which is YAML too: loaded again it gives the same standard of the same revision, also when the
file it came from has changed since. It holds the calendar, the feeds it relies on, and of each event type the fields
it uses.
Read next: `compiler/spec.py`, which loads excerpts and whole documents alike.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from standards.calendar.duration import parse
from standards.judge.shapes import Level, Response, Shape, Universality
from standards.judge.standard import clauses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from standards.documents.declared import Calendar
    from standards.documents.model import FeedModel, StandardModel
    from standards.expressions.expression import Field

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


def excerpt(
    name: str,
    model: StandardModel,
    *,
    calendars: Mapping[str, Calendar],
    feeds: Mapping[str, FeedModel],
    used: Mapping[str, Mapping[str, Field]],
) -> str:
    """Write the excerpt of a standard; `used` are the fields it uses of each event type."""
    document: dict[str, Any] = {"kept": 1, "excerpt": name, "standards": {name: model.model_dump(exclude_none=True)}}
    if calendars:
        document["calendars"] = {
            name: found.model.model_dump(exclude_none=True) for name, found in calendars.items() if not found.built_in
        }
    if feeds:
        # `every` judges nothing.
        document["feeds"] = {feed: found.model_dump(exclude={"every"}) for feed, found in feeds.items()}
    document["events"] = {
        event: {field: {"type": found.type, "optional": found.optional} for field, found in fields.items()}
        for event, fields in used.items()
    }
    return canonical(document)


def used_fields(
    shape: Shape, *, per: Iterable[str], carry: Iterable[str], feeds: Iterable[FeedModel],
    fields_of: Callable[[str], Mapping[str, Field] | None],
) -> dict[str, dict[str, Field]]:  # fmt: skip
    """Find the fields of each event type that a standard uses: for its subject, in conditions, to carry along."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    conditions = [(clause.event, clause.where) for clause in clauses(shape).values()]
    opening = conditions[0][0]
    if isinstance(shape, Universality):
        conditions.append((opening, shape.must))
    for event, where in conditions:
        names[event].update(per)
        if where is not None:
            names[event] |= where.fields
            names[opening] |= where.opening_fields
    if isinstance(shape, Response) and shape.target is not None:
        for event in (opening, *([] if shape.follow is None else [shape.follow.event])):
            names[event] |= shape.target.fields
    if isinstance(shape, Level):
        names[opening] |= shape.measure.fields
    names[opening] |= set(carry)
    for feed in feeds:
        for event in feed.events:
            names[event].update(feed.per)
    return {
        event: {field: found for field, found in (fields_of(event) or {}).items() if field in wanted}
        for event, wanted in names.items()
    }
