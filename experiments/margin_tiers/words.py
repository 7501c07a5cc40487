"""Tiers in words and numbers, for whoever has to decide."""

from cascade_sim.amounts import money
from cascade_sim.experiments.margin_tiers.command import Found
from cascade_sim.experiments.margin_tiers.shortfall import Shortfall
from cascade_sim.experiments.margin_tiers.verify import Step

__all__ = ["in_words", "table"]


def table(found: Found) -> list[tuple[str, str, str, str]]:
    """Rows of the chosen tiers: position from, maintenance margin, largest leverage, and margin as searched alone."""
    return [
        (_usd(tier.floor), _percent(tier.maintenance), f"{tier.leverage:g}x", _percent(searched.maintenance))
        for tier, searched in zip(found.chosen, found.smallest, strict=True)
    ]


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
    answer, first = found.answer, found.smallest[0]
    part = answer.low / answer.scale, answer.high / answer.scale
    span = f"{_percent(first.maintenance * part[0])} to {_percent(first.maintenance * part[1])}"
    return [
        f"On the days of the search that is a maintenance margin from {_percent(first.maintenance)} of a small "
        f"position (95 % interval {span}), where the average bad debt of {worst} is {_shortfall(found.searched)}.",
        "A margin chosen by some days looks too good on them. So margins were tried on other days, from the upper end "
        "of that interval upwards, until the whole interval of the bad debt was below the fund.",
        *(_step(step) for step in found.steps),
        _choice(found),
        f"On days that played no part at all {_of_fresh(found, 'chosen', 'they')}; what the search alone would have "
        f"chosen ({_percent(first.maintenance)}): {_of_fresh(found, 'smallest', 'those')}.",
    ]


def _step(step: Step) -> str:
    holds = "holds" if step.holds else "does not hold"
    return f"Tried: from {_percent(step.tiers[0].maintenance)}: {_shortfall(step.shortfall)}: {holds}."


def _choice(found: Found) -> str:
    if not found.chosen:
        last = found.steps[-1].tiers[0]
        return (
            f"No tiers in the range held: even from {_percent(last.maintenance)} the fund of "
            f"{_usd(found.asset.fund)} may be too small. Widen `scales` upwards, give more days (`runs`), or give the "
            "fund more."
        )
    first, last = found.chosen[0], found.chosen[-1]
    return (
        f"Chosen: maintenance margin from {_percent(first.maintenance)} of a small position, with leverage up to "
        f"{first.leverage:g}, to {_percent(last.maintenance)} and leverage {last.leverage:g} for the largest."
    )


def _of_fresh(found: Found, name: str, who: str) -> str:
    shortfall = found.fresh[name]
    return f"{who} bring {_shortfall(shortfall)}, {_verdict(shortfall, found.asset.fund)}"


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
