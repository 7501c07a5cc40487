"""A candidate from its settings to its four objectives: agents adjust, then days are measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cascade_sim.experiments.design_search.adjusting import adjust
from cascade_sim.experiments.design_search.day import run_days
from cascade_sim.experiments.design_search.objectives import measured
from cascade_sim.experiments.design_search.population import (
    choices_of,
    counts_of_shares,
    populated,
    scenario_of,
    whole_shares,
)
from cascade_sim.experiments.design_search.question import Choice, DesignQuestion
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Evaluated", "evaluate", "market_of"]

_ADJUST_SEED, _SEARCH_SEED = 0, 100_000
Intervals = dict[str, tuple[float, ...]]
Shares = Sequence[float]


@dataclass(frozen=True)
class Evaluated:
    """What was found about a candidate.

    Attributes
    ----------
    objectives : dict of str to (value, low, high)
    leverages, depths : dict of float to float
        Share of agents by what they chose.
    regret : tuple of float
        What the best choice still paid above the average, of traders and makers, as a share of what was put up.
    rounds : int
        In which agents adjusted.
    """

    objectives: Intervals
    leverages: dict[float, float]
    depths: dict[float, float]
    regret: tuple[float, float]
    rounds: int

    @property
    def leverage(self) -> float:
        """Leverage that traders chose on average."""
        return _mean(self.leverages)

    @property
    def depth(self) -> float:
        """Depth that makers chose on average."""
        return _mean(self.depths)


def _mean(shares: Mapping[float, float]) -> float:
    return float(sum(choice * share for choice, share in shares.items()))


def evaluate(question: DesignQuestion, chosen: Mapping[str, Choice]) -> Evaluated:
    """Let agents adjust to a candidate, and measure it on the days that all candidates share.

    Raises
    ------
    ScenarioError
        If a setting does not exist or can't have that value.
    """
    scenario = scenario_of(question, chosen)
    choices = choices_of(question, scenario)
    adjusted = adjust(question, scenario, choices, _ADJUST_SEED)
    market = market_of(question, chosen, adjusted.traders, adjusted.makers)
    shares = whole_shares(adjusted.traders, question.traders.count)
    days = run_days(question, market, _SEARCH_SEED, question.seeds.search)
    return Evaluated(
        measured(days, shares, question.traders.risk_aversion),
        dict(zip(choices.leverages, adjusted.traders, strict=True)),
        dict(zip(choices.depths, adjusted.makers, strict=True)),
        adjusted.regret,
        adjusted.rounds,
    )


def market_of(question: DesignQuestion, chosen: Mapping[str, Choice], traders: Shares, makers: Shares) -> Scenario:
    """Market of a candidate whose agents have made their choices.

    Parameters
    ----------
    question : DesignQuestion
    chosen : mapping of str to float or str
        The candidate's settings.
    traders, makers : sequence of float
        Share of each choice.
    """
    scenario = scenario_of(question, chosen)
    counts = counts_of_shares(traders, question.traders.count), counts_of_shares(makers, question.makers.count)
    return populated(question, scenario, choices_of(question, scenario), *counts)
