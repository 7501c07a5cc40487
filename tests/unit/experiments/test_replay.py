"""Replays of a price file, scored."""

import pytest

from cascade_sim.experiments.behaviour import measure_crash
from cascade_sim.experiments.replay import Target, followed_market, score, score_both, targets_of, with_share
from cascade_sim.experiments.runs import measure_runs
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.prices import read_bars

SMALL = ["agents.traders.crowd.count=150", "burn_in=20"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Three minutes: 8 % down and half of it back."""
    path = tmp_path_factory.mktemp("prices") / "bars.csv"
    path.write_text(
        "time,high,low,close\n0,100000,100000,100000\n60,100000,95000,95500\n120,95500,92000,92500\n180,96500,92500,96000\n"
    )
    return path


@pytest.fixture(scope="module")
def replay(file):
    return load_scenario("flash-crash", [f"prices.file={file}", "news=[]", "duration=null", *SMALL])


def fundamental_fall(result):
    value = result.market("BTC-PERP")["fundamental"]
    return {"fall": 1 - value.min() / value.iloc[0]}


def test_the_part_of_the_move_that_is_news(replay):
    """A share s of every log move: 0.92 ** s at the low."""
    for share in (1.0, 0.5):
        fall = measure_runs(with_share(replay, share), [1], fundamental_fall, workers=1)["fall"][1]
        assert fall == pytest.approx(1 - 0.92**share, abs=0.003)


def test_imposed_shapes_are_not_scored(file):
    assert targets_of(read_bars(str(file)), imposed=True) == []
    assert [target.quantity for target in targets_of(read_bars(str(file)), imposed=False)] == ["fall", "minutes_to_low"]


def test_scores_hold_the_real_fall_against_the_runs(replay, file):
    table = score(replay, targets_of(read_bars(str(file)), imposed=False), range(2), workers=1)
    assert table.loc["fall", "real_low"] == pytest.approx(0.08)
    assert table.loc["fall", "low"] <= table.loc["fall", "median"] <= table.loc["fall", "high"]
    assert (table.loc["minutes_to_low", ["real_low", "real_high"]] == [1.0, 2.0]).all()


def test_both_replays_are_told_apart(replay):
    table = score_both(replay, range(2), workers=1)
    assert set(table["replay"]) == {"part as news"}  # nothing is known of this hour that was not fed in
    assert set(table["news_share"]) == {replay.fitted_news_share}


def test_an_exchange_kline_file_is_scored(tmp_path):
    file = tmp_path / "klines.csv"
    closes = [100_000, 96_000, 92_500, 96_000]
    opens = [1_760_000_000_000 + 60_000 * k for k in range(4)]  # milliseconds, as exchanges write them
    rows = [f"{at},{c},{c + 10},{c - 10},{c},1,{at + 59_999},50,9,1,20,0" for at, c in zip(opens, closes, strict=True)]
    file.write_text("\n".join(rows) + "\n")
    scenario = load_scenario("flash-crash", [f"prices.file={file}", "news=[]", "duration=null", *SMALL])
    table = score_both(scenario, range(2), workers=1).set_index(["replay", "quantity"])
    assert table.loc[("imposed", "taker_sell_share"), "real_low"] == pytest.approx(0.6)
    assert table.loc[("part as news", "fall"), "real_low"] == pytest.approx(1 - 92_490 / 100_000)


def test_the_order_of_seeds_and_workers_changes_nothing(replay):
    one = measure_runs(replay, [3, 1], measure_crash, workers=1)
    two = measure_runs(replay, [3, 1], measure_crash, workers=2)
    assert one.equals(two)
    assert one.index.tolist() == [3, 1]
    assert (one["fall"] > 0).all()


def test_the_market_that_is_scored(replay):
    assert followed_market(replay) == "BTC-PERP"
    with pytest.raises(ValueError, match="no perpetual on"):
        followed_market(load_scenario("by-hand").model_copy(update={"venues": {}}))


@pytest.mark.parametrize(
    ("low", "high", "runs", "verdict"),
    [
        (1.0, 2.0, (1.5, 0.5, 3.0), "yes"),
        (1.0, 2.0, (2.5, 0.5, 3.0), "edge"),
        (1.0, 2.0, (2.5, 2.1, 3.0), "no"),
        (1.0, 1.0, (2.5, 0.5, 3.0), "yes"),
        (1.0, 1.0, (2.5, 1.1, 3.0), "no"),
    ],
)
def test_verdicts(low, high, runs, verdict):
    assert Target("fall", "fall", low, high, "").verdict(*runs) == verdict
