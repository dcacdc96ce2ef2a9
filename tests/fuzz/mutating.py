"""Inputs made from good ones: bytes changed here and there, words put in place of words, pieces left out or doubled.

The same number gives the same input each time. Must not know: what reads them.
"""

import random
import re
from collections.abc import Sequence

LONGEST = 1 << 16
"""The longest input, in bytes."""
ODD = (
    b"", b"\x00", b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xf0\x9f\x92\xa9", b"\n", b"\r\n", b"\t",
    b" ", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"0", b"-0", b"-1", b"1e999", b"-1e999", b"NaN", b"Infinity",
    b"0x1F", b"9" * 19, b"9" * 400, b"1" + b"0" * 4_400, b"0.1", b"1_000", b"\xd9\xa3", b"\xc2\xb2", b"null", b"true",
    b"[]", b"{}", b'""', b"''", b"[", b"]", b"{", b"}", b"(", b")", b":", b": ", b",", b"- ", b"#", b"|", b">", b"&a",
    b"*a", b"!!python/x", b"%", b"%s", b"{0}", b"{", b"${x}", b"\\", b"\\u0000", b"\\ud800", b"'", b'"', b"*", b"../",
    b"<script>", b"/dev/zero", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59Z", b"1969-12-31T23:59:59Z", b"24:00",
    b"2026-02-30", b"0s", b"1us", b"999999999999d", b"-5m", b"50%", b"1e3%", b"Europe/Nowhere", b"x" * 600,
)  # fmt: skip
"""What stands where nobody would write it: bytes that are no text, numbers beyond all bounds, signs with a meaning."""
_PIECES = re.compile(rb"[A-Za-z0-9_.]+|\s+|.", re.DOTALL)


class Mutator:
    """Makes inputs out of seeds, which it mixes with each other."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        self._seeds = [_PIECES.findall(seed) for seed in seeds]
        self._words = sorted({piece for seed in self._seeds for piece in seed if not piece.isspace()})
        self._lines = sorted({line for seed in seeds for line in seed.splitlines(keepends=True)})
        self._changes = (
            self._other_word, self._other_word, self._other_word, self._odd_word, self._odd_word, self._more,
            self._line, self._less, self._less, self._cut, self._swap, self._again, self._splice,
        )  # fmt: skip

    def make(self, number: int) -> bytes:
        """Give the input of a number."""
        draw = random.Random(number)
        pieces = list(draw.choice(self._seeds))
        for _ in range(draw.choice((1, 1, 1, 1, 1, 2, 2, 3, 8))):
            draw.choice(self._changes)(draw, pieces)
        raw = b"".join(pieces)
        return _bytewise(draw, raw)[:LONGEST] if draw.random() < 0.1 else raw[:LONGEST]

    def _other_word(self, draw: random.Random, pieces: list[bytes]) -> None:
        pieces[_spot(draw, pieces)] = draw.choice(self._words)

    def _odd_word(self, draw: random.Random, pieces: list[bytes]) -> None:
        pieces[_spot(draw, pieces)] = draw.choice(ODD)

    def _more(self, draw: random.Random, pieces: list[bytes]) -> None:
        pieces.insert(_spot(draw, pieces), draw.choice((draw.choice(self._words), draw.choice(ODD))))

    def _line(self, draw: random.Random, pieces: list[bytes]) -> None:
        breaks = [place + 1 for place, piece in enumerate(pieces) if b"\n" in piece]
        pieces.insert(draw.choice(breaks) if breaks else 0, draw.choice(self._lines))

    def _less(self, draw: random.Random, pieces: list[bytes]) -> None:
        start = _spot(draw, pieces)
        del pieces[start : start + draw.choice((1, 1, 1, 2, 3, 8, 30))]
        pieces.append(b"")

    def _cut(self, draw: random.Random, pieces: list[bytes]) -> None:
        del pieces[_spot(draw, pieces) + 1 :]

    def _swap(self, draw: random.Random, pieces: list[bytes]) -> None:
        one, other = _spot(draw, pieces), _spot(draw, pieces)
        pieces[one], pieces[other] = pieces[other], pieces[one]

    def _again(self, draw: random.Random, pieces: list[bytes]) -> None:
        start = _spot(draw, pieces)
        part = pieces[start : start + draw.choice((1, 2, 5, 20))]
        times = draw.choice((1, 1, 1, 2, 3, 5, 40)) if draw.random() < 0.95 else 1_500
        pieces[start:start] = part * min(times, LONGEST // (len(b"".join(part)) + 1))

    def _splice(self, draw: random.Random, pieces: list[bytes]) -> None:
        other = draw.choice(self._seeds)
        start = draw.randrange(len(other) + 1)
        place = _spot(draw, pieces)
        pieces[place : place + draw.choice((0, 1, 8))] = other[start : start + draw.choice((1, 4, 16, 64))]
        pieces.append(b"")


def _spot(draw: random.Random, pieces: list[bytes]) -> int:
    if not pieces:
        pieces.append(b"")
    return draw.randrange(len(pieces))


def _bytewise(draw: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw or b" ")
    for _ in range(draw.choice((1, 1, 2, 8))):
        place = draw.randrange(len(changed))
        changed[place] = draw.choice((changed[place] ^ (1 << draw.randrange(8)), draw.randrange(256)))
    return bytes(changed)
