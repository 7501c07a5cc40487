"""A distressed trader and its predators under permanent and temporary impact: Carlin, Lobo and Viswanathan (2007).

Everybody follows the open-loop Nash equilibrium of the theory (`nash.py`), cut into slices; the exchange and a book
that refills say what it costs. A slice takes one refill of the book; within it the orders come in the same order
forwards and backwards, in halves, so that nobody is first and what is left of the cutting is of second order.
Costs and profits are thus what the book makes of the plans. Positions and their times are those of the plans: these
lines say only that every order was filled, in full and in time. That nobody gains by another plan is tested.

The theory's numbers are for an order of 1 and permanent impact 1; here the order is 100,000 units, the permanent
impact 0.00001 USD a unit, and time counts from 0 to 1 over all slices. Two errors are ours. Cutting is of second
order: six slices miss the cost by 0.004, twelve by a fourth of that, a hundred by less than 0.0001. Quotes are
rounded to the tick away from the centre, half a tick or 0.00005 on whatever anybody trades, 0.0002 at most. Half a
per cent of a cost near 1, and one per cent of a profit near 0.1, are several times that.

References
----------
Carlin, Lobo and Viswanathan (2007), "Episodic liquidity crises: cooperative and predatory trading", J. Finance 62,
2235-2274.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.nash import Game
from cascade_sim.experiments.validation.refilling_maker import refilling_maker
from cascade_sim.experiments.validation.scripted_market import SPACING, Order, Outcome, run_script
from cascade_sim.experiments.validation.verdict import Line, above, within

__all__ = ["Played", "play", "study"]

PRICE, SIZE, TICK, LOT = 10.0, 100_000.0, 0.0001, 0.01
_NAME = "episodic-liquidity"
_TARGET = "predation with permanent and temporary impact, Carlin, Lobo and Viswanathan (2007)"
_DISTRESSED = "trader-0"


@dataclass(frozen=True)
class Played:
    """What the game cost and brought, in the units of the theory.

    Attributes
    ----------
    cost : float
        Of the distressed trader, against selling all at the first price.
    profit : float
        Of all predators together.
    short, short_at : float
        Largest short position of all predators together, and when.
    settled_at : float
        When the permanent part of the price has gone nine tenths of its way.
    """

    cost: float
    profit: float
    short: float
    short_at: float
    settled_at: float


def _halves(sizes: NDArray[np.float64]) -> list[tuple[int, float]]:
    """Who trades how much in a slice: forwards and backwards in halves, the last one in one piece."""
    there = [(i, float(size) / 2) for i, size in enumerate(sizes)]
    last, half = there[-1]
    return [*there[:-1], (last, 2 * half), *reversed(there[:-1])]


def _script(game: Game, slices: int) -> tuple[list[Order], float]:
    """Orders of all traders, and the seconds that a slice takes."""
    seconds = SPACING * (2 * game.traders + 1)
    lots = np.rint(game.traded(np.linspace(0.0, 1.0, slices + 1)) * SIZE / LOT)
    orders: list[Order] = []
    for j, sizes in enumerate(np.diff(lots, axis=1).T):
        for k, (i, half) in enumerate(_halves(sizes)):
            orders.append((seconds * j + SPACING * (k + 1.5), f"trader-{i}", half * LOT))
    return [order for order in orders if order[2] != 0.0], seconds


def _run(game: Game, slices: int) -> tuple[Outcome, float]:
    """The script in a book whose temporary impact within a slice is that of the rate of trading."""
    orders, seconds = _script(game, slices)
    impact, temporary = game.gamma / SIZE, 2 * game.kappa * slices / SIZE
    reach = 1.1 * (impact + temporary) * max(abs(size) for _, _, size in orders)
    maker = refilling_maker(
        venue="venue", market="X", price=PRICE, impact=impact, temporary=temporary, refill=seconds, reach=reach
    )
    return run_script(orders, maker, PRICE, TICK, LOT), seconds * slices


def play(game: Game, slices: int) -> Played:
    """Let a game be played through the exchange."""
    outcome, duration = _run(game, slices)
    trades = outcome.trades
    when = trades["time"].to_numpy() / duration
    of_predators = (trades["who"] != _DISTRESSED).to_numpy()
    held = np.cumsum(np.where(of_predators, trades["size"], 0.0)) / SIZE
    sold = -np.cumsum(trades["size"].to_numpy()) / SIZE
    deepest = int(held.argmin())
    return Played(
        cost=PRICE - outcome.cash(_DISTRESSED) / SIZE,
        profit=sum(outcome.cash(who) for who in trades["who"].unique() if who != _DISTRESSED) / SIZE,
        short=-float(held[deepest]),
        short_at=float(when[deepest]),
        settled_at=float(when[np.argmax(sold >= 0.9)]),
    )


def _duel(kappa: float, slices: int) -> list[Line]:
    """One predator: everything that the theory says."""
    game = Game(traders=2, kappa=kappa)
    played = play(game, slices)
    alone = play(Game(traders=1, kappa=kappa), slices)

    def close(what: str, wanted: float, simulated: float, relative: float = 0.005) -> Line:
        return within(_NAME, _TARGET, f"kappa {kappa:g}: {what}", wanted, simulated, relative)

    cost, profit = game.costs()[0], -game.costs()[1]
    short_at, short = game.largest_short()
    settled_at, grain = game.settled(), 1.0 / slices
    return [
        close("cost of selling alone at an even pace", game.kappa + game.gamma / 2, alone.cost),
        close("cost of the distressed trader with one predator", cost, played.cost),
        close("profit of the predator", profit, played.profit, 0.01),
        close("largest short position of the predator", short, played.short),
        close("time of the largest short position", short_at, played.short_at, grain / short_at),
        close("time at which 90 % of the permanent fall is done", settled_at, played.settled_at, grain / settled_at),
    ]


def _crowd(traders: int, slices: int) -> list[Line]:
    """Several predators: the distressed trader's cost rises, their joint profit does not."""
    game = Game(traders=traders, kappa=0.1)
    played = play(game, slices)
    costs = game.costs()
    what = f"kappa 0.1, {traders - 1} predators: "
    return [
        within(_NAME, _TARGET, what + "cost of the distressed trader", costs[0], played.cost, 0.005),
        within(_NAME, _TARGET, what + "joint profit of the predators", -sum(costs[1:]), played.profit, 0.01),
    ]


def _convergence(coarse: int, fine: int) -> Line:
    """Whether finer slices come closer to the theory."""
    game = Game(traders=2, kappa=0.1)
    far, near = (abs(play(game, slices).cost - game.costs()[0]) for slices in (coarse, fine))
    what = f"kappa 0.1: error of the cost with {coarse} slices over that with {fine}"
    return above(_NAME, _TARGET, what, 2.0, far / near)


def study(small: bool = False) -> Sequence[Line]:
    """Costs, profits and times with one predator and with several, and that finer slices come closer."""
    if small:
        return _duel(0.1, 40)
    lines = [line for kappa in (0.1, 1.0) for line in _duel(kappa, 100)]
    lines += [line for traders in (3, 5, 10) for line in _crowd(traders, 100)]
    return [*lines, _convergence(6, 12)]
