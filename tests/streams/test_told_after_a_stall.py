"""A real host that was down, asleep, or whose clock was set: what is told when it goes on."""

from pathlib import Path

from alerts.policy.policy_document import load_policy
from alerts.routing.notice import Notice
from standards.compiler.spec import Source
from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from tests.streams.hosting import SECOND, hosting, queue, until
from tests.streams.stepping import Machine, step

HOUR = 3_600 * SECOND
POLICY = """
kept: 1
people: {ann: {}, chief: {}}
routes: [{tell: ann, repeat: 30m, escalate: [{after: 5m, tell: chief}]}]
"""


def watched(folder: Path, machine: Machine) -> EmbeddedHost:
    """Make a host that watches a machine's clock, and tells by a policy."""
    clock = machine.clock()
    options = Options(policies=lambda standards: load_policy(Source("policy.yaml", POLICY), standards))
    host = hosting(folder, clock.wall, options=options)
    host.watched_clock = clock
    return host


async def gone(host: EmbeddedHost, machine: Machine, seconds: float) -> None:
    """Let time go by while the host runs, without it ever standing still."""
    for _ in range(int(seconds // 50)):
        machine.counted += 50 * SECOND
        await until(lambda: host.now_status().low == machine.system() - 2 * SECOND)


async def in_trouble(host: EmbeddedHost, machine: Machine) -> int:
    """Open a promise that nobody keeps, and let 100 s go by; gives when it began."""
    begun = machine.system()
    await host.submit([queue(host.reader, "a", begun, waiting=9)])
    await gone(host, machine, 100)
    return begun


def told(host: EmbeddedHost, since: int) -> list[tuple[str, str, int]]:
    """Give to whom what was told, and in which second after an instant."""
    found: list[Notice] = [row.notice for row in host.read_model.notices(limit=100)]
    return sorted(((it.to, it.kind, (it.decided - since) // SECOND) for it in found), key=lambda each: each[2])


async def test_down_for_two_hours(tmp_path: Path) -> None:
    """Broken before, repeated each half hour, down for two hours: one message when it is back, and then the chief."""
    machine = Machine()
    async with watched(tmp_path, machine) as host:
        begun = await in_trouble(host, machine)
    machine.counted += 2 * HOUR
    async with watched(tmp_path, machine) as host:
        await gone(host, machine, 300)
        said = told(host, begun)
    assert [(to, kind) for to, kind, _ in said] == [
        ("ann", "warned"), ("ann", "broken"), ("ann", "broken"), ("chief", "broken"),
    ]  # fmt: skip
    assert said[2][2] == 7200 + 98
    assert said[3][2] == 7200 + 40 + 300  # five minutes after the first message, of those in which Kept ran


async def test_asleep_for_two_hours(tmp_path: Path) -> None:
    """The machine sleeps under a running host: as if it had been down."""
    machine = Machine()
    async with watched(tmp_path, machine) as host:
        begun = await in_trouble(host, machine)
        machine.counted += 2 * HOUR
        await gone(host, machine, 50)
        await until(lambda: len(told(host, begun)) > 2)
        said = told(host, begun)
    assert [(to, kind) for to, kind, _ in said] == [("ann", "warned"), ("ann", "broken"), ("ann", "broken")]
    assert said[2][2] >= 7200 + 98


async def test_a_step_that_is_accepted_shifts_what_waits(tmp_path: Path) -> None:
    """An hour forward, 100 s into the five minutes: the chief 240 s later, and nobody hears anything before."""
    machine = Machine()
    async with watched(tmp_path, machine) as host:
        begun = await in_trouble(host, machine)
        machine.ahead += HOUR
        step(host)
        await gone(host, machine, 300)
        assert told(host, begun) == [
            ("ann", "warned", 40), ("ann", "broken", 60), ("chief", "broken", 3600 + 340),
        ]  # fmt: skip
