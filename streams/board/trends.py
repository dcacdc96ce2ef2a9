"""Trends of one standard: week by week, by the hour of the week, by site; and what was broken, to be looked at.

Of few promises nothing is drawn: an hour with one bad morning would look like a pattern.
Read next: `standards.py`, which leads here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from standards.judge.events import moment
from standards.natural import natural
from streams.board.counted import Rates, rate_of
from streams.board.markup import Html, el, listed, section
from streams.board.shell import Shell, page, promise_link
from streams.board.standards import WEEKLY, trend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.judge.standard import Standard
    from streams.storage.rows import PromiseRow, Stretch

DAYS: Final = 7
FEW: Final = 5
"""An hour, or a site, with fewer verdicts shows no share."""
MOST: Final = 20
"""How many broken promises are named."""
SITES: Final = 200
HARD: Final = 3
"""How many hours are named as the hardest."""
_CELL, _LEFT, _TOP = 24, 40, 18
_STEPS: Final = ((0.95, "well"), (0.85, "fair"), (0.7, "weak"), (0.0, "bad"))
"""From which share on an hour has which colour."""


class Trends(msgspec.Struct, frozen=True):
    """How a standard went: in `weeks` that begin at these instants, hour by hour in four of them, and by site.

    `broken` are the newest broken promises, of `site` where one is named. One that owes for each person alone has what
    was `counted` of it instead.
    """

    standard: Standard
    weeks: Sequence[int]
    by_week: Sequence[Stretch]
    by_hour: Sequence[Stretch]
    by_site: Mapping[str, tuple[int, int]]
    broken: Sequence[PromiseRow]
    site: str = ""
    counted: Rates = Rates()


def draw(shell: Shell, trends: Trends) -> str:
    """Draw the page."""
    standard = trends.standard.in_language(shell.words.language)
    if standard.owed_to:
        return page(
            shell, standard.promise or standard.id, "/standards",
            el("p", el("span", standard.id, class_="standard"), class_="where"),
            *rate_of(shell, trends.counted, standard.id), _broken(shell, trends),
        )  # fmt: skip
    goal = None if standard.objective is None else standard.objective.kept
    weeks = trend(shell, standard.id, trends.by_week, trends.weeks, goal, WEEKLY)
    say = shell.words.say
    count = shell.words.how_many(len(trends.weeks), "{count} week", "{count} weeks")
    return page(
        shell, standard.promise or standard.id, "/standards",
        el("p", el("span", standard.id, class_="standard"), class_="where"),
        section(say("Week by week"), weeks, el("p", count, class_="quiet")),
        section(say("By the hour of the week, in four weeks"), *_hours(shell, trends)),
        section(say("By site, in four weeks"), _sites(shell, trends)), _broken(shell, trends),
    )  # fmt: skip


def _hours(shell: Shell, trends: Trends) -> Iterator[Html]:
    """Draw a square for each hour of the week that has enough verdicts, and name the hardest."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for each in trends.by_hour:
        local = moment(each.start).astimezone(shell.zone)
        kept, broken = found.get((local.weekday(), local.hour), (0, 0))
        found[local.weekday(), local.hour] = kept + each.kept, broken + each.broken
    shares = {key: (kept / (kept + broken), kept + broken)
              for key, (kept, broken) in found.items() if kept + broken >= FEW}  # fmt: skip
    if not shares:
        yield el("p", shell.words.say("There are too few promises to say anything of single hours."), class_="quiet")
        return
    hard = sorted(shares, key=lambda key: (shares[key][0], key))[:HARD]
    hard = [key for key in hard if shares[key][0] < 1]
    yield _grid(shell, shares)
    yield el("ul", (el("li", words, class_=f"key {kind}") for words, kind in _legend(shell)), class_="legend")
    if hard:
        said = "; ".join(_hard(shell, day, hour, *shares[day, hour]) for day, hour in hard)
        yield el("p", shell.words.say("Hardest: {hours}.", hours=said))


