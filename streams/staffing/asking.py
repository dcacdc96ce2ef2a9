"""From files to an answer: which standards can be staffed, what history says of their lines, and their plans.

What is wrong with the question is found all at once, before any history is read; what history lacks, before any plan
is made.
Read next: `standards/staffing/plan.py`, `text.py`.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from standards.calendar.hours import did_you_mean
from standards.errors import Finding, Place, SpecError
from standards.judge.events import type_of
from standards.judge.standard import UTC_ZONE
from standards.staffing import contacts, polls
from standards.staffing.plan import Plan, plan
from standards.staffing.record import Key
from standards.staffing.shortfall import shortfall
from standards.staffing.target import LENGTH, Target, Unfit, target_of
from streams.backtest.backtest import Backtest, Task
from streams.backtest.inputs import inputs_of, zone_of_all
from streams.backtest.processes import side_by_side
from streams.backtest.result import Result
from streams.documents.documents import load_paths, read_mapping
from streams.ingest.packed import is_there

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from standards.compiler.spec import Loaded
    from standards.judge.events import Event
    from standards.staffing.record import Record
    from streams.ingest.mapping import TableMapping

TYPES: Final = contacts.TYPES | {LENGTH}
LACKS: Final = {
    ("answer", "arrivals"): "nobody came: there are no contact.waiting and contact.answered",
    ("answer", "people"): "nothing says who was there: contact.answered needs its agent",
    ("answer", "work"): "nothing says how long contacts take: add contact.closed",
    ("line", "arrivals"): "nobody came: there is no queue.length with waiting, serving and last_called",
    ("line", "people"): "nothing says how many served: queue.length needs serving",
    ("line", "work"): "nothing says how many were served while somebody waited: queue.length needs last_called",
}
"""What cannot be said without what, by the kind of target."""


class Question(NamedTuple):
    """What is asked: the arguments of the verb."""

    paths: list[str]
    events: list[str]
    mappings: Sequence[str] = ()
    standard: str | None = None
    page: str | None = None


class Staffed(msgspec.Struct):
    """One standard: its lines' plans, those that cost most first, and the lines of which too little is known."""

    target: Target
    zone: ZoneInfo
    plans: list[Plan]
    left_out: dict[Key, list[str]]
    sentence: str | None


class Answer(msgspec.Struct):
    """What was found. `reading` has the lines of history that could not be read."""

    staffed: list[Staffed]
    unfit: list[Unfit]
    reading: Result


def ask(question: Question, progress: Callable[[int, int], None] | None = None) -> Answer:
    """Answer a question. Raises SpecError with everything that is wrong with it; OSError."""
    loaded, mappings, targets, unfit = _checked(question)
    events, reading = _read(Task(loaded.rulebook, question.events, mappings))
    zone = zone_of_all(mappings) or UTC_ZONE
    lines = [(target, target.zone or zone, _records(events, target, target.zone or zone)) for target in targets]
    _check_history(question, lines)
    known = [(record, target) for target, _, records in lines for record in records if not record.gaps]
    made: dict[str, list[Plan]] = {target.standard.id: [] for target in targets}
    for done, one in enumerate(plans_for(known), start=1):
        made[one.target.standard.id].append(one)
        if progress is not None:
            progress(done, len(known))
    staffed: list[Staffed] = []
    for target, place, records in lines:
        plans = sorted(made[target.standard.id], key=lambda one: -one.cost)
        lacking = {record.key: [_lack(target, gap) for gap in record.gaps] for record in records if record.gaps}
        staffed.append(Staffed(target, place, plans, lacking, shortfall(plans)))
    return Answer(staffed, unfit, reading)


def plans_for(lines: Sequence[tuple[Record, Target]], *, processes: int = os.cpu_count() or 1) -> Iterator[Plan]:
    """Give the plan of each line of people, in their order, several made at a time. Raises StateError."""
    processes = min(len(lines), processes)
    if processes <= 1:
        yield from (plan(record, target) for record, target in lines)
        return
    with side_by_side([partial(_parts, *line) for line in lines], processes=processes) as made:
        for (_, target), parts in zip(lines, made, strict=True):
            yield Plan(target=target, **parts)


