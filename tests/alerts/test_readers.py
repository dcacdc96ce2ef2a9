"""Who reads a message: their language, zone and names for places come before the team's, the site's and the host's."""

import pytest

from alerts.policy.policy import Person, Policy
from alerts.policy.policy_document import load_policy
from alerts.policy.reader import reader_of
from alerts.routing.notice import notice
from standards.compiler.spec import Source
from standards.errors import SpecError
from tests.alerts.test_languages import WARSAW, at
from tests.alerts.test_relevance import NOON, REGISTER

POLICY = """
kept: 1
names: {s3: Kraków 3, q1: Kasa 1, s4/q1: Kasa ekspresowa}
sites:
  s3: {timezone: Europe/Warsaw, language: pl}
people:
  ann: {timezone: Europe/London, language: en}
  bob: {}
  cleo: {language: pl}
  dora: {}
teams:
  floor: {members: [bob, cleo], language: de, addresses: {chat: room}}
routes:
  - tell: [ann, floor, dora, webhook]
"""


def reading(name: str, site: str, policy: str = POLICY) -> tuple[str, str]:
    found = Policy({"r1": REGISTER}, WARSAW, load_policy(Source("policy.yaml", policy), [REGISTER]), "de")
    assert found.people is not None
    read = reader_of(found, at("q1", site=site), found.people.person(name))
    return read.words.language, read.clock(NOON, NOON)


def test_a_persons_language_comes_first_then_the_teams_then_the_sites_then_the_hosts() -> None:
    """Everybody reads their own; who has none reads as the team does, or as it is spoken there, or as the host says."""
    assert {name: reading(name, "s3")[0] for name in ("ann", "bob", "cleo", "floor", "dora")} == {
        "ann": "en", "bob": "de", "cleo": "pl", "floor": "de", "dora": "pl",
    }  # fmt: skip
    assert reading("dora", "s9")[0] == "de"
    assert reading("webhook", "s3") == ("en", "12:00:00 CET")


def test_a_time_says_its_zone_where_that_is_nobodys_own() -> None:
    """In a person's zone or the site's it is the time alone; in the host's it has the zone, if others have others."""
    assert reading("ann", "s3")[1] == "11:00:00"
    assert reading("dora", "s3")[1] == "12:00:00"
    assert reading("dora", "s9")[1] == "12:00:00 CET"
    alone = "kept: 1\npeople: {dora: {}}\nroutes: [{tell: dora}]\n"
    assert reading("dora", "s9", alone)[1] == "12:00:00"
    assert (reading("webhook", "s3")[1], reading("webhook", "s3", alone)[1]) == ("12:00:00 CET", "12:00:00")
    assert reader_of(Policy({}), at("q1"), Person("dora")).clock(NOON, NOON) == "11:00:00 UTC"


def test_a_part_has_the_name_that_it_has_at_its_site() -> None:
    """Tills of all shops may be called alike, and one of them otherwise."""
    people = load_policy(Source("policy.yaml", POLICY), [REGISTER])
    found = Policy({"r1": REGISTER}, people=people)
    made = [notice(at("q1", site=site), REGISTER, reader_of(found, at("q1", site=site))).where for site in ("s3", "s4")]
    assert made == [("Kraków 3", "Kasa 1"), ("s4", "Kasa ekspresowa")]


@pytest.mark.parametrize("where", ["people: {ann: {language: fr}}", "people: {ann: {}}\nsites: {s3: {language: fr}}",
                                   "people: {ann: {}}\nteams: {t: {members: [ann], language: fr}}"])  # fmt: skip
def test_a_language_that_kept_does_not_have_is_a_finding(where: str) -> None:
    """At its line, with those that there are; it is said once."""
    with pytest.raises(SpecError) as caught:
        load_policy(Source("policy.yaml", f"kept: 1\n{where}\nroutes: [{{tell: ann}}]\n"), [REGISTER])
    (finding,) = caught.value.findings
    assert (finding.id, finding.fix) == ("unknown-language", "write one of: en, de, pl")
    assert finding.found == "'fr' is not a language that Kept has"
    assert finding.place.line == 1 + where.count("\n") + 1
