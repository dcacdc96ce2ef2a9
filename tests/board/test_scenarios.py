"""The scenarios' promises: who does what everybody may do says so once, and only what was agreed on is excused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import json

from streams.settings import StandardsFiles
from streams.storage.rows import PromiseFilter
from tests.board.peopled import ALL, POLICY, entered
from tests.board.serving import Served, fill
from tests.streams.asking import Peopled, cloud, register
from tests.streams.commands import kept
from tests.streams.hosting import NO_WAIT

STANDARDS = NO_WAIT.replace("    owner: floor-lead", "    owner: floor-lead\n    may_excuse: [lead, scenario/outage]")
PRACTICE = """
kept: 1
teams:
  north: {lead: floor-lead, site: s3}
scenarios:
  outage: {when: A till goes dark., do: [Say sorry., Walk the line.], up_to: 15, excuses: [no-wait]}
  lost: {when: Somebody is lost., do: [Walk along.]}
"""
STORY = """
kept: 1
standards: [shop.yaml]
start: 2026-03-02 10:00 Europe/Warsaw
with: {site: s3, queue: q1}
stories:
  what a scenario lets everybody do excuses:
    given:
      - {event: queue.length, waiting: 5}
      - {at: 10:00:30, event: exception.made, scenario: outage, team: north, by: ola}
      - {at: 10:00:30, act: grant, promise: no-wait s3/q1, by: scenario/outage, person: ola, reason: dark}
    until: 10:02
    expect:
      - {at: 10:00:30, excused: no-wait s3/q1}
  another scenario does not:
    given:
      - {event: queue.length, waiting: 5}
      - {at: 10:00:30, act: grant, promise: no-wait s3/q1, by: scenario/lost, reason: lost}
    until: 10:02
    expect:
      - {at: 10:00:40, warned: no-wait s3/q1}
      - {at: 10:01, broken: no-wait s3/q1}
"""
FILTER = PromiseFilter()


@pytest.fixture
def practised(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yaml").write_text(STANDARDS, encoding="utf-8")
    peopled = Peopled(POLICY.replace("after: 30s", "after: 20h"), practice=PRACTICE)
    with Served(tmp_path, ALL, peopled, StandardsFiles([str(tmp_path / "rules")])) as served:
        fill(served)
        yield served


def scenario(served: Served, name: str, role: str = "supervisor") -> str:
    page = entered(served, role)[0].ask("/handbook")[2]
    return page.partition(f'name="scenario" value="{name}"')[2].partition("</form>")[0]


def done(served: Served) -> list[tuple[str, str, str]]:
    kinds = ("exception.made", "exception.granted")
    return [(act.type, act.by, act.promise) for _, act in served.caller.host.read_model.board.actions(types=kinds)]


def promise(served: Served, verdict: str | None) -> str:
    rows = served.caller.host.read_model.promises(FILTER).items
    return next(row.id for row in rows if row.verdict == verdict)


@pytest.mark.parametrize("verdict", [None, "broken"])
def test_what_a_scenario_allows_excuses_its_promise(practised: Served, verdict: str | None) -> None:
    """Who did it names the promise that it was about, open or broken today, and that is excused in their name."""
    wanted = promise(practised, verdict)
    form = scenario(practised, "outage")
    assert f'value="{wanted}"' in form
    drawn = form.partition('name="drawn" value="')[2].partition('"')[0]
    visitor, proof = entered(practised, "supervisor")
    given = {"proof": proof, "scenario": "outage", "team": "north", "promise": wanted, "drawn": drawn}
    given["next"] = "/handbook"
    status, _, page = visitor.ask("/acts/make-exception", given)
    assert (status, f'href="/promises/{wanted}"' in page, 'href="/handbook"' in page) == (200, True, True)
    assert visitor.ask("/acts/make-exception", given)[0] == 303, "sent again, it does nothing more"
    practised.go(3)
    found = practised.caller.host.read_model.promise(wanted)
    assert found is not None
    assert found.row.verdict == "excused"
    assert done(practised) == [
        ("exception.granted", "scenario/outage", wanted), ("exception.made", "Ania", wanted)
    ]  # fmt: skip


def excuse(served: Served, wanted: str) -> None:
    """Do as the scenario says, as somebody of the team, about one promise."""
    visitor, proof = entered(served, "frontliner")
    form = {"proof": proof, "scenario": "outage", "team": "north", "promise": wanted, "note": "I walked the line."}
    assert visitor.ask("/acts/make-exception", form)[0] == 200


@pytest.mark.parametrize("minutes", [20, 31, 6 * 60])
def test_what_is_excused_afterwards_is_told_to_who_leads(practised: Served, minutes: int) -> None:
    """Within half an hour it is soon enough; later, all of the route's chain hear, and Today says who and why."""
    wanted = promise(practised, "broken")
    practised.go(minutes * 60)
    excuse(practised, wanted)
    practised.go(3600)
    found = practised.caller.host.read_model.promise(wanted)
    assert found is not None
    assert (found.row.verdict, found.lines[-1].reason) == ("excused", "scenario/outage")
    told = {each.notice.to for each in found.notices if each.notice.kind == "corrected"}
    afterwards = minutes > 30
    assert told == ({"ann", "bob"} if afterwards else {"ann"})
    assert all("Its page says who, and why." in it.notice.text for it in found.notices if it.notice.kind == "corrected")
    listed = entered(practised, "supervisor")[0].ask("/today?team=north")[2].partition('id="excused"')[2]
    listed = listed.partition("</section>")[0]
    assert (f"/promises/{wanted}" in listed, "by Ania. A till goes dark: I walked the line." in listed) == (
        afterwards, afterwards)  # fmt: skip
    seen = entered(practised, "viewer")[0].ask("/today?team=north")[2].partition('id="excused"')[2]
    assert ("by a colleague. A till goes dark." in seen, "Ania" in seen.partition("</section>")[0]) == (
        afterwards, False)  # fmt: skip


