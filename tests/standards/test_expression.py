"""What conditions and numbers mean, and what they cost."""

import dis
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from standards.expressions.expression import Condition, ExpressionError, compile_condition, compile_value, could_hold
from tests.standards.samples import FIELDS

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
DATA: Mapping[str, Any] = {
    "waiting": 4, "serving": 2, "score": None, "channel": "phone", "agent": None,
    "briefed": True, "upset": None, "due": NOON, "done": None, "größe": 0.5,
}  # fmt: skip


def holds(source: str, **changed: object) -> bool:
    data = SimpleNamespace(**{**DATA, **changed})
    return compile_condition(source, FIELDS, opening=FIELDS).test(data, SimpleNamespace(**DATA))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("waiting > 3", True),
        ("waiting<=3", False),
        ('waiting > 3 and channel == "phone"', True),
        ("waiting > 9 or not channel == 'mail'", True),
        ("not waiting > 3", False),
        ("1 < serving < waiting < 5", True),
        ('channel in ["phone", "chat"]', True),
        ('channel not in ("phone", "chat")', False),
        ("waiting in [-4, 4.0]", True),
        ("waiting in (4,)", True),
        ("waiting + serving * 2 - 1 == 7", True),
        ("(waiting + serving) * 2 == 12", True),
        ("-waiting < -3.5", True),
        ("waiting / serving == 2", True),
        ("briefed", True),
        ("briefed == true and briefed != False", True),
        ("(waiting > 3) == briefed", True),
        ("due >= opening.due", True),
        ("serving > opening.serving", False),
        ("größe == 50%", True),
        ("größe > 7.1% and größe<80%-20%", True),
        ("  waiting\n  > 3\n\tand briefed\n", True),
        ('channel != "80%"', True),
        ('channel != "it\'s \\"so\\" \\\\"', True),
        ("channel < 'q'", True),
    ],
)
def test_expressions_mean_what_they_say(source: str, expected: bool) -> None:
    """Every operator of the language does what its sign says."""
    assert holds(source) is expected


@pytest.mark.parametrize(("written", "value"), [("80%", 0.8), ("7.1%", 0.071), ("100%", 1.0), ("0%", 0.0)])
def test_percent_is_a_hundredth(written: str, value: float) -> None:
    """A percentage is the number nearest to what is written, without the error of a binary division."""
    assert compile_value(written, FIELDS).test(None) == value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("score > 3", False),
        ("score <= 3", False),
        ("not (score > 3)", True),
        ("score != 3", False),
        ('agent not in ["ada"]', False),
        ('agent in ["ada"]', False),
        ("upset", False),
        ("not upset", True),
        ("upset == false", False),
        ("upset != true", False),
        ("(upset and briefed) == false", True),
        ("waiting + score * 2 > 0", False),
        ("0 < waiting < score", False),
        ("-score < 1", False),
        ("due != done", False),
        ("score > 3 or waiting > 3", True),
        ("opening.score == 1", False),
        ("score == opening.score", False),
    ],
)
def test_a_comparison_with_a_missing_value_is_false(source: str, expected: bool) -> None:
    """Whatever the operator, a comparison that touches a missing value is false, and the answer is a real bool."""
    assert holds(source) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("waiting / serving > 1", False),
        ("waiting / serving != 1", False),
        ("not (waiting / serving > 1)", True),
        ("waiting / (waiting / serving) < 9", False),
        ("waiting / (1 / (serving + 1)) == 4", True),
        ("waiting / score > 1", False),
        ("waiting / -serving < 9 or briefed", True),
    ],
)
def test_dividing_by_zero_never_raises(source: str, expected: bool) -> None:
    """A comparison that would divide by zero is false, and stops nothing."""
    assert holds(source, serving=0) is expected


