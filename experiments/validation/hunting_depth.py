"""The depth at which hunting stops to pay where makers refill the book: closed form with measured decay of impact.

`cluster_hunting` finds that depth in a book whose impact lasts. Here the market is the scenario `hunting-ground`:
makers who quote anew every second around a value that leans against their inventory, arbitrageurs, investors, traders.
Impact lasts in part. A rehearsal without hunter or prey measures what it does: somebody sells as much as push and
cluster together, and buys the push back when a hunter would. That gives lambda, what a unit sold moves the price, r,
the share of that which is gone by then, and lambda', what a unit bought moves it. Whoever sells q = d / lambda, so that
the price falls by d and Q units are liquidated, then earns

    q ((1 - r) lambda Q - r d - (lambda' / lambda - 1) d / 2) - f q (2 p0 - (1 - r) (d + lambda Q)),

with f the fee and half the spread, which a real book has. As lambda is inverse to depth, this is zero at one depth;
r = 0 and lambda' = lambda give the break-even cluster Q* of `cluster_hunting`. If the push's own impact lasted and only
the cascade's decayed, r d would be missing (the shorter form Q (1 - r) > Q*, reported beside it): right for a push
that is held up, and far too high for one that is sold at once, since a book does not know whose sale it forgets.

The market's own answer: a hunter who expects too much, and so hunts anyway, meets one depth after the other on the same
seeds, and its mean profit crosses zero. Nothing of these runs goes into the closed form. The depth that is found lies
five to ten per cent below it; a push ends at the next quote beyond its aim, some three per cent further than d.

References
----------
Own closed form in the spirit of Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60, 1825-1863.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval
from cascade_sim.experiments.validation.verdict import Line, within
from cascade_sim.recording.accounts import account_worth, cohort_names
from cascade_sim.scenario.load import load_scenario, scenario_data
from cascade_sim.simulation import Simulation

__all__ = ["Cluster", "Impact", "hunts", "rehearse", "study", "turning_depth", "zero_of"]

Floats = npt.NDArray[np.float64]

_NAME = "hunting-depth"
_TARGET = "hunting where impact decays, closed form in the spirit of Brunnermeier and Pedersen (2005)"
_MARKET, _PRICE, _LOT = "BTC-PERP", 100_000.0, 1e-4
_FEE, _MAINTENANCE = 0.0005, 0.005
_AT = 31.0  # seconds: hunters have seen the first map, which is drawn at 30
_COVERS = 5.35  # seconds from the cascade: patience of 5, and a look every quarter of a second before and after it
_BIN = 0.0005  # of the map: a push goes to the far end of the cluster's bin
_RECKLESS = {"decay": -2, "learning": 0, "profit": 0, "stop_loss": 1, "capital": 1e7}
_NERVOUS = {"volatility_scale": 6, "direction_scale": 14, "spread_response": 0.5}  # makers of one-market
_CLUSTERS = ((0.00475, 20.0), (0.00475, 30.0), (0.00975, 40.0))
_DEPTH = 9e6  # of the scenario
_ROUNDS = 3  # until it is measured near where it turns
_FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)


@dataclass(frozen=True)
class Cluster:
    """One position that is liquidated, and the makers around it.

    Attributes
    ----------
    distance : float
        To its liquidation, as a share of the price.
    size : float
        Units.
    makers : dict of str to float
        Traits that differ from the scenario's.
    """

    distance: float
    size: float
    makers: dict[str, float]

    @property
    def push(self) -> float:
        """How far the price must be pushed, USD: to the end of the bin, which lies half a bin further on average."""
        return (self.distance + _BIN / 2) * _PRICE


def _market(depth: float, cluster: Cluster, settings: Sequence[str], seed: int) -> Simulation:
    """The market with makers of a depth, USD a side."""
    makers = [f"agents.makers.perp-makers.{name}={value}" for name, value in cluster.makers.items()]
    depths = [f"agents.makers.perp-makers.markets.{_MARKET}={depth}"]
    scenario = load_scenario(scenario_data("hunting-ground"), [*depths, *makers, *settings])
    return Simulation(scenario, seed)


def _prey(cluster: Cluster) -> list[str]:
    margin = cluster.distance + _MAINTENANCE * (1 - cluster.distance)
    return [
        f"accounts.prey.deposit={cluster.size * _PRICE * margin}",
        f"accounts.prey.positions.{_MARKET}.size={cluster.size}",
        f"accounts.other-side.positions.{_MARKET}.size={-cluster.size}",
    ]


def _mid(simulation: Simulation) -> tuple[float, float]:
    """Mid in USD, and half the spread as a share of it."""
    row = simulation.world.markets[simulation.roster.markets[_MARKET]]
    bid, ask = int(row["bid"]), int(row["ask"])
    return (bid + ask) / 2, (ask - bid) / (ask + bid)


@dataclass(frozen=True)
class Impact:
    """What a rehearsal did to the price, or the mean of several.

    Attributes
    ----------
    slope : float
        USD that a unit sold moved the price: twice the average fall from the touch, over the size.
    left : float
        USD a unit by which the mid is lower when a hunter would buy back.
    back : float
        USD that a unit bought back moved it.
    spread : float
        Half of it before, as a share of the price.
    """

    slope: float
    left: float
    back: float
    spread: float

    @property
    def decay(self) -> float:
        """Share of the impact that is gone."""
        return 1.0 - self.left / self.slope


def rehearse(depth: float, cluster: Cluster, push: float, seed: int) -> Impact:
    """Sell a push and the cluster's size at once, buy the push back when a hunter would; no hunter, no prey."""
    size = cluster.size + push
    sent = f"account: seller, market: {_MARKET}, type: market"
    orders = f"orders=[{{at: {_AT}, {sent}, size: {-size}}}, {{at: {_AT + _COVERS}, {sent}, size: {push}}}]"
    settings = ["agents.hunters={}", "accounts={seller: {venue: exchange, deposit: 1.0e+9}}", orders]
    simulation = _market(depth, cluster, settings, seed)
    simulation.run_until(micros(_AT) - 1)
    before, spread = _mid(simulation)
    simulation.run_until(micros(_AT + _COVERS) - 1)
    later, wide = _mid(simulation)
    simulation.run_until(micros(_AT + _COVERS) + 1)
    sold, bought = _average_prices(simulation)
    fall, rise = before * (1 - spread) - sold, bought - later * (1 + wide)
    return Impact(2 * fall / size, (before - later) / size, 2 * rise / push, spread)


