"""A host with a policy and a token for every role, and whoever signs in there.

Knows: roles and tokens. Must not know: what any test expects. Read next: `serving.py`, `visiting.py`.
"""

from __future__ import annotations

from pathlib import Path

from streams.web import Access
from streams.web.session import ROLES
from tests.board.serving import SECRET, Served, proof_in
from tests.board.visiting import Visitor
from tests.streams.asking import Peopled

POLICY = """
kept: 1
people:
  ann: {addresses: {mail: ann@shop.example}}
  bob: {addresses: {mail: bob@shop.example}}
routes:
  - {match: no-wait, tell: ann, well_for: 0s, escalate: [{after: 30s, tell: bob}]}
"""
BASE = "https://kept.shop.example"
TOKENS: dict[str, str] = dict(zip(ROLES, ("look", "on the floor", "supervise", "author", SECRET), strict=True))
ALL = Access(SECRET, (), TOKENS["viewer"], TOKENS["supervisor"], TOKENS["author"], BASE,
             frontliner_token=TOKENS["frontliner"])  # fmt: skip


def of_a_team(folder: Path, standards: str, peopled: Peopled) -> Served:
    """Give a house with some standards beside its own, to be served with a token for each role."""
    (folder / "rules").mkdir()
    (folder / "rules" / "team.yaml").write_text(standards, encoding="utf-8")
    return Served(folder, ALL, peopled)


def entered(served: Served, role: str = "admin") -> tuple[Visitor, str]:
    """Give somebody who has signed in, and the proof for their forms."""
    visitor = Visitor(served)
    assert visitor.enter(TOKENS[role]) == 303
    return visitor, proof_in(visitor.ask("/notices")[2])


def acts(served: Served) -> list[tuple[str, str, str]]:
    return [(act.type, act.by, act.source) for _, act in served.caller.host.read_model.board.actions()]
