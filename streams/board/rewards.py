"""Rewards: what was given and what for, and a form for another one.

Only what was earned can be rewarded: a promise that was kept, or a moment, of the last four weeks, once.
Read next: `thanks.py`, whose part it is; `streams/web/board/practising.py` for the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.words.words import phrase
from streams.board.markup import Child, Html, el, join, section, sentence
from streams.board.paging import MORE_THAN, more_than
from streams.board.shell import Shell, field
from streams.board.team_bar import THANKS
from streams.board.team_forms import acting, whom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alerts.routing.actions import Action
    from standards.practice.practice import Reward
    from streams.board.thanks import Thanks
    from streams.storage.rows import PromiseRow

PROMISE, MOMENT = "promise", "moment"
SIGN_IN: Final = phrase("Who signs in as a supervisor, or for this team, sees by whom and for what.")


def rewards(shell: Shell, thanks: Thanks) -> Html | None:
    """Draw what was given, and what can be."""
    say = shell.words.say
    if not thanks.team.agreed:
        return None
    if not shell.joins:
        return section(say("Rewards"), el("p", say(SIGN_IN), class_="quiet"))
    given = [_rewarded(shell, thanks, act) for act in thanks.given.rows]
    none = el("p", say("None in four weeks: no reward.given has come."), class_="quiet")
    return section(
        say("Rewards"),
        el("ul", given, class_="acts") if given else none,
        more_than(shell, thanks.given),
        _offer(shell, thanks) if shell.acts else None,
        id="rewards",
    )


def _rewarded(shell: Shell, thanks: Thanks, act: Action) -> Html:
    words, reward = shell.words, str(act.data.get("reward") or "")
    title = thanks.rewards[reward].title if reward in thanks.rewards else reward
    values: dict[str, Child] = {
        "name": el("strong", act.by or words.say("Somebody")), "time": shell.clock(act.at), "reward": title,
        "whom": el("strong", str(act.data.get("agent") or words.say("somebody"))),
    }  # fmt: skip
    said = sentence(words, "{name} gave {whom}: {reward}, {time}", **values)
    row = thanks.rewarded.get(act.promise)
    changed = act.promise and (row is None or row.verdict != "kept")
    since = el("p", words.say("Its promise was corrected since; the reward stands."), class_="quiet")
    return el("li", el("p", said, class_="where"), what_for(shell, thanks, act), since if changed else None)


def what_for(shell: Shell, thanks: Thanks, act: Action) -> Html | None:
    """Say for which promise, or moment, somebody was thanked or rewarded; nothing where that is not known."""
    words, told, row = shell.words, thanks.told.get(str(act.data.get(MOMENT) or "")), thanks.rewarded.get(act.promise)
    if not told and not act.promise:
        return None
    said: Child = told
    if act.promise:
        said = el("a", words.say("for this promise") if row is None else _named(shell, thanks, row),
                  href=f"/promises/{act.promise}")  # fmt: skip
    return el("p", sentence(words, "{label}: {said}", label=words.say("What for"), said=said), class_="quiet")


def _named(shell: Shell, thanks: Thanks, row: PromiseRow) -> str:
    """Name a promise by when it was kept, its place, and its words."""
    place, site = shell.placed(row.subject, row.fields.get("site")), row.fields.get("site")
    return f"{shell.at(site).told(row.settled)} {place}: {thanks.promises.get(row.standard, row.standard)}"


def _offer(shell: Shell, thanks: Thanks) -> Html:
    """Offer to reward what was earned: nothing else can be chosen."""
    say = shell.words.say
    if not thanks.rewards:
        return el("p", say("There is nothing to give yet: rewards stand in the practice document."), class_="quiet")
    theirs, others = [*_moments(shell, thanks)], [*_earned(shell, thanks)]
    if not theirs and not others:
        none = say("There is nothing to reward: no promise was kept, and no moment shared, in the last four weeks that "
                   "nobody was rewarded for.")  # fmt: skip
        return el("p", none, class_="quiet")
    of_moment, of_promise = phrase("Give a reward for a moment"), phrase("Give a reward for a kept promise")
    return join(
        _form(shell, thanks, of_moment, theirs, more=thanks.moments.more, id="reward-moment"),
        _form(shell, thanks, of_promise, others, whom(say("Who gets it")), more=thanks.earned.more, id="reward"),
    )


def _form(  # noqa: PLR0913 - which form it is, and what of it is chosen
    shell: Shell,
    thanks: Thanks,
    title: str,
    options: Sequence[Html],
    who: Html | None = None,
    *,
    more: bool,
    id: str,  # noqa: A002 - as in HTML
) -> Html | None:
    """Draw the form for a reward: one for somebody's moment says whose that is, any other one asks `who` gets it."""
    if not options:
        return None
    say = shell.words.say
    left = say(MORE_THAN, count=shell.number(len(options))) if more else ""
    choice = (el("option", _title(shell, each), value=name) for name, each in thanks.rewards.items())
    content = acting(
        shell, thanks.team, THANKS, "reward",
        field(say("What for"), "for", control=el("select", options, name="for"), hint=left),
        field(say("Which reward"), "reward", control=el("select", choice, name="reward")),
        who, el("button", say("Give it")),
    )  # fmt: skip
    return el("details", el("summary", say(title)), content, class_="excuse", id=id)


def _title(shell: Shell, reward: Reward) -> str:
    return f"{reward.title} ({shell.words.number(reward.value)})" if reward.value else reward.title


def _moments(shell: Shell, thanks: Thanks) -> Iterator[Html]:
    """Offer the moments of somebody, to whom their reward goes."""
    for act in thanks.moments.rows:
        if agent := str(act.data.get("agent") or ""):
            note = str(act.data.get("note") or "")
            said = shell.words.say("{label}: {said}", label=agent, said=note) if note else agent
            yield el("option", said, value=f"{MOMENT} {act.data.get(MOMENT)}")


def _earned(shell: Shell, thanks: Thanks) -> Iterator[Html]:
    """Offer what does not say to whom a reward for it goes: kept promises, and moments that name nobody."""
    for act in thanks.moments.rows:
        if not act.data.get("agent"):
            note, nobody = str(act.data.get("note") or ""), shell.words.say("a colleague")
            said = shell.words.say("{label}: {said}", label=nobody, said=note) if note else nobody
            yield el("option", said, value=f"{MOMENT} {act.data.get(MOMENT)}")
    for row in thanks.earned.rows:
        yield el("option", _named(shell, thanks, row), value=f"{PROMISE} {row.id}")
