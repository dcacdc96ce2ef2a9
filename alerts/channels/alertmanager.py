"""Alertmanager: each promise in trouble is an alert of its own, opened, told again while it stands, and resolved.

Labels identify an alert: the standard is its `alertname`, and beside subject, owner, severity and the subject's fields,
but for those that name one of us, there is the promise, so that two promises owed to one subject do not resolve each
other; `service` is always `kept`. Let Alertmanager group by `alertname` and `subject`. An alert that is not told again
within `STANDS` ends by itself, and Alertmanager forgets all when it restarts: so whatever stands is told again every
`REMIND_SECONDS`, and so is for a while that something is resolved. What stands is not remembered here: the outbox knows
which notices arrived (`streams/delivery/reminding.py`). Instants told are never later than now: a simulated clock may
be ahead of Alertmanager's.
Read next: `alerts/routing/firing.py` for what identifies an alert; `posting.py`, `retrying.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from alerts.channels.posting import TIMEOUT_SECONDS, Post
from alerts.routing.firing import LONGEST_OWED, bounded, labels, replaced, told_again_until
from standards.calendar.duration import SECOND
from standards.judge.events import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from alerts.channels import LinksOf, Told
    from alerts.routing.notice import Notice

REMIND_SECONDS: Final = 60.0
"""How often what stands is told again, in seconds."""
STANDS: Final = 300 * SECOND
"""How long an alert stands after it was last told, in microseconds: four reminders may be missed."""
RESOLVED_TOLD: Final = 900 * SECOND
"""How long after an alert was resolved that is told again, in microseconds."""
MOST_AT_ONCE: Final = 200
"""How many alerts are posted in one request."""
LONGEST_ANNOTATION: Final = 1_000


class Alert(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One alert, as the API has it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: str
    ends_at: str
    source: str = msgspec.field(default="", name="generatorURL")


class Alertmanager:
    """Posts alerts to one Alertmanager, by its address as people open it. `clock` is real: microseconds UTC."""

    name = "alertmanager"
    remind_seconds = REMIND_SECONDS
    remembers = LONGEST_OWED

    def __init__(
        self, url: str, *, clock: Callable[[], int], timeout: float = TIMEOUT_SECONDS, links: LinksOf | None = None
    ) -> None:
        address = f"{url.rstrip('/')}/api/v2/alerts"
        self._post = Post(address, "KEPT_ALERTMANAGER_URL", clock=clock, timeout=timeout, private=True)
        self._clock = clock
        self._links = links

    async def deliver(self, notice: Notice) -> None:
        """Open or resolve the alert of one notice. Raises DeliveryError."""
        now = self._clock()
        alert = _opened(notice, now) if notice.is_trouble else _resolved(notice, now)
        await self._send([*_replaced(notice, now), (notice, alert)])

    async def remind(self, told: Sequence[Told]) -> None:
        """Tell again what stands, and what was resolved lately. Raises DeliveryError."""
        alerts = list(_again(told, self._clock()))
        for start in range(0, len(alerts), MOST_AT_ONCE):
            await self._send(alerts[start : start + MOST_AT_ONCE])

    async def _send(self, alerts: Sequence[tuple[Notice, Alert]]) -> None:
        """Post alerts, each with the link to its promise's page."""
        links = [self._links(notice).get("why", "") if self._links else "" for notice, _ in alerts]
        linked = [msgspec.structs.replace(alert, source=link) for (_, alert), link in zip(alerts, links, strict=True)]
        await self._post.send(msgspec.json.encode(linked))

    async def close(self) -> None:
        """Close the connections."""
        await self._post.close()


def _again(told: Sequence[Told], now: int) -> Iterable[tuple[Notice, Alert]]:
    gone_over = {notice.replaces for notice, _ in told}
    for notice, told_at in told:
        at = min(told_at, now)
        if notice.is_trouble and notice.promise in gone_over:
            continue  # the alert under its new id stands in its place
        if notice.replaces and now - at <= RESOLVED_TOLD:
            yield from _replaced(notice, at)
        if not notice.is_trouble:
            if now - at <= RESOLVED_TOLD:
                yield notice, _resolved(notice, at)
        elif now <= told_again_until(notice, at):
            yield notice, _opened(notice, now)


def _replaced(notice: Notice, at: int) -> Iterable[tuple[Notice, Alert]]:
    """Give the end of the alert that this one replaces: they go in one post, so that there is no gap between them."""
    if notice.replaces:
        before = replaced(notice)
        yield before, _resolved(before, at)


def _opened(notice: Notice, now: int) -> Alert:
    return Alert(labels(notice), sentences(notice), iso(min(notice.at, now)), iso(now + STANDS))


def _resolved(notice: Notice, at: int) -> Alert:
    return Alert(labels(notice), sentences(notice), iso(min(notice.at, at)), iso(at))


def sentences(notice: Notice) -> dict[str, str]:
    """Give what an alert says."""
    told = notice.in_english
    said = {
        "summary": told.text,
        "how": told.how,
        "why": told.why,
        "exceptions": told.exceptions,
        "wording": told.wording,
        "due": iso(notice.due) if notice.due >= 0 else "",
    }
    return {name: bounded(value, LONGEST_ANNOTATION) for name, value in said.items() if value}
