"""The command `kept`, run for tests: in the tests' own process, or in a real one of its own where it has to be.

What is called is the entry of the real command, with its exit codes and its words. Streams, environment and working
folder are the command's own while it runs, so nothing of this machine leads it elsewhere.
Knows: how the command is called. Must not know: what it should say.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from streams.cli import main

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "from streams.cli import main; main()")
FORKS = frozenset({"--jobs", "--against"})
"""What makes the command start processes: those that fork from a process of many threads may wait for ever."""

Settings = Mapping[str, str]
NONE: Settings = {}
Ended = subprocess.CompletedProcess[str]
"""How a command ended, and what it printed."""


def kept(*args: str, stdin: bytes = b"", cwd: Path = ROOT, settings: Settings = NONE) -> Ended:
    """Run the command in this process; in one of its own where it forks. `settings` are added to its environment."""
    if not FORKS.isdisjoint(args):
        return kept_apart(*args, stdin=stdin, cwd=cwd, settings=settings)
    taken, said, told = _text(stdin), _text(), _text()
    with redirect_stdout(said), redirect_stderr(told), _input(taken), _environment(_own(settings)), chdir(cwd):
        try:
            main(args)
        except SystemExit as end:
            code = end.code
    assert code is None or isinstance(code, int), "an exit code is a number"
    return Ended(args, int(code or 0), _written(said), _written(told))


def kept_apart(*args: str, stdin: bytes = b"", cwd: Path = ROOT, settings: Settings = NONE) -> Ended:
    """Run the command in a process of its own, as a shell does."""
    run = subprocess.run(
        [*COMMAND, *args], input=stdin, capture_output=True, cwd=cwd, env=_own(settings), timeout=120, check=False
    )
    return Ended(args, run.returncode, run.stdout.decode(), run.stderr.decode())


def _own(settings: Settings) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100", **settings}


def _text(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _input(stream: io.TextIOWrapper) -> Iterator[None]:
    """Have a stream read as standard input."""
    before, sys.stdin = sys.stdin, stream
    try:
        yield
    finally:
        sys.stdin = before


@contextmanager
def _environment(own: Mapping[str, str]) -> Iterator[None]:
    """Have no other environment than this."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(own)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
