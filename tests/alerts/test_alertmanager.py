"""Alertmanager: a real one shows what Kept tells it, forgets when it restarts, and is told again.

Next: `watching.py`, which runs it; `tests/streams/test_reminding.py` for what is told again.
"""

import time
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from alerts.channels import Told
from alerts.channels.alertmanager import RESOLVED_TOLD, STANDS, Alertmanager, sentences
from alerts.routing.firing import BY_ITSELF, LONGEST_OWED, ON_THE_CLOCK, labels
from alerts.routing.notice import Notice
from standards.errors import DeliveryError
from standards.judge.events import iso
from tests.alerts.receiver import Answer, receiving
from tests.alerts.samples import BROKEN, CORRECTED, KEPT, WARNED, WICKED
from tests.alerts.watching import watcher
from tests.deploy.running import free_port
from tests.streams.hosting import SECOND, T0, Clock


def now() -> int:
    return time.time_ns() // 1_000


def fresh(notice: Notice, at: int) -> Notice:
    """Make a notice of right now: Alertmanager goes by its own clock."""
    return replace(notice, at=at, due=at + 60 * SECOND)


async def test_an_alert_is_opened_told_again_and_resolved(tmp_path: Path) -> None:
    """Alertmanager shows what to do while there is trouble; again after it forgot; and nothing when all is well."""
    url, start = f"http://127.0.0.1:{free_port()}", now()
    warned, broken, kept = (fresh(each, start) for each in (WARNED, BROKEN, KEPT))
    channel = Alertmanager(url, clock=now)
    with watcher(tmp_path / "first", url) as first:
        await channel.deliver(warned)
        (shown,) = await first.alerts()
        assert shown.labels == {
            "alertname": "no-wait", "subject": "s3/q1", "owner": "floor-lead", "severity": "page", "promise": "4f1c",
        "service": "kept",
            "site": "s3", "queue": "q1",
        }  # fmt: skip
        assert shown.annotations["summary"] == WARNED.text
        assert shown.annotations["how"] == WARNED.how
        await channel.deliver(broken)
        (shown,) = await first.alerts()
        assert shown.annotations["summary"] == BROKEN.text
        ends = shown.endsAt
        await channel.remind([Told(broken, start)])
        (shown,) = await first.alerts()
        assert shown.endsAt > ends
    with pytest.raises(DeliveryError, match="no connection to http"):
        await channel.remind([Told(broken, start)])
    with watcher(tmp_path / "second", url) as second:
        assert await second.alerts() == []
        await channel.remind([Told(broken, start)])
        assert len(await second.alerts()) == 1
        await channel.deliver(kept)
        assert await second.alerts() == []
        await channel.remind([Told(kept, start)])
        assert await second.alerts() == []
    await channel.close()


async def test_two_promises_to_one_subject_do_not_resolve_each_other(tmp_path: Path) -> None:
    """An alert is one promise's: when one is kept, the other one's trouble goes on being shown."""
    url, start = f"http://127.0.0.1:{free_port()}", now()
    other = replace(fresh(WARNED, start), id="77.2", promise="77")
    channel = Alertmanager(url, clock=now)
    with watcher(tmp_path, url) as running:
        for notice in (fresh(WARNED, start), other, fresh(KEPT, start)):
            await channel.deliver(notice)
        assert [shown.labels["promise"] for shown in await running.alerts()] == ["77"]
    await channel.close()


async def test_whatever_events_hold_alertmanager_takes_it(tmp_path: Path) -> None:
    """Strange names, empty and endless values, control characters: the alert is there all the same, and bounded."""
    url, start = f"http://127.0.0.1:{free_port()}", now()
    fields = {"owner": "me", "2nd floor": 1, "__x": None, "größe": "x" * 5_000, "promise": True}
    channel = Alertmanager(url, clock=now)
    with watcher(tmp_path, url) as running:
        await channel.deliver(replace(fresh(WICKED, start), fields=fields, why="y" * 5_000))
        (shown,) = await running.alerts()
    await channel.close()
    assert shown.labels["owner"] == WICKED.owner
    assert shown.labels["field_owner"] == "me"
    assert shown.labels["field_promise"] == "True"
    assert max(map(len, shown.labels.values())) == 200
    assert max(map(len, shown.annotations.values())) == 1_000
    assert "\\x1b[2J" in shown.annotations["summary"]


def test_all_notices_of_a_promise_have_the_same_labels() -> None:
    """What resolves an alert has to be told of the same alert: labels hold nothing that changes in a promise's life."""
    assert labels(WARNED) == labels(BROKEN) == labels(KEPT) == labels(CORRECTED)
    assert sentences(WARNED)["due"] == iso(WARNED.due)


