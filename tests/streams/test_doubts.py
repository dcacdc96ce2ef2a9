"""What is odd about a table is said though it could be read, and what cannot be read says what would read it."""

import io
from pathlib import Path

import pytest

from standards.errors import SpecError
from streams.backtest.backtest import Backtest, Task
from streams.backtest.report import left_out
from streams.ingest.table import read_table
from streams.ingest.times import check_pattern, formats_of
from tests.history import rulebook, rules
from tests.streams.tables import mapping

TILLS = """\
kept: 1
table: {zone: Europe/Warsaw, source: shop, time: {column: t, format: "%d.%m.%Y %H:%M"}}
events:
  - event: register.opened
    when: opened == "yes"
    fields: {site: s, queue: {value: main}}
  - event: queue.length
    fields: {site: s, queue: {value: main}, waiting: w}
"""
RULES = rulebook(rules(one="per: site, when: queue.length, expect: register.opened, within: 60s"))
TABLE = "t,s,w,opened\n" + "".join(f"0{day}.03.2026 10:00,a,{day},{'yes' if day > 3 else ''}\n" for day in range(1, 8))


def doubts(text: str, table: str = TABLE) -> list[str]:
    said: list[str] = []
    list(read_table(io.BytesIO(table.encode()), mapping(text), bad=lambda _: None, doubt=said.append, name="t.csv"))
    return said


def test_nothing_is_odd_about_a_sound_table() -> None:
    """A table whose rows become all the events of its mapping, on days that follow each other, is not doubted."""
    assert doubts(TILLS) == []
    assert doubts(TILLS, "t,s,w,opened\n") == []


def test_an_event_that_no_row_became_is_told_with_what_its_columns_hold() -> None:
    """A condition that never held is likely a slip: its place, its words, and what the column holds instead."""
    assert doubts(TILLS.replace('"yes"', '"ja"')) == [
        (
            't.csv: no row became register.opened (map.yaml:5): opened == "ja" never held. '
            "Column 'opened' is 'yes' 4 times, empty 3 times."
        )
    ]


def test_many_values_are_told_by_the_most_frequent() -> None:
    """Of a column with many values five are named, and how many others there are."""
    said = doubts(TILLS.replace('opened == "yes"', 'w == "x"'))[0]
    assert said.endswith("Column 'w' is '1' once, '2' once, '3' once, '4' once, '5' once, and 2 other values.")


def test_an_event_without_a_time_in_any_row_says_so() -> None:
    """Where not the condition is at fault but the column of the time, that is what is said."""
    held = TILLS.replace('when: opened == "yes"', 'when: opened == "yes"\n    time: {column: opened, missing: "yes"}')
    assert doubts(held) == [
        't.csv: no row became register.opened (map.yaml:5): where opened == "yes", none has a time for it.'
    ]
    always = TILLS.replace('when: opened == "yes"', "time: {column: opened, missing: x}")
    assert doubts(always, TABLE.replace("yes", "x")) == [
        (
            "t.csv: no row became register.opened (map.yaml:4): none has a time for it. "
            "Column 'opened' is 'x' 4 times, empty 3 times."
        )
    ]


def test_an_event_whose_rows_are_bad_is_no_doubt_as_well() -> None:
    """What is told as a bad row is not told again as an event that never was."""
    assert doubts(TILLS.replace("%d.%m.%Y", "%Y-%m-%d")) == []


def test_days_that_month_and_day_make_are_doubted() -> None:
    """Seven days in a row, read with day and month swapped, are one a month: both readings are shown."""
    assert doubts(TILLS.replace("%d.%m", "%m.%d")) == [
        (
            "t.csv: read as %m.%d.%Y %H:%M, its 7 days are from 2026-01-03 to 2026-07-03. Were day and month the other "
            'way round, "%d.%m.%Y %H:%M", they would be from 2026-03-01 to 2026-03-07.'
        )
    ]


def test_a_table_of_firsts_of_the_month_is_doubted_only_where_the_other_way_is_closer() -> None:
    """Weeks that cross a month, and days beyond the twelfth, are what they seem."""
    across = "t,s,w,opened\n" + "".join(f"{day} 10:00,a,1,yes\n" for day in ("30.03.2026", "31.03.2026", "01.04.2026"))
    assert doubts(TILLS, across) == []


@pytest.mark.parametrize(
    ("cell", "formats"),
    [
        ("02.03.2026 08:00:06", ["%d.%m.%Y %H:%M:%S"]),
        ("31/01/2026 08:00", ["%d/%m/%Y %H:%M"]),
        ("01/31/2026 08:00", ["%m/%d/%Y %H:%M"]),
        ("02/03/2026", ["%d/%m/%Y", "%m/%d/%Y"]),
        ("2/3/26 8:05 PM", ["%d/%m/%y %I:%M %p", "%m/%d/%y %I:%M %p"]),
        ("2026-03-02 10:00", [""]),
        ("yesterday", []),
    ],
)
def test_the_format_that_reads_a_time_is_found(cell: str, formats: list[str]) -> None:
    """Of the usual forms the one that reads a cell is named, and both where day and month can be either."""
    assert formats_of(cell) == formats


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dd.mm.yyyy HH:MM:SS", "%d.%m.%Y %H:%M:%S"),
        ("yyyy-mm-dd hh:mm", "%Y-%m-%d %H:%M"),
        ("d/m/yy", "%d/%m/%y"),
        ("date", "%Y-%m-%d %H:%M"),
    ],
)
def test_a_format_of_a_spreadsheet_is_translated(written: str, meant: str) -> None:
    """Who writes a format as a spreadsheet has it is told how it is written here."""
    with pytest.raises(ValueError, match="says nothing of a time") as error:
        check_pattern(written)
    assert str(error.value).endswith(f'; write "{meant}", if that is meant')


@pytest.mark.parametrize(
    ("bytes_of", "encoding"),
    [("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be")],
)
def test_a_table_of_two_bytes_a_letter_says_which_line_to_write(bytes_of: str, encoding: str) -> None:
    """What a spreadsheet saves as Unicode text is known by its first line, and the mapping's line for it is named."""
    with pytest.raises(SpecError, match=f"write encoding: {encoding} under table:"):
        list(read_table(io.BytesIO(TABLE.encode(bytes_of)), mapping(TILLS), bad=lambda _: None))
    again = mapping(TILLS.replace("source: shop", f"source: shop, encoding: {encoding}"))
    assert len(list(read_table(io.BytesIO(TABLE.encode(bytes_of)), again, bad=print))) == 11


def test_cells_of_one_fault_are_told_once_and_doubts_stand_below(tmp_path: Path) -> None:
    """A thousand rows whose time has another form than the mapping says are one line with the first of them."""
    file = tmp_path / "t.csv"
    file.write_text(TABLE, encoding="utf-8")
    for text, said in (
        (
            TILLS.replace("%Y %H", "%Y, %H"),
            "t.csv, lines 2 to 8, the first: queue.length: column 't': '01.03.",
        ),
        (TILLS.replace('"yes"', '"ja"'), "Is this right? "),
    ):
        result = Backtest(Task(RULES, [str(file)], [mapping(text)])).run()
        told = [line.replace(str(file), "t.csv").strip() for line in left_out(result)]
        assert len([line for line in told if line.startswith(said)]) == 1, told
