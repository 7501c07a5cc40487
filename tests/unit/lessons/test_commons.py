"""The leverage commons for a class."""

from cascade_sim.experiments.games.questions.question import Payoff, read_game
from cascade_sim.experiments.lessons.commons import commons_game


def test_only_what_is_asked_for_is_changed():
    shipped = read_game("leverage-commons")
    few = commons_game(3)
    assert (few.seeds.at_least, few.seeds.at_most) == (3, 3)
    assert (few.settings, few.roles) == (shipped.settings, shipped.roles)
    mild = commons_game(3, news=-0.01, only_profit=True)
    assert mild.settings == shipped.settings | {"news.0.move": -0.01}
    assert mild.roles["trader"].payoff == Payoff()
    assert mild.roles["trader"].strategies == shipped.roles["trader"].strategies
