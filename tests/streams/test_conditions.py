"""Conditions in words: whoever reads the handbook need not read expressions."""

from __future__ import annotations

import pytest

from alerts.words.words import ENGLISH, Words
from streams.live.conditions import bound_words, condition_words, measure_words


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("waiting <= 3", "waiting at most 3"),
        ("0 <= value <= 25", "value from 0 to 25"),
        ('promise != "" or moment != ""', "promise filled in or moment filled in"),
        ('form == "nine" and of >= 9', "form nine and of at least 9"),
        ("by != from_agent", "by other than from agent"),
        ("by_name", "by name"),
        ("(a == 1) or b > 2", "(a == 1) or b > 2"),
    ],
)
def test_a_condition_is_said_in_words(source: str, said: str) -> None:
    """Comparisons are words; what is rare stays as its author wrote it, rather than half of it."""
    assert condition_words(source, ENGLISH) == said


def test_a_measure_and_what_it_is_held_against_are_words() -> None:
    """They are so in the reader's language; what nobody has words for stays."""
    assert measure_words("share(waited <= 20)", ENGLISH) == "the share with waited at most 20"
    assert measure_words("p95(waited)", ENGLISH) == "p95(waited)"
    assert bound_words(">= 80%", ENGLISH) == "at least 80%"
    assert measure_words("share(waited <= 20)", Words("de")) == "der Anteil mit waited höchstens 20"
