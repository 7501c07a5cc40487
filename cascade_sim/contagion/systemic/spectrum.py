"""Whether a linear feedback dies out: the spectral radius of its matrix."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackError, eigs

__all__ = ["spectral_radius"]

_DENSE = 300  # rows up to which all eigenvalues are as quick as one


def spectral_radius(matrix: Any) -> float:
    """Largest modulus of an eigenvalue.

    Powers of the matrix vanish, and a loss that it passes on dies out, if and only if this is below one.

    Parameters
    ----------
    matrix : ndarray or sparse array, shape (n, n)
    """
    if matrix.shape[0] <= _DENSE:
        return _of_dense(matrix.toarray() if sparse.issparse(matrix) else np.asarray(matrix, float))
    rows = sparse.csr_array(matrix, dtype=float)
    rows.eliminate_zeros()
    # what is passed on comes back only within a strongly connected part, so the eigenvalues are those of the parts
    _, part = connected_components(rows, connection="strong")
    sizes = np.bincount(part)
    alone = np.abs(rows.diagonal()[sizes[part] == 1]).max(initial=0.0)
    parts = (np.flatnonzero(part == k) for k in np.flatnonzero(sizes > 1))
    return max([float(alone), *(_of_part(rows[who][:, who]) for who in parts)])


def _of_part(rows: Any) -> float:
    """Radius of a strongly connected part."""
    if rows.shape[0] <= _DENSE:
        return _of_dense(rows.toarray())
    try:  # a fixed start, so that the same matrix gives the same digits
        found = eigs(rows, k=1, v0=np.ones(rows.shape[0]), return_eigenvectors=False)
    except ArpackError:
        return _of_dense(rows.toarray())
    return float(abs(found[0]))


def _of_dense(matrix: NDArray[np.float64]) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max(initial=0.0))
