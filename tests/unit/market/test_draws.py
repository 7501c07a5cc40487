"""Addressed draws: published known answers, and the laws they should follow."""

import numpy as np
import pytest

from cascade_sim.market.draws import normals, philox, uniforms
from cascade_sim.market.kernel import exposed

# Random123 kat_vectors, philox4x32 with 10 rounds: key, counter, answer
KNOWN = [
    ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
scramble = exposed(philox)
two_uniforms = exposed(uniforms)
two_normals = exposed(normals)


@pytest.mark.parametrize(("key", "counter", "answer"), KNOWN)
def test_known_answers(key, counter, answer):
    assert tuple(int(word) for word in scramble(*map(np.uint64, key + counter))) == answer


def test_each_part_of_the_address_counts():
    base = (7, 3, 5, 11, 13)
    changed = {two_uniforms(*(part + (i == j) for j, part in enumerate(base))) for i in range(-1, 5)}
    assert len(changed) == 6


def test_uniforms_are_uniform_and_independent():
    draws = np.array([two_uniforms(1, 2, 3, event, 0) for event in range(20_000)])
    assert draws.min() > 0
    assert draws.max() < 1
    counts = np.histogram2d(*draws.T, bins=10, range=[[0, 1], [0, 1]])[0]
    chi_squared = ((counts - 200) ** 2 / 200).sum()
    assert chi_squared < 149  # 99.9 % quantile with 99 degrees of freedom: 148.2


def test_normals_have_the_right_moments():
    draws = np.array([two_normals(1, 2, 3, event, 0) for event in range(20_000)]).ravel()
    assert abs(draws.mean()) < 4 / np.sqrt(len(draws))
    assert abs(draws.var() - 1) < 4 * np.sqrt(2 / len(draws))
    assert abs((draws**4).mean() - 3) < 4 * np.sqrt(96 / len(draws))
