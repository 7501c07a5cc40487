"""What everybody can see of a market's recent past: trends and volatility of its mid price.

Exponential means of the log mid with memories of one, five and thirty minutes, and of its squared changes.
The mid is smoothed over five seconds first, so that quotes that flicker do not count as volatility. Agents
react to these public numbers, so that nobody has to keep a price history.
"""

import math

from cascade_sim.market.depth import mid_level
from cascade_sim.market.kernel import kernel, routine

__all__ = ["calm_volatility", "fast_volatility", "read_tape", "trend"]

FAST, MEDIUM, SLOW = 60.0, 300.0, 1800.0
_SMOOTHING = 5.0
_VARIANCE_MEMORY = 60.0
_CALM_MEMORY = 3600.0
_OUTLIER = 9.0


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
        tape.smooth = now
        tape.fast = now
        tape.medium = now
        tape.slow = now
    tape.log_mid = now
    before = tape.smooth
    tape.smooth = _approach(tape.smooth, now, seconds, _SMOOTHING)
    tape.fast = _approach(tape.fast, now, seconds, FAST)
    tape.medium = _approach(tape.medium, now, seconds, MEDIUM)
    tape.slow = _approach(tape.slow, now, seconds, SLOW)
    # A smoothed random walk moves less: by weight / (2 - weight) of the variance of the walk itself.
    weight = 1.0 - math.exp(-seconds / _SMOOTHING)
    change = tape.smooth - before
    variance = change * change / seconds * (2.0 - weight) / weight
    tape.variance = _approach(tape.variance, variance, seconds, _VARIANCE_MEMORY)
    usual = min(variance, _OUTLIER * tape.calm_variance)
    tape.calm_variance = _approach(tape.calm_variance, usual, seconds, _CALM_MEMORY)


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
    """The same in ordinary times: a mean over an hour in which no change counts for more than three sigmas."""
    return math.sqrt(w.tapes[m].calm_variance)
