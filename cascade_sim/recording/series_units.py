"""Columns of the series of a run, and the unit of each."""

__all__ = ["SERIES_UNITS"]

SERIES_UNITS = {
    "time": "s",
    "bid": "USD",
    "ask": "USD",
    "mid": "USD",
    "last": "USD",
    "mark": "USD",
    "index": "USD",
    "fundamental": "USD",
    "spread": "bp",
    "bid_depth_10bp": "USD",
    "ask_depth_10bp": "USD",
    "bid_depth_1pc": "USD",
    "ask_depth_1pc": "USD",
    "bid_depth_5pc": "USD",
    "ask_depth_5pc": "USD",
    "open_interest": "USD",
    "funding_paid": "USD per unit of the asset since the start",
    "funding_rate": "share of notional per funding interval",
    "volume": "USD since the last row",
    "taker_sell_share": "share of volume since the last row",
    "forced_volume": "USD since the last row, sold and bought by liquidations in the book",
    "liquidated": "USD since the start",
    "deleveraged": "USD since the start",
    "insurance_fund": "USD, of the venue",
    "bad_debt": "USD since the start, of the venue",
    "socialised": "USD since the start, of the venue",
    "branching_down": "liquidation notional over bids within 50 bp",
    "branching_up": "liquidation notional over asks within 50 bp",
}
