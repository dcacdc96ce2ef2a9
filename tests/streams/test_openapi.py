"""The API's description is true: what it says can be done can be done, and nothing else is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance

from streams.embedded.steady_clock import SteadyClock
from streams.metrics import Metrics
from streams.web import application
from streams.web.guard import PROGRAMS
from tests.board.serving import Served
from tests.streams.asking import Caller, register, waiting
from tests.streams.hosting import SECOND, T0, Clock, hosting

LEFT_OUT = [positive_data_acceptance]
"""An event may be described rightly and still be refused: for a time in the future, which no description can tell."""


REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
"""The answers by which what is wrong is refused; one of them is that a wrong text was too long as well."""


async def fill(caller: Caller) -> None:
    await caller.send(waiting("a", T0), waiting("b", T0, queue="q2"), register("c", T0 + SECOND), {"type": "no.such"})
    await caller.pass_time(100)
    await caller.send(waiting("d", T0 + 99 * SECOND, queue="q3"), waiting("e", T0 - SECOND, people=2))
    await caller.pass_time(10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served")) as found:
        found.do(fill(found.caller))
        yield found


@pytest.fixture(scope="module")
def described(served: Served) -> schemathesis.BaseSchema:
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}})
    return schemathesis.openapi.from_url(f"{served.url}/openapi.json", config=config)


def routes() -> list[tuple[str, str]]:
    """List what is served to programs, as (method, path): the board's pages and forms are for people."""
    with TemporaryDirectory() as folder:
        host = hosting(Path(folder), Clock())  # nothing is asked of it
        host.watched_clock = SteadyClock()
        app = application(host, Metrics())
    found = ((route.method, route.resource) for route in app.router.routes() if route.method != "HEAD")
    served = [(method, resource.canonical) for method, resource in found if resource is not None]
    return [(method, path) for method, path in served if path.startswith(PROGRAMS) and path != "/live"]


NOTHING_TO_SAY = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/v1/standards",
    "/v1/promises/{id}",
    "/v1/feeds",
    "/v1/calendars",
    "/v1/time",
    "/v1/time/accept",
    "/v1/in/{name}",
}
"""Where nothing is asked and nothing sent, nothing wrong can be."""
RIGHT = [(method, path, GenerationMode.POSITIVE) for method, path in routes()]
WRONG = [(method, path, GenerationMode.NEGATIVE) for method, path in routes() if path not in NOTHING_TO_SAY]


@pytest.mark.parametrize(("method", "path", "mode"), RIGHT + WRONG)
def test_the_server_does_what_it_describes(
    described: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    """Whatever is sent, right or wrong, the answer is one that was described, and never a failure of ours."""

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(excluded_checks=LEFT_OUT)

    check()


def read(served: Served, path: str) -> Any:  # noqa: ANN401 - whatever was answered
    with urlopen(served.url + path) as response:
        return json.load(response)


def test_every_route_is_described(served: Served) -> None:
    """There is no door that is not on the plan."""
    paths = read(served, "/openapi.json")["paths"]
    assert set(routes()) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/v1/promises", "/v1/promises"),
        ("/v1/standards", "/v1/standards"),
        ("/v1/score", "/v1/score"),
        ("/v1/notices", "/v1/notices"),
        ("/v1/dead-letters", "/v1/dead-letters"),
        ("/v1/late", "/v1/late"),
        ("/readyz", "/readyz"),
    ],
)
def test_the_answers_are_as_described(served: Served, path: str, described: str) -> None:
    """A filled list has exactly the form that its description gives, and is not empty."""
    document = read(served, "/openapi.json")
    schema = document["paths"][described]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    answer = read(served, path)
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)
    assert answer.get("items", True)


def test_events_are_described_by_the_vocabulary(served: Served) -> None:
    """Whoever writes a sender finds each event type's fields, and nothing that only the judge sees."""
    document = read(served, "/openapi.json")
    schema = {"$ref": "#/components/schemas/Event", "components": document["components"]}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(waiting("a", T0))
    assert not validator.is_valid({**waiting("a", T0), "data": {"site": "s3"}})
    assert "$at" not in json.dumps(document)


def test_the_description_says_what_needs_a_token(served: Served) -> None:
    """The probes and the description are open; all else names the token."""
    paths = read(served, "/openapi.json")["paths"]
    unguarded = {path for path, methods in paths.items() if any(m.get("security") == [] for m in methods.values())}
    assert unguarded == {"/healthz", "/readyz", "/openapi.json"}
