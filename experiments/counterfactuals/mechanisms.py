"""The mechanisms that can make a fall larger than its news, each of which a scenario can be run without.

Switching one off changes no draw, no deposit and no position that anybody starts with, so that runs with different
mechanisms share all their luck.

Liquidations' impact
    Off, the same accounts are closed at mark against an absorber and no forced order reaches the book.

Hunters
    Off, there are none.

Makers' withdrawal
    What takes away depth that nobody has traded with: makers show less when volatility is above the usual
    (`volatility_scale`), on the side the price runs into (`direction_scale`) and when they have lost money
    (`loss_limit`), and they quote wider in volatile times (`spread_response`). Off, all four reactions are gone, and
    makers quote the depth and the spread that the scenario states for calm. What stays is what their money can
    bear: the inventory that counts as full, the leaning of quotes against it (`skew`) and the largest leverage. A
    maker that has been filled has not withdrawn; without these limits it would be a buyer of last resort with endless
    money. Its noise, hedging and time of `recovery` (after it has been full) stay too.

    Its part can be below zero: depth that is not shown early in a long fall is not filled early either, so that
    makers who withdraw still have room when the low comes, and those who do not are full by then. So it is for the
    lows of the shipped flash crash. In the small shock of one-market, or with ten times the inventory and money for it
    in the flash crash, it deepens the fall of BTC and widens all gaps; and were filling up counted as withdrawal too,
    it would be the largest of the four parts.

Arbitrage feedback
    What carries the price of a perpetual into the spot market, so into the index, so into every mark:
    arbitrageurs, and makers who hedge their inventory in spot. Off, arbitrageurs keep both legs that they start with
    and do not trade, and makers do not hedge. The other direction goes with it: nobody brings the liquidity of the
    spot market to the perpetual any more, which supports it while it is the cheaper one. Makers still look at the
    index.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from cascade_sim.experiments.variants import without_hunters
from cascade_sim.runner import without_impact
from cascade_sim.scenario.laws import Constant
from cascade_sim.scenario.scenario import Scenario

__all__ = [
    "MECHANISMS",
    "Mechanism",
    "with_mechanisms",
    "without_arbitrage_feedback",
    "without_withdrawal",
]

# So large that what is divided by it is nothing: nerve and sides of a maker become exactly 1.
_BEYOND_ALL = Constant(value=1e300)
_NOTHING = Constant(value=0.0)
# Thirty thousand years: the first look falls into a run of a day with a chance of one in ten million.
_NEVER = Constant(value=1e12)


def _with_cohorts(scenario: Scenario, kind: str, **changes: Constant) -> Scenario:
    """The same traits for every cohort of a kind."""
    cohorts = {name: cohort.model_copy(update=changes) for name, cohort in getattr(scenario.agents, kind).items()}
    return scenario.model_copy(update={"agents": scenario.agents.model_copy(update={kind: cohorts})})


def without_withdrawal(scenario: Scenario) -> Scenario:
    """Makers quote as in calm, as far as their money and inventory allow."""
    return _with_cohorts(
        scenario,
        "makers",
        volatility_scale=_BEYOND_ALL,
        direction_scale=_BEYOND_ALL,
        loss_limit=_BEYOND_ALL,
        spread_response=_NOTHING,
    )


def without_arbitrage_feedback(scenario: Scenario) -> Scenario:
    """Nobody who trades the perpetual trades spot for it: arbitrageurs rest on both legs, makers do not hedge."""
    return _with_cohorts(_with_cohorts(scenario, "arbitrageurs", interval=_NEVER), "makers", hedge_share=_NOTHING)


@dataclass(frozen=True)
class Mechanism:
    """A way in which a market makes its own fall larger.

    Attributes
    ----------
    label : str
        In words, as in "0.5 points were ...".
    off : callable
        From a scenario to the same one without it.
    """

    label: str
    off: Callable[[Scenario], Scenario]


MECHANISMS = {
    "liquidation_impact": Mechanism("liquidations' impact", without_impact),
    "hunters": Mechanism("hunters", without_hunters),
    "withdrawal": Mechanism("makers' withdrawal", without_withdrawal),
    "arbitrage": Mechanism("arbitrage feedback", without_arbitrage_feedback),
}


def with_mechanisms(
    scenario: Scenario, on: Collection[str], mechanisms: Mapping[str, Mechanism] = MECHANISMS
) -> Scenario:
    """The scenario with some mechanisms at work and all others off.

    Parameters
    ----------
    scenario : Scenario
    on : collection of str
        Names of mechanisms.
    mechanisms : mapping of str to Mechanism
        All that are on or off.

    Raises
    ------
    ValueError
        If a name is not one of them.
    """
    unknown = sorted(set(on) - set(mechanisms))
    if unknown:
        raise ValueError(f"mechanism {unknown[0]!r} is not one of {', '.join(mechanisms)}")
    for name, mechanism in mechanisms.items():
        if name not in on:
            scenario = mechanism.off(scenario)
    return scenario
