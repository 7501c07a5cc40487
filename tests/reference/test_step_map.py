"""T12: four classes of leverage on a linear book; the waves, the fall and the bad debt are known exactly.

Open interest 1e9, depth D = 5e9 per unit relative move, maintenance 0.5 %; longs opened at p0: 10 % at
50x, 20 % at 20x, 30 % at 10x, 40 % at 5x. The shock is a market sale of s * D. The book has constant lots
per tick below p0 and is not replenished; mark = last trade; no fees, no price limit.
"""

import pytest

from cascade_sim.experiments.step_map import capped_classes, step_map
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

P0 = 100_000  # ticks of 0.001 %
OPEN_INTEREST = 1e9
DEPTH = 5e9
LOT = 0.01
LOTS_PER_TICK = round(DEPTH / P0 / P0 / LOT)
CLASSES = {50: 0.1, 20: 0.2, 10: 0.3, 5: 0.4}

# shock -> final fall, liquidated in millions, bad debt in millions with 1 and with 1,000 accounts a class
TARGETS = {
    0.016: (0.036, 100, 0.6, 0.640),
    0.025: (0.045, 100, 1.5, 1.50),
    0.026: (0.086, 300, 4.8, 4.84),
    0.035: (0.095, 300, 7.5, 7.50),
    0.036: (0.156, 600, 15.6, 15.64),
    0.070: (0.190, 600, 36.0, 36.0),
    0.077: (0.277, 1000, 55.0, 55.02),
}


def scenario(shock, accounts_each, classes, maintenance):
    size = OPEN_INTEREST / P0
    people = {
        "short": {"venue": "v", "deposit": 1e10, "positions": {"X": {"size": -size, "entry": P0}}},
        "book": {"venue": "v", "deposit": 1e12},
        "shock": {"venue": "v", "deposit": 1e12},
    }
    for leverage, share in classes.items():
        own = share * size / accounts_each
        holding = {
            "venue": "v",
            "leverage": leverage,
            "deposit": own * P0 / leverage,
            "positions": {"X": {"size": own, "entry": P0}},
        }
        people |= {f"x{leverage:g}-{k}": holding for k in range(accounts_each)}
    bids = [
        {"account": "book", "market": "X", "size": LOTS_PER_TICK * LOT, "price": P0 - k} for k in range(1, P0 * 3 // 10)
    ]
    sale = {"at": 1, "account": "shock", "market": "X", "type": "market", "size": -shock * DEPTH / P0}
    return load_scenario(
        {
            "name": "step map",
            "duration": 10,
            "assets": {"X": {"price": P0}},
            "oracles": {"X": {"sources": [{}]}},
            "venues": {
                "v": {
                    "rules": {
                        "mark": {"rule": "last", "interval": 0},
                        "liquidation": {"rule": "full", "latency": 0},
                        "tiers": {"default": [{"floor": 0, "maintenance": maintenance, "leverage": 50}]},
                    },
                    "markets": {"X": {"asset": "X", "tick": 1, "lot": LOT}},
                }
            },
            "accounts": people,
            "orders": [*bids, sale],
        }
    )


def run(shock, accounts_each=1, classes=CLASSES, maintenance=0.005):
    simulation = Simulation(scenario(shock, accounts_each, classes, maintenance), seed=1)
    simulation.run(10)
    world = simulation.world
    fall = 1 - int(world.markets["last"][1]) / P0
    liquidated = int(world.markets["liquidated_lots"][1]) * LOT * P0 / 1e6
    bad_debt = int(world.funds["bad_debt"][1, 1]) / 1e12
    return fall, liquidated, bad_debt


@pytest.mark.parametrize("shock", TARGETS)
def test_one_account_a_class(shock):
    fall, liquidated, bad_debt, _ = TARGETS[shock]
    assert run(shock) == pytest.approx((fall, liquidated, bad_debt), rel=0.02)


@pytest.mark.parametrize("shock", TARGETS)
def test_a_thousand_accounts_a_class(shock):
    fall, liquidated, _, bad_debt = TARGETS[shock]
    got = run(shock, 1000)
    assert got[:2] == pytest.approx((fall, liquidated), rel=0.02)
    assert got[2] == pytest.approx(bad_debt, rel=0.002)


@pytest.mark.parametrize("shock", TARGETS)
def test_the_closed_form_is_the_published_table(shock):
    fall, liquidated, bad_debt = step_map(shock, CLASSES, 0.005)
    assert (fall, liquidated / 1e6, bad_debt / 1e6) == pytest.approx(TARGETS[shock][:3], rel=1e-9)


@pytest.mark.parametrize("arm", ["leverage fixed", "leverage capped"])
@pytest.mark.parametrize("maintenance", [0.0025, 0.01, 0.02, 0.04])
def test_other_maintenance_margins(maintenance, arm):
    classes = CLASSES if arm == "leverage fixed" else capped_classes(CLASSES, maintenance)
    for shock in (0.0255, 0.0705):
        fall, liquidated, bad_debt = step_map(shock, classes, maintenance)
        expected = fall, liquidated / 1e6, bad_debt / 1e6
        assert run(shock, classes=classes, maintenance=maintenance) == pytest.approx(expected, rel=0.02)


def test_maintenance_margin_has_no_sign_of_its_own():
    """Opened leverage fixed, more margin only brings triggers nearer; capped leverage moves them away again."""
    margins = (0.0025, 0.005, 0.01, 0.02, 0.04)
    for shock in (0.016, 0.025, 0.035):
        fixed = [step_map(shock, CLASSES, mu) for mu in margins]
        capped = [step_map(shock, capped_classes(CLASSES, mu), mu) for mu in margins]
        for quantity in range(3):
            path = [outcome[quantity] for outcome in fixed]
            assert path == sorted(path)
            assert path[-1] > path[0]
            assert capped[-1][quantity] < max(outcome[quantity] for outcome in capped)
