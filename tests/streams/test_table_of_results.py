"""A table of results: made once, and lined up or marked the same wherever it is written."""

from streams.backtest.table import Row, Table, markdown_table, text_table
from streams.board.standalone import html_table

TABLE = Table(("", "kept", "a|b"), [Row("till", ("1,000", "-")), Row("counter *2*", ("7", "50.0%"), "short")])


def test_text_lines_up_names_on_the_left_and_numbers_on_the_right() -> None:
    """Whoever reads a column down sees units below units; what stands behind a row moves no column."""
    assert text_table(TABLE, {"short": "!"}) == [
        "              kept    a|b",
        "till         1,000      -",
        "counter *2*      7  50.0%  !",
    ]


def test_markdown_takes_no_sign_of_a_cell_for_its_own() -> None:
    """A standard's id or value is shown as it is, whatever signs are in it."""
    assert markdown_table(TABLE) == [
        "|  | kept | a\\|b |",
        "|---|---|---|",
        "| till | 1,000 | - |",
        "| counter \\*2\\* | 7 | 50.0% |",
    ]


def test_a_table_without_rows_is_its_headings() -> None:
    """Nothing found is no failure of the table."""
    assert text_table(Table(("line", "days"), [])) == ["line  days"]


def test_html_names_the_columns_where_rows_become_cards() -> None:
    """On a narrow screen a cell stands alone, so it carries its column's name."""
    page = html_table("Counts", TABLE, cards=True)
    assert 'aria-label="Counts"' in page
    assert '<tr class="card short"><th scope="row">counter *2*</th><td data-of="kept">7</td>' in page
    assert "data-of" not in html_table("Counts", TABLE)
