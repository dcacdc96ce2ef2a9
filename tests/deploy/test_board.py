"""Grafana's boards: they are found, made by the command, fit their host, and ask for what Kept tells.

Next: `streams/monitoring/dashboard.py`, which makes them.
"""

import json
import re
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from streams.metrics.described import Host, metrics_on
from tests.deploy.deployment import (
    DEPLOY,
    FOLDERS,
    HOSTS,
    ROOT,
    Json,
    board,
    check_query,
    filled_in,
    mounts,
    names_in,
    panels,
    read_yaml,
    run,
    services,
    tool,
)
from tests.streams.commands import kept


def mounted(path: str) -> Path:
    """Give the file of this project that Grafana sees under a path."""
    places = {target: source for source, target, _ in mounts(services()["grafana"]) if source.startswith(".")}
    target = max((each for each in places if path == each or path.startswith(f"{each}/")), key=len)
    return ROOT / places[target] / path.removeprefix(target).lstrip("/")


def test_grafana_finds_its_boards_and_prometheus() -> None:
    """The provider's folder and the first board are mounted; the source of data is the service that listens there."""
    assert mounted("/etc/grafana/provisioning") == DEPLOY / "grafana" / "provisioning"
    (provider,) = read_yaml("grafana/provisioning/dashboards/kept.yml")["providers"]
    home = services()["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert mounted(home).parent == mounted(provider["options"]["path"])
    assert mounted(home).is_file()
    (source,) = read_yaml("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    name, _, asked = source["url"].removeprefix("http://").partition(":")
    assert f"127.0.0.1:{asked}/" in services()[name]["healthcheck"]["test"][-1]
    assert set(services()[name]["networks"]) & set(services()["grafana"]["networks"])
    scraping = read_yaml("prometheus/prometheus.yml")["global"]["scrape_interval"]
    assert source["jsonData"]["timeInterval"] == scraping


BOARDS = [(host, name) for host in HOSTS for name in ("kept", "objectives")]
PANELS = [(host, panel) for host, name in BOARDS for panel in panels(host, name)]


@pytest.mark.parametrize(("host", "name"), BOARDS)
def test_the_boards_are_what_the_command_prints(host: Host, name: str) -> None:
    """What is shipped is made: the command prints each board today as it stands in its file."""
    shown = "overview" if name == "kept" else name
    printed = kept("dashboard", "--host", host, "--board", shown)
    assert printed.returncode == 0
    assert json.loads(printed.stdout) == board(host, name)
    assert (DEPLOY / "grafana" / FOLDERS[host] / f"{name}.json").read_text(encoding="utf-8") == printed.stdout


@pytest.mark.parametrize(("host", "name"), BOARDS)
def test_a_board_asks_the_prometheus_that_is_chosen(host: Host, name: str) -> None:
    """No board names a source of data of its own: each panel, query and variable has the one chosen on the board."""
    source, *others = board(host, name)["templating"]["list"]
    assert (source["name"], source["type"], source["query"]) == ("datasource", "datasource", "prometheus")
    asking = [*panels(host, name), *(target for panel in panels(host, name) for target in panel["targets"]), *others]
    assert {(each["datasource"]["type"], each["datasource"]["uid"]) for each in asking} == {
        ("prometheus", "${datasource}")
    }


@pytest.mark.parametrize(("host", "panel"), PANELS, ids=[f"{host}-{panel['title']}" for host, panel in PANELS])
def test_a_panel_shows_what_its_host_tells(host: Host, panel: Json) -> None:
    """Each panel says what it shows, in which unit, and asks only for series and labels that the host has."""
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    told = {name for metric in metrics_on(host).values() for name in metric.series} | {"up", "ALERTS"}
    for target in panel["targets"]:
        check_query(target["expr"])
        assert names_in(target["expr"]) <= told
    letters = [target["refId"] for target in panel["targets"]]
    assert len(letters) == len(set(letters))


@pytest.mark.parametrize(("host", "name"), BOARDS)
def test_variables_are_defined_and_used(host: Host, name: str) -> None:
    """Each board can be narrowed to some standards, by a query of its own."""
    (standard,) = [each for each in board(host, name)["templating"]["list"] if each["name"] == "standard"]
    check_query(standard["query"]["query"].removeprefix("label_values(").partition(",")[0])
    assert sum("$standard" in target["expr"] for panel in panels(host, name) for target in panel["targets"]) >= 4


@pytest.mark.parametrize(("host", "name"), BOARDS)
def test_a_board_shows_the_kept_that_is_chosen(host: Host, name: str) -> None:
    """Where one Prometheus scrapes several, each query is for the job that is chosen on the board."""
    (job,) = [each for each in board(host, name)["templating"]["list"] if each["name"] == "job"]
    assert (job["query"]["query"], job["multi"], job["current"]["value"]) == (
        "label_values(kept_ready, job)",
        False,
        "kept",
    )
    for panel in panels(host, name):
        for target in panel["targets"]:
            asked = re.findall(r"(?<![\w$])((?:kept|process)_\w+|up)\b(.{0,12})", target["expr"])
            assert [found for found, behind in asked if not behind.startswith('{job="$job"')] == []
    printed = json.loads(kept("dashboard", "--job", "shop-7", "--board", "objectives").stdout)
    assert {it["name"]: it["current"]["value"] for it in printed["templating"]["list"][1:2]} == {"job": "shop-7"}


GRAFANAS = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^\}]+))?(?::([^\}]+))?\}")
"""What Grafana takes for a variable in a title (`variableRegex` in its `app/features/variables/utils.ts`)."""


