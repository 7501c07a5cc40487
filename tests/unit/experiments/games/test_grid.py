"""A game over a grid: what a value changes, that shared runs are nobody's loss, and what the table says."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.games.analytic.keeper_entry import entry
from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.empirical import play
from cascade_sim.experiments.games.playing.grid import PlayedGrid, play_grid
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.questions.grid import axes_of_options, axes_of_table, cells_of, label_of, market_of
from cascade_sim.experiments.games.questions.question import game_names, read_game
from cascade_sim.experiments.games.reporting.grid_findings import GridFindings
from cascade_sim.experiments.games.reporting.grid_table import choices_table, grid_table
from cascade_sim.experiments.sweeps.question import Axis
from tests.unit.experiments.games.test_empirical import question

COST = "roles.trader.strategies.high.cost"
NEWS = "news.0.move"


def grid_of(game, *options):
    return cells_of(game, axes_of_options(game, options))


def test_a_cell_is_the_game_with_its_values_in_the_market_and_in_the_game():
    cells = grid_of(question(), f"{NEWS}=-0.01,-0.03", f"{COST}=0,50")
    assert [cell.values for cell in cells] == [
        {"move": move, "cost": cost} for move, cost in product((-0.01, -0.03), (0.0, 50.0))
    ]
    assert cells[3].question.settings[NEWS] == -0.03
    assert cells[3].question.roles["trader"].strategies["high"].cost == 50.0
    assert question().roles["trader"].strategies["high"].cost == 0.0


def test_a_number_of_the_market_can_be_multiplied():
    game = read_game("keeper-entry")
    deep = cells_of(game, {"depth": game.axes["depth"]})[1].question.settings
    assert deep["agents.makers.perp-makers.markets.BTC-PERP"] == 4 * 9.0e6
    assert deep["agents.makers.spot-makers.markets.BTC-SPOT"] == 4 * 2.2e6


def test_a_setting_can_be_a_number_over_the_value():
    axes = {"wealth": Axis(values=[0.5, 4], inverse={COST: 100.0})}
    cells = cells_of(question(), axes)
    assert [cell.question.roles["trader"].strategies["high"].cost for cell in cells] == [200.0, 25.0]
    with pytest.raises(GameError, match="a number but 0"):
        cells_of(question(), {"wealth": Axis(values=[0], inverse={COST: 100.0})})


def test_an_axis_without_a_label_is_called_by_its_name():
    assert label_of("wealth", Axis(values=[1], set=NEWS)) == "wealth"
    assert label_of("wealth", Axis(label="Wealth", unit="USD", values=[1], set=NEWS)) == "Wealth (USD)"


@pytest.mark.parametrize("name", game_names())
def test_every_shipped_grid_can_be_laid_out(name):
    game = read_game(name)
    for table in game.tables:
        cells = cells_of(game, axes_of_table(game, table))
        assert len({cell.question.model_dump_json() for cell in cells}) == len(cells) > 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["news.0.move"], "must look like PATH=A,B,C"),
        (["roles.trader.strategies.tall.cost=1,2"], "there is no 'tall'; there is low, high"),
        (["roles.trader.players=0,2"], "at players=0"),
        ([f"{COST}=1,1"], "must differ"),
        ([f"{path}=1,2" for path in "abcd"], "1 to 3 axes"),
    ],
)
def test_what_is_no_grid_is_refused_with_what_there_is(options, words):
    with pytest.raises(GameError) as caught:
        grid_of(question(), *options)
    assert words in str(caught.value)


def test_an_unknown_table_is_refused_with_those_there_are():
    with pytest.raises(GameError, match="entry, urgency"):
        axes_of_table(read_game("keeper-entry"), "no-such")


def test_costs_do_not_make_a_market_but_settings_do():
    cheap, dear, other = (
        grid_of(question(), option)[1].question for option in (f"{COST}=0,1", f"{COST}=0,2", f"{NEWS}=0,-0.01")
    )
    assert market_of(cheap) == market_of(dear) == market_of(question())
    assert market_of(other) != market_of(question())


@pytest.fixture(scope="module")
def played():
    game = question()
    return play_grid(game, axes_of_options(game, [f"{COST}=0,50"]), workers=1)


def test_shared_runs_give_what_each_cell_played_alone_gives(played):
    for cell, shared in zip(played.cells, played.played, strict=True):
        alone = play(cell.question, workers=1)
        pd.testing.assert_frame_equal(shared.samples, alone.samples, check_exact=True)
        pd.testing.assert_frame_equal(shared.outcomes, alone.outcomes, check_exact=True)
    free, dear = (own.game().payoffs[((0, 3),)][0][1] for own in played.played)
    assert free - dear == pytest.approx(50.0)


def test_a_folder_is_gone_on_with_and_another_grid_is_refused(tmp_path):
    game, folder = question(), tmp_path / "grid"
    few = with_seeds(game, 2)
    axes = axes_of_options(game, [f"{COST}=0,50"])
    play_grid(few, axes, 1, None, folder)
    more = play_grid(with_seeds(game, 3), axes, 1, None, folder)
    at_once = play_grid(with_seeds(game, 3), axes, 1)
    for one, other in zip(more.played, at_once.played, strict=True):
        pd.testing.assert_frame_equal(one.samples, other.samples, check_exact=True)
    again = play_grid(few, axes, 1, None, folder)
    assert [own.seeds for own in again.played] == [2, 2]
    with pytest.raises(GameError, match="no grid with these axes"):
        play_grid(few, axes_of_options(game, [f"{COST}=0,60"]), 1, None, folder)


def with_seeds(game, seeds):
    return game.model_copy(update={"seeds": game.seeds.model_copy(update={"at_least": seeds, "at_most": seeds})})


def as_on_paper(cell, prize, seeds=6):
    """What would be measured if the market were the closed form's: one prize, shared by those who come."""
    cost = cell.question.roles["keeper"].strategies["enter"].cost
    samples, outcomes = [], []
    for come, seed in product(range(5, -1, -1), range(seeds)):
        at = {"profile": f"{come}-{5 - come}", "seed": seed}
        luck = 1.0 + 0.1 * (seed - (seeds - 1) / 2)
        samples += [at | {"role": "keeper", "strategy": "enter", "payoff": luck * prize / come - cost}] if come else []
        samples += [at | {"role": "keeper", "strategy": "stay-out", "payoff": 0.0}] if come < 5 else []
        outcomes.append(
            at | {"bad_debt": 100.0 * come, "open_debt": 10.0 * (5 - come), "fall": 0.01, "welfare": -come * cost}
        )
    return Played(cell.question, pd.DataFrame(samples), pd.DataFrame(outcomes))


