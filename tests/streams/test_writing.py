"""Output that nobody reads: the host goes on, and says afterwards what was left out."""

import os

from streams.live.writing import PatientStream


def read_all(descriptor: int) -> str:
    with os.fdopen(descriptor, encoding="utf-8") as reader:
        return reader.read()


def test_what_is_written_arrives_in_order() -> None:
    """A stream that is read passes every text on."""
    here, there = os.pipe()
    stream = PatientStream(there)
    for number in range(1_000):
        stream.write(f"{number}\n")
    stream.close()
    os.close(there)
    assert read_all(here).split() == [str(number) for number in range(1_000)]


def test_a_reader_that_is_stuck_holds_nobody_up() -> None:
    """More than the pipe and the queue hold is left out and counted; when somebody reads again, the count is told."""
    here, there = os.pipe()
    stream = PatientStream(there, waiting=10)
    line = "x" * 1_023 + "\n"
    for _ in range(500):  # a pipe holds 64 of these
        stream.write(line)
    got = os.read(here, 1 << 20)
    while b"left out" not in got:
        got += os.read(here, 1 << 20)
    stream.close()
    os.close(there)
    os.close(here)
    assert 0 < got.count(b"\n") < 500
    assert b"lines were left out: nobody was reading this output" in got
