"""A machine without a C compiler passes: what is not proven there is said, and nothing fails for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.streams.commands import ROOT


def test_without_a_compiler_it_is_said_what_is_not_proven(tmp_path: Path) -> None:
    """The tests of failing disks are skipped, with what is missing, what that leaves open, and what to install."""
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "tests/disk/test_failing_disk.py"]
    environment = {**os.environ, "PATH": str(tmp_path)}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert " passed" not in ran.stdout
    for said in ("no C compiler (cc)", "not proven here that what was acknowledged outlives", "apt-get install gcc"):
        assert said in " ".join(ran.stdout.split())
