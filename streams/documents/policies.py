"""Policy files: found among the standards' files and folders, and read for the standards in force.

Read next: `alerts/policy/policy_document.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.policy.policy_document import load_policy
from standards.documents.document import Document
from standards.errors import SpecError
from streams.documents.documents import read_documents, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.policy.policy import People
    from standards.compiler.spec import Source
    from standards.judge.standard import Standard


class PolicyFiles:
    """The policy in some files and folders, for `engine.Policies`."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)

    def load(self, standards: Iterable[Standard]) -> People | None:
        """Read the policy document among them; None where there is none. Raises SpecError."""
        return read_policy(read_documents(self.paths).policies, standards)


def read_policy(sources: Sequence[Source], standards: Iterable[Standard]) -> People | None:
    """Read the one policy document; None where there is none. Raises SpecError, for a second one too."""
    if not sources:
        return None
    first, *others = sources
    if others:
        document = Document(others[0].name, others[0].text)
        place, found = document.spot(()).value, f"this is a second policy; the first is {first.name}"
        raise SpecError([document.finding("second-policy", place, found, fix="write all of it into one file")])
    return load_policy(first, standards, read=read_text)
