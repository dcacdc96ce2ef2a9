"""The rules of this house that neither ruff nor import-linter can express, as functions over files.

A rule takes a parsed file and yields what is wrong with it, one line for each finding. This file knows how to read the
project's files; it runs nothing of the project and knows no behaviour.
Next: `test_house_rules.py`, which holds the project to these rules and shows each of them a breach.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("standards", "alerts", "streams")
CODE = (*PACKAGES, "tests", "benchmarks")

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "handler", "base", "common"})

# A home is a module, or the package that it grew into.
HOMES = {
    "aiohttp": ("streams.web", "streams.bridge.destination", "alerts.channels.posting"),
    "aiokafka": ("streams.kafka.clients.log",),
    "aiosmtplib": ("alerts.channels.mail",),
    "apprise": ("alerts.channels.chat",),
    "babel": ("alerts.words.catalogues",),
    "faust": ("streams.kafka.worker.faust_app",),
    "kafka": ("streams.kafka.clients.admin",),
    "mode": ("streams.kafka.worker.faust_app",),
    "paho": ("streams.bridge.mqtt",),
    "prometheus_client": ("streams.metrics",),
    "py_vapid": ("alerts.channels.sealing",),
    "pywebpush": ("alerts.channels.sealing",),
    "rich": ("streams.live",),
    "sqlite3": ("streams.storage.sqlite",),
    "typer": (
        "streams.cli",
        "streams.options",
        "streams.bridge.cli",
        "streams.checking.cli",
        "streams.drafting.cli",
        "streams.embedded.cli",
        "streams.kafka.cli",
        "streams.monitoring.cli",
        "streams.review.cli",
        "streams.sheets.cli",
        "streams.staffing.cli",
        "streams.stories.cli",
    ),
    "yaml": ("standards.documents.document", "streams.monitoring.rule_file"),
}
IMPURE_MODULES = frozenset(
    {"aiohttp", "asyncio", "logging", "multiprocessing", "os", "random", "secrets", "shutil", "socket", "sqlite3"}
    | {"structlog", "subprocess", "tempfile", "threading", "time", "urllib"}
)
IMPURE_NAMES = frozenset({"pathlib.Path", "uuid.uuid1", "uuid.uuid4"})
CLOCK_METHODS = frozenset({"now", "today", "utcnow"})

# Registries are named without their ends here, or this line would be a finding.
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|crates|(?:repo\d*|central)\.maven|deb\.debian|proxy\.golang|ghcr|quay|docker)"
    r"\.(?:com|dev|io|net|org)\b"
)
MACHINE = re.compile(r"--(?:extra-)?index-url\b|--find[-]links\b|(?<![\w.$}])/(?:root|home/\w+|opt/wheels)/")
PYTHON_FILE = re.compile(r"(?<![\w/.*-])(?:[\w-]+/)*\w+\.py\b")
NOT_OURS = re.compile(
    r"^(?:\.git|\..*cache|\.venv.*|\.hypothesis|\.benchmarks|__pycache__|build|dist|site|.*\.egg-info)$"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: its path from the root, its text and what the text parses to."""

    path: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def source(path: str, text: str) -> Source:
    return Source(path, text, ast.parse(text, path))


