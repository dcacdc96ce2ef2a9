"""Sessions that were ended: over for whoever has the cookie, and for good."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.board.serving import GUARDED, SECRET, Served, proof_in
from tests.board.visiting import Visitor


def test_a_session_that_was_ended_is_over_for_everybody(tmp_path: Path) -> None:
    """Who copied a cookie cannot go on with it after its owner signed out, nor after a restart."""
    with Served(tmp_path, access=GUARDED) as served:
        owner, thief, other = Visitor(served), Visitor(served), Visitor(served)
        assert owner.enter(SECRET) == other.enter(SECRET) == 303
        copied = thief.cookie = owner.cookie
        assert thief.ask("/")[0] == 200
        owner.ask("/sign-out", {"proof": proof_in(owner.ask("/")[2])})
        assert (thief.ask("/")[0], other.ask("/")[0]) == (303, 200)
        kept = (tmp_path / "ended-sessions").read_text(encoding="ascii")
    with Served(tmp_path, access=GUARDED) as again:
        thief = Visitor(again)
        before, now = (each.url.rpartition(":")[2] for each in (served, again))
        thief.cookie = copied.replace(before, now)
        assert thief.ask("/")[0] == 303
    assert stat.S_IMODE((tmp_path / "ended-sessions").stat().st_mode) == 0o600
    assert len(kept.splitlines()) == 1
