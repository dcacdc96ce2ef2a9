"""A disk that is full, at whatever moment: what was acknowledged is there, what was not is the sender's still."""

import subprocess
from multiprocessing import get_context
from pathlib import Path

import pytest

from streams.storage.read_model import ReadModel
from streams.storage.rows import PromiseFilter
from tests.deploy.running import free_port
from tests.streams.commands import COMMAND
from tests.streams.filling import fill


@pytest.mark.parametrize("tries", [8, pytest.param(40, marks=pytest.mark.slow)])
def test_what_was_acknowledged_is_there(tmp_path: Path, tries: int) -> None:
    """Wherever in storing an event the disk is full, it is refused and said, or stored; and the host goes on."""
    processes = get_context("forkserver")
    answers, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=fill, args=(str(tmp_path), tries, theirs))
    child.start()
    theirs.close()
    taken, refused, said = answers.recv()
    child.join()
    stored = ReadModel(tmp_path / "data")
    found = {row.subject for row in stored.promises(PromiseFilter(), "", 1_000).items}
    stored.close()
    assert refused, "with room for nothing, nothing is stored"
    assert taken, "with room enough it is"
    assert set(taken) <= found
    assert all("kept.db: " in each for each in said), "it is said what failed"
    assert all(each.endswith("; Kept goes on by itself") and "start again" not in each for each in said), said


def test_who_cannot_begin_is_to_start_again(tmp_path: Path) -> None:
    """A process that ends at its start, as the disk takes nothing, says to start again once that is mended."""
    limited = ["sh", "-c", 'ulimit -f 20; exec "$@"', "sh", *COMMAND]
    ended = subprocess.run(
        [*limited, "run", "--demo", "--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{free_port()}"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr.endswith(", and start again\n")) == (3, True), ended.stderr
