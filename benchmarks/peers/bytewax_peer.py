"""The no-wait rule for Bytewax 0.21, by hand: a batched source, orjson, one keyed stateful step, counts at the end.

All that its operators leave open is chosen for speed: lines are read and decoded in large batches, a time is parsed
only where a promise depends on it, and a deadline is looked at when its queue is next heard of or the input ends,
without timers. It keeps nothing durable, puts nothing in order and takes repeats for new events; with `ordered` it does
put events in order, within a second, and passes repeats over, as Kept always does.
Knows: Bytewax. Must not know: Kept. Read next: `benchmarks/reference.py`, the same rule in plain words.

    python -m benchmarks.peers.bytewax_peer --operator stateful_batch dense.jsonl
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bytewax.operators as op
import orjson
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.run import cli_main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WITHIN = timedelta(seconds=60)
MANY = 3
LATENESS = timedelta(seconds=1)
REMEMBERED = timedelta(minutes=10)
"""How far back, from the watermark, the id of an event is known again."""
BATCH = 1 << 18
"""How many bytes of lines are read and decoded at once, about 1,700 events: larger ones were slower."""

Value = tuple[int | None, str]
"""How many wait, or None where a register opened; and the time as it was written."""
Timed = tuple[int | None, datetime, str]
"""The same with the time parsed, and the event's id."""
OPERATORS = ("stateful_batch", "stateful_flat_map", "ordered")


_parsed = datetime.fromisoformat


def _same(time: datetime) -> datetime:
    return time


class _Lines(StatelessSourcePartition):  # type: ignore[misc]
    def __init__(self, path: Path, size: int) -> None:
        self._stream = path.open("rb")
        self._size = size

    def next_batch(self) -> list[bytes]:
        lines = self._stream.readlines(self._size)
        if not lines:
            raise StopIteration
        return lines

    def close(self) -> None:
        self._stream.close()


class LineSource(DynamicSource):  # type: ignore[misc]
    """A file's lines, about `size` bytes of them at once."""

    def __init__(self, path: Path, size: int) -> None:
        self._path, self._size = path, size

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Lines:
        """Open the file."""
        return _Lines(self._path, self._size)


class _Counting(StatelessSinkPartition):  # type: ignore[misc]
    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts

    def write_batch(self, items: list[tuple[str, str]]) -> None:
        self._counts.update([verdict for _, verdict in items])