def test_where_the_market_is_the_closed_form_the_two_agree_in_every_cell():
    game, prizes = read_game("keeper-entry"), (800.0, 2298.0)
    axes = axes_of_options(game, ["cost=100,700,2000", "bonus=0.1,0.3"])
    cells = cells_of(game, axes)
    grid = PlayedGrid(game, axes, cells, [as_on_paper(cell, prizes[k % 2]) for k, cell in enumerate(cells)])
    table = grid_table(grid)
    expected = [1.0, 1.0, entry(5, 800.0, 700.0), entry(5, 2298.0, 700.0), 0.0, entry(5, 2298.0, 2000.0)]
    assert table["paper"].tolist() == pytest.approx(expected)
    assert table["keeper: enter"].tolist() == pytest.approx(expected, abs=1e-6)
    assert (table["keeper: enter low"] <= table["keeper: enter"] + 1e-9).all()
    assert np.allclose(table["prize_of_one"], table["prize_of_all"])
    assert table["debt_more"].tolist() == [450.0] * 6
    mean = 100.0 * 5 * table["keeper: enter"] + 10.0 * 5 * (1.0 - table["keeper: enter"])
    assert table["debt"].tolist() == pytest.approx(mean.tolist(), rel=1e-5)


def test_tables_and_figures_are_written(tmp_path, played):
    found = GridFindings.of(played)
    found.save(tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"table.csv", "shares.png", "debt.png"}
    table = pd.read_csv(tmp_path / "out" / "table.csv")
    assert table["cost"].tolist() == [0.0, 50.0]
    assert (table["trader: low"] + table["trader: high"]).tolist() == pytest.approx([1.0, 1.0])


def test_a_leaders_choices_are_told_for_every_cell(tmp_path):
    rules = {f"{part} %": {"set": {"venues.perps.rules.liquidation.fee": part / 100}} for part in (0, 2)}
    trader = question().model_dump()["roles"]["trader"] | {"players": 1}
    game = question(leader="venue", roles={"venue": {"venue": "perps", "strategies": rules}, "trader": trader})
    grid = play_grid(game, axes_of_options(game, [f"{COST}=0,5e4"]), workers=1)
    rows = choices_table(grid)
    assert rows[["cost", "choice"]].to_numpy().tolist() == [[0, "0 %"], [0, "2 %"], [5e4, "0 %"], [5e4, "2 %"]]
    assert rows["trader: high"].tolist()[2:] == [0.0, 0.0]  # nobody pays that much for it
    GridFindings.of(grid).save(tmp_path / "led")
    assert {path.name for path in (tmp_path / "led").iterdir()} == {"table.csv", "choices.csv", "choices.png"}
