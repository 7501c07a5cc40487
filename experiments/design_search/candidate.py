"""A candidate from its settings to its four objectives: agents adjust, then days are measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from cascade_sim.experiments.design_search.adjusting import adjust
from cascade_sim.experiments.design_search.day import run_days
from cascade_sim.experiments.design_search.objectives import measured
from cascade_sim.experiments.design_search.population import (
    choices_of,
    counts_of_shares,
    populated,
    scenario_of,
)
from cascade_sim.experiments.design_search.question import Choice, DesignQuestion

__all__ = ["ADJUST_SEED", "FRESH_SEED", "SEARCH_SEED", "Evaluated", "evaluate", "measure_again"]

ADJUST_SEED, SEARCH_SEED, FRESH_SEED = 0, 100_000, 1_000_000
Intervals = dict[str, tuple[float, ...]]


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


def evaluate(question: DesignQuestion, chosen: Mapping[str, Choice]) -> Evaluated:
    """Let agents adjust to a candidate, and measure it on the days that all candidates share.

    Raises
    ------
    ScenarioError
        If a setting does not exist or can't have that value.
    """
    scenario = scenario_of(question, chosen)
    choices = choices_of(question, scenario)
    adjusted = adjust(question, scenario, choices, ADJUST_SEED)
    return Evaluated(
        _measured(question, chosen, adjusted.traders, adjusted.makers, SEARCH_SEED, question.seeds.search),
        dict(zip(choices.leverages, adjusted.traders, strict=True)),
        dict(zip(choices.depths, adjusted.makers, strict=True)),
        adjusted.regret,
        adjusted.rounds,
    )


def measure_again(question: DesignQuestion, job: tuple[Mapping[str, Choice], Evaluated]) -> Intervals:
    """Measure a candidate on days that played no part in the search, with the choices that agents had made.

    The best of many candidates were also lucky, so that they look too good on the days on which they were chosen
    (Smith and Winkler, 2006, "The optimizer's curse", Management Science 52, 311-322).
    """
    chosen, found = job
    traders, makers = tuple(found.leverages.values()), tuple(found.depths.values())
    return _measured(question, chosen, traders, makers, FRESH_SEED, question.seeds.fresh)


def _measured(
    question: DesignQuestion,
    chosen: Mapping[str, Choice],
    traders: tuple[float, ...],
    makers: tuple[float, ...],
    first_seed: int,
    days: int,
) -> Intervals:
    scenario = scenario_of(question, chosen)
    counts = counts_of_shares(traders, question.traders.count), counts_of_shares(makers, question.makers.count)
    market = populated(question, scenario, choices_of(question, scenario), *counts)
    shares = tuple(count / question.traders.count for count in counts[0])
    return measured(run_days(question, market, first_seed, days), shares, question.traders.risk_aversion)
