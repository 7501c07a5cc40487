"""What can be turned while teaching, and which settings of a scenario that is.

A knob starts where the scenario stands, and then changes nothing. Where one knob stands for several settings (a median
for each cohort, a rate for each bracket), they all change in proportion.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from cascade_sim.scenario.laws import Constant, LogNormal
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Knob", "knobs_of"]

Settings = dict[str, Any]

TRADERS, VENUE, BOOK, NEWS = "Traders", "The exchange's rules", "The market around them", "News and luck"


@dataclass(frozen=True)
class Knob:
    """One slider or choice.

    Attributes
    ----------
    name, label, unit, group : str
    hint : str
        What it means, for somebody who meets the word for the first time.
    start : float or str
        Where the scenario stands.
    low, high, step : float
        Of a slider.
    options : tuple of (str, str)
        Of a choice: value and words; empty for a slider.
    settings_at : callable
        From a value to settings by path.
    """

    name: str
    label: str
    unit: str
    group: str
    hint: str
    start: float | str
    settings_at: Callable[[Any], Settings]
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    options: tuple[tuple[str, str], ...] = ()

    def settings(self, value: float | str) -> Settings:
        """Settings by path with ``__`` for dots; none where the scenario stands there already.

        Raises
        ------
        ValueError
            If the value is out of range or no option.
        """
        if self.options and value not in dict(self.options):
            raise ValueError(f"{self.name} must be one of {[name for name, _ in self.options]}, got {value!r}")
        if not self.options and not self.low <= float(value) <= self.high:
            raise ValueError(f"{self.name} must be from {self.low:g} to {self.high:g}, got {value!r}")
        if value == self.start:
            return {}
        return {path.replace(".", "__"): setting for path, setting in self.settings_at(value).items()}


def _slider(low: float, high: float, step: float, start: float, **rest: Any) -> Knob:
    """Slider whose range holds the scenario's own value."""
    return Knob(low=min(low, start), high=max(high, start), step=step, start=start, **rest)


def _scaled(amounts: Settings, start: float) -> Callable[[float], Settings]:
    """All amounts in proportion to the knob; all at its value if it starts at zero."""
    return lambda value: {path: amount * value / start if start else value for path, amount in amounts.items()}


def _leverage(scenario: Scenario) -> Knob | None:
    middles: Settings = {}
    for name, cohort in scenario.agents.traders.items():
        law = cohort.leverage
        if isinstance(law, LogNormal | Constant):
            part = "median" if isinstance(law, LogNormal) else "value"
            middles[f"agents.traders.{name}.leverage.{part}"] = getattr(law, part)
    if not middles:
        return None
    start = next(iter(middles.values()))
    return _slider(
        1, 25, 0.5, start,
        name="leverage", label="Leverage of the median trader", unit="times own money", group=TRADERS,
        hint="5 means: positions worth 5 USD for each USD of own money. Half the traders have more, half less.",
        settings_at=_scaled(middles, start),
    )  # fmt: skip


def _perpetual_venues(scenario: Scenario) -> list[str]:
    kinds = {name: {market.kind for market in venue.markets.values()} for name, venue in scenario.venues.items()}
    return [name for name, found in kinds.items() if "perpetual" in found]


def _maintenance(scenario: Scenario) -> Knob | None:
    tiers = {
        f"venues.{venue}.rules.tiers.{asset}.{k}": tier
        for venue in _perpetual_venues(scenario)
        for asset, brackets in scenario.venues[venue].rules.tiers.items()
        for k, tier in enumerate(brackets)
    }
    if not tiers:
        return None
    start = 100 * next(iter(tiers.values())).maintenance

    def settings_at(value: float) -> Settings:
        times = value / start
        rates = {f"{path}.maintenance": min(tier.maintenance * times, 0.5) for path, tier in tiers.items()}
        caps = {f"{path}.leverage": min(max(tier.leverage / times, 1.0), 1000.0) for path, tier in tiers.items()}
        return rates | caps

    return _slider(
        0.1, 5, 0.1, round(start, 6),
        name="maintenance", label="Maintenance margin", unit="% of the position", group=VENUE,
        hint="Own money below which a position is liquidated. The highest leverage allowed falls as it rises.",
        settings_at=settings_at,
    )  # fmt: skip


