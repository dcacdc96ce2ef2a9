"""Standards that change while a host runs: what is owed stays so by its own, and what cannot be read stops nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from standards.compiler.spec import Loaded
from standards.errors import StateError
from standards.judge.ledger import Line
from streams.embedded.embedded import EmbeddedHost
from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from tests.streams.asking import asking
from tests.streams.hosting import NO_WAIT, SECOND, T0, Clock, hosting, opened, queue, shop, until

pytestmark = pytest.mark.timeout(60)


async def test_a_reload_judges_open_promises_by_their_own_revision(tmp_path: Path) -> None:
    """Editing a standard changes no promise already given, not even across a restart."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(5)
        await until(lambda: len(host.read_model.lines()) == 1)
        before = host.now_status().revision
        shop(tmp_path, NO_WAIT.replace("within: 60s", "within: 30s"))
        await until(lambda: host.now_status().revision != before)
        assert host.now_status().retired == 1
    async with hosting(tmp_path, clock, standards=StandardsFiles([str(tmp_path / "rules")])) as host:
        clock.go(90)
        await until(lambda: len(host.read_model.lines()) == 3)
        assert story(host.read_model.lines())[-1] == ("broken", 60)
        await host.submit([queue(host.reader, "c", clock.at, waiting=1, where="q2")])
        await host.submit([queue(host.reader, "d", clock.at, waiting=7, where="q2")])
        clock.go(5)
        await until(lambda: len(host.read_model.lines()) == 4)
        last = host.read_model.lines()[-1]
        assert last.due - last.opened == 30 * SECOND
        assert len(host.read_model.standards()) == 2


async def test_a_retired_revision_is_dropped_when_its_promises_are_long_over(tmp_path: Path) -> None:
    """Old revisions are loaded as long as their promises are owed or can still change, and no longer."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        clock.go(70)
        await until(lambda: len(host.read_model.lines()) == 3)
    edited = shop(tmp_path, NO_WAIT.replace("within: 60s", "within: 30s"))
    async with hosting(tmp_path, clock, standards=edited) as host:
        assert host.now_status().retired == 1
    clock.go(3 * 86400)
    async with hosting(tmp_path, clock, standards=edited) as host:
        assert host.now_status().retired == 1
    clock.go(5 * 86400)
    async with hosting(tmp_path, clock, standards=edited) as host:
        assert host.now_status().retired == 1
        await until(lambda: host.read_model.lines()[-1].kind == "given_up")
    async with hosting(tmp_path, clock, standards=edited) as host:
        assert host.now_status().retired == 0
        (view,) = host.read_model.promises(PromiseFilter()).items
        found = host.read_model.promise(view.id)
        assert found is not None
        assert "60s" in found.revision_text


@pytest.mark.parametrize(("before", "after"), [("", "\n    lateness: 3s"), ("\n    lateness: 3s", "")])
async def test_a_standard_may_begin_to_wait_for_late_events_while_it_is_owed(
    tmp_path: Path, before: str, after: str
) -> None:
    """With another `lateness`, what is owed is judged to its end as it was promised, and new promises open."""
    clock, within = Clock(), "within: 60s"
    async with hosting(tmp_path, clock, standards=shop(tmp_path, NO_WAIT.replace(within, within + before))) as host:
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        await _go(host, clock, 70)
        shop(tmp_path, NO_WAIT.replace(within, within + after))
        assert await host.reload()
        await host.submit([queue(host.reader, "b", clock.at, waiting=4, where="q2")])
        await _go(host, clock, 70)
        assert states(host) == {"s3/q1": "broken", "s3/q2": "broken"}
        await host.submit([opened(host.reader, "c", clock.at)])
        await _go(host, clock, 10)
        assert states(host) == {"s3/q1": "late", "s3/q2": "broken"}


async def _go(host: EmbeddedHost, clock: Clock, seconds: float) -> None:
    clock.go(seconds)
    await host.submit([])


def story(lines: list[Line]) -> list[tuple[str, int]]:
    """What happened and when, in seconds after T0."""
    return [(line.kind, (line.at - T0) // SECOND) for line in lines]


def states(host: EmbeddedHost) -> dict[str, str]:
    """Say how each subject's promise stands."""
    return {row.subject: row.state for row in host.read_model.promises(PromiseFilter()).items}


