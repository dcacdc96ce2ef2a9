"""What is so between two events, by name or written on the spot, as docs/language.md tells it.

Knows: clauses, and how names are joined. Must not know: promises.
"""

import re
from typing import Any

from tests.oracle.language import is_denied
from tests.oracle.watch import Event, clauses, facts, is_so, types_of

Document = dict[str, Any]


class States:
    """What a subject's states are, from its first event on."""

    def __init__(self) -> None:
        self.so: dict[str, bool] = {}

    def see(self, name: str, between: Document, event: Event) -> bool:
        """Let an event begin or end what stands under a key, and say whether it is so then."""
        if "said" not in between:
            self.so[name] = goes_on(between, event, self.so.get(name, False))
            return self.so[name]
        for one, state in between["states"].items():
            own = f"{name} {one}"
            self.so[own] = goes_on(state, event, self.so.get(own, False))
        return any(self._all(name, part) for part in between["said"].split(" or "))

    def _all(self, name: str, said: str) -> bool:
        return all(
            self.so[f"{name} {one.removeprefix('not ')}"] is not one.startswith("not ") for one in said.split(" and ")
        )


def goes_on(state: Document, event: Event, was: bool) -> bool:
    """Tell whether a state is so after an event, which begins it where it would end it too."""
    if any(is_so(one, event) for one in clauses(state["when"])):
        return True
    if "until" in state:
        return was and not any(is_so(one, event) for one in clauses(state["until"]))
    return was and not _is_denied(state, event)


def _is_denied(state: Document, event: Event) -> bool:
    """Tell whether an event is of the clauses' types, and none of theirs can hold for it."""
    own = [one.get("where") for one in clauses(state["when"]) if event["type"] in types_of(one)]
    return bool(own) and all(where is not None and is_denied(where, facts(event)) for where in own)


def resolved(document: Document) -> Document:
    """Write the states that standards name where they are named."""
    standards = {name: _resolved(one, document.get("states", {})) for name, one in document["standards"].items()}
    return document | {"standards": standards}


def _resolved(standard: Document, states: Document) -> Document:
    said = {key: standard[key] for key in ("pause", "while") if isinstance(standard.get(key), str)}
    return standard | {key: {"said": text, "states": _named(text, states)} for key, text in said.items()}


def _named(said: str, states: Document) -> Document:
    return {one: states[one] for one in re.split(r"\s+", said) if one not in {"and", "or", "not"}}
