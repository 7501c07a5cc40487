"""Maps of sweeps: they show the numbers given, and are drawn without warnings whatever cells are missing."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from cascade_sim.plots.sweeps import heat_map, phase_boundary, variance_reduction_map
from cascade_sim.plots.sweeps.grid import Grid
from cascade_sim.plots.sweeps.levels import Levels

LEVERAGE = np.geomspace(3, 100, 7)
MARGIN = np.linspace(0.004, 0.05, 5)
LABELS = {
    "leverage": "Median leverage of traders (1)",
    "maintenance": "Maintenance margin (share of notional)",
    "probability": "Probability of a cascade (1)",
    "bad_debt": "Bad debt (USD)",
    "rule": "Rule of liquidation",
    "variance_reduction": "Variance, independent over paired seeds (1)",
}
LONG = {name: f"{label.split(' (')[0]}, {'of all that is on the venue ' * 5}(USD)" for name, label in LABELS.items()}


def sweep():
    """Every pair of leverage and margin, with a probability that passes one half between them."""
    x, y = (values.ravel() for values in np.meshgrid(LEVERAGE, MARGIN))
    probability = 1 / (1 + np.exp(-(0.01 * np.log(x) - y) / 0.004))
    cells = pd.DataFrame({"leverage": x, "maintenance": y, "probability": probability})
    return cells.assign(low=probability - 0.05, high=probability + 0.1, runs=30, variance_reduction=np.exp(y * 100 - 1))


def boundary():
    found = pd.DataFrame({"leverage": LEVERAGE, "maintenance": 0.01 * np.log(LEVERAGE)})
    return found.assign(low=found["maintenance"] - 0.002, high=found["maintenance"] + 0.003)


def incomplete():
    cells = sweep().drop(index=[3, 11])
    cells.loc[[5, 20], ["probability", "variance_reduction", "high"]] = np.nan
    return cells


def by_rule():
    return sweep()[lambda c: c["leverage"] < 8].assign(
        rule=lambda c: np.where(c["leverage"] < 4, "in full", "in part")
    )[lambda c: ~c.duplicated(["rule", "maintenance"])]


CASES = {
    "full": sweep,
    "one column": lambda: sweep()[lambda c: c["leverage"] == LEVERAGE[2]],
    "one row": lambda: sweep()[lambda c: c["maintenance"] == MARGIN[2]],
    "one cell": lambda: sweep().iloc[[8]],
    "incomplete": incomplete,
    "all zero": lambda: sweep().assign(probability=0.0, low=0.0, high=0.0, variance_reduction=1.0),
    "all missing": lambda: sweep().assign(probability=np.nan, low=np.nan, high=np.nan, variance_reduction=np.nan),
    "infinite": lambda: sweep().assign(variance_reduction=np.inf, high=np.inf),
}


def drawn(figure):
    """The figure, once it has been laid out and drawn without a warning."""
    figure.draw_without_rendering()
    return figure


def legend(figure):
    return [text.get_text() for box in figure.legends for text in box.get_texts()]


def shown(axes):
    return np.ma.filled(axes.collections[0].get_array(), np.nan)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
def test_heat_map_is_titled_and_labelled(case, labels):
    figure = drawn(heat_map(CASES[case](), "leverage", "maintenance", "probability", labels))
    left, right = figure.axes[:2]
    start = labels["probability"].split(" (")[0]
    assert " ".join(figure.get_suptitle().split()).startswith(start)
    assert " ".join(left.get_xlabel().split()) == labels["leverage"]
    assert " ".join(left.get_ylabel().split()) == labels["maintenance"]
    assert "interval" in right.get_title(loc="left")
    title = figure._suptitle.get_window_extent()
    assert title.x1 <= figure.bbox.x1
    assert title.y0 > left.bbox.y1


def test_heat_map_shows_the_values_and_half_the_interval():
    cells = sweep().sample(frac=1, random_state=1)
    figure = drawn(heat_map(cells, "leverage", "maintenance", "probability", LABELS))
    table = sweep()["probability"].to_numpy().reshape(len(MARGIN), len(LEVERAGE))
    assert shown(figure.axes[0]) == pytest.approx(table)
    assert shown(figure.axes[1]) == pytest.approx(np.full_like(table, 0.075))
    assert figure.axes[0].collections[0].get_clim() == (0, 1)


def test_missing_cells_are_hatched_and_named():
    figure = drawn(heat_map(incomplete(), "leverage", "maintenance", "probability", LABELS))
    assert np.isnan(shown(figure.axes[0])).sum() == 4
    assert any("not run" in text for text in legend(figure))
    assert not any("not run" in text for text in legend(heat_map(sweep(), *list(LABELS)[:3], LABELS)))


def test_contour_at_one_half_lies_where_the_probability_passes_it():
    figure = drawn(heat_map(sweep(), "leverage", "maintenance", "probability", LABELS))
    contours = {c.levels[0]: c for c in figure.axes[0].collections[1:] if hasattr(c, "levels")}
    assert contours[0.5].get_linewidth()[0] > contours[0.1].get_linewidth()[0]
    x, y = np.concatenate([path.vertices for path in contours[0.5].get_paths()]).T
    assert y == pytest.approx(0.01 * np.log(x), abs=0.002)  # linear between cells 0.0115 apart
    assert "probability 0.5" in legend(figure)


def test_no_contour_where_nothing_is_passed():
    for case in ("all zero", "all missing", "one row", "one cell"):
        figure = drawn(heat_map(CASES[case](), "leverage", "maintenance", "probability", LABELS))
        assert not any(hasattr(collection, "levels") for collection in figure.axes[0].collections)
        assert "probability 0.5" not in legend(figure)


def test_curves_run_through_the_points_given_and_are_named():
    theory = boundary()[["leverage", "maintenance"]]
    figure = heat_map(
        sweep(), *list(LABELS)[:3], LABELS, boundary=boundary(), theory=theory, theory_start=theory * [1, 0.5]
    )
    lines = {tuple(np.round(line.get_ydata(), 9)) for line in drawn(figure).axes[0].lines}
    assert tuple(np.round(theory["maintenance"], 9)) in lines
    assert tuple(np.round(theory["maintenance"] / 2, 9)) in lines
    assert len(legend(figure)) == 4
    assert len(set(legend(figure))) == 4


def test_money_is_written_in_words():
    cells = sweep().assign(bad_debt=lambda c: c["probability"] * 4e6, low=0.0, high=5e6)
    figure = drawn(heat_map(cells, "leverage", "maintenance", "bad_debt", LABELS))
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts
    assert all(text.endswith((" M", " k")) for text in texts)


def test_names_on_an_axis():
    figure = drawn(heat_map(by_rule(), "rule", "maintenance", "probability", LABELS))
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["in full", "in part"]


def test_two_cells_at_one_place_are_refused():
    with pytest.raises(ValueError, match="several cells have the same leverage and maintenance"):
        heat_map(pd.concat([sweep(), sweep()]), "leverage", "maintenance", "probability", LABELS)


@pytest.mark.parametrize("case", CASES)
def test_variance_reduction_map(case):
    figure = variance_reduction_map(CASES[case](), "leverage", "maintenance", LABELS, boundary=boundary())
    bar = drawn(figure).axes[1]
    low, high = bar.get_ylim()
    assert low < 1 < 3 < high
    assert bar.get_yscale() == "log"
    assert "simulated phase boundary, 95 % interval" in legend(figure)


def test_variance_reduction_map_has_a_contour_at_three():
    figure = drawn(variance_reduction_map(sweep(), "leverage", "maintenance", LABELS))
    assert shown(figure.axes[0]) == pytest.approx(sweep()["variance_reduction"].to_numpy().reshape(5, 7))
    levels = [c.levels[0] for c in figure.axes[0].collections if hasattr(c, "levels")]
    assert levels == [3]
    assert [text[:8] for text in legend(figure)] == ["factor 3"]


BOUNDARIES = {
    "full": boundary,
    "one": lambda: boundary().iloc[[3]],
    "gap": lambda: boundary().assign(maintenance=lambda b: b["maintenance"].mask(b.index == 3)),
    "open": lambda: boundary().assign(low=-np.inf, high=np.inf),
    "no interval": lambda: boundary().assign(low=np.nan, high=np.nan),
    "none found": lambda: boundary().assign(maintenance=np.nan, low=np.nan, high=np.nan),
}


@pytest.mark.parametrize("case", BOUNDARIES)
@pytest.mark.parametrize("labels", [LABELS, LONG], ids=["short", "long"])
def test_phase_boundary_names_its_regions(case, labels):
    figure = drawn(phase_boundary(BOUNDARIES[case](), "leverage", "maintenance", labels))
    axes = figure.axes[0]
    assert figure.get_suptitle().startswith("Critical maintenance margin")
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    names = [text.get_text() for text in axes.texts if "CASCADE" in text.get_text()]
    assert sorted(names) == ([] if case == "none found" else ["CASCADE", "NO CASCADE"])
    assert any("no critical value" in text.get_text() for text in axes.texts) == (case in ("gap", "none found"))


@pytest.mark.parametrize("above", [True, False])
def test_the_regions_are_on_the_right_side(above):
    figure = phase_boundary(boundary(), "leverage", "maintenance", LABELS, cascade_above=above, within=(0, 0.07))
    axes = drawn(figure).axes[0]
    heights = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert (heights["CASCADE"] > heights["NO CASCADE"]) == above
    assert axes.get_ylim() == (0, 0.07)
    curve = axes.lines[-1]
    assert curve.get_ydata() == pytest.approx(boundary()["maintenance"].to_numpy())


def test_axes_are_logarithmic_where_values_are_evenly_spaced_by_ratio():
    assert Levels.of(pd.Series([1.0, 2.0, 5.0, 10.0, 20.0])).geometric
    assert Levels.of(pd.Series(LEVERAGE)).geometric
    assert not Levels.of(pd.Series(MARGIN)).geometric
    assert not Levels.of(pd.Series([0.0, 1.0, 10.0, 100.0])).geometric
    assert Levels.of(pd.Series([True, False])).named


@pytest.mark.parametrize("values", [LEVERAGE, MARGIN, np.array([20.0]), np.array([0.0]), np.array([1.0, 3.0])])
def test_every_value_lies_inside_its_own_cell(values):
    levels = Levels.of(pd.Series(values))
    assert len(levels.edges) == len(values) + 1
    for (low, high), place in zip(pairwise(levels.edges), levels.places, strict=True):
        assert low < place < high


def test_cells_are_put_where_their_axes_say():
    cells = pd.DataFrame({"a": [2.0, 1.0, 2.0], "b": [5.0, 5.0, 7.0], "v": [1, 2, np.inf]})
    grid = Grid.of(cells, "a", "b", cells["v"])
    assert np.array_equal(grid.values, [[2, 1], [np.nan, np.nan]], equal_nan=True)
    assert grid.incomplete
