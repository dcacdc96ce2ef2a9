"""Phones that ring: of everybody whom the policy tells by push, which devices they have switched on, and what is wrong.

Read next: `people.py`, on whose page they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from streams.board.markup import Html, el, listed, section
from streams.board.paging import BY_NAME, pager
from streams.board.shell import form, hidden
from streams.board.wording import how_many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.board.paging import Paged
    from streams.board.shell import Shell

PAGE: Final = "phones"
"""What an address calls the page of this list."""
DROPPED: Final = {
    "gone": "Its push service said that there is no such device any more.",
    "other-key": "This server has another key now.",
}
"""Why a device was dropped, by the reason that is counted."""


class Ringing(NamedTuple):
    """A device: its name, the host of its push service, since when it rings, and what keeps it from that."""

    device: str
    service: str
    since: int
    trouble: str


class Phones(NamedTuple):
    """The devices of somebody, and when and why the last one was dropped; `switchable` by whoever looks."""

    whose: str
    devices: Sequence[Ringing]
    dropped: tuple[int, str] | None = None
    switchable: bool = False


def draw(shell: Shell, phones: Paged[Phones], query: Mapping[str, str]) -> Html:
    """Draw the section; `query` is what the address of its page asks."""
    words = (
        "Who is told by push, and on which devices. “Ring this phone”, at the top of each page, switches the device on "
        "that it is pressed on."
    )
    lead = el("p", words, class_="lead")
    rows = listed([_person(shell, each) for each in phones.rows], "acts", "The policy tells nobody by push.")
    pages = pager(phones, "/people", query, name=PAGE, part="#phones", order=BY_NAME)
    return section("Phones that ring", lead, rows, pages, id="phones")


def _person(shell: Shell, phones: Phones) -> Html:
    count = len(phones.devices)
    said = f" {how_many(count, 'device')}." if count else " No device: nothing reaches them by push."
    lost = None
    if phones.dropped is not None:
        at, reason = phones.dropped
        lost = el(
            "p", "A device was dropped at ", shell.clock(at), f". {DROPPED.get(reason, reason)}", class_="trouble"
        )
    devices = [_device(shell, each, switchable=phones.switchable) for each in phones.devices]
    return el("li", el("p", el("strong", phones.whose), said, class_=None if count else "trouble"), lost, devices)


def _device(shell: Shell, device: Ringing, *, switchable: bool) -> Html:
    words = el("p", "By ", device.service, ", since ", shell.clock(device.since), ".", class_="quiet")
    trouble = el("p", f"Push does not get through: {device.trouble}.", class_="trouble") if device.trouble else None
    off = None
    if switchable and shell.acts:
        off = form(
            shell, "/acts/ring-off", hidden("device", device.device), el("button", "Switch it off", class_="plain")
        )
    return el("div", words, trouble, off)
