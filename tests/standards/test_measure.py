"""The measures of level standards, and the bounds on them."""

from types import SimpleNamespace

import pytest

from standards.expressions.expression import ExpressionError, Field, compile_measure, compile_threshold

FIELDS = {"waited": Field("number", optional=True), "answered": Field("boolean"), "channel": Field("text")}


def sample(waited: float | None = 12, answered: bool = True) -> SimpleNamespace:
    return SimpleNamespace(waited=waited, answered=answered, channel="phone")


@pytest.mark.parametrize(
    ("source", "kind", "percent", "of"),
    [
        ("mean(waited)", "mean", 0, 12),
        ("sum(waited / 60)", "sum", 0, 0.2),
        (" min ( waited ) ", "min", 0, 12),
        ("max((waited + 1) * 2)", "max", 0, 26),
        ("share(waited <= 20 and answered)", "share", 0, True),
        ("p90(waited)", "percentile", 90, 12),
        ("p1(waited)", "percentile", 1, 12),
    ],
)
def test_a_measure_says_what_it_takes_of_each_sample(source: str, kind: str, percent: int, of: float) -> None:
    """Each form names its kind, and takes its number or its truth from one event."""
    measure = compile_measure(source, FIELDS)
    assert (measure.kind, measure.percent, measure.source) == (kind, percent, source)
    assert measure.of is not None
    assert measure.of(sample()) == of
    assert "waited" in measure.fields


def test_a_count_takes_nothing() -> None:
    """Counting looks at no field, so no missing value can lower it."""
    measure = compile_measure("count()", FIELDS)
    assert (measure.kind, measure.of, measure.fields) == ("count", None, frozenset())


def test_a_missing_value_is_no_sample_but_lowers_a_share() -> None:
    """A mean leaves a missing value out; a share counts it as not holding."""
    mean, share = compile_measure("mean(waited)", FIELDS), compile_measure("share(waited <= 20)", FIELDS)
    assert mean.of is not None
    assert share.of is not None
    assert mean.of(sample(None)) is None
    assert share.of(sample(None)) is False


@pytest.mark.parametrize(
    ("marked", "message", "fix"),
    [
        ("»average«(waited)", "no measure average", "did you mean mean"),
        ("»spread«(waited)", "no measure spread", "write mean(x)"),
        ("»meen«(waited)", "no measure meen", "did you mean mean?"),
        ("»p100«(waited)", "no measure p100", "p1 to p99"),
        ("»p0«(waited)", "no measure p0", "p1 to p99"),
        ("»p99.9(waited)«", "not a measure", "p90(x)"),
        ("»waited«", "not a measure", "count()"),
        ("»mean«( )", "mean of what?", "mean(x)"),
        ("»count«(answered)", "count takes nothing", "share(condition)"),
        ("mean(»wated«)", "no field wated", "did you mean waited?"),
        ("  mean( »channel« )", "channel is text", "use a number"),
        ("share(»waited«)", "neither true nor false", "waited > 0"),
        ("mean(waited»)« + (1)", "closes nothing", "remove it"),
        ("mean(waited /»«)", "too early", "both sides"),
    ],
)
def test_a_measure_that_cannot_be_read_is_located(marked: str, message: str, fix: str) -> None:
    """What is wrong inside the brackets is pointed at in the whole text."""
    source = marked.replace("»", "").replace("«", "")
    with pytest.raises(ExpressionError) as caught:
        compile_measure(source, FIELDS)
    assert message in caught.value.message
    assert fix in caught.value.fix
    assert caught.value.offset == marked.index("»")
    assert caught.value.length == marked.index("«") - marked.index("»") - 1


@pytest.mark.parametrize(
    ("source", "within", "outside"),
    [
        (">= 80%", 0.8, 0.79),
        ("  < 4.2", 4, 4.2),
        ("measure >= 80%", 0.8, 0.79),
        ("3 <= measure < 5", 3, 5),
        ("> 3 and measure != 7", 4, 7),
        ("== 0", 0, 1),
    ],
)
def test_a_threshold_bounds_the_measure(source: str, within: float, outside: float) -> None:
    """A bound that starts with a comparison speaks of the measure."""
    threshold = compile_threshold(source)
    assert threshold.source == source
    assert threshold.test(within) is True
    assert threshold.test(outside) is False


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        (">= eighty", 3, "no field eighty"),
        ("> '3'", 2, "cannot be compared"),
        ("= 3", 0, "= has no meaning"),
        (">=", 2, "too early"),
        ("80%", 0, "a bound has a sign"),
        ("1 < 2", 0, "nothing about the measure"),
        ("", 0, "nothing here"),
    ],
)
def test_a_threshold_that_cannot_be_read_is_located(source: str, offset: int, message: str) -> None:
    """The column is that of the author's text, whether or not the measure was spelled out."""
    with pytest.raises(ExpressionError) as caught:
        compile_threshold(source)
    assert message in caught.value.message
    assert caught.value.offset == offset
    assert caught.value.offset + caught.value.length <= len(source)
