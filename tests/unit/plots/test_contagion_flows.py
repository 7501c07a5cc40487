"""Ribbons of the market flow and of exposures: their widths are the amounts, on one scale."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import PathPatch, Rectangle

from cascade_sim.plots import plot_exposures, plot_market_flow
from cascade_sim.plots.contagion.ribbons import spread, stacked

NAMES = ["BTC-PERP", "ETH-PERP", "SOL-PERP"]
FLOW = pd.DataFrame([[9e6, 3e6, 0.5e6], [2.5e6, 30e6, 0.0], [0.6e6, 2e6, 2.4e6]], NAMES, NAMES)


def patches(axes, kind):
    return [patch for patch in axes.patches if isinstance(patch, kind)]


def width(ribbon):
    """Width of a band where it begins and where it ends."""
    corners = ribbon.get_path().vertices
    return corners[-2][1] - corners[0][1], corners[4][1] - corners[3][1]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_a_ribbon_a_flow_as_wide_as_the_amount():
    figure = plot_market_flow(FLOW)
    figure.draw_without_rendering()
    widths = [width(ribbon) for ribbon in patches(figure.axes[0], PathPatch)]
    amounts = FLOW.to_numpy()[FLOW.to_numpy() > 0]
    assert np.array(widths) == pytest.approx(np.column_stack([amounts, amounts]))
    assert figure.get_suptitle() == "17% of the forced volume came from losses in another market: 8.6 M of 50 M USD"
    assert "losses in BTC-PERP\nforced 12.5 M USD,\n3.5 M of it elsewhere" in texts(figure.axes[0])
    assert "SOL-PERP:\n2.9 M USD forced,\n17% of it imported" in texts(figure.axes[0])


def test_home_made_is_paler_than_imported():
    ribbons = patches(plot_market_flow(FLOW).axes[0], PathPatch)
    at_home = [ribbon.get_alpha() for ribbon in ribbons if width(ribbon)[0] in FLOW.to_numpy().diagonal()]
    assert len(at_home) == 3
    assert max(at_home) < min(ribbon.get_alpha() for ribbon in ribbons if ribbon.get_alpha() not in at_home)


def with_nowhere(usd):
    """The flow with what was closed in SOL-PERP without a loss in any market."""
    return pd.concat([FLOW, pd.DataFrame([[0.0, 0.0, usd]], ["no market"], NAMES)])


def test_what_no_loss_forced_is_nobodys_import():
    figure = plot_market_flow(with_nowhere(5e6))
    figure.draw_without_rendering()
    assert figure.get_suptitle() == "16% of the forced volume came from losses in another market: 8.6 M of 55 M USD"
    assert "fees and the like,\nno loss in a market,\nforced 5 M USD" in texts(figure.axes[0])
    assert "SOL-PERP:\n7.9 M USD forced,\n6% of it imported" in texts(figure.axes[0])


def test_what_is_too_little_to_be_seen_is_said_instead():
    figure = plot_market_flow(with_nowhere(2e3))
    figure.draw_without_rendering()
    assert not any("fees" in text for text in texts(figure.axes[0]))
    (note,) = [text for text in figure.texts if "Not drawn: 2 k USD forced by fees and the like." in text.get_text()]
    assert note.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("flow", [pd.DataFrame(), FLOW * 0, FLOW * np.nan])
def test_no_flow_is_said(flow):
    assert texts(plot_market_flow(flow).axes[0]) == ["no losses forced any volume"]


def test_a_market_on_one_side_only():
    figure = plot_market_flow(pd.DataFrame({"A": {"B": 5.0}}))
    figure.draw_without_rendering()
    assert len(patches(figure.axes[0], PathPatch)) == 1
    assert figure.get_suptitle().startswith("100% of the forced volume")


def test_stacks_and_names_keep_their_distance():
    assert stacked([2.0, 1.0], 0.5, 4.0).tolist() == [1.75, 0.25]
    moved = spread(np.array([0.9, 0.89, 0.88, 0.1]), 0.05, 0.1)
    assert (np.diff(moved) <= -0.05 + 1e-12).all()
    assert spread(np.array([0.2, 0.1, 0.0]), 0.3, 0.05).tolist() == pytest.approx([0.65, 0.35, 0.05])


def network(positions):
    """Exposure network of (account, cohort, market, signed USD)."""
    graph = nx.Graph()
    graph.add_node("perps", kind="venue")
    for account, cohort, market, usd in positions:
        graph.add_node(market, kind="market")
        graph.add_node(f"account {account}", kind="account", account=account, role="trader", cohort=cohort)
        side = "long" if usd > 0 else "short"
        graph.add_edge(f"account {account}", market, kind="position", notional=abs(usd), side=side)
        graph.add_edge(f"account {account}", "perps", kind="collateral", notional=1e9, side="long")
    return graph


BEFORE = [(1, "crowd", "A", 60.0), (2, "crowd", "A", 30.0), (3, "crowd", "A", 10.0), (4, "makers", "A", -100.0)]
AFTER = [(1, "crowd", "A", 20.0), (2, "crowd", "A", 30.0), (3, "crowd", "A", 10.0), (4, "makers", "A", -60.0)]


def test_before_and_after_are_on_one_scale():
    figure = plot_exposures(network(BEFORE), network(AFTER), largest=2)
    figure.draw_without_rendering()
    before, after = figure.axes
    assert before.get_ylim() == after.get_ylim()
    assert sorted(width(ribbon)[0] for ribbon in patches(before, PathPatch)) == pytest.approx([40, 60, 100])
    assert sorted(width(ribbon)[0] for ribbon in patches(after, PathPatch)) == pytest.approx([20, 40, 60])
    assert {"trader 1: 60", "crowd (2): 40", "trader 4: 100", "A: 100"} <= set(texts(before))
    assert {"trader 1: 20", "crowd (2): 40", "trader 4: 60", "A: 60"} <= set(texts(after))
    assert figure.get_suptitle() == "Long positions of 100 USD before, 60 after"


def test_slots_stay_where_they_were():
    figure = plot_exposures(network(BEFORE), network(AFTER), largest=2)
    slots = [
        sorted(patch.get_bbox().bounds for patch in patches(axes, Rectangle) if patch.get_facecolor()[0] > 0.9)
        for axes in figure.axes
    ]
    assert slots[0] == slots[1]
    assert sum(slot[3] for slot in slots[0]) == pytest.approx(300)


def test_gone_or_never_there():
    plot_exposures(network(BEFORE), nx.Graph()).draw_without_rendering()
    assert texts(plot_exposures(nx.Graph(), nx.Graph()).axes[0]) == ["nobody held a position"]


def test_thousands_of_accounts_are_drawn_as_cohorts():
    many = [(k, f"cohort {k % 3}", NAMES[k % 2], (-1.0) ** k * (1 + k)) for k in range(3_000)]
    figure = plot_exposures(network(many), network(many[:1_500]))
    figure.draw_without_rendering()
    assert len(patches(figure.axes[0], PathPatch)) == 8 + 2 * 3
