"""Where hunters need each other: a cell is coloured and labelled by what attacking pays, alone and together."""

import pandas as pd
import pytest

from cascade_sim.plots.hunts import KINDS, plot_hunts


def payoffs(cells):
    """Payoffs of attacking for (size, depth): (alone, both), known within 1."""
    rows = []
    for (size, depth), means in cells.items():
        for profile, mean in zip(("1-1", "2-0"), means, strict=True):
            row = {"size": size, "depth": depth, "profile": profile, "strategy": "attack", "mean": mean}
            rows += [row | {"low": mean - 1, "high": mean + 1}, row | {"strategy": "wait", "mean": 0.0}]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("alone", "both", "kind", "word"),
    [
        (-30.0, -10.0, "nobody hunts", ""),
        (-30.0, 10.0, "both or nobody", "75%"),
        (30.0, -10.0, "one of the two", ""),
        (30.0, 10.0, "both hunt", ""),
        (-3.0, 0.5, "both or nobody", "86% ?"),
    ],
)
def test_a_cell_says_what_two_hunters_choose(alone, both, kind, word):
    axes = plot_hunts(payoffs({(20.0, 9.0): (alone, both)})).axes[0]
    assert KINDS[int(axes.images[0].get_array()[0, 0])] == kind
    assert [text.get_text() for text in axes.texts] == [word]


def test_axes_are_in_millions():
    axes = plot_hunts(payoffs({(s, d): (1.0, 1.0) for s in (10.0, 20.0) for d in (4.5, 9.0)})).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["4.5", "9"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1", "2"]
