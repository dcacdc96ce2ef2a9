"""What the pages of a team's practice share: which team and site they are of, and the way from one to the other.

Read next: `today.py`, `thanks.py`, `voices.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from alerts.words.words import phrase
from streams.board.markup import Html, el
from streams.board.shell import field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from standards.judge.standard import Standard
    from standards.practice.practice import Practice
    from streams.board.shell import Shell

TODAY, THANKS, VOICES, HANDBOOK = "/today", "/thanks", "/voices", "/handbook"
PAGES: Final = (
    (TODAY, phrase("Today")), (THANKS, phrase("Thanks")), (VOICES, phrase("Voices")),
    (HANDBOOK, phrase("Handbook")),
)  # fmt: skip
_NO_PRACTICE: Final = phrase(
    "There is no practice document yet, so Kept knows no teams, goals or rewards. This shows the whole house."
)


class Team(msgspec.Struct, frozen=True):
    """Which team and site a page is of, out of which; where a name is empty, it is of all. `lead` is a role.

    `agreed`: there is a practice document.
    """

    name: str = ""
    site: str = ""
    lead: str = ""
    teams: Sequence[str] = ()
    sites: Sequence[str] = ()
    agreed: bool = True

    def address(self, path: str) -> str:
        """Give the address of a page of the same team."""
        query = {name: value for name, value in (("team", self.name), ("site", self.site)) if value}
        return f"{path}?{urlencode(query)}" if query else path


def team_of(practice: Practice | None, query: Mapping[str, str], sites: Iterable[str], own: str = "") -> Team:
    """Read from an address which team and site are looked at; where it names none that is known, `own` or the first."""
    teams = practice.teams if practice else {}
    name = query.get("team", "").strip()
    name = next((each for each in (name, own) if each in teams), next(iter(teams), ""))
    team = teams.get(name)
    offered = [] if team is not None and team.site else list(sites)
    site = query.get("site", "").strip()
    chosen = team.site if team is not None and team.site else site if site in offered else ""
    return Team(name, chosen, team.lead if team else "", list(teams), offered, practice is not None)


def tabs(shell: Shell, path: str, team: Team) -> Html:
    """Draw the way to the other pages of the team."""
    links = (
        el("li", el("a", shell.words.say(name), href=team.address(to), aria_current="page" if to == path else None))
        for to, name in PAGES
    )
    return el("nav", el("ul", links), aria_label=shell.words.say("Pages of the team"), class_="tabs")


def team_bar(shell: Shell, path: str, team: Team) -> list[Html | None]:
    """Draw the way to the other pages of the team, and the choice of another team or site."""
    say = shell.words.say
    fields = [
        _choice(shell, say("Team"), "team", team.name, team.teams, every=False),
        _choice(shell, say("Site"), "site", team.site, team.sites, every=True),
    ]
    offered = [each for each in fields if each is not None]
    shows = el("button", say("Show"), class_="plain")
    chosen = el("form", offered, shows, method="get", action=path, class_="narrow") if offered else None
    return [tabs(shell, path, team), chosen, None if team.agreed else el("p", say(_NO_PRACTICE), class_="quiet")]


def _choice(  # noqa: PLR0913 - what one field has
    shell: Shell, label: str, name: str, chosen: str, values: Sequence[str], *, every: bool
) -> Html | None:
    if len(values) < 2:  # noqa: PLR2004 - of one there is nothing to choose
        return None
    first = el("option", shell.words.say("any"), value="") if every else None
    called = shell.called_site if name == "site" else str
    options = (el("option", called(value), value=value, selected=value == chosen) for value in values)
    return field(label, name, control=el("select", first, options, name=name))


def begins_with(shell: Shell, standard: Standard, events: Sequence[str], came: Mapping[str, int]) -> str:
    """Say of a standard of which nothing is known which event would tell; `came` counts those that came, by type."""
    words, count = shell.words, sum(came.get(each, 0) for each in events)
    said = {"standard": standard.id, "event": words.either(events)}
    if not count:
        return words.say("Nothing is known of {standard}: no {event} that begins it has come.", **said)
    return words.how_many(
        count,
        "Nothing is known of {standard}: {count} {event} came since the start of Kept, and no verdict has come of it "
        "here yet.",
        "Nothing is known of {standard}: {count} {event} came since the start of Kept, and no verdict has come of them "
        "here yet.",
        **said,
    )  # fmt: skip
