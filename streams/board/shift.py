"""The shift: since when, who is on, what was broken and excused in it, and what it hands over.

Read next: `debriefs.py`, where what was broken is talked over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from alerts.policy.openings import open_since
from streams.board.markup import Child, Html, el, facts, listed, section
from streams.board.paging import Paged, pager
from streams.board.shell import Shell, page, promise_link
from streams.board.view import NOWHERE, View
from streams.board.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alerts.policy.policy import People
    from streams.storage.rows import FailedGroup, PromiseRow, Sort


class OnShift(msgspec.Struct, frozen=True):
    """Who is on, by team, at an instant; and since when the first of them is, in microseconds UTC."""

    teams: Mapping[str, Sequence[str]] = {}
    since: int = -1


class Shift(msgspec.Struct, frozen=True):
    """What was settled `since` an instant, counted by verdict; and what is still owed.

    Of what was not kept there are `groups`, where it is much; or else `failed` has a page of it, which is of one site
    and `standard` where these are named.
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
    where = f" at {shift.site}" if shift.site else ""
    begun = "This shift began at " if shift.on.since >= 0 else "No shift is known; this is since midnight, "
    view = View(site=shift.site)
    counts = [(words, f"{shift.verdicts.get(verdict, 0):,}") for verdict, words in _COUNTED.items()]
    handed = (
        _handed(shift.owed.get("overdue", 0), "overdue", view.address(part="overdue")),
        _handed(shift.owed.get("warned", 0), "to act on", view.address(part="warned")),
        _handed(shift.owed.get("running", 0), "on the clock", view.address(part="running")),
        _handed(shift.undebriefed, "to talk over", view.address(path="/debriefs")),
    )
    return page(
        shell, "Shift", "/shift", el("p", begun, shell.clock(shift.since), f"{where}.", class_="lead"),
        section("Handed over", el("ul", handed, class_="handed")),
        section("So far", facts(counts, "facts")),
        section("On shift", facts(((team, ", ".join(names)) for team, names in shift.on.teams.items()), "facts"))
        if shift.on.teams else None,
        section("Broken, excused or unknown", *_failed(shell, shift), id="failed"),
    )  # fmt: skip


def _failed(shell: Shell, shift: Shift) -> Iterator[Child]:
    """List what was not kept: of much of it the sites and standards, each of which leads to its own list."""
    query = {"site": shift.site, "standard": shift.standard}
    if shift.standard:
        every = {"site": shift.site} if shift.site and shift.site != NOWHERE else {}
        words = f"{shift.standard} at {shift.site}" if shift.site else shift.standard
        yield el("p", words, ". ", el("a", "Of all standards", href=f"/shift?{urlencode(every)}"), class_="quiet")
    if shift.groups:
        yield el("ul", (_group(shell, group) for group in shift.groups), class_="groups")
        return
    yield listed([_row(shell, row) for row in shift.failed.rows], "notices", "Nothing so far.")
    yield pager(shell, shift.failed, "/shift", query, part="#failed")


def _group(shell: Shell, group: FailedGroup) -> Html:
    address = f"/shift?{urlencode({'site': group.site or NOWHERE, 'standard': group.standard})}#failed"
    words = how_many(group.count, *_WORDS[group.verdict])
    place = el("b", group.site or "no site"), " ", el("span", group.standard, class_="standard")
    last = el("span", "the last at ", shell.clock(group.last))
    return el("li", el("span", place), el("a", words, href=address), last, class_=group.verdict)


_COUNTED: Final = {"kept": "Kept", "broken": "Broken", "excused": "Excused", "unknown": "Unknown"}


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "broken": ("promise broken", "promises broken"),
    "excused": ("promise excused", "promises excused"),
    "unknown": ("promise unknown", "promises unknown"),
}


def _handed(count: int, words: str, address: str) -> Html:
    said = f"{count:,} {words}"
    return el("li", el("a", said, href=address) if count else said, class_=None if count else "quiet")


def _row(shell: Shell, row: PromiseRow) -> Html:
    head = el(
        "p", promise_link(shell.words, row.id, row.subject, row.standard), " ", shell.clock(row.settled), class_="where"
    )
    return el("li", head, el("p", shell.state(row.state), class_="quiet"), class_=row.verdict)
