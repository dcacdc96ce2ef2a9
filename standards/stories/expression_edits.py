"""Slips of the pen in an expression: the next number, the other side of a bound, `or` for `and`.

Read next: `mutation.py`, which makes changes to rules of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from standards.expressions.tokens import Token

_SWAPS: Final[Mapping[str, str]] = {
    ">": ">=", ">=": ">", "<": "<=", "<=": "<", "==": "!=", "!=": "==", "and": "or", "or": "and",
}  # fmt: skip


def edits_of(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str, str]]:
    """Give what could stand in an expression instead: from where to where, what, and the story that would notice."""
    texts = ["", *(token.text for token in tokens), ""]
    for token, before, after in zip(tokens, texts, texts[2:], strict=False):
        end = token.offset + len(token.text)
        for becomes, hint in _others(token):
            yield token.offset, end, becomes, hint
        if token.text == "in" and before != "not":
            yield token.offset, end, "not in", "play an event with one of them, and one with none of them"
        if token.kind in {"text", "number"} and before in {"[", ","} and after in {",", "]"}:
            yield from _left_out(tokens, token, f"play an event with {token.text}, and say what comes of it")


def _left_out(tokens: Sequence[Token], token: Token, hint: str) -> Iterator[tuple[int, int, str, str]]:
    """Leave one of the choices in a list out, with its comma; the only one stays."""
    at = tokens.index(token)
    if tokens[at + 1].text == ",":
        yield token.offset, tokens[at + 2].offset, "", hint
    elif tokens[at - 1].text == ",":
        yield tokens[at - 1].offset, token.offset + len(token.text), "", hint


def _others(token: Token) -> Iterator[tuple[str, str]]:
    """Give what could stand there instead, each with the story that would notice."""
    text = token.text
    if token.kind == "number":
        digits = text.rstrip("%")
        decimals = len(digits.partition(".")[2])
        whole = int(digits.replace(".", ""))
        for by in (-1, 1):
            if whole + by >= 0:
                padded = str(whole + by).rjust(decimals + 1, "0")
                number = f"{padded[:-decimals]}.{padded[-decimals:]}" if decimals else padded
                yield number + text[len(digits) :], f"play {text} exactly, and {number}{text[len(digits) :]}"
    elif text in _SWAPS:
        edge = "play an event that meets one side alone" if text in {"and", "or"} else "play the very edge"
        yield _SWAPS[text], f"{edge}, and say what comes of it"
    elif text == "not":
        yield "", "play an event that meets the rest of the condition"
