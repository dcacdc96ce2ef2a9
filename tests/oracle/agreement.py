"""Ask Kept and the oracle the same, many times.

Knows: how to compare, and how to count. Must not know: who is right; docs/semantics.md decides that.
"""

from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.oracle.drawn import DRAWN
from tests.oracle.evaluate import evaluate
from tests.oracle.histories import cases
from tests.oracle.kept import ledger

ALL = (*DRAWN, "mixed")
SOME, CASES = 12, 150
"""Cases for each shape in `make test` and in `make test-all`; `python -m tests.oracle N` runs as many as you like."""


def agreements(shape: str, number: int, *, derandomize: bool = True) -> int:
    """Judge `number` random cases of one shape by both, and count them. Raises AssertionError at a difference."""
    judged = 0

    @settings(
        max_examples=number,
        deadline=None,  # it runs by itself, too
        database=None,
        derandomize=derandomize,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(shape))
    def agree(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
        nonlocal judged
        document, history = case
        assert ledger(document, history) == evaluate(document, history)
        judged += 1

    agree()
    return judged
