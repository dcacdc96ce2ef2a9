"""What the forms of a team's pages share: whom they are for, whom they are about, and what somebody writes or ticks.

Read next: `thanks.py`, `rewards.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.board.markup import Child, Html, el
from streams.board.shell import LONGEST, Shell, acting_as, field, form, hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.board.team_bar import Team

SURE: Final = "sure"
"""The field with a name that nobody has here, of which somebody said that it is right."""


def acting(shell: Shell, team: Team, path: str, act: str, *content: Child) -> Html:
    """Draw a form of a team's page at a path, which leads back to it."""
    back, whose = hidden("next", team.address(path)), hidden("team", team.name)
    return form(shell, f"/acts/{act}", back, whose, hidden("drawn", str(shell.now)), acting_as(shell), *content)


def whom(label: str) -> Html:
    """Ask for one of us: those whom the policy knows are offered."""
    return field(label, "agent", required=True, maxlength=200, list="people", autocomplete="off")


def asking(shell: Shell, path: str, given: Mapping[str, str], name: str) -> Html:
    """Draw the form that was sent to a path once more, all of it filled in, to say that a name in it is right."""
    filled = (hidden(each, value) for each, value in given.items() if each != "proof")
    yes = el("button", shell.words.say("Yes, that is right"))
    return form(shell, path, filled, hidden(SURE, name), el("p", yes, class_="actions"))


def text(label: str, name: str, *, required: bool = False) -> Html:
    """Ask for some words."""
    return field(label, name, control=el("textarea", name=name, rows=2, maxlength=LONGEST, required=required))


def tick(label: str, name: str) -> Html:
    """Ask whether something is so."""
    return el("label", el("input", type="checkbox", name=name, value="yes"), el("span", label), class_="tick")
