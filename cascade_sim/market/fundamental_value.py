"""What the assets are worth: correlated jumps and diffusion, plus a script of news.

News moves only this. The script holds a log move per asset and tick; a price file becomes such a
script, and so does a scheduled piece of news, so that a replay is a run without diffusion.
"""

import math

import numpy as np

from cascade_sim.market.constants import LINK, SECOND
from cascade_sim.market.draws import normals, uniforms
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.streams import DIFFUSION, JUMP

__all__ = ["advance_fundamentals"]


@kernel
def _shock(w, row, tick, seconds):
    """Correlated normal of one asset times its volatility over a tick."""
    seed = w.clock[0].seed
    total = 0.0
    for j in range(1, row + 1):
        z, _ = normals(seed, DIFFUSION, j, tick, 0)
        total += w.loadings[LINK(row), LINK(j)] * z
    asset = w.assets[LINK(row)]
    return asset.volatility * math.sqrt(seconds) * total - 0.5 * asset.volatility * asset.volatility * seconds


@kernel
def _jump(w, row, tick, seconds):
    """Sudden log move, with the asset's rate a second; at most one a tick."""
    asset = w.assets[LINK(row)]
    move = 0.0
    if asset.jump_rate > 0.0:
        u, _ = uniforms(w.clock[0].seed, JUMP, row, tick, 0)
        if u < asset.jump_rate * seconds:
            z, _ = normals(w.clock[0].seed, JUMP, row, tick, 1)
            move = asset.jump_mean + asset.jump_sd * z
    return move


@routine
def advance_fundamentals(w, tick, interval):
    """Move the fundamental value of every asset over one tick.

    Parameters
    ----------
    tick : int64
        Number of the tick; addresses the draws and the row of the script.
    interval : int64
        Length of a tick in microseconds.
    """
    seconds = np.float64(interval) / np.float64(SECOND)
    for row in range(1, w.assets.shape[0]):
        asset = w.assets[LINK(row)]
        if asset.fundamental > 0.0:
            move = asset.drift * seconds + _shock(w, row, tick, seconds) + _jump(w, row, tick, seconds)
            if tick < w.script.shape[0]:
                move += w.script[LINK(tick), LINK(row)]
            asset.fundamental *= math.exp(move)
