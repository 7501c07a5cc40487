"""Between two episodes: the wiped out leave, people follow returns, prey change type and rebuild their leverage.

Money moves with people, in whole members, and nowhere else:

- Wealth itself selects: capital that was won or lost stays where it is (Blume and Easley, 1992, "Evolution and market
  behavior", J. Economic Theory 58).
- Those who see a better return than elsewhere come, at the rate ``speed * (trend - outside)``; those who see a worse
  one go. Newcomers who come whatever was earned do so at the rate ``entry``; of prey ``entry * (1 - prey / room)``
  (Verhulst, 1838).
- Prey meet prey at random and take over the other's type with a chance in proportion to what it earned more, which is
  the replicator equation in the mean (Schlag, 1998, "Why imitate, and if so, how?", J. Economic Theory 78); and some
  change for no reason (mutation).
- Leverage goes back towards what the type wants by a part of the way, and is cut after a loss.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from cascade_sim.experiments.ecology.episode import Fate
from cascade_sim.experiments.ecology.question import Ecology, Flows, Population
from cascade_sim.experiments.ecology.state import State

__all__ = ["Flow", "Pairs", "between"]

Pairs = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Flow:
    """Money that came to a population and left it between two episodes, USD; all but `switched` at least 0.

    Attributes
    ----------
    left : float
        Taken along by those who were wiped out; below zero where they still owed something.
    entered, withdrawn : float
        Brought by newcomers, taken along by those who went elsewhere.
    switched : float
        Brought by those who changed type, less what others took along; adds up to zero over prey.
    """

    left: float = 0.0
    entered: float = 0.0
    withdrawn: float = 0.0
    switched: float = 0.0


def _earned(state: State, fate: Fate) -> float:
    """Return of an episode; nothing on nothing."""
    return fate.profit / state.capital if state.capital > 0 else 0.0


def _after(state: State, fate: Fate, flows: Flows) -> tuple[State, float]:
    """The population when the episode is over, and what those who were wiped out have left.

    What was won or lost is its own; the last one to go takes what had stayed at home.
    """
    left = fate.left if fate.wiped < state.members else state.capital + fate.profit
    trend = state.trend + flows.memory * (_earned(state, fate) - state.trend)
    return replace(state.without(fate.wiped, left - fate.profit), trend=trend), left


def _come_and_go(state: State, population: Population, flows: Flows, room: float) -> tuple[State, float, float]:
    """Newcomers bring a ticket each, leavers take their stake; returns what came and what went, USD."""
    pull = population.speed * (state.trend - population.outside)
    waiting = state.waiting + min(max(pull, -flows.most), flows.most) * state.members + population.entry * room
    waiting = max(waiting, -float(state.members))
    whole = math.trunc(waiting)
    state = replace(state, waiting=waiting - whole)
    if whole >= 0:
        entered = whole * population.ticket
        return state.plus(whole, entered), entered, 0.0
    withdrawn = state.capital if -whole == state.members else -whole * state.stake
    return state.without(-whole, withdrawn), 0.0, withdrawn


def _wish_to_switch(one: State, other: State, all_members: int, types: int, flows: Flows) -> float:
    """Members of one type who would take over another."""
    share = other.members / all_members
    better = min(flows.imitation * max(other.trend - one.trend, 0.0), 1.0)
    return one.members * (better * share + flows.mutation / (types - 1))


def _switch(states: dict[str, State], flows: Flows, pairs: Pairs) -> tuple[dict[str, State], Pairs, dict[str, float]]:
    """Let prey change type, in whole members who bring their stake along."""
    first, moved, left_over = dict(states), dict.fromkeys(states, 0.0), dict(pairs)
    total = sum(state.members for state in states.values())
    for one, other in combinations(states, 2) if total else ():
        a, b = first[one], first[other]
        wish = _wish_to_switch(a, b, total, len(first), flows) - _wish_to_switch(b, a, total, len(first), flows)
        wish += left_over.get((one, other), 0.0)
        source, target = (one, other) if wish > 0 else (other, one)
        whole = min(math.trunc(abs(wish)), states[source].members)
        money = whole * states[source].stake
        left_over[one, other] = math.fmod(wish, 1.0)
        states = states | {
            source: states[source].without(whole, money),
            target: states[target].plus(whole, money),
        }
        moved[source] -= money
        moved[target] += money
    return states, left_over, moved


def _rebuilt(state: State, wanted: float | None, earned: float, flows: Flows) -> State:
    """Leverage on its way back to what is wanted, and cut after a loss."""
    if wanted is None:
        return state
    cut = state.leverage * (1.0 - flows.caution * min(max(-earned, 0.0), 1.0))
    return replace(state, leverage=max(cut + flows.rebuild * (wanted - cut), 1.0))


def between(
    ecology: Ecology, states: Mapping[str, State], fates: Mapping[str, Fate], pairs: Pairs
) -> tuple[dict[str, State], Pairs, dict[str, Flow]]:
    """Populations at the next opening.

    For every one of them, capital then = capital before + profit - left + entered - withdrawn + switched.

    Parameters
    ----------
    ecology : Ecology
    states : mapping of str to State
        At the opening of the episode that is over.
    fates : mapping of str to Fate
    pairs : dict
        Members who are about to change between two types and are not yet a whole one.

    Returns
    -------
    states : dict of str to State
    pairs : dict
    flows : dict of str to Flow
    """
    prey, rules = ecology.of_role("prey"), ecology.flows
    settled = {name: _after(state, fates[name], rules) for name, state in states.items()}
    after = {name: state for name, (state, _) in settled.items()}
    room = max(1.0 - sum(after[name].members for name in prey) / rules.room, 0.0)
    switched, pairs, moved = _switch({name: after[name] for name in prey}, rules, pairs)
    after |= switched
    flows = {}
    for name, population in ecology.populations.items():
        state, entered, withdrawn = _come_and_go(after[name], population, rules, room if name in prey else 1.0)
        after[name] = _rebuilt(state, population.leverage, _earned(states[name], fates[name]), rules)
        flows[name] = Flow(settled[name][1], entered, withdrawn, moved.get(name, 0.0))
    return after, pairs, flows
