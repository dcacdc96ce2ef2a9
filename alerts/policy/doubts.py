"""What a policy hardly means: silences that are over, steps that reach nobody new, routes that nothing comes to.

Each check gives findings with the id of a page in `docs/checks/`. The policy must be sound. Read next:
`doubted.py`, `policy_lint.py`.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from alerts.policy.doubted import can_fit
from alerts.policy.policy import MACHINES
from alerts.policy.summaries import FIRST_SUMMARY
from standards.calendar.duration import DAY, HOUR, spoken
from standards.judge.events import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from alerts.policy.doubted import Doubted
    from alerts.policy.policy import Match, Member, Route

LONGEST_SILENCE: Final = 7 * DAY
NAMED: Final = 3
"""So many standards are named in one finding; more are counted."""


def no_address(it: Doubted) -> None:
    """Report people who are told, without an address: they are told by every channel, which is a room for all."""
    for name, person in it.people.people.items():
        if not person.addresses and it.top.at("people").has(name):
            found = f"{name} has no address, and is told by every channel that leads to people"
            it.top.at("people", name).warning("no-address", found, f"give one: {name}: {{addresses: {{mail: ...}}}}")


def absent_channel(it: Doubted) -> None:
    """Report addresses of channels that are not set up: who has no other one is told by every channel."""
    channels = it.channels
    for section, name in ((each, name) for each in ("people", "teams") for name in it.people.people):
        if channels is None or not it.top.at(section).has(name):
            continue
        for channel in it.people.people[name].addresses.keys() - channels:
            found = f"no channel {channel} is set up, so nothing comes to {name} there"
            fix = f"set it up, or give an address of one that is: {', '.join(sorted(channels)) or 'none yet'}"
            it.top.at(section, name, "addresses", channel).warning("absent-channel", found, fix)


def unreached_channel(it: Doubted) -> None:
    """Report channels that are set up and that nothing comes to, as everybody has other addresses."""
    told = [person.addresses.keys() & (it.channels or set()) for person in it.people.people.values()]
    for channel in sorted((it.channels or frozenset()) - set(MACHINES)):
        if told and all(told) and not any(channel in each for each in told):
            found = f"{channel} is set up, and nobody has an address there, so nothing comes to it"
            fix = f"give somebody, or a team, an address: addresses: {{{channel}: ...}}; or do not set it up"
            it.top.at("people").warning("unreached-channel", found, fix)


def silence_over(it: Doubted) -> None:
    """Report silences that are over, and those that last for more than a week."""
    for index, silence in enumerate(it.people.silences):
        place = it.top.at("silences", index, "until")
        if silence.until <= it.now:
            place.warning("silence-over", "this silence is over", "take it out")
        elif silence.until > it.now + LONGEST_SILENCE:
            found = f"nothing is told of what matches for {(silence.until - it.now) // DAY} days"
            fix = "write an earlier time, or change the standards or the routes"
            place.warning("long-silence", found, fix)


def matches_nothing(it: Doubted) -> None:
    """Report silences of everything, and those that no standard can fit."""
    for index, silence in enumerate(it.people.silences):
        place = it.top.at("silences", index, "match")
        if not silence.match.terms:
            found, fix = "this silence matches everything", "name a site, a standard or an owner"
            place.warning("matches-all", found, fix)
        elif not any(can_fit(silence.match, standard) for standard in it.standards):
            place.warning("matches-nothing", "no standard can match this", "change it, or take it out")


def late_chain(it: Doubted) -> None:
    """Report steps that come when the promise is over long ago, or when whoever took it was asked already."""
    for index, route in enumerate(it.people.routes):
        after = route.chain[1].after if len(route.chain) > 1 else 0
        for standard in it.coming_to(index) if after else ():
            within, taken = getattr(standard.shape, "within", None), route.taken_of(standard.severity)
            lasts = spoken(after)
            if after > taken:
                found = f"the next are told after {lasts}, and who took it is asked after {spoken(taken)}"
            elif within is not None and HOUR <= within < after:
                found = f"the next are told after {lasts}, and {standard.id} is over after {spoken(within)}"
            else:
                continue
            it.route(index, "escalate", 0, "after").warning("late-chain", found, "tell them earlier")
            break


def long_wait(it: Doubted) -> None:
    """Report waits of a group that eat up more than half of the time which a warning leaves."""
    for index, route in enumerate(it.people.routes):
        for standard in it.coming_to(index) if route.group_wait else ():
            warn, within = getattr(standard.shape, "warn", ()), getattr(standard.shape, "within", None)
            rest = 0 if within is None or not warn else within - max(warn)
            if rest and route.group_wait > rest // 2:
                waits = spoken(route.group_wait)
                found = f"a group waits for {waits}, and {standard.id} warns {spoken(rest)} before its end"
                fix = f"write group_wait: {rest // 2_000_000}s or less; it is cut to half of the time that is left"
                it.route(index, "group_wait").warning("long-wait", found, fix)
                break


def late_summary(it: Doubted) -> None:
    """Report budgets over which a warning waits for even the first summary until its deadline is over.

    Later summaries of a storm are further apart. That is what a budget is for, so of them nothing is said here.
    """
    short = dict[str, set[tuple[int, str, int]]]()
    for index, route in enumerate(it.people.routes):
        for standard in it.coming_to(index):
            warn, within = getattr(standard.shape, "warn", ()), getattr(standard.shape, "within", None)
            if standard.severity != "page" or not warn or within is None or within - min(warn) >= FIRST_SUMMARY:
                continue
            for name in _reached(it, route.chain[0].tell):
                if it.people.person(name).budget:
                    short.setdefault(name, set()).add((within - min(warn), standard.id, within))
    for name, found_late in short.items():
        within = min(found_late)[-1]
        section = "people" if it.top.at("people").has(name) else "teams"
        waits = f"pages over this budget wait {spoken(FIRST_SUMMARY)} or more for a summary"
        found = f"{waits}, and {_warning_late(sorted(found_late))}"
        earlier = f"warn {spoken(FIRST_SUMMARY)} before the end or earlier, or " if within > FIRST_SUMMARY else ""
        it.top.at(section, name, "budget").warning("late-summary", found, f"{earlier}leave the budget out")


def _warning_late(short: Sequence[tuple[int, str, int]]) -> str:
    """Say which standards warn how long before their end; the first few by name."""
    if len(short) == 1:
        return f"{short[0][1]} warns only {spoken(short[0][0])} before its end"
    named = [f"{name} ({spoken(rest)})" for rest, name, _ in short[:NAMED]]
    *first, last = [*named, *([f"{len(short) - NAMED} more"] if short[NAMED:] else [])]
    return f"{', '.join(first)} and {last} warn only so long before their end"


def muted_pages(it: Doubted) -> None:
    """Report mute times of routes that tell of pages."""
    for index, route in enumerate(it.people.routes):
        pages = [each.id for each in it.coming_to(index) if each.severity == "page"]
        if route.mute and pages:
            found = f"while it is mute nobody hears of {pages[0]}, which has the severity page"
            fix = "give people quiet hours instead: pages pass these; or match other severities here"
            it.route(index, "mute").warning("muted-pages", found, fix)


def info_chain(it: Doubted) -> None:
    """Report chains of routes to which only what informs comes: that is in a digest, and climbs no chain."""
    for index, route in enumerate(it.people.routes):
        coming = list(it.coming_to(index))
        if len(route.chain) > 1 and coming and all(each.severity == "info" for each in coming):
            found = "what has the severity info comes in a digest, and nobody else is told of it"
            it.route(index, "escalate").warning("info-chain", found, "take it out, or let the standards be tickets")


def hidden_route(it: Doubted) -> None:
    """Report routes that nothing comes to, as those before take everything."""
    behind = None
    for index, route in enumerate(it.people.routes):
        if behind is not None:
            found = f"nothing comes to this route: {behind} before it takes everything"
            it.route(index).warning("hidden-route", found, "put it first, or write continue: true at the one before")
        elif not route.match.terms and not route.go_on:
            behind = _label(route)


def inhibition_circle(it: Doubted) -> None:
    """Report troubles that explain each other: then each would be told, or neither."""
    all_of = it.people.inhibitions
    explained = {
        one: {other for other, second in enumerate(all_of) if other != one and _meet(it, second.cause, first.mutes)}
        for one, first in enumerate(all_of)
    }
    for last in range(len(all_of)):
        circle = _circle(explained, last)
        if circle:
            others = " and ".join(f"number {each + 1}" for each in circle)
            found, fix = f"this one and {others} explain each other", "leave out the one whose trouble is the effect"
            it.top.at("inhibit", last, "when").warning("inhibition-circle", found, fix)


def _circle(explained: Mapping[int, set[int]], last: int) -> list[int]:
    """Give the shortest way from one inhibition back to itself over those before it; empty where there is none."""
    ways = [[each] for each in sorted(explained[last]) if each < last]
    seen = {each for (each,) in ways}
    while ways:
        way = ways.pop(0)
        if last in explained[way[-1]]:
            return way
        further = sorted(each for each in explained[way[-1]] - seen if each < last)
        seen.update(further)
        ways += [[*way, each] for each in further]
    return []


def _meet(it: Doubted, one: Match, other: Match) -> bool:
    return any(can_fit(one, standard) and can_fit(other, standard) for standard in it.standards)


def nobody_there(it: Doubted) -> None:
    """Report hours of the week in which a team's shifts leave a gap, or all who are on have quiet hours."""
    for name, team in it.people.teams.items():
        if not team.members or any(member.shift is None for member in team.members):
            continue
        week = [it.now + hour * HOUR for hour in range(7 * 24)]
        gaps = [at for at in week if _is_gap(it, team.members, at)]
        if gaps:
            zone = next(ZoneInfo(member.shift.timezone) for member in team.members if member.shift is not None)
            at = moment(gaps[0]).astimezone(zone)
            hours = f"in {len(gaps)} hours of the week"
            found = f"{hours} nobody of {name} is on shift without quiet hours, first on {at:%A}"
            fix = f"look at {at:%H:%M}: give somebody a shift then, or all of them quiet hours"
            it.top.at("teams", name).warning("nobody-there", found, fix)


