"""Cascades small enough to follow with pencil and paper, and who brought down whom in them.

Every book has bids for five units at 100, 99, 98, ... and no asks, so that mid and last trade are one price. A sale of
eleven leaves it at 98. Accounts enter at 100; those "down to T" are liquidated when the mark falls to T.
"""

import math
from typing import Any

import numpy as np
import pytest

from cascade_sim.contagion.attribution import attribute
from cascade_sim.contagion.shares import shares
from cascade_sim.results import Result
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

MAINTENANCE = 0.005


def deposit(size: float, falls_to: float, maintenance: float = MAINTENANCE, left: float = 0.5) -> float:
    """Money with which a long of this size is liquidated half a dollar (or what is `left`) above a mark."""
    mark = falls_to + left
    return size * (100 - mark * (1 - maintenance))


def account(money: float, **sizes: float) -> dict[str, Any]:
    positions = {market: {"size": size, "entry": 100} for market, size in sizes.items()}
    return {"venue": "v", "deposit": round(money, 6), "leverage": 200, "positions": positions}


def sale(at: float, size: float, market: str = "X", who: str = "seller") -> dict[str, Any]:
    return {"at": at, "account": who, "market": market, "type": "market", "size": -size}


def cascade(
    accounts: dict[str, Any], orders: list[Any], markets: str = "X", duration: float = 5, **rules: Any
) -> Result:
    """Run of a scenario in which the short side is held by somebody rich."""
    mark = rules.pop("mark", {"rule": "last", "interval": 0})
    tier = rules.pop("tier", {"floor": 0, "maintenance": MAINTENANCE, "leverage": 200})
    liquidation = {"rule": "full", "latency": 0, "retry_interval": 1} | rules.pop("liquidation", {})
    held = {m: sum(a["positions"].get(m, {"size": 0})["size"] for a in accounts.values()) for m in markets}
    rich = {name: {"venue": "v", "deposit": 1e6} for name in ("bidder", "seller")}
    rich["short"] = account(1e6, **{m: -size for m, size in held.items() if size})
    bids = [
        {"account": "bidder", "market": m, "size": 5, "price": price} for m in markets for price in range(100, 80, -1)
    ]
    scenario = {
        "name": "by hand",
        "duration": duration,
        "ladder_range": (0.5, 1.5),
        "assets": {m: {"price": 100} for m in markets},
        "oracles": {m: {"sources": [{"interval": 1000}]} for m in markets},
        "venues": {
            "v": {
                "rules": {"mark": mark, "liquidation": liquidation, "tiers": {"default": [tier]}} | rules,
                "markets": {m: {"asset": m, "tick": 1, "lot": 1} for m in markets},
            }
        },
        "accounts": rich | accounts,
        "orders": [*bids, *orders],
    }
    return run(load_scenario(scenario), seed=1, counterfactual=False)


def lost_to(result: Result) -> dict[tuple[str, Any], float]:
    """What each account lost to each other account's liquidation, or to a category, by name."""
    breaches = result.events["breach"].set_index("liquidation")["account"]
    name = {int(n): str(result.accounts["cohort"][a]) for n, a in breaches.items()}
    parts = attribute(result)
    parts["who"] = parts["liquidation"].map(name)
    parts["by"] = [name[s] if s > 0 else c for s, c in zip(parts["source"], parts["category"], strict=True)]
    sums: dict[tuple[str, Any], float] = parts.groupby(["who", "by"])["amount"].sum().to_dict()
    assert shares(result).sum(axis=1).to_numpy() == pytest.approx(1)
    return sums


def generation_of(result: Result) -> dict[str, int]:
    graph = result.contagion()
    return {str(result.accounts["cohort"][data["account"]]): data["generation"] for _, data in graph.nodes(data=True)}


def test_two_accounts_and_one_market():
    # The sale leaves 98; a sells 10 there: 4 at 98, 5 at 97, 1 at 96. At 96 b has lost 4 a unit, two of them to a.
    accounts = {"a": account(deposit(10, 98), X=10), "b": account(deposit(10, 96), X=10)}
    result = cascade(accounts, [sale(1, 11)])
    assert lost_to(result) == pytest.approx({("a", "custom agents"): 20, ("b", "custom agents"): 20, ("b", "a"): 20})
    graph = result.contagion()
    assert list(graph.edges) == [(1, 2)]
    assert graph.edges[1, 2]["share"] == pytest.approx(0.5)
    assert generation_of(result) == {"a": 0, "b": 1}


