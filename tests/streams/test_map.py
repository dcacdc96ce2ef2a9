"""A mapping is drafted of a file that nobody described: it fits at once, and asks what it cannot know."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.documents.vocabulary import builtin_vocabulary
from standards.errors import EventError
from streams.drafting.column_guess import guessed, meanings
from streams.drafting.event_words import CONTACT, STATES, TICKET
from streams.drafting.head import head_of
from streams.drafting.mapping_draft import draft
from streams.drafting.trying import tried
from tests.streams.commands import ROOT, kept
from tests.streams.workbooks import cells, workbook

DESK = """Bericht März 2026

Ticketnummer;Erstellt am;Erste Antwort;Gelöst am;Fällig am;Status;Bearbeiter;Gruppe
T-1;02.03.2026 08:15;02.03.2026 08:40;02.03.2026 11:00;03.03.2026 08:15;gelöst;Anna;Hardware
T-2;02.03.2026 09:15;02.03.2026 12:40;;03.03.2026 09:15;offen;Bernd;Software
T-3;13.03.2026 09:15;;;14.03.2026 09:15;offen;Bernd;Software
"""
LOG = """1772438400|1772438400.1|700|NONE|ENTERQUEUE||0155|1
1772438405|1772438400.1|700|PJSIP/201|CONNECT|5|1772438400.2|4
1772438465|1772438400.1|700|PJSIP/201|COMPLETECALLER|5|60|1
1772438470|1772438470.3|700|NONE|ENTERQUEUE||0156|1
1772438510|1772438470.3|700|NONE|ABANDON|1|1|40
"""
CHANGES = {
    "issues": [
        {
            "key": f"D-{number}",
            "fields": {"created": "2026-03-02T08:00:00+00:00"},
            "changelog": {
                "histories": [
                    {
                        "created": f"2026-03-02T09:0{step}:00.000+0000",
                        "items": [{"field": "status", "toString": ("In Progress", "Done")[step]}],
                    }
                    for step in range(2)
                ]
            },
        }
        for number in range(3)
    ]
}


def drafted(path: Path) -> str:
    return draft(str(path), head_of(str(path))).text


def test_a_spreadsheet_of_a_desk_is_read_as_it_is(tmp_path: Path) -> None:
    """German headers below a title, semicolons, days before months: three events of each ticket, and two questions."""
    file = tmp_path / "desk.csv"
    file.write_text(DESK, encoding="cp1252")
    told = kept("map", str(file))
    assert told.returncode == 0
    assert told.stderr.startswith("3 rows: 3 ticket.opened, 2 ticket.replied, 1 ticket.completed.\n")
    assert "? 1. Status: does it say which rows an event is of?" in told.stderr
    assert "? 2. zone: where does the clock stand" in told.stderr
    assert '  - event: ticket.completed\n    time: {column: Gelöst am, format: "%d.%m.%Y %H:%M"}' in told.stdout
    assert "fields: {ticket: Ticketnummer, team: Gruppe, agent: Bearbeiter}" in told.stdout
    assert "Fällig" not in told.stdout, "when it is due is nothing that happens"
    assert "  skip: 1\n" in told.stdout
    (tmp_path / "map.yaml").write_text(told.stdout, encoding="utf-8")
    run = kept(
        "backtest", "examples/mappings/standards.yaml", "--events", str(file), "--map", str(tmp_path / "map.yaml")
    )
    assert run.returncode == 0, run.stderr


def test_a_log_without_a_header_is_told_by_what_stands_in_it(tmp_path: Path) -> None:
    """What happened, to which call and when are found without any names."""
    file = tmp_path / "queue_log"
    file.write_text(LOG, encoding="utf-8")
    text = drafted(file)
    assert list(tried(str(file), text)) == [
        "5 rows: 2 contact.waiting, 1 contact.answered, 1 contact.closed, 1 contact.abandoned."
    ]
    assert '    when: column_5 == "ABANDON"\n    time: {column: column_1, format: unix}' in text
    assert "  per: [column_2]\n" in text


def test_changes_within_issues_are_unrolled(tmp_path: Path) -> None:
    """Lists within lists have names, each change is an event, and an issue is opened once."""
    file = tmp_path / "issues.json"
    file.write_text(json.dumps(CHANGES), encoding="utf-8")
    text = drafted(file)
    assert "  each: {issue: issues, history: changelog.histories, item: items}\n" in text
    assert 'id: "{issue.key}-opened"' in text
    assert list(tried(str(file), text)) == ["6 rows: 6 ticket.opened, 3 ticket.accepted, 3 ticket.completed."]


def test_a_title_with_a_date_is_no_header(tmp_path: Path) -> None:
    """Exports have their days in the title: the row with the most cells names the columns all the same."""
    file = tmp_path / "desk.csv"
    file.write_text(DESK.replace("Bericht März 2026", "Stand: 30.03.2026"), encoding="utf-8")
    assert "  skip: 1\n" in drafted(file)


def test_a_log_with_a_line_of_another_kind_is_drafted(tmp_path: Path) -> None:
    """One line that cannot be read does not hide what all others are."""
    file = tmp_path / "queue_log"
    days = "".join(LOG.replace("17724", f"17{day}") for day in range(700, 704))
    file.write_text(f"{days}--- log restarted ---\n", encoding="utf-8")
    assert "time: {column: column_1, format: unix}" in drafted(file)


def test_dates_that_were_typed_beside_dates_of_the_spreadsheet_are_read(tmp_path: Path) -> None:
    """A column of a workbook is often of both: the draft gives both formats."""
    file = tmp_path / "t.csv"
    file.write_text(
        "Ticket,Created\nT-1,02.03.2026 08:15\nT-2,2026-03-02 09:15:00\nT-3,25.03.2026 08:15\n", encoding="utf-8"
    )
    text = drafted(file)
    assert 'format: ["%d.%m.%Y %H:%M", iso]' in text
    assert list(tried(str(file), text)) == ["3 rows: 3 ticket.opened."]


def test_the_busiest_sheet_of_a_workbook_is_taken(tmp_path: Path) -> None:
    """A workbook opens with a sheet of notes as often as not; the others are named."""
    file = tmp_path / "calls.xlsx"
    rows = (
        ("Call ID", "Arrived", "Answered", "Agent"),
        ("c1", "2026-03-02 08:00:00", "2026-03-02 08:00:20", "Kim"),
        ("c2", "2026-03-02 08:01:00", "", ""),
    )
    file.write_bytes(workbook({"Info": cells("Calls of March"), "Daten": "".join(cells(*row) for row in rows)}))
    text = drafted(file)
    assert "  sheet: Daten\n" in text
    assert "# It has other sheets too: Info. This is for 'Daten'.\n" in text
    assert list(tried(str(file), text)) == ["2 rows: 2 contact.waiting, 1 contact.answered."]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf\r\n", "is empty"),
        ("a.json", b"{", "is not JSON"),
        ("a.xlsx", b"none", "is not a workbook"),
        ("a.xes", b"<log/>", "is XES"),
    ],
)
def test_what_cannot_be_drafted_is_told(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """A file of which nothing can be made is named, with what is wrong with it."""
    (tmp_path / name).write_bytes(content)
    run = kept("map", str(tmp_path / name))
    assert run.returncode == 2
    assert words in run.stderr
    assert run.stdout == ""


NO_TIMES = {"queue-monitor.jsonl", "qualtrics-satisfaction.csv"}
"""Of these no column is of times alone: one is of readings whose time another message has, one has three headers."""
EXAMPLES = sorted(file for file in (ROOT / "examples" / "mappings").glob("*/*") if file.suffix not in (".md", ".yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_draft_of_any_export_fits_it(file: Path) -> None:
    """Of each export that a mapping is shipped for, the draft loads, and makes something of it."""
    text = drafted(file)
    said = list(tried(str(file), text))
    if file.name in NO_TIMES:
        assert "which one says when it happened?" in text
    else:
        assert re.match(r"\d+ rows: \d+ [a-z]+\.[a-z]+", said[0].replace(",", "")), said


def drafted_or_not(file: Path) -> str:
    """Give the draft, or the sentence that says why there is none."""
    try:
        return drafted(file)
    except EventError as error:
        return str(error)


CELLS = st.sampled_from(
    [
        "",
        "a b",
        "1",
        "02.03.2026 08:15",
        "3/4/2026",
        "8:00",
        "1772438400",
        "open",
        "x:y",
        "ü",
        "#",
        "{",
        "'",
        '"q"',
        "-",
    ]
)
HEADERS = st.sampled_from(
    ["id", "Created", "Status", "Gelöst am", "yes", "x: y", "{z}", "date", "start", "", "Ü b", "a"]
)


@given(st.lists(HEADERS, min_size=1, max_size=5), st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8))
def test_any_table_has_a_draft_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], rows: list[list[str]]
) -> None:
    """Whatever stands in a table, there is a draft that is a mapping, or a sentence; never a failure of ours."""
    file = tmp_path_factory.mktemp("any") / "any.csv"
    file.write_text("\n".join(";".join(cells) for cells in [header, *rows]), encoding="utf-8")
    text = drafted_or_not(file)
    assert text.startswith("# A draft for") or file.name in text, "else it says which file is wrong"
    assert not text.startswith("# A draft for") or list(tried(str(file), text))


@given(st.recursive(st.none() | st.booleans() | st.integers(-5, 2_000_000_000) | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
                    max_leaves=12))  # fmt: skip
def test_any_json_has_a_draft_or_a_reason(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    """The same for JSON of any shape."""
    file = tmp_path_factory.mktemp("any") / "any.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    text = drafted_or_not(file)
    assert not text.startswith("# A draft for") or list(tried(str(file), text))


def test_what_a_column_means_is_told_in_three_languages() -> None:
    """An author's headers are in the author's language."""
    assert [meanings(each)[0] for each in ("Created", "Erstellt am", "Data utworzenia")] == ["opened"] * 3
    assert [meanings(each)[0] for each in ("Resolved", "Gelöst am", "Rozwiązano")] == ["completed"] * 3


def test_a_day_that_could_be_a_month_is_asked_about() -> None:
    """Up to the twelfth both readings fit; from the thirteenth on one does."""
    assert guessed("Created", ["03/04/2026 08:00", "05/06/2026 09:00"]).unsure
    assert not guessed("Created", ["03/04/2026 08:00", "25/06/2026 09:00"]).unsure


def test_events_that_are_drafted_are_in_the_vocabulary() -> None:
    """No draft names an event that there is not."""
    named = {*CONTACT.values(), *TICKET.values(), *(name for each in STATES.values() for name in each)}
    assert named <= builtin_vocabulary().keys()
