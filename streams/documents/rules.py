"""Rules: standards and the policy that names who is told of them, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from standards.errors import SpecError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from alerts.policy.policy import People
    from standards.compiler.spec import Loaded
    from standards.judge.standard import Standard


class Standards(Protocol):
    """Where the standards come from."""

    def fingerprint(self) -> object:
        """Give a value that differs when what `load` reads has changed; None if it never does."""

    def load(self, retired: Sequence[str]) -> Loaded:
        """Load them together with excerpts of older revisions. Raises SpecError."""


class Policies(Protocol):
    """Where the policy comes from: read anew whenever the standards are."""

    def load(self, standards: Iterable[Standard]) -> People | None:
        """Load it for these standards; None where there is none. Raises SpecError."""


class Rules(NamedTuple):
    """What was read together: the standards, and the people that a policy names."""

    loaded: Loaded
    people: People | None = None


def problems_of(error: SpecError | StateError) -> list[str]:
    """Put what stopped a reload into sentences for people, one for each finding."""
    if isinstance(error, SpecError):
        return [finding.render() for finding in error.findings]
    return [str(error)]
