"""What a team lays on the table: what broke today and what was learned of it, or what its week had worth telling.

It is read from a host's data folder, whether or not the host runs; nothing is changed. "Today" is the day up to which
the store has come. People are named, as they were in the events: it is for the team, and not for the wall.
Read next: `streams/storage/event_log.py`.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from alerts.routing.actions import DEBRIEFED, SHARED, THANKED
from alerts.routing.afterwards import is_afterwards
from standards.calendar.duration import DAY
from standards.errors import StateError
from standards.judge.events import microseconds, moment
from standards.judge.ledger import Plain
from standards.judge.promise import NEVER
from standards.natural import same
from standards.practice.periods import begun
from standards.practice.practice import Whose
from streams.board.colleagues import colleagues_in, row_without_persons
from streams.board.excused import excused_words
from streams.board.sheet import Entry, Part, Sheet
from streams.board.wording import STATES, Wording
from streams.storage.event_log import Happened, happened, reached
from streams.storage.read_model import ReadModel
from streams.storage.sqlite import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from alerts.words.words import Words
    from standards.practice.practice import Scenario
    from streams.documents.rules import Rules
    from streams.storage.practice_queries import Excused
    from streams.storage.rows import PromiseRow

SHOWN: Final = 10
"""How many broken promises of one standard are listed."""
MOMENTS: Final = 50
"""How many moments are listed."""
WEEK: Final = 7 * DAY
MONTH: Final = 28 * DAY
"""For how long after a debrief its next step is looked for."""
_STEP: Final = "step.completed"
_RAISED: Final = ("issue.raised", "agenda.asked")
_TYPES: Final = frozenset({DEBRIEFED, _STEP, SHARED, THANKED, *_RAISED})


class Lately(NamedTuple):
    """What was found: how it is worded, and since when the day is.

    `promises` are the words of standards by id, `rows` what `events` are about. `broken` is what broke since midnight
    by standard: the newest of it, and how much there is. `excused` was so afterwards, by `scenarios`, since midnight.
    """

    wording: Wording
    midnight: int
    promises: Mapping[str, str]
    broken: Mapping[str, tuple[Sequence[PromiseRow], int]]
    rows: Mapping[str, PromiseRow]
    events: Sequence[Happened]
    excused: Sequence[Excused] = ()
    scenarios: Mapping[str, Scenario] = {}

    def of(self, *types: str, since: int) -> Iterator[Happened]:
        """Give the events of some types from an instant on."""
        return (each for each in self.events if each.type in types and each.at >= since)


def look(folder: Path, rules: Rules, words: Words, zone: ZoneInfo) -> Lately:
    """Read a folder by the standards and the policy in force. Raises StateError for one without data."""
    now = reached(folder) if (folder / FILE).is_file() else -1
    if now < 0:
        raise StateError(f"{folder} holds no events of kept run; name its folder with --data FOLDER, or KEPT_DATA")
    midnight = begun("day", now, zone)
    events = happened(folder, _TYPES, now - MONTH)
    with closing(ReadModel(folder)) as read_model:
        broken = _broken_since(read_model, midnight, words)
        excused = [
            replace(each, row=_told(each.row, words))
            for each in read_model.practice.excused(midnight, Whose(), MOMENTS)
        ]
        about = {str(each.data["promise"]) for each in events if each.data.get("promise")}
        rows = {row.id: _told(row, words) for row in read_model.owed.named(sorted(about))}
    names = rules.people.names if rules.people is not None else {}
    told = {each.id: each.in_language(words.language).promise for each in rules.loaded.standards}
    scenarios = rules.practice.scenarios if rules.practice is not None else {}
    late = [it for it in excused if is_afterwards(it.failed, it.act.at, scenarios.get(it.scenario))]
    return Lately(Wording(now, zone, words, names), midnight, told, broken, rows, events, late, scenarios)


def _told(row: PromiseRow, words: Words) -> PromiseRow:
    """Give a promise as a sheet tells it, which lies about: what is owed for each person alone names nobody."""
    return row_without_persons(row, words) if colleagues_in(row) else row


def _broken_since(read_model: ReadModel, since: int, words: Words) -> dict[str, tuple[Sequence[PromiseRow], int]]:
    owed, counts = read_model.owed, Counter[str]()
    for each in owed.failed_groups(since, ""):
        if each.verdict == "broken":
            counts[each.standard] += each.count
    return {
        name: ([_told(row, words) for row in owed.broken_since(name, since, SHOWN)], count)
        for name, count in sorted(counts.items())
    }


def day(lately: Lately) -> Sheet:
    """Make the sheet of a day: what broke, what was learned, and which next steps are still to be taken."""
    say, wording = lately.wording.words.say, lately.wording
    learned = [
        Entry(_title(lately, str(each.data["promise"])), tuple(_learned(lately, each.data)))
        for each in lately.of(DEBRIEFED, since=lately.midnight)
    ]
    steps = _steps(lately)
    date = wording.words.day(moment(wording.now).astimezone(wording.zone).date(), year=True)
    parts = (
        _broken(lately),
        *_excused(lately),
        Part(say("What was learned"), () if learned else (say("Nothing was talked over today."),), learned),
        Part(say("Next steps that are still to be taken"), () if steps else (say("There is none."),), steps),
    )
    return Sheet(say("The day"), say("{day}, up to {time}.", day=date, time=wording.told(wording.now)), parts)


def _excused(lately: Lately) -> Iterator[Part]:
    """List what was excused afterwards; nothing where there is none."""
    wording, say = lately.wording, lately.wording.words.say
    points = []
    for each in lately.excused:
        who = str(each.act.data.get("person") or "")
        said = excused_words(wording, each, lately.scenarios, by=who)
        place = wording.placed(each.row.subject, each.row.fields.get("site")) or say("everywhere")
        points.append(say("{time} {place}: {state}", time=wording.told(each.act.at), place=place, state=said))
    if points:
        yield Part(say("Excused afterwards"), points=points)


def meeting(lately: Lately) -> Sheet:
    """Make the sheet for a meeting: moments of the week, what broke, what was raised.

    Moments for which nobody else has thanked come first, by themselves; of each, the newest ones first.
    """
    say, since = lately.wording.words.say, lately.wording.now - WEEK
    moments = list(lately.of(SHARED, since=since))[::-1]
    thanked = {each.data.get("moment") for each in lately.of(THANKED, since=since) if not _is_to_oneself(each)}
    unsaid = [each for each in moments if each.data.get("moment") not in thanked]
    said = [each for each in moments if each.data.get("moment") in thanked]
    raised = [_said(lately, each, "by") for each in lately.of(*_RAISED, since=since) if each.data.get("note")]
    parts = (
        _moments(lately, say("Moments that nobody has thanked for"), say("There is none."), unsaid),
        _moments(lately, say("Moments with thanks"), say("There is none."), said),
        _broken(lately),
        _listed(say("What people want to talk about"), say("Nobody has said anything."), raised),
    )
    return Sheet(say("For the meeting"), say("The last seven days, and what broke today."), parts)


def _listed(title: str, none: str, points: Sequence[str]) -> Part:
    return Part(title, () if points else (none,), points=points)


def _moments(lately: Lately, title: str, none: str, moments: Sequence[Happened]) -> Part:
    points = [_said(lately, each, "agent") for each in moments[:MOMENTS]]
    return _listed(title, none, [*points, *_more(lately, len(moments) - MOMENTS)])


def _more(lately: Lately, rest: int) -> list[str]:
    """Say how many are not listed; nothing, where all are."""
    return [lately.wording.words.how_many(rest, "and {count} more", "and {count} more")] if rest > 0 else []


def _is_to_oneself(thanks: Happened) -> bool:
    return same(str(thanks.data.get("by") or ""), str(thanks.data.get("agent") or ""))


def _broken(lately: Lately) -> Part:
    say, entries = lately.wording.words.say, []
    for standard, (rows, count) in lately.broken.items():
        listed = [*(_how(lately.wording, row) for row in rows), *_more(lately, count - len(rows))]
        entries.append(
            Entry(lately.promises.get(standard, standard), [(say("Where, and how it stands"), tuple(listed))], standard)
        )
    return Part(say("What broke today"), () if entries else (say("Nothing that was promised."),), entries)


def _how(wording: Wording, row: PromiseRow) -> str:
    place = wording.placed(row.subject, row.fields.get("site")) or wording.words.say("everywhere")
    state = wording.words.say(STATES[row.state])
    return wording.words.say("{time} {place}: {state}", time=wording.told(row.settled), place=place, state=state)


def _title(lately: Lately, promise: str) -> str:
    """Name a promise by its place and its words; by its id, where it is not known any more."""
    row = lately.rows.get(promise)
    if row is None:
        return promise
    place = lately.wording.placed(row.subject, row.fields.get("site"))
    said = lately.promises.get(row.standard, row.standard)
    return f"{place}: {said}" if place else said


def _learned(lately: Lately, data: Mapping[str, Plain]) -> Iterator[tuple[str, str]]:
    say = lately.wording.words.say
    labels = (
        (say("What got in the way"), "cause"), (say("The steps that should have been taken"), "missed"),
        (say("What we try now"), "next_step"),
    )  # fmt: skip
    yield from ((label, str(data[name])) for label, name in labels if data.get(name))


def _steps(lately: Lately) -> list[Entry]:
    """Say which next steps of the last four weeks nobody has taken yet, those that are due first."""
    wording, since, say = lately.wording, lately.wording.now - MONTH, lately.wording.words.say
    taken = {each.data["promise"] for each in lately.of(_STEP, since=since)}
    last = {each.data["promise"]: each.data for each in lately.of(DEBRIEFED, since=since) if each.data.get("next_step")}
    waiting = []
    for promise, data in last.items():
        if promise not in taken:
            at = _instant(data.get("next_step_by"))
            until = [(say("Until"), wording.told(at))] if at < NEVER else []
            facts = [(say("What we try now"), str(data["next_step"])), *until]
            waiting.append((at, Entry(_title(lately, str(promise)), facts)))
    return [entry for _, entry in sorted(waiting, key=lambda each: each[0])]


def _instant(written: Plain) -> int:
    return NEVER if written is None else microseconds(datetime.fromisoformat(str(written)))


def _said(lately: Lately, event: Happened, who: str) -> str:
    """Say what somebody told: the team, who it is about or who said it, and the words."""
    say: Callable[..., str] = lately.wording.words.say
    team, name, note = (str(event.data.get(field) or "") for field in ("team", who, "note"))
    about = ", ".join(filter(None, (team, name)))
    return say("{label}: {said}", label=about, said=note) if note else about
