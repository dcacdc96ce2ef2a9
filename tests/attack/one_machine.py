"""`kept run` under attack: by strangers, and by its machine, whose disk is full, whose folder goes, whose clock is set.

Knows: one process and its data. Must not know: how strangers attack. Read next: `tests/crowd/process.py`.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.attack.strangers import bombs, guesses, poison, unfinished
from tests.attack.target import PATIENCE, RIGHT, TOKEN, Outcome, Row, Target, attacked, missing, sending
from tests.crowd.process import Kept
from tests.kafka.sending import Sender
from tests.streams.hosting import shop

HOST = "kept run"
STEP = 3_600
"""By how many seconds the clock is set."""


async def attack(folder: Path) -> list[Row]:
    """Attack a `kept run` in every way, and see in the end whether all that it acknowledged is there."""
    shop(folder)
    kept = Kept(folder, folder / "rules", {"KEPT_TOKEN": TOKEN})
    async with _running(kept) as target:
        own = _Own(kept)
        rows = [
            await attacked(target, "unfinished requests", unfinished),
            await attacked(target, "guesses", guesses),
            await attacked(target, "bombs", bombs),
            await attacked(target, "poison", poison),
            await attacked(target, "full disk", own.full_disk),
            await attacked(target, "removed folder", own.removed_folder),
            await attacked(target, "clock set forward", own.clock_forward),
            await attacked(target, "clock set back", own.clock_back),
        ]
        lost = await missing(target, kept.database)
    code = await kept.stop()
    sent, ended = len(target.sender.queues), len(kept.ended)
    happened = f"{lost} of {sent:,} are missing; exit code {code}, ended by itself {ended} times"
    return [*rows, Row("in the end", HOST, "what was acknowledged", happened, not lost and not code and not ended)]


@asynccontextmanager
async def _running(kept: Kept) -> AsyncIterator[Target]:
    patience = aiohttp.ClientTimeout(total=PATIENCE)
    kept.start()
    watching = asyncio.create_task(kept.watch())
    try:
        async with (
            aiohttp.ClientSession(timeout=patience) as strangers,
            aiohttp.ClientSession(timeout=patience, headers=RIGHT) as honest,
        ):
            sender = Sender(honest, kept.url, kept.data.with_name("sent.jsonl"))
            async with sending(sender):
                target = Target(HOST, kept.url, sender, strangers)
                await target.goes_on()
                yield target
    finally:
        watching.cancel()


class _Own:
    """What goes wrong with the machine of one process."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def full_disk(self, target: Target) -> Outcome:
        """Have no file of its grow any more, until it says so; then there is room again."""
        log = self._kept.database.with_name(f"{self._kept.database.name}-wal")
        before = target.sender.answers[503]
        _let_grow(self._kept.pid, log.stat().st_size + 10_000)

        async def refused() -> bool:
            return target.sender.answers[503] > before

        seen = await target.until(refused)
        reasons = await target.reasons()
        _let_grow(self._kept.pid, resource.RLIM_INFINITY)
        return Outcome("no file may grow", f"503, and /readyz: {_short(reasons)}", seen and "disk" in reasons)

    async def removed_folder(self, target: Target) -> Outcome:
        """Take its folder away while it runs, and start it again when the folder is back."""
        aside = self._kept.data.with_name("aside")
        self._kept.data.rename(aside)

        async def noticed() -> bool:
            return "removed" in await target.reasons()

        seen = await target.until(noticed)
        reasons = await target.reasons()
        aside.rename(self._kept.data)
        self._kept.kill()
        self._kept.start()
        return Outcome("its folder moved away, and back with a restart", f"/readyz: {_short(reasons)}", seen)

    async def clock_forward(self, target: Target) -> Outcome:
        """Set its clock an hour forward, and back."""
        return await self._clock(target, STEP)

    async def clock_back(self, target: Target) -> Outcome:
        """Set its clock an hour back, and forward again."""
        return await self._clock(target, -STEP)

    async def _clock(self, target: Target, step: int) -> Outcome:
        self._kept.clock.write_text(f"{step:+}", encoding="utf-8")

        async def noticed() -> bool:
            said = json.loads((await target.get("/v1/time", **RIGHT))[1] or "{}")
            return bool(said.get("step_seconds") or said.get("synchronised"))  # a clock that is right is followed

        seen = await target.until(noticed)
        went_on = await target.goes_on()
        self._kept.clock.write_text("+0", encoding="utf-8")
        happened = "it is said, and time goes on at the old pace" if seen else "nobody said so"
        return Outcome(f"its clock {step:+} s, and back", happened, seen and went_on)


def _let_grow(pid: int, size: int) -> None:
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most if size == resource.RLIM_INFINITY else size, most))


def _short(said: str) -> str:
    """Give the first words of what is said about the store, or of whatever is said."""
    found = re.search(r"kept\.db[^;\"]*", said)
    return found[0][:100] if found else said[:100]
