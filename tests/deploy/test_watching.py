"""A real Prometheus with a host's rules and boards watches a floor: on a calm day no rule fires, no panel is empty.

How long it watches is `KEPT_WATCH_SECONDS`; an hour by hand, each count held against the ledger at every scrape:
`KEPT_WATCH_SECONDS=3600 .venv/bin/python -m pytest tests/deploy/test_watching.py -k counted`.
Next: `test_rules.py`, where every alert is played.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import yaml

from streams.floor.playing import DEMO_POLICY, DEMO_STANDARDS
from streams.kafka.clients.edge import wall
from streams.metrics.described import Host
from streams.storage.read_model import ReadModel
from tests.deploy.deployment import Json, filled_in, panels, tool
from tests.deploy.running import Server, answering, asked, free_port
from tests.kafka.serve import until
from tests.kafka.test_tryout import rows, tryout
from tests.streams.asking import cloud
from tests.streams.commands import COMMAND, ROOT, kept

SECONDS = int(os.environ.get("KEPT_WATCH_SECONDS", "60"))
EVERY = 2
"""Seconds between two scrapes."""
BEGUN = 5
"""After so many scrapes the rules have been looked at since the first one; before it, Kept is rightly missed."""
GOALS = {"KeptErrorBudgetBurn", "KeptObjectiveMissed"}
"""On a usual day the simulated floor breaks promises, and its goals with them."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 600)]


class Watch(NamedTuple):
    """A Prometheus that watches. `url` is its API's."""

    server: Server
    url: str

    def ask(self, query: str) -> list[Json]:
        found: list[Json] = asked(f"{self.url}/query?query={quote(query)}")["data"]["result"]
        return found

    def raised(self) -> dict[str, str]:
        """Give the alerts that are pending or fire, by name."""
        return {each["labels"]["alertname"]: each["state"] for each in asked(f"{self.url}/alerts")["data"]["alerts"]}

    def on(self, seconds: int, look: Callable[[], None]) -> None:
        """Look on until each target was scraped for so long."""
        count = quote('min(count_over_time(up{job="kept"}[2h]))')

        def is_over(answer: Json) -> bool:
            found = answer["data"]["result"]
            if (scrapes := int(found[0]["value"][1]) if found else 0) >= BEGUN:
                look()
            return scrapes * EVERY >= seconds

        self.server.until(f"{self.url}/query?query={count}", is_over, seconds * 3 + 120)

    def until_raised(self, name: str, states: tuple[str, ...] = ("pending", "firing")) -> None:
        def is_raised(answer: Json) -> bool:
            found = answer["data"]["alerts"]
            return any(each["labels"]["alertname"] == name and each["state"] in states for each in found)

        self.server.until(f"{self.url}/alerts", is_raised, 150)


