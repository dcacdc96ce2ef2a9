"""deploy/Dockerfile, step by step and by hand: what it makes runs for a user who may write in the data folder only.

Next: `image.py`, which takes the steps.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.settings import NAMES
from tests.deploy.deployment import ROOT, ours, run
from tests.deploy.image import OUTSIDER, build, environment, health_command, outsider, sent, stages, the
from tests.deploy.running import answering, free_port


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Give a folder that everybody can look into."""
    with tempfile.TemporaryDirectory(prefix="kept-image-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def built(place: Path) -> Path:
    """Give the environment that the image has in /opt/kept."""
    before = os.umask(0o022)
    try:
        return build(place)
    finally:
        os.umask(before)


def test_only_what_is_needed_is_sent() -> None:
    """The builder gets the three packages, the lock and what the package needs; no tests, data, secrets or caches."""
    files = sent()
    assert {file.split("/")[0] for file in files} == {
        "LICENSE", "README.md", "pyproject.toml", "requirements-kafka.lock", "standards", "alerts", "streams",
    }  # fmt: skip
    assert "streams/cli.py" in files
    assert "standards/packs/grocery.yaml" in files
    assert not [file for file in files if "__pycache__" in file or file.endswith((".pyc", ".db", ".env"))]


def test_the_image_is_small_and_careful() -> None:
    """It starts as a user without rights, listens to this machine alone, and has no tool beside Python's own."""
    first, last = stages()
    assert first[0].rest == f"{last[0].rest} AS build"
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", last[0].rest)
    uid, gid = the("USER").split(":")
    made = " ".join(step.rest for step in last if step.word == "RUN")
    assert f"--uid {uid} " in made
    assert f"--gid {gid} " in made
    assert not re.search(r"curl|wget|apt-get|pip", made)
    env = environment(last)
    assert {name for name in env if name.startswith("KEPT_")} <= set(NAMES)
    assert env["KEPT_LISTEN"].startswith("127.0.0.1:")
    assert env["KEPT_LISTEN"].endswith(f":{the('EXPOSE')}")
    assert env["KEPT_DATA"] == the("VOLUME") == the("WORKDIR") == "/data"
    for name, service in ours().items():
        assert service["environment"].get("KEPT_DATA", env["KEPT_DATA"]) == "/data", name


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_built_runs_for_anybody(built: Path) -> None:
    """The steps of the build give a Kept that any user can run, with its Kafka libraries and without pip."""
    env = {"PATH": f"{built}/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    words = run(built / "bin" / "kept", "--help", cwd="/", env=env, user=outsider())
    assert "kept" in words.lower()
    code = "import aiokafka, cramjam, faust, kafka, rocksdict, streams.kafka, streams; print(streams.__file__)"
    assert str(built) in run(built / "bin" / "python", "-I", "-c", code, cwd="/", env=env, user=outsider())
    assert not (built / "bin" / "pip").exists()
    packs = next(built.glob("lib/*/site-packages/standards/packs"))
    assert "no findings" in run(built / "bin" / "kept", "check", packs, cwd="/", env=env, user=outsider())
    wheel = {
        str(file.relative_to(packs.parents[1]))
        for name in ("standards", "alerts", "streams")
        for file in (packs.parents[1] / name).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert wheel == {file for file in sent() if "/" in file}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_health_check_tells_the_living_from_the_dead(built: Path, place: Path) -> None:
    """The image's own health check passes for a running Kept that writes to its data folder only, and else fails."""
    port = free_port()
    data = place / "data"
    data.mkdir()
    if outsider() is not None:
        os.chown(data, OUTSIDER, OUTSIDER)
    env = {"PATH": f"{built}/bin", "KEPT_LISTEN": f"127.0.0.1:{port}", "KEPT_DATA": str(data)}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "http_proxy": "http://127.0.0.1:1"}

    def healthy() -> bool:
        done = subprocess.run(health_command(), env=env, cwd="/", capture_output=True, check=False, timeout=30)
        return done.returncode == 0

    assert not healthy()
    packs = ROOT / "standards" / "packs" / "grocery.yaml"
    copy = place / "grocery.yaml"
    copy.write_bytes(packs.read_bytes())
    command = [str(built / "bin" / "kept"), "run", "--standards", str(copy), "--plain"]
    with answering(command, f"http://127.0.0.1:{port}/healthz", env=env, cwd="/", user=outsider()):
        assert healthy()
        assert [each.name for each in data.iterdir() if each.suffix == ".db"]
    assert not healthy()