AT = T0 + 1_000 * SECOND


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        (Told(WARNED, AT), AT + STANDS),
        (Told(WARNED, AT - ON_THE_CLOCK), AT + STANDS),
        (Told(WARNED, AT - ON_THE_CLOCK - 1), None),
        (Told(replace(WARNED, due=AT), AT - ON_THE_CLOCK - 1), AT + STANDS),
        (Told(replace(WARNED, due=AT), AT - LONGEST_OWED - 1), None),
        (Told(replace(BROKEN, owed_until=AT), AT - ON_THE_CLOCK - 1), AT + STANDS),
        (Told(replace(BROKEN, owed_until=AT - 1), AT - SECOND), None),
        (Told(replace(BROKEN, owed_until=AT), AT - LONGEST_OWED - 1), None),
        (Told(BROKEN, AT - BY_ITSELF), AT + STANDS),
        (Told(BROKEN, AT - BY_ITSELF - 1), None),
        (Told(replace(WARNED, kind="lost", verdict="unknown"), AT - BY_ITSELF), AT + STANDS),
        (Told(replace(WARNED, kind="lost", verdict="unknown"), AT - BY_ITSELF - 1), None),
        (Told(KEPT, AT - RESOLVED_TOLD), AT - RESOLVED_TOLD),
        (Told(KEPT, AT - RESOLVED_TOLD - 1), None),
        (Told(KEPT, AT + 60 * SECOND), AT),
        (Told(CORRECTED, AT - SECOND), AT - SECOND),
        (Told(replace(CORRECTED, verdict="broken"), AT), AT + STANDS),
    ],
)
async def test_what_is_told_again_and_until_when(told: Told, ends: int | None) -> None:
    """What stands is told again, what was resolved for a while, and nothing for ever: nobody is nagged by the past."""
    async with receiving() as receiver:
        channel = Alertmanager(receiver.url.removesuffix("/hook"), clock=Clock(AT))
        await channel.remind([told])
        await channel.close()
    posted = [msgspec.json.decode(body) for body in receiver.bodies]
    assert [alert["endsAt"] for alerts in posted for alert in alerts] == ([] if ends is None else [iso(ends)])


async def test_many_alerts_go_in_several_requests() -> None:
    """However much stands, no request grows without bounds."""
    many = [Told(replace(WARNED, promise=f"p{number}"), AT) for number in range(450)]
    async with receiving() as receiver:
        channel = Alertmanager(receiver.url.removesuffix("/hook"), clock=Clock(AT))
        await channel.remind(many)
        await channel.close()
    assert [len(msgspec.json.decode(body)) for body in receiver.bodies] == [200, 200, 50]


async def test_a_notice_from_ahead_of_time_begins_now() -> None:
    """A demo's clock runs ahead of Alertmanager's: no alert begins or is resolved in the future."""
    async with receiving() as receiver:
        channel = Alertmanager(f"{receiver.url.removesuffix('/hook')}/", clock=Clock(T0 - 60 * SECOND))
        await channel.deliver(WARNED)
        await channel.deliver(KEPT)
        await channel.close()
    (opened,), (resolved,) = (msgspec.json.decode(body) for body in receiver.bodies)
    assert opened["startsAt"] == resolved["startsAt"] == resolved["endsAt"] == iso(T0 - 60 * SECOND)


async def test_an_alertmanager_in_trouble_is_tried_again() -> None:
    """What it does not take now is told by the outbox later."""
    async with receiving([Answer(503, {"Retry-After": "7"})]) as receiver:
        channel = Alertmanager(receiver.url.removesuffix("/hook"), clock=Clock())
        with pytest.raises(DeliveryError, match="answered 503 Service Unavailable") as caught:
            await channel.deliver(WARNED)
        await channel.close()
    assert caught.value.again


async def test_what_is_told_under_another_id_has_no_gap() -> None:
    """The same need under another id: the alert of the old one ends and that of the new one begins in one post."""
    async with receiving() as receiver:
        channel = Alertmanager(receiver.url.removesuffix("/hook"), clock=Clock(T0 + 60 * SECOND))
        await channel.deliver(replace(BROKEN, id="9a.3", promise="9a", replaces="4f1c"))
        posted = msgspec.json.decode(receiver.bodies[0])
        assert [alert["labels"]["promise"] for alert in posted] == ["4f1c", "9a"]
        assert posted[0]["endsAt"] == iso(T0 + 60 * SECOND) < posted[1]["endsAt"]
        await channel.remind([Told(BROKEN, T0), Told(replace(BROKEN, promise="9a", replaces="4f1c"), T0)])
        again = msgspec.json.decode(receiver.bodies[-1])
        assert [alert["labels"]["promise"] for alert in again] == ["4f1c", "9a"]
        assert again[0]["endsAt"] <= iso(T0 + 60 * SECOND)
        await channel.close()