@contextmanager
def watching(
    folder: Path, host: Host, targets: dict[str, list[str]], alertmanager: str = "127.0.0.1:1"
) -> Iterator[Watch]:
    """Run Prometheus with the rules of a host; `targets` are addresses by what process they are."""
    there = folder / "prometheus"
    there.mkdir()
    rules = kept("rules", "--host", host, "--standards", str(DEMO_STANDARDS))
    assert rules.returncode == 0
    (there / "rules.yml").write_text(rules.stdout.replace("interval: 1m", "interval: 5s"), encoding="utf-8")
    jobs = [{"targets": found, "labels": {"process": process}} for process, found in targets.items()]
    config = {
        "global": {"scrape_interval": f"{EVERY}s", "evaluation_interval": "5s"}, "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [{"job_name": "kept", "static_configs": jobs}],
    }  # fmt: skip
    (there / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    own = free_port()
    command = [tool("prometheus"), f"--config.file={there}/prometheus.yml", f"--storage.tsdb.path={there}/data"]
    url = f"http://127.0.0.1:{own}"
    with answering([*command, f"--web.listen-address=127.0.0.1:{own}"], f"{url}/-/healthy", env={}) as server:
        yield Watch(server, f"{url}/api/v1")


@contextmanager
def an_alertmanager() -> Iterator[tuple[str, list[Json]]]:
    """Listen where Prometheus would find Alertmanager; gives the address, and the alerts that came in by its API.

    The Alertmanager that Debian unpacks starts nowhere but where it is installed, for its templates.
    """
    came: list[Json] = []

    class Alerts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if self.path == "/api/v2/alerts" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: what came is noted."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Alerts) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", came
        server.shutdown()


@contextmanager
def a_floor(folder: Path, *day: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `kept run` with such a day of the simulated floor and standards of its own folder.

    Gives it, and where it answers.
    """
    rules, port = folder / "rules", free_port()
    rules.mkdir()
    for file in (DEMO_STANDARDS, DEMO_POLICY):
        (rules / file.name).write_bytes(file.read_bytes())
    command = [*COMMAND, "run", "--demo", "--plain", "--speed=10", *day, "--standards", str(rules)]
    command += ["--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, stdout=said, stderr=said
        )
        try:
            Server(process, said).until(f"http://127.0.0.1:{port}/readyz", lambda _: True)
            yield process, f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def check_panels(watch: Watch, host: Host) -> None:
    """Ask what every panel of a host's boards asks; each query had an answer within two minutes.

    At a given instant there need not be one: where nothing is open, nothing is due next.
    """
    every = [(panel["title"], target["expr"]) for name in ("kept", "objectives") for panel in panels(host, name)
             for target in panel["targets"]]  # fmt: skip
    asked = {expr: f"last_over_time(({filled_in(expr, span='40s')})[2m:5s])" for _, expr in every}
    assert [(title, expr) for title, expr in every if not watch.ask(asked[expr])] == []


def names(alerts: list[Json]) -> set[str]:
    return {each["labels"]["alertname"] for each in alerts}


def sent(at: str, lines: bytes) -> None:
    """Send events to an address. Raises OSError where they are not taken."""
    request = Request(f"http://{at}/v1/events", lines, {"Content-Type": "application/x-ndjson"})
    with build_opener(ProxyHandler({})).open(request, timeout=10):
        pass


def test_one_machine_is_watched(tmp_path: Path) -> None:
    """On a calm day no alert is even pending, and every panel has data; then each of three faults is raised.

    One of them is followed to where Alertmanager is, as docs/operations.md has it.
    """
    with (
        a_floor(tmp_path, "--calm") as (process, at),
        an_alertmanager() as (alertmanager, came),
        watching(tmp_path, "run", {"run": [at]}, alertmanager) as watch,
    ):
        raised: set[str] = set()
        watch.on(SECONDS, lambda: raised.update(watch.raised()))
        assert raised == set()
        check_panels(watch, "run")
        with pytest.raises(OSError, match="400"):
            sent(at, b"nonsense")
        watch.until_raised("KeptDeadLetters", ("firing",))
        file = tmp_path / "rules" / DEMO_STANDARDS.name
        file.write_text(file.read_text(encoding="utf-8").replace("within", "wihtin"), encoding="utf-8")
        watch.server.until(f"{watch.url}/alerts", lambda _: "KeptStandardsNotRead" in names(came), 200)
        process.send_signal(signal.SIGKILL)
        watch.until_raised("KeptDown")


def test_what_is_counted_is_the_ledger(tmp_path: Path) -> None:
    """At every single scrape, each count by standard, owner and kind is that of so many lines of the ledger.

    It is a usual day: of the tills that fall silent, and of what is unknown for it, the rules tell, and of no other.
    """
    raised: set[str] = set()
    with a_floor(tmp_path) as (_, at), watching(tmp_path, "run", {"run": [at]}) as watch:
        watch.on(SECONDS, lambda: raised.update(watch.raised()))
        check_panels(watch, "run")
        scrapes: dict[float, Counter[tuple[str, ...]]] = defaultdict(Counter)
        for series in watch.ask("kept_promises_total[2h]"):
            key = tuple(series["metric"][name] for name in ("standard", "owner", "kind"))
            for time, value in series["values"]:
                scrapes[time][key] += int(value)
        read_model = ReadModel(tmp_path / "data")
        lines = [(line.standard, line.owner, line.kind) for line in read_model.lines(limit=10_000_000)]
        read_model.close()
    assert raised - GOALS == {"KeptFeedSilent", "KeptVerdictsUnknown"}
    assert len(scrapes) * EVERY >= SECONDS - EVERY
    assert max(found.total() for found in scrapes.values()) > 0
    for time, found in sorted(scrapes.items()):
        assert found.total() <= len(lines)
        assert +found == Counter(lines[: found.total()]), f"at the scrape of {time}"


def written(folder: str, name: str) -> list[str]:
    return (Path(folder) / f"{name}.log").read_text(encoding="utf-8").splitlines()


async def test_kafka_is_watched(tmp_path: Path) -> None:
    """The same of the processes on Kafka: a calm day, then a shop that falls silent, then a worker that is killed.

    All they log is JSON, and one of them decides.
    """
    with tryout(tmp_path, "--calm", "--workers", "1", "--again", "600", "--json", "--plain") as (process, said):
        await until(lambda: "the floor opens" in said() or process.poll() is not None, seconds=150)
        found = rows(said())
        places = {name: re.sub(r"^http://|/metrics$", "", place) for name, (_, place) in found.items()}
        targets = {name.partition("-")[0]: [place] for name, place in places.items() if name != "kafka"}
        with watching(tmp_path, "kafka", targets) as watch:
            raised: set[str] = set()
            watch.on(SECONDS, lambda: raised.update(watch.raised()))
            assert raised == set()
            assert [each["value"][1] for each in watch.ask("kept_kafka_operator")] == ["1"]
            check_panels(watch, "kafka")
            spoken = cloud("feed.heartbeat", "east-1", wall(), site="east", feed="tills")
            sent(places["intake"], json.dumps(spoken).encode())
            watch.until_raised("KeptFeedSilent")
            assert set(watch.raised()) == {"KeptFeedSilent"}
            os.kill(found["worker-1"][0], signal.SIGKILL)
            watch.until_raised("KeptDown")
            watch.until_raised("KeptNobodyJudges", ("firing",))
        (logs,) = re.findall(r"logs: (\S+)/\*\.log", said())
        for name in ("intake", "worker-1", "serve"):
            assert [json.loads(line)["event"] for line in written(logs, name)], name
