"""What is looked for, held for who looks for it: for a while, of so many, and for nobody else."""

from __future__ import annotations

from streams.web.board.looked_for import LASTS, MOST, LookedFor


def test_words_are_kept_for_the_session_that_sent_them() -> None:
    """Another session has nothing of a token, and a token says nothing of its words."""
    kept = LookedFor()
    token = kept.keep("mine", "Leokadja", 0.0)
    assert "leokadja" not in token.casefold()
    assert [kept.words(each, token, 1.0) for each in ("mine", "another", "")] == ["Leokadja", None, None]
    assert kept.words("mine", "made-up", 1.0) is None


def test_each_look_begins_the_time_anew() -> None:
    """Whoever goes on looking is not cut off; half an hour after the last look the words are gone."""
    kept = LookedFor()
    token = kept.keep("mine", "Leokadja", 0.0)
    assert kept.words("mine", token, LASTS - 1) == "Leokadja"
    assert kept.words("mine", token, 2 * LASTS - 2) == "Leokadja"
    assert kept.words("mine", token, 3 * LASTS - 2) is None


def test_so_many_are_kept() -> None:
    """Who searches without end pushes out what nobody has looked at for longest; what is over goes by itself."""
    kept = LookedFor()
    first, second = kept.keep("mine", "first", 0.0), kept.keep("mine", "second", 0.0)
    assert kept.words("mine", first, 1.0) == "first"
    for number in range(MOST - 1):
        kept.keep("another", str(number), 2.0)
    assert [kept.words("mine", token, 3.0) for token in (first, second)] == ["first", None]
    kept.keep("mine", "later", 4 * LASTS)
    assert len(kept) == 1