def test_an_authors_text_is_a_heading_as_it_is(tmp_path: Path) -> None:
    """Grafana puts no variable's value into a promise that has a dollar or brackets in it."""
    said = "Within ${datasource} of $job, $5 off, [[job]] and ${job:regex}."
    rules = (ROOT / "standards" / "packs" / "grocery.yaml").read_text(encoding="utf-8")
    file = tmp_path / "grocery.yaml"
    file.write_text(
        rules.replace("You will never stand behind more than three people.", f"'{said}'", 1), encoding="utf-8"
    )
    made = json.loads(kept("dashboard", "--board", "objectives", "--standards", str(file)).stdout)
    (title,) = [it["title"] for it in made["panels"] if it["type"] == "row" and it["title"].startswith("no-wait:")]
    assert GRAFANAS.search(title) is None
    assert title.replace("\u2060", "") == f"no-wait: {said}"


def test_goals_have_their_promises_as_headings() -> None:
    """Made by standards, the board of goals has a row for each of them, in the customer's words."""
    rules = ROOT / "standards" / "packs" / "grocery.yaml"
    made = json.loads(kept("dashboard", "--board", "objectives", "--standards", str(rules)).stdout)
    titles = [panel["title"] for panel in made["panels"] if panel["type"] == "row"]
    assert "no-wait: You will never stand behind more than three people." in titles
    assert [each["name"] for each in made["templating"]["list"]] == ["datasource", "job"]
    assert not [panel for panel in made["panels"] if "repeat" in panel]


@pytest.mark.parametrize(("host", "name"), BOARDS)
def test_panels_have_room(host: Host, name: str) -> None:
    """No two panels lie on one another, none is wider than the board, and none has another's number."""
    places = [(panel["id"], panel["gridPos"]) for panel in board(host, name)["panels"]]
    assert len({number for number, _ in places}) == len(places)
    for _, at in places:
        assert at["x"] + at["w"] <= 24
    for (one, first), (other, second) in combinations(places, 2):
        apart = (
            first["x"] + first["w"] <= second["x"] or second["x"] + second["w"] <= first["x"]
            or first["y"] + first["h"] <= second["y"] or second["y"] + second["h"] <= first["y"]
        )  # fmt: skip
        assert apart, (one, other)


SHOWN = [
    "kept_promises_total", "kept_open_promises", "kept_nearest_deadline_timestamp_seconds", "kept_promises_overdue",
    "kept_dead_letters_total", "kept_deliveries_total", "kept_late_events_total", "kept_attained_ratio",
    "kept_error_budget_remaining_ratio", "kept_feeds_silent",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_the_boards_show_what_matters(host: Host) -> None:
    """Promises kept and broken, what is owed by when, what is overdue, how far judging is: each has a panel."""
    own = ["kept_watermark_timestamp_seconds", "kept_kafka_lag_seconds"] if host == "kafka" else ["kept_watermark_lag"]
    asked = "".join(target["expr"] for each, panel in PANELS if each == host for target in panel["targets"])
    assert [series for series in [*SHOWN, *own] if series not in asked] == []


def test_every_host_shows_its_own_boards() -> None:
    """Boards are told apart by their ids, so that one Grafana can show those of both hosts."""
    ids = [board(host, name)["uid"] for host, name in BOARDS]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("host", HOSTS)
def test_the_boards_ask_in_promql(host: Host, tmp_path: Path) -> None:
    """Promtool can read every query of the boards."""
    texts = [target["expr"] for each, panel in PANELS if each == host for target in panel["targets"]]
    rules = [{"record": f"board:query:{number}", "expr": filled_in(text)} for number, text in enumerate(texts)]
    file = tmp_path / "board.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}), encoding="utf-8")
    assert f"{len(texts)} rules found" in run(tool("promtool"), "check", "rules", file)


@pytest.mark.parametrize("host", HOSTS)
def test_each_feed_has_its_line_and_there_is_no_other(host: Host) -> None:
    """Kept tells of each declared feed, silent or not; `or vector(0)` would add a line at 0 that has no name."""
    (panel,) = (panel for each, panel in PANELS if each == host and panel["title"] == "Silent feeds")
    assert [target["legendFormat"] for target in panel["targets"]] == ["{{feed}}"]
    assert "vector(0)" not in panel["targets"][0]["expr"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("title", "series", "label"),
    [("Notices", "kept_notices_total", "kind"), ("Notices withheld", "kept_withheld_notices_total", "reason")],
)
def test_notices_have_whole_lines_or_one_of_none(
    host: Host, title: str, series: str, label: str, tmp_path: Path
) -> None:
    """Shown are the values that came in the time shown, at 0 in between; where none did, one line at 0 of none."""
    (query,) = (
        target["expr"] for each, panel in PANELS if each == host and panel["title"] == title
        for target in panel["targets"]
    )  # fmt: skip
    query = filled_in(query.replace("$__rate_interval", "2m")).replace("'", "''")
    text = (Path(__file__).parent / "boards_test.yml").read_text(encoding="utf-8")
    file = tmp_path / "boards.yml"
    file.write_text(text.replace("QUERY", query).replace("SERIES", series).replace("LABEL", label), encoding="utf-8")
    assert "SUCCESS" in run(tool("promtool"), "test", "rules", file)
