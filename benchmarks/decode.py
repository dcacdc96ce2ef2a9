"""The floor under any contender that reads JSON: msgspec decoding the lines into the same structs, and nothing else.

Knows: the decoder. Must not know: what events mean. Prints its own time, in seconds, without the start of Python.

    python -m benchmarks.decode dense.jsonl
"""

from __future__ import annotations

import gc
import json
import sys
import time
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.rules import no_wait
from streams.ingest.jsonl import chunks
from streams.ingest.packed import opened

if TYPE_CHECKING:
    from standards.judge.rulebook import Rulebook


def decode(path: Path, rulebook: Rulebook) -> tuple[int, float]:
    """Decode a file of JSON lines. Gives the number of events and the seconds it took."""
    own = (cls for name, cls in rulebook.classes.items() if not name.startswith("promise."))
    union: Any = reduce(or_, own)  # the types are known only while the program runs
    decoder = msgspec.json.Decoder(union)
    events = 0
    gc.disable()  # as the backtest does
    begun = time.perf_counter()
    with opened(str(path)) as stream:
        for chunk in chunks(stream, print):
            events += len(decoder.decode_lines(chunk.lines))
    seconds = time.perf_counter() - begun
    gc.enable()
    return events, seconds


if __name__ == "__main__":
    read, took = decode(Path(sys.argv[1]), no_wait())
    print(json.dumps({"events": read, "seconds": took}))
