"""Names and what stands in their place: one reference for one person, told by nothing but its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy.policy import People, Person
from alerts.routing.holder import LONGEST_NOTE
from alerts.routing.notice import Notice
from alerts.words.words import Words
from standards.errors import StateError
from streams.names.names import Names
from streams.names.policy import people_of
from streams.names.references import canonical, is_reference, new, put_back, references_in
from streams.names.secret import FILE, KEY_FILE, read_secret
from streams.names.showing import Showing

SECRET = b"a secret of the house"


@given(st.text())
def test_a_reference_is_found_wherever_it_stands(around: str) -> None:
    """Whatever stands around a reference, it is put back once, and nothing else is touched."""
    person, text = new("p"), new("t")
    said = f"{around} {person}, {text}. {around}"
    assert references_in(said) == {person, text}
    assert put_back(said, {person: "Ann", text: "a note"}.__getitem__) == f"{around} Ann, a note. {around}"


@given(st.text(min_size=1))
def test_a_name_is_the_same_however_it_is_written(name: str) -> None:
    """Capitals, blanks and how letters are composed make nobody another person; nor does doing it twice."""
    assert canonical(f"  {name}\t") == canonical(name)
    assert canonical(canonical(name)) == canonical(name)


def test_composed_letters_are_one_name() -> None:
    """É as one character, or as E and its accent, in capitals or not."""
    assert canonical("ZOÉ  Nowak") == canonical("zoe\u0301 nowak")


def test_one_person_has_one_reference(tmp_path: Path) -> None:
    """It stays after a restart, is the same for all spellings, and another person's is another one."""
    names = Names(tmp_path, SECRET)
    ann = names.persons(["Ann Nowak"])["Ann Nowak"]
    assert is_reference(ann, "p")
    assert not is_reference(ann, "t")
    names.close()
    names = Names(tmp_path, SECRET)
    found = names.persons(["ANN  nowak", "Ben"])
    assert found["ANN  nowak"] == ann
    assert found["Ben"] != ann
    assert names.shown([ann, new("p")]) == {ann: "Ann Nowak"}
    assert names.persons([ann]) == {ann: ann}
    assert (names.find("ann nowak"), names.find("clara")) == (ann, "")
    names.close()


def test_what_was_written_keeps_its_reference(tmp_path: Path) -> None:
    """An event that is sent again is the same event: its note has the reference that it had."""
    names, place = Names(tmp_path, SECRET), ("till", "7", "note")
    first = names.texts({place: "Kim was ill"})[place]
    assert is_reference(first, "t")
    assert names.texts({place: "Kim was ill"})[place] == first
    assert names.texts({("till", "8", "note"): "Kim was ill"}) != {("till", "8", "note"): first}
    assert names.shown([first]) == {first: "Kim was ill"}
    names.close()


def test_the_policy_says_what_people_are_called(tmp_path: Path) -> None:
    """By its names they are shown; a team's room is nobody, and keeps its own."""
    names = Names(tmp_path, SECRET)
    ann = names.persons(["ann-nowak"])["ann-nowak"]
    names.call({"ann-nowak": "Ann Nowak"}, ["north"])
    assert names.shown([ann]) == {ann: "Ann Nowak"}
    assert names.persons(["north"]) == {"north": "north"}
    names.join({"ann-nowak": ["A-117"]})
    assert names.find("a-117") == ann
    names.close()


def test_names_are_joined_from_then_on(tmp_path: Path) -> None:
    """A name that had a reference of its own leads to the one person now; erasing them forgets both."""
    names = Names(tmp_path, SECRET)
    before = names.persons(["A-117"])["A-117"]
    policy = People({"ann": Person("ann", also=("A-117", "Ann Nowak"))}, {}, ())
    (ann,) = people_of(policy, names).people
    assert [names.find(name) for name in ("ann", "a-117", "Ann  nowak")] == [ann] * 3
    assert names.persons(["A-117"]) == {"A-117": ann}
    assert names.shown([before, ann]) == {before: "A-117", ann: "ann"}
    assert names.erase(ann, 0).rows == 3
    assert names.shown([before, ann]) == {}
    names.close()


def test_the_file_without_its_secret_is_not_opened(tmp_path: Path) -> None:
    """Under another secret everybody would be somebody new: that is refused, and said."""
    Names(tmp_path, SECRET).close()
    with pytest.raises(StateError, match="kept under another secret; set KEPT_PERSON_SECRET"):
        Names(tmp_path, b"another secret")


def test_a_folder_makes_a_secret_of_its_own(tmp_path: Path) -> None:
    """It is made once, its owner alone can read it, and an empty one is refused."""
    (tmp_path / f"{KEY_FILE}.0123456789abcdef").touch()  # a start that a power cut ended half way
    made = read_secret(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    assert read_secret(tmp_path) == made
    assert len(made) == 64
    assert {(tmp_path / KEY_FILE).stat().st_mode & 0o777} == {0o600}
    assert read_secret(tmp_path, "given") == b"given"
    Names(tmp_path, made).close()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / KEY_FILE).write_bytes(b"")
    with pytest.raises(StateError, match=r"names\.key is empty"):
        read_secret(tmp_path)


