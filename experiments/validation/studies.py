"""The studies that hold the simulator against theory, by name.

The last three hold measures of systemic risk against the theories that define them, without a market. Every other one
sends its orders through the exchange, and what it measures are the exchange's trades, prices and accounts.
Where a theory lets somebody name the price or follow a plan, a participant of the study does so and the exchange
carries it out: the market maker of `informed-trading` and the auctioneer of `leverage-fat-tails` find the price of
their auctions, traders of `episodic-liquidity` and `predatory-trading` follow the theory's plans, and the makers of
`leverage-targeting` and of the studies of predation centre their quotes by linear impact, and the mid around which
makers of `inventory-quotes` quote is drawn. In all others prices are found by the matching of orders.

A study is a function of whether only a small version is wanted (for tests and for a first look); it gives its lines.
"""

from collections.abc import Callable, Sequence
from importlib import import_module

from cascade_sim.experiments.validation.verdict import Line

__all__ = ["STUDIES", "Study", "about", "run_study"]

Study = Callable[[bool], Sequence[Line]]  # whether it is the small version

# Name of the study, and the module in this folder whose function `study` runs it.
STUDIES = {
    "cluster-hunting": "cluster_hunting",
    "hunting-depth": "hunting_depth",
    "episodic-liquidity": "episodic_liquidity",
    "informed-trading": "informed_trading",
    "inventory-quotes": "inventory_quotes",
    "predatory-trading": "predatory_trading",
    "leverage-targeting": "leverage_targeting",
    "step-map": "step_map",
    "uniform-map": "uniform_map",
    "rising-map": "rising_map",
    "generations": "generations",
    "square-root-map": "square_root_map",
    "branching-law": "branching_law",
    "leverage-fat-tails": "leverage_fat_tails",
    "square-root-impact": "square_root_impact",
    "zero-intelligence": "zero_intelligence",
    "systemic-measures": "systemic_measures",
    "endogenous-correlation": "endogenous_correlation",
    "overlapping-portfolios": "overlapping_portfolios",
}


def about(name: str) -> str:
    """What a study is about: the first line of its module's documentation."""
    text = import_module(f"cascade_sim.experiments.validation.{STUDIES[name]}").__doc__ or ""
    return text.strip().splitlines()[0]


def run_study(name: str, small: bool = False) -> Sequence[Line]:
    """Lines of one study.

    Parameters
    ----------
    name : str
        One of `STUDIES`.
    small : bool
        Fewer repetitions: a look, not a verdict to quote.

    Raises
    ------
    KeyError
        If there is no such study.
    """
    module = import_module(f"cascade_sim.experiments.validation.{STUDIES[name]}")
    lines: Sequence[Line] = module.study(small)
    return lines
