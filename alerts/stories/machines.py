"""What machines are told in a story: the messages that come to one, and what Alertmanager's alerts do on the way.

An alert is what its labels say: it begins to fire with the first trouble of a promise, is told again while that stands,
and is resolved. That it is told again is not looked at; that it ends as nobody tells it again is.
Read next: `alerts/routing/firing.py` for the labels, `story.py`, which reads what is expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from alerts.policy.policy import MACHINES
from alerts.routing.firing import labels, replaced, told_again_until
from standards.stories.story_clock import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alerts.routing.notice import Notice

AlertKind = Literal["fires", "resolved", "replaced"]


class Alerted(NamedTuple):
    """What an alert does at an instant (microseconds UTC): it fires, ends, or goes on as that of another promise."""

    at: int
    kind: AlertKind
    notice: Notice


class ExpectedAlert(msgspec.Struct, frozen=True):
    """What an alert is expected to do; `promise` by its name. Of its labels those here are looked at; empty is none."""

    at: int
    kind: AlertKind
    promise: str
    labels: dict[str, str] = {}

    def fits(self, alerted: Alerted, name: str) -> bool:
        """Say whether an alert did this; `name` is its promise's."""
        found = labels(alerted.notice) if self.labels else {}
        return self.is_like(alerted, name) and all(found.get(key, "") == text for key, text in self.labels.items())

    def is_like(self, alerted: Alerted, name: str) -> bool:
        """Say the same without the labels."""
        return (self.kind, self.promise) == (alerted.kind, name) and same(self.at, alerted.at)


def is_for_people(notice: Notice) -> bool:
    """Say whether a message goes to people, if to machines as well: without a policy, to everybody."""
    return notice.to not in MACHINES if notice.to else not notice.addresses


def comes_to(machine: str, notice: Notice) -> bool:
    """Say whether a message comes to a machine: as a route says, or as it is told all, or everybody."""
    if notice.names_one_of_us:
        return False
    return notice.to == machine if notice.to else not notice.addresses or machine in notice.addresses


def alerts_of(told: Iterable[tuple[int, Notice]], until: int) -> list[Alerted]:
    """Give what the alerts do of which Alertmanager is told, each message at its instant, up to `until`.

    All times are microseconds UTC.
    """
    following = _Following()
    found = [each for at, notice in told for each in (*following.ended(at - 1), *following.tell(at, notice))]
    return [*found, *following.ended(until)]


class _Following:
    """The alerts that fire, by their labels, each with its last message and when that was told."""

    def __init__(self) -> None:
        self.firing: dict[frozenset[tuple[str, str]], tuple[int, Notice]] = {}

    def tell(self, at: int, notice: Notice) -> Iterator[Alerted]:
        was = self._take(notice)
        old = self._take(replaced(notice)) if notice.replaces else None
        if notice.is_trouble:
            self.firing[_name(notice)] = at, notice
            if old is not None or was is None:
                yield Alerted(at, "fires" if old is None else "replaced", notice)
        elif old is not None or was is not None:
            yield Alerted(at, "resolved", notice)

    def ended(self, by: int) -> Iterator[Alerted]:
        """Give, and forget, what nobody resolved and nobody tells again by an instant."""
        for told_at, notice in list(self.firing.values()):
            until = told_again_until(notice, told_at)
            if until <= by:
                self._take(notice)
                yield Alerted(until, "resolved", notice)

    def _take(self, notice: Notice) -> tuple[int, Notice] | None:
        return self.firing.pop(_name(notice), None)


def _name(notice: Notice) -> frozenset[tuple[str, str]]:
    return frozenset(labels(notice).items())
