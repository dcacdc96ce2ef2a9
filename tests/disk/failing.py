"""Telling a process's disk which call is to fail: the library is built once, and read by whoever begins with it.

Knows: the library and its control. Must not know: what a host does with its disk. Read next: `failing.c`.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

_CONTROL: Final = struct.Struct("=IIIIii")
FOR_EVER: Final = (1 << 32) - 1
OPENING, WRITING, READING = 1, 2, 4


class Fault(NamedTuple):
    """What a disk does: with which error calls of some sorts fail; no error: they take a fifth of a second."""

    error: int
    sorts: int


FAULTS: Final[Mapping[str, Fault]] = {
    "no room": Fault(errno.ENOSPC, WRITING),
    "does not answer": Fault(errno.EIO, OPENING | WRITING | READING),
    "no descriptors": Fault(errno.EMFILE, OPENING),
    "slow": Fault(0, OPENING | WRITING | READING),
}


class Disk:
    """The control of the disk under a folder, in a process that began with the library."""

    def __init__(self, control: Path) -> None:
        with control.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _CONTROL.size)

    def fail(self, fault: Fault, first: int, times: int) -> None:
        """Have calls fail from the `first` on, so many `times`, counted from now."""
        last = min(first + times - 1, FOR_EVER)
        self._map[: _CONTROL.size] = _CONTROL.pack(0, first, last, fault.sorts, fault.error, 0)

    def mend(self) -> tuple[int, int]:
        """Have nothing fail any more; gives how many calls there were of what could fail, and how many failed."""
        seen, _, _, _, _, failed = _CONTROL.unpack(self._map[: _CONTROL.size])
        self._map[: _CONTROL.size] = bytes(_CONTROL.size)
        return seen, failed


def builds() -> bool:
    """Say whether this machine has what the library is built with: a C compiler, and the headers of its C library."""
    try:
        tried = subprocess.run(
            ["cc", "-E", "-xc", "-"], input=b"#include <dlfcn.h>\n", capture_output=True, check=False
        )
    except OSError:
        return False
    return tried.returncode == 0


def prepared(folder: Path) -> tuple[Path, dict[str, str]]:
    """Build the library in a folder; gives the control, and the environment for a process whose disk it is to be."""
    library, control = folder / "failing.so", folder / "control"
    control.write_bytes(bytes(_CONTROL.size))
    source = Path(__file__).with_name("failing.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    own = {"LD_PRELOAD": str(library), "FAILING_CONTROL": str(control), "FAILING_FOLDER": str(folder / "disk")}
    return control, {**os.environ, **own}