def _parts(record: Record, target: Target) -> dict[str, Any]:
    """Give the plan of a line without what was promised, which holds compiled functions."""
    made = plan(record, target)
    return {name: getattr(made, name) for name in Plan.__struct_fields__ if name != "target"}


def _checked(question: Question) -> tuple[Loaded, list[TableMapping], list[Target], list[Unfit]]:
    """Check the question as far as it can be without history."""
    findings = list(_misplaced(question))
    try:
        loaded = load_paths(question.paths)
    except SpecError as error:
        raise SpecError([*error.findings, *findings]) from None
    mappings: list[TableMapping] = []
    try:
        mappings = [read_mapping(name, loaded) for name in question.mappings]
        inputs_of(question.events, mappings)
    except SpecError as error:
        findings += error.findings
    chosen = [one for one in loaded.standards if question.standard in {None, one.id}]
    found = [target_of(standard) for standard in chosen]
    targets = [one for one in found if isinstance(one, Target)]
    unfit = [one for one in found if isinstance(one, Unfit)]
    if not chosen:
        fix = did_you_mean(question.standard or "", [one.id for one in loaded.standards])
        found_ = f"there is no standard {question.standard!r}"
        findings.append(Finding("unknown-standard", Place(question.paths[0], 1, 1), found_, fix or "see its id"))
    elif not targets:
        findings += [_not_staffable(one, loaded) for one in unfit]
    if findings:
        raise SpecError(findings)
    return loaded, mappings, targets, unfit


def _misplaced(question: Question) -> Iterator[Finding]:
    """Find files that are not there, and a page that could not be written."""
    for path in question.events:
        if path != "-" and not is_there(path):
            yield Finding("no-file", Place(path, 1, 1), "there is no such file", "give history with --events FILE")
    if question.page is not None:
        folder = Path(question.page).parent
        if not folder.is_dir():
            yield Finding("no-folder", Place(question.page, 1, 1), f"there is no folder {folder}", "make it first")
        elif Path(question.page).is_dir():
            yield Finding("no-file", Place(question.page, 1, 1), "this is a folder", "name a file, such as staff.html")


def _not_staffable(unfit: Unfit, loaded: Loaded) -> Finding:
    entry = loaded.entries[unfit.standard]
    found = f"{unfit.standard} cannot be staffed: {unfit.why}"
    return Finding("not-staffable", entry.document.spot(entry.path).key, found, "what can be staffed: docs/staffing.md")


def _read(task: Task) -> tuple[list[Event], Result]:
    """Read the events that say something about staff."""
    reader = Backtest(task)
    with ExitStack() as stack:
        events = [e for batch, _ in reader.batches(task.paths, stack) for e in batch if type_of(e) in TYPES]
    return events, reader.result


def _records(events: Sequence[Event], target: Target, zone: ZoneInfo) -> list[Record]:
    if target.kind == "line":
        return polls.records_of((event for event in events if type_of(event) == LENGTH), target, zone)
    return contacts.records_of((event for event in events if type_of(event) != LENGTH), target, zone)


def _check_history(question: Question, lines: Sequence[tuple[Target, ZoneInfo, list[Record]]]) -> None:
    """See that something can be said of one line at least. Raises SpecError."""
    if any(not record.gaps for _, _, records in lines for record in records):
        return
    findings: list[Finding] = []
    for target, _, records in lines:
        gaps = sorted({gap for record in records for gap in record.gaps}) or ["arrivals"]
        said = "; ".join(_lack(target, gap) for gap in gaps)
        place = Place(question.events[0], 1, 1)
        fix = "what history must hold: docs/staffing.md"
        findings.append(Finding("too-little-known", place, f"{target.standard.id}: {said}", fix))
    raise SpecError(findings)


def _lack(target: Target, gap: str) -> str:
    return LACKS["line" if target.kind == "line" else "answer", gap]
