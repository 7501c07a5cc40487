"""A scenario: everything that a run is made of, validated as a whole."""

import hashlib

from pydantic import Field, model_validator

from cascade_sim.market.constants import LEVELS
from cascade_sim.scenario.accounts import Account, PositionsFile, ScriptedOrder
from cascade_sim.scenario.agents import Agents
from cascade_sim.scenario.assets import Asset, News, Prices
from cascade_sim.scenario.base import Model, quantity
from cascade_sim.scenario.oracles import Oracle
from cascade_sim.scenario.venues import Market, Venue

__all__ = ["ASSET_UNITS", "CURRENCY", "MONEY_UNITS", "Scenario"]

CURRENCY = "USD"
MONEY_UNITS = 10**6
ASSET_UNITS = 10**8
_LEAST_TICKS = 20


class Scenario(Model):
    """What a run is made of."""

    name: str = Field(description="Short name")
    title: str = Field("", description="What is shown")
    description: str = Field("", description="What it is for")
    sources: dict[str, str] = Field(default_factory=dict, description="Where values come from: path, then citation")
    duration: float = quantity(
        3600.0, unit="s", description="Length of the run, after the burn-in", gt=0, le=10_000_000
    )
    burn_in: float = quantity(0.0, unit="s", description="Time run before and then discarded", ge=0, le=1_000_000)
    step: float = quantity(1.0, unit="s", description="Length of one Mesa step", gt=0)
    fundamental_interval: float = quantity(
        1.0, unit="s", description="Between changes of fundamental value", ge=0.01, le=3600
    )
    sample_interval: float = quantity(1.0, unit="s", description="Between rows of the series", ge=0.001, le=3600)
    map_interval: float = quantity(
        10.0, unit="s", description="Between liquidation maps; 0: none (and hunters see nothing)", ge=0, le=3600
    )
    ladder_range: tuple[float, float] = Field(
        (0.3, 1.6), description="Prices that must fit the ladder, relative to the start"
    )
    assets: dict[str, Asset] = Field(min_length=1, max_length=30)
    correlation: float = quantity(0.0, description="Correlation of the diffusions of any two assets", ge=0, lt=1)
    news: tuple[News, ...] = ()
    prices: Prices | None = None
    fitted_news_share: float | None = quantity(
        None,
        unit="1",
        description="Part of a real crash's move that is news in this scenario, the rest its own doing; fitted",
        gt=0,
        le=1,
    )
    oracles: dict[str, Oracle] = Field(default_factory=dict)
    venues: dict[str, Venue] = Field(min_length=1, max_length=16)
    agents: Agents = Agents()
    accounts: dict[str, Account] = Field(default_factory=dict, description="Accounts with a name, besides the agents'")
    positions: PositionsFile | None = None
    orders: tuple[ScriptedOrder, ...] = Field((), description="Orders that named accounts send by the clock")

    @property
    def markets(self) -> dict[str, tuple[str, Market]]:
        """Venue and market by name of market."""
        return {name: (venue, market) for venue, rules in self.venues.items() for name, market in rules.markets.items()}

    def digest(self) -> str:
        """Hexadecimal digest of every setting that a run depends on; words about them do not count."""
        data = self.model_dump_json(exclude={"name", "title", "description", "sources"})
        return hashlib.blake2b(data.encode(), digest_size=16).hexdigest()

    @property
    def followed(self) -> str | None:
        """Asset whose fundamental value comes from the price file, if there is one."""
        return None if self.prices is None else self.prices.asset or next(iter(self.assets))

    @model_validator(mode="after")
    def _times_fit(self) -> "Scenario":
        if self.sample_interval > self.duration:
            raise ValueError(
                f"sample_interval: nothing would be recorded in a duration of {self.duration:g} s; "
                f"must be at most that, got {self.sample_interval:g}"
            )
        if round(self.burn_in * 1e6) % round(self.sample_interval * 1e6):
            raise ValueError(
                f"burn_in: must be a whole number of sample intervals ({self.sample_interval:g} s), so that the series "
                f"begins where it ends; got {self.burn_in:g}"
            )
        low, high = self.ladder_range
        if not 0 < low <= 1 <= high:
            raise ValueError(f"ladder_range: must be a number above 0 up to 1 and one from 1 up, got {low:g}, {high:g}")
        return self

    @model_validator(mode="after")
    def _prices_are_of_an_asset(self) -> "Scenario":
        if self.prices is not None:
            followed = self.prices.asset or next(iter(self.assets))
            if followed not in self.assets:
                raise ValueError(f"prices.asset: {followed!r} is not one of {sorted(self.assets)}")
            if self.assets[followed].crash_beta == 0:
                raise ValueError(
                    f"assets.{followed}.crash_beta: must be above 0, got 0; the others follow the prices of {followed} "
                    "in proportion to it"
                )
        return self

    @model_validator(mode="after")
    def _assets_exist(self) -> "Scenario":
        used = {f"market {name}": market.asset for name, (_, market) in self.markets.items()}
        used |= {f"oracle {name}": name for name in self.oracles}
        used |= {f"news at {item.at} s": item.asset for item in self.news if item.asset}
        for where, asset in used.items():
            if asset not in self.assets:
                raise ValueError(f"{where}: asset {asset!r} is not one of {sorted(self.assets)}")
        return self

    @model_validator(mode="after")
    def _markets_fit(self) -> "Scenario":
        for name, (_, market) in self.markets.items():
            price = self.assets[market.asset].price
            top, bottom = price * self.ladder_range[1] / market.tick, price * self.ladder_range[0] / market.tick
            if top >= LEVELS or bottom < _LEAST_TICKS:
                best = price * self.ladder_range[1] / LEVELS
                raise ValueError(
                    f"market {name}: with tick {market.tick} the ladder of {LEVELS} prices must hold "
                    f"{bottom:.0f} to {top:.0f} ticks ({_LEAST_TICKS} to {LEVELS - 1} are possible); "
                    f"choose a tick above {best:.3g} or narrow ladder_range"
                )
            if market.lot * ASSET_UNITS < 1:
                raise ValueError(f"market {name}: lot must be at least 1e-8, got {market.lot}")
            value = market.tick * market.lot * MONEY_UNITS
            if abs(value - round(value)) > 1e-6 * value or round(value) < 1:
                raise ValueError(
                    f"market {name}: one tick times one lot must be a whole number of 1e-6 USD, "
                    f"got {market.tick} * {market.lot} = {market.tick * market.lot} USD; choose a larger tick or lot"
                )
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> "Scenario":
        for asset, oracle in self.oracles.items():
            for source in oracle.sources:
                if source.market is not None and source.market not in self.markets:
                    raise ValueError(f"oracle {asset}: market {source.market!r} is not one of {sorted(self.markets)}")
        for kind, cohorts in self.agents:
            for name, cohort in cohorts.items():
                where = f"agents.{kind}.{name}"
                if cohort.venue not in self.venues:
                    raise ValueError(f"{where}.venue: {cohort.venue!r} is not one of {sorted(self.venues)}")
                known = self.venues[cohort.venue].markets
                named = [*getattr(cohort, "markets", ()), *getattr(cohort, "open_interest", ())]
                for market in [*named, *getattr(cohort, "pairs", ())]:
                    if market not in known:
                        raise ValueError(f"{where}: {market!r} is not a market of {cohort.venue}: {sorted(known)}")
                elsewhere = [*getattr(cohort, "hedge", {}).values()]
                elsewhere += [pair.spot for pair in getattr(cohort, "pairs", {}).values()]
                for market in elsewhere:
                    if market not in self.markets or self.markets[market][1].kind != "spot":
                        spot = sorted(name for name, (_, item) in self.markets.items() if item.kind == "spot")
                        raise ValueError(f"{where}: {market!r} is not one of the spot markets {spot}")
        return self

    @model_validator(mode="after")
    def _accounts_fit(self) -> "Scenario":
        total: dict[str, float] = {}
        for name, account in self.accounts.items():
            if account.venue not in self.venues:
                raise ValueError(f"accounts.{name}.venue: {account.venue!r} is not one of {sorted(self.venues)}")
            known = self.venues[account.venue].markets
            for asset in account.holdings:
                if asset not in self.assets:
                    raise ValueError(f"accounts.{name}.holdings: {asset!r} is not one of {sorted(self.assets)}")
            for market, position in account.positions.items():
                if market not in known or known[market].kind != "perpetual":
                    raise ValueError(f"accounts.{name}.positions: {market!r} is not a perpetual of {account.venue}")
                total[market] = total.get(market, 0.0) + position.size / known[market].lot
        for market, lots in total.items():
            if abs(lots) > 1e-6:
                raise ValueError(
                    f"accounts: the positions in {market} add up to {lots:g} lots instead of 0; "
                    "every long needs a short, give one account the other side"
                )
        return self

    @model_validator(mode="after")
    def _positions_are_somewhere(self) -> "Scenario":
        if self.positions is not None and self.positions.venue not in self.venues:
            raise ValueError(f"positions.venue: {self.positions.venue!r} is not one of {sorted(self.venues)}")
        return self

    @model_validator(mode="after")
    def _shorts_have_longs(self) -> "Scenario":
        cohorts = [cohort for cohort in self.agents.traders.values() if cohort.count > 0]
        longs = {name for cohort in cohorts for name, usd in cohort.open_interest.items() if usd > 0}
        for name, cohort in self.agents.arbitrageurs.items():
            for market, pair in cohort.pairs.items():
                held = pair.stock > 0 and cohort.count > 0
                if held and market not in longs and self.positions is None:
                    raise ValueError(
                        f"agents.arbitrageurs.{name}.pairs.{market}: a stock of {pair.stock:g} USD is held against a "
                        "short, and nobody is long at the start; give traders an open_interest in it or set stock to 0"
                    )
        return self

    @model_validator(mode="after")
    def _orders_fit(self) -> "Scenario":
        for k, order in enumerate(self.orders):
            account = self.accounts.get(order.account)
            if account is None:
                raise ValueError(f"orders.{k}.account: {order.account!r} is not one of {sorted(self.accounts)}")
            if order.market not in self.venues[account.venue].markets:
                known = sorted(self.venues[account.venue].markets)
                raise ValueError(f"orders.{k}.market: {order.market!r} is not a market of {account.venue}: {known}")
            market = self.markets[order.market][1]
            if order.type != "cancel-all" and not 1 <= round(abs(order.size) / market.lot) < 2**31:
                raise ValueError(
                    f"orders.{k}.size: must be {market.lot:g} (one lot) to {2**31 - 1:,} lots, got {order.size:g}"
                )
            if order.price is not None and not 1 <= round(order.price / market.tick) < LEVELS:
                raise ValueError(
                    f"orders.{k}.price: must be on the ladder of {order.market}, {market.tick:g} to "
                    f"{(LEVELS - 1) * market.tick:,.10g} USD, got {order.price:g}"
                )
        return self

    @model_validator(mode="after")
    def _perpetuals_have_an_index(self) -> "Scenario":
        for name, (venue, market) in self.markets.items():
            if market.kind == "perpetual" and market.asset not in self.oracles:
                raise ValueError(f"market {name}: a perpetual needs an index; add an oracle for {market.asset}")
            tiers = self.venues[venue].rules.tiers
            if not {market.asset, "default"} & set(tiers):
                raise ValueError(
                    f"venues.{venue}.rules.tiers: there are none for {market.asset}; add them, or 'default' ones"
                )
        return self