def _is_gap(it: Doubted, members: Sequence[Member], at: int) -> bool:
    """Say whether nobody is on shift who hears of tickets, in hours in which not everybody is to be left in peace."""
    quiet = {each.person for each in members if (hours := it.people.person(each.person).quiet) and hours.is_open(at)}
    on = {each.person for each in members if each.shift is not None and each.shift.is_open(at)}
    return not on - quiet and bool(on or {each.person for each in members} - quiet)


def same_again(it: Doubted) -> None:
    """Report steps of a chain that reach nobody who was not told before, and machines, which are told at once."""
    for index, route in enumerate(it.people.routes):
        told = set(_reached(it, route.chain[0].tell))
        for number, step in enumerate(route.chain[1:]):
            reached = set(_reached(it, step.tell))
            if reached <= told:
                found, fix = "this step reaches nobody who was not told before", "name somebody else, or leave it out"
                it.route(index, "escalate", number, "tell").warning("same-again", found, fix)
            told |= reached


def _reached(it: Doubted, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        team = it.people.teams.get(name)
        yield from [name] if team is None or team.room or name in MACHINES else ()
        yield from (member.person for member in team.members) if team is not None else ()


def short_repeat(it: Doubted) -> None:
    """Report repetitions that are quicker than the group's wait."""
    for index, route in enumerate(it.people.routes):
        if route.repeat and route.repeat < route.group_wait:
            found = f"it is told again every {spoken(route.repeat)}, and a group waits for {spoken(route.group_wait)}"
            it.route(index, "repeat").warning("short-repeat", found, "write a longer repeat, or a shorter group_wait")


def equal_routes(it: Doubted) -> None:
    """Report routes without a name that say the same: what was told by one cannot be told from the other."""
    for (_, first), (other, second) in combinations(enumerate(it.people.routes), 2):
        if _said(first) == _said(second) and not it.top.at("routes", other).has("name"):
            found, fix = f"this route says what {_label(first)} says", "take it out, or give both a name"
            it.route(other).warning("equal-routes", found, fix)


def _label(route: Route) -> str:
    return f"route-{route.number}" if route.number else route.name


def _said(route: Route) -> tuple[object, ...]:
    return route.match, route.chain, route.mute, route.group_by


DOUBTS: Final[Sequence[Callable[[Doubted], None]]] = (
    no_address, absent_channel, unreached_channel, silence_over, matches_nothing, late_chain, long_wait, late_summary,
    muted_pages, info_chain, hidden_route, inhibition_circle, nobody_there, same_again, short_repeat, equal_routes,
)  # fmt: skip
"""What is looked for in every policy."""
