"""Which of the six shapes a standard has: its keys say.

Read next: `shaping.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from standards.documents.entries import Entry

ShapeName = Literal["response", "precedence", "universality", "bounded", "recurrence", "level"]

SHAPES: dict[ShapeName, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "response": (
        ("when", "expect", "within"),
        ("due", "unless", "pause", "calendar", "follow", "warn", "again", "rest", "owed_for", "undo"),
    ),
    "precedence": (("when", "expect", "within_last"), ()),
    "universality": (("when", "must"), ()),
    "bounded": (("when", "at_most"), ("within", "until")),
    "recurrence": (("expect", "every"), ("subjects", "calendar", "warn")),
    "level": (("when", "measure", "over", "must"), ("at_least", "calendar", "step")),
}
"""The keys that a shape must have, and those that it may have."""
_INSTEAD: dict[tuple[ShapeName, str], str] = {
    ("level", "subjects"): "a window opens with its first event; to be owed in each, for those whom you list, write a "
    "standard of its own: expect, every, subjects",
    ("level", "warn"): "leave it out: a level warns by itself, once a window, at the first sample by which it is not "
    "where it must be",
}
"""What to do instead of a key that is looked for in a shape."""
FORMER: dict[str, ShapeName] = {"reopen": "response"}
"""Keys that a shape had once, and that are still understood in it."""
_ALL_KEYS = {key for required, optional in SHAPES.values() for key in (*required, *optional)} | FORMER.keys()
_IMPLIES: dict[str, ShapeName] = {
    "within_last": "precedence", "at_most": "bounded", "every": "recurrence", "measure": "level", "over": "level",
    "step": "level",
}  # fmt: skip


def shape_name(entry: Entry, given: list[str]) -> ShapeName | None:
    """Find the shape by the keys, in the order given, and report keys that are missing or have no place in it."""
    implied = {key: name for key in given if (name := _implied(key, given)) is not None}
    names = list(dict.fromkeys(implied.values()))
    if len(names) > 1:
        second = next(key for key, name in implied.items() if name == names[1])
        first = next(iter(implied))
        found = f"{first} makes this a {names[0]}, and {second} a {names[1]}"
        entry.at(second).error("two-shapes", found, "keep one of the two, or write two standards", key=True)
        return None
    if not names:
        fix = "add within, due, within_last, must, at_most, every, or measure with over and must"
        if {"when", "expect"} <= set(given):
            fix = "add within: and how long there is, such as within: 1h"
        here = ", ".join(key for key in given if key in _ALL_KEYS) or "no clause"
        entry.error("no-shape", f"{here}: that does not say how {entry.name!r} is judged", fix, key=True)
        return None
    required, optional = SHAPES[names[0]]
    for key in given:
        if key in _ALL_KEYS and key not in (*required, *optional) and FORMER.get(key) != names[0]:
            fix = _INSTEAD.get((names[0], key)) or f"its keys are: {', '.join((*required, *optional))}"
            if key in {"pause", "unless"} and names[0] != "response":
                fix += "; while and during say when anything is owed or judged at all, in every shape"
            entry.at(key).error("misplaced-key", f"{key} has no place in a {names[0]}", fix, key=True)
    for key in required:
        if key not in given and not (key == "within" and "due" in given):
            entry.error("missing-key", f"{entry.name}, a {names[0]}, has no {key!r}", f"add {key}:", key=True)
    return names[0]


def _implied(key: str, given: list[str]) -> ShapeName | None:
    if key == "must":
        return None if "measure" in given or "over" in given else "universality"
    if key in ("within", "due"):
        return None if "at_most" in given else "response"
    return _IMPLIES.get(key)
