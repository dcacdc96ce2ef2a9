"""What authors get wrong in expressions is refused where it stands, with what would mend it."""

from collections.abc import Mapping

import pytest

from standards.expressions.expression import ExpressionError, Field, compile_condition
from tests.standards.samples import FIELDS


def refused(source: str, opening: Mapping[str, Field] | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_condition(source, FIELDS, opening=opening)
    return caught.value


# The part between » and « is what the error must point at.
@pytest.mark.parametrize(
    ("marked", "message", "fix"),
    [
        ("»waitin« > 3", "there is no field waitin", "did you mean waiting?"),
        ('"grün" == "grün" and »waitin« > 3', "no field waitin", "did you mean waiting?"),
        ("größe > 80% and größe < 9.5% and »waitin« > 3", "no field", "did you mean waiting?"),
        ("  \n größe>1 and\n »waitin« > 3", "no field", "did you mean waiting?"),
        ("channel == »telephone«", "no field telephone", 'put it in quotes: "telephone"'),
        ("waiting > »opening.servin«", "no field opening.servin", "did you mean opening.serving?"),
        ("»opening« > 3", "an event, not a field", "write opening."),
        ('waiting == »"3"«', "waiting is a whole number", "leave the quotes out: 3"),
        ("channel == »3«", "channel is text", 'put it in quotes: "3"'),
        ("»3« == channel", "channel is text", 'put it in quotes: "3"'),
        ('waiting in [1, »"2"«]', "cannot be compared", "leave the quotes out: 2"),
        ("waiting == »channel«", "channel is text", "compare with a number"),
        ('due > »"2024-05-01"«', "due is a point in time", "compare with a point in time"),
        ("briefed == »1«", "briefed is true or false", "compare with true or false"),
        ("»waiting«", "waiting is a whole number, which is neither", "compare it, for example: waiting > 0"),
        ("»channel« and briefed", "channel is text", 'channel == "..."'),
        ("not (»waiting + 1«)", "neither true nor false", "compare it"),
        ("waiting == 1 or »2«", "2 is a whole number", "compare it"),
        ("waiting > 3 and »80%«", "80% is a number", "compare it"),
        ("»briefed« < true", "no order", "use == or !="),
        ("»channel« * 3 > 1", "only numbers are calculated with", "use a number"),
        ("-»briefed« > 1", "only numbers", "use a number"),
        ("waiting »=« 3", "= has no meaning", "use == to compare"),
        ("(waiting »:=« 3)", ":= has no meaning", "use == to compare"),
        ("waiting »=>« 3", "=> has no meaning", "write >="),
        ("briefed »&&« briefed", "&& has no meaning", "write and"),
        ("»!«briefed", "! has no meaning", "write not"),
        ("briefed »AND« briefed", "AND has no meaning", "write and"),
        ("channel »is« 'a'", "is goes with missing only", "write == to compare"),
        ("score == »None«", "None has no meaning", "already false"),
        ("»lambda«: 1", "lambda has no meaning", "write comparisons"),
        ("waiting »**« 9 > 1", "** has no meaning", "multiply"),
        ("waiting »%« 2 == 1", "% has no meaning", "no remainder"),
        ("»7%« waiting == 1", "% here only means per cent", "no remainder"),
        ("»7%« (2) == 1", "% here only means per cent", "no remainder"),
        ("»80%« 3 > 1", "% here only means per cent", "no remainder"),
        ("waiting > 80 »%«", "% has no meaning", "with no space"),
        ("waiting > 1»e999«", "runs into e999", "plain number"),
        ("waiting > 0»x10«", "runs into x10", "plain number"),
        ("waiting > 60»s«", "runs into s", "write 60: it has no unit here"),
        ("waiting > 5».«", "point belongs to nothing", "0.5"),
        ("waiting > »007«", "superfluous 0", "without"),
        ("waiting > »9999999999999999«", "more than 15 digits", "round it"),
        ("waiting / »0« > 1", "divides by zero", "something else"),
        ("waiting / (»2 - 2«) > 1", "divides by zero", "something else"),
        ("waiting / »-0.0« > 1", "divides by zero", "something else"),
        ("»print(1)«", "functions cannot be called", "comparisons"),
        ("»waiting.real« > 1", "only opening has fields", "name alone"),
        ("»waiting.__class__« == 1", "only opening has fields", "name alone"),
        ("»channel[0]« == 'a'", "a field has no parts", "name alone"),
        ("»__builtins__« == 1", "no field __builtins__", "the fields are"),
        ("»[1, 2]« == waiting", "a list can only stand after in", "field in"),
        ("waiting in »3«", "in needs a list", "list it: [3]"),
        ("'a' in »channel«", "in needs a list", '["phone", "chat"]'),
        ("waiting in »[]«", "empty", "list the values"),
        ("waiting in [1, »serving«]", "only literals", "=="),
        ("waiting in [1, »[2]«]", "only literals", "=="),
        ("»+waiting« > 1", "no meaning", "comparisons"),
        ("channel == b»'a'«", "nothing joins this to b", "in between"),
        ("channel == f»'a'«", "nothing joins this to f", "in between"),
        ("channel == 'a' »'b'«", "nothing joins this", "in between"),
        ("waiting »serving« > 1", "nothing joins this to waiting", "in between"),
        ("channel == »'a«", "no end", "same quote"),
        ("channel == »“«a”", "no meaning", "straight quotes"),
        ("waiting > 3 »#« yes", "# has no meaning", "comparisons"),
        ("waiting > 3»;« 1", "; has no meaning", "comparisons"),
        ("»(«waiting > 3", "never closed", "close it"),
        ("waiting > 3»)«", "closes nothing", "remove it"),
        ("waiting in [1»)«", "closes nothing", "remove it"),
        ("a»)« or (b", "closes nothing", "remove it"),
        ("waiting >»«", "the end comes too early", "both sides"),
        ("waiting > »>« 3", "out of place", "both sides"),
        ("»«", "there is nothing here", "write a comparison"),
        ("»x²« > 3", "x² is not a valid name", "letters, digits"),
        ("waiting > 3»\0«", "no meaning", "comparisons"),
        ("channel == '»\ud800«'", "half a character", "again"),
    ],
)
def test_what_is_wrong_is_located_and_mended(marked: str, message: str, fix: str) -> None:
    """Whatever cannot be understood is pointed at in the author's own text, with what would mend it."""
    source = marked.replace("»", "").replace("«", "")
    error = refused(source, FIELDS)
    assert message in error.message
    assert fix in error.fix
    assert source[error.offset : error.offset + error.length] == marked[marked.index("»") + 1 : marked.index("«")]
    assert error.offset == marked.index("»")


def test_the_opening_event_is_refused_where_there_is_none() -> None:
    """A condition that opens a promise cannot look at the event that opened it."""
    error = refused("waiting > opening.serving")
    assert (error.offset, error.length) == (10, 15)
    assert "expect, unless and pause" in error.fix


@pytest.mark.parametrize(
    "source",
    [
        "(" * 1000,
        "(" * 60 + "briefed" + ")" * 60,
        "[" * 500 + "]" * 500,
        "not " * 200 + "briefed",
        "waiting > " + "-" * 900 + "1",
        "waiting > " + "+".join(["1"] * 400),
        "waiting > " + "*".join(["waiting"] * 20),
        "waiting > 1" + " " * 1000,
        "briefed == " * 90 + "(" * 51,
        "waiting > " + "9" * 500,
    ],
)
def test_bombs_are_refused(source: str) -> None:
    """Depth, length and size are bounded, so that no document can exhaust the stack or the memory."""
    assert refused(source).fix
