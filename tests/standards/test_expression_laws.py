"""Laws of the expression language, held against an interpreter written apart from it."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from standards.expressions.evaluation import truth_of
from standards.expressions.expression import (
    Condition,
    ExpressionError,
    Field,
    compile_condition,
    compile_measure,
    compile_threshold,
    could_hold,
)

FIELDS = {
    "count": Field("integer"),
    "size": Field("number", optional=True),
    "name": Field("text"),
    "alias": Field("text", optional=True),
    "flag": Field("boolean"),
    "mark": Field("boolean", optional=True),
}
NUMBERS = st.sampled_from([-2, -1, 0, 1, 2, 0.5])
TEXTS = st.sampled_from(["", "a", "b", "80%", "größe", "it's"])
DATA = st.fixed_dictionaries(
    {
        "count": st.integers(-2, 2),
        "size": st.none() | NUMBERS,
        "name": TEXTS,
        "alias": st.none() | TEXTS,
        "flag": st.booleans(),
        "mark": st.none() | st.booleans(),
    }
)


class Node(NamedTuple):
    """A generated expression: an operator, or "field" or "literal", and what it is applied to."""

    operator: str
    parts: tuple[Any, ...]


def leaf(names: list[str], literals: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    fields = st.sampled_from(names + ["opening." + name for name in names])
    return fields.map(lambda name: Node("field", (name,))) | literals.map(lambda value: Node("literal", (value,)))


def of(operators: list[str], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return st.builds(Node, st.sampled_from(operators), st.tuples(*parts))


NUMBER = st.recursive(
    leaf(["count", "size"], NUMBERS),
    lambda inner: of(["+", "-", "*", "/"], inner, inner) | of(["-"], inner),
    max_leaves=4,
)
TEXT = leaf(["name", "alias"], TEXTS)
BOOLEAN = leaf(["flag", "mark"], st.booleans())
ORDER = ["==", "!=", "<", "<=", ">", ">="]
COMPARISON = (
    of(ORDER, NUMBER, NUMBER)
    | of(ORDER, NUMBER, NUMBER, NUMBER)
    | of(ORDER, TEXT, TEXT)
    | of(["in", "not in"], TEXT, st.lists(TEXTS, min_size=1, max_size=3))
    | of(["in", "not in"], NUMBER, st.lists(NUMBERS, min_size=1, max_size=3))
    | of(["==", "!="], BOOLEAN, BOOLEAN)
)
CONDITION = st.recursive(
    COMPARISON | BOOLEAN,
    lambda inner: of(["and", "or"], inner, inner) | of(["not"], inner) | of(["==", "!="], inner, inner),
    max_leaves=5,
)


def literal(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return '"' + value + '"' if isinstance(value, str) else f"{value}"


def written(node: Node) -> str:
    operator, parts = node
    if operator == "field":
        return str(parts[0])
    if operator == "literal":
        return literal(parts[0])
    texts = [f"({written(part)})" if isinstance(part, Node) else literal(part) for part in parts]
    return f"{operator} {texts[0]}" if len(texts) == 1 else f" {operator} ".join(texts)


def naive(node: Node, data: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any field type
    """Work out a value, None where it is missing or a division by zero."""
    operator, parts = node
    if operator == "literal":
        return parts[0]
    if operator == "field":
        return data[parts[0]]
    if operator in {"and", "or", "not"}:
        truths = [naive(part, data) is True for part in parts]
        return {"and": all(truths), "or": any(truths), "not": not truths[0]}[operator]
    values = [naive(part, data) if isinstance(part, Node) else part for part in parts]
    arithmetic = operator in {"+", "-", "*", "/"}
    if None in values or (operator == "/" and values[1] == 0):
        return None if arithmetic else False
    if len(values) == 1:
        return -values[0]
    results = [simple(operator, left, right) for left, right in pairwise(values)]
    return results[0] if arithmetic else all(results)


def simple(operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - as naive
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "in" | "not in":
            return (left in right) is (operator == "in")
        case "==" | "!=":
            return (left == right) is (operator == "==")
        case "<" | ">=":
            return (left < right) is (operator == "<")
        case _:
            return (left > right) is (operator == ">")


def merged(data: Mapping[str, Any], opening: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, **{f"opening.{name}": value for name, value in opening.items()}}


def finding(source: str, compiled: Callable[[str], object]) -> ExpressionError | None:
    """Return what was wrong with the text, if anything."""
    try:
        compiled(source)
    except ExpressionError as error:
        return error
    return None


def points_into(error: ExpressionError | None, source: str) -> bool:
    return error is None or 0 <= error.offset <= error.offset + error.length <= len(source)


def compiled_unless_zero(node: Node) -> Condition:
    """Compile a generated condition; only a division by a constant zero may stop it."""
    try:
        return compile_condition(written(node), FIELDS, opening=FIELDS)
    except ExpressionError as error:
        if error.message != "this divides by zero":
            raise
        reject()


@given(CONDITION, DATA, DATA)
def test_compiled_evaluated_and_naive_agree(node: Node, data: dict[str, Any], opening: dict[str, Any]) -> None:
    """A condition means the same compiled, worked out step by step, and to an interpreter that knows neither."""
    condition = compiled_unless_zero(node)
    known = merged(data, opening)
    expected = naive(node, known) is True
    assert condition.test(SimpleNamespace(**data), SimpleNamespace(**opening)) is expected
    assert truth_of(condition.tree, known) is expected


@given(CONDITION, DATA, DATA, st.sets(st.sampled_from(sorted(FIELDS) + [f"opening.{name}" for name in FIELDS])))
def test_could_hold_is_sound(node: Node, data: dict[str, Any], opening: dict[str, Any], hidden: set[str]) -> None:
    """A condition that holds for some values of the hidden fields is never ruled out."""
    condition = compiled_unless_zero(node)
    known = merged(data, opening)
    partial = {name: value for name, value in known.items() if name not in hidden}
    held = condition.test(SimpleNamespace(**data), SimpleNamespace(**opening))
    assert could_hold(condition, partial) or not held
    assert could_hold(condition, known) is held


PIECES = st.sampled_from(
    [
        *(*FIELDS, "opening", ".", "and", "or", "not", "in", "is", "if", "lambda", "None", "True", "(", ")", "[", "]"),
        *("==", "=", "<", "*", "/", "-", "+", "%", "80%", "3", "0.5", '"a"', "'", '"', "\\", ",", ":", "#", "\n", " "),
        *(
            "__import__",
            "print",
            "f",
            "b",
            "e9",
            "0x1",
            "\0",
            "\ud800",
            "\ufb01",
            "{",
            "}",
            "@",
            ";",
            "~",
            "await",
            "\xa0",
        ),
    ]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=25).map(" ".join))
def test_any_text_is_understood_or_refused_in_place(source: str) -> None:
    """Arbitrary text raises nothing but a located error, and what is accepted runs without raising."""
    nothing = SimpleNamespace(count=0, size=None, name="", alias=None, flag=False, mark=None)
    answers: list[bool] = []
    found = finding(
        source, lambda text: answers.append(compile_condition(text, FIELDS, opening=FIELDS).test(nothing, nothing))
    )
    assert points_into(found, source)
    assert found is not None or answers in ([True], [False])


@given(st.lists(PIECES, max_size=15).map(" ".join), st.sampled_from(["mean({})", "share({})", "p9({})", "{}", ">={}"]))
def test_any_measure_is_understood_or_refused_in_place(text: str, form: str) -> None:
    """The same for measures and bounds."""
    source = form.format(text)
    assert points_into(finding(source, lambda given_text: compile_measure(given_text, FIELDS)), source)
    assert points_into(finding(source, compile_threshold), source)


@pytest.mark.parametrize(
    "source",
    [
        "trace.append(1)",
        "[trace.append(1)][0]",
        "(lambda: trace.append(1))()",
        "f'{trace.append(1)}' == 'a'",
        "trace()",
    ],
)
def test_nothing_the_author_wrote_is_run(source: str) -> None:
    """Text that would act if it were compiled is refused before anything could act."""
    assert finding(source, lambda text: compile_condition(text, {"trace": Field("boolean")})) is not None
