"""To which page the browser goes back after a form was sent: to where that was.

Read next: `board_acts.py`, which takes the forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from streams.web.board.fields import Given

_BACK: Final = frozenset({"/", "/debriefs", "/shift", "/today", "/thanks", "/handbook"})
"""The pages that a form may name as the one to go back to."""


def came_from_of(given: Given) -> str:
    """Give the page that a form names as the one it is on; nothing, where it names none."""
    following = given.get("next", "")
    return following if following.partition("?")[0] in _BACK and following.isprintable() else ""


def about_of(given: Given) -> str:
    """Give the page of the one promise that a form is about; nothing, where it is about none, or several."""
    return f"/promises/{quote(given['promise'], safe='')}" if given.get("promise") else ""


def way_back(given: Given) -> str:
    """Say to which page the browser goes back: to where the form was."""
    if came_from := came_from_of(given):
        return came_from
    if "calendar" in given:
        return "/standards#opening-hours"
    if "promise" in given:
        return about_of(given) or "/"
    return "/feeds" if "letter" in given else "/notices#silences"
