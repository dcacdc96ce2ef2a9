"""Whichever call to the disk fails, and however: what was acknowledged is there, and what was not is said."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.disk.failing import FAULTS, builds, prepared
from tests.disk.running import Outcome
from tests.streams.commands import ROOT

FEW = {"no room": 130, "does not answer": 170, "no descriptors": 5, "slow": 250}
"""Each how many-th call is tried in turn."""
pytestmark = pytest.mark.skipif(
    not builds(),
    reason="there is no C compiler (cc) with the headers of the C library, so it is not proven here that what was "
    "acknowledged outlives a failing disk; to prove it: apt-get install gcc libc6-dev",
)
_outcome = msgspec.json.Decoder(Outcome).decode


def outcomes(folder: Path, fault: str, times: int, step: int, *, lanes: int = 1) -> list[list[Outcome]]:
    """Run with a disk that fails at each `step`-th call in turn, so many times in a row; gives what each lane found.

    Most of a run is waiting, as a host tries again after a second: so several are under way at once, in `lanes`.
    """
    runs = []
    for lane in range(lanes):
        own = folder / str(lane)
        own.mkdir()
        _, environment = prepared(own)
        places = [str(own), fault, str(times), str(1 + lane * step), str(lanes * step)]
        with (own / "out").open("wb") as out, (own / "log").open("wb") as log:
            command = [sys.executable, "-m", "tests.disk.running", *places]
            runs.append((own, subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=log)))
    return [_found(own, run.wait()) for own, run in runs]


def _found(own: Path, code: int) -> list[Outcome]:
    assert code == 0, (own / "log").read_text(encoding="utf-8")
    return [_outcome(line) for line in (own / "out").read_bytes().splitlines() if line.startswith(b'{"first"')]


def check(found: list[Outcome]) -> None:
    """Check what must be so wherever the disk failed, and that it failed at each call but beyond the last."""
    assert [each for each in found if each.missing] == [], "acknowledged, and lost"
    assert [each for each in found if each.hung] == [], "no answer"
    assert [each for each in found if each.unsaid] == [], "refused by a host that does not say why"
    assert [each for each in found if len(each.taken) < MOST and not each.said] == [], "not taken, and not said"
    assert all(each.failed for each in found[:-1])
    assert not found[-1].failed
    assert len(found[-1].taken) == MOST


MOST = 10
"""How many events a run takes in whose disk is well."""


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_acknowledged_outlives_a_failing_disk(tmp_path: Path, fault: str) -> None:
    """A call fails: the event is stored, or refused, and the host says why it is not ready; then it goes on."""
    (found,) = outcomes(tmp_path, fault, 1, FEW[fault])
    check(found)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_it_does_wherever_that_fails(
    tmp_path: Path, fault: str, times: int, record_property: Callable[[str, str], None]
) -> None:
    """The same for every call of a run, and for three in a row; where they are slow, for some of them."""
    lanes = outcomes(tmp_path, fault, times, 20 if fault == "slow" else times, lanes=8)
    for found in lanes:
        check(found)
    refused = sum(bool(each.said) for found in lanes for each in found)
    assert refused or fault == "slow"
    runs = sum(map(len, lanes))
    record_property("cases", f"disk with {fault}, {times} in a row: {runs:,} runs, {refused:,} refused something")
