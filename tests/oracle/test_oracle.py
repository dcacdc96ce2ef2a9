"""Kept and the oracle, written apart from the same page, give the same ledger for random standards and histories.

When one of these fails, `python -m tests.oracle` and docs/semantics.md say who is wrong. Next: `agreement.py`.
"""

import pytest

from tests.oracle.agreement import ALL, CASES, agreements


@pytest.mark.parametrize("shape", ALL)
def test_kept_agrees_with_the_oracle(shape: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line of every random ledger of this shape is the one that the documents ask for."""
    judged = agreements(shape, CASES)
    with capsys.disabled():
        print(f"\n{shape}: {judged} random cases agree with the oracle")  # noqa: T201 - CI shows the count
    assert judged >= CASES