def _rule(scenario: Scenario) -> Knob | None:
    venues = _perpetual_venues(scenario)
    if not venues:
        return None
    return Knob(
        name="rule", label="Liquidation rule", unit="", group=VENUE,
        hint="How much of a position the exchange closes by force.",
        start=scenario.venues[venues[0]].rules.liquidation.rule,
        options=(
            ("full", "close all of it at once"),
            ("partial", "close until margin suffices"),
            ("fraction", "close a part first, then all"),
        ),
        settings_at=lambda value: {f"venues.{venue}.rules.liquidation.rule": value for venue in venues},
    )  # fmt: skip


def _oracle(scenario: Scenario) -> Knob | None:
    lags = {
        f"oracles.{asset}.sources.{k}.lag": source.lag
        for asset, oracle in scenario.oracles.items()
        for k, source in enumerate(oracle.sources)
    }
    if not lags:
        return None
    slowest = max(lags.values())
    return _slider(
        0, 30, 0.5, slowest,
        name="oracle_latency", label="Delay of the oracle", unit="seconds", group=VENUE,
        hint="The oracle tells the exchange prices of other markets. Late ones make it liquidate by an old price.",
        settings_at=_scaled(lags, slowest),
    )  # fmt: skip


def _depth(scenario: Scenario) -> Knob | None:
    books = {
        f"agents.makers.{name}.markets.{market}": usd
        for name, cohort in scenario.agents.makers.items()
        for market, usd in cohort.markets.items()
    }
    if not books:
        return None
    return _slider(
        10, 300, 10, 100,
        name="depth", label="Depth of the book", unit="% of usual", group=BOOK,
        hint="How much market makers stand ready to buy and sell. A thin book moves further at each sale.",
        settings_at=_scaled(books, 100),
    )  # fmt: skip


def _shared_out(total: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers that add up to a total, each as near to its share as the ones before it leave it."""
    ends = [round(total * part / sum(shares)) for part in accumulate(shares)]
    return [end - begin for begin, end in pairwise([0, *ends])]


def _hunters(scenario: Scenario) -> Knob | None:
    counts = {f"agents.hunters.{name}.count": cohort.count for name, cohort in scenario.agents.hunters.items()}
    if not counts:
        return None
    shares = list(counts.values()) if any(counts.values()) else [1] * len(counts)
    return _slider(
        0, 40, 1, sum(counts.values()),
        name="hunters", label="Hunters", unit="of them", group=BOOK,
        hint="They push the price to where others are liquidated, and gain from what is then sold by force.",
        settings_at=lambda value: dict(zip(counts, _shared_out(round(value), shares), strict=True)),
    )  # fmt: skip


def _news(scenario: Scenario) -> Knob | None:
    moves = {f"news.{k}.move": item.move for k, item in enumerate(scenario.news)}
    if not moves:
        return None
    start = round(100 * min(moves.values()), 6)
    return _slider(
        -12, 0, 0.1, start,
        name="news", label="Bad news", unit="% of the price", group=NEWS,
        hint="How much less the asset is worth once everybody knows.",
        settings_at=_scaled(moves, start),
    )  # fmt: skip


def _seed(seed: int) -> Knob:
    return _slider(
        0, 99, 1, seed,
        name="seed", label="Luck (seed)", unit="", group=NEWS,
        hint="The same number is the same luck: who trades when, and how much. Change only this to see what luck does.",
        settings_at=lambda value: {},
    )  # fmt: skip


def knobs_of(scenario: Scenario, seed: int = 1) -> list[Knob]:
    """Knobs that a scenario has something to turn for, in the order of the page.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Where the knob of luck stands; what it says is no setting of the scenario.

    Examples
    --------
    >>> from cascade_sim.scenario.load import load_scenario
    >>> leverage = knobs_of(load_scenario("one-market"))[0]
    >>> leverage.start, leverage.settings(10)
    (5.0, {'agents__traders__crowd__leverage__median': 10.0})
    """
    makers: Iterable[Callable[[Scenario], Knob | None]] = (
        _leverage, _maintenance, _rule, _oracle, _depth, _hunters, _news,
    )  # fmt: skip
    return [*(knob for make in makers if (knob := make(scenario)) is not None), _seed(seed)]
