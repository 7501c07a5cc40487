"""Makers who leave when it gets rough: what it does to the market, and the shipped game of quoting with few seeds."""

from cascade_sim.experiments.games.playing.empirical import play
from cascade_sim.experiments.games.questions.question import GameQuestion, read_game
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario

__all__ = ["market", "play_quoting", "quoting_game"]


def market(move: float) -> Scenario:
    """One market with its usual makers, who leave when it gets rough, and news of a size (a share of the price)."""
    return load_scenario("one-market", [f"news.0.move={move}"])


def quoting_game(seeds: int, haste: float | None = None) -> GameQuestion:
    """The game `quote-or-withdraw` with a number of seeds.

    Parameters
    ----------
    seeds : int
        Runs of every profile; no more are added.
    haste : float, optional
        Share of what they hold too much of that makers sell on in every second; the game's own by default.
    """
    changed = {} if haste is None else {"agents.makers.perp-makers.hedge_share": haste}
    return read_game("quote-or-withdraw", changed, {"at_least": seeds, "at_most": seeds})


def play_quoting(seeds: int, haste: float | None = None) -> Findings:
    """Play it in this process and solve it; parameters as for `quoting_game`."""
    return Findings.of(play(quoting_game(seeds, haste), workers=1))
