"""Kept and the oracle, written apart from the same page, give the same ledger for random standards and histories.

When one of these fails, `python -m tests.oracle` and docs/semantics.md say who is wrong. Next: `agreement.py`.
"""

from collections.abc import Callable

import pytest

from tests.oracle.agreement import ALL, CASES, SOME, agreements


@pytest.mark.parametrize("number", [SOME, pytest.param(CASES, marks=pytest.mark.slow)])
@pytest.mark.parametrize("shape", ALL)
def test_kept_agrees_with_the_oracle(shape: str, number: int, record_property: Callable[[str, object], None]) -> None:
    """Every line of every random ledger of this shape is the one that the documents ask for."""
    judged = agreements(shape, number)
    record_property("cases", f"{shape}: {judged} random cases agree with the oracle")  # conftest.py prints it
    assert judged >= number
