"""A host with a policy among its standards: people are told as it says, over restarts and reloads."""

from functools import partial
from pathlib import Path

import msgspec
import pytest

from alerts.routing.notice import Reason
from standards.errors import SpecError
from streams.documents.rules import policy_in, practice_in
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import DEFAULTS
from streams.settings import StandardsFiles
from streams.storage.promise_view import PromiseView
from streams.storage.rows import PromiseFilter
from tests.streams.hosting import SECOND, Clock, event, hosting, opened, queue, shop

POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {console: screen}}
routes:
  - {match: no-wait, tell: ann, well_for: 0s, escalate: [{after: 30s, tell: bob}]}
"""


PRACTICE = """
kept: 1
consequences:
  no-wait: {says: We look at that minute together., steps: [debrief]}
"""


def house(folder: Path, clock: Clock, policy: str = POLICY, practice: str = "") -> EmbeddedHost:
    standards = shop(folder)
    (folder / "rules" / "policy.yaml").write_text(policy, encoding="utf-8")
    if practice:
        (folder / "rules" / "practice.yaml").write_text(practice, encoding="utf-8")
    options = msgspec.structs.replace(
        DEFAULTS, policies=partial(policy_in, standards.paths), practices=partial(practice_in, standards.paths)
    )
    return hosting(folder, clock, standards=standards, options=options)


def view(host: EmbeddedHost) -> PromiseView:
    (row,) = host.read_model.promises(PromiseFilter()).items
    found = host.read_model.promise(row.id)
    assert found is not None
    return found


def told(found: PromiseView) -> list[tuple[str, str]]:
    return [(row.notice.to, row.notice.kind) for row in found.notices]


def kept_back(found: PromiseView) -> list[tuple[str, Reason]]:
    return [(each.to, each.reason) for each in found.withheld]


async def pass_time(host: EmbeddedHost, clock: Clock, seconds: float) -> None:
    """Move the clock, and have the host notice."""
    clock.go(seconds)
    await host.submit([event(host.reader, "feed.heartbeat", f"t{clock.at}", clock.at, feed="clock")])


async def test_a_promise_is_told_to_people_and_acknowledged(tmp_path: Path) -> None:
    """A warning goes to whoever is on the route; acknowledged, it is not passed on; the verdict is told."""
    clock = Clock()
    async with house(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "e1", clock.at, waiting=5)])
        await pass_time(host, clock, 45)
        found = view(host)
        assert told(found) == [("ann", "warned")]
        assert found.notices[0].notice.addresses == {"mail": "ann@shop.example"}
        ack = event(
            host.reader, "alert.acknowledged", "a1", clock.at - SECOND, promise=found.row.id, by="ann", note="going"
        )
        await host.submit([ack])
        await pass_time(host, clock, 5)
        assert kept_back(view(host)) == [("bob", "acknowledged")]
        await pass_time(host, clock, 600)
        assert told(view(host)) == [("ann", "warned"), ("ann", "broken")]


async def test_nobody_answers_so_the_next_is_told_over_a_restart(tmp_path: Path) -> None:
    """The chain goes on where it was after a restart, by the channel at which the next one is reached."""
    clock = Clock()
    async with house(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "e1", clock.at, waiting=5)])
        await pass_time(host, clock, 45)
        assert told(view(host)) == [("ann", "warned")]
    clock.go(10)
    async with house(tmp_path, clock) as host:
        await pass_time(host, clock, 20)
        assert told(view(host)) == [("ann", "warned"), ("ann", "broken"), ("bob", "broken")]
        await host.submit([opened(host.reader, "e2", clock.at)])
        await pass_time(host, clock, 5)
        found = view(host)
        assert told(found)[-2:] == [("ann", "fulfilled_late"), ("bob", "fulfilled_late")]
        channels = {row.notice.to: [delivery.channel for delivery in row.deliveries] for row in found.notices}
        assert channels == {"ann": ["console"], "bob": ["console"]}


async def test_a_notice_that_was_not_sent_is_stored_with_its_reason(tmp_path: Path) -> None:
    """What a silence kept back can be looked up; the ledger's lines say so too."""
    clock = Clock()
    async with house(tmp_path, clock) as host:
        until = "2030-01-01T00:00:00Z"
        silence = event(host.reader, "alert.silenced", "s1", clock.at, silence="x", until=until, by="ann", site="s3")
        await host.submit([silence, queue(host.reader, "e1", clock.at, waiting=5)])
        await pass_time(host, clock, 45)
        await pass_time(host, clock, 30)
        found = view(host)
        assert told(found) == []
        assert kept_back(found) == [("ann", "silenced"), ("ann", "silenced")]
        assert [each.line for each in found.withheld] == [line.id for line in found.lines[1:]]


