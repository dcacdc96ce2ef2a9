"""Trying many inputs at one door. A crash is whatever is not the documented refusal, takes too long or too much memory.

Time is the processor's own, so that other work on the machine makes no input slow. Read next: `doors.py`.
"""

import hashlib
import resource
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).resolve().parents[1] / "data" / "corpus"
PATIENCE = 20.0
"""How many seconds of the processor one input may take."""
ROOM = 768 << 20
"""How many bytes of addresses all inputs of a run may take."""


class TooSlow(BaseException):
    """An input took too much of the processor's time; whoever catches Exception does not catch this."""


class Door(NamedTuple):
    """Where something is read: good inputs, what reads one, and what it may raise."""

    name: str
    seeds: list[bytes]
    ask: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]


class Crash(NamedTuple):
    """An input that did more than be refused: what it did, and in which line of which file."""

    raw: bytes
    why: str
    where: str


def crashes(door: Door, inputs: Iterable[bytes], *, most: int = 5, patience: float = PATIENCE) -> list[Crash]:
    """Try inputs at a door, and give those that crash; no more than `most`, each of another fault."""
    found: dict[str, Crash] = {}
    with _bounded():
        for crash in filter(None, (_crash(door, raw, patience) for raw in inputs)):
            found.setdefault(crash.where, crash)
            if len(found) >= most:
                break
    return list(found.values())


def kept(name: str) -> list[bytes]:
    """Give the inputs that crashed once at a door."""
    folder = CORPUS / name
    return [file.read_bytes() for file in sorted(folder.iterdir())] if folder.is_dir() else []


def keep(name: str, raw: bytes) -> Path:
    """Put an input that crashed into the corpus; gives the file."""
    folder = CORPUS / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / hashlib.blake2b(raw, digest_size=6).hexdigest()
    file.write_bytes(raw)
    return file


def told(name: str, found: Iterable[Crash]) -> str:
    """Keep inputs that crashed, and say which files they are in, and what they did."""
    return "\n\n".join(f"{keep(name, crash.raw)}\n{crash.why}" for crash in found)


def _crash(door: Door, raw: bytes, patience: float) -> Crash | None:
    """Say what an input did; None where it was read or refused."""
    signal.setitimer(signal.ITIMER_VIRTUAL, patience)
    try:
        door.ask(raw)
    except door.refusals:
        return None
    except (Exception, TooSlow) as error:  # noqa: BLE001 - whatever it is, it is told
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return Crash(raw, traceback.format_exc(limit=-12), f"{type(error)} {frame.filename}:{frame.lineno}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


@contextmanager
def _bounded() -> Iterator[None]:
    """Let no input take more than its time, and all of them no more than their room."""
    before = signal.signal(signal.SIGVTALRM, _too_slow)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_taken() + ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGVTALRM, before)


def _too_slow(*_: object) -> None:
    raise TooSlow


def _taken() -> int:
    """Say how many bytes of addresses this process has."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:  # not every system says so
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 * 8
    return pages * resource.getpagesize()
