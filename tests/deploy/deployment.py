"""What the files of the deployment say, read as the tools read them that use them. Nothing here starts anything.

Next: `test_compose.py`, `test_prometheus.py`, `test_board.py`, `test_image.py`, `test_scraping.py`.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from streams.metrics.described import METRICS, Host

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = ROOT / "docker-compose.yml"
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SECRETS = {
    "KEPT_TOKEN": "a-long-secret-of-ours", "KEPT_PERSON_SECRET": "one-for-names", "GRAFANA_PASSWORD": "another",
}  # fmt: skip
"""What has to be in .env."""
IMAGE = "kept:local"

Json = dict[str, Any]

VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^}]*))?\})")


def filled(value: object, env: dict[str, str]) -> object:
    """Put the variables into a value as Compose does. Raises KeyError for a required one that is missing."""
    match value:
        case dict():
            return {key: filled(each, env) for key, each in value.items()}
        case list():
            return [filled(each, env) for each in value]
        case str():
            return VARIABLE.sub(lambda found: _variable(found, env), value)
        case _:
            return value


def _variable(found: re.Match[str], env: dict[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    if found["kind"] == ":?" and not env.get(found["name"]):
        raise KeyError(found["name"])
    return env.get(found["name"]) or (found["rest"] if found["kind"] == ":-" else "")


def compose(env: dict[str, str] | None = None) -> Json:
    """Read docker-compose.yml with these variables, or with those that are required and no others."""
    text = filled(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")), SECRETS if env is None else env)
    assert isinstance(text, dict)
    return text


def services() -> dict[str, Json]:
    found: dict[str, Json] = compose()["services"]
    return found


def ours() -> dict[str, Json]:
    """The services that run this project."""
    return {name: service for name, service in services().items() if service["image"] == IMAGE}


def verb(service: Json) -> str:
    return str(service["command"][0])


def mounts(service: Json) -> Iterator[tuple[str, str, bool]]:
    """Yield source, target and whether it can be written to, of each mount; a tmpfs has no source."""
    for mount in service.get("volumes", []):
        if isinstance(mount, dict):
            yield mount["source"], mount["target"], not mount.get("read_only", False)
        else:
            source, target, *mode = mount.split(":")
            yield source, target, mode != ["ro"]
    for mount in service.get("tmpfs", []):
        yield "", mount.split(":")[0], True


def port(address: str) -> str:
    return address.rpartition(":")[2]


def read_yaml(path: str) -> Json:
    text: Json = yaml.safe_load((DEPLOY / path).read_text(encoding="utf-8"))
    return text


HOSTS: tuple[Host, ...] = get_args(Host)


def rules(host: Host) -> list[Json]:
    """Give all rules that are shipped for a host."""
    return [rule for group in read_yaml(f"prometheus/rules-{host}.yml")["groups"] for rule in group["rules"]]


FOLDERS: dict[Host, str] = {"kafka": "boards", "run": "boards-run"}
"""Where Grafana's boards of each host stand."""


def board(host: Host, name: str) -> Json:
    text: Json = json.loads((DEPLOY / "grafana" / FOLDERS[host] / f"{name}.json").read_text(encoding="utf-8"))
    return text


def panels(host: Host, name: str) -> list[Json]:
    return [panel for panel in board(host, name)["panels"] if panel["type"] != "row"]


def filled_in(query: str, standard: str = ".*", span: str = "5m") -> str:
    """Put values into a board's query, as Grafana does for its variables."""
    return re.sub(r"\$__\w+", span, query).replace("$standard", standard).replace("$job", "kept")


def run(
    *command: str | Path,
    cwd: str | Path = ROOT,
    env: dict[str, str] | None = None,
    user: int | None = None,
    only_out: bool = False,
) -> str:
    """Run a command to its end and give all that it said, or its output alone; fail with that if it fails."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=env, user=user, group=user, extra_groups=None if user is None else [],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout if only_out else done.stdout + done.stderr


def tool(name: str) -> str:
    """Find a program of Prometheus or Alertmanager."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name) or shutil.which(name, path=beside)
    if found is None:
        pytest.fail(f"{name} is missing; make test fetches it on Debian and Ubuntu, elsewhere install Prometheus"
                    " and Alertmanager")  # fmt: skip
    return found


# --- queries ------------------------------------------------------------------------------------------------------

PROMETHEUS_OWN = {
    "up": {"job", "instance", "process"},
    "ALERTS": {"alertname", "alertstate"},
}
"""What Prometheus says by itself, and its labels."""
TARGET_LABELS = {"job", "instance", "process"}
"""The labels that Prometheus puts to what it scrapes from us."""
WORDS = {"by", "on", "or", "and", "unless", "offset", "without", "ignoring", "bool", "inf"}


def metrics() -> dict[str, set[str]]:
    """Give the names of all series that Kept exposes, each with its labels."""
    found = {
        name: {*metric.labels, *(["le"] if name.endswith("_bucket") else [])}
        for metric in METRICS for name in metric.series
    }  # fmt: skip
    return {name: labels | TARGET_LABELS for name, labels in found.items()} | PROMETHEUS_OWN


def check_query(query: str, recorded: Container[str] = ()) -> None:
    """Hold a query to the series and labels that Kept, Prometheus or the rules tell."""
    known, names = metrics(), names_in(query)
    assert names
    ours = {name for name in names if name not in recorded}
    assert ours <= set(known)
    assert labels_in(query) <= {"standard"}.union(*(known[name] for name in ours))


def names_in(query: str) -> set[str]:
    """Give the names of the series that a query asks for."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(?:by|on|without|ignoring|group_left)\s*\([^)]*\)', " ", query)
    found = re.findall(r"\b([a-zA-Z_][\w:]*)\b(?!\s*\()", re.sub(r"\b\d+[smhdw]\b", " ", bare))
    return set(found) - WORDS


def labels_in(query: str) -> set[str]:
    """Give the labels that a query selects or groups by."""
    selected = re.findall(r'[{,]\s*(\w+)\s*(?:=~|!~|!=|=)\s*"', query)
    grouped = re.findall(r"\b(?:by|on|without|ignoring|group_left)\s*\(([^)]*)\)", query)
    return {*selected, *(label.strip() for group in grouped for label in group.split(",") if label.strip())}
