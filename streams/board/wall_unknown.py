"""What a wall does not know: which feeds are silent, and from where no number comes.

Read next: `wall.py`, on which it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.words.words import phrase
from standards.natural import natural
from streams.board.markup import Html, el, join, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alerts.words.words import Words
    from streams.board.shell import Shell

ROWS: Final = 3
"""How many rows of a wall are named, of each list; the rest is counted."""


class Silence(msgspec.Struct, frozen=True):
    """A declared feed that is dark `since` an instant (microseconds UTC), at a place that is not the wall's own.

    -1: it was not heard as far as is known, which is a week. `site` is by whose clock that is told, if by any.
    """

    feed: str
    place: str
    since: int
    site: str = ""


class Quiet(msgspec.Struct, frozen=True):
    """From which sites no number comes any more, and `since` when.

    `never`: none came for a day, and some should; `before`: some did earlier.
    """

    since: Mapping[str, int] = {}
    never: bool = False
    before: bool = False


def unknown(shell: Shell, site: str, silent: Sequence[Silence], quiet: Quiet, *, unheard: bool) -> Html | None:
    """Say what is silent on the wall of a site, and since when: nobody is to take that for calm."""
    words = shell.words
    said = [_silence(shell, each, unheard=unheard) for each in silent]
    named = sorted(quiet.since.items(), key=lambda each: natural(each[0]))
    said += [
        sentence(
            words, "No number from {site} since {time}.", site=shell.called_site(site), time=shell.at(site).clock(at)
        )
        for site, at in named
    ]
    if quiet.never:
        said.append(join(_no_number(words, shell.called_site(site), before=quiet.before)))
    if not said:
        return None
    more = words.how_many(len(said) - ROWS, "and {count} more is silent", "and {count} more are silent")
    rows = (el("p", each) for each in said[:ROWS])
    return el("section", el("h2", words.say("Not known")), rows,
              el("p", more, class_="wall-more") if len(said) > ROWS else None, class_="wall-silent")  # fmt: skip


def _no_number(words: Words, site: str, *, before: bool) -> str:
    if not site:
        return words.say("No number has come for a while.") if before else words.say("No number has come yet.")
    if before:
        return words.say("No number has come from {site} for a while.", site=site)
    return words.say("No number has come yet from {site}.", site=site)


def _silence(shell: Shell, silence: Silence, *, unheard: bool) -> Html:
    words, name = shell.words, el("b", silence.feed)
    if silence.place:
        name = sentence(words, "{feed} at {site}", feed=name, site=shell.called(silence.place))
    if silence.since < 0:
        never = phrase("Nothing has come from {feed}, or not for a week.")
        return sentence(words, phrase("Nothing has come yet from {feed}.") if unheard else never, feed=name)
    time = shell.at(silence.site).clock(silence.since)
    return sentence(words, "{feed} is silent since {time}.", feed=name, time=time)
