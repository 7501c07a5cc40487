"""Positions at time zero from a file: who holds what, bought where, with how much behind it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["HeldPositions", "PositionsFileError", "read_positions"]

_NEEDED = ("market", "size", "entry")
_MOST = 1e12  # USD


class PositionsFileError(ValueError):
    """A positions file can't be used."""


@dataclass(frozen=True)
class HeldPositions:
    """Positions of accounts that are not sampled.

    Attributes
    ----------
    names : list of str
        Accounts.
    margin : ndarray of float64, shape (accounts,)
        USD in each.
    account : ndarray of int64, shape (positions,)
        Place of the holder in `names`.
    market : list of str
    size, entry : ndarray of float64, shape (positions,)
        Signed size in units of the asset, and average price paid.
    """

    names: list[str]
    margin: NDArray[np.float64]
    account: NDArray[np.int64]
    market: list[str]
    size: NDArray[np.float64]
    entry: NDArray[np.float64]


def _numbers(frame: pd.DataFrame, name: str, path: Path, positive: bool) -> NDArray[np.float64]:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
    bad = ~np.isfinite(values) | ((values <= 0) if positive else (values == 0))
    if bad.any():
        row = int(bad.argmax())
        wanted = "a number above 0" if positive else "a number other than 0"
        raise PositionsFileError(
            f"positions file {path}: row {row + 2}: {name} must be {wanted}, got {frame[name].tolist()[row]!r}"
        )
    return values


def read_positions(file: str, markets: set[str]) -> HeldPositions:
    """Positions of a CSV file.

    Parameters
    ----------
    file : str
        Columns ``market``, ``size`` (signed, units of the asset), ``entry`` (USD), and ``margin`` (USD put up for
        the position) or ``leverage``; ``account`` groups positions that share their collateral (cross margin),
        without it every row is an account of its own (isolated).
    markets : set of str
        Perpetuals that positions may be in.

    Raises
    ------
    PositionsFileError
        Naming the file, the row and the value.
    """
    path = Path(file)
    if not path.is_file():
        raise PositionsFileError(f"positions file {path}: there is no such file")
    try:
        frame = pd.read_csv(path)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise PositionsFileError(f"positions file {path}: not readable as CSV: {error}") from None
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    missing = [name for name in _NEEDED if name not in frame]
    if missing or not {"margin", "leverage"} & set(frame):
        missing += [] if {"margin", "leverage"} & set(frame) else ["margin or leverage"]
        raise PositionsFileError(
            f"positions file {path}: columns {', '.join(missing)} are missing; it has {list(frame)}"
        )
    unknown = ~frame["market"].astype(str).isin(sorted(markets))
    if unknown.any():
        row = int(unknown.to_numpy().argmax())
        given = frame["market"].iloc[row]
        raise PositionsFileError(
            f"positions file {path}: row {row + 2}: market {given!r} is not one of {sorted(markets)}"
        )
    size, entry = _numbers(frame, "size", path, False), _numbers(frame, "entry", path, True)
    huge = np.abs(size) * entry > _MOST
    if huge.any():
        row = int(huge.argmax())
        raise PositionsFileError(
            f"positions file {path}: row {row + 2}: size times entry must be at most {_MOST:,.0f} USD, "
            f"got {abs(size[row]) * entry[row]:,.0f}"
        )
    if "margin" in frame:
        margin = _numbers(frame, "margin", path, True)
    else:
        margin = np.abs(size) * entry / _numbers(frame, "leverage", path, True)
    holders = (
        frame["account"].astype(str) if "account" in frame else pd.Series([f"row {k + 2}" for k in range(len(frame))])
    )
    codes, names = pd.factorize(holders)
    total = np.zeros(len(names))
    np.add.at(total, codes, margin)
    return HeldPositions(
        [str(name) for name in names], total, codes.astype(np.int64), list(frame["market"]), size, entry
    )