def files(folder: Path = ROOT) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if NOT_OURS.match(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from files(entry)
        elif entry.is_file():
            yield entry


def sources() -> Iterator[Source]:
    for file in files():
        path = file.relative_to(ROOT).as_posix()
        if file.suffix == ".py" and path.split("/")[0] in CODE:
            yield source(path, file.read_text(encoding="utf-8"))


@lru_cache(maxsize=200)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Give a tree's nodes: each rule asks for those of the same file."""
    return tuple(ast.walk(tree))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything imported; `from a import b` is `a.b`."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in nodes(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def proofs(code: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    if code.path.split("/")[-1].startswith("test_"):
        yield from (function for function in functions(code.tree) if function.name.startswith("test_"))


def called(function: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name, as written, of everything called."""
    for node in nodes(function):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def prose(code: Source) -> Iterator[tuple[int, str]]:
    """Yield line and text of every docstring, those of values too, and of every comment."""
    for node in nodes(code.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(code.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def is_core(code: Source) -> bool:
    return code.path.startswith(("standards/", "alerts/")) and not code.path.startswith("alerts/channels/")


# --- the rules ----------------------------------------------------------------------------------------------------


def long_files(code: Source) -> Iterator[str]:
    lines = code.text.count("\n")
    if lines > MAX_FILE_LINES:
        yield f"{code.path}: {lines} lines; at most {MAX_FILE_LINES}, so it wants a second room"


def long_functions(code: Source) -> Iterator[str]:
    for function in functions(code.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield f"{code.path}:{function.lineno}: {function.name} has {lines} lines; at most {MAX_FUNCTION_LINES}"


def empty_names(code: Source) -> Iterator[str]:
    for part in code.module.split("."):
        if part in FORBIDDEN_NAMES:
            yield f"{code.path}: '{part}' says nothing; name what the module knows"


def strayed_libraries(code: Source) -> Iterator[str]:
    if not code.path.startswith(tuple(f"{package}/" for package in PACKAGES)):
        return
    for line, name in imports(code.tree):
        homes = HOMES.get(name.split(".")[0], ())
        if homes and not any(f"{code.module}.".startswith(f"{home}.") for home in homes):
            yield f"{code.path}:{line}: imports {name}; only {' and '.join(homes)} may"


def impurities(code: Source) -> Iterator[str]:
    if not is_core(code):
        return
    for line, name in imports(code.tree):
        if name.split(".")[0] in IMPURE_MODULES or name in IMPURE_NAMES:
            yield f"{code.path}:{line}: imports {name}; the core is told, it does not look"
    for line, name in called(code.tree):
        if name == "open" or name.rpartition(".")[2] in CLOCK_METHODS:
            yield f"{code.path}:{line}: calls {name}; the core is told, it does not look"


def silent_tests(code: Source) -> Iterator[str]:
    for test in proofs(code):
        if not (ast.get_docstring(test) or "").strip():
            yield f"{code.path}:{test.lineno}: {test.name} does not say which promise it keeps"


def toothless_tests(code: Source) -> Iterator[str]:
    for test in proofs(code):
        asserts = any(isinstance(node, ast.Assert) for node in nodes(test))
        bites = r"(?:.*[._])?(?:raises|warns|fail|_?(?:assert|check|expect|validate)\w*|\w+_validate)"
        if not asserts and not any(re.fullmatch(bites, name) for _, name in called(test)):
            yield f"{code.path}:{test.lineno}: {test.name} asserts nothing; name what it calls check_... if that does"


def staged_tests(code: Source) -> Iterator[str]:
    if not code.path.startswith("tests/"):
        return
    for line, name in imports(code.tree):
        if name.startswith(("unittest.mock", "mock.", "pytest_mock", "time.sleep")) or name in {"mock", "pytest_mock"}:
            yield f"{code.path}:{line}: imports {name}; fakes are real implementations, and nothing sleeps"
    for line, name in called(code.tree):
        if name in {"time.sleep", "asyncio.sleep", "monkeypatch.setattr", "monkeypatch.setitem"}:
            yield f"{code.path}:{line}: calls {name}; wait for what happens, and pass in what differs"


def lost_paths(code: Source) -> Iterator[str]:
    """Find files that are named where there are none: beside the file, in a folder above it, or in a package."""
    if code.path.split("/")[0] not in PACKAGES:
        return
    folders = [*map(ROOT.joinpath, Path(code.path).parents), *(ROOT / package for package in PACKAGES)]
    for line, text in prose(code):
        for path in PYTHON_FILE.findall(text):
            if not any((folder / path).is_file() for folder in folders):
                yield f"{code.path}:{line}: names {path}, and there is no such file"


Rule = Callable[[Source], Iterator[str]]
RULES: tuple[Rule, ...] = (
    long_files,
    long_functions,
    empty_names,
    strayed_libraries,
    impurities,
    silent_tests,
    toothless_tests,
    staged_tests,
    lost_paths,
)


def addresses(path: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        for found in (REGISTRY.search(line), MACHINE.search(line)):
            if found:
                yield f"{path}:{number}: {found.group()!r} is true of one machine or one registry only"


def text_of(file: Path) -> str:
    """Return the file's text; empty for a picture or anything else that is not text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def placed_packages() -> list[str]:
    """Return the packages and modules that the layers of streams in pyproject.toml name."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "the packages of streams")
    return [name.strip() for line in layers for name in line.split("|")]


def unplaced(code: Source, placed: list[str]) -> bool:
    """Say whether no layer of streams has a file. Layers of the other packages are exhaustive by themselves."""
    if not code.path.startswith("streams/") or code.path == "streams/__init__.py":
        return False
    if code.path.endswith("/__init__.py") and any(package.startswith(f"{code.module}.") for package in placed):
        return False  # its parts are placed one by one
    return not any(f"{code.module}.".startswith(f"{package}.") for package in placed)
