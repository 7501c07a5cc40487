"""The answers of a summary against the tables they come from, and money that must add up to zero."""

import numpy as np
import pytest

PERPETUALS = ("BTC-PERP", "ETH-PERP", "SOL-PERP")


def test_by_hand_markets(by_hand):
    # The sale of 25 goes from 100 to 98, the liquidations after it go on to 93.
    market = by_hand.summary["markets"]["X-PERP"]
    assert (market["start"], market["low"], market["end"]) == (100, 93, 93)
    assert market["fall"] == pytest.approx(0.07)
    assert market["fall_without_impact"] == pytest.approx(0.02)
    assert market["cascade"] == pytest.approx(0.05)
    assert market["fall_of_fundamental"] == 0
    assert market["taker_sell_share_to_low"] == 1
    assert (market["open_interest_at_start"], market["open_interest_at_end"]) == (98 * 100, 123 * 93)


def test_by_hand_liquidations(by_hand):
    # 12 at 97.41667, 12 at 96.25, 9 at 95.11111 and 20 at 93.7: 1169 + 1155 + 856 + 1874.
    found = by_hand.summary["liquidations"]
    assert (found["liquidations"], found["accounts"]) == (4, 4)
    assert found["notional"] == found["notional_by_way"]["book"] == 1169 + 1155 + 856 + 1874
    assert found["long_share_of_exposure"] == 1
    # Notional at breach 1176, 1176, 873, 1900; forced were a third of the third's loss and 60 of 100 of the fourth's.
    assert found["branching_ratio"] == pytest.approx((873 / 3 + 1900 * 0.6) / (1176 + 1176 + 873 + 1900))


def test_by_hand_payers(by_hand):
    # Deposits plus what the sales brought, less what the positions had cost.
    deficits = [11.97 + 1169 - 1200, 23.91 + 1155 - 1200, 26.8875 + 856 - 900, 99.55 + 1874 - 2000]
    paid = by_hand.summary["paid"]
    assert paid["bad_debt"] == pytest.approx(-sum(deficits), abs=1e-6)
    assert paid["socialised"] == pytest.approx(-sum(deficits), abs=1e-6)
    assert (paid["insurance_fund"], paid["venue"], paid["deleveraged"]) == (0, 0, 0)


def test_by_hand_winners_share_the_first_loss_by_their_profits(by_hand):
    # At a mark of 98 the short has won 98 * 2, the seller 2480 - 25 * 98.
    first = by_hand.events["loss"].iloc[:2]["amount"].to_numpy()
    assert first == pytest.approx(19.03 * np.array([196, 30]) / 226, abs=2e-6)


def test_by_hand_profits(by_hand):
    profit = by_hand.summary["profit"]
    assert profit["bidder"] == pytest.approx(78 * 93 - 7534)
    assert profit["long-1"] == pytest.approx(-11.97)
    assert profit["long-5"] == pytest.approx(15 * (93 - 100))
    assert profit["short"] + profit["seller"] == pytest.approx(98 * 7 + 2480 - 25 * 93 - 83.6825, abs=1e-5)
    assert sum(profit.values()) == pytest.approx(0, abs=1e-5)


def test_nobody_liquidated(calm):
    assert calm.summary["liquidations"] == {"liquidations": 0, "accounts": 0, "notional": 0.0}
    assert calm.summary["markets"]["X-PERP"]["cascade"] == 0
    assert set(calm.summary["paid"].values()) == {0}


def test_falls_are_those_of_the_series(crash):
    for name, market in crash.summary["markets"].items():
        mid = crash.series.loc[crash.series["market"] == name, "mid"].to_numpy()
        assert market["fall"] == pytest.approx((mid[0] - mid.min()) / mid[0])
        assert market["seconds_to_low"] == mid.argmin()
        other = crash.without_impact.loc[crash.without_impact["market"] == name, "mid"].to_numpy()
        assert market["cascade"] == pytest.approx(other.min() / other[0] - mid.min() / mid[0])


