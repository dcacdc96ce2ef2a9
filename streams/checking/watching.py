"""Checking again whenever a file changes, for `kept check --watch`.

Files are told by name, time of change and size, as a host tells that its rules changed: so it works on every disk, and
a change that comes while files are read is not missed.
Read next: `cli.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from streams.ingest.packed import on_disk
from streams.settings import StandardsFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVERY: Final = 0.3
"""Seconds between two looks at the files."""


def look_at(paths: Sequence[str]) -> object:
    """Give a value that differs when one of some files, or one in some folders, has changed, come or gone."""
    files = [on_disk(path) for path in paths]
    folders = [str(Path(path).parent) for path in files if not Path(path).exists()]  # it may come
    return StandardsFiles([*files, *folders]).fingerprint()


def watch(paths: Sequence[str], check: Callable[[], None], wait: Callable[[], None]) -> None:
    """Check at once, and again after each change; `wait` passes the time between two looks, and ends it by raising."""
    while True:
        seen = look_at(paths)
        check()
        while look_at(paths) == seen:
            wait()
