"""The no-wait rule on Bytewax 0.21, from one topic to another, by its own connector, with orjson and no durable state.

Read, decoded and judged in batches. Knows: Bytewax. Must not know: Kept. Read next: `rule.py`.

    python -m benchmarks.peers.bytewax_kafka SERVERS FROM TO
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import bytewax.operators as op
import orjson
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.run import cli_main

from benchmarks.peers.rule import NEW, State, judged

if TYPE_CHECKING:
    from bytewax.connectors.kafka import KafkaSourceMessage

BATCH = 10_000
"""How many records are taken at once. Its default of 1,000 was slower: its sink waits for the broker once a batch."""

Value = tuple[int | None, str]
"""How many wait, or None where a register opened; and the time as it was written."""


def decoded(messages: list[KafkaSourceMessage[bytes, bytes]]) -> list[tuple[str, Value]]:
    """Decode a batch of records."""
    events = [orjson.loads(message.value) for message in messages]
    return [
        (data["site"] + "/" + data["queue"], (data.get("waiting"), event["time"]))
        for event in events
        for data in (event["data"],)
    ]


class Judge(op.StatefulBatchLogic):  # type: ignore[misc]
    """The state of one queue."""

    def __init__(self, state: State | None) -> None:
        self._state = state or NEW

    def on_batch(self, values: list[Value]) -> tuple[list[tuple[str, str]], bool]:
        """Judge a batch of one queue's values."""
        lines: list[tuple[str, str]] = []
        state = self._state
        for waiting, time in values:
            state, told = judged(state, waiting, time)
            lines += [(kind, time) for kind in told]
        self._state = state
        return lines, False

    def snapshot(self) -> Any:  # noqa: ANN401 - Bytewax's own signature: whatever can be pickled
        """Give the state."""
        return self._state


def written(lines: list[tuple[str, tuple[str, str]]]) -> list[KafkaSinkMessage[bytes, bytes]]:
    """Write lines for the ledger."""
    return [
        KafkaSinkMessage(subject.encode(), orjson.dumps({"subject": subject, "kind": kind, "at": at}))
        for subject, (kind, at) in lines
    ]


def main() -> None:
    """Judge until ended."""
    servers, source, target = sys.argv[1:]
    flow = Dataflow("no_wait")
    records = op.input("events", flow, KafkaSource([servers], [source], batch_size=BATCH))
    lines = op.stateful_batch("judge", op.flat_map_batch("decode", records, decoded), Judge)
    op.output("ledger", op.flat_map_batch("write", lines, written), KafkaSink([servers], target))
    cli_main(flow)


if __name__ == "__main__":
    main()
