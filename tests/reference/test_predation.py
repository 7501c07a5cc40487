"""What hunting a cluster of liquidations brings, and when it is not worth it."""

import numpy as np
import pytest

from cascade_sim.experiments.validation.cluster_hunting import turning_impact
from cascade_sim.experiments.validation.predation import Hunt, Market, break_even, hunt, theory_profit
from cascade_sim.experiments.validation.studies import run_study

FEE = 0.0005
RICH = {"capital": 1e7}

# distance and size of the cluster, impact
GRID = [
    (2.0, 300, 0.001),
    (1.5, 300, 0.001),
    (2.52, 400, 0.001),
    (3.3, 250, 0.001),
    (2.0, 30, 0.01),
    (1.23, 600, 0.0005),
    (4.07, 2000, 0.0001),
    (2.0, -300, 0.001),
    (3.3, -600, 0.0005),
]


def alone(distance, size, impact=0.001, **settings) -> Hunt:
    return hunt(Market(clusters={distance: size}, impact=impact, fee=FEE, **settings))


def test_the_formula_gives_the_worked_example():
    assert theory_profit(2, 300, 0.001, 0) == pytest.approx(600.0)
    assert theory_profit(2, 300, 0.001, FEE) == pytest.approx(402.30)
    assert break_even(2, 0.001, FEE) == pytest.approx(98.951, abs=5e-4)
    assert theory_profit(2, break_even(2, 0.001, FEE), 0.001, FEE) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("distance", "size", "impact"), GRID)
def test_profit(distance, size, impact):
    done = alone(distance, size, impact, hunter=RICH)
    assert done.hunts == 1
    assert done.profit == pytest.approx(theory_profit(distance, size, impact, FEE), rel=0.05)


def test_the_price_keeps_the_impact_of_the_cluster_alone():
    quotes = alone(2, 300).result.market("X").iloc[-1]
    assert quotes["mid"] == pytest.approx(99.70, abs=0.001)


@pytest.mark.parametrize("distance", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("impact", [0.001, 0.0005])
def test_hunts_from_the_break_even_size_on(distance, impact):
    least = break_even(distance, impact, FEE)
    assert alone(distance, round(0.95 * least, 3), impact, hunter=RICH).hunts == 0
    assert alone(distance, round(1.05 * least, 3), impact, hunter=RICH).hunts == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"hunter": {"capital": 0}},
        {"hunter": {"capital": 39_000, "leverage": 5}},
        {"impact": 0.001 / 5, "hunter": RICH},
        {"transparency": "none"},
    ],
    ids=["no money", "push above the budget", "five times the depth", "sees nothing"],
)
def test_abstains(settings):
    done = alone(2, 300, **settings)
    assert (done.hunts, done.forced, done.profit) == (0, 0, 0)


@pytest.mark.parametrize("decay", [0.02, 0.1, 0.3])
def test_decay_of_the_impact_raises_the_size_worth_hunting(decay):
    least = break_even(2, 0.001, FEE, decay)
    assert least > 1.3 * break_even(2, 0.001, FEE)
    assert alone(2, round(0.93 * least, 3), hunter=RICH | {"decay": decay}).hunts == 0
    assert alone(2, round(1.07 * least, 3), hunter=RICH | {"decay": decay}).hunts == 1


def test_a_noisy_map_costs_expected_profit():
    sizes = [60, 150, 300]
    exact = [alone(2, size).profit for size in sizes]
    noisy = [
        hunt(Market(clusters={2: size}, transparency="noisy", hunter={"error": 0.5}), seed).profit
        for size in sizes
        for seed in range(8)
    ]
    assert np.mean(noisy) < 0.8 * np.mean(exact)


CASCADES = {
    "two within one push": ({2.0: 300, 2.2: 150}, 450),
    "chain": ({2.0: 300, 2.2: 200, 2.42: 100}, 600),
    "one out of reach": ({2.0: 300, 2.7: 500}, 300),
    "chain of shorts": ({2.0: -300, 2.2: -200, 2.42: -100}, 600),
}