def test_references_are_drawn_by_chance(tmp_path: Path) -> None:
    """Who has the secret and a list of the staff cannot work a reference out: another house's is another one."""
    found = set()
    for house in ("one", "other"):
        (tmp_path / house).mkdir()
        names = Names(tmp_path / house, SECRET)
        found.add(names.persons(["Ann Nowak"])["Ann Nowak"])
        names.close()
    assert len(found) == 2


HOSTILE = '<b>O\'Neil & "Co"</b>'


@pytest.fixture
def known(tmp_path: Path) -> tuple[Names, str]:
    names = Names(tmp_path, SECRET)
    return names, names.persons([HOSTILE])[HOSTILE]


def test_a_page_shows_names_as_text(known: tuple[Names, str]) -> None:
    """A name is escaped where people read it; an address keeps the reference, and so does what scripts read."""
    names, one = known
    page = f'<a href="/people?of={one}" data-who="{one}" title="to {one}">{one}</a>'
    shown = "&lt;b&gt;O&#x27;Neil &amp; &quot;Co&quot;&lt;/b&gt;"
    expected = f'<a href="/people?of={one}" data-who="{one}" title="to {shown}">{shown}</a>'
    assert Showing(names).html(page) == expected


def test_a_form_sends_back_whom_it_is_about(known: tuple[Names, str]) -> None:
    """What a form sends by itself stays a reference; where people write stands a name that leads back to its person."""
    names, one = known
    two = names.persons(["ola"])["ola"]
    names.call({"ola": "Ola Kowal"})
    gone = "p~" + "b" * 20
    by_itself = (
        f'<input type="hidden" name="agent" value="{two}"/>'
        f'<select name="agent"><option value="{two}"></option></select><button value="{two}"></button>'
    )
    assert Showing(names).html(by_itself) == by_itself
    written = '<input name="agent" value="{}"/><datalist id="people"><option value="{}"></option></datalist>'
    assert Showing(names).html(written.format(two, gone)) == written.format("ola", "")
    names.join({"ola": ["Ola Kowal"]})
    assert Showing(names).html(written.format(two, two)) == written.format("Ola Kowal", "Ola Kowal")
    assert Showing(names).html(f'<textarea name="raw">{gone} {two} {one}</textarea>').count(gone) == 1


def test_an_answer_shows_names_and_keeps_ids(known: tuple[Names, str]) -> None:
    """What programs send back as an id stays; all else is what people read."""
    names, one = known
    given = f'{{"id":"x:{one}:2","to":"{one}","has":{{"{one}":2}},"of":[1,null,"by {one}"]}}'
    shown = HOSTILE.replace('"', '\\"')
    expected = f'{{"id":"x:{one}:2","to":"{shown}","has":{{"{shown}":2}},"of":[1,null,"by {shown}"]}}'
    assert Showing(names).json(given) == expected


def test_who_may_not_see_names_reads_somebody(known: tuple[Names, str]) -> None:
    """In their own language, and whoever it is."""
    names, one = known
    said = f"to {one}: {new('t')}"
    assert Showing(names, named=False).text(said) == "to somebody: (not shown to everybody)"
    assert one not in Showing(names, Words("pl"), named=False).text(said)


def test_who_is_named_in_a_text_is_shown_too(known: tuple[Names, str]) -> None:
    """A reason that says who gave it has their reference in it: to erase them erases it there."""
    names, one = known
    place = "board", "1", "reason"
    said = names.texts({place: f"a parade ({one}, {new('p')})"})[place]
    assert Showing(names).text(said) == f"a parade ({HOSTILE}, a former colleague)"


def test_who_was_erased_is_a_former_colleague(known: tuple[Names, str]) -> None:
    """A reference without a row stands for nobody, and its text is gone."""
    assert Showing(known[0]).text(f"{new('p')}: {new('t')}") == "a former colleague: (deleted)"


def test_a_message_tells_a_note_in_brief(known: tuple[Names, str]) -> None:
    """However long it is, and over how many lines: what was handed on with it is for a phone."""
    names, one = known
    place = "board", "1", "note"
    written = names.texts({place: "Till 4\nsticks. " * 100})[place]
    told = Showing(names).notice(Notice("1", "broken", "p", "s", "r", "q1", 0, f"{one} handed it on: {written}"))
    assert told.text.startswith(f"{HOSTILE} handed it on: Till 4 sticks. Till 4")
    assert len(told.text) <= len(HOSTILE) + len(" handed it on: ") + LONGEST_NOTE