def test_the_news_is_the_fall_of_the_fundamental(crash):
    # 10 % at a crash beta of 1, log moves of 1.7 and 2.1 times that, and two minutes of diffusion.
    for asset, beta in (("BTC", 1.0), ("ETH", 1.7), ("SOL", 2.1)):
        fall = crash.summary["markets"][f"{asset}-PERP"]["fall_of_fundamental"]
        assert fall == pytest.approx(1 - 0.9**beta, abs=0.005)


def test_who_was_liquidated_by_three_counts(crash):
    found, breaches = crash.summary["liquidations"], crash.events["breach"]
    assert found["liquidations"] == len(breaches) == crash.accounts["liquidations"].sum() > 10
    assert found["accounts"] == breaches["account"].nunique() == (crash.accounts["liquidations"] > 0).sum()
    assert sum(found["accounts_by_role"].values()) == found["accounts"]
    assert found["notional"] == pytest.approx(sum(found["notional_by_way"].values()))


def test_what_was_sold_in_the_book_are_the_trades_of_liquidations(crash):
    forced = crash.trades[crash.trades["origin"] == "forced"]
    assert (forced["cause"] > 0).all()
    sold = (forced["price"] * forced["size"].abs()).sum()
    by = crash.summary["liquidations"]["notional_by_way"]
    assert by["book"] + by["closer"] == pytest.approx(sold, abs=1)


def test_every_debt_has_a_payer(crash):
    paid, losses = crash.summary["paid"], crash.events["loss"]
    owed = crash.events["default"].groupby("liquidation")["deficit"].sum()
    covered = losses.groupby("liquidation")["amount"].sum()
    assert owed.to_dict() == pytest.approx(covered.to_dict(), abs=1e-6)
    payers = ("insurance_fund", "deleveraged", "venue", "socialised")
    assert paid["bad_debt"] == pytest.approx(sum(paid[payer] for payer in payers), abs=1e-6)
    derivatives = crash.series[crash.series["market"].str.endswith("-PERP")]
    assert paid["bad_debt"] == pytest.approx(derivatives["bad_debt"].iloc[-1], abs=1e-6)
    assert paid["bad_debt"] > 0
    assert paid["bad_debt"] - crash.accounts["deficit"].sum() > 1  # some were taken over or deleveraged below zero
    assert losses["amount"].sum() == pytest.approx(crash.accounts["loss_paid"].sum(), abs=1e-6)


def test_forgone_and_fees_agree_with_the_events(crash):
    paid = crash.summary["paid"]
    assert paid["deleveraged"] - paid["gained_in_adl"] == pytest.approx(crash.events["adl"]["forgone"].sum())
    assert paid["deleveraged"] - paid["gained_in_adl"] == pytest.approx(crash.accounts["forgone_in_adl"].sum())
    assert paid["deleveraged_accounts"] == crash.events["adl"]["counterparty"].nunique() > 0
    assert paid["fees_of_liquidated"] == pytest.approx(crash.events["liquidation_fee"]["amount"].sum())


def test_the_derivatives_venue_is_a_zero_sum(crash):
    own = crash.accounts[crash.accounts["venue"] == "perps"]
    trades = crash.trades[crash.trades["market"].isin(PERPETUALS)]
    fees = trades["taker_fee"].sum() + trades["maker_fee"].sum()
    assert fees > 1_000
    assert own["profit"].sum() + fees == pytest.approx(0, abs=0.01)


def test_positions_of_every_market_sum_to_zero(crash):
    for name in PERPETUALS:
        size = crash.accounts[f"size_{name}"]
        assert size.sum() == pytest.approx(0, abs=1e-9)
        last = crash.market(name).iloc[-1]
        assert size.clip(lower=0).sum() * last["mark"] == pytest.approx(last["open_interest"])


def test_profits_by_role_are_those_of_the_accounts(crash):
    profit = crash.summary["profit"]
    assert sum(profit.values()) == pytest.approx(crash.accounts["profit"].sum())
    assert profit["hunter"] == pytest.approx(crash.accounts.loc[crash.accounts["role"] == "hunter", "profit"].sum())
    assert profit["trader"] < 0
