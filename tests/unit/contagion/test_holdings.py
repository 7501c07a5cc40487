"""What accounts held at any time, added up from the record, against the exchange's own tables at that time."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.engine.rulebook import micros
from cascade_sim.folders import ResultError
from cascade_sim.recording.accounts import opening_state
from cascade_sim.results import Result
from cascade_sim.simulation import Simulation

# Money is added up in whole units and equity compared as floats: a few roundings of at most 1e8 USD are left.
ROUNDING = 1e-7


@pytest.fixture(scope="module")
def crash_holdings(crash):
    """Holdings in the shipped crash."""
    return Holdings(crash)


def differences(found: pd.DataFrame, state: dict[str, np.ndarray]) -> dict[str, float]:
    """Largest difference of each quantity from the exchange's own tables."""
    names = {name.removeprefix("start_"): name for name in state if "cost" not in name}
    names["equity"] = names.pop("start")
    return {own: np.abs(found[own].to_numpy() - state[name][1:]).max() for own, name in names.items()}


def check_against_live_run(result: Result, times: list[float]) -> None:
    """Stop a run of the same luck at each time and compare everything."""
    holdings, live = Holdings(result), Simulation(result.scenario, result.seed)
    for time in times:
        live.run_until(micros(result.scenario.burn_in + time))
        found = differences(holdings.at(time), opening_state(live))
        assert found.pop("equity") < ROUNDING, time
        assert found == dict.fromkeys(found, 0.0), time


def test_everything_happened(everything):
    assert set(everything.events) > {"takeover", "adl", "loss", "default", "liquidation_fee", "funding", "transfer"}
    assert everything.accounts["loss_paid"].sum() > 0
    assert len(everything.events["funding"]) > 30


def test_end(crash, crash_holdings):
    end = crash_holdings.at(crash.scenario.duration)
    assert np.abs(end["equity"] - crash.accounts["end"]).max() < ROUNDING
    for name in crash_holdings.markets:
        assert (end[f"size_{name}"] == crash.accounts[f"size_{name}"]).all()


def test_start(crash, crash_holdings):
    start = crash_holdings.at(0.0)
    assert np.abs(start["equity"] - crash.accounts["start"]).max() < ROUNDING
    assert (start["balance"] == crash.accounts["start_balance"]).all()
    assert list(start.columns[:7]) == ["venue", "role", "cohort", "owner", "balance", "collateral", "equity"]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_times_of_a_crash(crash, seed):
    times = np.random.default_rng(seed).uniform(0, crash.scenario.duration, 5).round(6)
    check_against_live_run(crash, sorted(times.tolist()))


@pytest.mark.parametrize("seed", [1, 2])
def test_random_times_of_a_run_with_everything(everything, seed):
    times = np.random.default_rng(seed).uniform(0, everything.scenario.duration, 5).round(6)
    check_against_live_run(everything, sorted(times.tolist()))


def test_just_before_and_after_an_event(everything):
    # Funding is charged at whole seconds; what happens at a moment has happened at that moment.
    at = [frame["time"].iloc[len(frame) // 2] for kind, frame in everything.events.items() if kind in ("adl", "loss")]
    charged = everything.events["funding"]["time"].iloc[0]
    times = [time + shift for time in [charged, *at] for shift in (-1e-6, 0.0, 1e-6)]
    check_against_live_run(everything, sorted(round(time, 6) for time in times))


def test_a_loaded_run_knows_as_much(crash, crash_folder, crash_holdings):
    pd.testing.assert_frame_equal(Holdings(Result.load(crash_folder)).at(60.0), crash_holdings.at(60.0))


def test_positions_of_a_market_cancel_out_at_any_time(everything):
    holdings = Holdings(everything)
    for time in (0.0, 25.0, 40.0):
        state = holdings.at(time)
        for name in holdings.markets:
            assert state[f"size_{name}"].sum() == pytest.approx(0.0, abs=1e-6)


def test_a_run_that_starts_at_time_zero(by_hand):
    before, after = Holdings(by_hand).at(-1.0), Holdings(by_hand).at(10.0)
    assert np.abs(before["equity"] - by_hand.accounts["start"]).max() < ROUNDING
    assert np.abs(after["equity"] - by_hand.accounts["end"]).max() < ROUNDING
    # The first long bought 12 at 100 with 11.97 and was sold out at 96 and 97: 12 * 100 - (5 * 97 + 7 * 96) is lost.
    long = by_hand.accounts.index[by_hand.accounts["cohort"] == "long-1"][0]
    assert before.loc[long, "size_X-PERP"] == 12
    assert after.loc[long, ["balance", "equity", "size_X-PERP"]].tolist() == [0.0, 0.0, 0.0]


def test_a_result_without_an_opening_state_is_refused(by_hand):
    old = Result(**{**by_hand.__dict__, "accounts": by_hand.accounts.drop(columns="start_balance")})
    with pytest.raises(ResultError, match="run it again"):
        Holdings(old)