@pytest.mark.parametrize("name", CASCADES)
def test_estimate_is_what_the_push_triggers(name):
    clusters, forced = CASCADES[name]
    # Budget and reach end before the second cluster: what lies further can only be reached by the cascade.
    done = hunt(Market(clusters=clusters, hunter={"capital": 1e7, "reach": 0.0206}))
    assert done.hunts == 1
    assert done.expected == pytest.approx(forced)
    assert done.forced == pytest.approx(forced)
    assert done.profit == pytest.approx(
        theory_profit(2, np.sign(sum(clusters.values())) * forced, 0.001, FEE), rel=0.05
    )


def test_estimate_is_seldom_too_low_and_never_too_high():
    # Whole bins count only when the price has passed them, so that a chain may go on a little further.
    expected, forced = [], []
    for seed in range(12):
        draw = np.random.default_rng(seed)
        distances, sizes = draw.uniform(1, 4, 8).round(3), draw.uniform(10, 150, 8).round(3)
        clusters = dict(zip(distances.tolist(), sizes.tolist(), strict=True))
        done = hunt(Market(clusters=clusters, hunter={"capital": 1e5, "leverage": draw.uniform(1.5, 4)}), seed)
        if done.hunts == 1:
            expected.append(done.expected)
            forced.append(done.forced)
    assert len(expected) >= 6
    assert all(np.array(expected) <= np.array(forced) + 1e-6)
    assert sum(expected) == pytest.approx(sum(forced), rel=0.1)


def test_an_old_map_still_tells_the_prices():
    # Half a dollar down since the map was drawn: the cluster at 98 is a dollar and a half away.
    fall = {"at": 20.001, "size": -500}
    done = alone(2, 300, orders=(fall,), map_interval=20)
    assert done.hunts == 1
    assert done.profit == pytest.approx(1.5 * 300 - FEE * 1500 * (2 * 99.5 - 1.5 - 0.3), rel=0.05)


@pytest.mark.parametrize(("distance", "size"), [(2.0, 300), (3.3, 250), (2.0, -300)])
def test_learns_that_nothing_decays(distance, size):
    # 1 - (profit + costs) / gain is 0 where the account shows what the estimate said.
    done = alone(distance, size, hunter=RICH | {"decay": 0.03, "learning": 1})
    assert done.hunts == 1
    assert done.decay == pytest.approx(0, abs=0.005)


def test_profit_is_cash_flow():
    done = alone(2, 300)
    accounts, trades = done.result.accounts, done.result.trades
    own = accounts.index[accounts["role"] == "hunter"][0]
    taken = trades[trades["taker"] == own]
    assert taken["size"].sum() == pytest.approx(0, abs=1e-9)
    cash = -(taken["size"] * taken["price"]).sum() - taken["taker_fee"].sum()
    assert done.profit == pytest.approx(cash, abs=1e-5)


def test_covers_everything_at_its_loss_limit():
    rise = tuple({"at": at, "size": 2000} for at in (12.0, 12.2, 12.4, 12.6))
    hunter = {"stop_loss": 0.01, "patience": 50, "cover": 0.1, "learning": 1, "profit": 0.0005}
    done = alone(2, 300, latency=100, orders=rise, hunter=hunter)
    accounts, trades = done.result.accounts, done.result.trades
    own = trades[trades["taker"] == accounts.index[accounts["role"] == "hunter"][0]]
    bought = own[own["size"] > 0]
    assert bought["time"].min() > 12
    assert bought["time"].max() < 12 + 3
    assert own["size"].sum() == pytest.approx(0, abs=1e-9)


def test_depth_at_which_hunting_ceases():
    assert turning_impact(2, break_even(2, 0.001, FEE)) == pytest.approx(0.001)
    assert [line.quantity for line in run_study("cluster-hunting", small=True) if not line.met] == []


def test_a_hunter_who_expects_too_much_hunts_and_loses():
    reckless = RICH | {"decay": -2.0, "learning": 0.0}
    done = alone(2, 300, turning_impact(2, 300) / 1.5, hunter=reckless)
    assert done.hunts == 1
    assert done.profit == pytest.approx(theory_profit(2, 300, turning_impact(2, 300) / 1.5, FEE), rel=0.1)
