"""Margin tiers: the smallest that keep the worst days' bad debt below the insurance fund.

>>> from cascade_sim.experiments.margin_tiers.asset import read_asset
>>> read_asset("btc-like").symbol
'BTC'
"""

if __name__ != "cascade_sim.experiments.margin_tiers":
    raise ImportError(f"import cascade_sim.experiments.margin_tiers, not {__name__}")
