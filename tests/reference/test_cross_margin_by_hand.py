"""Three longs in two markets, worked with pencil and paper: only the account that is in both carries the loss over.

Bids stand in both markets, ten units at every dollar from 100 down in A and from 50 down in B; marks are last trades,
liquidation closes everything at once, the largest position first, and takes 0.5 % as maintenance margin.

1. Somebody sells 15 A: 10 at 100 and 5 at 99. The mark of A is 99.
2. `a-long` (12 A, deposit 11.97) has lost 12, so its equity of -0.03 is below the margin of 5.94. It sells 12 A: 5 at
   99 and 7 at 98, 1181 USD. The mark of A is 98.
3. `both` (10 A and 30 B, deposit 30) has lost 20 in A, 10 by the sale and 10 by `a-long`: its equity of 10 is below the
   margin of 0.005 * (980 + 1500) = 12.4, as that of 20 had not been before. It sells 30 B: 10 each at 50, 49 and 48,
   1470 USD; the mark of B is 48. That cost it 30, so it must sell 10 A, too: 3 at 98 and 7 at 97, 973 USD.
4. `b-long` (20 B, deposit 34.85) has lost 40 in B, all by `both`: its equity of -5.15 is below 4.80. It sells 20 B: 10
   at 47 and 10 at 46, 930 USD.
"""

import math

import pandas as pd
import pytest

from cascade_sim.contagion.chains import chains
from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.paths import carrier, cross_margin_paths, forced_flow, imported
from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.scenario import Scenario

RULES = {
    "mark": {"rule": "last", "interval": 0},
    "liquidation": {"rule": "full", "latency": 0, "retry_interval": 1},
    "tiers": {"default": [{"floor": 0, "maintenance": 0.005, "leverage": 200}]},
}
LONGS = {
    "a-long": {"deposit": 11.97, "positions": {"A": {"size": 12, "entry": 100}}},
    "both": {"deposit": 30, "positions": {"A": {"size": 10, "entry": 100}, "B": {"size": 30, "entry": 50}}},
    "b-long": {"deposit": 34.85, "positions": {"B": {"size": 20, "entry": 50}}},
}
OTHERS = {
    "short": {"deposit": 1e6, "positions": {"A": {"size": -22, "entry": 100}, "B": {"size": -50, "entry": 50}}},
    "bidder": {"deposit": 1e6},
    "seller": {"deposit": 1e6},
}
LADDER = [
    {"at": 0, "account": "bidder", "market": market, "size": 10, "price": top - k}
    for market, top in (("A", 100), ("B", 50))
    for k in range(10)
]


def scenario(**longs) -> Scenario:
    """The three longs, with what is given in place of theirs."""
    accounts = {name: {"venue": "venue", "leverage": 200} | own for name, own in (LONGS | longs | OTHERS).items()}
    return Scenario.model_validate(
        {
            "name": "three accounts",
            "duration": 5,
            "ladder_range": [0.5, 1.5],
            "assets": {"X": {"price": 100}, "Y": {"price": 50}},
            "oracles": {"X": {"sources": [{}]}, "Y": {"sources": [{}]}},
            "venues": {
                "venue": {
                    "rules": RULES,
                    "markets": {
                        "A": {"asset": "X", "tick": 1, "lot": 1},
                        "B": {"asset": "Y", "tick": 1, "lot": 1},
                    },
                }
            },
            "accounts": accounts,
            "orders": [*LADDER, {"at": 1, "account": "seller", "market": "A", "type": "market", "size": -15}],
        }
    )


@pytest.fixture(scope="module")
def three() -> Result:
    return run(scenario(), seed=1)


def named(frame: pd.DataFrame, result: Result) -> "pd.Series[str]":
    """Names of the accounts of a frame."""
    return frame["account"].map(result.accounts["cohort"])