def test_the_page_of_what_was_excused_tells_how_it_went(practised: Served) -> None:
    """It failed when it did, and its own clock ended then; who excused it, by which case, stands there in words."""
    wanted = promise(practised, "broken")
    practised.go(300)
    visitor, proof = entered(practised, "supervisor")
    form = {"proof": proof, "scenario": "outage", "team": "north", "promise": wanted, "note": "I walked the line."}
    status, _, said = visitor.ask("/acts/make-exception", form, Accept="application/json")
    assert (status, json.decode(said)["at"]) == (200, f"/promises/{wanted}"), "the page's script leads there"
    practised.go(3)
    found = practised.caller.host.read_model.promise(wanted)
    assert found is not None
    assert found.row.verdict == "excused"
    page = visitor.ask(f"/promises/{wanted}")[2]
    times = page.partition("Its time")[2].partition("</section>")[0]
    assert [each in times for each in ("<dt>Failed", "<dt>Excused", "<dt>Settled")] == [True, True, False]
    assert "<dt>By its own clock</dt><dd>1 min<" in times
    acts = page.partition("What people did")[2].partition("</section>")[0]
    assert ("scenario: A till goes dark." in acts, "as everybody may then" in acts) == (True, True)
    assert [each in acts for each in ("outage", "standard:", "subject:")] == [False, False, False]
    assert "nobody had been told of any trouble" not in page
    assert f"/promises/{wanted}" in visitor.ask("/people")[2]


def test_what_is_about_no_promise_is_told_each_time(practised: Served) -> None:
    """What is done twice is two exceptions, so a rule that is bent each day is seen; a form sent twice is not."""
    visitor, proof = entered(practised, "supervisor")
    for drawn in ("1", "1", "2"):
        form = {"proof": proof, "scenario": "lost", "team": "north", "drawn": drawn}
        assert visitor.ask("/acts/make-exception", form)[0] == 303
    assert done(practised) == [("exception.made", "Ania", "")] * 2


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"scenario": "outages"}, 400, "Did you mean outage?"),
        ({"scenario": "lost"}, 409, "This scenario does not excuse promises of no-wait."),
        ({"team": "nort"}, 400, "Did you mean north?"),
        ({"promise": "none"}, 404, "There is no promise"),
    ],
)
def test_what_nobody_agreed_on_excuses_nothing(
    practised: Served, change: dict[str, str], status: int, words: str
) -> None:
    """A scenario that is not there, or not for this standard, is refused; neither of both events is stored."""
    visitor, proof = entered(practised, "supervisor")
    form = {"proof": proof, "scenario": "outage", "team": "north", "promise": promise(practised, None), **change}
    answered, _, page = visitor.ask("/acts/make-exception", form)
    assert (answered, words in page) == (status, True)
    assert done(practised) == []


def test_a_team_is_offered_its_own_promises_however_many_others_have(practised: Served) -> None:
    """Thirty newer promises of another team hide none of one's own; past two hundred it is said how many more."""
    own = promise(practised, "broken")
    sent = (cloud("queue.length", f"s{number}", practised.now, site="s4", queue=f"q{number}", waiting=5)
            for number in range(30))  # fmt: skip
    practised.send(*sent)
    practised.go(3)
    form = entered(practised, "frontliner")[0].ask("/handbook")[2]
    assert (f'value="{own}"' in form, "s4" in form.partition("<main")[2]) == (True, False)
    assert "s4" in scenario(practised, "outage"), "who supervises excuses for each team"
    sent = (cloud("queue.length", f"t{number}", practised.now, site="s3", queue=f"t{number}", waiting=5)
            for number in range(200))  # fmt: skip
    practised.send(*sent)
    practised.go(3)
    assert "more</p>" in entered(practised, "frontliner")[0].ask("/handbook")[2]


def test_a_scenario_is_no_role(practised: Served) -> None:
    """Who excuses a promise by hand does so as somebody: no form offers a scenario as a role, and a viewer has none."""
    page = entered(practised)[0].ask(f"/promises/{promise(practised, None)}")[2]
    assert ('<option value="lead">' in page, "scenario/outage" in page.partition('id="excuse"')[2][:800]) == (
        True,
        False,
    )
    assert scenario(practised, "outage", "viewer") == ""


def test_it_is_played_in_a_story(tmp_path: Path) -> None:
    """By the judge's own rules a scenario that the standard names excuses, and one that it does not name does not."""
    (tmp_path / "shop.yaml").write_text(STANDARDS, encoding="utf-8")
    (tmp_path / "story.yaml").write_text(STORY, encoding="utf-8")
    result = kept("test", str(tmp_path / "story.yaml"))
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_was_put_right_at_last_failed_when_it_did(practised: Served) -> None:
    """Done late and then excused at once, it is excused afterwards all the same: from when it failed time counts."""
    wanted = promise(practised, "broken")
    practised.go(40 * 60)
    found = practised.caller.host.read_model.promise(wanted)
    assert found is not None
    practised.send(register("late", practised.now, queue=found.row.subject.rpartition("/")[2]))
    practised.go(60)
    excuse(practised, wanted)
    practised.go(5)
    found = practised.caller.host.read_model.promise(wanted)
    assert found is not None
    assert "fulfilled_late" in {line.kind for line in found.lines}
    assert "bob" in {each.notice.to for each in found.notices if each.notice.kind == "corrected"}
    listed = entered(practised, "supervisor")[0].ask("/today?team=north")[2].partition('id="excused"')[2]
    assert f"/promises/{wanted}" in listed.partition("</section>")[0]
