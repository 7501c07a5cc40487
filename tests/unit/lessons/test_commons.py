"""The leverage commons for a class."""

import numpy as np

from cascade_sim.experiments.games.questions.question import Payoff, read_game
from cascade_sim.experiments.games.reporting.commons import Commons, Estimate
from cascade_sim.experiments.lessons.commons import commons_game
from cascade_sim.plots.lessons.commons import plot_commons


def test_only_what_is_asked_for_is_changed():
    shipped = read_game("leverage-commons")
    few = commons_game(3)
    assert (few.seeds.at_least, few.seeds.at_most) == (3, 3)
    assert (few.settings, few.roles) == (shipped.settings, shipped.roles)
    mild = commons_game(3, news=-0.01, only_profit=True)
    assert mild.settings == shipped.settings | {"news.0.move": -0.01}
    assert mild.roles["trader"].payoff == Payoff()
    assert mild.roles["trader"].strategies == shipped.roles["trader"].strategies


def test_the_figure_names_both_shares():
    shares = np.linspace(0, 1, 5)
    payoffs = np.array([np.ones(5), 3 - 4 * shares])
    found = Commons(
        shares, payoffs, -((shares - 0.25) ** 2), Estimate(0.5, 0.4, 0.6), Estimate(0.25, 0.2, 0.3), Estimate(1, 0, 2)
    )
    upper, lower = plot_commons(found, ("little", "much")).axes
    for axes in (upper, lower):
        assert [text.get_text() for text in axes.texts] == ["each for itself: 50%", "best for all: 25%"]
    assert lower.get_xlabel() == "how many choose much (% of all)"
