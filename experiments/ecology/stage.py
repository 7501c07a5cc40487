"""The scenario of an episode: everybody comes with the capital carried over, and positions are built anew.

Prey are long at their leverage, bought at the price of the opening; the other side is short. So at the opening an
account is worth what was paid in. Open interest is not a free number: it is what makes prey's margin their capital.
"""

from dataclasses import dataclass

import numpy as np

from cascade_sim.experiments.ecology.news import episode_seed
from cascade_sim.experiments.ecology.question import KINDS, Ecology
from cascade_sim.experiments.ecology.state import State
from cascade_sim.recording.accounts import account_worth, cohort_names
from cascade_sim.scenario.agents import Traders
from cascade_sim.scenario.assets import News
from cascade_sim.scenario.laws import Constant, LogNormal
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["OTHER_SIDE", "Stage", "perpetual_of", "set_stage"]

OTHER_SIDE = "other-side"
_HIGHEST = 100.0  # leverage of a member
_KEPT_BACK = (
    0.0005  # part of prey's capital that stays at home, so that rounding to lots never needs more than there is
)
_ONE_LOT_LESS = 1e-9  # USD: an open interest of the other side's own that is nothing
_TRIES = 2  # deposits are proportional to open interest but for whole lots


@dataclass(frozen=True)
class Stage:
    """An episode about to begin.

    Attributes
    ----------
    simulation : Simulation
        At time zero.
    deposits : dict of str to float
        USD that every population has on its accounts; the rest of its capital stays at home.
    open_interest : dict of str to float
        Long positions of prey, USD.
    """

    simulation: Simulation
    deposits: dict[str, float]
    open_interest: dict[str, float]


def perpetual_of(scenario: Scenario) -> str:
    """The perpetual that the ecology lives on: the scenario's first."""
    return next(name for name, (_, market) in scenario.markets.items() if market.kind == "perpetual")


def _traders(template: Traders, market: str, usd: float, members: int, leverage: float, spread: float) -> Traders:
    """A cohort on one side, all invested at today's price, with all of its money as margin."""
    law = LogNormal(law="lognormal", median=leverage, sigma=spread, low=1.0, high=_HIGHEST)
    changes = {"count": members, "open_interest": {market: usd}, "leverage": law, "usage": Constant(value=1.0)}
    return template.model_copy(
        update=changes | {"invested": 1.0, "long_share": 1.0, "cross_share": 0.0, "entry_spread": 0.0}
    )


def _prey(ecology: Ecology, base: Scenario, states: dict[str, State], longs: dict[str, float]) -> dict[str, Traders]:
    """Cohorts of prey, and of those who are short what prey are long."""
    market, side = perpetual_of(base), ecology.other_side
    cohorts = {}
    for name, usd in longs.items():
        template = base.agents.traders[ecology.populations[name].cohort]
        cohorts[name] = _traders(template, market, usd, states[name].members, states[name].leverage, ecology.spread)
    if cohorts:
        template = base.agents.traders[side.cohort]
        short = _traders(template, market, _ONE_LOT_LESS, side.members, side.leverage, 0.0)
        cohorts[OTHER_SIDE] = short.model_copy(
            update={"long_share": 0.0, "interval": Constant(value=side.interval), "guard_share": 0.0}
        )
    return cohorts


def _others(ecology: Ecology, base: Scenario, states: dict[str, State]) -> dict[str, dict[str, object]]:
    """Cohorts of hunters, liquidators and makers by kind: each population takes its cohort's place."""
    market = perpetual_of(base)
    found: dict[str, dict[str, object]] = {
        kind: dict(getattr(base.agents, kind)) for kind in ("hunters", "liquidators", "makers")
    }
    found["hunters"] = {}
    for name in ecology.of_role("hunters", "liquidators", "makers"):
        population, state = ecology.populations[name], states[name]
        kind = KINDS[population.role]
        template = getattr(base.agents, kind)[population.cohort]
        changes: dict[str, object] = {"count": state.members}
        if kind == "makers":
            changes["markets"] = {market: max(state.capital, 1.0) / template.capital}
        else:
            changes["capital"] = Constant(value=max(state.stake, 0.0))
        found[kind].pop(population.cohort, None)
        found[kind][name] = template.model_copy(update=changes)
    return found


def _scenario(
    ecology: Ecology, base: Scenario, states: dict[str, State], longs: dict[str, float], news: News
) -> Scenario:
    market, share = perpetual_of(base), ecology.other_side.arbitrage
    stock = share * sum(longs.values())
    arbitrageurs = {}
    for name, cohort in base.agents.arbitrageurs.items():
        pairs = {
            m: pair.model_copy(update={"stock": stock if m == market else 0.0}) for m, pair in cohort.pairs.items()
        }
        arbitrageurs[name] = cohort.model_copy(update={"pairs": pairs})
    cohorts = _others(ecology, base, states) | {"traders": _prey(ecology, base, states, longs)}
    agents = base.agents.model_copy(update=cohorts | {"arbitrageurs": arbitrageurs})
    return base.model_copy(update={"agents": agents, "news": (news,)})


def _deposited(simulation: Simulation) -> dict[str, float]:
    worth, cohorts = account_worth(simulation), cohort_names(simulation)
    return {str(name): float(worth[cohorts == name].sum()) for name in np.unique(cohorts[1:].astype(str))}


def set_stage(ecology: Ecology, base: Scenario, states: dict[str, State], seed: int, episode: int, news: News) -> Stage:
    """Open an episode with the capital that populations have.

    Parameters
    ----------
    ecology : Ecology
    base : Scenario
        `Ecology.base`, read once.
    states : dict of str to State
    seed, episode : int
        Address of its luck.
    news : News
    """
    prey = [name for name in ecology.of_role("prey") if states[name].members > 0 and states[name].capital > 0]
    money = {name: states[name].capital * (1.0 - _KEPT_BACK) for name in prey}
    longs = {name: money[name] * states[name].leverage for name in prey}
    run = episode_seed(seed, episode)
    simulation = Simulation(_scenario(ecology, base, states, longs, news), run)
    for _ in range(_TRIES if prey else 0):
        found = _deposited(simulation)
        longs = {name: usd * money[name] / found[name] for name, usd in longs.items()}
        simulation = Simulation(_scenario(ecology, base, states, longs, news), run)
    return Stage(simulation, _deposited(simulation), longs)
