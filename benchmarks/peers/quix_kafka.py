"""The no-wait rule on Quix Streams 3.28, from one topic to another: a stateful step over a streaming dataframe.

Its own JSON (orjson) and its own state (RocksDB, with a changelog), committed every five seconds, as is its default.
The records are keyed by queue, so that nothing has to be sent through Kafka a second time; state is written only where
it changed. Knows: Quix Streams. Must not know: Kept. Read next: `rule.py`.

    python -m benchmarks.peers.quix_kafka SERVERS FROM TO FOLDER
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from quixstreams import Application

from benchmarks.peers.rule import NEW, judged

if TYPE_CHECKING:
    from quixstreams import State


def judge(event: dict[str, Any], state: State) -> list[dict[str, str]]:
    """Judge one event; gives the lines for the ledger."""
    data = event["data"]
    before = state.get("queue") or list(NEW)
    after, told = judged((before[0], before[1]), data.get("waiting"), event["time"])
    if (now := list(after)) != before:
        state.set("queue", now)
    subject = data["site"] + "/" + data["queue"]
    return [{"subject": subject, "kind": kind, "at": event["time"]} for kind in told]


def main() -> None:
    """Judge until ended."""
    servers, source, target, folder = sys.argv[1:]
    app = Application(
        broker_address=servers,
        consumer_group=f"{source}-quix",
        auto_offset_reset="earliest",
        state_dir=folder,
        producer_extra_config={"linger.ms": 50},
        loglevel="WARNING",
    )
    frame = app.dataframe(app.topic(source, value_deserializer="json", key_deserializer="bytes"))
    lines = frame.apply(judge, stateful=True, expand=True)
    lines.to_topic(app.topic(target, value_serializer="json", key_serializer="bytes"))
    app.run()


if __name__ == "__main__":
    main()
