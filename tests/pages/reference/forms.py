"""The pages of documents: each key with its type, its default, what it means and an example, from the models.

The models make the JSON Schemas that editors read; these pages are printed from the same. Examples are cut from
documents that are shipped, which tests load.
Knows: JSON Schemas as pydantic makes them. Must not know: what a key does.
Next: `examples.py`, `streams/documents/forms.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from standards.compiler.shape_keys import SHAPES
from streams.documents.forms import Form, form_of
from tests.pages.reference.examples import ANY, EACH, Path, example
from tests.pages.reference.table import PRINTED, code, table

Node = Mapping[str, Any]
HEADINGS = ("key", "type", "default", "meaning", "example")
OPENINGS: Final[Mapping[Form, str]] = {
    "standards": "How such a document is written: [the tutorial](../tutorial.md), [the cookbook](../cookbook.md).\n"
    "How its values are written: [values](README.md#how-values-are-written). What is judged when:\n"
    "[what a verdict means](../semantics.md).",
    "policy": "What it is for and how it works: [who is told](../policy.md).",
    "practice": "What it is for and how it works: [people's practice](../practice.md).",
    "mapping": "What it is for and how it works: [tables as events](../mapping.md).",
    "stories": "What they are for and how they work: [stories](../stories.md).",
}
TITLES: Final[Mapping[Form, str]] = {
    "policy": "a policy", "practice": "a practice document", "mapping": "a mapping",
}  # fmt: skip
PART: Final = re.compile(r"^(?:Told)?(.+)Model$")


@dataclass(slots=True)
class Part:
    """A part of a document: what it is called, what its schema says, and where it stands."""

    name: str
    node: Node
    places: list[Path] = field(default_factory=list)

    @property
    def short(self) -> str:
        """The short form in which it can be written as well; empty where there is none."""
        first, *others = self.node.get("anyOf", [{}])
        return (
            ""
            if not others
            else first.get("description", "`text?`, the type alone")
            if first["type"] == "string"
            else ""
        )

    @property
    def whole(self) -> Node:
        """The schema of its full form."""
        return next(each for each in self.node.get("anyOf", [self.node]) if "properties" in each)


def form_page(form: Form) -> str:
    """Give the page of a kind of document."""
    printed = [f"# Keys of {TITLES.get(form, form)}\n\n{PRINTED}\n\n{OPENINGS[form]}\n"]
    if form == "standards":
        printed.append(_shapes())
    printed += (_section(form, part) for part in parts(form_of(form)))
    return "\n".join(printed)


def parts(schema: Node) -> list[Part]:
    """Give the parts of a document, each once, in the order in which one comes to them from the top."""
    found = {"": Part("The document", schema, [()])}
    waiting = [""]
    while waiting:
        part = found[waiting.pop(0)]
        for key, node in part.whole["properties"].items():
            for name, tail in _refers(node):
                if name not in found:
                    found[name] = Part(_title(name), schema["definitions"][name])
                    waiting.append(name)
                found[name].places += [(*place, key, *tail) for place in part.places]
    return list(found.values())


def _title(name: str) -> str:
    """Give what a model is called on a page: `Told story` of `ToldStoryModel` is a story."""
    told = PART.match(name)
    assert told is not None, name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", told[1]).capitalize()


def _refers(node: Node) -> Iterator[tuple[str, Path]]:
    """Yield the parts that a value is made of, each with the way to it."""
    if "$ref" in node:
        yield node["$ref"].rpartition("/")[2], ()
    for each in (*node.get("anyOf", ()), *node.get("allOf", ())):
        yield from _refers(each)
    for inner, step in (("additionalProperties", ANY), ("items", EACH)):
        if isinstance(node.get(inner), Mapping):
            yield from ((name, (step, *tail)) for name, tail in _refers(node[inner]))


def _section(form: Form, part: Part) -> str:
    whole = part.whole
    said = whole.get("description", part.node.get("description", "")).partition("\n\n")[0]
    where = ", ".join(code(".".join(place)) for place in part.places if place)
    lines = [f"## {part.name}\n", " ".join(said.split()) + (f" Under {where}." if where else "")]
    if part.short:
        lines.append(f"Its short form: {part.short[:1].lower()}{part.short[1:]}")
    rows = (
        [code(key), kind(node), _default(key, node, whole), _meaning(form, node), code(_cut(form, part, key))]
        for key, node in whole["properties"].items()
    )
    return "\n\n".join(("\n".join(lines[:2]), *lines[2:], table(HEADINGS, rows)))


def _meaning(form: Form, node: Node) -> str:
    """Say what a key means: in its own words or, where the part that stands there has the same, in those."""
    of_part = (form_of(form)["definitions"][name]["description"] for name, _ in _refers(node))
    return str(node.get("description") or next(of_part))


def _cut(form: Form, part: Part, key: str) -> str:
    return example(form, [(*place, key) for place in part.places])


def _default(key: str, node: Node, whole: Node) -> str:
    if key in whole.get("required", ()):
        return "required"
    given = node.get("default")
    return "" if given in (None, {}, []) else code(_plain(given))


def _plain(given: object) -> str:
    match given:
        case bool():
            return str(given).lower()
        case list():
            return f"[{', '.join(map(_plain, given))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {_plain(value)}' for key, value in given.items())}}}"
        case _:
            return str(given)


def kind(node: Node) -> str:
    """Say what a value is."""
    options = [each for each in (*node.get("anyOf", ()), *node.get("allOf", ())) if each.get("type") != "null"]
    if options:
        return _either(list(dict.fromkeys(kind(each) for each in options)))
    match node:
        case {"$ref": ref}:
            title = _title(ref.rpartition("/")[2])
            return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"
        case {"const": value}:
            return code(_plain(value))
        case {"enum": values}:
            return ", ".join(map(code, map(_plain, values)))
        case {"type": "string", "examples": ["60s", *_]}:
            return "[duration](README.md#durations)"
        case {"type": list() as kinds}:
            return " or ".join(KINDS[each] for each in kinds)
        case _:
            return _many(node) or KINDS[node["type"]] + _limits(node)


def _either(said: list[str]) -> str:
    if said[: len(PLAIN)] == PLAIN:
        return "a value, or a list of values" if len(said) > len(PLAIN) else "value"
    return "text, or a list of texts" if said == ["text", "list of texts"] else ", or ".join(said)


def _many(node: Node) -> str:
    """Say what stands in a list or under names; nothing for one value."""
    match node:
        case {"type": "array", "items": items} if items:
            return f"list of {'texts' if kind(items) == 'text' else kind(items)}"
        case {"type": "object", "additionalProperties": Mapping() as each} if each:
            said = kind(each)
            one = said.startswith(("names", "list", "text, or", "a "))
            return f"names, each with {said if one else f'a {said}'}"
        case {"type": "object"}:
            return "names and values"
        case _:
            return ""


KINDS: Final = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list",
}  # fmt: skip


PLAIN: Final = ["text", "whole number", "number", "true or false"]
"""All that a plain value can be."""


def _limits(node: Node) -> str:
    least, most = node.get("minimum"), node.get("maximum")
    return (f", at least {least}" if least is not None else "") + (f", at most {most:,}" if most is not None else "")


def _shapes() -> str:
    """Give the shapes of a standard, with the keys of each."""
    rows = (
        [name, ", ".join(map(code, required)), ", ".join(map(code, optional))]
        for name, (required, optional) in SHAPES.items()
    )
    return (
        "## The six shapes\n\nThe keys of a standard tell which of these shapes it has; its other keys, such as "
        "`while`, `during`, `carry` and `forget_after`, go with all.\n"
        "What each promises: [what a verdict means](../semantics.md#the-six-shapes).\n\n"
        f"{table(('shape', 'has', 'may have'), rows)}"
    )
