"""What all processes of a test run share: a folder, and what is made in it once, by whichever process needs it first.

Knows: pytest's temporary folders. Must not know: what is made.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """Give the temporary folder of the whole run, which is one for all its processes."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Give a folder of this run with what `make` put into it; who comes meanwhile waits, and nobody makes it again.

    Where `make` raises, so does this, and the next one to ask tries anew.
    """
    folder, done = run_folder(factory) / name, run_folder(factory) / f"{name}.done"
    with (run_folder(factory) / f"{name}.lock").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder
