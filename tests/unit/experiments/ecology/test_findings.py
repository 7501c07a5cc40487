"""Statistics of a history made up by hand."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.ecology import ARMS, History
from cascade_sim.experiments.ecology.findings import courses, findings, market_series, response, what_hunters_change
from cascade_sim.experiments.ecology.words import in_words

EPISODES, LUCKS = 24, 3


def high_capital(arm, seed, episode):
    """Bold prey: half as many with hunters; their leverage goes up and down with a period of 6."""
    return (1.0 if arm == ARMS[0] else 2.0) * 1e5 * (2.0 + np.sin(2.0 * np.pi * (episode + seed) / 6.0))


@pytest.fixture
def history(small):
    """Hunters earn 1 % for each unit of prey's leverage above 5, in the same episode."""
    ecology = small(episodes=EPISODES, seeds=LUCKS)
    rows, episodes = [], []
    for arm in ARMS:
        for seed in range(LUCKS):
            for episode in range(EPISODES):
                at = {"arm": arm, "seed": seed, "episode": episode}
                high = high_capital(arm, seed, episode)
                leverage = (3e5 * 3 + high * 25) / (3e5 + high)
                low = {"population": "low", "role": "prey", "capital": 3e5, "open_interest": 9e5}
                bold = {"population": "high", "role": "prey", "capital": high, "open_interest": 25 * high}
                hunt = {"population": "hunters", "role": "hunters", "capital": 1e5 + 1e3 * episode}
                rest = {"population": "makers", "role": "makers", "capital": 1e6}
                own = [low, bold, *([hunt] if arm == ARMS[0] else []), rest]
                rows += [{"members": 10, "wiped": 0, "profit": 0.0, "open_interest": 0.0} | at | row for row in own]
                if arm == ARMS[0]:
                    rows[-2]["profit"] = 0.01 * (leverage - 5.0) * rows[-2]["capital"]
                fall = 0.06 if arm == ARMS[0] and episode % 4 == 0 else 0.0
                episodes.append(at | {"fall": fall, "bad_debt": 0.0, "shock": False})
    return History(ecology, pd.DataFrame(rows), pd.DataFrame(episodes))


def test_leverage_is_open_interest_over_capital(history):
    series = market_series(history)
    high = high_capital(ARMS[1], 1, 5)
    assert series.loc[(ARMS[1], 1, 5), "leverage"] == pytest.approx((9e5 + 25 * high) / (3e5 + high))
    assert series.loc[(ARMS[1], 1, 5), "high_share"] == pytest.approx(high / (3e5 + high))
    assert series.loc[(ARMS[0], 1, 5), "hunters"] == 1.05e5
    assert series.loc[(ARMS[1], 1, 5), "hunters"] == 0.0


def test_differences_are_taken_luck_by_luck(history):
    changes = what_hunters_change(market_series(history))
    assert changes.loc["fall", "difference"] == pytest.approx(0.015)
    assert changes.loc["large_fall", "with"] == pytest.approx(0.25)
    assert changes.loc["prey", "difference"] == pytest.approx(-2e5)
    row = changes.loc["leverage"]
    assert row["low"] <= row["difference"] <= row["high"] < 0.0


def test_what_hunters_earn_rises_with_leverage_as_it_was_made(history):
    series = market_series(history)
    rows = response(series)
    hunted = series.xs(ARMS[0])
    above = hunted.loc[hunted["leverage"] >= 8.0, "leverage"]
    assert rows.loc["above 8", "episodes"] == len(above)
    assert rows.loc["above 8", "mean_return"] == pytest.approx(0.01 * (above.groupby("seed").mean().mean() - 5.0))
    assert rows["mean_return"].is_monotonic_increasing
    growth = findings(history).growth
    assert growth.table["mean"].idxmax() == 0
    assert growth.table.loc[0, "mean"] == pytest.approx(1.0)


def test_steady_members_settle(history):
    assert (courses(history)["settles"] == 1.0).all()


def test_it_is_said_in_words(history):
    words = " ".join(in_words(history, findings(history)))
    assert "Hunters begin with 100 k USD" in words
    assert "is 25.0 % instead of 0.0 %" in words
    assert "nan" not in words
