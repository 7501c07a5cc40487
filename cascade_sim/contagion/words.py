"""Chains of liquidations in words, and what accounts, sides and shares are called in them."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from cascade_sim.amounts import money
from cascade_sim.contagion.chains import Chain
from cascade_sim.contagion.closings import closed_positions

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["account_names", "chain_in_words", "forced_sides", "percent"]

Sides = Mapping[tuple[int, str], str]


def percent(share: float) -> str:
    """Share in per cent, with a decimal where it is small; a dash where there is none.

    Examples
    --------
    >>> percent(0.5), percent(0.029), percent(1.2e-5), percent(float("nan"))
    ('50%', '2.9%', 'under 0.1%', '-')
    """
    if share != share:
        return "-"
    if 0.0 < abs(share) < 0.001:
        return "under 0.1%"
    return f"{share:.0%}" if abs(share) >= 0.1 or share == 0.0 else f"{share:.1%}"


def account_names(result: "Result") -> "pd.Series[str]":
    """What each account is called: its own name where it has one, else its number and role."""
    accounts = result.accounts
    numbered = "account " + accounts.index.astype(str) + " (" + accounts["role"] + ")"
    return accounts["cohort"].where(accounts["role"] == "custom", numbered)


def forced_sides(result: "Result") -> dict[tuple[int, str], str]:
    """Whether each liquidation sold or bought, by liquidation and market: ``sales`` or ``purchases``."""
    closed = closed_positions(result).groupby(["liquidation", "market"])["size"].sum()
    keys: Any = closed.index
    sizes = zip(keys, closed, strict=True)
    return {(int(who), str(market)): "sales" if size > 0 else "purchases" for (who, market), size in sizes}


def _part(share: float) -> str:
    """Share of a loss in parentheses; above one where others gave a part of it back."""
    return " (more than it lost in the end)" if share > 1.0005 else f" ({percent(share)} of its loss)"


def chain_in_words(chain: Chain, names: "pd.Series[str]", sides: Sides) -> str:
    """A chain of liquidations as a sentence.

    Parameters
    ----------
    chain : Chain
    names : Series of str
        Of `account_names`.
    sides : mapping
        Of `forced_sides`.
    """
    called = [names.get(account, f"account {account}") for account in chain.accounts]
    traded = [sides.get(place, "trades") for place in zip(chain.liquidations, chain.markets, strict=True)]
    parts = []
    for k, (causer, victim) in enumerate(pairwise(called)):
        whose = f"forced {traded[k]} of {called[k]}" if k == 0 else f"whose forced {traded[k]}"
        then = " then" if k else ""
        loss = f"{money(chain.losses[k])} USD{_part(chain.shares[k])}"
        whom = "itself" if victim == causer else victim
        parts.append(f"{whose} in {chain.markets[k]}{then} took {loss} from {whom}")
    text = ", ".join(parts)
    end = f"; carried from end to end: {money(chain.carried)} USD" if len(parts) > 1 else ""
    return text[0].upper() + text[1:] + end
