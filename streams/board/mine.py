"""Mine: one person's own page: thanks to them, a look at their own work, what was said of it, a coach, and their vote.

Nothing here counts them, or sets them beside others. What they answer about their own work is told to nobody.
Read next: `streams/web/board/mine.py`, which asks for it and takes its forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from streams.board.markup import Child, Html, el, join, section, sentence
from streams.board.shell import Shell, field, form, hidden, page
from streams.board.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.practice.practice import Band, Form, Reward

PATH: Final = "/mine"
TITLE: Final = phrase("My own page")
DEED: Final = "deed"
ASSESS, COACH, VOTE = "assess", "coach", "vote"
_BY_LINK: Final = phrase(
    "Thanks to you, reviews of your work and your vote are on the page to which the link in your own mail leads: a "
    "name that is typed proves nothing."
)
_TOLD_NOBODY: Final = phrase(
    "Tick what is true of you. Nobody else sees your answers or how many they are: Kept stores neither. It keeps only "
    "that you did it, and when."
)
_COACH: Final = phrase("Whoever asks for a coach talks with one, on one thing. Whoever leads sees that you asked.")
_NO_COACH: Final = phrase("No standard here asks for a coach when somebody wants one, so tell whoever leads yourself.")
_VOTE: Final = phrase(
    "Each of you has one vote a quarter, and the first counts. Nobody learns how you voted; votes are told when the "
    "quarter is over, and not where they are fewer than five."
)


class Mine(msgspec.Struct, frozen=True):
    """All of the page. `path` is where its forms go, `teams` those of the person, `forms` those about one's own work.

    `known`: who it is was proven by a link. Else there is nothing on it about them. `coached`: a standard hears of who
    asks for a coach.
    """

    path: str
    known: bool
    teams: Sequence[str] = ()
    forms: Mapping[str, Form] = {}
    thanks: Sequence[Action] = ()
    reviews: Sequence[Action] = ()
    rewards: Mapping[str, Reward] = {}
    coached: bool = True


def draw(shell: Shell, mine: Mine) -> str:
    """Draw the page."""
    say = shell.words.say
    lead = None if mine.known else el("p", say(_BY_LINK), class_="lead")
    return page(
        shell, say(TITLE), "", lead, _thanks(shell, mine) if mine.known else None, _forms(shell, mine),
        _reviews(shell, mine) if mine.known else None, _coach(shell, mine), _vote(shell, mine) if mine.known else None,
    )  # fmt: skip


def draw_band(shell: Shell, mine: Mine, band: Band | None, count: int, of: int) -> str:
    """Draw what was found, once: it is on no other page, and stored nowhere."""
    say = shell.words.say
    told = say("You ticked {count} of {of}.", count=shell.number(count), of=shell.number(of))
    says = el("p", band.says, class_="lead") if band is not None else None
    once = say("This is shown once: leave the page, and it is gone. Nobody else sees it.")
    offered = _ask(shell, mine) if band is not None and band.offer == "coaching" else None
    back = el("p", el("a", say("Back to my page"), href=mine.path))
    return page(shell, say("How I work"), "", el("p", told), says, offered, el("p", once, class_="quiet"), back)


def draw_shown_before(shell: Shell, mine: Mine) -> str:
    """Say that what somebody's answers come to was shown: whoever finds the page open, or goes back, reads no more."""
    say = shell.words.say
    gone = say("What this came to was shown once, and is gone. Your page has the form anew.")
    back = el("p", el("a", say("Back to my page"), href=mine.path))
    return page(shell, say("How I work"), "", el("p", gone, class_="calm"), back)


def draw_noted(shell: Shell, mine: Mine, said: str) -> str:
    """Say that what somebody did here is noted."""
    back = el("p", el("a", shell.words.say("Back to my page"), href=mine.path))
    return page(shell, shell.words.say("Noted"), "", el("p", shell.words.say(said), class_="calm"), back)