async def test_one_message_is_found_by_every_promise_it_speaks_for(tmp_path: Path) -> None:
    """A message for a group stands in the story of each of its promises."""
    clock = Clock()
    async with house(tmp_path, clock, POLICY.replace("well_for: 0s", "group_wait: 5s")) as host:
        lines = [queue(host.reader, f"e{n}", clock.at, waiting=5, where=f"q{n}") for n in range(3)]
        await host.submit(lines)
        await pass_time(host, clock, 50)
        rows = host.read_model.promises(PromiseFilter()).items
        stories = [host.read_model.promise(row.id) for row in rows]
        ids = {row.notice.id for story in stories if story is not None for row in story.notices}
        assert len(rows) == 3
        assert len(ids) == 1


async def test_a_policy_that_is_wrong_leaves_the_one_before_in_force(tmp_path: Path) -> None:
    """A slip in the policy stops the start with its place, and a reload with the old rules in force."""
    clock = Clock()
    async with house(tmp_path, clock) as host:
        (tmp_path / "rules" / "policy.yaml").write_text(POLICY.replace("tell: ann", "tell: anne"), encoding="utf-8")
        assert await host.reload() is False
        assert "did you mean 'ann'?" in host.now_status().problems[0]
        await host.submit([queue(host.reader, "e1", clock.at, waiting=5)])
        await pass_time(host, clock, 45)
        assert told(view(host)) == [("ann", "warned")]
    with pytest.raises(SpecError, match=r"policy\.yaml:7:"):
        async with house(tmp_path, clock, POLICY.replace("tell: ann", "tell: anne")):
            pass


def test_a_second_policy_is_refused(tmp_path: Path) -> None:
    """Two policies would say two things; the second one is named."""
    standards: StandardsFiles = shop(tmp_path)
    for name in ("a", "b"):
        (tmp_path / "rules" / f"{name}.yaml").write_text(POLICY, encoding="utf-8")
    with pytest.raises(SpecError, match=r"second-policy: .*b\.yaml"):
        policy_in(standards.paths, standards.load(()).standards)


def says(host: EmbeddedHost) -> str:
    assert host.practice is not None
    return host.practice.consequences["no-wait"].says


async def test_the_practice_document_is_read_with_the_standards(tmp_path: Path) -> None:
    """People's practice is read anew with the standards; with errors in it the one before stays, and they are shown."""
    file = tmp_path / "rules" / "practice.yaml"
    async with house(tmp_path, Clock()) as host:
        assert host.practice is None
        file.write_text(PRACTICE, encoding="utf-8")
        assert await host.reload()
        assert says(host) == "We look at that minute together."
        file.write_text(PRACTICE.replace("[debrief]", "[dismissal]"), encoding="utf-8")
        assert not await host.reload()
        (problem,) = host.now_status().problems
        assert "practice.yaml:4" in problem
        assert says(host) == "We look at that minute together."
        file.write_text(PRACTICE.replace("together", "on the day"), encoding="utf-8")
        assert await host.reload()
        assert says(host) == "We look at that minute on the day."


async def test_a_practice_document_with_errors_stops_a_start(tmp_path: Path) -> None:
    """A host does not start by a document that it cannot read, as it does not by such a policy."""
    with pytest.raises(SpecError, match="no-weight"):
        async with house(tmp_path, Clock(), practice=PRACTICE.replace("no-wait", "no-weight")):
            pass
