"""The market of an asset file: the shipped `one-market` with its depth, positions, fund and tiers."""

import math
from collections.abc import Sequence
from typing import Any

from cascade_sim.experiments.margin_tiers.asset import AssetFile
from cascade_sim.market.constants import LEVELS
from cascade_sim.scenario.assets import News
from cascade_sim.scenario.load import load_scenario, scenario_data
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.scenario.venues import Tier

__all__ = ["NEWS_AT", "data_of", "with_news", "with_tiers"]

NEWS_AT = 30.0  # seconds after the burn-in
_LADDER = (0.1, 6.0)  # the largest news and what comes of it, either way
_LOT_USD = 10.0


def data_of(asset: AssetFile) -> dict[str, Any]:
    """Plain data of the scenario without news, with the least tiers that the rules of a venue allow."""
    data: dict[str, Any] = _renamed(scenario_data("one-market"), "BTC", asset.symbol)
    spot, perpetual = f"{asset.symbol}-SPOT", f"{asset.symbol}-PERP"
    tick = _tick(asset.price)
    grid = {"tick": tick, "lot": _lot(asset.price, tick)}
    data |= {"name": asset.symbol, "title": asset.title, "description": "", "sources": dict(asset.sources)}
    data |= {"duration": 600, "burn_in": 60, "map_interval": 10, "ladder_range": _LADDER, "news": []}
    data["assets"][asset.symbol] |= {"price": asset.price, "volatility": asset.volatility}
    data["venues"]["perps"]["rules"] |= {"file": asset.rules, "tiers": {}}
    data["venues"]["perps"]["rules"]["waterfall"] = {"insurance_fund": asset.fund}
    for venue, market in (("spot", spot), ("perps", perpetual)):
        data["venues"][venue]["markets"][market] |= grid
    _people(data["agents"], asset, spot, perpetual)
    return data


def _people(agents: dict[str, Any], asset: AssetFile, spot: str, perpetual: str) -> None:
    """Everybody's size in proportion to the market, as in the shipped one."""
    agents["traders"]["crowd"] |= {
        "count": asset.traders,
        "open_interest": {perpetual: asset.open_interest},
        "notional": {"law": "lognormal", "median": asset.positions.median, "sigma": asset.positions.sigma},
        "leverage": {"law": "lognormal", **asset.leverage.model_dump(), "low": 1, "high": 1000},
    }
    agents["makers"]["perp-makers"]["markets"] = {perpetual: asset.depth}
    agents["makers"]["spot-makers"]["markets"] = {spot: asset.spot_depth}
    agents["investors"]["slow-money"]["markets"] = {spot: asset.open_interest / 5}
    agents["liquidators"]["keepers"]["capital"] = asset.open_interest / 750
    agents["hunters"]["predators"]["capital"] = asset.open_interest / 1000
    parts = {"stock": 5, "cash": 30, "margin": 10, "clip": 1500}
    pair = {name: asset.open_interest / part for name, part in parts.items()}
    agents["arbitrageurs"]["basis"]["pairs"] = {perpetual: {"spot": spot} | pair}


def with_tiers(data: dict[str, Any], tiers: Sequence[Tier]) -> Scenario:
    """Scenario of plain data with tiers.

    Raises
    ------
    ScenarioError
        If something does not fit.
    """
    own = {str(data["name"]): [tier.model_dump() for tier in tiers]}
    rules = data["venues"]["perps"]["rules"] | {"tiers": own}
    venues = data["venues"] | {"perps": data["venues"]["perps"] | {"rules": rules}}
    return load_scenario(data | {"venues": venues})


def with_news(scenario: Scenario, news: News) -> Scenario:
    """The same with a piece of news."""
    return scenario.model_copy(update={"news": (news,)})


def _renamed(data: Any, old: str, new: str) -> Any:
    """The same with another symbol in every name."""
    if isinstance(data, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_renamed(item, old, new) for item in data]
    return data.replace(old, new) if isinstance(data, str) else data


def _tick(price: float) -> float:
    """A round tick with which the ladder holds all prices that may come."""
    least = price * _LADDER[1] / (LEVELS - 1)
    power = 10.0 ** math.floor(math.log10(least))
    return next(float(f"{step * power:.6g}") for step in (1, 2, 5, 10) if step * power > least)


def _lot(price: float, tick: float) -> float:
    """A lot of some dollars, such that a tick of it is a whole number of millionths."""
    size = 10.0 ** round(math.log10(_LOT_USD / price))
    while tick * size * 1e6 < 0.999:
        size *= 10.0
    return float(f"{size:.6g}")