def test_who_could_do_without_the_forced_trades_is_of_generation_0():
    # The sale alone takes b down to 98.5; what a adds comes in the same moment as nothing that b needed.
    accounts = {"a": account(deposit(10, 98), X=10), "b": account(deposit(10, 97, left=1.2), X=10)}
    result = cascade(accounts, [sale(1, 11)])
    assert generation_of(result) == {"a": 0, "b": 0}


def test_only_the_cross_margin_account_carries_the_loss_over():
    # b holds 10 X and 12 Y, and is closed at X = 96: 40 lost, 20 of them to a. It sells Y first (the larger): 5 at 100,
    # 5 at 99, 2 at 98. There c, who holds Y only, has lost 2 a unit, all to b.
    accounts = {
        "a": account(deposit(10, 98), X=10),
        "b": account(35 + MAINTENANCE * (965 + 1200), X=10, Y=12),
        "c": account(deposit(10, 98), Y=10),
    }
    result = cascade(accounts, [sale(1, 11)], markets="XY")
    assert lost_to(result) == pytest.approx(
        {("a", "custom agents"): 20, ("b", "custom agents"): 20, ("b", "a"): 20, ("c", "b"): 20}
    )
    graph = result.contagion()
    assert set(graph.edges) == {(1, 2), (2, 3)}
    assert [graph.edges[edge]["market"] for edge in ((1, 2), (2, 3))] == ["X", "Y"]
    # b's largest position was in Y, so what came through X crossed over.
    assert [graph.edges[edge]["cross"] for edge in ((1, 2), (2, 3))] == pytest.approx([20, 0])
    assert generation_of(result) == {"a": 0, "b": 1, "c": 2}


def test_who_breaches_at_once_has_nothing_from_each_other():
    # a and b breach at 98 together. a sells 10 down to 96, b sells 6: 4 at 96, 2 at 95. There c has lost 5 a unit.
    accounts = {
        "a": account(deposit(10, 98), X=10),
        "b": account(deposit(6, 98), X=6),
        "c": account(deposit(10, 95), X=10),
    }
    result = cascade(accounts, [sale(1, 11)])
    sale_of = "custom agents"
    expected = {("a", sale_of): 20, ("b", sale_of): 12, ("c", sale_of): 20, ("c", "a"): 20, ("c", "b"): 10}
    assert lost_to(result) == pytest.approx(expected)
    times = result.events["breach"].set_index("liquidation")["time"]
    assert times[1] == times[2]
    assert set(result.contagion().edges) == {(1, 3), (2, 3)}
    assert generation_of(result) == {"a": 0, "b": 0, "c": 1}


def test_a_partial_liquidation_brings_its_own_account_nearer_to_the_next():
    # Margin of 10 %. a holds 20 and breaches at 98; half of it is sold down to 96 for 973, which leaves 180 of equity
    # on 10 units: safe at 98, the reference from now on, and at 96. A sale of 40 takes the price to 88, where equity is
    # 80 and margin 88: since 98 it has lost 100, of which 20 to its own first half. On the way from 98 it met its
    # margin at 800 / 9 = 88.9 after 91.1, which the 80 of the sale alone had not made.
    tier = {"floor": 0, "maintenance": 0.1, "leverage": 10}
    accounts = {"a": account(deposit(20, 98, 0.1), X=20)}
    liquidation = {"rule": "fraction", "fraction": 0.5}
    result = cascade(accounts, [sale(1, 11), sale(2, 40)], tier=tier, liquidation=liquidation)
    breaches = result.events["breach"]
    assert breaches["equity"].tolist() == pytest.approx([187, 80])
    parts = attribute(result).groupby(["liquidation", "source"])["amount"].sum().to_dict()
    assert parts == pytest.approx({(1, 0): 40, (2, 0): 80, (2, 1): 20})
    graph = result.contagion()
    assert list(graph.edges) == [(1, 2)]
    assert dict(graph.nodes(data="generation")) == {1: 0, 2: 1}


