"""Work side by side: what goes wrong in one process is told by the first, and Ctrl-C ends all of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from standards.errors import SpecError, StateError
from streams.backtest.processes import side_by_side
from tests.streams.commands import ROOT

WAITING = """
import os, sys
from streams.backtest.processes import side_by_side

def wait_for_ever():
    print("begun", flush=True)
    os.read(os.pipe()[0], 1)

with side_by_side([wait_for_ever], processes=1) as results:
    try:
        list(results)
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


def _refuse() -> int:
    raise SpecError([])


def test_what_each_piece_gives_comes_in_order() -> None:
    """Results come in the order of the work, from fewer processes than there are pieces."""
    with side_by_side([os.getpid, lambda: 2, lambda: 3], processes=2) as results:
        first, *others = results
    assert others == [2, 3]
    assert first != os.getpid()


def test_what_is_wrong_on_purpose_comes_back_as_its_message() -> None:
    """An error of ours in another process ends the work with its words, whatever it carries."""
    with side_by_side([_refuse], processes=1) as results, pytest.raises(StateError):
        list(results)


def test_ctrl_c_ends_every_process_at_once() -> None:
    """A terminal's Ctrl-C reaches the whole group: nothing goes on in the background, and nothing is traced back."""
    command = [sys.executable, "-c", WAITING]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=ROOT, start_new_session=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"begun\n"
        os.killpg(run.pid, signal.SIGINT)
        said = run.communicate(timeout=60)  # returns when nobody holds the pipe any more
    assert (run.returncode, *said) == (0, b"stopped\n", b"")