def test_what_is_closed(three):
    closed = closed_positions(three)
    found = list(zip(named(closed, three), closed["market"], closed["size"], closed["notional"], strict=True))
    assert found == [
        ("a-long", "A", 12, 1181),
        ("both", "B", 30, 1470),
        ("both", "A", 10, 973),
        ("b-long", "B", 20, 930),
    ]
    assert set(closed["way"]) == {"book"}
    assert (three.summary["markets"]["A"]["low"], three.summary["markets"]["B"]["low"]) == (97, 46)


def test_only_the_account_in_both_markets_carries_the_loss_over(three):
    paths = cross_margin_paths(three)
    assert list(named(paths, three)) == ["both"]
    row = paths.iloc[0]
    assert (row["from_market"], row["to_market"], row["role"], row["time"]) == ("A", "B", "custom", 1)
    # It had lost in A only, half of it by a-long's forced sale: all of what it sold in B goes back to A.
    assert (row["loss"], row["forced_loss"], row["sold"]) == (20, 10, 1470)
    assert (row["carried"], row["carried_forced"]) == (1470, 735)


def test_flow_between_markets(three):
    flow = forced_flow(three)
    assert flow.to_numpy().tolist() == [[1181 + 973, 1470], [0, 930]]
    # Of what lost in A was forced: of a-long's 12 nothing, of the other's 20 half. All of b-long's 40 was.
    assert forced_flow(three, column="carried_forced").to_numpy().tolist() == [[973 / 2, 735], [0, 930]]
    share = imported(flow)
    assert share.loc["A"].tolist() == [2154, 2154, 0, 0, 0]
    assert share.loc["B"].tolist() == pytest.approx([2400, 930, 1470, 0, 1470 / 2400])


def test_through_whom(three):
    found = carrier(three, "A", "B")
    assert list(named(found, three)) == ["both"]
    assert found.loc[0, ["liquidations", "carried", "share"]].tolist() == [1, 1470, 1]
    assert carrier(three, "B", "A").empty


def test_chain(three):
    # b-long lost 40, all by `both`, which lost 20, half of it by a-long: 20 of the 40 came all the way.
    (first, second, third) = chains(three, top=10)
    names = three.accounts["cohort"]
    assert [names[n] for n in first.accounts] == ["both", "b-long"]
    assert (first.carried, first.markets, first.crosses) == (40, ("B", "B"), False)
    assert [names[n] for n in second.accounts] == ["a-long", "both", "b-long"]
    assert (second.losses, second.shares, second.carried) == ((10, 40), (0.5, 1), 20)
    assert (second.markets, second.crosses) == (("A", "B", "B"), True)
    assert [names[n] for n in third.accounts] == ["a-long", "both"]
    assert (third.carried, third.crosses) == (10, True)  # through A, though its largest position is in B


def test_summary_in_words(three):
    assert [path["words"] for path in three.summary["contagion"]["paths"]] == [
        "Forced sales of both in B took 40 USD (100% of its loss) from b-long",
        "Forced sales of a-long in A took 10 USD (50% of its loss) from both, "
        "whose forced sales in B then took 40 USD (100% of its loss) from b-long; carried from end to end: 20 USD",
        "Forced sales of a-long in A took 10 USD (50% of its loss) from both",
    ]


@pytest.mark.parametrize("margin", ["more", "split"])
def test_with_more_margin_or_two_accounts_nothing_gets_over(margin):
    # With 13 more it would have stood the loss; in two accounts the one in B never learns of the loss in A.
    a, b = (LONGS["both"]["positions"][market] for market in "AB")
    longs = {"both": {"deposit": 43, "positions": {"A": a, "B": b}}}
    if margin == "split":
        longs = {"both": {"deposit": 15, "positions": {"B": b}}, "other": {"deposit": 15, "positions": {"A": a}}}
    result = run(scenario(**longs), seed=1)
    assert cross_margin_paths(result).empty
    assert result.summary["markets"]["B"]["low"] == 50
    share = imported(forced_flow(result))
    assert share["imported"].tolist() == [0, 0]
    assert math.isnan(share.loc["B", "share"])
