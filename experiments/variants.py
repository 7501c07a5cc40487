"""Variants of a scenario: more or less leverage, depth, maintenance margin; nobody who hunts."""

from cascade_sim.scenario.agents import Agents
from cascade_sim.scenario.laws import Constant, LogNormal
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.scenario.venues import Tier

__all__ = ["with_depth", "with_leverage", "with_maintenance", "with_shock", "without_hunters", "without_leverage"]


def _with_agents(scenario: Scenario, **changes: object) -> Scenario:
    agents: Agents = scenario.agents.model_copy(update=changes)
    return scenario.model_copy(update={"agents": agents})


def with_shock(scenario: Scenario, move: float) -> Scenario:
    """The same news at the same times, of another size; 0: no news."""
    news = tuple(item.model_copy(update={"move": move}) for item in scenario.news) if move else ()
    return scenario.model_copy(update={"news": news})


def with_leverage(scenario: Scenario, factor: float) -> Scenario:
    """Traders' median leverage times a factor; sizes of positions stay."""
    cohorts = {}
    for name, cohort in scenario.agents.traders.items():
        law = cohort.leverage
        if not isinstance(law, LogNormal):
            raise ValueError(f"agents.traders.{name}.leverage must be lognormal to be scaled, got {law.law}")
        cohorts[name] = cohort.model_copy(update={"leverage": law.model_copy(update={"median": law.median * factor})})
    return _with_agents(scenario, traders=cohorts)


def without_leverage(scenario: Scenario) -> Scenario:
    """Every trader at leverage 1."""
    one = Constant(law="constant", value=1.0)
    return _with_agents(
        scenario,
        traders={name: cohort.model_copy(update={"leverage": one}) for name, cohort in scenario.agents.traders.items()},
    )


def with_depth(scenario: Scenario, factor: float) -> Scenario:
    """Depth that makers quote, and the money behind it, times a factor."""
    return _with_agents(
        scenario,
        makers={
            name: cohort.model_copy(
                update={"markets": {market: depth * factor for market, depth in cohort.markets.items()}}
            )
            for name, cohort in scenario.agents.makers.items()
        },
    )


def without_hunters(scenario: Scenario) -> Scenario:
    """Nobody hunts; every other agent keeps its own luck."""
    return _with_agents(scenario, hunters={})


def _scaled(tier: Tier, factor: float, caps_leverage: bool) -> Tier:
    maintenance = min(tier.maintenance * factor, 0.5)
    leverage = min(tier.leverage, 1.0 / (2.0 * maintenance)) if caps_leverage else min(tier.leverage, 1.0 / maintenance)
    return tier.model_copy(update={"maintenance": maintenance, "leverage": leverage})


def with_maintenance(scenario: Scenario, factor: float, caps_leverage: bool) -> Scenario:
    """Every tier's maintenance margin times a factor.

    Parameters
    ----------
    scenario : Scenario
    factor : float
    caps_leverage : bool
        Whether leverage is capped by an initial margin of twice the maintenance margin; otherwise positions are
        opened at the leverage they had.
    """
    venues = {}
    for name, venue in scenario.venues.items():
        tiers = {
            market: tuple(_scaled(tier, factor, caps_leverage) for tier in rows)
            for market, rows in venue.rules.tiers.items()
        }
        rules = venue.rules.model_copy(update={"tiers": tiers})
        venues[name] = venue.model_copy(update={"rules": rules})
    return scenario.model_copy(update={"venues": venues})
