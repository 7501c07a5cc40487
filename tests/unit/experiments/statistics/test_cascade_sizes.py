"""Fits of cascade sizes against exact samples of the Borel law and of synthetic laws."""

import numpy as np
import pytest
from scipy import special

from cascade_sim.experiments.statistics.cascade_sizes import fit_cascade_sizes
from cascade_sim.experiments.statistics.size_measure import measure_of_sizes


def borel_sizes(ratio, largest, cascades, seed=1):
    """Exact sample of total progenies of Poisson offspring with mean `ratio`, given that they are not above largest."""
    sizes = np.arange(1.0, largest + 1.0)
    shares = np.exp(-ratio * sizes + (sizes - 1.0) * np.log(ratio * sizes) - special.gammaln(sizes + 1.0))
    return np.random.default_rng(seed).choice(sizes, cascades, p=shares / shares.sum())


@pytest.mark.parametrize(("smallest", "largest"), [(1, np.inf), (7, np.inf), (7, 50000), (1, 40), (10**6, 10**8)])
def test_sums_are_zeta_functions(smallest, largest):
    zeta = special.zeta(1.8, smallest) - (special.zeta(1.8, largest + 1) if np.isfinite(largest) else 0.0)
    assert measure_of_sizes(smallest, largest, True).tilt(1.8, 0.0).log_norm == pytest.approx(np.log(zeta), abs=1e-8)


@pytest.mark.parametrize("rate", [1e-6, 0.01, 3.0])
def test_integrals_are_incomplete_gamma_functions(rate):
    tilted = measure_of_sizes(2.0, np.inf, False).tilt(0.4, rate)
    for power, wanted in ((0.6, 1.0), (1.6, tilted.mean[1])):
        moment = special.gammaincc(power, 2.0 * rate) * special.gamma(power) * rate**-power
        assert np.exp(tilted.log_norm) * wanted == pytest.approx(moment, rel=1e-9)


@pytest.mark.parametrize(("ratio", "largest"), [(0.8, 3000), (0.9, 20000), (0.95, 100000)])
def test_borel_law(ratio, largest):
    fit = fit_cascade_sizes(borel_sizes(ratio, largest, 100_000), 10)
    cutoff = 1.0 / (ratio - 1.0 - np.log(ratio))
    assert fit.cut.exponent == pytest.approx(1.5, abs=3.0 * fit.cut.exponent_error)
    assert fit.cut.cutoff == pytest.approx(cutoff, abs=3.0 * fit.cut.cutoff_error)
    assert fit.cut.cutoff_error < 0.06 * cutoff
    assert fit.p_value < 1e-100


def test_critical_borel_law_is_a_pure_power_law():
    fit = fit_cascade_sizes(borel_sizes(1.0, 10_000, 100_000), 10, 10_000)
    assert fit.pure.exponent == pytest.approx(1.5, abs=0.03)
    assert fit.pure.exponent == pytest.approx(1.5, abs=3.0 * fit.pure.exponent_error)
    assert fit.p_value > 0.01


@pytest.mark.parametrize("exponent", [1.3, 1.5, 2.0])
def test_the_exponent_of_a_power_law_on_whole_numbers(exponent):
    sizes = np.arange(10, 10_001)
    shares = sizes**-exponent
    sample = np.random.default_rng(1).choice(sizes, 50_000, p=shares / shares.sum())
    fit = fit_cascade_sizes(sample, 10, 10_000)
    assert fit.pure.exponent == pytest.approx(exponent, abs=3.5 * fit.pure.exponent_error)
    assert fit.pure.exponent_error < 0.01


def pareto_cut(exponent, cutoff, smallest, cascades, rng):
    """Exact sample of the continuous law, by rejection from its power law."""
    draws = smallest * (1.0 - rng.random(60 * cascades)) ** (-1.0 / (exponent - 1.0))
    return draws[rng.random(len(draws)) < np.exp(-(draws - smallest) / cutoff)][:cascades]


def test_standard_errors_and_scale_of_real_sizes():
    rng, unit = np.random.default_rng(1), 1e6
    fits = [
        fit_cascade_sizes(unit * pareto_cut(1.7, 40.0, 2.0, 1500, rng), 2.0 * unit, discrete=False) for _ in range(20)
    ]
    exponents, cutoffs = (np.array([getattr(fit.cut, name) for fit in fits]) for name in ("exponent", "cutoff"))
    assert exponents.mean() == pytest.approx(1.7, abs=4.0 * exponents.std() / np.sqrt(20))
    assert exponents.std() == pytest.approx(np.mean([fit.cut.exponent_error for fit in fits]), rel=0.4)
    assert np.median(cutoffs) == pytest.approx(40.0 * unit, rel=0.1)
    assert cutoffs.std() == pytest.approx(np.mean([fit.cut.cutoff_error for fit in fits]), rel=0.4)


def test_pure_real_power_law_is_hills():
    sizes = 3.0 * (1.0 + np.random.default_rng(1).pareto(1.2, 3000))
    fit = fit_cascade_sizes(sizes, 3.0, discrete=False)
    exponent = 1.0 + 1.0 / np.log(sizes / 3.0).mean()
    assert fit.pure.exponent == pytest.approx(exponent, rel=1e-8)
    assert fit.pure.exponent_error == pytest.approx((exponent - 1.0) / np.sqrt(3000), rel=1e-8)
    density = (exponent - 1.0) / 3.0 * (sizes / 3.0) ** -exponent
    assert fit.pure.log_likelihood == pytest.approx(np.log(density).sum())


@pytest.mark.parametrize(("largest", "samples"), [(200.0, 100), (np.inf, 30)])
def test_test_of_the_cut_off_has_its_size(largest, samples):
    rng = np.random.default_rng(1)
    draws = [sizes[sizes <= largest] for sizes in 1.0 + rng.pareto(0.8, (samples, 200))]
    p_values = np.array([fit_cascade_sizes(sizes, 1.0, largest, discrete=False).p_value for sizes in draws])
    assert np.mean(p_values < 0.2) == pytest.approx(0.2, abs=3.0 * np.sqrt(0.2 * 0.8 / samples))
    assert (1.0 in p_values) == np.isfinite(largest)  # where no cut-off is likeliest


def test_against_another_package():
    powerlaw = pytest.importorskip("powerlaw")
    sizes = borel_sizes(0.9, 20000, 3000)
    other = powerlaw.Fit(sizes, discrete=True, xmin=10, estimate_discrete=False, verbose=False)
    assert fit_cascade_sizes(sizes, 10).pure.exponent == pytest.approx(other.power_law.alpha, abs=1e-4)


@pytest.mark.parametrize("sizes", [[], [5], [5, 5, 5, 5], [1, 2, 3], [5, 6, 6, np.nan]])
def test_too_few_sizes(sizes):
    fit = fit_cascade_sizes(sizes, 4)
    assert np.isnan([fit.pure.exponent, fit.cut.cutoff, fit.p_value]).all()
    assert fit.cascades == sum(size >= 4 for size in sizes)


def test_wrong_windows_are_refused():
    with pytest.raises(ValueError, match="smallest < largest"):
        fit_cascade_sizes([1.0], 5.0, 5.0)
    with pytest.raises(ValueError, match="must be whole numbers"):
        fit_cascade_sizes([6.5], 5.0)
