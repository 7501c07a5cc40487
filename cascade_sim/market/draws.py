"""Addressed random numbers: a draw is a function of who draws and why, not of who drew before.

``philox(key, counter)`` scrambles an address into 128 random bits. The address is (stream, agent,
event number, k): two runs that share a seed share every draw whose address exists in both, whatever
else differs between them (common random numbers).

References
----------
Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11;
Philox4x32-10, checked against the known answers published with Random123.
"""

import math

import numpy as np

from cascade_sim.market.kernel import kernel

__all__ = ["exponential", "normals", "philox", "uniforms"]

_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_TWO_TO_MINUS_52 = 1.0 / 4503599627370496.0
_TWO_PI = 6.283185307179586


@kernel
def philox(key0, key1, c0, c1, c2, c3):
    """Philox4x32-10: four 32-bit words (as uint64) from a 64-bit key and a 128-bit counter.

    Parameters
    ----------
    key0, key1, c0, c1, c2, c3 : uint64
        Each below 2**32.
    """
    for _ in range(10):
        p0 = _MULTIPLIER_0 * c0
        p1 = _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (p1 >> _HALF) ^ c1 ^ key0, p1 & _WORD, (p0 >> _HALF) ^ c3 ^ key1, p0 & _WORD
        key0 = (key0 + _WEYL_0) & _WORD
        key1 = (key1 + _WEYL_1) & _WORD
    return c0, c1, c2, c3


@kernel
def words(seed, stream, agent, event, k):
    """Four random 32-bit words (uint64) at one address; every argument is a non-negative int64."""
    key = np.uint64(seed)
    return philox(
        key & _WORD,
        key >> _HALF,
        np.uint64(stream) & _WORD,
        np.uint64(agent) & _WORD,
        np.uint64(event) & _WORD,
        np.uint64(k) & _WORD,
    )


@kernel
def _unit(high, low):
    """Float64 strictly between 0 and 1, from 52 random bits (53 could round to 1)."""
    return (np.float64((high << np.uint64(20)) | (low >> np.uint64(12))) + 0.5) * _TWO_TO_MINUS_52


@kernel
def uniforms(seed, stream, agent, event, k):
    """Two independent uniforms on (0, 1) at one address."""
    a, b, c, d = words(seed, stream, agent, event, k)
    return _unit(a, b), _unit(c, d)


@kernel
def normals(seed, stream, agent, event, k):
    """Two independent standard normals at one address (Box and Muller, 1958)."""
    u, v = uniforms(seed, stream, agent, event, k)
    radius = math.sqrt(-2.0 * math.log(u))
    return radius * math.cos(_TWO_PI * v), radius * math.sin(_TWO_PI * v)


@kernel
def exponential(u, mean):
    """Waiting time with the given mean, from a uniform."""
    return -mean * math.log(u)
