"""The formulas of A. K. Erlang: one line, so many people who serve it, nobody gives up.

Calls come as a Poisson stream and take exponential times; whoever comes first is served first. `load` is in erlangs:
calls a second times seconds each, which is how many people would be busy if nobody ever waited.
Read next: `patience.py`, for callers who give up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def erlang_b(servers: int, load: float) -> float:
    """Give the share of calls that find all servers busy, where none may wait.

    Erlang (1917); the recurrence B(n) = aB(n-1) / (n + aB(n-1)) is that of Jagerman (1974). It only ever adds and
    divides numbers above zero, so it is stable for any load. Raises ValueError for servers or a load below zero.
    """
    if servers < 0 or load < 0:
        raise ValueError(f"{servers} servers and a load of {load} were given; give zero or more of both")
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Give the share of calls that have to wait; 1 where the load is all that the servers can do, or more.

    Erlang (1917), by way of B: C = B / (1 - (a/n)(1 - B)); Cooper, Introduction to Queueing Theory (1981), 3.4.
    """
    blocked = erlang_b(servers, load)
    if load >= servers:
        return 1.0
    return blocked / (1 - load / servers * (1 - blocked))


def found_at_most(servers: int, load: float, waiting: int) -> float:
    """Give the share of people who find at most so many waiting when they come: 1 - C (a/n)^(waiting + 1).

    The line's length is geometric while all are busy (Cooper 1981, 3.4), and who comes at random sees what there is on
    average (Wolff 1982). Zero where the line only ever grows.
    """
    if load >= servers:
        return 0.0
    return 1 - erlang_c(servers, load) * (load / servers) ** (waiting + 1)


def least_servers(load: float, goal: float, kept: Callable[[int], float]) -> int | None:
    """Give the smallest number of servers whose `kept` share reaches the goal; None where none could.

    `kept` must not fall as servers are added. The search doubles and halves: it asks about ten times.
    """
    low, high = 0, max(1, int(load) + 1)
    most = 2 * high + 200  # far beyond: there the waits are zero to the last digit
    while kept(high) < goal:
        if high >= most:
            return None
        low, high = high, min(most, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) >= goal else (middle, high)
    return high
