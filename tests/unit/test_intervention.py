"""A run repeated with one thing done differently: who is touched, who is not, and what is refused."""

import numpy as np
import pytest

from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.market import records as r
from cascade_sim.market.roles import ARBITRAGEUR, HUNTER, TRADER
from cascade_sim.market.tables import World
from cascade_sim.recording.accounts import opening_state
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import RunError, Simulation
from tests.conftest import crowded_scenario
from tests.unit.conftest import SMALL_CRASH

BURN_IN, WHOLE = 30_000_000, 150_000_000
SCENARIO = load_scenario("flash-crash", SMALL_CRASH)


def simulate(until=WHOLE, luck=0, checks=False, **treated):
    simulation = Simulation(SCENARIO, 1, intervention=Intervention(**treated), luck=luck, checks=checks)
    simulation.run_until(until)
    return simulation


@pytest.fixture(scope="module")
def plain():
    """The small crash as it is."""
    return simulate()


def of_kind(simulation, kind):
    rows = simulation.records.table("events")
    return rows[rows["kind"] == kind]


def until(simulation, time):
    """Everything on record before a time, as bytes by table."""
    tables = {name: simulation.records.table(name) for name in ("trades", "events", "moves", "samples")}
    return {name: rows[rows["time"] < time].tobytes() for name, rows in tables.items()}


def rows_of(plain, role):
    return np.flatnonzero(plain.world.accounts["role"] == role)


def test_nothing_suppressed(plain):
    assert simulate().records.digest() == plain.records.digest()
    assert Simulation(SCENARIO, 1, intervention=None).world.clock["treated"][0] == 0


@pytest.mark.parametrize("place", [0, 5, 20])
def test_the_same_until_the_breach(plain, place):
    breach = of_kind(plain, r.BREACH)[place]
    account, time = int(breach["account"]), int(breach["time"])
    other = simulate(liquidations=((account, 1),))
    assert until(other, time) == until(plain, time)
    assert (of_kind(other, r.LIQUIDATION_ORDER)["cause"] != breach["cause"]).all()
    assert (other.records.table("trades")["cause"] != breach["cause"]).all()
    taken = of_kind(other, r.TAKEOVER)
    taken = taken[taken["cause"] == breach["cause"]]
    assert (taken["account"] == account).all()
    assert (taken["amount"] == 0).all()
    assert len(taken) >= 1
    assert other.records.digest() != plain.records.digest()


@pytest.mark.parametrize("role", [TRADER, HUNTER, ARBITRAGEUR])
def test_account_taken_out(plain, role):
    opening, account = Simulation(SCENARIO, 1), int(rows_of(plain, role)[0])
    out = Simulation(SCENARIO, 1, intervention=Intervention(accounts=(account,)), checks=True)
    before, after = opening.world, out.world
    own = np.flatnonzero(before.accounts["owner"] == before.accounts["owner"][account])
    assert (len(own) > 1) == (role == ARBITRAGEUR)
    absorbers = np.unique(before.venues["absorber"][1:])
    rest = np.setdiff1d(np.arange(len(before.accounts)), [*own, *absorbers])
    for name in ("lots", "cost", "initial_ppm"):
        assert (before.positions[name][rest] == after.positions[name][rest]).all()
    assert (before.balances == after.balances).all()
    for a, b in zip(opening.population, out.population, strict=True):
        assert a.tobytes() == b.tobytes()
    assert (after.positions["lots"][own] == 0).all()
    for venue in np.unique(before.accounts["venue"][own]):
        members = own[before.accounts["venue"][own] == venue]
        absorber = before.venues["absorber"][venue]
        for name in ("lots", "cost"):
            assert (after.positions[name][absorber] == before.positions[name][members].sum(axis=0)).all()
    held = after.positions["lots"][absorbers].copy()
    out.run_until(WHOLE)
    trades, rows = out.records.table("trades"), out.records.table("events")
    assert not np.isin(trades["taker"], own).any()
    assert not np.isin(trades["maker"], own).any()
    assert not np.isin(rows["account"], own).any()
    assert not np.isin(rows["other"], own).any()
    assert (out.world.positions["lots"][absorbers] == held).all()


def test_absorbers_hold_what_longs_and_shorts_leave_over(plain):
    lots = Simulation(SCENARIO, 1).world.positions["lots"]
    traders = rows_of(plain, TRADER)
    both = int(traders[lots[traders, 0].argmax()]), int(traders[lots[traders, 0].argmin()])
    out = Simulation(SCENARIO, 1, intervention=Intervention(accounts=both), checks=True)
    assert out.world.positions["lots"][out.world.venues["absorber"][2], 0] == lots[list(both), 0].sum()
    out.run_until(BURN_IN)


