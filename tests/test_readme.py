"""What the README shows is what the program prints: its transcripts are run, its notice and its picture compared.

Next: `README.md`; `tests/data/live_100x30.txt`, a picture that the live view draws of lines made by hand.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.channels.console import row
from alerts.policy.reader import Reader
from alerts.routing.notice import notice
from standards.compiler.spec import Source, load
from standards.judge.events import microseconds
from standards.judge.ledger import Line
from standards.judge.numbers import Numbers
from streams.floor.playing import DEMO_STANDARDS
from streams.kafka.records.topics import Names, wanted
from tests.history import instant

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE, NOTICE, TRANSCRIPTS = re.findall(r"^```text\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
SESSIONS = [part.partition("\n") for part in re.split(r"^\$ ", TRANSCRIPTS, flags=re.MULTILINE) if part]
"""The commands, and what each printed."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with the examples, and the README's standard with a slip in it."""
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert load([Source("no-wait.yaml", shown)]).warnings == []
    (tmp_path / "no-wait.yaml").write_text(shown.replace("where: waiting > 3", "where: wating > 3"), encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def printed(command: str, folder: Path) -> str:
    """Run a command and give all that it prints, as a terminal would show it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"}
    run = subprocess.run(
        [sys.executable, "-c", "from streams.cli import main; main()", *command.split()[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=environment, timeout=120, check=False,
    )  # fmt: skip
    return run.stdout.decode()


def timeless(text: str) -> str:
    """Take out how long it took: that differs between machines."""
    return re.sub(r"in [\d.]+ m?s,", "in some time,", text).strip()


@pytest.mark.parametrize(("command", "_", "shown"), SESSIONS, ids=[command for command, *_ in SESSIONS])
def test_a_transcript_is_what_the_command_prints(command: str, _: str, shown: str, folder: Path) -> None:
    """Whoever types what the README types reads what the README shows, to the letter."""
    assert command.startswith("kept ")
    assert timeless(printed(command, folder)) == timeless(shown)


def test_the_notice_is_the_one_of_the_demo() -> None:
    """The notice in the README is what the console writes for the demo; only its line breaks are the page's."""
    standard = load([Source("demo.yaml", DEMO_STANDARDS.read_text(encoding="utf-8"))]).rulebook.current["no-wait"]
    at, due = (microseconds(instant(clock)) for clock in ("13:00:12", "13:00:27"))
    line = Line(
        id="1", promise="p", standard="no-wait", revision="r", subject="north/q2", kind="warned",
        at=at, known=at, opened=at - (due - at), state="warned", due=due,
        numbers=Numbers(at - (due - at), {"waiting": 4}),
    )  # fmt: skip
    assert " ".join(NOTICE.split()) == row(notice(line, standard, Reader()))


def test_the_picture_is_of_the_live_view() -> None:
    """The picture has the parts that the live view draws at its width, and says what to do and how."""
    golden = (ROOT / "tests" / "data" / "live_100x30.txt").read_text(encoding="utf-8").splitlines()
    rows = PICTURE.splitlines()
    assert max(len(line) for line in rows) == 100
    assert [line for line in golden if line.startswith(("Newest verdicts", "Kept so far"))] == [
        line for line in rows if line.startswith(("Newest verdicts", "Kept so far"))
    ]
    at = next(number for number, line in enumerate(rows) if line.startswith("! warned  no-wait"))
    assert rows[at + 1 : at + 4] == golden[3:6]


def test_every_topic_of_kafka_is_explained() -> None:
    """Who runs Kept on Kafka finds every topic in docs/kafka.md, and none that does not exist."""
    text = (ROOT / "docs" / "kafka.md").read_text(encoding="utf-8")
    topics = [topic.name for topic in wanted(Names(""), partitions=8, events_partitions=4)]
    assert re.findall(r"^\| `([\w-]+)` \|.*\| (?:\d+ d|for ever|compacted) \|", text, re.MULTILINE) == topics
