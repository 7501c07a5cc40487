"""Prey and predators in the book, against Brunnermeier and Pedersen (2005) and Carlin, Lobo and Viswanathan (2007)."""

import numpy as np
import pytest

from cascade_sim.experiments.validation.episodic_liquidity import play
from cascade_sim.experiments.validation.nash import Game
from cascade_sim.experiments.validation.predatory_trading import gain, prey_and_predator
from cascade_sim.experiments.validation.refilling_maker import refilling_maker
from cascade_sim.experiments.validation.scripted_market import run_script
from cascade_sim.experiments.validation.studies import run_study


@pytest.mark.parametrize("name", ["predatory-trading", "episodic-liquidity"])
def test_small_study(name):
    assert [line.quantity for line in run_study(name, small=True) if not line.met] == []


@pytest.mark.parametrize("y", [60.0, 100.0])
def test_grain_of_the_book_that_orders_do_not_fit(y):
    # Thirty slices: rungs are no whole number of ticks, and 60 units no whole number of slices.
    assert prey_and_predator(y, 30).profit["predator"] == pytest.approx(gain(y), rel=0.01)


def test_profit_of_the_predator_is_cash_flow():
    done = prey_and_predator(100.0, 30)
    assert done.cash("predator") == pytest.approx(done.profit["predator"], abs=1e-6)
    assert done.own("predator")["size"].sum() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("traders", "kappa", "cost", "profit"),
    [
        (2, 0.1, 0.839522, 0.160524),
        (2, 1.0, 1.545609, 0.036367),
        (3, 0.1, 0.9178, 0.1644),
        (5, 0.1, 0.9669, 0.1327),
        (10, 0.1, 0.9910, 0.0817),
    ],
)
def test_equilibrium_costs(traders, kappa, cost, profit):
    costs = Game(traders=traders, kappa=kappa).costs()
    assert costs[0] == pytest.approx(cost, abs=5e-5)
    assert -sum(costs[1:]) == pytest.approx(profit, abs=5e-5)


def test_equilibrium_carries_out_the_orders_and_nobody_gains_by_trading_otherwise():
    game = Game(traders=2, kappa=0.1)
    time = np.linspace(0.0, 1.0, 4001)
    traded = game.traded(time)
    assert traded[:, -1] == pytest.approx([-1.0, 0.0])
    for bump in (np.sin(np.pi * time), np.sin(2 * np.pi * time), time * (1 - time) ** 3):
        for i in (0, 1):
            gains = []
            for size in (-0.01, 0.0, 0.01):
                other = traded.copy()
                other[i] += size * bump
                rates = np.gradient(other, time, axis=1)
                moved = other.sum(axis=0) + 0.1 * rates.sum(axis=0)
                gains.append(-np.trapezoid(rates[i] * moved, time))
            assert gains[1] > max(gains[0], gains[2])


def test_largest_short_and_settling():
    game = Game(traders=2, kappa=0.1)
    assert game.largest_short() == pytest.approx((0.67035, 0.444510), abs=2e-5)
    assert game.settled() == pytest.approx(0.607, abs=5e-4)


def test_finer_slices_come_closer():
    game = Game(traders=2, kappa=1.0)
    errors = [abs(play(game, slices).cost - game.costs()[0]) for slices in (3, 6, 12)]
    assert errors[0] > 3 * errors[1] > 9 * errors[2]


def test_what_was_taken_refills_and_the_permanent_part_stays():
    # A thousand units at a permanent 0.00001 and a temporary 0.00009: the first order walks 0.1 USD down.
    maker = refilling_maker(venue="venue", market="X", price=10.0, impact=1e-5, temporary=9e-5, refill=1.0, reach=0.2)
    orders = [(0.2, "a", -1000.0), (0.5, "a", -1000.0), (1.5, "a", -1000.0)]
    done = run_script(orders, maker, price=10.0, tick=0.0001, lot=0.01)
    paid = [
        (part["size"] * part["price"]).sum() / part["size"].sum()
        for _, part in done.trades.groupby(done.trades["time"].round(3))
    ]
    assert paid == pytest.approx([9.95, 9.85, 9.93], abs=0.001)
