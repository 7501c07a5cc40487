"""A profile as a market: every player is a copy of its role's cohort, with its strategy's settings laid over it.

Copies have names of their own (``predators-1``, ``predators-2``), by which their luck is addressed: a player has the
same traits and draws in every profile, whatever the others choose. They stand behind all other cohorts of their kind.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.normal_form import Role
from cascade_sim.experiments.games.profiles import Profile
from cascade_sim.experiments.games.questions.guests import maker_of
from cascade_sim.experiments.games.questions.question import GameQuestion, PlayedRole, Strategy, scenario_of
from cascade_sim.scenario.load import ScenarioError, load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Seat", "Seating", "check_members", "members_of", "roles_of", "seat", "sizes_of"]


@dataclass(frozen=True)
class Seat:
    """One player.

    Attributes
    ----------
    role, strategy : int
    cohort : str
        Name of its own cohort, or of its agent's class; empty for a venue.
    guest : int
        Its number among the agents in Python, -1 for none.
    """

    role: int
    strategy: int
    cohort: str
    guest: int = -1


@dataclass(frozen=True)
class Seating:
    """A profile that can be run.

    Attributes
    ----------
    scenario : Scenario
    seats : tuple of Seat
    guests : tuple of callable
        From a model to an agent in Python.
    """

    scenario: Scenario
    seats: tuple[Seat, ...]
    guests: tuple[Callable[[Any], Any], ...]


def roles_of(question: GameQuestion) -> tuple[Role, ...]:
    """Roles of the game in reduced form."""
    return tuple(Role(name, tuple(role.strategies), role.players) for name, role in question.roles.items())


def sizes_of(question: GameQuestion) -> list[tuple[int, int]]:
    """Players and strategies of each role."""
    return [(role.players, len(role.strategies)) for role in question.roles.values()]


def _chosen(question: GameQuestion, profile: Profile) -> Iterator[tuple[int, PlayedRole, int, int, Strategy]]:
    """Role, its number in the game, the player's number in it, and its strategy, for every player."""
    for r, (role, counts) in enumerate(zip(question.roles.values(), profile, strict=True)):
        strategies = list(role.strategies.values())
        chosen = [k for k, count in enumerate(counts) for _ in range(count)]
        for player, k in enumerate(chosen, 1):
            yield r, role, player, k, strategies[k]


def _fixed(question: GameQuestion) -> Scenario:
    """What holds for everybody, before any strategy can be to blame."""
    try:
        return scenario_of(question)
    except ScenarioError as error:
        raise GameError(f"game {question.name!r}, its scenario or settings", error.problems) from error


def _without_cohorts(question: GameQuestion) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Plain data of the scenario without the cohorts that are played, and those."""
    data, cohorts = _fixed(question).model_dump(mode="json"), {}
    for name, role in question.roles.items():
        if role.cohort is not None:
            kind, own = role.cohort.split(".")
            if own not in data["agents"][kind]:
                known = ", ".join(f"{kind}.{other}" for other in data["agents"][kind]) or "none of this kind"
                raise GameError(
                    f"game {question.name!r}",
                    [f"roles.{name}.cohort: the scenario has no {role.cohort}; it has {known}"],
                )
            cohorts[role.cohort] = data["agents"][kind].pop(own)
        elif role.venue not in data["venues"]:
            problem = f"roles.{name}.venue: the scenario has no {role.venue}; it has {', '.join(data['venues'])}"
            raise GameError(f"game {question.name!r}", [problem])
    return data, cohorts


def seat(question: GameQuestion, profile: Profile) -> Seating:
    """Market in which everybody plays what the profile says.

    Parameters
    ----------
    question : GameQuestion
    profile : Profile
        Counts by role and strategy.

    Raises
    ------
    GameError
        If a cohort or a class is not there.
    ScenarioError
        If a strategy's settings make no valid scenario.
    """
    data, cohorts = _without_cohorts(question)
    seats: list[Seat] = []
    guests: list[Callable[[Any], Any]] = []
    overrides: list[str] = []
    for r, role, player, k, strategy in _chosen(question, profile):
        if strategy.agent is not None:
            place = sum(1 for before in seats if before.cohort)  # the same whoever else is written in Python
            guests.append(maker_of(strategy, f"guest {place}", list(data["venues"])))
            seats.append(Seat(r, k, strategy.agent.rpartition(":")[2], len(guests) - 1))
        elif role.cohort is None:
            overrides = _assignments("", strategy) + overrides  # the venue's rules first
            seats.append(Seat(r, k, ""))
        else:
            kind, own = role.cohort.split(".")
            name = f"{own}-{player}"
            if name in data["agents"][kind]:
                problem = f"the scenario has {kind}.{name} already: a copy of {role.cohort} needs that name; rename it"
                raise GameError(f"game {question.name!r}", [problem])
            data["agents"][kind][name] = deepcopy(cohorts[role.cohort])
            overrides += _assignments(f"agents.{kind}.{name}.", strategy)
            seats.append(Seat(r, k, name))
    scenario = load_scenario(data, overrides)
    if guests and scenario.burn_in > 0:
        problem = f"settings: agents in Python need burn_in: 0 (they are paid from time zero), got {scenario.burn_in:g}"
        raise GameError(f"game {question.name!r}", [problem])
    return Seating(scenario, tuple(seats), tuple(guests))


def _assignments(prefix: str, strategy: Strategy) -> list[str]:
    return [f"{prefix}{path}={json.dumps(value)}" for path, value in strategy.set.items()]


def members_of(question: GameQuestion, seating: Seating) -> dict[tuple[int, int], int]:
    """How many members (accounts, or makers with two) a player has, by numbers of role and strategy; not for venues."""
    cohorts = [role.cohort for role in question.roles.values()]
    found = {}
    for place in seating.seats:
        if (cohort := cohorts[place.role]) is not None:
            own = getattr(seating.scenario.agents, cohort.split(".")[0])
            found[place.role, place.strategy] = 1 if place.guest >= 0 else int(own[place.cohort].count)
    return found


def check_members(question: GameQuestion, members: Mapping[tuple[int, int], int]) -> None:
    """Refuse strategies of one role between which the number of members differs: payoffs are of one member.

    None at all is a way to stay out of the market, and pays nothing.

    Parameters
    ----------
    question : GameQuestion
    members : mapping of (int, int) to int
        Of one player, by numbers of role and strategy.

    Raises
    ------
    GameError
        With the strategies and their numbers.
    """
    for r, (name, role) in enumerate(question.roles.items()):
        counts = {s: members[r, k] for k, s in enumerate(role.strategies) if members.get((r, k), 0) > 0}
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{strategy} has {count}" for strategy, count in counts.items())
            problem = (
                f"roles.{name}.strategies: {told} members a player (count; an agent in Python is one). Payoffs are "
                "of one member and could not be compared. Give all the same count (or 0 to stay out), and let "
                "strategies change what each does or holds (open_interest, markets, capital), or take more players"
            )
            raise GameError(f"game {question.name!r}", [problem])
