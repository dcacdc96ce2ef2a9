"""The words of a review: how a promise ended before and ends now, when, and what that adds up to.

Read next: `text.py`, `page.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from alerts.routing.place import called
from standards.calendar.duration import spoken
from standards.judge.events import moment
from standards.review.difference import ABSENT
from standards.review.tally import slot
from streams.backtest.report import DAYS, HEAD, counted, some, stretch, unsound
from streams.backtest.table import Row, Table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from standards.review.difference import Difference, Telling
    from standards.review.fate import Fate
    from standards.review.tally import Slot, Tally
    from streams.backtest.result import Result
    from streams.review.judging import Judged
    from streams.review.sweeping import Sweep


class Reviewed(NamedTuple):
    """Two versions of the standards on the same events, and where the older one is from."""

    before: Judged
    now: Judged
    difference: Difference
    older: str

    @property
    def names(self) -> list[str]:
        """The standards of either version that promised anything; those in another's place by their new names."""
        found = {fate.standard for each in (self.before, self.now) for fate in each.fates.values()}
        return sorted(found - set(self.difference.renamed.values()))

    def promise(self, name: str) -> str:
        """Give the promise in the customer's words, as it is now."""
        standard = self.now.standards.get(name) or self.before.standards.get(name)
        return "" if standard is None else standard.promise

    def tallies(self, name: str) -> tuple[Tally | None, Tally | None]:
        """Give the counts of a standard before and now; None where it promised nothing."""
        return self.before.tallies.get(self.difference.renamed.get(name, name)), self.now.tallies.get(name)

    def zone(self, name: str) -> ZoneInfo:
        """Give the zone in which the hours of a standard are told."""
        return (self.now if name in self.now.standards else self.before).zone_of(name)

    def changes_by_hour(self, name: str) -> Counter[Slot]:
        """Count the changes of a standard by the weekday and hour in which their promises began."""
        zone = self.zone(name)
        return Counter(slot(each.fate.opened, zone) for each in self.difference.changes if each.fate.standard == name)


def judged(result: Result, clock: ZoneInfo) -> str:
    """Say what was judged, from when to when by a clock."""
    if result.newest < 0:
        return "No events were judged."
    told = stretch(msgspec.structs.replace(result, zone=clock.key))
    return f"{unsound(result)}{some(result.events, 'event')}, {told}."


def both(reviewed: Reviewed) -> str:
    """Say what was judged twice."""
    return f"{judged(reviewed.now.result, reviewed.now.clock)} Before is {reviewed.older}."


def verdict(reviewed: Reviewed) -> str:
    """Say in a sentence what the change does."""
    changes = reviewed.difference.changes
    if not changes:
        return "No difference: every promise ends alike, and is told alike."
    ended = sum(change.way[0] != change.way[1] for change in changes)
    told = len(changes) - ended
    ends = f"{some(ended, 'promise')} would end otherwise" if ended else ""
    tells = f"{some(told, 'promise')} would be told otherwise" if told else ""
    return f"{', and '.join(filter(None, (ends, tells)))}." if ended else f"No promise ends otherwise; {tells}."


def version_table(reviewed: Reviewed, name: str, *, column: str = "") -> Table:
    """Give the counts of a standard before and now; `column` is the heading over those two words."""
    before, now = reviewed.tallies(name)
    return _tally_table(column, Row("before", _told(before)), Row("now", _told(now), "now"))


def standard_table(name: str, tally: Tally) -> Table:
    """Give the counts of a standard of one version."""
    return _tally_table("standard", Row(name, _told(tally)))


def _tally_table(column: str, *rows: Row) -> Table:
    return Table((column, *HEAD, "told"), rows)


def _told(tally: Tally | None) -> tuple[str, ...]:
    return ("-",) * (len(HEAD) + 1) if tally is None else (*counted(tally.score), f"{tally.told:,}")


