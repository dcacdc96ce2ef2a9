"""The policy as a host that keeps names apart reads it: its people by their references, in all that names them.

Read next: `alerts/policy/policy.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from standards.natural import same
from streams.names.references import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from alerts.policy.policy import People, Person, Route, Team
    from streams.names.names import Names

PUSH: Final = "push"
"""The channel whose addresses are names by which people sign in."""


def people_of(people: People, names: Names) -> People:
    """Give a policy with a reference in the place of each person's name; teams and their rooms keep theirs.

    From now on people are shown as it calls them, and reached where it says. Raises StateError where names cannot
    be stored.
    """
    own = {name: name for name in people.people if name not in people.teams}
    names.call({name: people.names.get(name, name) for name in own}, people.teams)
    names.sign_in({name: push for name in own if (push := _own_push(people, name))})
    names.join(_others(people, own))
    references = names.persons({*own, *push_names(people)})
    reached = {name: _addresses(person, references) for name, person in people.people.items()}
    names.know_addresses({references.get(name, name): where for name, where in reached.items()})
    return replace(
        people,
        people={references.get(name, name): replace(person, name=references.get(name, name),
                                                    addresses=_channels(reached[name]))
                for name, person in people.people.items()},
        teams={name: _team(team, references) for name, team in people.teams.items()},
        routes=tuple(_route(route, references) for route in people.routes),
        silences=tuple(replace(each, by=references.get(each.by, each.by)) for each in people.silences),
    )  # fmt: skip


def push_names(people: People | None) -> list[str]:
    """Give all names of a policy by which people sign in to be rung."""
    return [it.addresses[PUSH] for it in people.people.values() if PUSH in it.addresses] if people else []


def _others(people: People, own: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give the other names of people: those that they have, and what they are called where that is nobody else's."""
    called = {name: people.names[name] for name in own if name in people.names}
    every = (*people.people, *people.teams, *(each for it in people.people.values() for each in it.also))
    taken = Counter(map(canonical, (*every, *called.values())))
    others = {name: (*people.people[name].also, *_if_alone(called.get(name), taken)) for name in own}
    return {name: found for name, found in others.items() if found}


def _if_alone(called: str | None, taken: Mapping[str, int]) -> tuple[str, ...]:
    return (called,) if called and taken[canonical(called)] == 1 else ()


def _addresses(person: Person, references: Mapping[str, str]) -> Mapping[str, str]:
    """Give somebody's addresses; that for push is the name by which they sign in, so it is a reference as well."""
    found = person.addresses
    return {**found, PUSH: references[found[PUSH]]} if PUSH in found else found


def _channels(addresses: Mapping[str, str]) -> Mapping[str, str]:
    """Give the channels by which somebody is reached: where, is looked up as something is sent, and never stored."""
    return {name: where if name == PUSH else "" for name, where in addresses.items()}


def _own_push(people: People, name: str) -> str:
    """Give the name by which somebody signs in for pushes, where nobody else does."""
    push = people.people[name].addresses.get(PUSH, "")
    others = (each for other, each in people.people.items() if other != name)
    return "" if any(same(each.addresses.get(PUSH, ""), push) for each in others) else push


def _team(team: Team, references: Mapping[str, str]) -> Team:
    members = tuple(replace(it, person=references.get(it.person, it.person)) for it in team.members)
    return replace(team, members=members)


def _route(route: Route, references: Mapping[str, str]) -> Route:
    chain = tuple(replace(step, tell=tuple(references.get(name, name) for name in step.tell)) for step in route.chain)
    if not route.number or not chain:
        return replace(route, chain=chain)
    said, told, again = route.name.rpartition(", ".join(route.chain[0].tell))  # it is called by whom it tells first
    return replace(route, chain=chain, name=f"{said}{', '.join(chain[0].tell)}{again}" if told else route.name)
