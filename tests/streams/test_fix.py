"""`kept fix` as authors use it: what is certain is mended in its place, and nothing else of a file is touched."""

from datetime import date
from pathlib import Path

import pytest

from standards.compiler.spec import Source, load
from streams.checking.examining import Request
from streams.checking.fixing import mend
from streams.documents.documents import Documents
from tests.streams.commands import kept
from tests.streams.test_beginners_slips import STANDARDS

TODAY = date(2026, 5, 4)
SPOILT = (
    ('    hours: {mon-fri: ["08:00-16:00"]', "    hours: {Mo-Fr: ['8-16']"),
    ("within: 60s", "within: 60 sec   # a minute"),
    ("register.opened", "Register.Opened"),
    ("waiting > 3}", "waiting => 3 AND site == s1}"),
    ("    warn: 50%", "    reopen: edge  # as ever\n    warn: [50, 15s]"),
)
MENDED = (
    ('    hours: {mon-fri: ["08:00-16:00"]', "    hours: {mon-fri: ['08:00-16:00']"),
    ("within: 60s", "within: 60s   # a minute"),
    ("register.opened", "register.opened"),
    ("waiting > 3}", 'waiting >= 3 and site == "s1"}'),
    ("    warn: 50%", "    again: rise  # as ever\n    warn: [50%, 15s before]"),
)


def changed(changes: tuple[tuple[str, str], ...]) -> str:
    text = STANDARDS
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def fixed(text: str) -> str:
    """Mend a document by itself."""
    mended = mend(Documents.none()._replace(standards=[Source("a.yaml", text)]), Request(["a.yaml"], TODAY))
    return mended.documents.standards[0].text


def test_what_is_certain_is_mended_and_all_else_stays() -> None:
    """Errors hidden behind each other are mended in turn; comments, quotes and blanks stay as they are."""
    assert fixed(changed(SPOILT)) == changed(MENDED)


@pytest.mark.parametrize(("old", "new"), [("edge", "rise"), ("each", "each")])
def test_a_key_of_before_means_what_it_meant(old: str, new: str) -> None:
    """`reopen` becomes `again`, and the standard keeps its revision."""
    text = STANDARDS.replace("    warn: 50%", f"    reopen: {old}\n    warn: 50%")
    assert f"    again: {new}\n" in fixed(text)
    before, after = (load([Source("a.yaml", each)]).standards[0].revision for each in (text, fixed(text)))
    assert before == after


def test_a_key_of_a_policy_of_before_means_what_it_meant() -> None:
    """`settle` of a route becomes `well_for`, and its value stays."""
    text = "kept: 1\npeople: {ann: {}}\nroutes:\n  - {tell: ann, settle: 1m}\n"
    policy = Source("policy.yaml", text)
    mended = mend(
        Documents.none()._replace(standards=[Source("a.yaml", STANDARDS)], policies=[policy]),
        Request(["a.yaml"], TODAY),
    )
    assert [each.text for each in mended.documents.policies] == [text.replace("settle", "well_for")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("within: 60s", "within: 60"),  # seconds, minutes or hours
        ("calendar: open", "calender: open"),  # a name that is only near
        ("register.opened", "register.opend"),
        ("waiting > 3}", "wating > 3}"),
        ("    within: 60s\n", ""),
        ("no-wait:", "No_Wait:"),  # stories and other files may name it
        ("what: Open the", "what: Open: the"),
    ],
)
def test_what_could_be_meant_otherwise_is_left_to_its_author(old: str, new: str) -> None:
    """What is only likely is said by `kept check`, and never written."""
    text = STANDARDS.replace(old, new, 1)
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("new", "mended"),
    [
        ("owner:floor-lead", "owner: floor-lead"),
        ("owner:\u00a0floor-lead", "owner: floor-lead"),
        ("\u00a0owner: floor-lead", " owner: floor-lead"),
        ("Owner: floor-lead", "owner: floor-lead"),
    ],
)
def test_signs_that_hide_a_whole_file_are_mended_first(new: str, mended: str) -> None:
    """A space that is none, and one that is missing, are put right, and what they hid after them."""
    text = (
        STANDARDS.replace("owner: floor-lead", new).replace("    owner", "   owner")
        if new[0] == "\u00a0"
        else (STANDARDS.replace("owner: floor-lead", new))
    )
    assert mended in fixed(text)


def test_the_change_is_shown_and_written_only_when_asked(tmp_path: Path) -> None:
    """Without --write the files stay, with it they are mended; line ends and the mark of UTF-8 stay."""
    path = tmp_path / "a.yaml"
    spoilt = b"\xef\xbb\xbf" + changed(SPOILT).replace("\n", "\r\n").encode()
    path.write_bytes(spoilt)
    run = kept("fix", "a.yaml", cwd=tmp_path)
    assert run.returncode == 1
    assert {"-    within: 60 sec   # a minute", "+    within: 60s   # a minute"} <= set(run.stdout.splitlines())
    assert run.stderr == "11 fixes in 1 file, not written: add --write.\n"
    assert path.read_bytes() == spoilt
    assert kept("fix", "a.yaml", "--write", cwd=tmp_path).returncode == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + changed(MENDED).replace("\n", "\r\n").encode()
    again = kept("fix", "a.yaml", cwd=tmp_path)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "0 fixes in 0 files.\n")


def test_what_is_left_is_counted(tmp_path: Path) -> None:
    """What has to be mended by hand is not forgotten."""
    (tmp_path / "a.yaml").write_text(STANDARDS.replace("within: 60s", "within: 60"), encoding="utf-8")
    run = kept("fix", "a.yaml", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "0 fixes in 0 files; 1 finding is left, and kept check shows them.\n")