def ways(reviewed: Reviewed, name: str) -> list[tuple[int, str]]:
    """Count how promises of a standard ended before and end now, the most frequent first."""
    counted = reviewed.difference.ways(name)
    return [(count, way(*each)) for each, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def way(before: str, now: str) -> str:
    """Say how a promise ended before, and how it ends now."""
    if before == now:
        return f"{before} as before, told at other times"
    was = "not promised before" if before == ABSENT else f"{before} before"
    return f"{was}, {'not promised' if now == ABSENT else now} now"


def place_of(reviewed: Reviewed, name: str) -> str:
    """Say in whose place a standard is; nothing where it is in nobody's."""
    old = reviewed.difference.renamed.get(name)
    return f"It is in the place of {old}: whoever was promised one is promised the other." if old else ""


def when(reviewed: Reviewed, name: str) -> str:
    """Say on which weekdays and hours most changes are."""
    hours = reviewed.changes_by_hour(name)
    busiest = sorted(hours, key=lambda slot: (-hours[slot], slot))[:3]
    spots = ", ".join(f"{DAYS[day]} {hour}-{hour + 1} ({hours[day, hour]:,})" for day, hour in busiest)
    clock = reviewed.zone(name).key
    return f"Most of these changes began on {spots}, by the clock of {clock}." if hours.total() > 1 else ""


def case_table(reviewed: Reviewed) -> Table:
    """Give the most telling cases; why one is shown is which one it is of those that went its way."""
    head = ("When", "What", "Before", "Now", "Why it is here")
    return Table(head, [_case(reviewed, each) for each in reviewed.difference.telling()])


def _case(reviewed: Reviewed, telling: Telling) -> Row:
    change, fate = telling.change, telling.change.fate
    zone = reviewed.zone(fate.standard)
    begun = moment(fate.opened).astimezone(zone)
    other = "" if zone == reviewed.now.clock else f" {zone.key}"
    what = f"{fate.standard} {_on_a_line(called(fate.subject, {})) or 'the house'}"
    which = "the only one" if telling.of == 1 else f"{telling.number:,} of {telling.of:,}"
    cells = (what, _ended(change.before), _ended(change.now), f"{which} {way(*change.way)}")
    return Row(f"{DAYS[begun.weekday()]} {begun:%Y-%m-%d %H:%M:%S}{other}", cells)


def _on_a_line(text: str) -> str:
    """Keep what an event says from being more than text on a line: no breaks, no signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _ended(fate: Fate | None) -> str:
    if fate is None:
        return ABSENT
    told = _times(len(fate.told))
    after = spoken(max(fate.at, fate.opened) - fate.opened)
    if fate.end == "kept" and fate.took >= 0:
        return f"kept, after {spoken(fate.took)}; {told}"
    if fate.end == "broken":
        late = f", done after {spoken(fate.took)}" if fate.took >= 0 else ""
        return f"broken, after {after}{late}; {told}"
    return f"open; {told}" if fate.end == "open" else f"{fate.end}, after {after}; {told}"


def _times(count: int) -> str:
    return "nobody told" if not count else {1: "told once", 2: "told twice"}.get(count, f"told {count} times")


def advice(sweep: Sweep) -> str:
    """Say which value can be kept."""
    if sweep.goal is None:
        return "It has no objective. With one, such as {kept: 95%, over: 28d}, the first value that keeps it is named."
    goal = f"{100 * sweep.goal:.4g} %"
    sure, likely = sweep.best, sweep.likely
    if sure is not None:
        return f"{sweep.knob}={sure.value} is the first that keeps its objective of {goal}, chance left aside."
    if likely is not None:
        doubt = "the interval reaches below it, so chance may have helped"
        return f"{sweep.knob}={likely.value} is the first at its objective of {goal}; {doubt}."
    return f"None of these keeps its objective of {goal}."


def sweep_table(sweep: Sweep) -> Table:
    """Give the counts of each value that can be."""
    rows = [
        Row(
            f"{each.value}{' (now)' if now else ''}",
            (*counted(each.score), f"{each.messages:,}", f"{each.messages / sweep.days:.1f}"),
            "now" if now else "",
        )
        for each in sweep.tried
        if each.score is not None
        for now in [sweep.is_now(each.value)]
    ]
    return Table((sweep.knob, *HEAD, "messages", "a day"), rows)


def impossible(sweep: Sweep) -> list[str]:
    """Say which values cannot be, and why."""
    return [f"{sweep.knob}={each.value} cannot be: {each.why_not}." for each in sweep.tried if each.score is None]


def told_by(sweep: Sweep) -> str:
    """Say whose messages were counted."""
    days = "a day" if sweep.days == 1 else f"{sweep.days:.3g} days"
    whose = "that your policy would send" if sweep.policy else "that would be sent without a policy"
    return f"Messages are those {whose}, warnings and all-clears too, in {days}."