def _doing(shell: Shell, mine: Mine, deed: str, *content: Child) -> Html:
    """Draw a form of the page; who is in several teams says for which."""
    first = mine.teams[0] if mine.teams else ""
    team = hidden("team", first) if first else None
    if len(mine.teams) > 1:
        options = (el("option", each, value=each) for each in mine.teams)
        team = field(shell.words.say("Team"), "team", control=el("select", options, name="team"))
    drawn = hidden("drawn", str(shell.now))
    return form(shell, mine.path, hidden(DEED, deed), drawn, team, *content, class_="asked")


def _thanks(shell: Shell, mine: Mine) -> Html:
    words = shell.words
    rows = []
    for act in mine.thanks:
        name, time = el("strong", act.by or words.say("Somebody")), shell.clock(act.at)
        reason = str(act.data.get("reason") or "")
        said = el("p", sentence(words, "{name} thanked you, {time}", name=name, time=time), class_="where")
        rows.append(el("li", said, el("p", reason, class_="written") if reason else None))
    none = el("p", words.say("None in three months that Kept has heard of."), class_="quiet")
    return section(words.say("Thanks to you"), el("ul", rows, class_="acts") if rows else none, id="thanks")


def _forms(shell: Shell, mine: Mine) -> Html:
    say = shell.words.say
    none = el("p", say("There is no form for it: forms stand in the practice document."), class_="quiet")
    drawn = [
        el(
            "details", el("summary", say("Look at my own work: {form}", form=name)),
            _doing(
                shell, mine, ASSESS, hidden("form", name), statements(each, say("What is true of me")),
                el("button", say("Show me what it comes to")),
            ),
            class_="excuse",
        )
        for name, each in mine.forms.items()
    ]  # fmt: skip
    note = el("p", say(_TOLD_NOBODY), class_="quiet") if drawn else none
    return section(say("How I work"), note, drawn, id="forms")


def _reviews(shell: Shell, mine: Mine) -> Html:
    say = shell.words.say
    rows = [el("li", el("p", _reviewed(shell, act), class_="where")) for act in mine.reviews]
    none = el("p", say("Nobody has listened to your work in three months that Kept has heard of."), class_="quiet")
    seen = el("p", say("You read this, and whoever wrote it knows it."), class_="quiet") if rows else none
    return section(say("Reviews of my work"), el("ul", rows, class_="acts") if rows else None, seen, id="reviews")


def _reviewed(shell: Shell, act: Action) -> Html:
    words, data = shell.words, act.data
    name, form_of = el("strong", act.by or words.say("Somebody")), str(data.get("form") or words.say("a review"))
    of, yes, time = int(data.get("of") or 0), int(data.get("yes") or 0), shell.clock(act.at)
    if not of:
        return sentence(words, "{name}: {form}, {time}", name=name, form=form_of, time=time)
    values: dict[str, Child] = {"yes": shell.number(yes), "of": shell.number(of)}
    return sentence(words, "{name}: {form}, yes to {yes} of {of}, {time}", name=name, form=form_of, time=time, **values)


def _ask(shell: Shell, mine: Mine) -> Html:
    if not mine.coached:
        return el("p", shell.words.say(_NO_COACH), class_="quiet")
    return _doing(shell, mine, COACH, el("button", shell.words.say("Ask for a coach")))


def _coach(shell: Shell, mine: Mine) -> Html:
    say = shell.words.say
    told = el("p", say(_COACH), class_="quiet") if mine.coached else None
    return section(say("A coach"), told, _ask(shell, mine), id="coach")


def _vote(shell: Shell, mine: Mine) -> Html:
    say = shell.words.say
    if not mine.rewards or not mine.teams:
        none = say("There is nothing to vote on: the practice document has no rewards, or the policy has you in none "
                   "of its teams.")  # fmt: skip
        return section(say("What I wish for"), el("p", none, class_="quiet"), id="vote")
    options = (
        el("label", el("input", type="radio", name="reward", value=name, required=True), el("span", each.title),
           class_="tick")
        for name, each in mine.rewards.items()
    )  # fmt: skip
    choice = el("fieldset", el("legend", say("What the team should have among its rewards")), options)
    content = join(choice, el("button", say("Vote")))
    return section(say("What I wish for"), el("p", say(_VOTE), class_="quiet"), _doing(shell, mine, VOTE, content),
                   id="vote")  # fmt: skip