def _hard(shell: Shell, day: int, hour: int, share: float, count: int) -> str:
    return shell.words.say(
        "{day} {first}–{last}: {share} of {count}", day=shell.words.weekday(day), first=hour, last=hour + 1,
        share=shell.percent(share), count=shell.number(count),
    )  # fmt: skip


def _grid(shell: Shell, shares: Mapping[tuple[int, int], tuple[float, int]]) -> Html:
    hours = (
        el("text", hour, x=_LEFT + hour * _CELL + _CELL // 2, y=_TOP - 5, text_anchor="middle")
        for hour in range(0, 24, 3)
    )
    say = shell.words.say
    days = (el("text", shell.words.weekday(day), x=0, y=_TOP + day * _CELL + _CELL - 7) for day in range(DAYS))
    cells = (
        el("rect", x=_LEFT + hour * _CELL, y=_TOP + day * _CELL, width=_CELL - 2, height=_CELL - 2, rx=3,
           class_=f"hour {_step(shares[day, hour][0]) if (day, hour) in shares else 'none'}")
        for day in range(DAYS) for hour in range(24)
    )  # fmt: skip
    worst = min(share for share, _ in shares.values())
    words = say("How many were kept by the hour of the week; {share} in the hardest hour", share=shell.percent(worst))
    said = el("title", words)
    size = f"0 0 {_LEFT + 24 * _CELL} {_TOP + DAYS * _CELL}"
    drawn = el("svg", said, *hours, *days, *cells, viewBox=size, role="img", class_="hours")
    return el("div", drawn, class_="wide", tabindex="0", role="group", aria_label=say("Kept by the hour of the week"))


def _step(share: float) -> str:
    return next(kind for least, kind in _STEPS if share >= least)


def _legend(shell: Shell) -> Iterator[tuple[str, str]]:
    say, above = shell.words.say, ""
    for least, kind in _STEPS:
        share = shell.percent(least)
        yield (say("{share} and more", share=share) if least else say("less than {share}", share=above)), kind
        above = share
    yield shell.words.how_many(FEW, "fewer than {count} promise", "fewer than {count} promises"), "none"


def _sites(shell: Shell, trends: Trends) -> Html:
    ordered = sorted(trends.by_site, key=natural)[:SITES]
    say = shell.words.say
    names = (say("Site"), say("Kept"), say("Of how many"), say("Broken"))
    head = el("tr", (el("th", name, scope="col") for name in names))
    rows = (_site(shell, trends.standard.id, site, *trends.by_site[site]) for site in ordered)
    table = el("table", el("thead", head), el("tbody", rows))
    return el("div", table, class_="wide few", tabindex="0", role="group", aria_label=say("Kept by site"))


def _site(shell: Shell, standard: str, site: str, kept: int, broken: int) -> Html:
    judged = kept + broken
    rate = shell.percent(kept / judged) if judged >= FEW else "–"
    name = shell.called_site(site) or shell.words.say("no site")
    label = shell.words.how_many(broken, "{count} broken at {site}", "{count} broken at {site}", site=name)
    count = shell.number(broken) if broken else "–"
    link = el("a", count, href=f"/standards/{standard}?{urlencode({'site': site})}#broken", aria_label=label)
    return el("tr", el("th", name, scope="row"), el("td", rate), el("td", shell.number(judged)),
              el("td", link if broken and site else count))  # fmt: skip


def _broken(shell: Shell, trends: Trends) -> Html:
    say = shell.words.say
    title = say("Broken at {site}", site=shell.called_site(trends.site)) if trends.site else say("Broken")
    rows = [
        el(
            "li",
            el(
                "p",
                promise_link(shell.words, row.id, shell.placed(row.subject, row.fields.get("site")), row.standard),
                " ",
                shell.at(row.fields.get("site")).clock(row.settled),
                class_="where",
            ),
        )
        for row in trends.broken
    ]
    every = (
        el("p", el("a", say("Of all sites"), href=f"/standards/{trends.standard.id}#broken")) if trends.site else None
    )
    more = el("p", say("The newest {count}.", count=shell.number(MOST)), class_="quiet") if len(rows) >= MOST else None
    return section(title, every, listed(rows, "notices", say("None was broken in four weeks.")), more, id="broken")
