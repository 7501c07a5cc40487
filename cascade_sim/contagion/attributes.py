"""What the attributes of exported graphs mean, and in which unit."""

from fnmatch import fnmatch
from typing import NamedTuple

__all__ = ["ATTRIBUTES", "Attribute", "meaning"]


class Attribute(NamedTuple):
    """Meaning of an attribute, and its unit: "" where it has none."""

    meaning: str
    unit: str = ""


ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    "cascade nodes": {
        "account": Attribute("number of the account that was liquidated"),
        "role": Attribute("kind of agent that the account belongs to"),
        "time": Attribute("of the breach, since the end of the burn-in", "s"),
        "notional": Attribute("gross value of its positions at the breach", "USD"),
        "equity": Attribute("at the breach", "USD"),
        "market": Attribute("of its largest position"),
        "generation": Attribute("steps of forced trades that it took to come by then: 0 needed none"),
        "anyway": Attribute("whether its account is liquidated on the same luck without impact too, then or later"),
        "closed": Attribute("traded or handed over to close it, at what that brought or at mark", "USD"),
        "lost": Attribute("by its positions between reference and breach", "USD"),
        "lost_to_*": Attribute("part of the loss made by the named category; negative for a gain", "USD"),
    },
    "cascade edges": {
        "weight": Attribute("loss of the target made by forced trades of the source, net of rebounds", "USD"),
        "share": Attribute("of the target's whole loss", "1"),
        "market": Attribute("through which most of it came"),
        "cross": Attribute("part of the weight that came through other markets than the target's largest", "USD"),
        "delay": Attribute("from breach to breach", "s"),
    },
    "exposures nodes": {
        "kind": Attribute("account, owner, market or venue"),
        "venue": Attribute("of an account or market"),
        "role": Attribute("kind of agent that an account belongs to"),
        "cohort": Attribute("name of its cohort, or its own; of a pooled node the first"),
        "accounts": Attribute("how many: of an owner, or in a pooled node", "accounts"),
        "balance": Attribute("money, after the funding charged so far", "USD"),
        "collateral": Attribute("balance and profit at mark: what margin is held against", "USD"),
        "equity": Attribute("collateral and other assets at their prices; of an owner, of all its accounts", "USD"),
        "notional": Attribute("gross value of all positions and spot holdings", "USD"),
        "maintenance": Attribute("margin below which the account is liquidated", "USD"),
        "distance": Attribute("least relative move of one market alone that begins its liquidation", "1"),
        "fund": Attribute("collateral of a venue's insurance fund", "USD"),
        "asset": Attribute("that a market trades"),
        "traded": Attribute("perpetual or spot"),
        "mark": Attribute("of a market, at the last sample", "USD"),
        "bids": Attribute("depth within 5 % below the mid, at the last sample", "USD"),
        "asks": Attribute("depth within 5 % above the mid, at the last sample", "USD"),
        "held": Attribute("long positions, or holdings of a spot market's asset on its venue", "USD"),
    },
    "exposures edges": {
        "kind": Attribute(
            "position or inventory (of a market maker; account to market), collateral (account to venue), ownership "
            "(owner to account), oracle (market whose price feeds the other's index) or asset (markets of one asset)"
        ),
        "side": Attribute("long, short or flat (quoted, nothing held)"),
        "size": Attribute("signed; of a pooled node net", "units of the asset"),
        "notional": Attribute("value without sign; of a pooled node gross", "USD"),
        "initial": Attribute("least initial margin, at the tier's highest leverage", "USD"),
        "maintenance": Attribute("maintenance margin of the position", "USD"),
        "distance": Attribute("relative move of this market alone against the position that begins liquidation", "1"),
        "balance": Attribute("money, after the funding charged so far", "USD"),
        "collateral": Attribute("balance and profit at mark", "USD"),
        "equity": Attribute("collateral and other assets at their prices", "USD"),
        "asset": Attribute("that two markets share"),
    },
}


def meaning(table: str, name: str) -> Attribute | None:
    """What an attribute means; none if it is not documented.

    Parameters
    ----------
    table : str
        Key of `ATTRIBUTES`.
    name : str
    """
    return next((found for pattern, found in ATTRIBUTES[table].items() if fnmatch(name, pattern)), None)
