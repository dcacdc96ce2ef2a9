"""Phones that ring: of everybody whom the policy tells by push, which devices they have switched on, and what is wrong.

Read next: `people.py`, on whose page they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from alerts.words.words import phrase
from streams.board.markup import Html, el, listed, section, sentence
from streams.board.paging import BY_NAME, pager
from streams.board.script_words import PUSH_TROUBLE
from streams.board.shell import form, hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.board.paging import Paged
    from streams.board.shell import Shell

PAGE: Final = "phones"
"""What an address calls the page of this list."""
DROPPED: Final = {
    "gone": phrase("Its push service said that there is no such device any more."),
    "other-key": phrase("This server has another key now."),
}
"""Why a device was dropped, by the reason that is counted."""
OTHER_KEY: Final = phrase(
    "It does not ring: it was switched on for another key than this server has. Open the board on it; if it does not "
    "ring then, press “{button}”."
)


class Ringing(NamedTuple):
    """A device: its name, the host of its push service, since when it is on, and what keeps it from ringing.

    One that takes pushes of an `other_key` than this server's does not ring at all.
    """

    device: str
    service: str
    since: int
    trouble: str
    other_key: bool = False


class Phones(NamedTuple):
    """The devices of somebody, and when and why the last one was dropped; `switchable` by whoever looks."""

    whose: str
    devices: Sequence[Ringing]
    dropped: tuple[int, str] | None = None
    switchable: bool = False


def draw(shell: Shell, phones: Paged[Phones], query: Mapping[str, str]) -> Html:
    """Draw the section; `query` is what the address of its page asks."""
    say = shell.words.say
    words = say(
        "Who is told by push, and on which devices. “{button}”, at the top of each page, switches the device on that "
        "it is pressed on.", button=say("Ring this phone"),
    )  # fmt: skip
    lead = el("p", words, class_="lead")
    rows = listed([_person(shell, each) for each in phones.rows], "acts", say("The policy tells nobody by push."))
    pages = pager(shell, phones, "/people", query, name=PAGE, part="#phones", order=BY_NAME)
    return section(say("Phones that ring"), lead, rows, pages, id="phones")


def _person(shell: Shell, phones: Phones) -> Html:
    words, lost, count = shell.words, None, sum(not each.other_key for each in phones.devices)
    devices = words.how_many(count, "{count} device.", "{count} devices.")
    said = devices if count else words.say("No device: nothing reaches them by push.")
    if phones.dropped is not None:
        at, reason = phones.dropped
        why = words.say(DROPPED[reason]) if reason in DROPPED else reason
        lost = el("p", sentence(words, "A device was dropped at {time}. {why}", time=shell.clock(at), why=why),
                  class_="trouble")  # fmt: skip
    rows = [_device(shell, each, switchable=phones.switchable) for each in phones.devices]
    return el("li", el("p", el("strong", phones.whose), " ", said, class_=None if count else "trouble"), lost, rows)


def _device(shell: Shell, device: Ringing, *, switchable: bool) -> Html:
    say, off = shell.words.say, None
    since = sentence(shell.words, "By {service}, since {time}.", service=device.service, time=shell.clock(device.since))
    silent: Html | str = ""
    if device.other_key:
        silent = say(OTHER_KEY, button=say("Ring this phone"))
    elif device.trouble:  # what a service says stays as it came: it is for who runs Kept
        silent = sentence(shell.words, PUSH_TROUBLE, trouble=el("span", device.trouble, lang="en"))
    trouble = el("p", silent, class_="trouble") if silent else None
    if switchable and shell.acts:
        button = el("button", say("Switch it off"), class_="plain")
        off = form(shell, "/acts/ring-off", hidden("device", device.device), button)
    return el("div", el("p", since, class_="quiet"), trouble, off)
