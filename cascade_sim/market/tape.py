"""What everybody can see of a market's recent past: trends and volatility of its mid price.

Exponential means with memories of one, five and thirty minutes, of the log mid and of its squared
changes. Agents react to these public numbers, so that nobody has to keep a price history.
"""

import math

from cascade_sim.market.depth import mid_level
from cascade_sim.market.kernel import kernel, routine

__all__ = ["calm_volatility", "fast_volatility", "read_tape", "trend"]

FAST, MEDIUM, SLOW = 60.0, 300.0, 1800.0
_VARIANCE_MEMORY = 60.0
_CALM_MEMORY = 4.0 * 3600.0


@kernel
def _approach(mean, value, seconds, memory):
    return mean + (value - mean) * (1.0 - math.exp(-seconds / memory))


@routine
def read_tape(w, m, seconds):
    """Take note of the mid after `seconds` more."""
    tape = w.tapes[m]
    now = math.log(max(mid_level(w, m), 1.0))
    if tape.log_mid == 0.0:
        tape.log_mid = now
        tape.fast = now
        tape.medium = now
        tape.slow = now
    change = now - tape.log_mid
    tape.log_mid = now
    tape.fast = _approach(tape.fast, now, seconds, FAST)
    tape.medium = _approach(tape.medium, now, seconds, MEDIUM)
    tape.slow = _approach(tape.slow, now, seconds, SLOW)
    tape.variance = _approach(tape.variance, change * change / seconds, seconds, _VARIANCE_MEMORY)
    tape.calm_variance = _approach(
        tape.calm_variance, min(change * change / seconds, 4.0 * tape.calm_variance), seconds, _CALM_MEMORY
    )


@kernel
def trend(w, m, horizon):
    """Log distance of the mid from its mean over one (0), five (1) or thirty (2) minutes."""
    tape = w.tapes[m]
    mean = tape.fast if horizon == 0 else (tape.medium if horizon == 1 else tape.slow)
    return tape.log_mid - mean


@kernel
def fast_volatility(w, m):
    """Standard deviation of the log mid per square root of a second, over the last minute."""
    return math.sqrt(w.tapes[m].variance)


@kernel
def calm_volatility(w, m):
    """The same in ordinary times: a mean over hours in which no change counts for more than two sigmas."""
    return math.sqrt(w.tapes[m].calm_variance)
