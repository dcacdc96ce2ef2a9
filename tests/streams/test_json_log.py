"""With the JSON format, a program can read every line that a process writes: on both streams, whoever wrote it."""

import ast
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from alerts.channels.console import Console
from standards.errors import StateError
from standards.judge.events import iso
from streams.ingest.wire import Refusal
from streams.live.refusal_log import RefusalLog
from streams.live.writing import PatientStream
from tests.alerts.samples import BROKEN
from tests.deploy.running import asked, free_port
from tests.streams.commands import COMMAND, ROOT, kept_apart
from tests.streams.hosting import NO_WAIT, T0, Clock, hosting, queue, shop

JSON = {"KEPT_LOG_FORMAT": "json"}
LIBRARIES = """
import logging, sys, threading, warnings
from streams.live.logging_setup import configure_logs
configure_logs(sys.stderr, as_json=True)
configure_logs(sys.stderr, as_json=True)
logging.getLogger("aiokafka").error("no %s", "broker")
logging.getLogger("uvicorn.error").warning("a\\nb")
warnings.warn("old", DeprecationWarning)
thread = threading.Thread(target=lambda: 1 / 0)
thread.start(); thread.join()
class Torn:
    def __del__(self): raise ValueError("torn")
Torn()
raise RuntimeError("nobody caught this")
"""


def rows(text: str) -> list[dict[str, str]]:
    """Read each line as JSON; one that is not fails the test."""
    return [json.loads(line) for line in text.splitlines()]


def environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "always", **JSON}


def test_what_libraries_say_is_json() -> None:
    """Log lines of libraries, warnings, and errors that end a thread, an object or the process: one line each."""
    ended = subprocess.run(
        [sys.executable, "-c", LIBRARIES], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    found = rows(ended.stderr)
    assert [(row.get("logger", "kept"), row["level"]) for row in found] == [
        ("aiokafka", "error"), ("uvicorn.error", "warning"), ("py.warnings", "warning"), ("kept", "error"),
        ("kept", "error"), ("kept", "critical"),
    ]  # fmt: skip
    assert (found[0]["event"], found[1]["event"]) == ("no broker", "a\nb")
    assert "ZeroDivisionError" in found[3]["exception"]
    assert "RuntimeError: nobody caught this" in found[5]["exception"]
    assert all(row["timestamp"] for row in found)


def test_a_process_says_all_in_json(tmp_path: Path) -> None:
    """From the first line to the last, which says by what it was stopped, both streams are lines of JSON."""
    shop(tmp_path, NO_WAIT.replace("60s", "1s").replace("    warn: 20s before\n", ""))
    port = free_port()
    command = [*COMMAND, "run", "--standards", str(tmp_path / "rules"), "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        [*command, "--listen", f"127.0.0.1:{port}"], env={**environment(), "KEPT_GRACE": "0s"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        started = json.loads(process.stderr.readline())
        assert asked(f"http://127.0.0.1:{port}/healthz") == {"alive": True}
        shop(tmp_path, "kept: 1\nstandards: [torn\n")
        torn = json.loads(process.stderr.readline())
        process.terminate()
        said, talked = process.communicate(timeout=30)
    assert (started["event"], torn["level"]) == ("watching", "warning")
    assert process.returncode == 0
    assert rows(said) == []
    (last,) = rows(talked)
    assert (last["event"], last["reason"]) == ("stopped", "SIGTERM")


def test_what_keeps_a_process_from_starting_is_json(tmp_path: Path) -> None:
    """Wrong options, settings, standards and a port that is taken are each one line, with the exit code as before."""
    rules = str(shop(tmp_path, NO_WAIT.replace("within", "wihtin")).paths[0])
    for code, arguments, settings in (
        (2, ["--nonsense"], {}), (2, ["--standards", rules], {}), (2, [], {"KEPT_GRACE": "soon"}), (3, [], {}),
    ):  # fmt: skip
        ended = kept_apart("run", "--data", str(tmp_path / "d"), *arguments, settings={**JSON, **settings})
        (row,) = rows(ended.stderr)
        assert (ended.returncode, row["level"], ended.stdout) == (code, "error", "")
        assert not row["event"].startswith("kept:")


def test_left_out_lines_are_told_in_json(tmp_path: Path) -> None:
    """How many lines were left out, because nobody read them, is a line of JSON as well."""
    with (tmp_path / "out").open("wb") as file:
        stream = PatientStream(file.fileno(), waiting=0, as_json=True)
        stream._left_out = 7  # noqa: SLF001 - filling a pipe is test_writing.py's
        stream.write('{"event": "x"}\n')
        stream.close()
    first, last = rows((tmp_path / "out").read_text(encoding="utf-8"))
    assert (first["event"], str(last["left_out"])) == ("x", "7")
    assert last["timestamp"]


async def test_a_notice_says_when() -> None:
    """A notice in JSON has the time at which it is written, as every line has, and that of what it tells of."""
    stream = io.StringIO()
    await Console(stream, as_json=True).deliver(BROKEN)
    (row,) = rows(stream.getvalue())
    assert (row["event"], row["at"]) == ("notice", iso(BROKEN.at))
    assert row["timestamp"] > row["at"]


async def test_what_is_refused_and_what_is_not_stored_is_said_by_a_reason(tmp_path: Path) -> None:
    """`reason` is one word of a short list, as in the metrics; the free text stands under `why`."""
    async with hosting(tmp_path, Clock()) as host:
        refusals = RefusalLog()
        host.listen(refusals.listen)
        with capture_logs() as said:
            await host.submit([], [Refusal(1, "bad-field", "waiting: 'x' is not an integer", b"{}")])
            for file in (tmp_path / "data").glob("kept.db*"):
                file.unlink()
            with pytest.raises(StateError):
                await host.submit([queue(host.reader, "a", T0, waiting=5)])
        found = {row["event"]: row for row in said}
    assert (found["events were refused"]["reason"], found["events were refused"]["events"]) == ("bad-field", 1)
    assert found["batch not stored"]["reason"] == "store"
    assert "kept.db" in found["batch not stored"]["why"]


def test_no_line_of_the_log_has_a_free_text_as_its_reason() -> None:
    """Wherever Kept writes to its log, `reason` is a word that is counted by; what was met is said as `why`."""
    found = [
        (file.name, ast.unparse(keyword.value))
        for folder in ("streams", "alerts")
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.")
        for keyword in call.keywords
        if keyword.arg == "reason"
    ]
    assert {name for name, value in found if value not in {"reason", "DEFECT"}} == set()
    assert {name for name, _ in found} >= {"refusal_log.py", "embedded.py"}
