"""A million inputs that nobody would send: each is read or refused, quickly and in little room."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import knocking
from tests.fuzz.doors import DOORS
from tests.fuzz.mutating import Mutator
from tests.fuzz.trying import Door, crashes, kept, told

FEW = {"events": 1_000, "conditions": 800, "tables": 300, "standards": 120, "policy": 60, "practice": 60, "stories": 30}
MANY = {
    "events": 490_000,
    "conditions": 320_000,
    "tables": 60_000,
    "standards": 30_000,
    "policy": 20_000,
    "practice": 10_000,
    "stories": 10_000,
}
PARTS = 4
"""In so many parts the many are tried, each by itself."""
FEW_REQUESTS, MANY_REQUESTS = 300, 60_000


def check(name: str, first: int, count: int) -> None:
    door = DOORS[name]
    made = Mutator([*door.seeds, *kept(name)])
    found = crashes(door, (made.make(number) for number in range(first, first + count)))
    assert not found, told(name, found)


def check_requests(folder: Path, first: int, count: int) -> None:
    made = Mutator([*knocking.requests(), *kept("requests")])
    found = asyncio.run(knocking.knock(folder, (made.make(number) for number in range(first, first + count))))
    assert not found, told("requests", found)


@pytest.mark.parametrize("name", DOORS)
def test_good_input_is_read(name: str) -> None:
    """What inputs are made of gets through the door, most of it: else nothing behind the door would be tried."""
    door, read = DOORS[name], list[bytes]()

    def ask(raw: bytes) -> None:
        door.ask(raw)
        read.append(raw)

    assert not crashes(door._replace(ask=ask), door.seeds)
    assert len(read) > len(door.seeds) // 3


@pytest.mark.parametrize("name", DOORS)
def test_no_input_does_more_than_be_refused(name: str) -> None:
    """Whatever is read, it is read or refused."""
    check(name, 0, FEW[name])


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", DOORS)
def test_of_a_million_inputs_none_does(name: str, part: int, record_property: Callable[[str, str], None]) -> None:
    """The same of many, and each time of the same ones."""
    count = MANY[name] // PARTS
    check(name, 1_000_000 + part * count, count)
    record_property("cases", f"inputs at the door {name}, part {part + 1}: {count:,}")


def test_no_request_fails(tmp_path: Path) -> None:
    """Whatever is asked of a server, the failure is never ours, and what is right is taken in afterwards."""
    check_requests(tmp_path, 0, FEW_REQUESTS)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("part", range(PARTS))
def test_of_many_requests_none_fails(tmp_path: Path, part: int, record_property: Callable[[str, str], None]) -> None:
    """The same of many requests, of the same ones each time."""
    count = MANY_REQUESTS // PARTS
    check_requests(tmp_path, 1_000_000 + part * count, count)
    record_property("cases", f"requests, part {part + 1}: {count:,}")


def test_a_million_are_a_million() -> None:
    """All doors together are tried with a million inputs."""
    assert sum(MANY.values()) + MANY_REQUESTS == 1_000_000


@pytest.mark.parametrize("name", DOORS)
def test_what_crashed_once_does_not_again(name: str) -> None:
    """Each input that did more than be refused is kept, and is refused or read since."""
    found = crashes(DOORS[name], kept(name))
    assert not found, told(name, found)


def test_no_request_that_failed_once_fails_again(tmp_path: Path) -> None:
    """The same for requests; the good ones, too, are answered."""
    found = asyncio.run(knocking.knock(tmp_path, [*knocking.requests(), *kept("requests")]))
    assert not found, told("requests", found)


def fail(raw: bytes) -> None:
    raise KeyError(raw)


def go_on(_: bytes) -> None:
    while True:
        pass


def take_room(_: bytes) -> None:
    assert len(bytearray(2 << 30)) > 0


@pytest.mark.parametrize(("ask", "why"), [(fail, "KeyError"), (go_on, "TooSlow"), (take_room, "MemoryError")])
def test_a_crash_is_seen(ask: Callable[[bytes], None], why: str) -> None:
    """What raises, does not end, or takes too much room is a crash; what is refused as it is documented is none."""
    (found,) = crashes(Door("any", [], ask, (ValueError,)), [b"a"], patience=0.1)
    assert why in found.why
    assert not crashes(Door("any", [], ask, (KeyError,)), [b"a"] if ask is fail else [])
