"""What is done differently when a run is repeated: the same luck, one thing changed."""

from dataclasses import dataclass

__all__ = ["LOWERED", "WAYS", "WISHES", "Intervention", "InterventionError"]

LOWERED = ("bad_debt", "liquidated", "liquidations", "fall")  # what a cut may be asked to lower
WAYS = {
    "remove": "taken out",
    "top-up": "topped up whenever margin is missing",
    "isolate": "margined apart market by market",
}
WISHES = {
    "nothing": "repeat the run as it is",
    "liquidation=N": "close liquidation N at mark, no order reaches the book",
    "account=N": "take account N out, with its owner's other accounts",
    "cohort=NAME": "take every account of a cohort out, for example the hunters",
    "link=N:MARKET": "keep account N out of one market",
    "isolated=N": "keep the margin of account N apart market by market",
    "isolated=all": "do so for everybody who trades several markets",
    "top-up=N": "pay in whatever margin account N misses",
}


class InterventionError(ValueError):
    """What is to be done differently can't be."""


@dataclass(frozen=True, kw_only=True)
class Intervention:
    """Changes to a run, everything else drawn the same; none by default.

    Attributes
    ----------
    liquidations : tuple of (int, int)
        Account, and which of its liquidations since the start (1: the first): closed at mark against an absorber,
        no order reaches the book.
    accounts : tuple of int
        Taken out, with the other accounts of their owners: what they hold at time zero is held by an absorber, who
        never trades and is never liquidated, and nothing they send arrives.
    links : tuple of (int, str)
        Account and market: the same for its positions and orders in that market only. An arbitrageur is kept out
        of the other leg too, which would otherwise be traded for nothing.
    guaranteed : tuple of int
        Never liquidated: whatever margin is missing at a breach is paid in from outside, and no more. What is paid
        in stands in the events as transfers.
    isolated : tuple of int
        Traders and named accounts whose margin is kept apart market by market, each position in an account of its
        own. Collateral is divided in proportion to what positions cost, equally where there are none. Who trades
        one market only stays as it is.
    all_isolated : bool
        Whether that holds for every trader and named account with more than one market.
    orders : tuple of (int, int)
        Account and microsecond of arrival since time zero: what arrives then is lost. One an account.
    """

    liquidations: tuple[tuple[int, int], ...] = ()
    accounts: tuple[int, ...] = ()
    links: tuple[tuple[int, str], ...] = ()
    guaranteed: tuple[int, ...] = ()
    isolated: tuple[int, ...] = ()
    all_isolated: bool = False
    orders: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return self != Intervention()
