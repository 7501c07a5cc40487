"""Expected shortfall of weighted samples, against closed forms and the one of plain samples."""

import numpy as np
import pytest
from scipy.stats import norm

from cascade_sim.experiments.margin_tiers.severity import days_of
from cascade_sim.experiments.statistics.tails import expected_shortfall
from cascade_sim.experiments.statistics.weighted_tails import weighted_shortfall, weights_in_strata


def test_equal_weights_are_a_plain_sample():
    losses = np.random.default_rng(1).pareto(2.0, 137)
    plain = expected_shortfall(losses, 0.9).value
    assert weighted_shortfall(losses, np.full(137, 3.0), 0.9) == pytest.approx(plain, rel=1e-12)


def test_a_loss_across_the_edge_counts_in_part():
    # The worst 20 %: all of 10 (weight 0.1), and half of 4 (weight 0.2).
    assert weighted_shortfall([10.0, 4.0, 0.0], [0.1, 0.2, 0.7], 0.8) == pytest.approx((0.1 * 10 + 0.1 * 4) / 0.2)


def test_a_weight_is_as_good_as_as_many_losses():
    losses, counts = np.array([5.0, 1.0, 3.0, 8.0]), np.array([3, 5, 2, 1])
    spelt = weighted_shortfall(np.repeat(losses, counts), np.ones(counts.sum()), 0.75)
    assert weighted_shortfall(losses, counts, 0.75) == pytest.approx(float(spelt))


@pytest.mark.parametrize("exponent", [2.3, 3.0])
def test_strata_of_a_power_law_have_its_shortfall(exponent):
    """Acerbi and Tasche: of a Pareto law, the quantile times exponent / (exponent - 1)."""
    days = [days_of(400, 0.99, first) for first in range(0, 8000, 400)]
    found = [
        weighted_shortfall([(1 - d.rank) ** (-1 / exponent) for d in own], [d.weight for d in own], 0.99)
        for own in days
    ]
    exact = 0.01 ** (-1 / exponent) * exponent / (exponent - 1)
    spread = np.std(found, ddof=1) / np.sqrt(len(found))
    assert spread < 0.03 * exact
    assert np.mean(found) == pytest.approx(exact, abs=4 * spread)


def test_strata_of_a_normal_law_have_its_shortfall():
    """Of a normal law, its density at the quantile over the share of the tail."""
    own = days_of(2000, 0.99)
    found = weighted_shortfall(norm.ppf([d.rank for d in own]), [d.weight for d in own], 0.99)
    assert found == pytest.approx(norm.pdf(norm.ppf(0.99)) / 0.01, rel=2e-3)


def test_strata_tell_more_than_days_as_they_come():
    def errors(draw):
        return np.std([draw(seed) for seed in range(60)])

    def stratified(seed):
        own = days_of(96, 0.99, 1000 * seed)
        return weighted_shortfall([(1 - d.rank) ** (-1 / 3) for d in own], [d.weight for d in own], 0.99)

    def plain(seed):
        return weighted_shortfall(1 + np.random.default_rng(seed).pareto(3.0, 96), np.ones(96), 0.99)

    assert errors(stratified) < 0.5 * errors(plain)


def test_resamples_keep_what_strata_weigh():
    strata, weights = np.array([0] * 3 + [1] * 5 + [2]), np.array([0.2] * 3 + [0.05] * 5 + [0.15])
    drawn = weights_in_strata(strata, weights, 50)
    for stratum, whole in enumerate((0.6, 0.25, 0.15)):
        np.testing.assert_allclose(drawn[:, strata == stratum].sum(axis=1), whole)
    assert (drawn[:, :-1] == 0).any(axis=0).all()


def test_resampled_means_spread_like_the_mean_of_a_stratified_sample():
    values, strata = np.array([1.0, 4.0, 7.0, 2.0, 3.0, 7.0, 8.0]), np.array([0, 0, 0, 1, 1, 1, 1])
    weights = np.where(strata == 0, 0.7 / 3, 0.3 / 4)
    parts = (values[:3], values[3:])
    variance = sum(share**2 * part.var(ddof=1) / len(part) for share, part in zip((0.7, 0.3), parts, strict=True))
    assert (weights_in_strata(strata, weights, 40_000) @ values).var() == pytest.approx(variance, rel=0.03)


@pytest.mark.parametrize(
    ("losses", "weights", "quantile", "said"),
    [([1.0], [1.0], 1.0, "quantile"), ([1.0], [0.0], 0.9, "weights"), ([np.nan], [1.0], 0.9, "finite")],
)
def test_what_is_no_sample_is_refused(losses, weights, quantile, said):
    with pytest.raises(ValueError, match=said):
        weighted_shortfall(losses, weights, quantile)
