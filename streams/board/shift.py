"""The shift: since when, who is on, what was broken and excused in it, who was thanked, and what it hands over.

Read next: `handover.py`, the notes from shift to shift; `debriefs.py`, where what was broken is talked over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from alerts.policy.openings import open_since
from alerts.words.words import phrase, several
from streams.board import handover
from streams.board.filters import place
from streams.board.handover import Notes
from streams.board.markup import Child, Html, el, facts, listed, section, sentence
from streams.board.now import titled
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, page, promise_link
from streams.board.view import NOWHERE, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.policy.policy import People
    from alerts.routing.actions import Action
    from alerts.routing.incident import Held
    from streams.storage.rows import FailedGroup, PromiseRow, Sort


class OnShift(msgspec.Struct, frozen=True):
    """Who is on, by team, at an instant; and since when the first of them is, in microseconds UTC."""

    teams: Mapping[str, Sequence[str]] = {}
    since: int = -1


class Shift(msgspec.Struct, frozen=True):
    """What was settled `since` an instant, counted by verdict; and what is still owed.

    Of what was not kept there are `groups`, where it is much; or else `failed` has a page of it, which is of one site
    and `standard` where these are named. `went` counts what was over before anybody was told, by what held it back.
    Somebody was thanked `thanked` times; `thanks` has a page of that for who may see whom and for what.
    """

    since: int
    on: OnShift
    verdicts: Mapping[str, int]
    failed: Paged[PromiseRow]
    owed: Mapping[Sort, int]
    undebriefed: int = 0
    site: str = ""
    standard: str = ""
    groups: Sequence[FailedGroup] = ()
    went: Mapping[Held, int] = {}
    thanked: int = 0
    thanks: Paged[Action] = Paged()
    notes: Notes = Notes()


def on_shift(people: People | None, at: int) -> OnShift:
    """Find who is on shift at an instant: those who have one, and are in it."""
    teams: dict[str, list[str]] = {}
    since = []
    for name, team in sorted(people.teams.items()) if people else ():
        for member in team.members:
            if member.shift is not None and member.shift.is_open(at):
                teams.setdefault(name, []).append(member.person)
                since.append(open_since(member.shift, at))
    return OnShift(teams, min(since, default=-1))


def draw(shell: Shell, shift: Shift) -> str:
    """Draw the page."""
    say, on = shell.words.say, shift.on.teams.items()
    counts = [(say(title), shell.number(shift.verdicts.get(verdict, 0))) for verdict, title in _COUNTED.items()]
    teams = section(say("On shift"), facts(((team, ", ".join(names)) for team, names in on), "facts"))
    here = place(shell, shift.site)
    title = say("{label}: {said}", label=say("Shift"), said=here) if here else say("Shift")
    owed = sum(shift.owed.get(sort, 0) for sort in _OWED)
    missed = sum(shift.verdicts.get(verdict, 0) for verdict in _WORDS)
    return page(
        shell, title, "/shift", el("p", _begun(shell, shift), class_="lead"),
        section(titled(shell, _HANDED, owed), el("ul", _handed_over(shell, shift), class_="handed")),
        handover.draw(shell, shift.notes),
        section(titled(shell, _SO_FAR, sum(shift.verdicts.values())), facts(counts, "facts"), _went(shell, shift.went)),
        _thanks(shell, shift), teams if on else None,
        section(titled(shell, _MISSED, missed), *_failed(shell, shift), id="failed"),
    )  # fmt: skip


def _begun(shell: Shell, shift: Shift) -> Html:
    """Say since when it has been, and where it is looked at."""
    words, time, site = shell.words, shell.clock(shift.since), place(shell, shift.site)
    if shift.on.since >= 0:
        return (
            sentence(words, "This shift began at {time} at {site}.", time=time, site=site)
            if site
            else sentence(words, "This shift began at {time}.", time=time)
        )
    if site:
        return sentence(words, "No shift is known; this is since midnight, {time} at {site}.", time=time, site=site)
    return sentence(words, "No shift is known; this is since midnight, {time}.", time=time)


def _handed_over(shell: Shell, shift: Shift) -> Iterator[Html]:
    """Say what it hands over; each leads to all of it."""
    view, owed = View(site=shift.site), shift.owed
    yield _handed(shell, owed.get("overdue", 0), _OVERDUE, view.address(part="overdue"))
    yield _handed(shell, owed.get("warned", 0), _TO_ACT_ON, view.address(part="warned"))
    yield _handed(shell, owed.get("running", 0), _ON_THE_CLOCK, view.address(part="running"))
    yield _handed(shell, shift.undebriefed, _TO_TALK_OVER, view.address(path="/debriefs"))


def _handed(shell: Shell, count: int, both: tuple[str, str], address: str) -> Html:
    said = shell.words.how_many(count, *both)
    return el("li", el("a", said, href=address) if count else said, class_=None if count else "quiet")


def _went(shell: Shell, went: Mapping[Held, int]) -> Html | None:
    """Say of what nobody was told, as it came and went while something held it back; each leads to why."""
    rows = []
    for reason, message in _HELD.items():
        if count := went.get(reason):
            said = shell.words.how_many(count, "{count} came and went", "{count} came and went")
            link = el("a", said, href=f"/notices?reason={reason}#not-sent")
            rows.append(el("li", sentence(shell.words, message, promises=link)))
    return el("ul", rows, class_="went") if rows else None


def _thanks(shell: Shell, shift: Shift) -> Html | None:
    """Say who was thanked by whom and for what: to those who may act; to others only how often."""
    if not shift.thanked:
        return None
    say = shell.words.say
    title = f"{say('Thanks')} · {shell.number(shift.thanked)}"
    if not shell.joins:
        thanks = el("a", say("Thanks"), href="/thanks")
        there = sentence(
            shell.words, "By whom and for what stands under {thanks}, for those who may read it.", thanks=thanks
        )
        return section(title, el("p", there, class_="quiet"))
    rows = el("ul", (_thanked(shell, act) for act in shift.thanks.rows), class_="acts")
    pages = pager(shell, shift.thanks, "/shift", {"site": shift.site}, name=THANKS, part="#thanks")
    return section(title, rows, pages, id="thanks")


def _thanked(shell: Shell, act: Action) -> Html:
    words = shell.words
    team, reason = (str(act.data.get(name) or "") for name in ("team", "reason"))
    time = shell.at(act.data.get("site")).clock(act.at)
    values = {
        "name": el("strong", act.by or words.say("Somebody")), "time": time, "team": team,
        "whom": el("strong", str(act.data.get("agent") or words.say("somebody"))),
    }  # fmt: skip
    if team:
        said = sentence(words, "{name} thanked {whom} of {team}, {time}", **values)
    else:
        said = sentence(words, "{name} thanked {whom}, {time}", **values)
    return el("li", el("p", said, class_="where"), el("p", reason, class_="written") if reason else None)


def _failed(shell: Shell, shift: Shift) -> Iterator[Child]:
    """List what was not kept: of much of it the sites and standards, each of which leads to its own list."""
    say, query = shell.words.say, {"site": shift.site, "standard": shift.standard}
    if shift.standard:
        every = {"site": shift.site} if shift.site and shift.site != NOWHERE else {}
        where = place(shell, shift.site)
        named = say("{standard} at {site}", standard=shift.standard, site=where) if where else shift.standard
        link = el("a", say("Of all standards"), href=f"/shift?{urlencode(every)}")
        yield el("p", named, ". ", link, class_="quiet")
    if shift.groups:
        yield el("ul", (_group(shell, group) for group in shift.groups), class_="groups")
        return
    yield listed([_row(shell, row) for row in shift.failed.rows], "notices", say("Nothing so far."))
    yield pager(shell, shift.failed, "/shift", query, part="#failed")


def _group(shell: Shell, group: FailedGroup) -> Html:
    words = shell.words
    address = f"/shift?{urlencode({'site': group.site or NOWHERE, 'standard': group.standard})}#failed"
    said = words.how_many(group.count, *_WORDS[group.verdict])
    where = (
        el("b", shell.called_site(group.site) or words.say("no site")),
        " ",
        el("span", group.standard, class_="standard"),
    )
    last = el("span", sentence(words, "the last at {time}", time=shell.at(group.site).clock(group.last)))
    return el("li", el("span", where), el("a", said, href=address), last, class_=group.verdict)


_HANDED: Final = phrase("Handed over")
_SO_FAR: Final = phrase("So far")
_MISSED: Final = phrase("Broken, excused or unknown")
_OWED: Final[tuple[Sort, ...]] = ("overdue", "warned", "running")
THANKS: Final = "thanks"
"""What an address calls the page of thanks."""
_HELD: Final[Mapping[Held, str]] = {
    "muted": phrase("While muted: {promises}."),
    "silenced": phrase("While silenced: {promises}."),
    "inhibited": phrase("While graver trouble explained it: {promises}."),
}
_COUNTED: Final = {
    "kept": phrase("Kept"), "broken": phrase("Broken"), "excused": phrase("Excused"), "unknown": phrase("Unknown"),
}  # fmt: skip
_OVERDUE: Final = several("{count} overdue", "{count} overdue")
_TO_ACT_ON: Final = several("{count} to act on", "{count} to act on")
_ON_THE_CLOCK: Final = several("{count} on the clock", "{count} on the clock")
_TO_TALK_OVER: Final = several("{count} to talk over", "{count} to talk over")
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "broken": several("{count} promise broken", "{count} promises broken"),
    "excused": several("{count} promise excused", "{count} promises excused"),
    "unknown": several("{count} promise unknown", "{count} promises unknown"),
}


def _row(shell: Shell, row: PromiseRow) -> Html:
    head = el(
        "p",
        promise_link(shell.words, row.id, shell.placed(row.subject, row.fields.get("site")), row.standard),
        " ",
        shell.at(row.fields.get("site")).clock(row.settled),
        class_="where",
    )
    return el("li", head, el("p", shell.state(row.state), class_="quiet"), class_=row.verdict)
