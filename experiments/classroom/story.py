"""What happened to a class in one run, in plain words: who fell, when, and whose forced sales broke whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cascade_sim.experiments.classroom.choices import Choice
from cascade_sim.experiments.classroom.episode import payoff
from cascade_sim.experiments.classroom.market import MARKET, class_market
from cascade_sim.runner import run

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["Fall", "Story", "clock", "tell"]

_OPENS = 10 * 3600  # ten o'clock: a time of day is easier to talk about than seconds
_WORTH_NAMING = 0.1  # of what broke somebody
_MOST_NAMED = 2
_FLAT = 0.005  # part of a position that counts as nothing


@dataclass(frozen=True)
class Fall:
    """A student whose position was sold by force.

    Attributes
    ----------
    student : str
    leverage : float
    time : float
        Of the first breach, seconds after ten o'clock.
    price : float
        Over its beginning, at that moment.
    luck : float
        Gain or loss before the news, over the student's money.
    shares : tuple of (str, float)
        Students whose forced sales broke this one and the part of what broke it, largest first.
    forced : float
        Part that all forced sales made.
    anyway : bool
        Whether it would have fallen in this run if no forced sale had moved the price.
    kept : float
        Part of the position that was left in the end.
    """

    student: str
    leverage: float
    time: float
    price: float
    luck: float
    shares: tuple[tuple[str, float], ...]
    forced: float
    anyway: bool
    kept: float

    @property
    def words(self) -> str:
        """When and why, in sentences."""
        how = "sold" if self.kept < _FLAT else f"sold, all but {_part(self.kept)} of it"
        when = (
            f"{self.student}'s position was {how} at {clock(self.time)}, with the price {_fine(1 - self.price)} down."
        )
        return f"{when} {self._why()} {self._otherwise()}"

    def _why(self) -> str:
        named = [(who, share) for who, share in self.shares if share >= _WORTH_NAMING][:_MOST_NAMED]
        if not named:
            made = _part(self.forced) if self.forced >= 0.01 else "hardly anything"
            return f"The news and ordinary trading broke the margin; forced sales made {made} of it."
        sales = " and ".join(f"{_part(share)} was the forced sale of {who}'s position" for who, share in named)
        rest = self.forced - sum(share for _, share in named)
        others = f"; {_part(rest)} was other forced sales" if rest >= _WORTH_NAMING / 2 else ""
        return f"Of what broke the margin, {sales}{others}."

    def _otherwise(self) -> str:
        if self.anyway:
            return "It would have been sold, then or later, even if nobody's forced sale had moved the price."
        return "If no forced sale had moved the price, it would not have been sold."


@dataclass(frozen=True)
class Story:
    """One run of a class.

    Attributes
    ----------
    seed : int
    price, without : Series
        Price over time in seconds, and on the same luck if no forced sale had moved it; over the beginning.
    falls : tuple of Fall
        In order of time.
    table : DataFrame
        A row a student: student, leverage, fell_at, up_before, profit, held, payoff; over the student's money.
    unpaid : float
        What students were below zero, over the money of the class.
    """

    seed: int
    price: "pd.Series[float]"
    without: "pd.Series[float]"
    falls: tuple[Fall, ...]
    table: pd.DataFrame
    unpaid: float


def clock(seconds: float) -> str:
    """Time of day.

    Examples
    --------
    >>> clock(271.4)
    '10:04:31'
    """
    whole = _OPENS + int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def _part(share: float) -> str:
    """Share in whole per cent; above one where others gave a part of it back."""
    return "all of it" if share >= 0.995 else f"{100 * share:.0f} %"


def _fine(share: float) -> str:
    return f"{100 * share:.1f} %"


def tell(choices: Sequence[Choice], seed: int) -> Story:
    """Run a class once, with the same run without the impact of forced sales beside it."""
    result = run(class_market([choice.leverage for choice in choices], seed), seed, summary=False)
    assert result.without_impact is not None
    series = result.market(MARKET)
    own = result.accounts[result.accounts["cohort"].str.startswith("student ")]
    money = own["start_balance"].to_numpy(float)
    table = pd.DataFrame({"student": [c.student for c in choices], "leverage": [c.leverage for c in choices]})
    table["up_before"] = (own["start"].to_numpy(float) - money) / money
    table["profit"] = (own["end"] - own["start"]).to_numpy(float) / money
    table["held"] = own[f"size_{MARKET}"].to_numpy(float) * float(series["mark"].iloc[-1]) / money
    table["payoff"] = payoff(table["profit"], table["held"])
    falls = _falls(result, own, table)
    at = {fall.student: clock(fall.time) for fall in falls}
    table.insert(2, "fell_at", [at.get(name, "") for name in table["student"]])
    other = result.without_impact[result.without_impact["market"] == MARKET].set_index("time")["mid"]
    begin = float(series["mid"].iloc[0])
    unpaid = float(own["deficit"].sum() / money.sum())
    return Story(seed, series["mid"] / begin, other / begin, falls, table, unpaid)


def _falls(result: "Result", own: pd.DataFrame, table: pd.DataFrame) -> tuple[Fall, ...]:
    """The first time that each student was sold, with what brought it about."""
    if "breach" not in result.events:
        return ()
    graph, prices = result.contagion(), result.market(MARKET)["mid"]
    row = {account: k for k, account in enumerate(own.index)}
    falls: dict[int, Fall] = {}
    for number, node in sorted(graph.nodes(data=True), key=lambda item: (item[1]["time"], item[0])):
        k = row.get(node["account"])
        if k is not None and k not in falls:
            price = float(prices[prices.index <= node["time"]].iloc[-1] / prices.iloc[0])
            falls[k] = _fall(graph, number, own, table.iloc[k], table["student"].to_numpy(), row, price)
    return tuple(falls.values())


def _fall(
    graph: "nx.DiGraph[int]",
    number: int,
    own: pd.DataFrame,
    student: Any,
    names: Any,
    row: dict[int, int],
    price: float,
) -> Fall:
    """One student's fall, from its node in the graph of liquidations."""
    node = graph.nodes[number]
    by: dict[str, float] = {}
    for source, _, edge in graph.in_edges(number, data=True):
        causer = row.get(graph.nodes[source]["account"])
        if causer is not None and causer != row[node["account"]] and node["lost"] > 0:
            by[names[causer]] = by.get(names[causer], 0.0) + edge["share"]
    bought = float(own.loc[node["account"], f"start_size_{MARKET}"])
    return Fall(
        student=student["student"],
        leverage=float(student["leverage"]),
        time=float(node["time"]),
        price=price,
        luck=float(student["up_before"]),
        shares=tuple(sorted(by.items(), key=lambda item: -item[1])),
        forced=node.get("lost_to_liquidations", 0.0) / node["lost"] if node["lost"] > 0 else 0.0,
        anyway=bool(node["anyway"]),
        kept=float(own.loc[node["account"], f"size_{MARKET}"]) / bought,
    )
