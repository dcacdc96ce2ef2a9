"""The document reader: plain values, exact places, and every refusal at its place."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.documents.document import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, SHOWN, Document
from standards.documents.scalars import MOST_READ
from standards.errors import Finding, Place, SpecError


def found(text: str) -> list[tuple[str, int, int]]:
    return [(f.id, f.place.line, f.place.column) for f in Document("a.yaml", text).findings]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"), ("on", "on"), ("Yes", "Yes"), ("22:30", "22:30"), ("1e3", "1e3"), ("0x10", "0x10"),
        ("007", "007"), ("+5", "+5"), ("1_000", "1_000"), (".5", ".5"), ("2026-12-25", "2026-12-25"),
        ("True", "True"), ("=", "="),
        ("NULL", "NULL"), ("9" * 40, "9" * 40), ("'4'", "4"), ('"true"', "true"), ("<<", "<<"),
        ("0", 0), ("-12", -12), ("4.2", 4.2), ("-0.5", -0.5), ("true", True), ("false", False), ("null", None),
        ("~", None), ("", None),
    ],
)  # fmt: skip
def test_only_plain_numbers_truths_and_null_are_typed(written: str, value: object) -> None:
    """What looks like text to an author stays text."""
    read = Document("a.yaml", f"key: {written}\n").data["key"]
    assert (read, type(read)) == (value, type(value))


def test_every_key_and_value_knows_its_place() -> None:
    """Places are 1-based, in characters, and as long as what is written."""
    document = Document("a.yaml", 'žluť: {b: "x y"}\nlist:\n  - one\n  - [two]\n')
    assert document.data == {"žluť": {"b": "x y"}, "list": ["one", ["two"]]}
    assert document.spot(("žluť",)).key == Place("a.yaml", 1, 1, 4)
    assert document.spot(("žluť", "b")) == (Place("a.yaml", 1, 8, 1), Place("a.yaml", 1, 11, 5))
    assert document.spot(("list", 1, 0)).value == Place("a.yaml", 4, 6, 3)
    assert document.spot(("list", 7, "nowhere")) == document.spot(("list",))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("key: a > b", 1, 10),
        ("key: 'a > b'", 1, 11),
        ('key: "a > b"', 1, 11),
        ("key: |\n  a > b\n", 2, 7),
        ("key: >-\n     a > b\nnext: 1", 2, 10),
    ],
)
def test_a_place_inside_a_text_is_exact(text: str, line: int, column: int) -> None:
    """The caret stands under the very character, plain, quoted or in a block of one line."""
    assert Document("a.yaml", text).inside(("key",), 4, 1) == Place("a.yaml", line, column, 1)


@pytest.mark.parametrize("text", ['key: "\\x61 > b"', "key: a\n  > b", "key: |\n  a >\n  b\n"])
def test_a_place_inside_a_text_that_was_rewritten_is_the_whole_text(text: str) -> None:
    """Where escapes or line breaks make columns uncertain, the value as a whole is pointed at."""
    document = Document("a.yaml", text)
    assert document.inside(("key",), 4, 1) == document.spot(("key",)).value


def test_a_character_that_is_written_in_two_halves_is_that_character() -> None:
    """What a program writes as JSON is read as it is meant, in keys and texts, and places stay where they are."""
    document = Document("a.yaml", r'{"smile \ud83d\ude00": ["\uD83D\uDE00", 1], "b": "\\ud83d"}')
    assert document.data == {"smile \U0001f600": ["\U0001f600", 1], "b": r"\ud83d"}
    assert document.findings == []
    assert document.spot(("smile \U0001f600", 1)).value.column == 41


def test_halves_of_characters_do_not_make_a_long_document_slow() -> None:
    """They are read by a slow parser, so not in a document of any length; what to write instead is said."""
    smile = r'"\ud83d\ude00"'
    assert found(f"a: {smile} # {' ' * (MOST_READ - 40)}") == []
    document = Document("a.yaml", f"a: 1\nb: {smile} # {' ' * MOST_READ}")
    assert [(it.id, it.place.line, it.fix) for it in document.findings] == [
        ("yaml-syntax", 2, "write the character itself")
    ]


@pytest.mark.parametrize("written", [r"\ud83d", r"\ude00 x", r"x \ude00\ud83d", r"\ud83d\ud83d\ude00"])
def test_half_a_character_is_refused_where_it_stands(written: str) -> None:
    """A half without its other half is named, in a text and in a key."""
    for text in (f'a: "{written}"\n', f'"{written}": 1\n'):
        (finding,) = Document("a.yaml", text).findings
        assert (finding.id, finding.place.line) == ("yaml-syntax", 1)
        assert re.fullmatch(
            r"half a character stands here: \\ud(83d|e00) is one only with its other half", finding.found
        )
        assert finding.fix == "write the character itself, or both halves"
        assert json.dumps(Document("a.yaml", text).data, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("a: &x 1\nb: *x\n", [("yaml-anchor", 1, 4), ("yaml-alias", 2, 4)]),
        ("a: !!str 3\n", [("yaml-tag", 1, 4)]),
        ("a: !!python/object:os.system {}\n", [("yaml-tag", 1, 4)]),
        ("a: 1\nb: 2\na: {c: 1, c: 2}\n", [("duplicate-key", 3, 1), ("duplicate-key", 3, 11)]),
        ("a: 1\n---\nb: 1\n", [("several-documents", 2, 1)]),
        ("a: b: c\n", [("yaml-syntax", 1, 4)]),
        ("a:\n\t- b\n", [("yaml-syntax", 2, 1)]),
        ("a: 1\nowner:lead\nb: 2\n", [("yaml-syntax", 2, 1)]),
        ("a: 1\n- owner:lead\nb: 2\n", [("yaml-syntax", 2, 3)]),
        ("a: [1, 2\n", [("yaml-syntax", 1, 4)]),
        ("a: {b: 1,\nc: 2\nd: 3\n", [("yaml-syntax", 1, 4)]),
        ("a: {b: 1 c: 2}\n", [("yaml-syntax", 1, 10)]),
        ("a: 'it\nb: 2\n", [("yaml-syntax", 1, 4)]),
        ("a: \x00\n", [("yaml-syntax", 1, 1)]),
        ("a: 1\nb: \ud800\n", [("yaml-syntax", 2, 1)]),
        ("[a]: 1\n", [("wrong-type", 1, 1)]),
        ("- a\n", [("wrong-type", 1, 1)]),
        ("", [("wrong-type", 1, 1)]),
        ("# nothing\n", [("wrong-type", 1, 1)]),
    ],
)
def test_what_is_refused_is_refused_at_its_place(text: str, findings: list[tuple[str, int, int]]) -> None:
    """Each refusal has a stable id and the line and column of its cause; reading goes on where it can."""
    assert found(text) == findings


def test_what_is_nested_deeply_is_refused() -> None:
    """Depth is bounded, and the bound itself is allowed."""
    levels = MAX_DEPTH - 1
    assert found("a: " + "[" * levels + "]" * levels) == []
    assert found("a: " + "[" * 100_000) == [("too-deep", 1, MAX_DEPTH + 3)]


def test_a_billion_laughs_stay_one_joke() -> None:
    """Aliases are never followed: the first few are shown and the others counted, so that other slips stay visible."""
    bomb = "a: &a [x, x]\n" + "".join(f"k{n}: &k{n} [*a, *a, *a]\n" for n in range(1000)) + "a: 1\n"
    findings = Document("a.yaml", bomb).findings
    assert [f.id for f in findings[:SHOWN]] == ["yaml-anchor", "yaml-anchor", "yaml-alias", "yaml-alias", "yaml-alias"]
    assert [(f.id, f.place.line) for f in findings[SHOWN:]] == [("duplicate-key", 1002), ("yaml-anchor", 3)]
    assert findings[-1].found == "from here on there are 3,996 more anchors, aliases and tags"


def test_what_is_wrong_too_often_is_counted_even_where_reading_stops() -> None:
    """A text that breaks off still says how much else was wrong in it."""
    findings = Document("a.yaml", "".join(f"k{n}: *a\n" for n in range(9)) + "b: [").findings
    assert [f.id for f in findings] == ["yaml-alias"] * (SHOWN + 1) + ["yaml-syntax"]


def test_what_is_too_large_is_refused() -> None:
    """The number of characters and of values is bounded."""
    assert found("a: " + "x" * MAX_CHARACTERS) == [("too-large", 1, 1)]
    assert [check for check, *_ in found("a: [" + "1," * MAX_NODES + "]")] == ["too-large"]


def test_a_finding_shows_its_line_without_what_a_terminal_would_obey() -> None:
    """Messages look like a compiler's."""
    finding = Document("a.yaml", "a: *x\x9b2J\n").findings[0]
    assert "\x9b" not in finding.render()
    assert Document("b.yaml", "one: 1\none:   two\n").findings[0].render() == (
        "duplicate-key: b.yaml:2:1\n"
        "    one:   two\n"
        "    ^^^\n"
        "  error: one is given a second time; the first is in line 1\n"
        "  fix: keep one of the two"
    )


