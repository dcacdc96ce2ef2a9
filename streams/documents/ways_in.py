"""Ways in for what other systems send by themselves: the mappings among the rules that have a `webhook`.

Read next: `streams/ingest/live.py`, which reads by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from standards.errors import Finding, Place, SpecError
from streams.documents.documents import read_documents
from streams.ingest.live import LiveMapping
from streams.ingest.mapping import load_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from standards.judge.rulebook import Rulebook
    from streams.ingest.webhook_model import WebhookModel


class WayIn(NamedTuple):
    """One way in: how its sender proves who it is, and what makes events of its records."""

    webhook: WebhookModel
    mapping: LiveMapping


def ways_in(paths: Sequence[str], rulebook: Rulebook) -> dict[str, WayIn]:
    """Read the ways in among files and folders, by their names. Raises SpecError, for two of one name too."""
    found: dict[str, WayIn] = {}
    for source in read_documents(paths).mappings if paths else ():
        mapping = load_mapping(source, rulebook.classes, rulebook.vocabulary)
        webhook = mapping.model.webhook
        if webhook is None:
            continue
        if webhook.name in found:
            words = f"another mapping has the name {webhook.name!r} too"
            raise SpecError([Finding("wrong-value", Place(source.name, 1, 1), words, "give each a name of its own")])
        found[webhook.name] = WayIn(webhook, LiveMapping(mapping, f"{webhook.name}.json"))
    return found
