"""What is wrong with a scenario is said in full: which setting, what was given, what is possible."""

import re

import pytest

from cascade_sim.scenario.load import ScenarioError, derivatives_venue, load_scenario
from tests.conftest import small_scenario


def complaint(*settings, source="flash-crash"):
    """What is said about a scenario with these settings."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(source, settings)
    return str(caught.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("durations=5", "durations: there is no such setting"),
        ("assets.BTC.vol=1", "assets.BTC.vol: there is no such setting"),
        ("agents.traders.crowd.lever=5", "agents.traders.crowd.lever: there is no such setting"),
        ("duration=-5", "duration: input should be greater than 0, got -5"),
        ("duration=.nan", "duration: input should be a finite number, got nan"),
        ("correlation=1", "correlation: input should be less than 1, got 1"),
        ("news.0.move=-1", "news.0.move: input should be greater than -1, got -1"),
        ("news.0.move=much", "news.0.move: .* valid number, .* got 'much'"),
        (
            "agents.makers.spot-makers.levels=61",
            "agents.makers.spot-makers.levels: .* less than or equal to 60, got 61",
        ),
        ("agents.traders.crowd.leverage=0", "agents.traders.crowd.leverage: must be above 0 and at most 1000, got 0"),
        ("agents.traders.crowd.leverage.high=2000", "leverage: must be above 0 and at most 1000, got 0.5 to 2000"),
        ("agents.traders.crowd.leverage.low=90", "low .90.0. must not be above high .50.0."),
        (
            "agents.traders.crowd.patience=1.5",
            "agents.traders.crowd.patience: must be at least 0 and at most 1, got 1.5",
        ),
        ("agents.hunters.predators.interval=0", "agents.hunters.predators.interval: must be above 0, got 0"),
        ("agents.liquidators.keepers.latency=-1", "agents.liquidators.keepers.latency: must be at least 0, got -1"),
        ("agents.traders.crowd.open_interest.BTC-PERP=-4", "open_interest.BTC-PERP: .* or equal to 0, got -4"),
        ("agents.traders.crowd.leverage.law=normal", "'normal' .* 'constant', 'uniform', 'exponential', 'lognormal'"),
        ("agents.traders.crowd.venue=spot", "'BTC-PERP' is not a market of spot: .'BTC-SPOT', 'ETH-SPOT', 'SOL-SPOT'."),
        ("agents.traders.crowd.venue=moon", "agents.traders.crowd.venue: 'moon' is not one of .'perps', 'spot'."),
        ("news.0.asset=DOGE", "asset 'DOGE' is not one of .'BTC', 'ETH', 'SOL'."),
        ("oracles.BTC.sources.0.market=X", "oracle BTC: market 'X' is not one of"),
        ("venues.perps.rules.fees.maker=-0.001", "rebate .0.001. must not exceed the taker's fee .0.0005."),
        ("venues.perps.rules.tiers.BTC=[]", "tiers of BTC: 1 to 12 brackets are possible, got 0"),
        ("venues.perps.rules=moon", "venue rules 'moon' .*no such rule file; there are binance-usdm, hyperliquid"),
        ("agents.traders.crowd.open_interest={BTC-PERP: 0}", "open_interest: must add up to more than 0"),
        ("agents.makers.spot-makers.markets.BTC-SPOT=1e15", "less than or equal to 1000000000000, got"),
        ("agents.traders.crowd.count=0", "basis.pairs.BTC-PERP: a stock of 3e.07 USD .* nobody is long at the start"),
        ("sample_interval=7200", "sample_interval: .* less than or equal to 3600, got 7200"),
        ("duration=0.5", "sample_interval: nothing would be recorded in a duration of 0.5 s; .* at most that, got 1"),
        ("ladder_range=[2, 3]", "ladder_range: must be a number above 0 up to 1 and one from 1 up, got 2, 3"),
    ],
)
def test_says_where_what_and_what_is_possible(setting, said):
    assert re.search(said, complaint(setting), re.DOTALL)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("orders.0.price=300000", "orders.0.price: must be on the ladder of X-PERP, 1 to 262,143 USD, got 300000"),
        ("orders.0.size=0.3", "orders.0.size: must be 1 .one lot. to 2,147,483,647 lots, got 0.3"),
        ("orders.0.size=0", "orders.0: size must not be 0"),
        ("orders.0.type=post-only", None),
        ("orders.0.price=null", "orders.0: a limit order needs a price"),
        ("orders.0.account=ann", "orders.0.account: 'ann' is not one of"),
        ("accounts.long-1.positions.X-PERP.size=13", "X-PERP add up to 1 lots instead of 0; .* give one account"),
        ("accounts.long-1.holdings={Y: 3}", "accounts.long-1.holdings: 'Y' is not one of .'X'."),
        ("accounts.long-1.deposit=1e15", "accounts.long-1.deposit: .* less than or equal to 1000000000000"),
        ("venues.exchange.rules.tiers={Y: [{floor: 0, maintenance: 0.1, leverage: 5}]}", "there are none for X; add"),
        ("oracles={}", "market X-PERP: a perpetual needs an index; add an oracle for X"),
        ("venues.exchange.markets.X-PERP.tick=0.0001", "choose a tick above 0.000572"),
        ("venues.exchange.markets.X-PERP.lot=1e-9", "market X-PERP: lot must be at least 1e-8, got 1e-09"),
        ("venues.exchange.markets.X-PERP={asset: X, tick: 0.001, lot: 0.0001}", "whole number of 1e-6 USD"),
    ],
)
def test_orders_and_accounts_must_fit(setting, said):
    if said is None:
        load_scenario("by-hand", [setting])
    else:
        assert re.search(said, complaint(setting, source="by-hand"), re.DOTALL)


def test_the_tick_it_asks_for_is_enough():
    said = complaint("venues.exchange.markets.X-PERP.tick=0.0001", source="by-hand")
    tick = float(re.search("a tick above ([0-9.e-]+)", said)[1])
    assert tick == pytest.approx(100 * 1.5 / 2**18, rel=1e-2)
    load_scenario("by-hand", [f"venues.exchange.markets.X-PERP.tick={2 * tick:.0e}"])


def test_all_problems_at_once():
    said = complaint("duration=-1", "correlation=3", "assets.BTC.price=0")
    assert [path in said for path in ("duration", "correlation", "assets.BTC.price")] == [True] * 3


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("duration", "must look like path=value, for example"),
        ("=5", "must look like path=value"),
        ("news.3.move=-0.1", "item '3' of a list with 1 items, counted from 0"),
        ("news.x.move=-0.1", "item 'x' of a list"),
        ("duration.seconds=5", "duration is a single value and has no 'seconds'"),
        ("news.0.move=[1", "--set news.0.move=.1 can't be used:\n  not readable"),
    ],
)
def test_bad_set(setting, said):
    assert re.search(said, complaint(setting))


def test_files_that_are_no_scenarios(tmp_path):
    said = {"a.yaml": "not readable", "b.toml": "not readable", "c.yaml": "mapping of settings, got list"}
    texts = {"a.yaml": b"a: [1", "b.toml": b"name = ", "c.yaml": b"- 1", "d.yaml": b"\xff\xfe\x00garbled"}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)
        assert said.get(name, "not readable") in complaint(source=str(tmp_path / name))
    assert "by-hand, calm, flash-crash" in complaint(source="flash-crush")


def test_positions_need_a_perpetual(tmp_path):
    spot = small_scenario(venues={"spot": small_scenario()["venues"]["spot"]}, oracles={})
    with pytest.raises(ScenarioError, match="no venue has a perpetual"):
        derivatives_venue(spot)
