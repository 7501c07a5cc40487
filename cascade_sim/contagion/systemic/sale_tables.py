"""Whose forced sales matter most after a shock, by account: with a leverage to keep, or one not to exceed."""

from typing import Any

import numpy as np
import pandas as pd

from cascade_sim.contagion.systemic.fire_sales import fire_sale
from cascade_sim.contagion.systemic.spectrum import spectral_radius
from cascade_sim.contagion.systemic.vulnerable_banks import sales, spiral_matrix

__all__ = ["fire_sale_by_account", "spiral_radius", "vulnerability"]


def _solvent(positions: pd.DataFrame, equity: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Those with positions and equity; others have no leverage to keep."""
    own = equity.reindex(positions.index)
    who = (own > 0) & (positions != 0).any(axis=1)
    return positions[who], own[who]


def _debt_to_equity(positions: pd.DataFrame, equity: pd.Series) -> Any:
    return (positions.abs().sum(axis=1) / equity - 1).to_numpy(float)


def _loss_to_others(held: Any, moves_of_each: Any) -> Any:
    """What everybody's sales cost those whom they cost something, without the seller; gains are not netted."""
    caused = np.empty(len(held))
    for k, moves in enumerate(moves_of_each):
        losses = np.maximum(-held @ moves, 0.0)
        caused[k] = losses.sum() - losses[k]
    return caused


def vulnerability(
    positions: pd.DataFrame,
    equity: "pd.Series[float]",
    depth: "pd.Series[float]",
    shock: "pd.Series[float]",
    losers_only: bool = True,
) -> pd.DataFrame:
    """Losses to a shock and to the sales of all who keep their leverage, and who makes them (Vulnerable Banks).

    Leverage is gross notional over equity, and nobody sells more than it holds. Rows without equity or positions are
    left out. In a derivatives market positions of everybody sum to zero, and what some lose others win, so that
    systemicness, which nets, says little there: ``loss_to_others`` does not net. Moves are linear in sales; where these
    come near to depth, losses are no forecast, but an order of who matters most.

    Parameters
    ----------
    positions : DataFrame, shape (accounts, markets)
        Signed notional (USD).
    equity : Series
        By account (USD).
    depth : Series
        By market: USD that move its price by 100 %, so that the impact L is one over it.
    shock : Series
        By market: return; what is missing is zero.
    losers_only : bool
        Whether who gains from the shock lets its leverage fall; otherwise it adds to its position.

    Returns
    -------
    DataFrame
        Columns ``direct_loss``, ``indirect_loss`` (USD, negative: gains), ``sold`` (USD over all markets, purchases
        included), ``loss_to_others`` (USD that own sales cost those among the others who lose by them),
        ``systemicness`` (net loss of all to own sales, over the equity of all; sums to aggregate vulnerability),
        ``indirect_vulnerability`` (indirect loss over own equity) and ``equity``; who costs others most first.
    """
    positions, equity = _solvent(positions, equity)
    held, move = positions.to_numpy(float), shock.reindex(positions.columns).fillna(0.0).to_numpy(float)
    sold = sales(held, _debt_to_equity(positions, equity), move, at_most_all=True)
    direct = -held @ move
    if losers_only:
        sold[direct <= 0] = 0.0
    moves_of_each = -sold / depth.reindex(positions.columns).to_numpy(float)
    indirect = -held @ moves_of_each.sum(axis=0)
    columns = {
        "direct_loss": direct,
        "indirect_loss": indirect,
        "sold": np.abs(sold).sum(axis=1),
        "loss_to_others": _loss_to_others(held, moves_of_each),
        "systemicness": -moves_of_each @ held.sum(axis=0) / equity.sum(),
        "indirect_vulnerability": indirect / equity.to_numpy(float),
        "equity": equity.to_numpy(float),
    }
    frame = pd.DataFrame(columns, index=positions.index)
    return frame.sort_values("loss_to_others", ascending=False, kind="stable")


def spiral_radius(positions: pd.DataFrame, equity: "pd.Series[float]", depth: "pd.Series[float]") -> float:
    """Spectral radius of the spiral of these accounts, each keeping its leverage: above one it does not end."""
    positions, equity = _solvent(positions, equity)
    impact = 1 / depth.reindex(positions.columns).to_numpy(float)
    return spectral_radius(spiral_matrix(positions.to_numpy(float), _debt_to_equity(positions, equity), impact))


def _breaking_point(held: Any, equity: Any, limit: Any, move: Any) -> Any:
    """Multiple of a shock at which leverage reaches its limit: 0 if it has, infinite if it never does."""
    room = limit * equity - np.abs(held).sum(axis=1)
    taken = np.abs(held) @ move - limit * (held @ move)
    point = np.divide(room, taken, out=np.full(len(held), np.inf), where=taken > 0)
    return np.where(room < 0, 0.0, point)


def fire_sale_by_account(
    positions: pd.DataFrame,
    equity: "pd.Series[float]",
    depth: "pd.Series[float]",
    shock: "pd.Series[float]",
    max_leverage: "float | pd.Series[float]",
) -> pd.DataFrame:
    """Sales after a shock by those whose leverage breaks a limit, round by round (Cont and Schaanning).

    Parameters
    ----------
    positions, equity, depth, shock
        As in `vulnerability`, but without equity or positions nobody is left out, and sales of a whole depth move a
        price by the factor 1 / e.
    max_leverage : float or Series
        Gross notional over equity above which an account sells, down to it: one over its maintenance margin.

    Returns
    -------
    DataFrame
        Columns ``direct_loss``, ``indirect_loss``, ``sold`` (USD, purchases included), ``breaking_point`` (multiple of
        the shock at which the account sells before anybody else has) and ``equity`` (USD left); who sells most first.
    """
    held, move = positions.to_numpy(float), shock.reindex(positions.columns).fillna(0.0).to_numpy(float)
    own = equity.reindex(positions.index).fillna(0.0).to_numpy(float)
    limit = pd.Series(max_leverage, index=positions.index, dtype=float).to_numpy(float)
    sale = fire_sale(held, own, depth.reindex(positions.columns).to_numpy(float), move, max_leverage=limit)
    columns = {
        "direct_loss": -held @ move,
        "indirect_loss": sale.losses,
        "sold": np.abs(sale.sold).sum(axis=1),
        "breaking_point": _breaking_point(held, own, limit, move),
        "equity": sale.equity,
    }
    return pd.DataFrame(columns, index=positions.index).sort_values("sold", ascending=False, kind="stable")
