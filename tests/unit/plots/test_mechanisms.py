"""The figure of what made a fall shows its numbers and says what is seen."""

import pandas as pd
import pytest

from cascade_sim.plots import plot_mechanisms

LABELS = {"push": "pushing", "panic": "panicking"}
ROWS = [
    ("fall", "A", "news", 0.09, 0.08, 0.10),
    ("fall", "A", "push", 0.012, 0.01, 0.014),
    ("fall", "A", "panic", -0.002, -0.004, 0.001),
    ("fall", "A", "whole", 0.1, 0.09, 0.11),
    ("fall", "A", "fundamental", 0.08, 0.07, 0.09),
    ("widest_gap", "A", "push", 0.02, 0.01, 0.03),
    ("widest_gap", "A", "panic", 0.01, 0.005, 0.015),
    ("widest_gap", "A", "whole", 0.03, 0.02, 0.04),
]


@pytest.fixture
def table():
    """One market with two mechanisms."""
    return pd.DataFrame(ROWS, columns=["measure", "market", "part", "mean", "low", "high"])


def marks(axes):
    """Centres of the marks of a panel, and whether each is filled."""
    lines = [line for line in axes.lines if line.get_marker() not in ("None", "", "|") and len(line.get_xdata())]
    return {round(float(x), 6): line.get_mfc() != "white" for line in lines for x in line.get_xdata()}


def test_it_shows_the_numbers(table, tmp_path):
    figure = plot_mechanisms(table, LABELS)
    figure.savefig(tmp_path / "f.png")
    left, middle, right = figure.axes
    assert [round(bar.get_width(), 6) for bar in left.patches] == [9.0, 1.0]
    assert left.texts[0].get_text().strip() == "9.0 + 1.0"
    assert marks(middle) == {1.2: True, -0.2: False}
    assert marks(right) == {2.0: True, 1.0: True}
    assert [label.get_text() for label in middle.get_yticklabels()] == list(LABELS.values())


def test_its_title_says_what_is_seen(table):
    title = plot_mechanisms(table, LABELS).get_suptitle()
    assert title == "News made 90 % of the fall; of what the market added, pushing made most"
    others = table[table["part"] != "fundamental"].assign(market="B")
    others.loc[others["part"] == "whole", "mean"] = 0.12
    both = pd.concat([table, others])
    assert plot_mechanisms(both, LABELS).get_suptitle().startswith("News made 75 to 90 % of the fall")
    assert plot_mechanisms(table, LABELS, "Other words").get_suptitle() == "Other words"


def test_where_the_market_added_nothing_it_says_so(table):
    calm = table.assign(mean=table["mean"].where(~table["part"].isin(list(LABELS)), 0.0))
    assert plot_mechanisms(calm, LABELS).get_suptitle().endswith("the market added nothing")
