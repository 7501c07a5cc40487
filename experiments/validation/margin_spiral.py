"""The loss spiral of holders whose venue keeps their leverage: every round is a generation of liquidations.

Holders of assets A at leverage L, whose venue asks 1 / L as maintenance margin, have just that. A fall by x costs them
A x, and the venue sells (L - 1) A x until margin is met again. In a book of depth D (USD that move the price by 100 %,
for good) the sale moves the price by R x,

    R = (L - 1) A / D,

which the next mark shows, so that all of them breach once more: each round is a new liquidation of every holder, R
times as large as the one before, and all rounds together are 1 / (1 - R) times the first. The law holds for small
shocks: at a fall of X the ratio is smaller by a share (L - 2) X, as the holders have less left than the book has bids.

Marks come in ticks, and show a part of one as a whole one. So a round can miss its size by what stands at a tick. The
sum does not where shock and end are whole ticks: marks go down until they show where the price is, which theory ends at
``x0 / (1 - R)``. The shock is a hundredth of a tick short of that, so that nothing spills over to one tick more.

A sale is filled below the mark that it answers to. What that costs, less than a thousandth of the sale, is asked for by
margin too, and sold a millisecond later under the same number, long before the next mark.

References
----------
Brunnermeier and Pedersen (2009), "Market liquidity and funding liquidity", Review of Financial Studies 22, 2201-2238,
section 4 (loss spiral); Adrian and Shin (2010), "Liquidity and leverage", Journal of Financial Intermediation 19.
"""

from typing import Any

from cascade_sim.recording.accounts import opening_state
from cascade_sim.results import Result
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

__all__ = ["ASSETS", "BEFORE", "DEPTH", "TICK_DEPTH", "branching_ratio", "spiral"]

ASSETS, DEPTH = 2e9, 2e10  # USD, of all holders together
_HOLDERS = 10
_PRICE, _TICK, _LOT = 100.0, 0.0004, 0.01  # the ladder of prices from zero up has room for no smaller tick
_SHORT_OF = 0.01  # ticks
_REACH = 250  # ticks of book on either side: what is on record within 10 bp
_SHOCK_AT = 0.5
_SECONDS = 60  # as many rounds at most

BEFORE = 0.25  # seconds: a sample of the book before the shock
TICK_DEPTH = DEPTH * _TICK / _PRICE  # USD at every tick


def branching_ratio(leverage: float) -> float:
    """Ratio of each round to the one before."""
    return (leverage - 1) * ASSETS / DEPTH


def _orders(shock: int) -> list[dict[str, Any]]:
    """As much at every tick on both sides, and the shock, in ticks."""
    size = TICK_DEPTH / _PRICE
    book = [
        {"account": "book", "market": "X", "size": -size if k > 0 else size, "price": round(_PRICE + k * _TICK, 4)}
        for k in range(-_REACH, _REACH + 1)
        if k != 0
    ]
    sold = (shock - _SHORT_OF) * size
    return [*book, {"at": _SHOCK_AT, "account": "shock", "market": "X", "type": "market", "size": -sold}]


def _accounts(leverage: float) -> dict[str, Any]:
    """Holders with just the margin that they need, who bought from a short, and those who make book and shock."""
    rich = {name: {"venue": "v", "deposit": 1e12} for name in ("book", "shock")}
    own = ASSETS / _HOLDERS
    holders = {f"holder {k}": _holder(own, own / leverage) for k in range(_HOLDERS)}
    return rich | holders | {"short": _holder(-ASSETS, 1e12)}


def _holder(value: float, deposit: float) -> dict[str, Any]:
    position = {"size": value / _PRICE, "entry": _PRICE}
    return {"venue": "v", "deposit": deposit, "positions": {"X": position}}


def spiral(leverage: float, shock: int) -> Result:
    """What comes of a small shock to holders of this leverage.

    Parameters
    ----------
    leverage : float
        A divisor of 1,000,000, as margin rates are in millionths.
    shock : int
        Ticks, of 4 millionths of the price; theory must end below 250, and best at a whole number.
    """
    rules = {
        "mark": {"rule": "last", "interval": 1.0},
        "liquidation": {"rule": "partial", "latency": 0.1, "retry_interval": 0.001},
        "tiers": {"default": [{"floor": 0, "maintenance": 1 / leverage, "leverage": leverage}]},
    }
    scenario = {
        "name": "margin spiral",
        "duration": _SECONDS,
        "sample_interval": BEFORE,
        "map_interval": 0,
        "ladder_range": (0.9, 1.04),
        "assets": {"X": {"price": _PRICE}},
        "oracles": {"X": {"sources": [{}]}},
        "venues": {"v": {"rules": rules, "markets": {"X": {"asset": "X", "tick": _TICK, "lot": _LOT}}}},
        "accounts": _accounts(leverage),
        "orders": _orders(shock),
    }
    simulation = Simulation(load_scenario(scenario), seed=1)
    start = opening_state(simulation)
    simulation.run(_SECONDS)
    return Result.of(simulation, start)
