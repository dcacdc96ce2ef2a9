"""Whether somebody whom a form names is known here: a name that is typed wrong would be a person of its own.

Whoever is not known is asked about once; who says that it is right has them known from then on.
Read next: `board_acts.py`, whose forms name people.
"""

from __future__ import annotations

from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from alerts.words.later import later
from standards.natural import same
from streams.board.report_form import GIVEN
from streams.board.team_forms import SURE
from streams.names.references import is_reference
from streams.web.board.board_looks import persons
from streams.web.operation import asked
from streams.web.problem import Problem

if TYPE_CHECKING:
    from streams.host import Host
    from streams.web.board.fields import Given

_WHOM: Final = ("agent", f"{GIVEN}agent")
"""The fields of forms in which one of us is typed, beside one's own name."""


class Unknown(Problem):
    """A question rather than a refusal: whether a `name` that nobody has here is right."""

    def __init__(self, name: str, close: list[str]) -> None:
        said = later("Nobody called {name} is known here. Is that right?", name=repr(name))
        if close:
            said = later("Nobody called {name} is known here. Is that right, or did you mean {close}?",
                         name=repr(name), close=close[0])  # fmt: skip
        self.name = name
        super().__init__(HTTPStatus.CONFLICT, said, members={SURE: name})


async def check_known(host: Host, given: Given, own: str) -> None:
    """Ask about who is named and not known here, unless it was said to be right. Raises Unknown.

    Whoever is signed in, by their `own` name, is known.
    """
    for name in filter(None, map(given.get, _WHOM)):
        if name != given.get(SURE) and not same(name, own) and not await _is_known(host, name):
            raise Unknown(name, get_close_matches(name, await asked(_called, host), 1))


def _called(host: Host) -> list[str]:
    """Name those whom a form offers, as they are called."""
    offered = persons(host)
    return list(offered) if host.names is None else list(host.names.shown(offered).values())


async def _is_known(host: Host, name: str) -> bool:
    people, names = host.people, host.names
    if people is not None and people.known_as(name) in people.people:
        return True
    if names is None:
        return await asked(host.read_model.practice.is_named, name)
    return is_reference(name, "p") or bool(await asked(names.find, name))