def _average_prices(simulation: Simulation) -> tuple[float, float]:
    """Prices at which the seller sold, and bought back."""
    seller = np.flatnonzero(cohort_names(simulation) == "seller")[0]
    trades = simulation.records.table("trades")
    own = trades[trades["taker"] == seller]
    first = own["time"] == own["time"][0]
    sold, bought = (np.average(own["level"][part], weights=own["lots"][part]) for part in (first, ~first))
    return float(sold), float(bought)


def hunts(depth: float, cluster: Cluster, seed: int) -> float:
    """Profit of a hunter who hunts anyway, USD a unit of the push."""
    reckless = [f"agents.hunters.predators.{name}={value}" for name, value in _RECKLESS.items()]
    simulation = _market(depth, cluster, [*_prey(cluster), *reckless], seed)
    before = account_worth(simulation)
    simulation.run_until(micros(simulation.scenario.duration))
    hunter = simulation.population.hunters[1]
    profit = account_worth(simulation)[hunter["account"]] - before[hunter["account"]]
    return float(profit / max(int(hunter["held"]) * _LOT, _LOT))


def turning_depth(impact: Impact, depth: float, cluster: Cluster, own: float = 1.0) -> float:
    """Depth at which hunting the cluster stops to pay, by the closed form.

    Parameters
    ----------
    impact : Impact
    depth : float
        At which it was measured.
    cluster : Cluster
    own : float
        1; or 0 if the push's own impact is taken to last.
    """
    r, d, cost = impact.decay, cluster.push, _FEE + impact.spread
    dearer = (impact.back / impact.slope - 1) * d / 2
    least = own * r * d + dearer + cost * (2 * _PRICE - (1 - own * r) * d)
    return depth * impact.slope * (1 - r) * (1 + cost) * cluster.size / least


