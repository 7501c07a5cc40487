"""Attackers who each see a little differently how strong a market is: Morris and Shin's game of regime change."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check

__all__ = ["CRITICAL", "Crowd", "solve"]

Floats = npt.NDArray[np.float64]

CRITICAL = float(np.sqrt(2.0 * np.pi))  # of public precision over the root of private precision

_STORY = (
    "A market gives way if enough attack it: the weaker it is the fewer are needed. Everybody sees one public figure "
    "for its strength, and has a private guess. An attack costs something, and pays one if the market gives way. So "
    "each must guess what the others guess."
)
_LESSON = (
    "If the public figure is much better than private guesses, fear alone decides: the same market may hold or "
    "fall. If it is worse, there is one strength at which the market gives way, and it can be computed."
)
_SOURCE = "Morris and Shin (2003), in Advances in Economics and Econometrics, vol. 1, chapter 3, section 3"


@dataclass(frozen=True)
class Crowd:
    """Very many attackers, each of whom weighs next to nothing.

    The market has a strength theta: it gives way if a share of at least theta attacks. All see y = theta + noise of
    precision alpha, each sees x = theta + own noise of precision beta (normal; nothing else is known of theta). An
    attack costs `cost` and pays 1 if the market gives way.

    Attributes
    ----------
    public : float
        alpha, 0 or more; one over the variance of the public figure.
    private : float
        beta, above 0.
    cost : float
        In (0, 1).
    """

    public: float
    private: float
    cost: float

    def excess(self, z: npt.ArrayLike, figure: npt.ArrayLike) -> Floats:
        """Zero where Phi(z) is a threshold of equilibrium theta*; shape of both broadcast.

        Attackers with a guess below x* attack, and the market gives way below theta*. Just theta* attack there,
        x* = theta* + Phi^-1(theta*) / sqrt(beta); and whoever sees x* is indifferent,
        sqrt(alpha + beta) (theta* - (alpha y + beta x*) / (alpha + beta)) = Phi^-1(cost). Together
        alpha (theta* - y) - sqrt(beta) Phi^-1(theta*) - sqrt(alpha + beta) Phi^-1(cost) = 0.
        """
        from scipy.special import ndtr

        at = np.asarray(z, float)
        return np.asarray(self.public * (ndtr(at) - np.asarray(figure)) - np.sqrt(self.private) * at - self._unsure)

    @property
    def _unsure(self) -> float:
        from scipy.special import ndtri

        return float(np.sqrt(self.public + self.private) * ndtri(self.cost))

    def _reach(self, figure: float) -> float:
        """No root of the excess lies farther out."""
        return float((self.public * (1.0 + abs(figure)) + abs(self._unsure)) / np.sqrt(self.private) + 9.0)

    @property
    def is_unique(self) -> bool:
        """Whether there is one threshold for every public figure: alpha / sqrt(beta) <= sqrt(2 pi)."""
        return bool(self.public / np.sqrt(self.private) <= CRITICAL)

    def thresholds(self, figure: float) -> list[float]:
        """Strengths up to which the market gives way in equilibrium, ascending: one, or three."""
        from scipy.optimize import brentq
        from scipy.special import ndtr

        reach = self._reach(figure)
        ends = np.array([-reach, *self._turns(), reach])
        values = self.excess(ends, figure)
        return [
            float(ndtr(brentq(lambda z: float(self.excess(z, figure)), low, high, xtol=1e-14)))
            for low, high, first, last in zip(ends[:-1], ends[1:], values[:-1], values[1:], strict=True)
            if first * last < 0.0
        ]

    def chosen(self, figures: npt.ArrayLike, fear: bool) -> Floats:
        """Threshold at each public figure, by interpolation (1e-5); of several, the one that fear or calm picks.

        Fear is the highest one: everybody attacks as soon as that can be right. Calm is the lowest.
        """
        from scipy.special import ndtr

        wanted = np.asarray(figures, float)
        if self.public == 0.0:
            return np.full(wanted.shape, 1.0 - self.cost)
        reach = self._reach(float(np.abs(wanted).max()))  # beyond 8 Phi is 0 or 1, and what follows is straight
        z = np.concatenate([[-reach], np.linspace(-8.0, 8.0, 8001), [reach]])
        y = self.excess(z, 0.0) / self.public  # the figure at which Phi(z) is a threshold
        low, high = self._turns() or (0.0, 0.0)
        upper, lower = z >= high, z <= low
        # Each branch on its own: between the last point of one and the first of the other the threshold jumps.
        many, few = (np.interp(wanted, y[own][::-1], ndtr(z[own])[::-1]) for own in (upper, lower))
        return np.asarray(np.where(wanted <= y[upper].max() if fear else wanted < y[lower].min(), many, few))

    def attacking(self, threshold: npt.ArrayLike, strength: float) -> Floats:
        """Share of the crowd that attacks a market of a strength."""
        from scipy.special import ndtr, ndtri

        at = np.asarray(threshold, float)
        return np.asarray(ndtr(np.sqrt(self.private) * (at - strength) + ndtri(at)))

    def _turns(self) -> tuple[float, ...]:
        """Where the excess turns, phi(z) = sqrt(beta) / alpha; nowhere if there is one threshold only."""
        if self.is_unique:
            return ()
        z = float(np.sqrt(-2.0 * np.log(CRITICAL * np.sqrt(self.private) / self.public)))
        return -z, z


def solve(figure: float = 0.5, public: float = 1.0, private: float = 1.0, cost: float = 0.4) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    figure : float
        y, the public figure for the strength of the market.
    public, private : float
        Precisions of the public figure and of private guesses (one over the variance).
    cost : float
        Of an attack, as a share of what it pays if the market gives way.

    Returns
    -------
    Analytic
    """
    check("public", public, -1e-12)
    check("private", private, 0.0)
    check("cost", cost, 0.0, 1.0)
    crowd = Crowd(public, private, cost)
    found = crowd.thresholds(figure)
    facts = (
        *(Fact("strength below which the market gives way", one, "", _SOURCE) for one in found),
        Fact("the same if private guesses are very good", 1.0 - cost, "", "Morris and Shin (1998), AER 88, 587-597"),
        Fact("public precision over the root of the private one", public / np.sqrt(private)),
        Fact("up to where there is one answer for every figure", CRITICAL, "", "sqrt(2 pi)"),
    )
    figures = np.linspace(-0.5, 1.5, 201)
    every = [crowd.thresholds(float(one)) for one in figures]
    lines = {"market gives way below": np.array([own[-1] for own in every])}
    if not crowd.is_unique:
        lines = {"if fear rules": lines["market gives way below"], "if calm rules": np.array([own[0] for own in every])}
    curve = Curve(figures, lines, "public figure for the market's strength", "strength below which it gives way")
    parameters = {"figure": figure, "public": public, "private": private, "cost": cost}
    return Analytic("global-game", "What do the others see?", _STORY, parameters, None, facts, _LESSON, curve)
