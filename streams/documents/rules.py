"""Rules: standards, the policy that names who is told of them, and people's practice, read together.

Read next: `documents.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from alerts.policy.policy_document import load_policy
from standards.errors import SpecError, StateError, rendered
from standards.practice.practice_document import load_practice
from streams.documents.documents import no_standards, only_one, read_documents, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded, Source
    from standards.judge.standard import Standard
    from standards.practice.practice import Practice

    Policies = Callable[[Iterable[Standard]], People | None]
    """Reads the policy for some standards, anew whenever they are; None where there is none. Raises SpecError."""
    Practices = Callable[[Sequence[Standard]], Practice | None]
    """Does the same for the practice document."""


class Standards(Protocol):
    """Where the standards come from."""

    def fingerprint(self) -> object:
        """Give a value that differs when what `load` reads has changed; None if it never does."""

    def load(self, retired: Sequence[str]) -> Loaded:
        """Load them together with excerpts of older revisions. Raises SpecError."""


class Rules(NamedTuple):
    """What was read together: the standards, the people that a policy names, and people's practice."""

    loaded: Loaded
    people: People | None = None
    practice: Practice | None = None


def policy_in(paths: Sequence[str], standards: Iterable[Standard]) -> People | None:
    """Read the policy document among files and folders; None where there is none. Raises SpecError."""
    return read_policy(read_documents(paths).policies, standards)


def practice_in(paths: Sequence[str], standards: Sequence[Standard]) -> Practice | None:
    """Read the practice document among files and folders; None where there is none. Raises SpecError."""
    return read_practice(read_documents(paths).practices, standards)


def read_policy(sources: Sequence[Source], standards: Iterable[Standard]) -> People | None:
    """Read the one policy document; None where there is none. Raises SpecError, for a second one too."""
    only = only_one(sources, "policy")
    return None if only is None else load_policy(only, standards, read=read_text)


def read_practice(sources: Sequence[Source], standards: Sequence[Standard]) -> Practice | None:
    """Do the same for the one practice document. Raises SpecError, for one without any standards too."""
    only = only_one(sources, "practice")
    if only is not None and not standards:
        raise no_standards("practice file", only, "name the standards that it speaks of, too")
    return None if only is None else load_practice(only, standards)


def problems_of(error: SpecError | StateError) -> list[str]:
    """Put what stopped a reload into sentences for people, one for each finding; of many, the first."""
    return rendered(error.findings) if isinstance(error, SpecError) else [str(error)]
