"""In what ways positions of liquidated accounts were closed: in the book, by takeover, against winners, at mark."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["closed_positions"]

_COLUMNS = ["time", "liquidation", "account", "market", "size", "notional", "way"]


def _in_book(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders of the venue's engine, on its own or because a liquidator asked for them."""
    forced = orders[(orders["origin"] == "forced") & (orders["filled"] != 0)]
    way = np.where(forced["asked_by"] > 0, "closer", "book")
    return forced.assign(size=-forced["filled"], way=way)


def _taken_over(takeovers: pd.DataFrame) -> pd.DataFrame:
    """Positions handed over at a value: to liquidators, the fund, or (without impact) the absorber."""
    return takeovers.assign(notional=takeovers["size"].abs() * takeovers["mark"], way=takeovers["by"])


def _deleveraged(adl: pd.DataFrame) -> pd.DataFrame:
    """Positions closed against winners."""
    return adl.assign(notional=adl["size"].abs() * adl["mark"], way="deleveraged")


_READERS = {"liquidation_order": _in_book, "takeover": _taken_over, "adl": _deleveraged}


def closed_positions(result: "Result") -> pd.DataFrame:
    """What liquidations closed, in whatever way, in order of time.

    Parameters
    ----------
    result : Result

    Returns
    -------
    DataFrame
        ``time`` (s), ``liquidation``, ``account``, ``market``, ``size`` (of the position closed, in units of the asset;
        positive: a long), ``notional`` (USD: what was traded in the book, size at mark elsewhere) and ``way``:
        ``book`` (sold by the venue), ``closer`` (sold because a liquidator asked for it), ``deleveraged``, or the
        role of who took the position over (``liquidator``, ``fund``; ``absorber``: closed at mark without impact).
    """
    parts = [read(result.events[kind])[_COLUMNS] for kind, read in _READERS.items() if kind in result.events]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    return pd.concat(parts).sort_values("time", kind="stable", ignore_index=True)
