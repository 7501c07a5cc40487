"""Maintenance margin and liquidation prices against the venues' own numbers and closed forms."""

import numpy as np
import pytest

from cascade_sim.market.constants import LINK
from cascade_sim.market.kernel import exposed
from cascade_sim.market.margin import liquidation_mark, maintenance_margin
from cascade_sim.scenario.load import load_scenario, venue_rules
from cascade_sim.simulation import Simulation

USD = 10**6
maintenance = exposed(maintenance_margin)
liquidation = exposed(liquidation_mark)


def simulation(rules, accounts, assets=None):
    """One venue with these rules, a market per asset, and these accounts; lots of 1e-3."""
    assets = assets or {"BTC": 60_000}
    markets = {name: {"asset": name, "tick": 1, "lot": 0.001} for name in assets}
    return Simulation(
        load_scenario(
            {
                "name": "vectors",
                "assets": {name: {"price": price} for name, price in assets.items()},
                "oracles": {name: {"sources": [{}]} for name in assets},
                "venues": {"v": {"rules": rules, "markets": markets}},
                "accounts": accounts,
            }
        ),
        seed=1,
    )


def account(deposit, **positions):
    """An account with (size, entry) positions."""
    held = {name: {"size": size, "entry": entry} for name, (size, entry) in positions.items()}
    return {"venue": "v", "deposit": deposit, "leverage": 20, "positions": held}


def other_side(people):
    """A rich account with the opposite of all positions."""
    total = {}
    for person in people.values():
        for name, position in person["positions"].items():
            total[name] = total.get(name, 0) - position["size"]
    held = {name: {"size": size, "entry": 50_000} for name, size in total.items()}
    return people | {"other": {"venue": "v", "deposit": 1e9, "positions": held}}


def liquidation_price(rules, person, market="BTC", assets=None):
    """Liquidation price in USD of one account's position."""
    run = simulation(rules, other_side({"x": person}), assets)
    row = len(run.world.accounts) - 2
    m = list(run.scenario.markets).index(market) + 1
    return float(liquidation(run.world, LINK(row), LINK(m))) / USD / 0.001


BINANCE_BTC_AMOUNTS = [0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450]
BINANCE_BTC_AMOUNTS += [121_481_450, 421_481_450]


def test_tv1_binance_maintenance():
    world = simulation("binance-usdm", {}).world
    for notional, margin in {100_000: 450, 5_000_000: 38_550, 50_000_000: 868_550}.items():
        assert maintenance(world, LINK(1), np.int64(notional * USD)) == margin * USD
    assert list(world.tiers["deduction"][1] // USD) == BINANCE_BTC_AMOUNTS


def test_tv2_hyperliquid_maintenance():
    world = simulation("hyperliquid", {}).world
    assert world.tiers["deduction"][1, 1] == 1_875_000 * USD
    assert maintenance(world, LINK(1), np.int64(200_000_000 * USD)) == 3_125_000 * USD


@pytest.mark.parametrize(("size", "price"), [(1, 57_236.1809045), (-1, 62_736.3184080)])
def test_tv5_binance_isolated(size, price):
    assert liquidation_price("binance-usdm", account(3_000, BTC=(size, 60_000))) == pytest.approx(price, rel=1e-10)


def test_tv6_binance_cross():
    tiers = venue_rules("binance-usdm")["tiers"] | {"ETH": [{"floor": 0, "maintenance": 0.005, "leverage": 100}]}
    person = account(20_000, BTC=(2, 60_000), ETH=(100, 3_040))
    found = liquidation_price({"tiers": tiers}, person, assets={"BTC": 60_000, "ETH": 3_000})
    assert found == pytest.approx(52_989.9497487, rel=1e-10)


def test_tv8_hyperliquid():
    assert liquidation_price("hyperliquid", account(6_000, BTC=(2, 60_000))) == pytest.approx(57_721.5189873, rel=1e-10)


# Linear contracts: leverage -> liquidation prices of a long and a short opened at 100, maintenance 0.5 %
LINEAR = {
    2: (50.251256, 149.253731),
    5: (80.402010, 119.402985),
    10: (90.452261, 109.452736),
    20: (95.477387, 104.477612),
    50: (98.492462, 101.492537),
    100: (99.497487, 100.497512),
}


@pytest.mark.parametrize("leverage", LINEAR)
@pytest.mark.parametrize("side", [1, -1])
def test_t14_linear(leverage, side):
    rules = {"tiers": {"default": [{"floor": 0, "maintenance": 0.005, "leverage": 125}]}}
    person = account(1000 * 100 / leverage, X=(side * 1000, 100))
    found = liquidation_price(rules, person, market="X", assets={"X": 100})
    assert found == pytest.approx(LINEAR[leverage][0 if side > 0 else 1], abs=5e-7)