def test_arbitrageur_is_kept_out_of_both_legs(plain):
    row = plain.population.arbitrageurs[1]
    names = ["", *plain.roster.markets]
    cut = simulate(links=((int(row["account"]), names[row["market"]]),), checks=True)
    traded = cut.records.table("trades")
    legs = [(int(row["account"]), int(row["market"])), (int(row["spot_account"]), int(row["spot_market"]))]
    for account, market in legs:
        own = (traded["taker"] == account) | (traded["maker"] == account)
        assert not (own & (traded["market"] == market)).any()


def test_account_of_several_markets_kept_out_of_one(plain):
    trades, m = plain.records.table("trades"), plain.roster.markets["ETH-PERP"]
    cross = plain.population.traders["account"][1:][plain.population.traders["is_cross"][1:] == 1]
    here, elsewhere = (np.unique(trades["taker"][part]) for part in (trades["market"] == m, trades["market"] != m))
    account = int(np.intersect1d(np.intersect1d(here, elsewhere), cross)[0])
    lots = Simulation(SCENARIO, 1).world.positions["lots"]
    cut = simulate(links=((account, "ETH-PERP"),), checks=True)
    traded = cut.records.table("trades")
    own = traded[(traded["taker"] == account) | (traded["maker"] == account)]
    assert len(own) > 0
    assert m not in own["market"]
    assert cut.world.positions["lots"][cut.world.venues["absorber"][2], 1] == lots[account, 1]


def test_guaranteed_accounts_are_never_liquidated(plain):
    accounts = tuple(int(a) for a in np.unique(of_kind(plain, r.BREACH)["account"]))
    saved = simulate(guaranteed=accounts, checks=True)
    assert not np.isin(of_kind(saved, r.BREACH)["account"], accounts).any()
    assert len(of_kind(saved, r.BREACH)) < len(of_kind(plain, r.BREACH)) / 2
    paid = of_kind(saved, r.TRANSFER)
    assert (paid["amount"][np.isin(paid["account"], accounts)] > 0).all()


def test_one_order_lost(plain):
    trades = plain.records.table("trades")
    row = trades[(trades["time"] > BURN_IN) & (trades["role"] == TRADER)][0]
    account, time = int(row["taker"]), int(row["time"])
    other = simulate(orders=((account, time),))
    assert until(other, time) == until(plain, time)
    there = other.records.table("trades")
    assert not ((there["time"] == time) & (there["taker"] == account)).any()


@pytest.fixture(scope="module")
def isolated():
    """The small crash with everybody's margin apart."""
    return simulate(all_isolated=True, checks=True)


def test_isolated_margin_divides_what_there_is(plain):
    before = Simulation(SCENARIO, 1).world
    after = Simulation(SCENARIO, 1, intervention=Intervention(all_isolated=True)).world
    firsts = after.treatments["isolated"]
    divided = np.flatnonzero(firsts)
    assert len(divided) > 20
    for a in divided:
        parts = firsts[a] + np.arange(3)
        assert (after.accounts["owner"][parts] == before.accounts["owner"][a]).all()
        assert after.balances["amount"][parts, 1].sum() == before.balances["amount"][a, 1]
        assert (after.balances["amount"][parts, 1] >= 0).all()
        assert (np.diag(after.positions["lots"][parts]) == before.positions["lots"][a]).all()
        assert (np.diag(after.positions["cost"][parts]) == before.positions["cost"][a]).all()
        assert (after.positions["lots"][parts].sum(axis=1) == before.positions["lots"][a]).all()
        assert (after.positions["initial_ppm"][parts] == before.positions["initial_ppm"][a]).all()
        costs = np.abs(before.positions["cost"][a].astype(float))
        shares = costs / costs.sum() if costs.any() else np.full(3, 1 / 3)
        money = before.balances["amount"][a, 1]
        assert after.balances["amount"][parts, 1] == pytest.approx(shares * money, abs=3)
        assert after.balances["amount"][a, 1] == 0
    rest = np.setdiff1d(np.arange(len(before.accounts)), divided)
    assert (before.balances[rest] == after.balances[rest]).all()
    assert (before.positions["lots"][rest] == after.positions["lots"][rest]).all()
    one_market = plain.population.traders["account"][1:][plain.population.traders["is_cross"][1:] == 0]
    assert not np.isin(one_market, divided).any()


