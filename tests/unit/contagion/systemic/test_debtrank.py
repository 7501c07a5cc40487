"""What DebtRank refuses, and that its ways to multiply agree."""

import numpy as np
import pytest
from scipy import sparse

from cascade_sim.contagion.systemic.debtrank import debtrank_of_each, distress, linear_distress, linear_limit
from cascade_sim.contagion.systemic.spectrum import spectral_radius


def test_dense_and_sparse_impact_agree():
    weights = sparse.random_array((600, 600), density=0.01, rng=np.random.default_rng(1)) * 0.3
    values = np.ones(600)
    assert debtrank_of_each(weights, values) == pytest.approx(_one_by_one(weights.toarray(), values))


def _one_by_one(weights, values):
    """The same by definition, one member and one round at a time."""
    ranks = []
    for start in np.eye(len(weights)):
        now, state = start.copy(), np.where(start > 0, "distressed", "undistressed").astype(object)
        while (state == "distressed").any():
            active = state == "distressed"
            now = np.minimum(1, now + weights[active].T @ now[active])
            state[active] = "inactive"
            state[(now > 0) & (state == "undistressed")] = "distressed"
        ranks.append((now - start) @ values / values.sum())
    return ranks


def test_radius_of_a_large_matrix_is_that_of_its_eigenvalues():
    weights = sparse.random_array((320, 320), density=0.02, rng=np.random.default_rng(2))
    assert spectral_radius(weights) == pytest.approx(np.abs(np.linalg.eigvals(weights.toarray())).max())
    assert spectral_radius(sparse.csr_array((400, 400))) == 0


def test_chain_has_no_radius():
    assert spectral_radius(sparse.diags_array(np.ones(399), offsets=1)) == 0


def test_radius_is_that_of_the_strongest_cycle():
    weights = sparse.lil_array((400, 400))
    weights[0, 1], weights[1, 0], weights[1, 2] = 0.5, 0.02, 100.0
    weights[5, 6], weights[6, 7], weights[7, 5], weights[9, 9] = 1, 1, 0.027, 0.2
    assert spectral_radius(weights) == pytest.approx(0.3)


@pytest.mark.parametrize("walk", [distress, linear_distress])
def test_what_makes_no_sense_is_refused(walk):
    with pytest.raises(ValueError, match="must not be negative"):
        walk(np.array([[0, -0.1], [0, 0]]), [1, 0])
    with pytest.raises(ValueError, match="initial distress"):
        walk(np.zeros((2, 2)), [2, 0])


def test_no_end_is_refused():
    ring = np.array([[0, 1.0], [1, 0]])
    with pytest.raises(ValueError, match="spectral radius"):
        linear_limit(ring, [0.1, 0])
    with pytest.raises(ValueError, match="still grows"):
        linear_distress(ring * 0.999999, [1e-3, 0], rounds=10)
