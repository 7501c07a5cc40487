"""Figures of games: payoff tables, best replies, populations that copy what pays; functions of games and frames."""

from cascade_sim.plots.games.bars import payoff_bars
from cascade_sim.plots.games.choice import pictures_for
from cascade_sim.plots.games.curve import closed_form_curve
from cascade_sim.plots.games.leader import leader_choices
from cascade_sim.plots.games.marks import RestMark, ShareMark
from cascade_sim.plots.games.matrix import payoff_matrix
from cascade_sim.plots.games.number_map import NumberPanel, number_map
from cascade_sim.plots.games.others import choice_against_others
from cascade_sim.plots.games.phase import Flow, phase_line, phase_square, phase_triangle
from cascade_sim.plots.games.regret import regret_by_seeds
from cascade_sim.plots.games.responses import Responses, best_responses
from cascade_sim.plots.games.shares import SharePicture, payoffs_by_share

__all__ = [
    "Flow",
    "NumberPanel",
    "Responses",
    "RestMark",
    "ShareMark",
    "SharePicture",
    "best_responses",
    "choice_against_others",
    "closed_form_curve",
    "leader_choices",
    "number_map",
    "payoff_bars",
    "payoff_matrix",
    "payoffs_by_share",
    "phase_line",
    "phase_square",
    "phase_triangle",
    "pictures_for",
    "regret_by_seeds",
]
