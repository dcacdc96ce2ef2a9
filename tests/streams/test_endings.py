"""How the command ends when the world is in its way: a full disk, a reader that has gone, a user who has had enough."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.streams.commands import COMMAND, ROOT, kept
from tests.streams.test_backtest import Files
from tests.streams.test_cli import EVENTS, RULES

AT_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""Whoever runs the tests in the background may have made their processes deaf to Ctrl-C."""
FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_names_the_ledger(jobs: str) -> None:
    """Where the ledger does not fit, its file is named, and nothing else is said."""
    run = kept("backtest", RULES, "--events", EVENTS, "--ledger", str(FULL), "--jobs", jobs)
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr == "kept: /dev/full: no space left on device\n"


def test_a_reader_that_has_gone_is_no_error() -> None:
    """When nobody reads the output any more, as after `| head`, the command ends and says nothing."""
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "wb") as output:
        run = subprocess.run(
            [*COMMAND, "backtest", RULES, "--events", EVENTS],
            stdout=output, stderr=subprocess.PIPE, cwd=ROOT, timeout=120, check=False,
        )  # fmt: skip
    assert (run.returncode, run.stderr) == (141, b"")


def test_an_interrupted_backtest_says_so_in_one_line() -> None:
    """Ctrl-C ends a backtest with exit code 130 and one line."""
    command = [sys.executable, "-c", AT_A_TERMINAL + COMMAND[2], "backtest", RULES, "--events", "-"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT) as run:
        assert run.stdin is not None
        run.stdin.write(b"\n" * (1 << 18))  # more than a pipe holds: it is through when the backtest reads
        run.stdin.flush()
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)
    assert (run.returncode, *said) == (130, b"", b"kept: stopped.\n")


def test_what_stops_one_process_is_told_once(tmp_path: Path) -> None:
    """With several processes a fault in the input is one message, as it is with one."""
    files = Files(tmp_path)
    events = files.write("bad.jsonl", b"oops\n" + b"\n".join(files.lines))
    one, two = (kept("backtest", files.rules, "--events", events, "--strict", "--jobs", jobs) for jobs in ("1", "2"))
    assert (one.returncode, one.stderr.count("\n")) == (2, 1)
    assert (two.returncode, two.stderr) == (one.returncode, one.stderr)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backtest", "a.yaml", "--events", "e", "--jobs", "99"), "--jobs: 99 is out of bounds; give one from 1 to 64"),
        (("backtest", "a.yaml"), "missing option '--events'."),
        (("rules", "--standards"), "option '--standards' requires an argument."),
        (("run", "--data"), "option '--data' requires an argument."),
        (("schema", "rules"), "form: 'rules' is not one of 'standards', 'policy', 'practice', 'mapping', 'stories'."),
        (("backtst",), "no such command 'backtst'. Did you mean 'backtest'?"),
    ],
)
def test_wrong_arguments_are_one_sentence(words: tuple[str, ...], said: str) -> None:
    """What is wrong with the arguments stands first and alone; where all of them are shown comes after it."""
    run = kept(*words)
    verb = " ".join(["kept", *words[:1]]) if said[:7] != "no such" else "kept"
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == f"kept: {said}\nAll options: {verb} --help\n"
