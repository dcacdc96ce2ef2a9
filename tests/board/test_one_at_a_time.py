"""Who takes a promise waits for whoever is taking the same one, and for nobody else."""

from __future__ import annotations

import asyncio

from streams.web.board.one_at_a_time import OneAtATime


def test_who_takes_another_promise_waits_for_nobody() -> None:
    """One is being taken, which lasts: others are taken meanwhile, the same one and a group with it after that."""

    async def play() -> list[str]:
        alone, said, ends = OneAtATime(), list[str](), asyncio.Event()

        async def take(name: str, promises: list[str], until: asyncio.Event | None = None) -> None:
            async with alone.having(promises):
                said.append(f"{name} begins")
                if until is not None:
                    await until.wait()
                said.append(f"{name} ends")

        async with asyncio.TaskGroup() as group:
            group.create_task(take("ann", ["p"], ends))
            group.create_task(take("bob", ["r", "p", "r"]))
            await group.create_task(take("cyd", ["q"]))
            assert len(alone) == 2
            ends.set()
        assert len(alone) == 0
        return said

    assert asyncio.run(play()) == ["ann begins", "cyd begins", "cyd ends", "ann ends", "bob begins", "bob ends"]


def test_two_groups_that_overlap_do_not_wait_for_each_other_for_ever() -> None:
    """They name the same promises in other orders, and one breaks off: both come to an end, and nothing is kept."""

    async def play() -> int:
        alone = OneAtATime()

        async def take(promises: str, *, breaks: bool = False) -> None:
            async with alone.having(promises):
                await asyncio.gather(*(asyncio.to_thread(str) for _ in promises))
                if breaks:
                    raise ValueError

        await asyncio.gather(take("abc", breaks=True), take("cba"), take("bca"), return_exceptions=True)
        return len(alone)

    assert asyncio.run(play()) == 0
