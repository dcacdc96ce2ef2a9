"""The broker of docker-compose.yml: the image's own start-up code makes its settings, and Kafka starts with them.

Next: `tests/kafka/jars.py`, where Kafka itself comes from.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.deploy.deployment import run, services
from tests.deploy.running import free_port
from tests.kafka.jars import jars

KEPT = Path(sys.executable).parent / "kept"
PORTS = ("29092", "9092", "9093")
PATIENCE = 60.0
"""Seconds that the broker may take to start."""


def moved(text: str, ports: dict[str, int], folder: Path) -> str:
    """Put free ports of this machine and a folder of the test where the container has its own."""
    for port, here in ports.items():
        text = text.replace(f":{port}", f":{here}").replace(f"/{port}", f"/{here}")
    return text.replace("//kafka:", "//127.0.0.1:").replace("@kafka:", "@127.0.0.1:").replace("/var/lib", str(folder))


def healthy(service: dict[str, object], ports: dict[str, int], folder: Path) -> bool:
    health = service["healthcheck"]
    assert isinstance(health, dict)
    kind, *command = [moved(word, ports, folder) for word in health["test"]]
    assert kind == "CMD"
    return subprocess.run(command, capture_output=True, check=False, timeout=10).returncode == 0


@pytest.mark.slow
def test_the_broker_starts_with_these_settings(tmp_path: Path) -> None:
    """Formatted and started as in the container, it becomes healthy, and the topics are made by the verb as given."""
    service = services()["kafka"]
    ports = {port: free_port() for port in PORTS}
    given = {name: moved(value, ports, tmp_path) for name, value in service["environment"].items()}
    assert service["image"].replace(":", "-") == f"apache/{jars().name}"
    java = ["java", "-Xmx512m", "-cp", f"{jars()}/*"]
    for name in ("default", "mounted", "final"):
        (tmp_path / name).mkdir()
    for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (tmp_path / "default" / name).touch()
    folders = [f"--{name}-configs-dir={tmp_path / name}" for name in ("default", "mounted", "final")]
    run(*java, "kafka.docker.KafkaDockerWrapper", "setup", *folders, env=dict(os.environ) | given)
    assert not healthy(service, ports, tmp_path)
    with (tmp_path / "talk").open("wb") as talk:
        command = [*java, "kafka.Kafka", str(tmp_path / "final" / "server.properties")]
        with subprocess.Popen(command, cwd=tmp_path, stdout=talk, stderr=talk) as broker:
            try:
                check_it_serves(broker, service, ports, tmp_path)
            finally:
                broker.kill()
    shutil.rmtree(tmp_path / "kafka")


def check_it_serves(
    broker: subprocess.Popen[bytes], service: dict[str, object], ports: dict[str, int], folder: Path
) -> None:
    deadline = time.monotonic() + PATIENCE
    while not healthy(service, ports, folder):
        assert broker.poll() is None, (folder / "talk").read_text(encoding="utf-8")[-3000:]
        assert time.monotonic() < deadline, (folder / "talk").read_text(encoding="utf-8")[-3000:]
        try:
            broker.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    for door in ("9092", "29092"):
        env = {"PATH": os.environ["PATH"], "KEPT_KAFKA__BROKERS": f"127.0.0.1:{ports[door]}"}
        words = run(KEPT, *services()["topics"]["command"], env=env)
        assert "all as they should be" in words
    asyncio.run(check_groups(f"127.0.0.1:{ports['29092']}"))


async def check_groups(broker: str) -> None:
    """One broker alone can remember what a group has read; the offsets' topic has to ask for no more copies."""
    place = TopicPartition("kept.events", 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, group_id="reader", enable_auto_commit=False)
    async with asyncio.timeout(PATIENCE):
        await consumer.start()
        try:
            consumer.assign([place])
            await consumer.commit({place: 3})
            assert await consumer.committed(place) == 3
        finally:
            await consumer.stop()
