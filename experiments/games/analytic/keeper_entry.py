"""Liquidators who decide whether to come: too few, or too many who pay each other's fees."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check, whole
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.solving.gain_roots import gain_roots

__all__ = ["entry", "entry_game", "healing_repayment", "solve"]

_STORY = (
    "Keepers are outsiders who close positions under water and earn a bonus for it. To be there costs each of them "
    "(a machine, capital, fees for a place in the block). One of those who come gets the bonus. Each decides "
    "without knowing who else comes."
)
_LESSON = (
    "More keepers do not make it safer that one comes: each comes less often, so that the chance of nobody grows. "
    "Where they bid fees against each other, the fees eat the whole bonus, however many they are. A larger bonus "
    "brings more of them, but takes more from the borrower, and beyond a point each repayment makes a debt worse."
)
_ALL_PAY = "Baye, Kovenock and de Vries (1996), Economic Theory 8, 291-305: chance of a bid below b is (b/v)^(1/(n-1))"


def solve(
    keepers: float = 5,
    prize: float = 10.0,
    cost: float = 3.0,
    fee_prize: float = 5.0,
    bidders: float = 2,
    debt: float = 82.0,
    collateral: float = 100.0,
    threshold: float = 0.8,
    bonus: float = 0.05,
    close_factor: float = 0.5,
) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    keepers : float
        How many could come, a whole number.
    prize, cost : float
        What one of those who come gets, and what coming costs each.
    fee_prize, bidders : float
        Prize for the highest fee where everybody pays its bid, and among how many.
    debt, collateral : float
        Of a borrower, in money.
    threshold : float
        Debt over collateral from which it may be liquidated, in (0, 1).
    bonus : float
        Collateral that a keeper gets on top of what it repays, as a share of that.
    close_factor : float
        Share of the debt that one liquidation repays, in (0, 1].

    Returns
    -------
    Analytic
    """
    count, bids = whole("keepers", keepers, 2, 40), whole("bidders", bidders, 2, 1000)
    check("prize", prize, 0.0)
    check("cost", cost, 0.0, prize)
    check("fee_prize", fee_prize, 0.0)
    p = entry(count, prize, cost)
    facts = (
        Fact("chance that each comes", p, "", "v (1 - (1 - p)^n) / (n p) = k"),
        Fact("chance that nobody comes", (1.0 - p) ** count),
        Fact(
            "chance that at most one comes and can bid next to nothing", (1 - p) ** (count - 1) * (1 + (count - 1) * p)
        ),
        Fact("mean fee that each bids", fee_prize / bids, "", _ALL_PAY),
        Fact("fees that all pay together", fee_prize, "", _ALL_PAY),
        *_over_liquidation(debt, collateral, threshold, bonus, close_factor),
    )
    numbers = np.arange(2, 31)
    missed = np.array([(1.0 - entry(int(n), prize, cost)) ** n for n in numbers])
    curve = Curve(numbers.astype(float), {"chance that nobody comes": missed}, "keepers who could come", "chance")
    parameters = {
        "keepers": count,
        "prize": prize,
        "cost": cost,
        "fee_prize": fee_prize,
        "bidders": bids,
        "debt": debt,
        "collateral": collateral,
        "threshold": threshold,
        "bonus": bonus,
        "close_factor": close_factor,
    }
    game = entry_game(count, prize, cost)
    return Analytic("keeper-entry", "Will a keeper come?", _STORY, parameters, game, facts, _LESSON, curve)


def entry_game(keepers: int, prize: float, cost: float) -> Game:
    """Who comes pays the cost and has an equal chance of the prize."""
    role = Role("keeper", ("come", "stay out"), keepers)
    return Game.symmetric(role, lambda k, counts: 0.0 if k else prize / counts[0] - cost)


def entry(keepers: int, prize: float, cost: float) -> float:
    """Chance with which each comes when all do alike; 1 where even all of them together pays."""
    if prize / keepers >= cost:
        return 1.0
    (share,) = gain_roots(entry_game(keepers, prize, cost))
    return share


def healing_repayment(debt: float, collateral: float, threshold: float, bonus: float) -> float:
    """Repayment after which debt is the threshold times collateral: (B - LT C) / (1 - LT (1 + s)).

    From B - r = LT (C - r (1 + s)); Qin et al. (2021), IMC '21, describe the rule.

    Raises
    ------
    ValueError
        Where the bonus is so large that no repayment restores health.
    """
    check("threshold", threshold, 0.0, 1.0)
    if threshold * (1.0 + bonus) >= 1.0:
        most = 1.0 / threshold - 1.0
        raise ValueError(
            f"bonus must be below 1 / threshold - 1 = {most:g} for a repayment to restore health, got {bonus:g}"
        )
    return (debt - threshold * collateral) / (1.0 - threshold * (1.0 + bonus))


def _over_liquidation(
    debt: float, collateral: float, threshold: float, bonus: float, close_factor: float
) -> tuple[Fact, ...]:
    """What a fixed close factor sells beyond need."""
    check("bonus", bonus, -1e-12)
    check("close_factor", close_factor, 0.0, 1.0 + 1e-12)
    check("debt", debt, threshold * collateral)
    needed, repaid = healing_repayment(debt, collateral, threshold, bonus), close_factor * debt
    too_much = max(0.0, repaid - needed)
    return (
        Fact("repayment that just restores health", needed, "money", "(B - LT C) / (1 - LT (1 + s))"),
        Fact("repayment by the close factor", repaid, "money"),
        Fact("liquidated beyond need", too_much, "money"),
        Fact("what that costs the borrower", too_much * bonus, "money"),
        Fact("collateral over debt below which a repayment makes it worse", 1.0 + bonus, "", "C / B < 1 + s"),
    )
