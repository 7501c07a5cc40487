"""Laws of traits: quantiles in closed form, and the range that validation checks."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from cascade_sim.scenario.laws import Law

U = (np.arange(20_000) + 0.5) / 20_000
V = np.random.default_rng(5).permutation(U)
MEDIANS = {
    ("constant", "value", 3.0): 3.0,
    ("uniform", "low", 2.0, "high", 6.0): 4.0,
    ("exponential", "mean", 2.0): 2 * np.log(2),
    ("lognormal", "median", 5.0, "sigma", 0.7): 5.0,
    ("pareto", "minimum", 2.0, "exponent", 3.0): 2 * 2 ** (1 / 3),
    ("choice", "values", (1.0, 7.0, 9.0), "weights", (1.0, 2.0, 1.0)): 7.0,
}


def law_of(words):
    """Law from its name and parameters."""
    return TypeAdapter(Law).validate_python({"law": words[0]} | dict(zip(words[1::2], words[2::2], strict=True)))


@pytest.mark.parametrize("words", MEDIANS, ids=lambda words: words[0])
def test_medians_and_support(words):
    law = law_of(words)
    sample = law.sample(U, V)
    assert np.median(sample) == pytest.approx(MEDIANS[words], rel=0.02)
    low, high = law.support
    assert low <= sample.min() <= sample.max() <= high


def test_lognormal_spread_and_bounds():
    wide = law_of(("lognormal", "median", 5.0, "sigma", 0.7)).sample(U, V)
    assert np.log(wide).std() == pytest.approx(0.7, rel=0.02)
    cut = law_of(("lognormal", "median", 5.0, "sigma", 0.7, "low", 4.0, "high", 6.0))
    assert (cut.sample(U, V).min(), cut.sample(U, V).max()) == cut.support == (4.0, 6.0)


def test_choice_keeps_its_weights():
    sample = law_of(("choice", "values", (1.0, 2.0), "weights", (1.0, 3.0))).sample(U, V)
    assert (sample == 2).mean() == pytest.approx(0.75, abs=1e-3)
