"""Random networks of investors and assets, contagion on them, and the count of failures through one asset."""

import numpy as np
import pytest
from scipy import sparse

from cascade_sim.contagion.systemic.overlapping_portfolios import (
    ALPHA,
    contagion_sizes,
    even_portfolios,
    failures,
    random_links,
)
from cascade_sim.contagion.systemic.portfolio_branching import _failing, _needed


def test_links_are_as_many_as_wanted_and_independent():
    links = random_links(2_000, 500, 4.0, np.random.default_rng(1))
    count = links.sum(axis=1)
    assert links.data.tolist() == [1.0] * links.nnz
    assert count.mean() == pytest.approx(4.0, abs=5 * (4 / 2_000) ** 0.5)
    assert count.var() == pytest.approx(4.0 * (1 - 4 / 500), rel=0.15)
    assert links.sum(axis=0).mean() == pytest.approx(16.0, rel=0.1)


def test_portfolios_are_even():
    held = even_portfolios(sparse.csr_array([[1.0, 1, 0], [0, 0, 1], [0, 0, 0]])).toarray()
    assert held.tolist() == [[0.4, 0.4, 0], [0, 0, 0.8], [0, 0, 0]]


def test_failure_by_hand():
    # the first sells half of the shared asset: 1 - exp(-alpha / 2) = 0.4095 of 0.8 is 0.3276
    held = np.array([[0.8, 0], [0.8, 0], [0, 0.8]])
    loss = 0.8 * -np.expm1(-ALPHA / 2)
    assert failures(held, loss * 1.001, [0]).tolist() == [True, False, False]
    assert failures(held, loss * 0.999, [0]).tolist() == [True, True, False]


def test_runs_do_not_touch_each_other():
    together = contagion_sizes(20, 4, 50, np.random.default_rng(2), investors=60, assets=60)
    assert set(np.unique(together > 0.05)) == {False, True}
    assert (together >= 1 / 60).all()


@pytest.mark.parametrize("leverage", [10.0, 20.0, 30.0])
def test_failures_through_one_asset_are_those_of_the_model(leverage):
    rng, seller, types = np.random.default_rng(3), 3, 6
    needed = _needed(np.arange(1.0, types + 1), leverage, 0.8, ALPHA)
    for holders in rng.poisson(0.7, (40, types)):
        links = np.repeat(np.arange(1, types + 1), holders)
        held = 0.8 / np.append(seller, links)
        failed = failures(held[:, None], 1 / leverage, [0])[1:]
        by_type = np.bincount(links[failed], minlength=types + 1)[1:]
        assert _failing(seller, holders[None].astype(float), needed).tolist() == by_type.tolist()
