"""The game of quoting for a class."""

from cascade_sim.experiments.games.questions.question import read_game
from cascade_sim.experiments.lessons.quoting import quoting_game


def test_only_what_is_asked_for_is_changed():
    shipped = read_game("quote-or-withdraw")
    few = quoting_game(3)
    assert (few.seeds.at_least, few.seeds.at_most) == (3, 3)
    assert (few.settings, few.roles) == (shipped.settings, shipped.roles)
    patient = quoting_game(3, haste=0.0)
    assert patient.settings == shipped.settings | {"agents.makers.perp-makers.hedge_share": 0.0}
