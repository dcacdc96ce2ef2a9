"""A drill of the policy: storms are played on it, and it is said who would hear what, when, and what reached nobody.

It is played by the routers that hosts have, second by second, and nothing is sent. Read next:
`alerts/stories/storms.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from alerts.policy.policy import PLACE, Policy
from alerts.stories.storms import Storm, page_storms, ticket_storm
from alerts.stories.story import is_digest
from standards.calendar.duration import HOUR, MINUTE, SECOND
from standards.judge.events import microseconds
from streams.runtime.router_runtime import RouterRuntime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.policy.policy import People
    from alerts.routing.notice import Notice
    from standards.judge.standard import Standard

LASTS = 2 * HOUR
HEADING = "Messages in the first and in the second hour of a storm, on a Monday from ten on; nobody acts."
RUNS_ON = 10 * MINUTE
"""How much longer it is played, for what waited at the end."""


class Heard(NamedTuple):
    """What one person heard of a storm: how many messages in the first and the second hour, digests among them.

    `first` says when each message went, `slowest` how long at most it took from trouble until they heard of it, and
    `named` how many promises they heard of.
    """

    hours: tuple[int, int]
    digests: int
    first: tuple[int, ...]
    slowest: int
    named: int


class Drilled(NamedTuple):
    """One storm as it was told: by person, and the promises that nobody heard of."""

    storm: str
    promises: int
    heard: Mapping[str, Heard]
    unreached: tuple[str, ...]


def drill(people: People, standards: Sequence[Standard], now: datetime) -> list[Drilled]:
    """Play the storms on a policy, from the next Monday at ten on; `now` is asked for the day and the zone alone."""
    start = _monday(now)
    known = {standard.revision: standard for standard in standards}
    storms: list[Storm] = []
    for severity in ("page", "ticket"):
        found = next(filter(None, (_fixed(people, each) for each in standards if each.severity == severity)), None)
        if found is not None:
            standard, fixed = found
            paged = severity == "page"
            storms += page_storms(standard, start, fixed) if paged else [ticket_storm(standard, start, fixed)]
    return [play(storm, Policy(known, people=people), people, start) for storm in storms]


def _monday(now: datetime) -> int:
    day = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=(7 - now.weekday()) % 7)
    return microseconds(day)


def _fixed(people: People, standard: Standard) -> tuple[Standard, dict[str, str]] | None:
    """Give the fields by which a standard's lines come to a route; None where none can tell of it."""
    own = {"standard": standard.id, "owner": standard.owner, "aspect": standard.aspect, "severity": standard.severity}
    for route in people.routes:
        terms = dict(route.match.terms)
        if all(own[name] in values for name, values in terms.items() if name in own) and "subject" not in terms:
            return standard, {name: values[0] for name, values in terms.items() if name not in own and name != PLACE}
    return None


def play(storm: Storm, policy: Policy, people: People, start: int) -> Drilled:
    """Play one storm for two hours, from instant to instant."""
    runtime = RouterRuntime(policy, people, {})
    notices: list[Notice] = []
    flapped: set[str] = set()
    lines = list(storm.lines)
    end = start + LASTS + RUNS_ON
    while (low := min(runtime.wake, lines[0].known if lines else end)) < end:
        now = [line for line in lines if line.known == low]
        lines = lines[len(now) :]
        result = runtime.push(now, [], low)
        notices += result.notices
        flapped |= {each.promise for each in result.withheld if each.reason == "flapping"}
    trouble = {line.promise: line.known for line in reversed(storm.lines) if line.kind in ("warned", "broken")}
    heard = {name: _heard([n for n in notices if n.to == name], trouble, start) for name in people.people}
    named = {promise for notice in notices for promise in notice.speaks_for}
    unreached = tuple(sorted(trouble.keys() - named - flapped))
    return Drilled(storm.name, len(trouble), {name: it for name, it in heard.items() if it.first}, unreached)


def _heard(notices: Sequence[Notice], trouble: Mapping[str, int], start: int) -> Heard:
    late: dict[str, int] = {}
    for notice in notices:
        for promise in notice.speaks_for:
            late.setdefault(promise, notice.decided - trouble.get(promise, notice.decided))
    first, both = (sum(notice.decided < start + hours * HOUR for notice in notices) for hours in (1, 2))
    return Heard(
        (first, both - first), sum(map(is_digest, notices)), tuple(n.decided - start for n in notices),
        max(late.values(), default=0), len(late),
    )  # fmt: skip


def table(drilled: Sequence[Drilled]) -> str:
    """Give what was heard as a table for people: messages in the first and in the second hour, and how late."""
    names = list(dict.fromkeys(name for each in drilled for name in each.heard))
    rows = [["", *names, "the last is heard of after", "unreached"]]
    for each in drilled:
        cells = [_cell(each.heard.get(name)) for name in names]
        late = "; ".join(f"{name} {_clock(heard.slowest)}" for name, heard in each.heard.items())
        rows.append([each.storm, *cells, late, str(len(each.unreached)) if each.unreached else "none"])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([HEADING, *lines])


def _cell(heard: Heard | None) -> str:
    if heard is None:
        return "-"
    digests = f" ({heard.digests} digests)" if heard.digests else ""
    return f"{heard.hours[0]}, {heard.hours[1]}{digests}"


def _clock(span: int) -> str:
    return f"{span // MINUTE}:{span % MINUTE // SECOND:02}"
