"""Lines from files: whole, numbered, from gzip and from standard input, however they are cut and however long."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.errors import EventError
from streams.ingest.jsonl import CHUNK, Chunk, chunks
from streams.ingest.packed import opened
from streams.ingest.wire import MAX_EVENT, Refusal

MEGABYTE = 1 << 20


class Made(io.RawIOBase):
    """A stream whose bytes are made while it is read, so that nobody needs to hold them."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self.parts = parts
        self.rest = b""

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (part := next(self.parts, b"")):
            self.rest += part
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def read(stream: io.IOBase) -> tuple[list[Chunk], list[Refusal]]:
    refused: list[Refusal] = []
    return list(chunks(stream, refused.append)), refused  # type: ignore[arg-type]


def numbered(found: list[Chunk]) -> list[tuple[int, bytes]]:
    """Give all lines with their numbers."""
    return [
        (chunk.first + place, line)
        for chunk in found
        for place, line in enumerate(chunk.lines.removesuffix(b"\n").split(b"\n"))
    ]


LENGTHS = st.lists(st.sampled_from([0, 1, 2, 1000, CHUNK - 1, CHUNK, CHUNK + 1]), max_size=8)


@given(LENGTHS, st.booleans())
def test_chunks_are_whole_numbered_lines(lengths: list[int], ended: bool) -> None:
    """Lines of any length come whole, in order, with their numbers, and nothing else comes."""
    lines = [b"x" * length for length in lengths]
    body = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    found, refused = read(io.BytesIO(body))
    assert (b"".join(chunk.lines for chunk in found), refused) == (body, [])
    last = [] if ended or (lines and lines[-1]) else lines[-1:]  # an empty last line without an end is no line
    assert numbered(found) == list(enumerate(lines, 1))[: len(lines) - len(last)]
    assert all(chunk.lines.endswith(b"\n") for chunk in found[:-1])
    assert [chunk.read for chunk in found][-1:] == ([len(body)] if body else [])


def test_windows_endings_stay_with_their_lines() -> None:
    """A carriage return is white space at the end of a line, for the reader to pass over."""
    found, _ = read(io.BytesIO(b"a\r\nb\r\n"))
    assert numbered(found) == [(1, b"a\r"), (2, b"b\r")]


def test_an_endless_line_is_refused_and_not_held() -> None:
    """64 MB without an end are refused once, with the line's number, in a few MB of memory; what follows is read."""
    block = b"x" * MEGABYTE
    stream = Made(part for part in [b"a\nb\n", *[block] * 64, b"end of it\nc\n"])
    tracemalloc.start()
    try:
        found, refused = read(stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE
    assert numbered(found) == [(1, b"a"), (2, b"b"), (4, b"c")]
    assert [(one.place, one.reason, len(one.raw)) for one in refused] == [(3, "too-large", 200)]


def test_an_endless_last_line_is_refused() -> None:
    """A file that is one line of 64 MB is one refusal."""
    found, refused = read(Made(part for part in [b"x" * MEGABYTE] * 64))
    assert (found, [(one.place, one.reason) for one in refused]) == ([], [(1, "too-large")])


def test_the_longest_event_is_read() -> None:
    """A line exactly as long as an event may be is no fault."""
    body = b"x" * MAX_EVENT + b"\ny\n"
    found, refused = read(io.BytesIO(body))
    assert (b"".join(chunk.lines for chunk in found), refused) == (body, [])


@pytest.mark.parametrize("before", range(0, 2 * CHUNK, CHUNK // 4))
def test_one_byte_too_long_is_too_long_wherever_the_chunks_fall(before: int) -> None:
    """Whether a line is too long does not depend on what stands before it."""
    found, refused = read(io.BytesIO(b"a" * before + b"\n" + b"x" * (MAX_EVENT + 1) + b"\nb\n"))
    assert [one.place for one in refused] == [2]
    assert numbered(found)[-1] == (3, b"b")


@pytest.mark.parametrize("before", [0, 5, CHUNK - 1, CHUNK, CHUNK + 1])
def test_a_line_too_long_is_numbered_wherever_it_stands(before: int) -> None:
    """Two lines too long among others, cut by chunks anywhere: every line keeps its number."""
    long = b"x" * (MAX_EVENT + CHUNK + 1)
    lines = [b"a" * before, long, b"b", long, b"c"]
    found, refused = read(io.BytesIO(b"\n".join(lines)))
    assert [one.place for one in refused] == [2, 4]
    assert [(number, line) for number, line in numbered(found) if number > 1] == [(3, b"b"), (5, b"c")]


def test_a_gzip_file_is_read_as_its_content(tmp_path: Path) -> None:
    """A `.gz` is unpacked while it is read, members one after another included."""
    packed = tmp_path / "events.jsonl.gz"
    packed.write_bytes(gzip.compress(b"a\nb\n") + gzip.compress(b"c"))
    with opened(str(packed)) as stream:
        found, _ = read(stream)  # type: ignore[arg-type]
    assert numbered(found) == [(1, b"a"), (2, b"b"), (3, b"c")]


WHOLE = gzip.compress(b"\n".join(b"line %d" % number for number in range(50_000)))


@pytest.mark.parametrize(
    "bytes_",
    [WHOLE[:-4], WHOLE[: len(WHOLE) // 2], WHOLE[:5], b"not gzip at all", WHOLE[:1000] + b"\0\0\0\0" + WHOLE[1004:],
     WHOLE[:-8] + b"\0" * 8],
    ids=["no end", "half", "no header", "plain", "overwritten", "wrong sum"],
)  # fmt: skip
def test_a_damaged_gzip_file_is_said_to_be_damaged(tmp_path: Path, bytes_: bytes) -> None:
    """Cut short, overwritten or no gzip at all: an EventError, not a traceback and not a short file."""
    packed = tmp_path / "events.jsonl.gz"
    packed.write_bytes(bytes_)
    with opened(str(packed)) as stream, pytest.raises(EventError, match="damaged or cut short") as caught:
        read(stream)  # type: ignore[arg-type]
    assert caught.value.reason == "damaged-file"


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    """Nothing in, nothing out, plain or packed."""
    empty, packed = tmp_path / "e.jsonl", tmp_path / "e.jsonl.gz"
    empty.write_bytes(b"")
    packed.write_bytes(gzip.compress(b""))
    for path in (empty, packed):
        with opened(str(path)) as stream:
            assert read(stream) == ([], [])  # type: ignore[arg-type]