def zero_of(depths: npt.ArrayLike, profits: npt.ArrayLike) -> float:
    """Depth at which the profit, linear in the logarithm of depth between neighbours, is zero first; nan if nowhere."""
    x, y = np.log(np.asarray(depths, float)), np.asarray(profits, float)
    for k in np.flatnonzero((y[:-1] > 0) & (y[1:] <= 0)):
        return float(np.exp(x[k] + (x[k + 1] - x[k]) * y[k] / (y[k] - y[k + 1])))
    return float("nan")


def _rehearsals(cluster: Cluster, seeds: range) -> tuple[float, Floats]:
    """Depth close to the turning one, and what rehearsals of the hunt there did, shape (seeds, 4)."""
    depth, push = _DEPTH, cluster.size / 2
    for _ in range(_ROUNDS):
        several = np.array([astuple(rehearse(depth, cluster, push, seed)) for seed in seeds])
        measured, impact = depth, Impact(*several.mean(axis=0))
        depth = turning_depth(impact, measured, cluster)
        push = cluster.push / (impact.slope * measured / depth)
    return measured, several


def _found(depths: Floats, cluster: Cluster, seeds: range) -> tuple[float, Floats]:
    """Depth at which the mean profit of hunts crosses zero, with its 95 % interval over seeds."""
    profits = np.array([[hunts(depth, cluster, seed) for depth in depths] for seed in seeds])
    several = bootstrap(lambda rows: [zero_of(depths, mean) for mean in rows.mean(axis=1)], profits, resamples=1000)
    return zero_of(depths, profits.mean(axis=0)), percentile_interval(several)


def _depths_of(depth: float, cluster: Cluster) -> Callable[[Floats], list[float]]:
    """Statistic of resampled rehearsals: the turning depth."""
    return lambda rows: [turning_depth(Impact(*mean), depth, cluster) for mean in rows.mean(axis=1)]


def _lines(cluster: Cluster, who: str, seeds: range, factors: Sequence[float]) -> list[Line]:
    """Turning depth of one cluster: by the closed form, measured at that depth, and found."""
    depth, several = _rehearsals(cluster, seeds)
    impact = Impact(*several.mean(axis=0))
    wanted, held = (turning_depth(impact, depth, cluster, own) for own in (1.0, 0.0))
    low, high = percentile_interval(bootstrap(_depths_of(depth, cluster), several, resamples=1000)) / 1e6
    found, (least, most) = _found(np.array(factors) * wanted, cluster, seeds)
    what = (
        f"turning depth, M USD: {cluster.size:g} units at {cluster.distance:.3%}, {who} (decay {impact.decay:.0%}, "
        f"lambda' {impact.back / impact.slope:.2f} lambda; {low:.1f} to {high:.1f} by the form, "
        f"{least / 1e6:.1f} to {most / 1e6:.1f} found; {held / 1e6:.0f} if the push's impact lasted)"
    )
    return [within(_NAME, _TARGET, what, wanted / 1e6, found / 1e6, 0.2)]


def study(small: bool = False) -> Sequence[Line]:
    """Depth at which hunting stops to pay, for several clusters, and for makers who withdraw."""
    seeds = range(8 if small else 40)
    lines = []
    for distance, size in _CLUSTERS[:1] if small else _CLUSTERS:
        lines += _lines(Cluster(distance, size, {}), "steady makers", seeds, _FACTORS)
    if not small:
        nervous = Cluster(*_CLUSTERS[0], _NERVOUS)
        lines += _lines(nervous, "makers who withdraw", seeds, _FACTORS)
    return lines
