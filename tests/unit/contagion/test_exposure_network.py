"""The network of exposures against the holdings it is drawn from, and with small accounts pooled."""

import numpy as np
import pytest

from cascade_sim.contagion.exposure_network import exposure_network
from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.margins import Exposures

TIME, LEAST = 30.0, 2e5


@pytest.fixture(scope="module")
def holdings(crash):
    """Holdings in the shipped crash."""
    return Holdings(crash)


@pytest.fixture(scope="module")
def network(holdings):
    """Every account on its own."""
    return exposure_network(holdings, TIME)


@pytest.fixture(scope="module")
def pooled(holdings):
    """Accounts below 200,000 USD pooled."""
    return exposure_network(holdings, TIME, LEAST)


def of_kind(graph, *kinds):
    """Edges of some kinds."""
    return [(source, target, data) for source, target, data in graph.edges(data=True) if data["kind"] in kinds]


def test_every_node_and_edge_has_its_kind(network):
    ends = {
        "position": ("account", "market"),
        "inventory": ("account", "market"),
        "collateral": ("account", "venue"),
        "ownership": ("owner", "account"),
        "oracle": ("market", "market"),
    }
    kinds = dict(network.nodes(data="kind"))
    assert {(data["kind"], (kinds[a], kinds[b])) for a, b, data in network.edges(data=True)} == set(ends.items())


def test_positions_are_the_holdings(holdings, network):
    exposures = Exposures.at(holdings, TIME)
    falls, maintenance = exposures.falls(), exposures.maintenance()
    for k, market in enumerate(holdings.markets):
        edges = {a: data for a, b, data in of_kind(network, "position", "inventory") if b == f"market {market}"}
        for row, account in enumerate(exposures.accounts.index):
            size = exposures.accounts.loc[account, f"size_{market}"]
            data = edges.get(f"account {account}", {"size": 0.0})
            assert data["size"] == pytest.approx(size)
            if size:
                assert data["notional"] == pytest.approx(abs(exposures.notional[row, k]))
                assert data["maintenance"] == pytest.approx(maintenance[row, k])
                far = falls[row, k] if np.isfinite(falls[row, k]) else None
                assert data.get("distance") == pytest.approx(far)
                assert data["side"] == ("long" if size > 0 else "short")


def test_longs_equal_shorts(holdings, network):
    for market in holdings.markets:
        sides = {"long": 0.0, "short": 0.0, "flat": 0.0}
        for _, _, data in (edge for edge in of_kind(network, "position", "inventory") if edge[1] == f"market {market}"):
            sides[data["side"]] += data["notional"]
        assert (
            sides["long"] == pytest.approx(sides["short"]) == pytest.approx(network.nodes[f"market {market}"]["held"])
        )


def test_spot_stock_is_an_exposure_too(holdings, network):
    state = holdings.at(TIME)
    spot = state[state["venue"] == "spot"]["holds_BTC"].sum()
    assert sum(data["size"] for _, b, data in network.edges(data=True) if b == "market BTC-SPOT") == pytest.approx(spot)


def test_market_makers_share_their_inventory(crash, network):
    makers = crash.accounts[(crash.accounts["role"] == "maker") & (crash.accounts["cohort"] == "perp-makers")]
    for account in makers.index[makers["venue"] == "perps"]:
        own = {b for a, b, _ in of_kind(network, "inventory") if a == f"account {account}"}
        assert own == {"market BTC-PERP", "market ETH-PERP", "market SOL-PERP"}
    assert all(network.nodes[a]["role"] == "maker" for a, _, _ in of_kind(network, "inventory"))


def test_owners_of_accounts_on_two_venues(crash, network):
    for owner, own in crash.accounts.groupby("owner"):
        if own["venue"].nunique() > 1 and f"owner {owner}" in network:
            assert set(network.successors(f"owner {owner}")) <= {f"account {account}" for account in own.index}
    both = [owner for owner, count in network.nodes(data="accounts") if count and count > 1]
    assert len(both) >= 8  # five makers who hedge, three arbitrageurs


def test_spot_markets_feed_the_oracles_of_perpetuals(network):
    links = {(a, b): data["asset"] for a, b, data in of_kind(network, "oracle")}
    assert links == {(f"market {name}-SPOT", f"market {name}-PERP"): name for name in ("BTC", "ETH", "SOL")}


def test_pooling_keeps_the_totals(holdings, network, pooled):
    assert pooled.number_of_nodes() < network.number_of_nodes() / 2
    for name in ("equity", "notional", "maintenance", "accounts"):
        whole, left = (
            sum(data[name] for _, data in graph.nodes(data=True) if data["kind"] == "account")
            for graph in (network, pooled)
        )
        assert whole == pytest.approx(left)
    for market in holdings.markets:
        nets = [
            sum(data["size"] for _, b, data in of_kind(graph, "position", "inventory") if b == f"market {market}")
            for graph in (network, pooled)
        ]
        assert nets == pytest.approx([0.0, 0.0], abs=1e-6)


def test_what_stands_alone_is_large(pooled):
    small = [name for name in pooled if name.startswith("small ")]
    assert {"small traders long perps", "small traders short perps"} <= set(small)
    for name, data in pooled.nodes(data=True):
        if data["kind"] == "account" and name not in small and data["role"] != "fund":
            assert data["notional"] >= LEAST
            assert data["accounts"] == 1


def test_without_spot_markets_makers_and_time(by_hand):
    graph = exposure_network(by_hand, -1.0)
    longs = [data["size"] for a, _, data in of_kind(graph, "position") if data["side"] == "long"]
    assert sorted(longs) == [9, 12, 12, 15, 20, 30]
    # The first long has 11.97 against 1,200 with a maintenance of 6: (11.97 - 6) / (1,200 - 6).
    first = next(a for a, data in graph.nodes(data=True) if data.get("cohort") == "long-1")
    assert graph.nodes[first]["distance"] == pytest.approx(0.005)
