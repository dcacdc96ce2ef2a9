"""The broker that the tests run on: it keeps its data over a kill, and goes when nobody uses it any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from kafka import KafkaAdminClient

from tests.kafka.broker import PORTS, shared
from tests.kafka.jars import POM, ROOT, jars

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kafka.broker import Broker

HOLDS = """
import sys
from pathlib import Path
from tests.kafka.broker import shared
with shared(Path(sys.argv[1])) as servers:
    print(servers, flush=True)
    sys.stdin.read()
"""


def until(what: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until something is so; says whether it came to that."""
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    return what()


def topics(servers: str) -> list[str]:
    with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
        return [str(name) for name in admin.list_topics()]


@pytest.mark.slow
def test_a_killed_broker_comes_back_on_the_same_port_with_its_data(own_broker: Broker) -> None:
    """What was there before a SIGKILL is there afterwards, at an address that systems give nobody."""
    before = own_broker.servers
    with closing(KafkaAdminClient(bootstrap_servers=before)) as admin:
        admin.create_topics({"stays": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    own_broker.kill()
    own_broker.start()
    assert (own_broker.servers, topics(before)) == (before, ["stays"])
    assert int(before.partition(":")[2]) in PORTS
    own_broker.stop()
    own_broker.start()
    assert topics(before) == ["stays"]


def test_processes_share_a_broker_which_goes_with_the_last_of_them(tmp_path: Path) -> None:
    """The second process gets the first one's broker; it outlives its starter's SIGKILL, and not the last one's."""
    folder = tmp_path / "shared"
    first, second = holder(folder), holder(folder)
    assert first[1] == second[1]
    os.kill(first[0].pid, signal.SIGKILL)
    first[0].communicate()
    assert topics(second[1]) == []
    with shared(folder) as servers:
        assert servers == second[1]
    os.kill(second[0].pid, signal.SIGKILL)
    second[0].communicate()
    assert until(lambda: not (folder / "address").exists() and not (folder / "data").exists())


def holder(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a process that uses the folder's broker, and give it with the address that it was given."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_without_java_it_is_said_what_to_install(tmp_path: Path) -> None:
    """A machine without Java or Maven gets one line that says what is missing and how to get it, and exit code 1."""
    run = fetched(path=tmp_path, cache=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "kept: a real broker needs Java 17 or newer, and there is none; "
        "install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven)\n"
    )


def test_an_old_java_and_a_missing_maven_are_told(tmp_path: Path) -> None:
    """Java 11 is not enough; with a newer one Maven is asked for, unless the jars are there already."""
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019' >&2\n", encoding="utf-8")
    java.chmod(0o755)
    assert "needs Java 17 or newer, and this one is 11; install" in fetched(path=tmp_path, cache=tmp_path).stderr
    java.write_text("#!/bin/sh\necho 'openjdk version \"21\" 2023' >&2\n", encoding="utf-8")
    assert "there is no mvn; install it (" in fetched(path=tmp_path, cache=tmp_path).stderr
    (tmp_path / "kept").mkdir(exist_ok=True)
    (tmp_path / "kept" / jars().name).mkdir()
    assert fetched(path=tmp_path, cache=tmp_path).returncode == 0


def fetched(*, path: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.kafka.jars"],
        capture_output=True, text=True, cwd=ROOT, env={"PATH": str(path), "XDG_CACHE_HOME": str(cache)}, check=False,
    )  # fmt: skip


def test_the_jars_are_of_the_version_that_the_pom_names() -> None:
    """Another version in the pom is another folder, so that nobody tests with what an older pom brought."""
    version = jars().name.removeprefix("kafka-")
    assert f"<kafka>{version}</kafka>" in POM.read_text(encoding="utf-8")
    assert (jars() / f"kafka_2.13-{version}.jar").is_file()
