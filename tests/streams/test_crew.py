"""Plans made several at a time are those made one after another, and a process that dies is told."""

from __future__ import annotations

import os
import signal

import pytest

from standards.errors import StateError
from streams.staffing.asking import plans_for
from tests.standards.test_staffing_plan import made


def test_plans_made_several_at_a_time_are_the_same_and_in_order() -> None:
    """Each line's plan is that of the line alone, in the order in which the lines were given."""
    found = [made(people, 2) for people in (2, 6)]
    lines = [(one.record, one.target) for one in found]
    alone = [one.plan for one in found]
    assert list(plans_for(lines, processes=2)) == alone
    assert list(plans_for(lines[:1])) == alone[:1]
    assert list(plans_for([])) == []


def test_a_process_that_dies_is_told() -> None:
    """Who is short of memory hears that a process ended, and nothing waits for it."""
    one = made(2, 2)
    deadly = (_Deadly(), one.target)
    with pytest.raises(StateError, match="a process ended before its work was done"):
        list(plans_for([deadly, deadly], processes=2))  # type: ignore[list-item]


class _Deadly:
    """A record whose reader is killed, as the kernel kills what takes too much memory."""

    def __init__(self) -> None:
        self.first = os.getpid()

    @property
    def days(self) -> object:
        assert os.getpid() != self.first, "only a process of its own may be killed here"
        os.kill(os.getpid(), signal.SIGKILL)
        return {}
