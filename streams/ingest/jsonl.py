"""JSON lines in chunks of whole lines; memory does not grow with the file.

A line longer than an event may be is refused while it is read: it is never held whole.
Read next: `packed.py`, which opens files; `wire.py`, which reads the lines.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

from streams.ingest.wire import MAX_EVENT, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 1 << 19
"""How many bytes are read at once."""


class Chunk(NamedTuple):
    """Whole lines, how many (`number`), which line the first is, and how many bytes of the input they end at."""

    lines: bytes
    number: int
    first: int
    read: int


def chunks(stream: IO[bytes], refuse: Callable[[Refusal], None]) -> Iterator[Chunk]:
    """Give the stream's lines in chunks."""
    line, rest, total, skipping = 1, b"", 0, False
    while block := stream.read(CHUNK):
        total += len(block)
        end = block.find(b"\n")
        if skipping and end < 0:
            continue
        if not skipping and len(rest) + end > MAX_EVENT and end >= 0:
            refuse(_too_long(line, rest))
            skipping = True
        if skipping:
            block, rest, skipping = block[end + 1 :], b"", False
            line += 1
        whole = rest + block
        cut = whole.rfind(b"\n") + 1
        lines, rest = whole[:cut], whole[cut:]
        if lines:
            count = lines.count(b"\n")
            yield Chunk(lines, count, line, total)
            line += count
        if len(rest) > MAX_EVENT:
            refuse(_too_long(line, rest))
            rest, skipping = b"", True
    if rest:
        yield Chunk(rest, 1, line, total)


def _too_long(line: int, begin: bytes) -> Refusal:
    return Refusal(line, "too-large", f"a line of more than {MAX_EVENT} bytes; an event is shorter", begin[:200])