class CountingSink(DynamicSink):  # type: ignore[misc]
    """Counts verdicts."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> _Counting:
        """Begin to count."""
        return _Counting(self.counts)


class Decoding:
    """Decodes lines to keyed values. `events` and `newest` say how many there were and the time of the newest."""

    def __init__(self) -> None:
        self.events = 0
        self.newest: str | datetime = ""

    def __call__(self, lines: list[bytes]) -> list[tuple[str, Value]]:
        """Decode a batch of lines."""
        events = list(map(orjson.loads, lines))
        self.events += len(events)
        self.newest = events[-1]["time"]
        return [
            (data["site"] + "/" + data["queue"], (data.get("waiting"), event["time"]))
            for event in events
            for data in (event["data"],)
        ]


class TimedDecoding(Decoding):
    """Decodes every time and id as well. `low` is the watermark."""

    def __init__(self) -> None:
        super().__init__()
        self.newest: datetime = datetime.min.replace(tzinfo=UTC)
        self.low = self.newest

    def __call__(self, lines: list[bytes]) -> list[tuple[str, Timed]]:  # type: ignore[override]
        """Decode a batch of lines."""
        events = list(map(orjson.loads, lines))
        self.events += len(events)
        times = [datetime.fromisoformat(event["time"]) for event in events]
        self.newest = max(self.newest, *times)
        self.low = self.newest - LATENESS
        return [
            (data["site"] + "/" + data["queue"], (data.get("waiting"), time, event["id"]))
            for event, time in zip(events, times, strict=True)
            for data in (event["data"],)
        ]


class Queue:
    """The state of one queue: whether its last report was of more than three, and when its promise is due."""

    __slots__ = ("crowded", "due")

    def __init__(self) -> None:
        self.crowded = False
        self.due: datetime | None = None

    def meet(self, values: Iterable[tuple[int | None, Any]], moment: Callable[[Any], datetime] = _parsed) -> list[str]:
        """Judge values in their order; gives what happened to promises. `moment` reads the time of one."""
        told: list[str] = []
        crowded, due = self.crowded, self.due
        for waiting, time in values:
            if due is not None and due < moment(time):
                told.append("broken")
                due = None
            if waiting is None:
                if due is not None:
                    told.append("kept")
                    due = None
            elif waiting > MANY:
                if due is None and not crowded:
                    told.append("opened")
                    due = moment(time) + WITHIN
                crowded = True
            else:
                crowded = False
                if due is not None:
                    told.append("void")
                    due = None
        self.crowded, self.due = crowded, due
        return told

    def left(self, newest: str | datetime) -> list[str]:
        """Say what becomes of the promise that is open when the input ends."""
        if self.due is None:
            return []
        end = _parsed(newest) if isinstance(newest, str) else newest
        return ["broken" if self.due <= end else "open"]


class _Batches(op.StatefulBatchLogic):  # type: ignore[misc]
    def __init__(self, decoding: Decoding) -> None:
        self._queue = Queue()
        self._decoding = decoding

    def on_batch(self, values: list[Value]) -> tuple[list[str], bool]:
        return self._queue.meet(values), False

    def on_eof(self) -> tuple[list[str], bool]:
        return self._queue.left(self._decoding.newest), True

    def snapshot(self) -> Any:  # noqa: ANN401 - Bytewax's own signature: whatever can be pickled
        return self._queue.crowded, self._queue.due


class _OrderedBatches(_Batches):
    """Holds events until the watermark has passed them, and remembers their ids."""

    def __init__(self, decoding: TimedDecoding) -> None:
        super().__init__(decoding)
        self._timed = decoding
        self._held: list[Timed] = []
        self._seen: dict[str, datetime] = {}

    def on_batch(self, values: list[Timed]) -> tuple[list[str], bool]:  # type: ignore[override]
        seen, held, low = self._seen, self._held, self._timed.low
        for value in values:
            if value[2] not in seen:
                seen[value[2]] = value[1]
                held.append(value)
        held.sort(key=_TIME)
        ready = bisect_right(held, low, key=_TIME)
        told = self._queue.meet([value[:2] for value in held[:ready]], _same)
        del held[:ready]
        horizon = low - REMEMBERED
        for id_ in [id_ for id_, _ in takewhile(lambda item: item[1] < horizon, seen.items())]:
            del seen[id_]
        return told, False

    def on_eof(self) -> tuple[list[str], bool]:
        told = self._queue.meet([value[:2] for value in self._held], _same)
        return told + self._queue.left(self._timed.newest), True

    def snapshot(self) -> Any:  # noqa: ANN401 - Bytewax's own signature: whatever can be pickled
        return super().snapshot(), tuple(self._held), dict(self._seen)


_TIME = itemgetter(1)


class _Mapper:
    """For `stateful_flat_map`, which is not told that the input ends: it remembers the queues, to look at them then."""

    def __init__(self) -> None:
        self.queues: list[Queue] = []

    def __call__(self, queue: Queue | None, value: Value) -> tuple[Queue, list[str]]:
        if queue is None:
            queue = Queue()
            self.queues.append(queue)
        return queue, queue.meet((value,))


def count(path: Path, operator: str, size: int) -> tuple[int, Counter[str]]:
    """Run the dataflow over a file. Gives the number of events and the counts."""
    decoding, mapper, sink = TimedDecoding() if operator == "ordered" else Decoding(), _Mapper(), CountingSink()
    flow = Dataflow("no_wait")
    keyed = op.flat_map_batch("decode", op.input("lines", flow, LineSource(path, size)), decoding)
    if isinstance(decoding, TimedDecoding):
        judged = op.stateful_batch("judge", keyed, lambda _: _OrderedBatches(decoding))
    elif operator == "stateful_batch":
        judged = op.stateful_batch("judge", keyed, lambda _: _Batches(decoding))
    else:
        judged = op.stateful_flat_map("judge", keyed, mapper)
    op.output("count", judged, sink)
    cli_main(flow)
    for queue in mapper.queues:
        sink.counts.update(queue.left(decoding.newest))
    return decoding.events, sink.counts


def main() -> None:
    """Judge a file and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.bytewax_peer", description=main.__doc__)
    parser.add_argument("events", type=Path)
    parser.add_argument("--operator", choices=OPERATORS, default="stateful_batch")
    parser.add_argument("--batch", type=int, default=BATCH, help="how many bytes of lines are read at once")
    asked = parser.parse_args()
    events, counts = count(asked.events, asked.operator, asked.batch)
    print(json.dumps({"events": events, "counts": counts}))


if __name__ == "__main__":
    main()
