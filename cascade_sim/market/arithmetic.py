"""Exact integer arithmetic: shares of an amount, and a product that may need 128 bits.

Amounts are int64 units of an asset (for example 1e-6 USD). Every rounding goes one stated way,
so that whoever rounds can hand the remainder to a named fund.
"""

import numpy as np

from cascade_sim.market.kernel import kernel, routine

__all__ = ["MILLION", "divide_up", "muldiv", "share_down", "share_up"]

MILLION = 1_000_000
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ONE = np.uint64(1)


@kernel
def share_down(amount, ppm):
    """``amount * ppm / 1e6``, rounded towards minus infinity, without overflow.

    Parameters
    ----------
    amount : int64
        Units of an asset; any value for which the result fits into int64.
    ppm : int64
        Parts per million, at most 1e12.
    """
    return (amount // MILLION) * ppm + (amount % MILLION) * ppm // MILLION


@kernel
def share_up(amount, ppm):
    """``amount * ppm / 1e6``, rounded towards plus infinity, without overflow."""
    return -share_down(-amount, ppm)


@kernel
def divide_up(amount, parts):
    """``amount / parts`` for positive parts, rounded towards plus infinity."""
    return -((-amount) // parts)


@kernel
def _wide_product(a, b):
    """High and low 64-bit words of the product of two 64-bit words."""
    a0 = a & _LOW
    a1 = a >> _HALF
    b0 = b & _LOW
    b1 = b >> _HALF
    p00 = a0 * b0
    p01 = a0 * b1
    p10 = a1 * b0
    carry = ((p00 >> _HALF) + (p01 & _LOW) + (p10 & _LOW)) >> _HALF
    low = (p00 & _LOW) | ((((p00 >> _HALF) + (p01 & _LOW) + (p10 & _LOW)) & _LOW) << _HALF)
    return a1 * b1 + (p01 >> _HALF) + (p10 >> _HALF) + carry, low


@routine
def muldiv(a, b, c):
    """``a * b / c`` of int64 numbers through 128 bits, rounded towards minus infinity.

    Parameters
    ----------
    a : int64
        Any value above -2**63.
    b, c : int64
        ``b >= 0`` and ``c > 0``; the quotient must fit into int64.

    Notes
    -----
    Schoolbook long division, one bit at a time: about 100 ns, for amounts that are settled rarely
    (shares of a deficit, haircuts, parts of an account's equity).
    """
    divisor = np.uint64(c)
    remainder, low = _wide_product(np.uint64(abs(a)), np.uint64(b))
    quotient = np.uint64(0)
    for _ in range(64):
        overflow = remainder >> np.uint64(63)
        remainder = ((remainder & np.uint64(0x7FFFFFFFFFFFFFFF)) << _ONE) | (low >> np.uint64(63))
        low = (low & np.uint64(0x7FFFFFFFFFFFFFFF)) << _ONE
        quotient = quotient << _ONE
        if overflow != np.uint64(0) or remainder >= divisor:
            remainder = remainder - divisor
            quotient = quotient | _ONE
    result = np.int64(quotient)
    if a < 0:
        result = -result
        if remainder != np.uint64(0):
            result -= 1
    return result
