"""Grafana's first board: it is found, it asks the Prometheus that there is, and for what Kept exposes.

Next: `deploy/grafana/boards/kept.json`; `test_prometheus.py`, which checks its queries' form.
"""

from itertools import combinations
from pathlib import Path

import pytest

from tests.deploy.deployment import DEPLOY, ROOT, Json, board, check_query, mounts, panels, read_yaml, services


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


def test_the_board_asks_the_prometheus_that_there_is() -> None:
    """Every panel, query and variable names the provisioned source of data."""
    (source,) = read_yaml("grafana/provisioning/datasources/prometheus.yml")["datasources"]
    asking = [*panels(), *(target for panel in panels() for target in panel["targets"]), *board()["templating"]["list"]]
    assert {(each["datasource"]["type"], each["datasource"]["uid"]) for each in asking} == {
        (source["type"], source["uid"])
    }


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_shows_what_kept_exposes(panel: Json) -> None:
    """Each panel says what it shows, in which unit, and asks only for series and labels that there are."""
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["targets"]
    for target in panel["targets"]:
        check_query(target["expr"])
    letters = [target["refId"] for target in panel["targets"]]
    assert len(letters) == len(set(letters))


def test_variables_are_defined_and_used() -> None:
    """The board's one variable is asked for in a query of its own, and used."""
    defined = [each["name"] for each in board()["templating"]["list"]]
    assert defined == ["standard"]
    assert board()["templating"]["list"][0]["query"]["query"] == "label_values(kept_promises_total, standard)"
    assert sum("$standard" in target["expr"] for panel in panels() for target in panel["targets"]) >= 4


def test_panels_have_room() -> None:
    """No two panels lie on one another, none is wider than the board, and none has another's number."""
    places = [(panel["id"], panel["gridPos"]) for panel in board()["panels"]]
    assert len({number for number, _ in places}) == len(places)
    for _, at in places:
        assert at["x"] + at["w"] <= 24
    for (one, first), (other, second) in combinations(places, 2):
        apart = (
            first["x"] + first["w"] <= second["x"] or second["x"] + second["w"] <= first["x"]
            or first["y"] + first["h"] <= second["y"] or second["y"] + second["h"] <= first["y"]
        )  # fmt: skip
        assert apart, (one, other)


@pytest.mark.parametrize(
    "series",
    [
        'kind="kept"', 'kind="broken"', "kept_open_promises", "kept_nearest_deadline_timestamp_seconds",
        "kept_watermark_timestamp_seconds", "kept_kafka_lag_seconds", "kept_kafka_facts_total",
        "kept_dead_letters_total", "kept_deliveries_total", "kept_promises_overdue", "kept_late_events_total",
    ],
)  # fmt: skip
def test_the_board_shows_what_matters(series: str) -> None:
    """Promises kept and broken, what is owed by when, what is overdue, how far judging is: each has a panel."""
    assert [panel["title"] for panel in panels() if any(series in target["expr"] for target in panel["targets"])]
