"""What the events of a history say to conditions and clocks: texts that never come, and what is counted too seldom.

Read next: `history.py`, which asks; `recurring.py` for readings and happenings.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from standards.calendar.duration import SECOND, describe
from standards.calendar.hours import did_you_mean
from standards.expressions.evaluation import field_name
from standards.judge.events import type_of
from standards.judge.shapes import Response
from standards.lint.wording import conditions_of
from streams.backtest.backtest import Backtest, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from standards.compiler.spec import Loaded
    from standards.documents.entries import Entry
    from standards.judge.events import Event
    from standards.judge.standard import Standard

MOST_TEXTS: Final = 1_000
"""A field with more texts than so has names or numbers in it, and nothing is said of it."""
MOST_GAPS: Final = 20_000
"""So many gaps between counts are taken."""
OFTEN: Final = 10
"""What comes so often for each subject is counted; less can be one matter that is told twice."""
SHOWN: Final = 5


class _Text(NamedTuple):
    """A text that a condition compares a field of an event with, and where."""

    event: str
    field: str
    text: str
    entry: Entry


class _Seen:
    """What history has: how often each text of a field came, and how far apart the counts of a subject are."""

    def __init__(self) -> None:
        self.texts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self.gaps: defaultdict[str, list[int]] = defaultdict(list)
        self.last: defaultdict[str, dict[tuple[object, ...], int]] = defaultdict(dict)


def sayings(task: Task, loaded: Loaded) -> None:
    """Hold conditions and lengths of time against a history; what is found joins the warnings of the standards.

    Raises OSError, SpecError.
    """
    texts = list(_texts(loaded))
    counted = list(_counted(loaded))
    if not texts and not counted:
        return
    seen = _seen(task, texts, counted)
    told: set[tuple[str, str, str]] = set()
    for each in texts:
        mark = (each.event, each.field, each.text)
        if mark not in told and _is_absent(each, seen.texts[each.event, each.field]):
            told.add(mark)
            _absent_text(each, seen.texts[each.event, each.field])
    for standard, event in counted:
        _seldom_seen(standard, event, loaded.entries[standard.id], seen)


def _texts(loaded: Loaded) -> Iterator[_Text]:
    for standard in loaded.standards:
        for path, _, conditions in conditions_of(standard):
            entry = loaded.entries[standard.id].at(*path)
            for event, where in conditions:
                known = loaded.vocabulary.get(event)
                for name, text in _compared(where.tree) if known is not None else ():
                    yield _Text(event, name, text, entry)


def _compared(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """Give the fields of the event itself that are compared with texts, and each text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            continue
        sides = (node.left, node.comparators[0])
        names = [field_name(side) for side in sides if isinstance(side, ast.Attribute)]
        parts = [part for side in sides for part in (side.elts if isinstance(side, ast.Tuple) else [side])]
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(names) == 1 and "." not in names[0]:  # neither the opening's nor a column of a table
            yield from ((names[0], value) for value in values if isinstance(value, str) and value)


def _counted(loaded: Loaded) -> Iterator[tuple[Standard, str]]:
    """Give the standards that a reading opens, which no feed with a rhythm of its own brings."""
    rhythmic = {event for feed in loaded.feeds if feed.every for event in feed.events}
    for standard in loaded.standards:
        shape = standard.shape
        for event in shape.when.events if isinstance(shape, Response) and shape.within is not None else ():
            known = loaded.vocabulary.get(event)
            if known is not None and known.reading and event not in rhythmic:
                yield standard, event


def _seen(task: Task, texts: list[_Text], counted: list[tuple[Standard, str]]) -> _Seen:
    fields: defaultdict[str, set[str]] = defaultdict(set)
    for each in texts:
        fields[each.event].add(each.field)
    standards: defaultdict[str, list[Standard]] = defaultdict(list)
    for standard, event in counted:
        standards[event].append(standard)
    seen = _Seen()
    with ExitStack() as stack:
        for batch, _ in Backtest(task).batches(task.paths, stack):
            for one in batch:
                kind = type_of(one)
                _note_texts(seen, one, kind, fields.get(kind, set()))
                for standard in standards.get(kind, ()):
                    _note_gap(seen, one, f"{standard.id} {kind}", standard.per)
    return seen


def _note_texts(seen: _Seen, event: Event, kind: str, names: set[str]) -> None:
    for name in names:
        value, texts = getattr(event.data, name), seen.texts[kind, name]
        if isinstance(value, str) and (value in texts or len(texts) <= MOST_TEXTS):
            texts[value] += 1


def _note_gap(seen: _Seen, event: Event, key: str, per: tuple[str, ...]) -> None:
    subject = tuple(getattr(event.data, name) for name in per)
    last = seen.last[key].get(subject)
    seen.last[key][subject] = event.at
    if last is not None and event.at > last and len(seen.gaps[key]) < MOST_GAPS:
        seen.gaps[key].append(event.at - last)


def _is_absent(asked: _Text, texts: Counter[str]) -> bool:
    return bool(texts) and len(texts) <= MOST_TEXTS and asked.text not in texts


def _absent_text(asked: _Text, texts: Counter[str]) -> None:
    has = ", ".join(f"{text!r} ({number:,})" for text, number in texts.most_common(SHOWN))
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    found = f"no {asked.event} of this history has the {asked.field} {asked.text!r}; it has {has}{more}"
    fix = did_you_mean(asked.text, texts) or "write it as it comes, or leave it, if it is only rare"
    asked.entry.warning("absent-text", found, fix)


def _seldom_seen(standard: Standard, event: str, entry: Entry, seen: _Seen) -> None:
    key, shape = f"{standard.id} {event}", standard.shape
    gaps, subjects = seen.gaps[key], len(seen.last[key])
    if not isinstance(shape, Response) or shape.within is None or len(gaps) < (OFTEN - 1) * max(1, subjects):
        return
    often = round(median(gaps) / SECOND) * SECOND
    if often > shape.within:
        found = (
            f"{event} comes about every {describe(often)} in this history, and {standard.id} lasts "
            f"{describe(shape.within)}: what is so in between is not seen"
        )
        fix = f"let it be counted more often, or write a time well above {describe(often)}"
        entry.at("within").warning("seldom-seen", found, fix)
