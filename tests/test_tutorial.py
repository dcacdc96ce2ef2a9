"""The tutorial, followed word for word in an empty folder: every command says what the page says that it says.

A block with a title is a file that the reader writes, or a change to one; a block of `console` is what is typed, with
what comes back. `python -m tests.test_tutorial` writes the page anew with what really comes back; read the difference.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.streams.commands import ROOT, kept

PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$', re.DOTALL | re.MULTILINE)
ANSWER = re.compile(r"^> ?(.*)$", re.MULTILINE)


def followed(page: str, folder: Path) -> str:
    """Do all that the page says, and give it with what really came back."""
    shutil.copy(PAGE.parent / "tutorial" / "week.csv", folder)
    return BLOCK.sub(lambda found: done(found, folder), page)


def done(found: re.Match[str], folder: Path) -> str:
    """Do what one block says, and give it with what really came back."""
    kind, title, body = found.group("kind", "title", "body")
    if kind == "console":
        return f"```console\n{''.join(session(body, folder))}```"
    if kind == "diff":
        file = folder / title
        text = file.read_text(encoding="utf-8")
        gone = "".join(line[1:] for line in body.splitlines(keepends=True) if line.startswith("-"))
        come = "".join(line[1:] for line in body.splitlines(keepends=True) if line.startswith("+"))
        assert text.count(gone) == 1, f"{title} does not have, once:\n{gone}"
        file.write_text(text.replace(gone, come), encoding="utf-8")
    elif title:
        (folder / title).write_text(body, encoding="utf-8")
    return found.group()


def session(body: str, folder: Path) -> Iterator[str]:
    """Run what is typed, one command after another, and give what a terminal shows."""
    for typed, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
        answers = ANSWER.findall(shown)
        yield f"$ {typed}\n{came_back(shlex.split(typed), answers, folder)}"


def came_back(words: list[str], answers: list[str], folder: Path) -> str:
    """Run one command as on a terminal, where an answer that is typed is seen."""
    program, *arguments = words
    if program != "kept":
        run = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
        return run.stdout + run.stderr
    ran = kept(*arguments, cwd=folder, stdin="".join(f"{answer}\n" for answer in answers).encode())
    out = re.sub(r"judged in [\d.,]+ s( \([\d,]+ a second\))?", "judged in 0.13 s", ran.stdout)
    if not answers:
        return out + ran.stderr
    asked = re.split(r"^> (?=\n)", ran.stderr, flags=re.MULTILINE)
    shown = [f"{question}> {answer}".rstrip() + "\n" for question, answer in zip(asked, answers, strict=False)]
    return "".join([*shown, out, *asked[len(answers) :]])


def test_the_tutorial_can_be_followed_word_for_word(tmp_path: Path) -> None:
    """Typed as it stands, each command answers as the page says, from the first to the last."""
    page = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) > 10
    assert followed(page, tmp_path) == page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        PAGE.write_text(followed(PAGE.read_text(encoding="utf-8"), Path(place)), encoding="utf-8")
    sys.exit(0)
