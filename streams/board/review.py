"""The review: a supervisor answers the questions of a form about a colleague's work, who reads it on their own page.

Of the answers only how many were yes is stored. Read next: `mine.py`, where it is read; `thanks.py`, where it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.board.markup import Html, el, section
from streams.board.shell import Shell, acting_as, field, form, hidden
from streams.board.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from standards.practice.practice import Form
    from streams.board.team_bar import Team


def reviewing(shell: Shell, team: Team, forms: Mapping[str, Form], back: str) -> Html | None:
    """Draw a form for each that somebody fills in about somebody else; nothing where there is none."""
    say = shell.words.say
    if not forms:
        return None
    told = say("Talk it over first. They read on their own page who wrote it, and how many were yes; no other page "
               "has it.")  # fmt: skip
    drawn = [
        el(
            "details", el("summary", say("Review somebody's work: {form}", form=name)),
            form(
                shell, "/acts/review", hidden("next", back), hidden("team", team.name), hidden("form", name),
                hidden("drawn", str(shell.now)), acting_as(shell),
                field(say("Whose work"), "agent", required=True, maxlength=200, list="people", autocomplete="off"),
                statements(each, say("What was so")), el("button", say("Tell them")),
            ),
            class_="excuse",
        )
        for name, each in forms.items()
    ]  # fmt: skip
    return section(say("Reviews"), el("p", told, class_="quiet"), drawn, id="reviewing")


def own_pages(shell: Shell, people: Sequence[str], back: str) -> Html:
    """Draw the form that sends people the link to their own page."""
    say = shell.words.say
    options = [el("option", say("everybody"), value=""), *(el("option", name, value=name) for name in people)]
    told = say("By mail, to those for whom the policy has an address. Only they get the link, and it lasts a day.")
    content = form(
        shell, "/acts/own-page", hidden("next", back), acting_as(shell),
        field(say("To whom"), "to", control=el("select", options, name="to")), el("button", say("Send it")),
        class_="door",
    )  # fmt: skip
    return section(say("Everybody's own page"), el("p", told, class_="quiet"), content, id="own-pages")
