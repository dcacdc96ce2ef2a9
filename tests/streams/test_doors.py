"""The doors: who guesses has to wait, who has the right token has not, and who looks on does not read everything."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest

from streams.web import Access
from tests.streams.asking import asking


async def test_guessing_by_programs_is_slowed_down(tmp_path: Path) -> None:
    """After five wrong tokens a sixth has to wait, and the right one has not: it is never counted."""
    async with asking(tmp_path, access=Access(token="t")) as caller:
        guesses = [await caller.get("/v1/score", Authorization=f"Bearer {number}") for number in range(6)]
        assert [each.status for each in guesses] == [401] * 5 + [429]
        assert guesses[-1].headers["Retry-After"] == "60"
        assert (await caller.get("/v1/score", Authorization="Bearer t")).status == 200
        assert (await caller.get("/v1/score")).status == 401, "who sends none has not guessed"


PROXY = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    ("proxies", "header", "slowed"),
    [
        ((), "198.51.100.{n}", True),  # anybody can write that
        (PROXY, "198.51.100.{n}", False),
        (PROXY, "198.51.100.{n}, 127.0.0.9", False),  # a chain of proxies
        (PROXY, "198.51.100.{n}, 203.0.113.5", True),  # what is left of a stranger is the stranger's word
    ],
)
async def test_behind_a_proxy_everybody_is_slowed_down_alone(
    tmp_path: Path, proxies: tuple[IPv4Network, ...], header: str, slowed: bool
) -> None:
    """A proxy that is trusted says who guesses, so nobody waits for another one's guesses."""
    async with asking(tmp_path, access=Access(token="t", proxies=proxies)) as caller:
        said = [
            await caller.get("/v1/score", Authorization="Bearer x", X_Forwarded_For=header.format(n=n))
            for n in range(6)
        ]
        assert [each.status for each in said] == [401] * 5 + [429 if slowed else 401]


async def test_who_looks_on_reads_nothing_that_was_refused(tmp_path: Path) -> None:
    """A dead letter holds what a sender sent, whatever stands in it: it is for those who act on it."""
    access = Access(token="t", view_token="v", supervisor_token="s")
    async with asking(tmp_path, access=access) as caller:
        found = {each: await caller.get("/v1/dead-letters", Authorization=f"Bearer {each}") for each in "vst"}
        assert {each: answer.status for each, answer in found.items()} == {"v": 403, "s": 200, "t": 200}
        assert "needs supervisor" in found["v"].json["detail"]
