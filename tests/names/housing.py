"""A house that keeps names apart, for tests: its rules, and what is left in its folder after some work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path

from streams.embedded.embedded import EmbeddedHost
from streams.embedded.options import Options
from streams.names.names import Names
from streams.names.secret import read_secret
from streams.settings import StandardsFiles
from tests.names.test_every_outlet import POLICY, STANDARDS
from tests.streams.asking import Peopled
from tests.streams.hosting import Clock

LEAVING = STANDARDS.replace("    within: 60s\n", "    within: 14d\n    while: not left\n", 1).replace(
    "standards:\n", "states:\n  left: {when: colleague.left}\nstandards:\n", 1
)


def house(folder: Path, policy: str = POLICY) -> tuple[StandardsFiles, Peopled]:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "rules.yaml").write_text(LEAVING, encoding="utf-8")
    return StandardsFiles([str(folder / "rules")]), Peopled(policy=policy, apart=True)


async def stored(folder: Path, work: Callable[[EmbeddedHost, Clock], Coroutine[None, None, None]]) -> None:
    """Have a host that keeps names apart do some work in a folder, and end."""
    standards, _ = house(folder)
    (folder / "data").mkdir()
    names, clock = Names(folder / "data", read_secret(folder / "data")), Clock()
    async with EmbeddedHost(folder / "data", standards, clock=clock, options=Options(names=names)) as host:
        await work(host, clock)
    names.close()
