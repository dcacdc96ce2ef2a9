"""The steps of deploy/Dockerfile, taken by hand: what a build copies, and what it runs, in folders of their own.

Knows the few instructions that the file uses, and refuses all others. Next: `test_image.py`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.deploy.deployment import DEPLOY, ROOT

DOCKERFILE = DEPLOY / "Dockerfile"
KNOWN = {"FROM", "ENV", "WORKDIR", "RUN", "COPY", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
OUTSIDER = 65534
"""A user who owns nothing: what such a one can run needs no root, and writes nowhere but where it may."""


class Step(NamedTuple):
    """An instruction and what follows it."""

    word: str
    rest: str


def stages() -> list[list[Step]]:
    """Read the Dockerfile, stage by stage."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[Step]] = []
    for line in filter(str.strip, text.splitlines()):
        word, _, rest = line.partition(" ")
        assert word in KNOWN, f"deploy/Dockerfile: {word} is not known here"
        if word == "FROM":
            found.append([])
        found[-1].append(Step(word, rest.strip()))
    return found


def the(word: str) -> str:
    """Give what follows a word that the last stage has once."""
    (rest,) = [step.rest for step in stages()[-1] if step.word == word]
    return rest


def environment(stage: list[Step]) -> dict[str, str]:
    return dict(pair.split("=", 1) for step in stage if step.word == "ENV" for pair in step.rest.split())


def health_command() -> list[str]:
    command: list[str] = json.loads(the("HEALTHCHECK").partition(" CMD ")[2])
    return command


def sent() -> list[str]:
    """Give the files that are sent to the builder: all those that .dockerignore does not keep back."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    found = []
    for top in (entry for entry in ROOT.iterdir() if not _kept_back(entry.name, rules)):
        files = [top] if top.is_file() else [each for each in top.rglob("*") if each.is_file()]
        found += [str(file.relative_to(ROOT)) for file in files]
    return sorted(file for file in found if not _kept_back(file, rules))


def _kept_back(path: str, rules: list[str]) -> bool:
    """Say whether a file stays out; the last rule that fits it, or a folder that it is in, decides."""
    parts = path.split("/")
    above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    out = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        fits = (fnmatch(each.rpartition("/")[2], pattern[3:]) if pattern.startswith("**/") else _same(each, pattern)
                for each in above)  # fmt: skip
        if any(fits):
            out = not rule.startswith("!")
    return out


def _same(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def outsider() -> int | None:
    """Give the user to run as: one who owns nothing, where we may be another and Python can be run by anybody."""
    return OUTSIDER if os.geteuid() == 0 and _anybody_runs(interpreter()) else None


@cache
def interpreter() -> str:
    """Give the Python to build with: one that anybody may run, before our own, which may be in somebody's home."""
    ours = f"{sys.base_prefix}/bin/python3"
    others = [f"{folder}/python3.{minor}" for folder in ("/usr/local/bin", "/usr/bin") for minor in range(11, 15)]
    return next((each for each in (ours, *others) if os.access(each, os.X_OK) and _anybody_runs(each)), ours)


def _anybody_runs(python: str) -> bool:
    if os.geteuid() != 0:
        return True
    try:
        words = [python, "-c", "import venv"]
        done = subprocess.run(words, user=OUTSIDER, group=OUTSIDER, cwd="/", capture_output=True, check=False)
    except PermissionError:
        return False
    return done.returncode == 0


def build(folder: Path) -> Path:
    """Take the steps of the first stage below a folder; gives the environment that the second stage copies."""
    files, source = sent(), folder / "src"
    for word, rest in stages()[0]:
        match word:
            case "WORKDIR":
                assert rest == "/src"
                source.mkdir()
            case "COPY":
                _copy(rest.split(), files, source)
            case "RUN":
                _run(re.sub(r"(?<![\w./])/opt/", f"{folder}/opt/", rest), source)
            case _:
                assert word in ("FROM", "ENV")
    return folder / "opt" / "kept"


def _copy(words: list[str], files: list[str], source: Path) -> None:
    *wanted, to = words
    for each in wanted:
        inside = [file for file in files if file == each or file.startswith(f"{each}/")]
        assert inside, f"deploy/Dockerfile copies {each}, which is not sent to the builder"
        for file in inside:
            target = source / to / file.removeprefix(f"{each}/") if file != each else source / to / each
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, target)


def _run(command: str, source: Path) -> None:
    """Run a line of the build with this Python and its pip, as the image's own would."""
    programs = source.parent / "bin"
    programs.mkdir(exist_ok=True)
    for name, words in (("python", interpreter()), ("pip", f"{sys.executable} -m pip")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    env = os.environ | environment(stages()[0]) | {"PATH": f"{programs}:{os.environ['PATH']}"}
    env.pop("PIP_REQUIRE_VIRTUALENV", None)
    done = subprocess.run(
        ["/bin/sh", "-ec", command], cwd=source, env=env, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