yamlish = st.text(alphabet="ab:-[]{}&*!|>'\"#,?% \n\t~0\u2028\x85\\é\ufeff", max_size=60)


@given(st.one_of(yamlish, st.text(max_size=60)))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    """Whatever is typed, there are values or findings, and each finding stands in the text."""
    document = Document("a.yaml", text)
    assert document.whole or document.findings
    assert document.data or document.findings or not text.strip("{}, \t\n\x85\u2028\u2029\ufeff")
    assert all(f.place.line >= 1 and f.place.column >= 1 and f.render() for f in document.findings)


def test_of_a_long_line_a_finding_shows_what_stands_around_its_place() -> None:
    """A line of megabytes with many faults is not printed for each: 160 characters of it are, and the caret fits."""
    text = "{kept: 1, standards: {" + ", ".join(f"standard-{n}: {{promse: x}}" for n in range(2_000)) + "}}"
    document = Document("rules.yaml", text)
    place = document.spot(("standards", "standard-1000", "promse")).key
    finding = document.finding("unknown-key", place, "'promse' is not a valid key here")
    shown, caret = finding.render().splitlines()[1:3]
    assert len(shown) < 170
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "promse"
    assert "standard-1000" in shown
    assert finding.place == place, "the place is that in the whole line"


@pytest.mark.parametrize("at", [0, 1, 79, 80, 81, 4_000, 4_919, 4_998, 4_999])
def test_wherever_it_stands_the_caret_is_under_what_was_found(at: int) -> None:
    """The part of a long line that is shown has the place in it, at its beginning and its end as well."""
    document = Document("rules.yaml", "a" * at + "!" + "b" * (4_999 - at))
    shown, caret = document.finding("x", Place("rules.yaml", 1, at + 1), "this").render().splitlines()[1:3]
    assert shown[caret.index("^")] == "!"


def test_of_very_many_findings_the_first_are_printed_and_the_others_counted() -> None:
    """Nobody reads thousands: fifty are shown, errors before warnings, and how many more there are."""
    found = [Finding("w", Place(), f"w{n}", level="warning") for n in range(60)]
    words = str(SpecError([*found, Finding("e", Place(), "the error")]))
    assert words.startswith("e: ")
    assert words.endswith("and 11 more; mend these first")
    assert words.count("warning: ") == 49