async def test_a_bad_reload_keeps_the_old_standards_and_says_why(tmp_path: Path) -> None:
    """A slip in an editor stops nothing: the standards in force stay, and the finding is shown at its place."""
    async with hosting(tmp_path, Clock()) as host:
        before = host.now_status()
        shop(tmp_path, NO_WAIT.replace("waiting > 3", "wating > 3"))
        await until(lambda: bool(host.now_status().problems))
        (problem,) = host.now_status().problems
        assert "shop.yaml:13" in problem
        assert "did you mean" in problem
        assert host.now_status().revision == before.revision
        await host.submit([queue(host.reader, "a", T0, waiting=4)])
        shop(tmp_path)
        await until(lambda: not host.now_status().problems)


async def test_a_file_whose_name_is_not_text_is_named_as_well_as_can_be(tmp_path: Path) -> None:
    """Files may have names that are not UTF-8: what is wrong in them is said by the probe, the log and the board."""
    async with asking(tmp_path) as caller:
        name = os.fsdecode(b"a\xff.yaml")
        (tmp_path / "rules" / name).write_text("kept: 2\n", encoding="utf-8")
        await until(lambda: bool(caller.host.now_status().problems))
        ready = await caller.get("/readyz")
        assert (ready.status, ready.json["ready"]) == (200, True)
        assert r"a\udcff.yaml:1" in ready.json["problems"][0]
        assert (await caller.get("/")).status == 200


class Exhausted(StandardsFiles):
    """Standards files that cannot be read while the system has no descriptors left."""

    exhausted = False

    def load(self, retired: Sequence[str]) -> Loaded:
        if self.exhausted:
            raise StateError("shop.yaml cannot be read for now: too many open files")
        return super().load(retired)


async def test_what_could_not_be_read_for_want_of_descriptors_is_tried_again(tmp_path: Path) -> None:
    """A change that came while the system was at its limits is in force soon after, without another change."""
    standards = Exhausted(shop(tmp_path).paths)
    async with hosting(tmp_path, Clock(), standards=standards) as host:
        before = host.now_status().revision
        standards.exhausted = True
        shop(tmp_path, NO_WAIT.replace("60s", "90s"))
        await until(lambda: bool(host.now_status().problems))
        assert host.now_status().revision == before
        standards.exhausted = False
        await until(lambda: host.now_status().revision != before)
        assert not host.now_status().problems


async def test_a_file_of_hundreds_of_findings_in_one_line_is_told_in_some(tmp_path: Path) -> None:
    """Whoever saves such a file takes neither the memory nor the log, and the standards in force stay."""
    async with hosting(tmp_path, Clock()) as host:
        faults = ", ".join(f"s{n}: {{promse: hello, per: [sitee], when: queue.length}}" for n in range(200))
        shop(tmp_path, f"{{kept: 1, standards: {{{faults}}}}}")
        await until(lambda: bool(host.now_status().problems))
        problems = host.now_status().problems
        assert len(problems) == 51
        assert sum(map(len, problems)) < 50_000
        await host.submit([queue(host.reader, "a", T0, waiting=4)])


async def test_events_read_before_a_reload_are_read_again(tmp_path: Path) -> None:
    """A batch that was on its way while the standards changed is judged like any other."""
    clock = Clock()
    async with hosting(tmp_path, clock) as host:
        under_way = [queue(host.reader, "a", T0, waiting=4)]
        assert await host.reload()
        assert type(under_way[0]) is not host.reader.classes["queue.length"]
        await host.submit(under_way)
        clock.go(5)
        await until(lambda: len(host.read_model.lines()) == 1)
