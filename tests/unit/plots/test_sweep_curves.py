"""Curves, bars and crosses of sweeps: they show the numbers given, and are drawn without warnings at the edges."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.plots.sweeps import (
    effect_lines,
    paired_differences,
    pareto_frontier,
    probability_curve,
    sensitivity_bars,
    size_distribution,
)
from cascade_sim.plots.sweeps.intervals import arms
from cascade_sim.plots.sweeps.looks import MOST_GROUPS, look_of
from cascade_sim.plots.sweeps.sizes import law_survival

LABELS = {
    "leverage": "Median leverage of traders (1)",
    "maintenance": "Maintenance margin (share of notional)",
    "probability": "Probability of a cascade (1)",
    "efficiency": "Capital efficiency (1)",
    "bad_debt": "Bad debt (USD)",
    "size": "Notional liquidated (USD)",
    "difference": "Change of bad debt (USD)",
}
LONG = {name: f"{label.split(' (')[0]}, {'of all that is on the venue ' * 5}(USD)" for name, label in LABELS.items()}


def drawn(figure):
    """The figure, once it has been laid out and drawn without a warning; it has a title, and its panel two labels."""
    figure.draw_without_rendering()
    assert figure.get_suptitle()
    assert figure._suptitle.get_window_extent().x1 <= figure.bbox.x1
    return figure


def legend(figure):
    boxes = figure.legends + [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    return [text.get_text() for box in boxes for text in box.get_texts()]


def sizes(groups=3, count=400):
    """Heavy-tailed sizes, some of them zero."""
    rng = np.random.default_rng(7)
    return pd.concat(
        pd.DataFrame({"group": f"cell {k}", "size": np.append(np.zeros(20), 1e3 * rng.pareto(1 + k / 2, count) + 1e3)})
        for k in range(groups)
    )


def laws(groups=3, **changes):
    law = {"exponent": 2.0, "exponent_low": 1.9, "exponent_high": 2.1, "smallest": 2e3, "cutoff": 3e5} | changes
    return pd.DataFrame([{"group": f"cell {k}"} | law for k in range(groups)])


@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
@pytest.mark.parametrize(
    "changes", [{}, {"cutoff": np.nan}, {"cutoff": np.inf}, {"exponent": np.nan}, {"smallest": 1e12}, {"cutoff": 1e2}]
)
def test_size_distribution_at_the_edges(labels, changes):
    figure = drawn(size_distribution(sizes(), laws(**changes), labels))
    assert len(legend(figure)) == 3
    assert figure.axes[0].get_xscale() == figure.axes[0].get_yscale() == "log"
    assert "Share" in figure.axes[0].get_ylabel()


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [5.0], [5.0, 5.0, 5.0]])
def test_few_sizes(values):
    drawn(size_distribution(pd.DataFrame({"group": "a", "size": values}), None, LABELS))


def test_sizes_are_shown_as_shares_of_all():
    given = pd.DataFrame({"group": "a", "size": [0, 0, 1, 10, 10, 100.0, 1000, 1e4]})
    axes = drawn(size_distribution(given, None, LABELS)).axes[0]
    points = np.concatenate([line.get_xydata() for line in axes.lines])
    assert points == pytest.approx(np.array([[1, 6], [10, 5], [100, 3], [1000, 2], [1e4, 1]]) / [1, 8])


def test_laws_are_told_apart_and_described():
    figure = drawn(size_distribution(sizes(), laws(), LABELS))
    assert legend(figure)[0] == "cell 0: n = 420, exponent 2.00 (1.90 to 2.10), cut-off 300 k"
    handles = figure.legends[0].legend_handles
    assert len({handle.get_marker() for handle in handles}) == 3
    assert len({handle.get_linestyle() for handle in handles}) == 3


def test_too_many_groups_are_refused():
    with pytest.raises(ValueError, match="at most 6 groups"):
        size_distribution(sizes(groups=7, count=5), None, LABELS)
    assert len({look_of(k)["marker"] for k in range(MOST_GROUPS)}) == MOST_GROUPS


def test_law_without_power_is_exponential():
    at = np.linspace(2.0, 30.0, 50)
    assert law_survival(at, 0.0, 2.0, 5.0) == pytest.approx(np.exp(-(at - 2) / 5), rel=1e-3, abs=1e-6)


def test_law_with_a_far_cutoff_is_a_power_law():
    at = np.geomspace(1, 1e3, 50)
    assert law_survival(at, 2.5, 1.0, 1e9) == pytest.approx(law_survival(at, 2.5, 1.0, np.inf), rel=1e-2)
    assert law_survival(at, 2.5, 1.0, np.nan) == pytest.approx(at**-1.5)


def settings():
    efficiency = np.array([5.0, 10, 15, 20, 12, 18])
    debt = np.array([1e3, 5e3, 4e4, 2e5, 3e5, 4e5])
    cells = pd.DataFrame(
        {"efficiency": efficiency, "bad_debt": debt, "setting": [f"leverage {e:.0f}" for e in efficiency]}
    )
    for column in ("efficiency", "bad_debt"):
        cells = cells.assign(**{f"{column}_low": 0.9 * cells[column], f"{column}_high": 1.1 * cells[column]})
    return cells


def test_frontier_is_a_staircase_of_least_cost():
    cells = settings()
    figure = drawn(pareto_frontier(cells, "efficiency", "bad_debt", cells.iloc[[2, 0, 3, 1]], LABELS))
    axes = figure.axes[0]
    stairs = next(line for line in axes.lines if line.get_drawstyle() == "steps-pre")
    assert stairs.get_xydata() == pytest.approx(cells[["efficiency", "bad_debt"]].to_numpy()[:4])
    assert axes.get_yscale() == "log"
    assert LABELS["efficiency"] in axes.get_xlabel()
    assert LABELS["bad_debt"] in axes.get_ylabel()


def test_names_of_settings_cover_neither_each_other_nor_the_points():
    cells = settings()
    figure = drawn(pareto_frontier(cells, "efficiency", "bad_debt", cells.iloc[:4], LABELS))
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) >= 4
    assert all(box.count_overlaps(boxes) == 1 for box in boxes)
    points = axes.transData.transform(cells[["efficiency", "bad_debt"]].to_numpy())
    assert not any(box.contains(*point) for box in boxes for point in points)


@pytest.mark.parametrize("scale", ["zeros", "all zero", "linear", "one", "crowded", "long"])
def test_frontier_at_the_edges(scale):
    cells = settings()
    debts = [column for column in cells if column.startswith("bad_debt")]
    if scale in ("zeros", "all zero"):
        cells.loc[cells.index[: 1 if scale == "zeros" else None], debts] = 0.0
    elif scale == "linear":
        cells[debts] = cells[debts] / cells[["bad_debt"]].to_numpy() * 1e3
    elif scale == "one":
        cells = cells.iloc[[0]]
    elif scale == "crowded":
        cells = (
            pd.concat([cells] * 8, ignore_index=True).drop(columns="setting").assign(setting="the same long name " * 3)
        )
    frontier = cells.iloc[:1]
    figure = drawn(pareto_frontier(cells, "efficiency", "bad_debt", frontier, LONG if scale == "long" else LABELS))
    assert figure.axes[0].get_yscale() == {"zeros": "symlog", "crowded": "log", "long": "log"}.get(scale, "linear")


def indices(kind):
    names = ["maintenance", "leverage", "insurance_fund"]
    middle = np.array([0.2, 0.6, -0.01])
    columns = ("first", "total") if kind == "sobol" else ("mu_star",)
    frame = pd.DataFrame({"parameter": names, "sigma": middle})
    for column in columns:
        frame = frame.assign(**{column: middle, f"{column}_low": middle - 0.05, f"{column}_high": middle + 0.07})
    return frame


@pytest.mark.parametrize("kind", ["sobol", "morris"])
@pytest.mark.parametrize("labels", [None, LABELS, LONG], ids=["bare", "short", "long"])
def test_bars_are_sorted_and_as_long_as_the_indices(kind, labels):
    figure = drawn(sensitivity_bars(indices(kind), labels, outcome="bad debt", unit="USD"))
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [-0.01, 0.2, 0.6] * (2 if kind == "sobol" else 1)
    names = [text.get_text().lower() for text in axes.get_yticklabels()]
    assert "leverage" in names[-1]
    assert figure.get_suptitle() == "What bad debt depends on"
    assert axes.get_xlabel()
    assert len(legend(figure)) == 2


def test_one_parameter_or_an_unknown_index():
    drawn(sensitivity_bars(indices("sobol").iloc[[0]]))
    drawn(sensitivity_bars(indices("sobol").assign(total=np.nan, total_low=np.nan, total_high=np.nan)))


def differences():
    frame = pd.DataFrame(
        {"comparison": ["partial liquidation", "larger fund", "no hunters"], "difference": [-5e5, 1e4, 2e5]}
    )
    return frame.assign(low=[-7e5, -2e4, 1e5], high=[-3e5, 4e4, 3e5], variance_reduction=[7.31, np.nan, 0.8])


@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
def test_differences_are_beside_what_pairing_saved(labels):
    axes = drawn(paired_differences(differences(), labels)).axes[0]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == list(differences()["comparison"])
    factors = [text.get_text() for text in axes.child_axes[0].get_yticklabels()]
    assert factors == ["variance ÷ 7.3", "variance: undefined", "variance ÷ 0.8"]
    filled, hollow = (line for line in axes.lines if line.get_marker() == "s")
    assert list(filled.get_xdata()) == [-5e5, 2e5]
    assert list(hollow.get_xdata()) == [1e4]
    assert list(filled.get_ydata()) == [2, 0]


def test_one_comparison_with_a_long_name():
    drawn(paired_differences(differences().iloc[[1]].assign(comparison="a change of a rule " * 8), LABELS))


def points():
    share = np.array([0.0, 0.1, 0.5, 0.9, 1.0])
    leverage = np.array([10.0, 15, 20, 25, 30])
    return pd.DataFrame({"leverage": leverage, "probability": share, "low": share * 0.9, "high": 0.1 + share * 0.9})


def test_probability_curve_shows_points_fit_and_critical_point():
    fit = points()[["leverage", "probability"]]
    critical = pd.DataFrame({"leverage": [19.5], "low": [18.0], "high": [21.0]})
    figure = drawn(probability_curve(points().assign(runs=50), fit, critical, "leverage", LABELS))
    assert "critical point 19.5 (18 to 21)" in legend(figure)
    assert "share of 50 runs, 95 % Wilson interval" in legend(figure)
    axes = figure.axes[0]
    marked = [line for line in axes.lines if line.get_marker() == "D"]
    assert marked[0].get_xydata() == pytest.approx(np.array([[19.5, 0.5]]))
    dots = next(line for line in axes.lines if line.get_marker() == "o")
    assert dots.get_xydata() == pytest.approx(points()[["leverage", "probability"]].to_numpy())
    assert axes.get_ylabel() == LABELS["probability"]


@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
@pytest.mark.parametrize("ends", [(np.nan, np.nan, np.nan), (20.0, np.nan, np.nan), (20.0, -np.inf, np.inf)])
def test_probability_curve_at_the_edges(labels, ends):
    critical = pd.DataFrame([dict(zip(("leverage", "low", "high"), ends, strict=True))])
    drawn(probability_curve(points(), None, critical, "leverage", labels))
    zero = points().iloc[[0]].assign(runs=3)
    drawn(probability_curve(zero, None, None, "leverage", labels))
    drawn(probability_curve(points().assign(probability=np.nan), points(), None, "leverage", labels))


def lines(groups=3):
    cells = [
        points().assign(maintenance=0.01 * (k + 1), bad_debt=1e5 * (k + 1), low=0.0, high=1e6) for k in range(groups)
    ]
    return pd.concat(cells).sample(frac=1, random_state=3)


@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
def test_lines_of_a_sweep_have_the_values_in_order(labels):
    figure = drawn(effect_lines(lines(), "leverage", "bad_debt", "maintenance", labels))
    axes = figure.axes[0]
    for k, line in enumerate(axes.lines):
        assert line.get_xydata() == pytest.approx(np.column_stack([points()["leverage"], np.full(5, 1e5 * (k + 1))]))
    assert legend(figure) == ["0.01", "0.02", "0.03"]
    assert axes.get_ylabel()
    assert axes.get_xlabel()


def test_a_single_line_a_single_point_and_names():
    assert not legend(drawn(effect_lines(lines(1), "leverage", "bad_debt", None, LABELS)))
    drawn(effect_lines(lines(1).iloc[[0]], "leverage", "bad_debt", "maintenance", LABELS))
    named = lines().assign(leverage=lambda c: "rule " + c["leverage"].astype(str))
    drawn(effect_lines(named, "leverage", "bad_debt", "maintenance", LABELS))


def test_more_lines_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 6 groups"):
        effect_lines(lines(7), "leverage", "bad_debt", "maintenance", LABELS)


def test_arms_are_never_negative():
    rows = pd.DataFrame({"value": [1.0, 2.0], "low": [0.5, 2.1], "high": [2.0, 2.2]})
    assert arms(rows, "value") == pytest.approx(np.array([[0.5, 0.0], [1.0, 0.2]]))
