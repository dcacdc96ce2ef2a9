"""What history says to standards: objectives that chance decides, people told too much, promises nobody can keep.

History is judged and, where the policy gives somebody a budget, told as it would have been, second by second.
Read next: `standards/staffing/chance.py`, `streams/staffing/asking.py`, `streams/stories/host.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.stories.story import is_digest
from standards.calendar.duration import DAY, SECOND
from standards.documents.document import Document
from standards.documents.entries import Entry
from standards.errors import Finding, Place, SpecError
from standards.judge.standard import UTC_ZONE
from standards.staffing.chance import MOST, promises_needed
from streams.backtest.backtest import Backtest, Result, Task, check_inputs
from streams.checking.coming_late import ComingLate
from streams.checking.out_of_hours import kept_closed, left_out
from streams.checking.out_of_scope import OutOfScope
from streams.checking.recurring import reading_or_happening
from streams.checking.sayings import sayings
from streams.runtime.pump import GRACE
from streams.staffing.asking import Question, ask
from streams.stories.host import Store, StoryHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded
    from standards.judge.events import Event
    from standards.judge.score import Score
    from standards.judge.standard import Standard
    from streams.checking.examining import Request
    from streams.documents.documents import Documents
    from streams.documents.rules import Rules
    from streams.ingest.mapping import TableMapping
    from streams.runtime.batch_result import BatchResult

HELD_BACK: Final = 1
"""From so many messages a day on that somebody's budget holds back, the budget or the standards are wrong."""
UNSTAFFED: Final = frozenset({"not-staffable", "too-little-known"})
"""Why nothing can be said about staff: no line of people is promised anything, or history does not say enough."""


def examine_history(
    request: Request, mapping: TableMapping | None, rules: Rules, documents: Documents, *, say: Callable[[str], None]
) -> tuple[Result, list[Finding]]:
    """Hold standards and policy against history. Raises SpecError where it cannot be read, OSError.

    What is found in standards joins their warnings; gives what could not be read, and what is found in the policy.
    """
    loaded = rules.loaded
    fix = "give history as a file: it is read more than once"
    gone = [path for path in request.history if not Path(path).is_file()]
    if gone:
        raise SpecError([Finding("no-file", Place(path, 1, 1), "there is no such file", fix) for path in gone])

    def judging(read: int, events: int) -> None:
        say(f"judging: {events:,} events, {read >> 20:,} MB")

    task = Task(loaded.rulebook, list(request.history), mapping, latest=request.latest, progress=judging)
    check_inputs(task)
    out_of_scope, coming_late = OutOfScope(loaded), ComingLate(loaded)

    def listening(outcome: BatchResult, _: int) -> None:
        out_of_scope.hear(outcome.unused)
        coming_late.hear(outcome.late)

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
    _understaffed(Question(request.paths, task.paths, mapping.document.name if mapping else None), loaded, say)
    people = rules.people
    if people is None or not any(person.budget for person in people.people.values()):
        return result, []
    source = documents.policies[0]
    document = Document(source.name, source.text)
    _over_budget(_told(task, rules, say), people, ceil(span / DAY), Entry(document, (), document.findings))
    return result, document.findings


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


def _understaffed(question: Question, loaded: Loaded, say: Callable[[str], None]) -> None:
    try:
        answer = ask(question, lambda done, of: say(f"staffing: {done} of {of} lines of people"))
    except SpecError as error:
        if any(finding.id not in UNSTAFFED for finding in error.findings):
            raise
        return
    for staffed in answer.staffed:
        if staffed.sentence is not None:
            entry = loaded.entries[staffed.target.standard.id].at("promise")
            entry.warning("understaffed", staffed.sentence, "kept staff shows hour by hour how sure that is")


class _Told(NamedTuple):
    """How many messages each person got, digests aside, and how many their budget held back."""

    sent: Counter[str]
    held: Counter[str]


def _told(task: Task, rules: Rules, say: Callable[[str], None]) -> _Told:
    """Tell history as it would have been told: at each second in which something came or fell due."""
    told = _Told(Counter(), Counter())
    host = StoryHost(rules, UTC_ZONE, Store())
    wall = 0
    with ExitStack() as stack:
        for second, events in groupby(_events(task, stack, say), key=lambda event: event.at // SECOND):
            wall = max(wall, (second + 1) * SECOND)
            while (wake := host.wake) + GRACE < wall:
                _step(host, [], wake + GRACE, told)
            _step(host, list(events), wall, told)
    _step(host, [], wall + GRACE, told)
    return told


def _events(task: Task, stack: ExitStack, say: Callable[[str], None]) -> Iterator[Event]:
    events = 0
    for batch, _ in Backtest(task).batches(task.paths, stack):
        yield from batch
        events += len(batch)
        say(f"telling: {events:,} events")


def _step(host: StoryHost, events: list[Event], wall: int, told: _Told) -> None:
    done = host.step(events, wall)
    told.sent.update(notice.to for notice in done.alerts.notices if not is_digest(notice))
    told.held.update(held.to for held in done.alerts.withheld if held.reason == "budget")


def _over_budget(told: _Told, people: People, days: int, policy: Entry) -> None:
    for name, person in people.people.items():
        held, wanted = told.held[name] / days, (told.sent[name] + told.held[name]) / days
        if person.budget and held >= HELD_BACK:
            found = (
                f"{name} would get about {wanted:,.0f} messages a day, and a budget of {person.budget} an hour holds "
                f"{held:,.0f} of them back"
            )
            fix = "let fewer standards be told to them, or warn later; docs/policy.md has more that keeps messages back"
            section = "people" if policy.at("people").has(name) else "teams"
            policy.at(section, name, "budget").warning("over-budget", found, fix)
