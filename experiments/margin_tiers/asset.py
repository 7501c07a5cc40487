"""An asset file: how deep the market is, how much is held, how bad the news can be, and what the fund has."""

from pydantic import Field, model_validator

from cascade_sim.experiments.margin_tiers.problems import AssetError
from cascade_sim.experiments.news import TheNews
from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.files import Shelf

__all__ = ["AssetFile", "Spread", "asset_names", "read_asset"]


class Spread(Model):
    """A law of positive numbers: half are above the median, and two thirds within a factor exp(sigma) of it."""

    median: float = Field(gt=0)
    sigma: float = Field(ge=0, le=4)


class AssetFile(Model):
    """What margin must be enough for.

    Attributes
    ----------
    news : Pareto, Student or Normal
        Law of the size of one piece of news a day.
    positions, leverage : Spread
        Of traders' positions (relative: the open interest sets the scale) and of the leverage they would like; they get
        at most what the tiers allow.
    scales : tuple of float
        Lowest and highest margin looked at, as multiples of the least that a usual hour asks for.
    """

    symbol: str = Field(pattern=r"^[A-Z0-9]{1,10}$", description="Short name, in capital letters")
    title: str = ""
    price: float = quantity(unit="USD", description="Price at the start", gt=1e-6, le=1e8)
    volatility: float = quantity(unit="1/sqrt(year)", description="Of an ordinary month", gt=0, le=10)
    depth: float = quantity(
        unit="USD", description="Stands within 6 % of the perpetual's price, a side", ge=1e4, le=1e11
    )
    spot_depth: float = quantity(unit="USD", description="The same in the spot market", ge=1e3, le=1e11)
    open_interest: float = quantity(unit="USD", description="Long positions of all together", ge=1e4, le=1e12)
    fund: float = quantity(unit="USD", description="What the insurance fund has", ge=0, le=1e12)
    traders: int = quantity(400, description="Number of traders", ge=50, le=100_000)
    positions: Spread = Spread(median=10_000, sigma=1.5)
    leverage: Spread = Spread(median=10, sigma=1.0)
    news: TheNews
    rules: str = Field("binance-usdm", description="Rule file for everything that is not margin")
    quantile: float = quantity(0.99, description="Of the expected shortfall", ge=0.5, le=0.999)
    scales: tuple[float, float] = (0.25, 64.0)
    runs: int = quantity(96, description="Days that are run at each margin", ge=24, le=100_000)
    sources: dict[str, str] = Field(default_factory=dict, description="Where values come from: name, then citation")

    @model_validator(mode="after")
    def _is_ordered(self) -> "AssetFile":
        low, high = self.scales
        if not 0 < low < high <= 1000:
            raise ValueError(f"scales: must be two numbers that climb, above 0 and up to 1000, got {low:g}, {high:g}")
        return self


_ASSETS = Shelf("asset", AssetError, "a shipped asset", "cascade_sim.experiments.margin_tiers", "assets")


def asset_names() -> list[str]:
    """Names of the shipped asset files."""
    return _ASSETS.names()


def read_asset(source: str) -> AssetFile:
    """Asset of a shipped or own YAML file.

    Raises
    ------
    AssetError
        With every problem found.
    """
    return _ASSETS.check(AssetFile, _ASSETS.read(source), source)
