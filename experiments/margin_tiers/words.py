"""Tiers in words and numbers, for whoever has to decide."""

from cascade_sim.amounts import money
from cascade_sim.experiments.margin_tiers.command import Found
from cascade_sim.experiments.margin_tiers.shortfall import Shortfall

__all__ = ["in_words", "table"]


def table(found: Found) -> list[tuple[str, str, str, str]]:
    """Rows of the tiers: position from, maintenance margin, largest leverage, and what the cautious ones ask for."""
    rows = []
    for small, careful in zip(found.smallest, found.cautious, strict=True):
        rows.append(
            (_usd(small.floor), _percent(small.maintenance), f"{small.leverage:g}x", _percent(careful.maintenance))
        )
    return rows


def in_words(found: Found) -> list[str]:
    """Plain sentences: what was asked, what was found, whether it held on other days."""
    asset, answer = found.asset, found.answer
    worst = f"the worst {100 * (1 - asset.quantile):.3g} % of days"
    lines = [
        f"{asset.title or asset.symbol}: {_usd(asset.open_interest)} of open positions on a book with "
        f"{_usd(asset.depth)} a side, and a fund of {_usd(asset.fund)}.",
        f"Wanted: the lowest margin at which the average bad debt of {worst} stays below the fund. (Bad debt is what "
        "liquidated accounts end below zero, and somebody else must pay.)",
    ]
    return lines + _ANSWERS[answer.status](found, worst)


def _found(found: Found, worst: str) -> list[str]:
    answer, first, last = found.answer, found.smallest[0], found.smallest[-1]
    part = answer.low / answer.scale, answer.high / answer.scale
    span = f"{_percent(first.maintenance * part[0])} to {_percent(first.maintenance * part[1])}"
    lines = [
        f"Found: maintenance margin from {_percent(first.maintenance)} of a small position (95 % interval {span}), "
        f"with leverage up to {first.leverage:g}, to {_percent(last.maintenance)} and leverage {last.leverage:g} for "
        "the largest.",
        f"There the average bad debt of {worst} is {_shortfall(found.searched)} on the days of the search.",
    ]
    for name, shortfall in found.fresh.items():
        verdict = _verdict(shortfall, found.asset.fund)
        what = "These tiers" if name == "smallest" else "The cautious tiers, at the upper end of the interval,"
        lines.append(f"{what} on other days that played no part in the search: {_shortfall(shortfall)}: {verdict}.")
    return lines


def _verdict(shortfall: Shortfall, fund: float) -> str:
    if shortfall.high < fund:
        return "clearly below the fund"
    if shortfall.low > fund:
        return "clearly above the fund, so the tiers are too small"
    return f"{'below' if shortfall.value < fund else 'above'} the fund, but too near to it to tell"


def _lowest(found: Found, worst: str) -> list[str]:
    first = found.curve.iloc[0]
    return [
        f"The lowest margin looked at suffices: at {first['scale']:g} times the least that a usual hour asks for, "
        f"{worst} bring {_usd(first['shortfall'])} on average. Margin is not what limits this fund; widen `scales` "
        f"downwards, or give a fund below {_usd(first['shortfall'])}."
    ]


def _none(found: Found, worst: str) -> list[str]:
    last = found.curve.iloc[-1]
    return [
        f"No margin looked at suffices: even at {last['scale']:g} times the least that a usual hour asks for (no tier "
        f"asks for more than half of the position) {worst} bring {_usd(last['shortfall'])} on average. The fund must "
        f"have more than that; it has {_usd(found.asset.fund)}."
    ]


def _not_monotone(found: Found, worst: str) -> list[str]:
    return [
        "More margin does not bring less bad debt throughout, beyond what noise explains "
        f"(p = {found.answer.p_value:.2g}), so there is no smallest margin to speak of. See curve.csv and the figure."
    ]


_ANSWERS = {"found": _found, "lowest suffices": _lowest, "none suffices": _none, "not monotone": _not_monotone}


def _usd(amount: float) -> str:
    return f"{money(amount)} USD"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _shortfall(found: Shortfall) -> str:
    return f"{_usd(found.value)} ({_usd(found.low)} to {_usd(found.high)})"