def test_a_simple_condition_costs_what_a_handwritten_lambda_costs() -> None:
    """No wrapper and no guard that is not needed: the byte code is that of the lambda one would write."""

    def steps(test: Callable[[Any, Any], bool]) -> list[tuple[str, Any]]:
        return [(step.opname, step.argval) for step in dis.get_instructions(test)]

    assert steps(compile_condition("waiting > 3", FIELDS).test) == steps(lambda d, _: d.waiting > 3)
    both = 'waiting > 3 and channel in ["a", "b"]'
    assert steps(compile_condition(both, FIELDS).test) == steps(lambda d, _: d.waiting > 3 and d.channel in ("a", "b"))
    optional = compile_condition("score + score > 3", FIELDS).test
    assert steps(optional) == steps(lambda d, _: d.score is not None and d.score + d.score > 3)


def test_a_condition_names_the_fields_it_reads() -> None:
    """The loader learns which fields of which event a condition needs."""
    condition = compile_condition("waiting > opening.serving and briefed", FIELDS, opening=FIELDS)
    assert condition.fields == {"waiting", "briefed"}
    assert condition.opening_fields == {"serving"}
    assert condition.source == "waiting > opening.serving and briefed"


def test_it_reads_structs_with_slots() -> None:
    """Events are msgspec structs; a condition needs nothing of them but their fields."""
    data = msgspec.defstruct("Data", [("waiting", int)], frozen=True)(waiting=4)
    assert compile_condition("waiting > 3", FIELDS).test(data, None) is True


def test_the_longest_products_stay_in_range() -> None:
    """As many multiplications as are allowed, of the largest whole numbers, mix with fractions without raising."""
    product = "*".join(["waiting"] * 13)
    assert holds(f"{product} > 0.5", waiting=-(2**63)) is False
    assert holds(f"{product} / serving > 0.5", waiting=2**63) is True


@pytest.mark.parametrize("depth", [40, 50])
def test_reasonable_depth_is_allowed(depth: int) -> None:
    """The limit leaves room for anything that a person would write."""
    assert holds("(" * depth + "waiting > 3" + ")" * depth)


@pytest.mark.parametrize(
    ("source", "known", "expected"),
    [
        ('channel == "phone"', {"channel": "mail"}, False),
        ('channel == "phone"', {}, True),
        ('channel != "phone" and waiting > 3', {"channel": "phone"}, False),
        ('channel != "phone" or waiting > 3', {"channel": "phone"}, True),
        ('channel in ["a", "b"]', {"channel": "c"}, False),
        ('not channel in ["a", "b"]', {"channel": "a"}, False),
        ("1 > 2", {}, False),
        ("waiting > 3 and 1 / 2 > 0.6", {}, False),
        ("0 < waiting < serving", {"waiting": 0}, False),
        ("waiting + serving > 3", {"waiting": 1}, True),
        ("waiting / serving > 3", {"waiting": 1, "serving": 0}, False),
        ("score + waiting > 3", {"score": None}, False),
        ("upset", {"upset": None}, False),
        ("not upset", {"upset": None}, True),
        ("briefed", {"briefed": False}, False),
        ("waiting > opening.serving", {"waiting": 1, "opening.serving": 2}, False),
        ("waiting > 3", {"waiting": "not a number"}, True),
    ],
)
def test_could_hold_rules_out_only_what_is_certain(source: str, known: dict[str, object], expected: bool) -> None:
    """False is the answer only where the known fields settle it."""
    assert could_hold(compile_condition(source, FIELDS, opening=FIELDS), known) is expected


def test_conditions_are_values() -> None:
    """A condition cannot be changed after it was compiled."""
    condition: Condition = compile_condition("briefed", FIELDS)
    with pytest.raises(AttributeError):
        condition.source = "not briefed"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("source", "value"),
    [("waiting", 4), ("waiting / 8", 0.5), ("score * 2", None), ("waiting / (serving - 2)", None), ("-größe", -0.5)],
)
def test_a_value_is_a_number_or_missing(source: str, value: float | None) -> None:
    """A number that cannot be worked out is missing, rather than an error or a zero."""
    assert compile_value(source, FIELDS).test(SimpleNamespace(**DATA)) == value


def test_a_value_must_be_a_number() -> None:
    """Only numbers can be measured."""
    with pytest.raises(ExpressionError, match="channel is text"):
        compile_value("channel", FIELDS)
    with pytest.raises(ExpressionError, match="no opening event"):
        compile_value("opening.waiting", FIELDS)
