"""A candidate as a market: its settings, and agents spread over what they can choose.

A population game (Sandholm, 2010, "Population games and evolutionary dynamics", chapter 2): many traders, each of whom
is small, chooses a leverage, and makers choose a depth. Every choice is a cohort of its own, with a name of its own by
which its luck is addressed, so that the first traders at a leverage are the same ones in every candidate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cascade_sim.experiments.design_search.question import Choice, DesignQuestion
from cascade_sim.scenario.load import load_scenario, scenario_data
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Choices", "choices_of", "counts_of_shares", "populated", "scenario_of", "settings_of", "whole_shares"]

Shares = Sequence[float]


@dataclass(frozen=True)
class Choices:
    """What agents can choose under a candidate.

    Attributes
    ----------
    leverages : tuple of float
        Those of the question below the largest allowed, and that one if it is below the largest of the question.
    depths : tuple of float
    allowed : float
        Largest leverage.
    """

    leverages: tuple[float, ...]
    depths: tuple[float, ...]
    allowed: float


def settings_of(question: DesignQuestion, chosen: Mapping[str, Choice]) -> list[str]:
    """Assignments of a candidate."""
    return [f"{setting.path}={_value(question, chosen, name)}" for name, setting in question.settings.items()]


def _value(question: DesignQuestion, chosen: Mapping[str, Choice], name: str) -> Choice:
    margin = question.settings[name].initial_over
    if margin is None:
        return chosen[name]
    return min(max(1.0 / (float(chosen[name]) * float(chosen[margin])), 1.0), 1000.0)


def scenario_of(question: DesignQuestion, chosen: Mapping[str, Choice]) -> Scenario:
    """Scenario with the candidate's settings, before agents are spread.

    Raises
    ------
    ScenarioError
        If a setting does not exist or can't have that value.
    """
    return load_scenario(scenario_data(question.scenario), [*question.set, *settings_of(question, chosen)])


def choices_of(question: DesignQuestion, scenario: Scenario) -> Choices:
    """What agents can choose: no more leverage than the first tier allows."""
    venue, market = scenario.markets[question.traders.market]
    tiers = scenario.venues[venue].rules.tiers
    most = (tiers.get(market.asset) or tiers["default"])[0].leverage
    below = [leverage for leverage in question.traders.leverages if leverage < most]
    ends = [most] if most < question.traders.leverages[-1] else [question.traders.leverages[-1]]
    return Choices(tuple(dict.fromkeys([*below, *ends])), question.makers.depths, most)


def counts_of_shares(shares: Shares, count: int, least: int = 0) -> list[int]:
    """Whole numbers in proportion to shares that add up to a count, none below `least` (largest remainders).

    >>> counts_of_shares([0.5, 0.3, 0.2], 9)
    [4, 3, 2]
    >>> counts_of_shares([1.0, 0.0], 9, least=1)
    [8, 1]
    """
    whole = np.asarray(shares, float) / np.sum(shares) * (count - least * len(shares))
    counts = np.floor(whole + 1e-9).astype(int)
    behind = np.argsort(-(whole - counts), kind="stable")[: count - least * len(shares) - int(counts.sum())]
    counts[behind] += 1
    return [int(number) + least for number in counts]


def whole_shares(shares: Shares, count: int) -> tuple[float, ...]:
    """Shares as whole numbers of so many agents make them.

    >>> whole_shares([0.6, 0.4], 2)
    (0.5, 0.5)
    """
    return tuple(own / count for own in counts_of_shares(shares, count))


def populated(
    question: DesignQuestion, scenario: Scenario, choices: Choices, traders: Sequence[int], makers: Sequence[int]
) -> Scenario:
    """Scenario with so many traders at each leverage and makers at each depth."""
    data = scenario.model_dump(mode="json")
    crowd = data["agents"]["traders"].pop(question.traders.cohort)
    desk = data["agents"]["makers"].pop(question.makers.cohort)
    cohorts = {
        trader_cohort(k): _traders(crowd, question, leverage, count)
        for k, (leverage, count) in enumerate(zip(choices.leverages, traders, strict=True))
        if count
    }
    # Whoever comes first takes the other side of what arbitrageurs hold, and should be large enough for it.
    first = sorted(cohorts, key=lambda name: -cohorts[name]["open_interest"][question.traders.market])
    data["agents"]["traders"] = {name: cohorts[name] for name in first} | data["agents"]["traders"]
    data["agents"]["makers"] = {
        maker_cohort(k): _makers(desk, depth, count, question.makers.count, choices.allowed)
        for k, (depth, count) in enumerate(zip(choices.depths, makers, strict=True))
        if count
    } | data["agents"]["makers"]
    return load_scenario(data, trust=True)


def trader_cohort(choice: int) -> str:
    """Name of the traders at a leverage."""
    return f"traders-{choice}"


def maker_cohort(choice: int) -> str:
    """Name of the makers at a depth."""
    return f"makers-{choice}"


def _traders(crowd: dict[str, Any], question: DesignQuestion, leverage: float, count: int) -> dict[str, Any]:
    """Half of them long, each with all its money behind one position."""
    notional = leverage * question.traders.money
    changes = {"count": count, "open_interest": {question.traders.market: count * notional / 2.0}, "invested": 1.0}
    return crowd | changes | {"long_share": 0.5, "usage": 1.0, "leverage": leverage, "notional": notional}


def _makers(desk: dict[str, Any], depth: float, count: int, all_makers: int, allowed: float) -> dict[str, Any]:
    """As much money and as large an inventory whatever the depth that they show.

    And no more leverage than is allowed: quotes that need more are refused, all of them, and the market stands still.
    """
    markets = {name: usd * depth * count / all_makers for name, usd in desk["markets"].items()}
    return desk | {
        "count": count,
        "markets": markets,
        "capital": desk["capital"] / depth,
        "inventory": desk["inventory"] / depth,
        "leverage": max(min(desk["leverage"], allowed), 1.0),
    }
