"""One account from its first dollar to its last."""

import pandas as pd
import pytest

from cascade_sim.experiments.lessons.one_account import (
    ENTRY,
    FEE,
    MAINTENANCE,
    SIZE,
    account_path,
    limits,
    one_account,
    where_it_went,
)
from cascade_sim.plots.lessons.one_account import plot_account, plot_where_it_went
from cascade_sim.runner import run

WAYS = [{}, {"depth": 0.5}, {"depth": 0.5, "rule": "partial"}, {"depth": 0.5, "adl": True}]


def tell(**settings):
    return run(one_account(**settings), seed=1, counterfactual=False)


def test_a_deep_book_by_hand():
    went = where_it_went(tell())
    # Breach at 96.75, the first step below 96.94; ten units are sold one step lower, at 96.5.
    assert went["before"] == pytest.approx(SIZE * (ENTRY - 96.75))
    assert went["closing"] == pytest.approx(SIZE * 0.25)
    assert went["fee"] == pytest.approx(FEE * SIZE * 96.5)


@pytest.mark.parametrize("settings", WAYS)
def test_her_money_is_all_accounted_for(settings):
    result = tell(**settings)
    went = where_it_went(result)
    assert went["before"] + went["closing"] + went["fee"] + went["left"] == pytest.approx(50.0)
    assert went["fund"] == pytest.approx(result.summary["paid"]["insurance_fund"])
    assert (went["left"] < 0) == (went["fund"] > 0)


def test_the_fund_pays_or_winners_do():
    assert where_it_went(tell(depth=0.5))["fund"] > 0
    deleveraged = where_it_went(tell(depth=0.5, adl=True))
    assert deleveraged["fund"] == 0
    assert deleveraged["winners"] > 0


def test_the_path_is_the_exchange_s():
    result = tell(depth=0.5)
    path = account_path(result)
    breach = result.events["breach"].iloc[0]
    at = path.loc[breach["time"]]
    assert at["equity"] == pytest.approx(breach["equity"])
    assert at["maintenance"] == pytest.approx(breach["maintenance"])
    assert (path["equity"] >= path["maintenance"])[path.index < breach["time"]].all()
    assert path["equity"].iloc[-1] == pytest.approx(result.accounts.set_index("cohort").loc["Ann", "end"])


def test_limits():
    at = limits(20)["liquidation"]
    assert 50 + SIZE * (at - ENTRY) == pytest.approx(MAINTENANCE * SIZE * at)
    assert limits(20)["bankruptcy"] == 95.0


def test_figures_say_what_happened():
    safe = tell(leverage=5)
    assert "keeps her position" in plot_account(account_path(safe), limits(5)).axes[1].get_title(loc="left")
    cases = pd.DataFrame({"thin": where_it_went(tell(depth=0.5))}).T
    texts = [text.get_text() for text in plot_where_it_went(cases).axes[0].texts]
    assert texts[-1] == "the insurance fund pays 8.8"
