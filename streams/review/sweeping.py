"""Sweeps: history judged by several values of one number of a standard, so that an author picks one that can be kept.

Read next: `standards/review/variation.py`.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from alerts.policy.policy import Policy
from standards.calendar.duration import DAY, parse
from standards.calendar.hours import did_you_mean
from standards.calendar.hours import zone as zone_of
from standards.compiler.spec import Source
from standards.documents.document import Document
from standards.documents.excerpt import canonical
from standards.errors import Finding, Place, SpecError
from standards.judge.ledger import line
from standards.judge.standard import UTC_ZONE
from standards.review.variation import has_knob, is_length, knobs, value_now, values_of, varied
from streams.backtest.backtest import Backtest
from streams.documents.documents import load_standards, read_documents
from streams.documents.rules import read_policy
from streams.review.judging import History, clock_of, task_of
from streams.runtime.alert_pipeline import AlertPipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded
    from standards.judge.score import Score
    from streams.backtest.result import Result
    from streams.documents.documents import Documents
    from streams.runtime.batch_result import BatchResult


class Tried(NamedTuple):
    """One value: how its promises fared and how many messages went out; or why it cannot be."""

    value: str
    score: Score | None
    messages: int = 0
    why_not: str = ""


class Sweep(NamedTuple):
    """All values of one number of a standard, over some days.

    `goal` is the objective's share; `policy` says whether messages are those that a policy would send; `clock` is the
    one by which it is told from when to when the events are.
    """

    standard: str
    promise: str
    knob: str
    now: str
    tried: list[Tried]
    days: float
    goal: float | None
    policy: bool
    result: Result
    clock: ZoneInfo

    @property
    def best(self) -> Tried | None:
        """The first value that keeps the objective for sure: the whole 95 % interval lies at it or above."""
        return self._first(lambda score: score.interval[0] if score.interval is not None else 0.0)

    @property
    def likely(self) -> Tried | None:
        """The first value whose share of kept promises is at the objective."""
        return self._first(lambda score: score.kept_rate or 0.0)

    def is_now(self, value: str) -> bool:
        """Say whether a value is the one that the standard has now."""
        return value == self.now or (is_length(self.knob) and _length(value) == _length(self.now))

    def _first(self, share: Callable[[Score], float]) -> Tried | None:
        goal = self.goal
        fit = (each for each in self.tried if goal is not None and each.score is not None and share(each.score) >= goal)
        return next(fit, None)


class _Chosen(NamedTuple):
    """The standard that varies: where it stands, and its keys."""

    document: str
    name: str
    data: dict[str, Any]


class Variation(NamedTuple):
    """Which number of which standard varies, and the values that are tried, in their order."""

    documents: Documents
    chosen: _Chosen
    knob: str
    values: list[str]

    @property
    def now(self) -> str:
        """The value that there is now."""
        return value_now(self.chosen.data, self.knob)

    def rules(self, value: str) -> tuple[Loaded, People | None]:
        """Give the rules with this value, and nothing in them but this standard. Raises ValueError, SpecError."""
        made = varied(self.chosen.data, self.knob, value)
        loaded = load_standards(self.documents._replace(standards=list(self._sources(made))))
        others = load_standards(self.documents).standards  # a policy may name those that are not judged here
        standards = [*loaded.standards, *(each for each in others if each.id != self.chosen.name)]
        return loaded, read_policy(self.documents.policies, standards)

    def _sources(self, made: dict[str, Any]) -> Iterator[Source]:
        alone = not _hears_promises(made)
        for source in self.documents.standards:
            data: dict[str, Any] = dict(Document(source.name, source.text).data)
            standards = dict(data.pop("standards", None) or {})
            if alone:
                standards = {name: each for name, each in standards.items() if name == self.chosen.name}
            if self.chosen.name in standards and source.name == self.chosen.document:
                standards[self.chosen.name] = made
            yield Source(source.name, canonical(data | {"standards": standards} if standards else data))


def _hears_promises(part: object) -> bool:
    """Say whether any clause of a standard, or of a part of it, hears what becomes of promises."""
    if isinstance(part, dict):
        return str(part.get("event", "")).startswith("promise.") or any(map(_hears_promises, part.values()))
    return isinstance(part, list) and any(map(_hears_promises, part))


def variation_of(paths: Sequence[str], asked: str, standard: str | None, loaded: Loaded | None) -> Variation | None:
    """Find which standard is meant, what varies in it, and its values: a name that is nowhere is told first.

    `standard` says which one, where several have such a number. Without rules that could be loaded only the values are
    checked. Raises SpecError.
    """
    if loaded is None:
        if "=" in asked:
            _values(asked)
        return None
    documents = read_documents(paths)
    name = asked.partition("=")[0].strip()
    chosen = _chosen(documents, name, standard) if name else None
    knob, values = _values(asked)
    chosen = chosen or _chosen(documents, knob, standard)
    if is_length(knob) and ".." in asked:
        values = _with_now(values, value_now(chosen.data, knob))
    return Variation(documents, chosen, knob, values)


def _values(asked: str) -> tuple[str, list[str]]:
    try:
        return values_of(asked)
    except ValueError as error:
        found, _, fix = str(error).partition("; ")
        raise _wrong(found, fix) from None


def _with_now(values: list[str], now: str) -> list[str]:
    """Add the value that there is now to a range that it lies in."""
    lengths = {parse(value): value for value in values}
    current = _length(now)
    if isinstance(current, int) and min(lengths) < current < max(lengths):
        lengths.setdefault(current, now)
    return [lengths[length] for length in sorted(lengths)]


def sweep(variation: Variation, loaded: Loaded, history: History) -> Sweep:
    """Judge history by each value. Raises SpecError where none can be, or nothing can be read."""
    name = variation.chosen.name
    tried: list[Tried] = []
    result: Result | None = None
    for value in variation.values:
        try:
            rules, people = variation.rules(value)
        except ValueError as error:
            tried.append(Tried(value, None, why_not=str(error).partition("; ")[0]))
        except SpecError as error:
            why_not = next(finding.found for finding in error.findings if finding.level == "error")
            tried.append(Tried(value, None, why_not=why_not))
        else:
            result, messages = _judged(rules, people, history)
            tried.append(Tried(value, result.scores[name], messages))
    if result is None:
        raise _wrong(f"none of the values can be: {tried[0].why_not}", "try others")
    declared = loaded.rulebook.current[name]
    goal = None if declared.objective is None else declared.objective.kept
    days = max((result.newest - result.oldest) / DAY, 1.0)
    return Sweep(
        name, declared.promise, variation.knob, variation.now, tried, days, goal, bool(variation.documents.policies),
        result, clock_of(loaded.rulebook.current, zone_of(result.zone)),
    )  # fmt: skip


def _judged(loaded: Loaded, people: People | None, history: History) -> tuple[Result, int]:
    """Judge, and count the messages."""
    alerts = AlertPipeline(Policy(loaded.rulebook.standards, UTC_ZONE, people))
    messages = 0

    def listen(outcome: BatchResult, low: int) -> None:
        nonlocal messages
        by_time = attrgetter("known")
        for known, group in groupby(sorted(outcome.transitions, key=by_time), key=by_time):  # not all at once
            together = list(group)
            messages += len(alerts.push(together, lines=list(map(line, together)), low=known).notices)
        messages += len(alerts.push([], lines=[], low=low).notices)

    return Backtest(task_of(loaded, history), listen=listen).run(), messages


def _chosen(documents: Documents, knob: str, standard: str | None) -> _Chosen:
    """Find the standard that is meant: the one of that name, or else the only one in which such a number stands."""
    found = list(_standards(documents))
    named = [each for each in found if standard in (None, each.name)]
    fit = [each for each in named if has_knob(each.data, knob)]
    if len(fit) == 1:
        return fit[0]
    if not named:
        names = ", ".join(each.name for each in found)
        near = did_you_mean(str(standard), [each.name for each in found])
        raise _wrong(f"there is no standard {standard!r}", near or f"they are called {names}")
    if fit:
        raise _wrong(f"{knob} stands in {', '.join(each.name for each in fit)}", "say which: --standard ID")
    able = dict.fromkeys(name for each in named for name in knobs(each.data))
    near = did_you_mean(knob, able)
    fix = f"{near} " if near else ""
    raise _wrong(f"no standard has a number {knob!r}", f"{fix}what can vary is: {', '.join(able) or 'nothing'}")


def _standards(documents: Documents) -> Iterator[_Chosen]:
    for source in documents.standards:
        document = Document(source.name, source.text)
        declared = document.data.get("standards")
        for name, data in declared.items() if isinstance(declared, dict) else ():
            if isinstance(data, dict):
                yield _Chosen(document.name, name, data)


def _length(text: str) -> int | str:
    """Give a length in microseconds; a day, a week or a month by the calendar has none, and stays as it is."""
    try:
        return parse(text)
    except ValueError:
        return text


def _wrong(found: str, fix: str) -> SpecError:
    return SpecError([Finding("no-sweep", Place("--sweep"), found, fix)])
