"""`kept topics`, and what the other verbs for Kafka say where Kafka's libraries are missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from streams.kafka.clients.admin import check
from streams.kafka.records.topics import wanted

if TYPE_CHECKING:
    from streams.kafka.clients.connection import KafkaSettings

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = "import sys; sys.modules.update(dict.fromkeys(('aiokafka', 'faust', 'kafka', 'mode', 'rocksdict')));"


def kept(*args: str, before: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, with these settings for Kafka."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"}
    environment |= {f"KEPT_KAFKA__{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-c", f"{before}from streams.cli import main; main()", *args],
        capture_output=True, text=True, cwd=ROOT, env=environment, timeout=120, check=False,
    )  # fmt: skip


def test_topics_are_missing_then_created_then_fine(broker: str, kafka: KafkaSettings) -> None:
    """The verb lists every topic on stdout: 1 while one is missing, 0 when it has made them and from then on."""
    prefix = f"{kafka.prefix}verb."
    place = {"brokers": broker, "prefix": prefix, "partitions": "4", "events_partitions": "2"}
    absent = kept("topics", **place)
    assert (absent.returncode, absent.stderr) == (1, "14 topics: 14 missing, 0 other differences.\n")
    assert absent.stdout.count("there is no such topic: create it with `kept topics --create`") == 14
    created = kept("topics", "--create", **place)
    assert (created.returncode, created.stderr) == (0, "14 topics, 14 of them new: all as they should be.\n")
    fine = kept("topics", **place)
    assert (fine.returncode, fine.stderr) == (0, "14 topics, 0 of them new: all as they should be.\n")
    rows = [line.removeprefix(prefix).split() for line in fine.stdout.splitlines()]
    assert rows[:3] == [
        ["events", "2", "partitions", "1w", "fine"],
        ["facts", "4", "partitions", "2d", "fine"],
        ["ledger", "4", "partitions", "for", "ever", "fine"],
    ]
    assert created.stdout == fine.stdout.replace("fine", "created")


def test_a_difference_is_told_below_its_topic(broker: str, kafka: KafkaSettings) -> None:
    """Settings that do not fit what is there: 1, the topic, what differs and what would mend it; nothing is changed."""
    place = {"brokers": broker, "prefix": kafka.prefix, "partitions": "4", "events_partitions": "3"}
    run = kept("topics", "--create", **place)
    assert (run.returncode, run.stderr) == (1, "14 topics: 0 missing, 1 other differences.\n")
    first, second, *_ = run.stdout.splitlines()
    assert first.endswith("differs")
    assert second == "    it has 2 partitions, and the settings say 3: set KEPT_KAFKA__EVENTS_PARTITIONS=2"
    assert check(kafka, wanted(kafka.names, partitions=4, events_partitions=2)) == []


def test_a_broker_that_is_away_is_the_worlds_fault() -> None:
    """Where nothing answers the exit code is 3, with one line that says where, and no traceback."""
    run = kept("topics", brokers="127.0.0.1:1")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr == (
        "kept: Kafka does not answer at 127.0.0.1:1 (connection refused); start it, or set KEPT_KAFKA__BROKERS\n"
    )


@pytest.mark.parametrize("verb", ["topics", "intake", "worker", "serve"])
def test_without_the_libraries_the_verbs_say_what_to_install(verb: str) -> None:
    """Who has Kept without Kafka reads which install brings it, and the rest of the command line works."""
    run = kept(verb, before=WITHOUT)
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.endswith("is missing, which Kafka needs; install it with: pip install 'kept[kafka]'\n")
    assert run.stderr.count("\n") == 1
    assert kept("--help", before=WITHOUT).returncode == 0
    shown = kept(verb, "--help", before=WITHOUT)
    assert (shown.returncode, "Example: " in shown.stdout) == (0, True)
