"""One hunter, clusters of liquidations, and a book of linear permanent impact: what hunting must bring.

A cluster of Q units is liquidated when the price has fallen by d; permanent impact is lambda a unit and the fee
f a side. The hunter sells q = d / lambda at p0 - d / 2 on average, the cluster sells Q and leaves the price at
p0 - d - lambda Q, the hunter buys back at p0 - lambda Q - d / 2 on average:

    gross = q lambda Q = d Q,    fees = f q (2 p0 - d - lambda Q),    Q* = f (2 p0 - d) / (lambda (1 + f)).

Q*, the cluster at which hunting breaks even, is 2 f p0 / lambda to first order: proportional to depth, whatever
the distance. Against shorts the hunter buys first, and the signs of d and lambda Q in the fees turn round. If a
share r of all impact decays before it covers, the push's own too, gross is q (lambda Q - r (d + lambda Q)).

References
----------
Own closed form in the spirit of Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60, 1825-1863.
"""

from dataclasses import dataclass, field
from typing import Any

from cascade_sim.experiments.validation.linear_maker import linear_maker
from cascade_sim.model import CascadeModel
from cascade_sim.results import Result
from cascade_sim.scenario.agents import Hunters

__all__ = ["PRICE", "Hunt", "Market", "break_even", "hunt", "scenario", "theory_profit"]

PRICE = 100.0
_MAINTENANCE = 0.005
_LONGEST = 300  # steps in which a hunt that the run's end cut off must have been covered


@dataclass(frozen=True, kw_only=True)
class Market:
    """What the hunter meets.

    Attributes
    ----------
    clusters : dict of float to float
        Size by distance in USD; longs below the price, or (negative sizes) shorts above it.
    impact : float
        USD a unit.
    fee : float
        Of a taker, as a share.
    transparency : {"exact", "noisy", "none"}
    latency : float
        Of the venue's liquidation engine, seconds.
    map_interval : float
        Seconds between liquidation maps.
    orders : tuple
        Scripted orders of the account "stranger".
    hunter : dict
        Traits of the hunter that differ from the study's.
    """

    clusters: dict[float, float]
    impact: float = 0.001
    fee: float = 0.0005
    transparency: str = "exact"
    latency: float = 0.0
    map_interval: float = 1.0
    orders: tuple[dict[str, Any], ...] = ()
    hunter: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hunt:
    """What came of it.

    Attributes
    ----------
    profit : float
        Of the hunter's account, USD.
    hunts : int
        Pushes made.
    expected, forced : float
        Forced flow that the last push reckoned with, and that came in the run, in units of the asset.
    decay : float
        Share of all impact that the hunter in the end believes to decay.
    result : Result
    """

    profit: float
    hunts: int
    expected: float
    forced: float
    decay: float
    result: Result


def theory_profit(distance: float, size: float, impact: float, fee: float) -> float:
    """Net profit of hunting one cluster; `size` is negative for shorts."""
    side = 1.0 if size > 0 else -1.0
    push = distance / impact
    return distance * abs(size) - fee * push * (2 * PRICE - side * distance - impact * size)


def break_even(distance: float, impact: float, fee: float, decay: float = 0.0) -> float:
    """Smallest cluster of longs that is worth hunting, where a share of all impact decays."""
    return (fee * (2 * PRICE - distance) + decay * distance) / (impact * (1 - decay + fee))


def _prey(distance: float, size: float) -> dict[str, Any]:
    """Account that is liquidated when the mark has moved by a distance against it."""
    side = 1.0 if size > 0 else -1.0
    margin = distance + _MAINTENANCE * (PRICE - side * distance)
    return _holder(size, abs(size) * margin)


def _holder(size: float, deposit: float) -> dict[str, Any]:
    return {
        "venue": "venue",
        "deposit": deposit,
        "leverage": 100,
        "positions": {"X": {"size": size, "entry": PRICE}},
    }


def scenario(market: Market) -> dict[str, Any]:
    """A venue that marks at every trade and liquidates whole accounts in the book, one hunter, and its prey."""
    prey = {f"cluster-{k}": _prey(*cluster) for k, cluster in enumerate(market.clusters.items())}
    rules = {
        "fees": {"taker": market.fee},
        "mark": {"rule": "last", "interval": 0},
        "liquidation": {"rule": "full", "latency": market.latency},
        "waterfall": {"socialises": False},
        "transparency": market.transparency,
        "tiers": {"default": [{"floor": 0, "maintenance": _MAINTENANCE, "leverage": 100}]},
    }
    # Of the hunter's own beliefs and limits, those that the theory knows nothing of are switched off.
    beliefs = {"decay": 0, "participation": 0, "profit": 0}
    hunter = {"count": 1, "reach": 0.06, "interval": 4, "stop_loss": 0.05} | beliefs | market.hunter
    return {
        "name": "predation",
        "duration": 60,
        "map_interval": market.map_interval,
        "assets": {"X": {"price": PRICE}},
        "oracles": {"X": {"sources": [{}]}},
        "venues": {"venue": {"rules": rules, "markets": {"X": {"asset": "X", "tick": 0.001, "lot": 0.001}}}},
        "accounts": prey
        | {
            "other-side": _holder(-sum(market.clusters.values()), 1e9),
            "stranger": {"venue": "venue", "deposit": 1e9},
        },
        "orders": [{"account": "stranger", "market": "X", "type": "market"} | order for order in market.orders],
        "agents": {"hunters": {"hunter": Hunters.model_validate({"venue": "venue"} | hunter).model_dump()}},
    }


def _model(market: Market, seed: int) -> CascadeModel:
    """The market with a maker whose rungs reach as far as the last cluster can push the price."""
    sizes = market.clusters.values()
    furthest = max(market.clusters) + market.impact * max(abs(sum(sizes)), *(abs(size) for size in sizes))
    rung = round(1.1 * furthest / 60 + 0.0005, 3)
    maker = linear_maker(venue="venue", market="X", price=PRICE, impact=market.impact, rung=rung)
    return CascadeModel(scenario(market), rng=seed, custom=[maker])


def hunt(market: Market, seed: int = 1) -> Hunt:
    """Let the hunter at it, until it is flat after the end of the run."""
    model = _model(market, seed)
    model.run()
    while model.hunters[0].position("X").size != 0 and model.tick < _LONGEST:
        model.run(1)
    result = model.result()
    accounts = result.accounts
    row = model.hunters[0]
    lot = model.scenario.markets["X"][1].lot
    model.close()
    return Hunt(
        profit=float(accounts.loc[accounts["role"] == "hunter", "profit"].iloc[0]),
        hunts=row.hunts,
        expected=row.expected * lot,
        forced=int(model.simulation.world.markets["liquidated_lots"][1]) * lot,
        decay=row.decay,
        result=result,
    )
