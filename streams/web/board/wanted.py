"""What a view asks of the store: whose promises, where, with which words; and since when what nobody can say counts.

Read next: `board_looks.py`, which asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from standards.calendar.duration import DAY
from streams.board.view import NOWHERE
from streams.storage.rows import OwedFilter
from streams.web.board.places import names_of

if TYPE_CHECKING:
    from streams.board.view import View
    from streams.host import Host

UNSAID_FOR: Final = DAY
"""How long it stands on the board that nobody can say how a promise went, in microseconds."""


def owed_filter(host: Host, view: View, name: str, *, acts: bool) -> OwedFilter:
    """Say what a view asks of the store: whose promises, where, and with which words.

    Words find a name of one of us only for who acts, and so may read it; where names are kept apart, the whole name.
    """
    people = [(acts and name) or " "] if view.mine else []
    team = host.people.teams.get(view.team) if host.people and view.team else None
    if view.team:  # one that is not a team may be somebody, and who only looks on is not told whose a promise is
        people += [view.team if acts or team else " ", *(member.person for member in (team.members if team else ()))]
    asked_for = host.names.in_subject(view.q) if acts and host.names is not None else view.q
    text = view.q.casefold()
    worded = (
        each.id for each in host.rulebook.current.values() if text in f"{each.id} {each.promise} {each.what}".casefold()
    )
    site = None if not view.site else "" if view.site == NOWHERE else view.site
    called_so = tuple(each for each, name in names_of(host).items() if text and text in name.casefold())
    return OwedFilter(
        site, view.standard, view.owner, tuple(people), asked_for, tuple(worded) if text else (), unsaid_since(host),
        called_so, acts,
    )  # fmt: skip


def unsaid_since(host: Host) -> int:
    """Say from when on it stands on the board that nobody can say how a promise went, in microseconds UTC."""
    return host.wall() - UNSAID_FOR