def test_a_deleveraged_counterparty_loses_from_its_deleveraging_on():
    # b is hedged: short 10 X, long 12 Y. Y falls to 99. X falls to 98, where a is worth less than nothing, and b has to
    # give up its short. Y falls to 98, where d is closed and sells 10 down to 96: that takes b down. Since its
    # deleveraging (Y = 99) it has lost 3 a unit: one to the sale, two to d; nothing to a, whose trades met no book.
    accounts = {
        "a": account(deposit(10, 98), X=10),
        "b": account(deposit(12, 96) - deposit(10, 98), X=-10, Y=12),
        "d": account(24.89, Y=10),
    }
    orders = [sale(0.5, 6, "Y"), sale(1, 11), sale(2, 5, "Y")]
    result = cascade(accounts, orders, markets="XY", waterfall={"adl": "binance"})
    adl = result.events["adl"]
    assert result.accounts["cohort"][adl["counterparty"].iloc[0]] == "b"
    assert lost_to(result) == pytest.approx(
        {("a", "custom agents"): 20, ("d", "custom agents"): 20, ("b", "custom agents"): 12, ("b", "d"): 24}
    )
    assert set(result.contagion().edges) == {(2, 3)}
    assert generation_of(result) == {"a": 0, "d": 0, "b": 1}


def exponential_mean(samples: "np.ndarray[Any, Any]", memory: float) -> float:
    return float(np.average(samples, weights=np.exp(-np.arange(len(samples))[::-1] / memory)))


def test_a_mark_of_exponential_means_moves_long_after_the_trade():
    # The book falls to 98 after 5.5 s and stays; the mark is the mean of it that forgets in 30 s, and takes a to 98.5
    # much later. a's sale takes the book to 96 at once, and b down to 97 much later again.
    accounts = {"a": account(deposit(10, 98), X=10), "b": account(deposit(10, 96.5), X=10)}
    mark = {"rule": "hyperliquid", "interval": 1}
    result = cascade(accounts, [sale(5.5, 11)], duration=300, mark=mark)
    book = np.where(np.arange(1, 301) < 5.5, 100.0, 98.0)
    first = next(k for k in range(1, 301) if exponential_mean(book[:k], 30) <= 98.5)
    after = np.where(np.arange(1, 301) > first, 96.0, book)
    second = next(k for k in range(1, 301) if exponential_mean(after[:k], 30) <= 97)
    assert result.events["breach"]["time"].tolist() == [first, second]
    assert second - first > 10
    by_a = exponential_mean(np.where(np.arange(1, second + 1) > first, 2.0, 0.0), 30)
    lost = 100 - exponential_mean(after[:second], 30)
    found = lost_to(result)
    assert found["b", "a"] == pytest.approx(10 * by_a, abs=1e-6)
    assert found["b", "custom agents"] == pytest.approx(10 * (lost - by_a), abs=1e-6)
    assert abs(found.get(("b", "unexplained"), 0.0)) < 1e-6
    edge = result.contagion().edges[1, 2]
    assert edge["delay"] == second - first
    assert generation_of(result) == {"a": 0, "b": 1}


@pytest.mark.parametrize(("at", "by_a"), [(3.0, 15), (30.0, 20)])
def test_a_rebound_between_cause_and_breach(at, by_a):
    # The sale and a take the price to 96, 2 each; somebody buys one at 97. Within ten seconds that undoes half a dollar
    # of each; later it is the buyer's own. A second sale takes it from 97 to 95, where b has lost 5 a unit.
    accounts = {"a": account(deposit(10, 98), X=10), "b": account(deposit(10, 95), X=10)}
    orders = [
        sale(1, 11),
        {"at": 2, "account": "bidder", "market": "X", "size": -1, "price": 97},
        {"at": at, "account": "seller", "market": "X", "type": "market", "size": 1},
        sale(at + 1, 5),
    ]
    result = cascade(accounts, orders, duration=60)
    found = lost_to(result)
    assert found["b", "a"] == pytest.approx(by_a)
    assert found["b", "custom agents"] == pytest.approx(50 - by_a)
    assert math.isclose(sum(amount for (who, _), amount in found.items() if who == "b"), 50)