def test_orders_of_isolated_traders_come_from_their_parts(isolated):
    firsts = isolated.world.treatments["isolated"]
    divided = np.flatnonzero(firsts)
    trades = isolated.records.table("trades")
    assert not np.isin(trades["taker"], divided).any()
    column = isolated.world.markets["column"][trades["market"]]
    parts = {int(first) + k: k for first in firsts[divided] for k in range(3)}
    own = [(parts[a], k) for a, k in zip(trades["taker"].tolist(), column.tolist(), strict=True) if a in parts]
    assert len(own) > 20
    assert all(part == k for part, k in own)


def test_isolating_who_trades_one_market_changes_nothing(plain):
    traders = plain.population.traders[1:]
    account = int(traders["account"][traders["is_cross"] == 0][0])
    assert simulate(isolated=(account,)).records.digest() == plain.records.digest()


def test_cut_and_isolated_together(plain):
    traders = plain.population.traders[1:]
    account = int(traders["account"][traders["is_cross"] == 1][0])
    both = simulate(links=((account, "BTC-PERP"),), isolated=(account,), guaranteed=(account,), checks=True)
    first = both.world.treatments["isolated"][account]
    assert both.world.positions["lots"][first, 0] == 0
    assert not np.isin(of_kind(both, r.BREACH)["account"], first + np.arange(3)).any()


REFUSED = {
    "there is no account 9999": {"accounts": (9999,)},
    "there is no account -1": {"guaranteed": (-1,)},
    "there is no account 0": {"orders": ((0, 5),)},
    f"there is no account {10**30}": {"isolated": (10**30,)},
    "account 1 is the venue's own": {"accounts": (1,)},
    "account 2 is the venue's own": {"links": ((2, "BTC-SPOT"),)},
    "account 3 is the venue's own": {"guaranteed": (3,)},
    "account 40 has no market 'BTC-SPOT': choose from BTC-PERP": {"links": ((40, "BTC-SPOT"),)},
    "account 40 has no market ''": {"links": ((40, ""),)},
    "account 5 can't be kept apart: it is of role maker": {"isolated": (5,)},
    "liquidation 33 of account 40": {"liquidations": ((40, 33),)},
    "liquidation 0 of account 40": {"liquidations": ((40, 0),)},
    "nothing of account 40 can arrive at microsecond -1": {"orders": ((40, -1),)},
    "only one order of account 40": {"orders": ((40, 1), (40, 2))},
    "can't both be kept apart": {"all_isolated": True, "liquidations": ((40, 1),)},
}


@pytest.mark.parametrize("message", REFUSED)
def test_refused_in_words(message):
    with pytest.raises(InterventionError, match=message):
        Simulation(SCENARIO, 1, intervention=Intervention(**REFUSED[message]))


def tables(simulation):
    return [table.tobytes() for table in (*simulation.world, *simulation.population)]


@pytest.fixture(scope="module")
def half_way():
    """The small crash before the worst."""
    return simulate(62_000_000)


def test_forks_leave_the_run_as_it_is(half_way):
    before = tables(half_way)
    fork = half_way.fork(luck=1)
    assert dict(zip(World._fields, tables(fork), strict=False)) | {"clock": b""} == dict(
        zip(World._fields, before, strict=False)
    ) | {"clock": b""}
    half_way.fork(intervention=Intervention(liquidations=((40, 1),))).run_until(70_000_000)
    fork.run_until(70_000_000)
    assert tables(half_way) == before
    assert fork.now == 70_000_000


def test_fork_goes_on_as_the_run_does(plain, half_way):
    fork = half_way.fork()
    fork.run_until(WHOLE)
    assert opening_state(fork)["start"].tolist() == opening_state(plain)["start"].tolist()
    for name in ("trades", "events", "moves"):
        rows = plain.records.table(name)
        assert fork.records.table(name).tobytes() == rows[rows["time"] > 62_000_000].tobytes()


def test_forked_liquidation_is_the_one_suppressed_from_the_start(plain, half_way):
    breach = of_kind(plain, r.BREACH)
    breach = breach[breach["time"] > 62_000_000][3]
    account = int(breach["account"])
    nth = int(
        (of_kind(plain, r.BREACH)["account"][of_kind(plain, r.BREACH)["time"] <= breach["time"]] == account).sum()
    )
    fork = half_way.fork(intervention=Intervention(liquidations=((account, 1),)))
    fork.run_until(WHOLE)
    whole = simulate(liquidations=((account, nth),))
    later = whole.records.table("trades")
    assert fork.records.table("trades").tobytes() == later[later["time"] > 62_000_000].tobytes()


