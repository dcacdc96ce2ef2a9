"""Thanks: moments that nobody has thanked for, thanks, small rewards for what was done, and what a team wishes for.

Only what was earned can be rewarded: a promise that was kept, or a moment, of the last four weeks, once.
Read next: `streams/web/board/practised.py`, which asks for it; `streams/web/board/practising.py` for its forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.practice.cells import Cell, Unshown
from standards.practice.closing import Tally
from streams.board.counted import days_of, size, waiting, why_unshown
from streams.board.markup import Child, Html, el, join, section, sentence
from streams.board.now import titled
from streams.board.paging import Paged, more_than, pager
from streams.board.review import own_pages, reviewing
from streams.board.rewards import MOMENT, SIGN_IN, rewards, what_for
from streams.board.shell import Shell, field, hidden, page
from streams.board.team_bar import THANKS, Team, team_bar
from streams.board.team_forms import acting, text, tick, whom

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.routing.actions import Action
    from standards.practice.practice import Form, Reward
    from streams.storage.cell_queries import Span
    from streams.storage.rows import PromiseRow

PAGE: Final = "page"
COLLEAGUE, LEAD = "colleague", "lead"
"""As whom somebody thanks."""


class Votes(msgspec.Struct, frozen=True):
    """What a team wished for in the last quarter that was counted, if there is one; and those that are not yet."""

    span: Span | None = None
    tally: Tally = Tally()
    uncounted: Sequence[Span] = ()


class Thanks(msgspec.Struct, frozen=True):
    """All of the page. `unthanked` are the oldest of all `waiting` moments, for which nobody has said thanks.

    `earned` and `moments` can be rewarded. `rewarded` are the promises that were, by their ids. `promises` are what
    standards promise, by theirs. `proposed` stands on the team's own list. `reviews` are the forms in which somebody
    else's work is looked at. `mailed` can be sent the link to their own page. `told` are the words of moments that were
    thanked for or rewarded, by their ids.
    """

    team: Team
    votes: Votes
    rewards: Mapping[str, Reward] = {}
    unthanked: Sequence[Action] = ()
    waiting: int = 0
    thanks: Paged[Action] = Paged()
    given: Paged[Action] = Paged()
    rewarded: Mapping[str, PromiseRow] = {}
    earned: Paged[PromiseRow] = Paged()
    moments: Paged[Action] = Paged()
    promises: Mapping[str, str] = {}
    proposed: Paged[Action] = Paged()
    people: Sequence[str] = ()
    reviews: Mapping[str, Form] = {}
    mailed: Sequence[str] = ()
    told: Mapping[str, str] = {}


def draw(shell: Shell, thanks: Thanks) -> str:
    """Draw the page."""
    people = el("datalist", (el("option", value=name) for name in thanks.people), id="people") if shell.joins else None
    return page(
        shell, shell.words.say("Thanks"), "", *team_bar(shell, THANKS, thanks.team), people,
        _moments(shell, thanks), _said(shell, thanks), rewards(shell, thanks), _votes(shell, thanks),
        *_own(shell, thanks),
    )  # fmt: skip


def _own(shell: Shell, thanks: Thanks) -> list[Html | None]:
    """Draw what is between two people, and the way to one's own page."""
    say, back = shell.words.say, thanks.team.address(THANKS)
    looks = el("p", el("a", say("Look at my own work, or ask for a coach"), href="/mine")) if shell.joins else None
    if not shell.acts:
        return [looks]
    reviewed = reviewing(shell, thanks.team, thanks.reviews, back) if thanks.team.name else None
    return [reviewed, own_pages(shell, thanks.mailed, back) if thanks.mailed else None, looks]


def _moments(shell: Shell, thanks: Thanks) -> Html:
    say, count = shell.words.say, thanks.waiting
    title = titled(shell, phrase("Moments that nobody has thanked for"), count)
    if not shell.joins:
        return section(title, el("p", say(SIGN_IN), class_="quiet"), id="moments")
    rows = el("ul", (_moment(shell, thanks, each) for each in thanks.unthanked), class_="acts") if count else None
    left = count - len(thanks.unthanked)
    more = el("p", shell.words.how_many(left, "and {count} more", "and {count} more"), class_="quiet") if left else None
    none = say("There is none of the last four weeks. A moment comes as moment.shared, or from the form above.")
    share = acting(
        shell, thanks.team, THANKS, "share", whom(say("Whose moment it was")),
        text(say("What happened, in two sentences"), "note", required=True),
        tick(say("Nobody had asked for it"), "unasked"), el("button", say("Share it")),
    )  # fmt: skip
    offered = el("details", el("summary", say("Share a moment")), share, class_="excuse", id="share")
    return section(title, offered if thanks.team.name else None, rows, more,
                   None if count else el("p", none, class_="quiet"), id="moments")  # fmt: skip


def _about(shell: Shell, act: Action) -> Html:
    """Say whose moment it was, who told of it, and when."""
    words, agent = shell.words, str(act.data.get("agent") or "")
    whom, time = el("strong", agent or words.say("a colleague")), shell.clock(act.at)
    if act.by:
        return sentence(words, "{whom}, told by {name}, {time}", whom=whom, name=el("strong", act.by), time=time)
    return sentence(words, "{whom}, {time}", whom=whom, time=time)


