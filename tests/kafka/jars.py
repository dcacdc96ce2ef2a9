"""What a real broker is made of: its jars, which Maven fetches once into the user's cache, as `pom.xml` says.

As a command, `python -m tests.kafka.jars`, it fetches them, or says what to install where it cannot.
Knows: Java and Maven. Must not know: the broker's settings. Read next: `broker.py`.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
POM: Final = Path(__file__).resolve().with_name("pom.xml")
INSTALL: Final = "Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven"
OLDEST_JAVA: Final = 17


class BrokerError(Exception):
    """There can be no broker here, and why."""


def jars() -> Path:
    """Give the folder with the broker's jars; the first time, Maven fetches them. Raises BrokerError."""
    (version,) = re.findall(r"<kafka>(.+)</kafka>", POM.read_text(encoding="utf-8"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kept"
    folder = cache / f"kafka-{version}"
    _check_java()
    if folder.exists():
        return folder
    if shutil.which("mvn") is None:
        raise BrokerError(f"Maven is needed once, to fetch the broker, and there is no mvn; install it ({INSTALL})")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "fetching").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    sys.stderr.write("Fetching Apache Kafka (once, 43 MB) ...\n")
    half = folder.with_suffix(".part")
    shutil.rmtree(half, ignore_errors=True)
    done = subprocess.run(
        ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={half}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BrokerError(f"Maven cannot fetch the broker's jars:\n{done.stdout.decode(errors='replace')[-2000:]}")
    half.rename(folder)


def _check_java() -> None:
    found = "there is none"
    if shutil.which("java") is not None:
        said = subprocess.run(["java", "-version"], capture_output=True, check=False).stderr.decode(errors="replace")
        version = re.search(r'version "(\d+)', said)
        if version is not None and int(version[1]) >= OLDEST_JAVA:
            return
        found = f"this one is {version[1] if version is not None else said.strip()}"
    raise BrokerError(f"a real broker needs Java {OLDEST_JAVA} or newer, and {found}; install it ({INSTALL})")


if __name__ == "__main__":
    try:
        jars()
    except BrokerError as problem:
        sys.exit(f"kept: {problem}")