FORKS_REFUSED = {
    "can be treated by suppressing liquidations and orders only": {"accounts": (40,)},
    "there is no account 9999": {"liquidations": ((9999, 1),)},
    "there is no account -3": {"orders": ((-3, 70_000_000),)},
    "liquidation 33": {"liquidations": ((40, 33),)},
}


@pytest.mark.parametrize("message", FORKS_REFUSED)
def test_forks_refused_in_words(half_way, message):
    before = tables(half_way)
    with pytest.raises(InterventionError, match=message):
        half_way.fork(intervention=Intervention(**FORKS_REFUSED[message]))
    assert tables(half_way) == before


def test_forks_of_treated_runs():
    treated = simulate(BURN_IN, liquidations=((40, 1),))
    assert treated.fork().run_until(BURN_IN) is None
    with pytest.raises(InterventionError, match="suppressed already"):
        treated.fork(intervention=Intervention(liquidations=((41, 1),)))
    apart = simulate(BURN_IN, all_isolated=True)
    divided = int(np.flatnonzero(apart.world.treatments["isolated"])[0])
    with pytest.raises(InterventionError, match="name the part"):
        apart.fork(intervention=Intervention(orders=((divided, BURN_IN + 1),)))
    part = int(apart.world.treatments["isolated"][divided])
    apart.fork(intervention=Intervention(liquidations=((part, 1),))).run_until(BURN_IN + 1_000_000)


class Idle:
    """Wants nothing."""

    venue, deposit, holdings, leverage, interval, latency = "perps", 1000.0, {}, 1.0, 1.0, 0.1

    def decide(self, view):
        return []


def test_guests_are_not_forked():
    scenario = load_scenario(crowded_scenario())
    simulation = Simulation(scenario, 1, guests=(Idle(),))
    with pytest.raises(RunError, match="can't be forked"):
        simulation.fork()
    guest = int(simulation.population.customs["account"][1])
    with pytest.raises(InterventionError, match="of role custom"):
        Simulation(scenario, 1, guests=(Idle(),), intervention=Intervention(isolated=(guest,)))


def test_luck_keeps_who_takes_part(plain):
    one, other = Simulation(SCENARIO, 1), Simulation(SCENARIO, 1, luck=1)
    for name in ("accounts", "balances", "positions", "venues", "markets", "tiers", "script"):
        assert getattr(one.world, name).tobytes() == getattr(other.world, name).tobytes(), name
    for a, b in zip(one.population, other.population, strict=True):
        for name in set(a.dtype.names or ()) - {"wakes"}:
            assert (a[name] == b[name]).all(), name
    other.run_until(WHOLE)
    assert other.records.digest() != plain.records.digest()
    assert not np.array_equal(other.world.assets["fundamental"], plain.world.assets["fundamental"])
    assert simulate(luck=1).records.digest() == other.records.digest()
    assert simulate(luck=2).records.digest() != other.records.digest()


def test_fork_with_other_luck(half_way):
    first, second = half_way.fork(luck=1), half_way.fork(luck=1)
    for name in ("accounts", "balances", "positions", "orders"):
        assert getattr(first.world, name).tobytes() == getattr(half_way.world, name).tobytes()
    for fork in (first, second):
        fork.run_until(80_000_000)
    same = half_way.fork()
    same.run_until(80_000_000)
    assert first.records.digest() == second.records.digest()
    assert first.records.digest() != same.records.digest()


def test_luck_draws_the_way_between_bars_anew_but_not_the_bars(tmp_path):
    file = tmp_path / "bars.csv"
    closes = 120_000 * (1 - 0.01 * np.arange(4))
    rows = [f"{1_760_126_400 + 60 * k},{c},{1.002 * c},{0.998 * c},{c}" for k, c in enumerate(closes)]
    file.write_text("\n".join(["timestamp,open,high,low,close", *rows]) + "\n", encoding="utf-8")
    replay = load_scenario("flash-crash", [f"prices.file={file}", "news=[]", "duration=null", "burn_in=30"])
    paths = [np.cumsum(Simulation(replay, 1, luck=luck).world.script, axis=0) for luck in (0, 0, 1)]
    assert (paths[0] == paths[1]).all()
    assert not np.allclose(paths[0], paths[2])
    ticks = np.round((30 + 60 * np.arange(4)) / replay.fundamental_interval).astype(int) - 1
    assert paths[2][ticks] == pytest.approx(paths[0][ticks], abs=1e-9)