def _moment(shell: Shell, thanks: Thanks, act: Action) -> Html:
    say, note = shell.words.say, str(act.data.get("note") or "")
    agent, moment = (str(act.data.get(name) or "") for name in ("agent", MOMENT))
    thanked = hidden("agent", agent) if agent else whom(say("Whom you thank"))
    form_of = acting(
        shell, thanks.team, THANKS, "thank", hidden(MOMENT, moment), thanked,
        text(say("What for, in one sentence"), "reason"),
        _giver(shell), tick(say("In front of the others"), "public"), el("button", say("Say thanks")),
    )  # fmt: skip
    label = say("{label}: {said}", label=say("Thank"), said=agent or say("a colleague"))
    offered = el("details", el("summary", say("Thank"), aria_label=label), form_of, class_="excuse")
    return el("li", el("p", _about(shell, act), class_="where"), el("p", note, class_="written") if note else None,
              offered)  # fmt: skip


def _giver(shell: Shell) -> Html:
    """Ask as whom somebody thanks: only who supervises may lead."""
    say = shell.words.say
    if not shell.acts:
        return hidden("giver", COLLEAGUE)
    options = ((COLLEAGUE, say("a colleague")), (LEAD, say("the one who leads")))
    drawn = (el("option", said, value=value) for value, said in options)
    return field(say("You thank as"), "giver", control=el("select", drawn, name="giver"))


def _said(shell: Shell, thanks: Thanks) -> Html:
    say = shell.words.say
    if not shell.joins:
        return section(say("Thanks"), el("p", say(SIGN_IN), class_="quiet"))
    rows = [_thanked(shell, thanks, act) for act in thanks.thanks.rows]
    none = el("p", say("None in four weeks: no recognition.given has come."), class_="quiet")
    query = {name: value for name, value in (("team", thanks.team.name), ("site", thanks.team.site)) if value}
    pages = pager(shell, thanks.thanks, THANKS, query, part="#thanks")
    return section(say("Thanks"), el("ul", rows, class_="acts") if rows else none, pages, id="thanks")


def _thanked(shell: Shell, thanks: Thanks, act: Action) -> Html:
    words, reason = shell.words, str(act.data.get("reason") or "")
    whom = el("strong", str(act.data.get("agent") or words.say("somebody")))
    name = el("strong", act.by or words.say("Somebody"))
    said = sentence(words, "{name} thanked {whom}, {time}", name=name, whom=whom, time=shell.clock(act.at))
    why = what_for(shell, thanks, act)
    return el("li", el("p", said, class_="where"), el("p", reason, class_="written") if reason else None, why)


def _votes(shell: Shell, thanks: Thanks) -> Html:
    say = shell.words.say
    wishes = [_wish(thanks, act) for act in thanks.proposed.rows]
    wished = join(
        el("h3", say("On the list")), el("ul", wishes, class_="handed"), more_than(shell, thanks.proposed)
    ) if wishes else None  # fmt: skip
    asked = _propose(shell, thanks) if shell.joins and thanks.team.name else None
    counted, ahead = _counted(shell, thanks), waiting(shell, thanks.votes.uncounted)
    return section(say("What the team wishes for"), counted, *ahead, wished, asked, id="votes")


def _counted(shell: Shell, thanks: Thanks) -> Child:
    """Say what was voted in the last quarter that was counted."""
    say, votes = shell.words.say, thanks.votes
    if votes.span is None:
        return el("p", say("No quarter is counted yet."), class_="quiet")
    span = el("p", say("From {first} to {last}, which is over.", **days_of(shell, votes.span)), class_="quiet")
    if votes.tally.why is not None:
        few = say("Fewer than five voted, or the team has fewer than five people, so nothing of it is shown.")
        said = few if votes.tally.why is Unshown.FEWER else why_unshown(shell, votes.tally.why)
        return join(span, el("p", said, class_="quiet"))
    cells = sorted(votes.tally.counts.items(), key=lambda each: (-size(each[1]), each[0]))
    rows = [el("li", _called(thanks, name), ": ", el("b", _told(shell, count))) for name, count in cells]
    none = el("p", say("Nobody voted then: no reward.voted came."), class_="quiet")
    return join(span, el("ul", rows, class_="handed") if rows else none)


def _told(shell: Shell, count: Cell) -> str:
    return why_unshown(shell, count) if isinstance(count, Unshown) else shell.number(count)


def _propose(shell: Shell, thanks: Thanks) -> Html:
    say = shell.words.say
    content = acting(
        shell, thanks.team, THANKS, "propose",
        field(say("What you would like to see among the rewards"), "reward", required=True, maxlength=200),
        text(say("What is good about it"), "note"),
        el("p", say("It stands on the list without your name."), class_="quiet"),
        el("button", say("Put it on the list")),
    )  # fmt: skip
    return el("details", el("summary", say("Propose a reward")), content, class_="excuse", id="propose")


def _called(thanks: Thanks, name: str) -> str:
    return thanks.rewards[name].title if name in thanks.rewards else name


def _wish(thanks: Thanks, act: Action) -> Html:
    note = str(act.data.get("note") or "")
    return el("li", _called(thanks, str(act.data.get("reward") or "")), el("span", f" {note}", class_="quiet") if note
              else None)  # fmt: skip
