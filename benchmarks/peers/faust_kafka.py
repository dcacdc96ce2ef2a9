"""The no-wait rule on Faust as its guide teaches it: one agent, one record an event, a table in RocksDB, a write each.

Knows: Faust. Must not know: Kept. Read next: `rule.py`.

    python -m benchmarks.peers.faust_kafka SERVERS FROM TO FOLDER PARTITIONS
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import faust

from benchmarks.peers.rule import NEW, judged


def made(servers: str, source: str, target: str, folder: str, partitions: int) -> faust.App:
    """Put the app together."""
    app = faust.App(
        f"{source}-faust", broker=f"kafka://{servers}", store="rocksdb://", datadir=folder, web_enabled=False,
        topic_partitions=partitions, topic_replication_factor=1, stream_wait_empty=False,
    )  # fmt: skip
    events = app.topic(source, value_serializer="json", key_serializer="raw")
    ledger = app.topic(target, value_serializer="json", key_serializer="raw")
    queues = app.Table("queues", partitions=partitions, options={"driver": "rocksdict"})

    @app.agent(events)
    async def judge(stream: Any) -> None:  # noqa: ANN401 - Faust comes without types
        async for event in stream:
            data = event["data"]
            subject = data["site"] + "/" + data["queue"]
            crowded, due = queues.get(subject) or NEW
            state, told = judged((crowded, due), data.get("waiting"), event["time"])
            queues[subject] = state
            for kind in told:
                await ledger.send(key=subject.encode(), value={"subject": subject, "kind": kind, "at": event["time"]})

    return app


async def run(app: faust.App) -> None:
    """Judge until ended."""
    await app.start()
    await app.wait_until_stopped()


if __name__ == "__main__":
    servers, source, target, folder, number = sys.argv[1:]
    asyncio.run(run(made(servers, source, target, folder, int(number))))
