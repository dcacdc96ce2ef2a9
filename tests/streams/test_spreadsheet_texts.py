"""A text in a table for a spreadsheet is no formula there, whatever that spreadsheet separates cells by."""

from __future__ import annotations

import csv

import pytest

from streams.exports.tables import csv_row

TEXTS = ["=1+1", "x;=cmd", 'x;"=cmd', "x\t=cmd", "x\n=cmd", "x; -5", "x;\t@a", "\t=a", "x;;+1"]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula(text: str, separator: str) -> None:
    """A sign that begins a formula has an apostrophe before it wherever a cell may begin."""
    row = csv_row(["a", text, "b"]).decode()
    cells = [cell.strip() for line in csv.reader(row.splitlines(keepends=True), delimiter=separator) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_other_texts_stay() -> None:
    """A number, a range and a sign within a text are as they were."""
    assert csv_row([-5, "a-b", "a;b", "x = y", True]) == b"-5,a-b,a;b,x = y,true\r\n"
