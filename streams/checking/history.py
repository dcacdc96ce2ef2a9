"""What history says to standards: objectives that chance decides, people told too much, promises nobody can keep.

Read next: `telling.py` for what a policy makes of it; `standards/staffing/chance.py`, `streams/staffing/asking.py`.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.errors import Finding, Place, SpecError
from standards.staffing.chance import MOST, promises_needed
from streams.backtest.backtest import Backtest, Task
from streams.backtest.result import Result
from streams.checking.coming_late import ComingLate
from streams.checking.out_of_hours import kept_closed, left_out
from streams.checking.out_of_scope import OutOfScope
from streams.checking.reach import Reach
from streams.checking.recurring import reading_or_happening
from streams.checking.sayings import sayings
from streams.checking.telling import over_budget, swings, told_of
from streams.ingest.packed import is_there
from streams.staffing.asking import Question, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from standards.compiler.spec import Loaded, Source
    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.checking.examining import Request
    from streams.documents.documents import Documents
    from streams.documents.rules import Rules
    from streams.ingest.mapping import TableMapping
    from streams.runtime.batch_result import BatchResult

UNSTAFFED: Final = frozenset({"not-staffable", "too-little-known"})
"""Why nothing can be said about staff: no line of people is promised anything, or history does not say enough."""
ENOUGH: Final = 10
"""From fewer promises than this nobody takes down a sign."""


def examine_history(
    request: Request, mappings: Sequence[TableMapping], rules: Rules, documents: Documents, *,
    say: Callable[[str], None],
) -> tuple[Result, list[Finding]]:  # fmt: skip
    """Hold standards and policy against history. Raises SpecError where it cannot be read, OSError.

    What is found in standards joins their warnings; gives what could not be read, and what is found in the policy and
    the practice document.
    """
    loaded = rules.loaded
    _check_there(request.history)

    def judging(read: int, events: int) -> None:
        say(f"judging: {events:,} events, {read >> 20:,} MB")

    task = Task(loaded.rulebook, list(request.history), mappings, latest=request.latest, progress=judging)
    out_of_scope, coming_late, reach = OutOfScope(loaded), ComingLate(loaded), Reach(rules.practice, rules)

    def listening(outcome: BatchResult, _: int) -> None:
        out_of_scope.hear(outcome.unused)
        coming_late.hear(outcome.late)
        reach.hear(outcome.transitions)

    result = Backtest(task, listen=listening).run()
    span = max(DAY, result.newest - result.oldest)
    for standard in loaded.standards:
        _too_few(standard, result.scores[standard.id], span, loaded.entries[standard.id])
    kept_closed(loaded, result.scores)
    quiet = task._replace(progress=None)
    left_out(quiet, loaded)
    out_of_scope.report(quiet, result.scores)
    coming_late.report(quiet)
    reading_or_happening(quiet, loaded, result.scores)
    sayings(quiet, loaded)
    about = Question(request.paths, task.paths, [each.document.name for each in mappings])
    understaffed = _understaffed(about, loaded, say)
    for standard in loaded.standards:
        if standard.id not in understaffed:  # that says already what is to be done
            _take_it_down(standard, result.scores[standard.id], loaded.entries[standard.id])
    found: list[Finding] = []
    if rules.practice is not None:
        reach.report(_top(documents.practices[0], found))
    people = rules.people
    if people is not None:
        told = told_of(task, rules, say)
        swings(told, loaded)
        over_budget(told, people, ceil(span / DAY), _top(documents.policies[0], found))
    return result, found


def _check_there(paths: Sequence[str]) -> None:
    fix = "give history as a file: it is read more than once"
    gone = [path for path in paths if not is_there(path)]
    if gone:
        raise SpecError([Finding("no-file", Place(path, 1, 1), "there is no such file", fix) for path in gone])


def _top(source: Source, found: list[Finding]) -> Entry:
    return Entry(Document(source.name, source.text), (), found)


def _too_few(standard: Standard, score: Score, span: int, entry: Entry) -> None:
    objective = standard.objective
    if objective is None or not score.judged or objective.kept >= 1:
        return
    pace = score.judged / span
    there, needed = pace * objective.over, promises_needed(objective.kept)
    if there >= needed:
        return
    of = f"{needed:,}" if needed < MOST else f"over {MOST:,}"
    found = (
        f"about {there:,.0f} of these promises come in the objective's span; it takes {of} to tell a team that breaks "
        "twice as many as it may from one that was unlucky"
    )
    days = ceil(needed / pace / DAY)
    fix = f"write over: {days}d, an objective that leaves more room, or leave the objective out"
    entry.at("objective").warning("too-few", found, fix)


def _take_it_down(standard: Standard, score: Score, entry: Entry) -> None:
    objective, interval = standard.objective, score.interval
    if objective is None or interval is None or score.judged < ENOUGH or interval[1] >= objective.kept:
        return
    most = floor(1000 * interval[1]) / 10
    found = (
        f"{score.kept:,} of {score.judged:,} of these promises were kept, so {most:g}% at most where chance is allowed "
        f"for, and the goal is {100 * objective.kept:.6g}%: a sign that is not true costs more trust than none"
    )
    fix = "take the sign down until more is kept, or promise what is kept: kept backtest --sweep shows how much that is"
    entry.at("objective").warning("take-it-down", found, fix)


def _understaffed(question: Question, loaded: Loaded, say: Callable[[str], None]) -> set[str]:
    """Find promises for which there are too few people; gives the ids of their standards."""
    try:
        answer = ask(question, lambda done, of: say(f"staffing: {done} of {of} lines of people"))
    except SpecError as error:
        if any(finding.id not in UNSTAFFED for finding in error.findings):
            raise
        return set()
    short = {each.target.standard.id: each.sentence for each in answer.staffed if each.sentence is not None}
    for name, sentence in short.items():
        entry = loaded.entries[name].at("promise")
        entry.warning("understaffed", sentence, "kept staff shows hour by hour how sure that is")
    return set(short)
