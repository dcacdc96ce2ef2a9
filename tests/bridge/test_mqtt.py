"""MQTT with a real broker: what is published reaches Kept once, whoever is killed and while nobody subscribes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.publish import single

from tests.board.serving import until
from tests.bridge.bridging import all_of, ended, house
from tests.kafka.broker import free_ports

UNPACKED = Path(sys.prefix) / "mosquitto" / "usr"
MAPPING = """
kept: 1
table: {format: json, source: counters, time: at}
webhook: {name: till}
columns: {"#topic": {pattern: "counters/(?P<area>[^/]+)/people"}}
events:
  - event: queue.length
    fields: {site: {value: s3}, queue: area, waiting: people}
"""


def program() -> tuple[str, dict[str, str]]:
    """Find the broker: on this machine, or where `make test` unpacked it with its libraries."""
    found = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if found is not None:
        return found, {}
    if not (UNPACKED / "sbin" / "mosquitto").is_file():
        pytest.fail("there is no mosquitto; install the package of that name, or run this by make test", pytrace=False)
    libraries = ":".join(map(str, (UNPACKED / "lib").glob("*-linux-gnu*")))
    return str(UNPACKED / "sbin" / "mosquitto"), {"LD_LIBRARY_PATH": libraries}


class Mosquitto:
    """A broker on a port of its own, that keeps what waits for a subscriber over a restart of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (self.port,) = free_ports(1)
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\nuser root\n",
            encoding="utf-8",
        )
        self._log = folder / "mosquitto.log"
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        command, environment = program()
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [command, "-v", "-c", str(self._settings)], stdout=log, stderr=log, env={**os.environ, **environment}
            )
        until(lambda: b"running" in self._log.read_bytes())

    def stop(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait(20)
            self._running = None

    def heard(self, words: bytes) -> bool:
        return words in self._log.read_bytes()

    def publish(self, first: int, end: int) -> None:
        """Publish readings, each acknowledged by the broker."""
        for each in range(first, end):
            record = f'{{"at": {1_772_438_400 + each}, "people": {each}}}'
            single("counters/q1/people", record, qos=1, hostname="127.0.0.1", port=self.port)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "mosquitto")
    made.start()
    yield made
    made.stop()


def test_what_is_published_is_stored_once(tmp_path: Path, broker: Mosquitto) -> None:
    """Killed are the bridge and Kept, and the broker is started anew: each message is one event."""
    mapping = MAPPING.replace("time: at", "time: {column: at, format: unix}")
    with house(tmp_path, mapping) as kept:
        bridge = kept.bridge("--mqtt", broker.url, "--topic", "counters/#")
        with ended(bridge):
            bridge.start()
            until(lambda: broker.heard(b"SUBACK"))
            broker.publish(0, 10)
            all_of(kept.waiting, 5)
            bridge.kill()
            broker.publish(10, 20)
            broker.stop()
            broker.start()
            bridge.start()
            all_of(kept.waiting, 20)
            kept.kept.kill()
            broker.publish(20, 30)
            bridge.kill()
            kept.kept.start()
            bridge.start()
            assert sorted(all_of(kept.waiting, 30)) == list(range(30))
            assert {each["data"]["queue"] for each in kept.events() if each["type"] == "queue.length"} == {"q1"}


def test_a_bare_number_is_a_reading_of_the_time_when_it_came(tmp_path: Path, broker: Mosquitto) -> None:
    """The simplest counter publishes a number, and nothing else."""
    mapping = MAPPING.replace("time: at", 'time: "#received"').replace("waiting: people", 'waiting: "@"')
    with house(tmp_path, mapping) as kept:
        bridge = kept.bridge("--mqtt", broker.url, "--topic", "counters/+/people")
        with ended(bridge):
            bridge.start()
            until(lambda: broker.heard(b"SUBACK"))
            for record in ("7", "many"):
                single("counters/q1/people", record, qos=1, hostname="127.0.0.1", port=broker.port)
            assert all_of(kept.waiting, 1) == [7]
            until(lambda: len(kept.dead_letters()) == 1)
