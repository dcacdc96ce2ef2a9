"""Drafts: what an author says is what the document says, whatever the words, and nothing of the pack is lost."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from standards.compiler.spec import Source, load
from standards.documents.document import Document
from standards.stories.draft import Cut, Words, draft, stories_of

PACKS = Path(__file__).resolve().parents[2] / "standards" / "packs"


def cut(name: str) -> Cut:
    return Cut(Source(name, (PACKS / name).read_text(encoding="utf-8")))


GROCERY = cut("grocery.yaml")
STORIES = cut("stories/grocery.yaml")
CALLS = cut("call_centre.yaml")

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(how=words, why=words)
def test_whatever_an_author_says_is_what_is_read(how: str, why: str) -> None:
    """Colons, quotes, signs, line breaks, long texts: read back, the words are the same, and so is the rest."""
    made = Document("", draft(GROCERY, "no-wait", "no-wait", Words(how=how, why=why)))
    assert made.findings == []
    expected = {**GROCERY.data["standards"]["no-wait"], "how": how, "why": why}  # type: ignore[index,call-overload,dict-item]
    assert made.data == {"kept": 1, "standards": {"no-wait": expected}}


def test_the_words_of_an_author_are_not_renamed() -> None:
    """Where they name the standard of the pack, that stays; what the pack itself says goes by the new name."""
    said = Words(promise="No-wait, no-wait: we mean no-wait.", how="Look at no-wait.")
    made = Document("", draft(GROCERY, "no-wait", "quick", said))
    standard = made.data["standards"]["quick"]  # type: ignore[index,call-overload]
    assert (standard["promise"], standard["how"]) == (said.promise, said.how)  # type: ignore[index,call-overload]


def test_a_text_stays_readable() -> None:
    """Plain words stay plain, and a long text goes over several lines."""
    long = "Call the next name on the standby list, and say that somebody comes. " * 4
    made = draft(GROCERY, "no-wait", "no-wait", Words(how=long.strip(), what="Open a register."))
    assert "    what: Open a register.\n    how: Call the next name" in made
    assert all(len(line) <= 116 for line in made.splitlines())


def test_what_a_standard_needs_comes_along() -> None:
    """Its calendar with its comments, unless there is one of that name already; no other standard, no other comment."""
    made = draft(CALLS, "called-back", "rung-back", Words())
    assert "# yours" in made
    standards = load([Source("rung.yaml", made)]).standards
    assert [it.id for it in standards] == ["rung-back"]
    assert "calendars" not in draft(CALLS, "called-back", "rung-back", Words(), there={"call-centre-hours"})


def test_the_calendar_that_is_left_out_comes_along() -> None:
    """`during: not NAME` goes by a calendar as well as `during: NAME` does."""
    text = """kept: 1
calendars:
  desk: {timezone: UTC, hours: {mon-fri: "08:00-16:00"}}
standards:

  a:
    promise: A.
    what: B.
    how: C.
    why: D.
    exceptions: E.
    per: [contact]
    when: contact.waiting
    expect: contact.answered
    within: 1m
    during: not desk
"""
    made = draft(Cut(Source("shop.yaml", text)), "a", "a", Words())
    assert load([Source("mine.yaml", made)]).standards[0].during is not None


def test_stories_come_along_under_the_new_name() -> None:
    """Those about the standard alone, whether they say so or expect nothing else, each made to look at it alone."""
    found = dict(stories_of(STORIES, "put-it-right", "made-good"))
    assert len(found) >= 2
    text = "kept: 1\nstories:\n" + "".join(found.values())
    read = Document("", text)
    assert read.findings == []
    assert all("made-good" in str(story["only"]) for story in read.data["stories"].values())  # type: ignore[union-attr,index,call-overload]
    assert "put-it-right" not in text
    assert "- {at: +1d 10:00, kept: made-good c1}" in text
