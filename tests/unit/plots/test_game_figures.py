"""Figures of games: what is boxed, framed and marked is what the payoffs say, for games of every shape."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.plots.games import (
    Flow,
    NumberPanel,
    Responses,
    RestMark,
    ShareMark,
    SharePicture,
    best_responses,
    choice_against_others,
    closed_form_curve,
    leader_choices,
    number_map,
    payoff_bars,
    payoff_matrix,
    payoffs_by_share,
    phase_line,
    phase_square,
    phase_triangle,
    pictures_for,
    regret_by_seeds,
)
from cascade_sim.plots.games.names import name_of

QUOTES = Game.of_matrices(
    ("deep", "withdraw"), ("attack", "abstain"), [[-6, 3], [0, 0.5]], [[-2, 0], [5, 0]], ("maker", "hunter"), "USD"
)
LONG = "a very long name that no column of any table can hold at all"


def like(players, *strategies, payoff=lambda k, counts: k - counts[0], unit=""):
    """A game of one role of like players."""
    return Game.symmetric(Role("traders", strategies, players), payoff, unit)


def table_of(game, width=0.1):
    """Every payoff with an interval."""
    rows = [
        {"profile": p, "role": role.name, "strategy": name, "low": value - width, "high": value + width}
        for p in game.profiles
        for r, role in enumerate(game.roles)
        for name, value in zip(role.strategies, game.payoffs[p][r], strict=True)
    ]
    return pd.DataFrame(rows)


def drawn(figure):
    """The figure once it is laid out, which is where long words and missing numbers would break it."""
    figure.draw_without_rendering()
    return figure


def title_of(figure):
    return figure.get_suptitle().replace("\n", " ")


def boxed(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_bbox_patch() is not None]


def framed(figure):
    """Rows and columns of framed cells."""
    frames = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [(round(patch.get_y() + 0.485), round(patch.get_x() + 0.485)) for patch in frames]


def test_best_replies_are_boxed_and_equilibria_framed():
    pure = [profile for profile in QUOTES.profiles if QUOTES.is_equilibrium(profile)]
    figure = drawn(payoff_matrix(QUOTES, table_of(QUOTES), pure))
    assert sorted(boxed(figure)) == ["0", "0", "3", "5"]
    assert framed(figure) == [(0, 1), (1, 0)]
    assert title_of(figure) == "What each gets, by what both choose"
    assert "-6.1 to -5.9" in [text.get_text() for text in figure.axes[0].texts]


def test_two_of_one_role_see_each_other_in_the_table():
    hunt = like(2, "attack", "wait", payoff=lambda k, counts: {(2, 0): 3, (1, 1): (-4, 0)[k], (0, 2): 0}[counts])
    figure = drawn(payoff_matrix(hunt, None, [((2, 0),), ((0, 2),)]))
    assert framed(figure) == [(0, 0), (1, 1)]
    assert sorted(boxed(figure)) == ["0", "0", "3", "3"]


def test_without_a_pure_equilibrium_the_key_says_so():
    pennies = Game.of_matrices("ab", "cd", [[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    figure = drawn(payoff_matrix(pennies))
    assert framed(figure) == []
    assert any("no cell is framed" in text.get_text() for text in figure.legends[0].get_texts())


def test_one_of_many_against_all_others():
    bank = like(5, "stay", "run", payoff=lambda k, counts: 1 if counts[k] > 2 else 0)
    figure = drawn(choice_against_others(bank, table_of(bank)))
    assert framed(figure) == [(0, 0), (1, 1)]
    assert title_of(figure) == "What one traders gets, by its own choice and that of all others"


@pytest.mark.parametrize(
    ("game", "names"),
    [
        (QUOTES, ["payoff-matrix", "best-responses", "phase-square"]),
        (like(2, "attack", "wait"), ["payoff-matrix", "best-responses", "phase-line"]),
        (like(10, "high", "low"), ["payoffs-by-share", "phase-line"]),
        (like(6, "5 x", "10 x", "25 x"), ["choice-against-others", "phase-triangle"]),
        (like(2, "a", "b", "c"), ["payoff-matrix", "phase-triangle"]),
        (like(3, "a", "b", "c", "d"), ["choice-against-others"]),
        (like(4, "only"), ["payoff-bars"]),
        (like(1, "a", "b"), ["payoff-bars"]),
        (
            Game((Role("m", ("a", "b"), 2), Role("h", ("c", "d"))), {}),
            ["payoff-bars", "best-responses", "phase-square"],
        ),
        (Game((Role("a", ("x",)), Role("b", ("y",)), Role("c", ("z",))), {}), ["payoff-bars"]),
    ],
)
def test_pictures_that_fit(game, names):
    assert pictures_for(game) == names


@pytest.mark.parametrize("count", [1, 3])
def test_tables_with_long_names_and_missing_payoffs(count):
    payoffs = np.arange(3.0 * count).reshape(count, 3) * 1e6
    payoffs[0, 0] = np.nan
    game = Game.of_matrices(
        [f"{LONG} {k}" for k in range(count)], ["a", LONG, "c"], payoffs, payoffs, (LONG, "b"), "USD"
    )
    figure = drawn(payoff_matrix(game, table_of(game)))
    assert "-" in [text.get_text() for text in figure.axes[0].texts]
    assert "0 to 0" not in [text.get_text() for text in figure.axes[0].texts]
    assert drawn(payoff_bars(game, table_of(game))).axes
    alone = Game.symmetric(Role(LONG, (LONG,), 3), lambda k, counts: np.nan)
    assert drawn(choice_against_others(alone)).axes
    assert drawn(payoff_bars(alone)).axes


def test_bars_show_equilibria_first_and_say_how_many_are_left_out():
    game = like(7, "a", "b", "c")
    last = game.profiles[-1]
    figure = drawn(payoff_bars(game, table_of(game), [last]))
    ticks = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert len(ticks) == 24 < len(game.profiles)
    assert ticks[0] == "▶ all c"
    assert title_of(figure).startswith("24 of 36 ways to choose")


def test_names_of_profiles():
    game = Game((Role("makers", ("deep", "thin"), 3), Role("hunter", ("attack", "wait"))), {})
    assert name_of(game, ((2, 1), (0, 1))) == "makers 2 deep, 1 thin; hunter wait"
    assert name_of(game, ((0, 3), (1, 0))) == "makers all thin; hunter attack"


def responses(first, second):
    shares = np.linspace(0, 1, 21)
    x, y = np.meshgrid(shares, shares, indexing="ij")
    return Responses(shares, first(x, y), second(x, y), ("maker", "hunter"), ("deep", "attack"))


def test_best_replies_jump_where_the_other_makes_one_indifferent():
    found = responses(lambda x, y: 2.5 - 8.5 * y, lambda x, y: 5 - 7 * x)
    figure = drawn(best_responses(found, [(0.0, 1.0), (1.0, 0.0), (5 / 7, 2.5 / 8.5)]))
    axes = figure.axes[0]
    assert "71.4 %, 29.4 %" in [text.get_text() for text in axes.texts]
    always, never = axes.lines[0], axes.lines[1]
    assert np.nanmax(always.get_ydata()[np.isfinite(always.get_xdata())]) == pytest.approx(
        0.25
    )  # deep pays up to 29 % attacks
    assert np.nanmin(never.get_ydata()[np.isfinite(never.get_xdata())]) == pytest.approx(0.3)
    assert len(axes.collections) == 2


def test_best_replies_without_any_indifference():
    figure = drawn(best_responses(responses(lambda x, y: 1 + 0 * y, lambda x, y: -1 + 0 * x)))
    assert not figure.axes[0].collections


def picture(**more):
    share = np.linspace(0, 1, 5)
    curve = pd.DataFrame({"strategy": "high", "share": share, "mean": 1 - 2 * share})
    curves = pd.concat([curve, curve.assign(strategy="low", mean=0.0)])
    return SharePicture(curves.assign(low=curves["mean"] - 0.1, high=curves["mean"] + 0.1), **more)


def test_the_planner_and_the_equilibrium_are_marked_with_their_intervals():
    share = np.linspace(0, 1, 5)
    welfare = pd.DataFrame({"share": share, "mean": share * (1 - 2 * share)})
    one = picture(
        welfare=welfare,
        equilibria=[ShareMark(0.5, 0.4, 0.6, "each for itself")],
        optimum=ShareMark(0.25, 0.2, 0.3, "best for all"),
    )
    figure = drawn(payoffs_by_share([one, picture(heading="closed form")], "share"))
    assert len(figure.axes) == 3  # nobody says what welfare is on paper
    words = [text.get_text() for axes in figure.axes[:3] for text in axes.get_legend().get_texts()]
    assert {"each for itself 50 % (40 to 60)", "best for all 25 % (20 to 30)", "best for all together: 0.125"} <= set(
        words
    )
    assert title_of(figure) == "What each choice pays, by how many make it"


def test_payoffs_alone_have_one_panel():
    figure = drawn(payoffs_by_share([picture()], "share"))
    assert len(figure.axes) == 1
    assert title_of(figure) == "What each choice pays, by how many make it"


REST = [RestMark((0.0,), "unstable"), RestMark((0.6,), "stable"), RestMark((1.0,), "unstable")]


def test_a_population_on_a_line():
    share = np.linspace(0, 1, 11)[:, None]
    figure = drawn(phase_line(Flow(share, share * (1 - share) * (0.6 - share), REST), "high leverage"))
    assert "replicator dynamics" in figure.axes[0].get_title(loc="left")
    heads = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() in ("<", ">")]
    assert heads == [">"] * heads.count(">") + ["<"] * heads.count("<")
    assert {"<", ">"} == set(heads)


@pytest.mark.parametrize(("draw", "size"), [(phase_square, 2), (phase_triangle, 3)])
@pytest.mark.parametrize("kinds", [("saddle", "neutral"), ("stable",), ("stable", "stable", "unstable")])
def test_populations_in_the_plane(draw, size, kinds):
    at = np.full((4, size), 1 / size) + np.arange(4)[:, None] * 0.01
    rest = [RestMark((1.0,) + (0.0,) * (size - 1), kind) for kind in kinds]
    figure = drawn(draw(Flow(at, np.ones_like(at) * [1, -1, 0][:size], rest, [at]), (LONG,) * size))
    assert title_of(figure) == "Where a population goes that copies what pays"
    assert "replicator dynamics" in figure.axes[0].get_title(loc="left").replace("\n", " ")
    assert len(figure.legends[0].get_texts()) == len(set(kinds)) + 1


def test_populations_that_stand_still():
    assert drawn(phase_square(Flow(np.full((3, 2), 0.5), np.zeros((3, 2)), []), ("a", "b"))).axes


@pytest.mark.parametrize("bounds", [{}, {"low": [0.5, 1.0, -3.0], "high": [1.5, 4.0, 0.0]}])
def test_a_leader_is_shown_with_what_follows_each_choice(bounds):
    names = ["4 %", LONG, "9 %"]
    rows = pd.DataFrame({"payoff": [1.0, 2.0, -1.0]} | bounds, names)
    shares = pd.DataFrame([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]], names, ["small", "large"])
    figure = drawn(leader_choices(rows, {"traders": shares}, "venue", "USD"))
    assert title_of(figure) == "What the venue gets by each choice, and how the others answer it"
    heights = [[bar.get_height() for bar in bars] for bars in figure.axes[1].containers]
    assert heights == [[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]


def test_a_curve_of_the_closed_form():
    x = np.linspace(0, 1, 5)
    figure = drawn(closed_form_curve(x, {"a": x, "b": np.where(x > 0.5, np.nan, x)}, "share", "gain", "On paper"))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b"]


@pytest.mark.parametrize(("last", "words"), [(0.04, "known well enough"), (0.2, "still uncertain")])
def test_regret_while_sampling(last, words):
    history = pd.DataFrame({"seeds": [20, 40, 80], "regret": [0.3, 0.1, 0.0], "sd": [0.5, 0.3, last]})
    assert words in drawn(regret_by_seeds(history, 0.05)).get_suptitle()


@pytest.mark.parametrize(("is_harm", "hue"), [(False, 0), (True, 2)])
def test_numbers_over_settings_are_white_at_zero_and_take_their_hue_from_their_sign(is_harm, hue):
    values = np.array([[-2.0, 0.0], [1.0, 2.0]])
    words = [[f"{value:g}\nbelow" for value in row] for row in values]
    panels = [NumberPanel("one", values, words, [(1, 0)]), NumberPanel("other", values, words)]
    figure = number_map(panels, (("a", "b"), ("c", "d")), ("x", "y"), "USD", "What is seen", "note", is_harm=is_harm)
    figure.canvas.draw()
    first, second, _ = figure.axes
    assert [text.get_text() for text in first.texts] == ["-2", "below", "0", "below", "1", "below", "2", "below"]
    assert [len([p for p in axes.patches if isinstance(p, Rectangle)]) for axes in (first, second)] == [1, 0]
    (image,) = first.images
    low, zero, high = image.cmap(image.norm([-2.0, 0.0, 2.0]))[:, :3]
    assert zero.min() > 0.98
    assert low.argmax() != high.argmax()  # blue against vermilion
    assert low.argmax() == hue
