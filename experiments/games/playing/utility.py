"""What profit and exposure are worth to somebody who dislikes risk.

Perpetuals move money from one account to another, so that on average nobody gains by trading them: by profit alone
the best leverage is none. Whoever takes leverage all the same wants the exposure, for its drift, for a hedge, or for
what it carries. That is made explicit as a private benefit of the notional that is still held at the end, and risk
by constant absolute risk aversion,

    u(x) = (1 - exp(-a x)) / a,     x = (profit + benefit of what is still held) / stake,

which is x for small x, whatever a, so that utility times the stake is in USD; a = 0 is indifference to risk. It is
what a player expects that counts (von Neumann and Morgenstern, 1944), so that utilities, not certainty equivalents,
are averaged over runs and mixed over strategies.

References
----------
Pratt (1964), "Risk aversion in the small and in the large", Econometrica 32, 122-136 (constant absolute risk aversion).
"""

import numpy as np
import numpy.typing as npt

__all__ = ["certainty_equivalent", "utility"]

Floats = npt.NDArray[np.float64]


def utility(profit: npt.ArrayLike, stake: npt.ArrayLike, risk_aversion: float = 0.0) -> Floats:
    """Utility of a profit, in USD.

    Parameters
    ----------
    profit : array_like of float
        USD, with the benefit of exposure.
    stake : array_like of float
        USD that was put up; above 0 where `risk_aversion` is.
    risk_aversion : float
        Absolute, of profit over stake.
    """
    gain = np.asarray(profit, float)
    if risk_aversion == 0.0:
        return gain
    own = np.asarray(stake, float)
    value: Floats = own * -np.expm1(-risk_aversion * gain / own) / risk_aversion
    return value


def certainty_equivalent(value: npt.ArrayLike, stake: float, risk_aversion: float = 0.0) -> Floats:
    """Certain profit with the same utility, USD: the inverse of `utility`."""
    mean = np.asarray(value, float)
    if risk_aversion == 0.0:
        return mean
    certain: Floats = -stake * np.log1p(-risk_aversion * mean / stake) / risk_aversion
    return certain
