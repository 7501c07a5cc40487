"""`cascade-sim game` as a user meets it."""

import pandas as pd
import pytest
import yaml

from cascade_sim.experiments.games.analytic import analytic, analytic_names
from tests.unit.test_cli import call, refused

QUESTION = {
    "name": "crowd",
    "title": "Two groups of traders",
    "story": "Each group borrows a little or a lot.",
    "scenario": "one-market",
    "settings": {
        "duration": 60,
        "burn_in": 10,
        "news": [{"at": 10, "over": 20, "move": -0.03}],
        "agents.investors": {},
        "agents.liquidators": {},
        "agents.hunters": {},
        "agents.traders.crowd.count": 20,
        "agents.traders.others": {"venue": "perps", "count": 50, "open_interest": {"BTC-PERP": 20e6}, "leverage": 2},
    },
    "roles": {
        "trader": {
            "label": "Group",
            "cohort": "traders.crowd",
            "players": 3,
            "strategies": {
                "low": {"label": "three times", "set": {"leverage": 3, "open_interest.BTC-PERP": 2e6}},
                "high": {"set": {"leverage": 25, "open_interest.BTC-PERP": 20e6}},
            },
        }
    },
    "seeds": {"at_least": 2, "at_most": 2},
    "discussion": "Nothing was found yet.",
}


def lines_of(text):
    """Lines without the blanks at their ends, and without the one with a folder's name, which can be of any length."""
    return [line.rstrip() for line in text.splitlines() if "figures are in" not in line]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("game") / "crowd.yaml"
    path.write_text(yaml.safe_dump(QUESTION, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def played(file):
    """Folder and answer of a game that was played."""
    folder = file.parent / "played"
    return folder, call("game", file, "--out", folder, "--workers", 1)


def test_it_answers_on_one_narrow_screen(played):
    _, result = played
    assert result.exit_code == 0
    lines = lines_of(result.stdout)
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 45
    words = " ".join(result.stdout.split())
    assert words.startswith("Two groups of traders Each group borrows a little or a lot. Scenario one-market, 2 seeds")
    assert "three times / high three times high 3 / 0 " in words
    assert "How sure: over draws of other seeds" in words
    assert "is zero whatever is chosen: what one wins another loses." in words
    assert "Nothing was found yet." in words


def test_it_writes_tables_and_figures(played):
    folder, _ = played
    files = {path.name for path in folder.iterdir()}
    assert {"game.yaml", "payoffs.csv", "payoffs.parquet", "equilibria.csv"} <= files
    assert {"payoffs-by-share.png", "phase-line.png"} <= files
    payoffs, equilibria = pd.read_csv(folder / "payoffs.csv"), pd.read_csv(folder / "equilibria.csv")
    assert len(payoffs) == 6
    assert (payoffs["low"] <= payoffs["mean"]).all()
    assert equilibria.groupby(["equilibrium", "role"])["share"].sum().to_numpy() == pytest.approx(1.0)
    assert equilibria["reported"].any()


def test_the_same_command_goes_on_with_its_folder_and_another_game_is_refused(file, played):
    folder, first = played
    before = (folder / "payoffs.csv").read_bytes()
    again = call("game", file, "--out", folder, "--workers", 1)
    assert again.exit_code == 0
    assert again.stdout == first.stdout
    assert (folder / "payoffs.csv").read_bytes() == before
    message = refused("game", file, "--out", folder, "--set", "news.0.move=-0.02")
    assert "exists already" in message


def test_what_was_found_is_held_against_fresh_seeds(file, tmp_path):
    result = call("game", file, "--confirm", "--out", tmp_path / "out", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert max(map(len, lines_of(result.stdout))) <= 80
    words = " ".join(result.stdout.split())
    assert "Fresh luck: the same choices with seeds 1000000 to 1000001" in words
    assert "what was said first seeds fresh seeds" in words
    said = pd.read_csv(tmp_path / "out" / "confirmation.csv")
    assert set(said["verdict"]) <= {"holds", "does not hold", "undecided"}
    assert (tmp_path / "out" / "fresh" / "samples.parquet").exists()


@pytest.mark.parametrize("ask", [("game",), ("game", "adl-run", "--list")])
def test_without_a_name_the_games_are_listed(ask):
    result = call(*ask)
    assert result.exit_code == 0
    assert max(map(len, lines_of(result.stdout))) <= 80
    for name in analytic_names():
        assert name in result.stdout


@pytest.mark.parametrize("name", analytic_names())
def test_every_game_on_paper_is_told(name):
    result = call("game", name, "--analytic")
    assert result.exit_code == 0, result.output
    assert max(map(len, lines_of(result.stdout))) <= 80
    words = " ".join(result.stdout.split())
    assert words.startswith(analytic(name).title)
    assert "Lesson: " in words


@pytest.mark.parametrize("name", ["quote-or-withdraw", "leverage-commons", "margin-designer"])
def test_games_on_paper_are_drawn(name, tmp_path):
    assert call("game", name, "--analytic", "--out", tmp_path / "paper", "--quiet").output == ""
    facts = pd.read_csv(tmp_path / "paper" / "facts.csv")
    assert facts["value"].tolist() == pytest.approx([fact.value for fact in analytic(name).facts])
    assert list((tmp_path / "paper").glob("*.png"))


def test_parameters_arrive():
    plain, changed = (
        call("game", "joint-hunt", "--analytic", *more).stdout for more in ((), ("--parameter", "cost=2"))
    )
    assert "0.571429" in plain
    assert "0.571429" not in changed
    assert "cost = 2" in changed


def test_wrong_names_are_refused_with_what_there_is():
    assert "leverage-commons" in refused("game", "no-such")
    message = refused("game", "no-such", "--analytic")
    assert "'no-such'" in message
    assert "joint-hunt" in message


def test_wrong_parameters_are_refused_with_what_there_is():
    message = refused("game", "joint-hunt", "--analytic", "--parameter", "depht=2")
    assert "depht" in message
    assert "depth=1" in message
    assert "must look like" in refused("game", "joint-hunt", "--analytic", "--parameter", "depth")
    assert "must look like" in refused("game", "joint-hunt", "--analytic", "--parameter", "depth=two")
    assert "above 0" in refused("game", "joint-hunt", "--analytic", "--parameter", "depth=-1")


def test_options_that_do_not_belong_together_are_refused(file):
    assert "--seeds does not belong to --analytic" in refused("game", "joint-hunt", "--analytic", "--seeds", 3)
    assert "--confirm does not belong to --analytic" in refused("game", "joint-hunt", "--analytic", "--confirm")
    assert "add --analytic" in refused("game", file, "--parameter", "cost=2")


def test_bad_settings_are_refused_before_anything_runs(file, tmp_path):
    assert "must look like" in refused("game", file, "--set", "news.0.move")
    assert "must look like" in refused("game", file, "--set", "news.0.move=[1")
    message = refused("game", file, "--set", "news.0.moev=-0.02", "--out", tmp_path / "new")
    assert "moev" in message
    assert not (tmp_path / "new").exists()


def test_an_existing_folder_is_refused(file, tmp_path):
    assert "exists already" in refused("game", "joint-hunt", "--analytic", "--out", tmp_path)
    assert "exists already" in refused("game", file, "--out", tmp_path)


def test_a_game_file_with_errors_names_them(tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump(QUESTION | {"roles": {"trader": {"cohort": "traders.crowd"}}}), encoding="utf-8")
    assert "strategies" in refused("game", wrong)


def test_a_game_with_a_leader_says_how_sure_its_choice_is(tmp_path):
    trader = QUESTION["roles"]["trader"] | {"players": 1}
    rules = {f"{part} %": {"set": {"venues.perps.rules.liquidation.fee": part / 100}} for part in (0, 2)}
    data = QUESTION | {"leader": "venue", "roles": {"venue": {"venue": "perps", "strategies": rules}, "trader": trader}}
    (tmp_path / "led.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    result = call("game", tmp_path / "led.yaml", "--workers", 1, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    assert "venue chooses first and looks ahead: it gets most by choosing" in words
    assert "How sure: over resampled seeds this choice pays venue most in" in words
    assert "leader.png" in {path.name for path in (tmp_path / "out").iterdir()}


def test_a_game_is_played_across_a_grid_and_gone_on_with(file, tmp_path):
    ask = (
        "game",
        file,
        "--across",
        "roles.trader.strategies.high.cost=0,1e5",
        "--workers",
        1,
        "--out",
        tmp_path / "grid",
    )
    result = call(*ask)
    assert result.exit_code == 0, result.output
    lines = lines_of(result.stdout)
    assert max(map(len, lines)) <= 80
    assert "2 cells, 2 seeds, the same luck in every cell." in result.stdout
    assert "100 k  " in result.stdout
    table = pd.read_csv(tmp_path / "grid" / "table.csv")
    assert table["trader: high"].tolist()[1] == 0.0  # nobody pays that much for it
    assert call(*ask).stdout == result.stdout
    assert "no grid with these axes" in refused(
        "game", file, "--across", "news.0.move=-0.02", "--out", tmp_path / "grid"
    )


def test_grids_are_refused_with_what_there_is(file, tmp_path):
    assert "entry, urgency" in refused("game", "keeper-entry", "--table", "no-such")
    assert "give one of the two" in refused("game", "keeper-entry", "--table", "entry", "--across", "news.0.move=0,1")
    assert "must look like" in refused("game", file, "--across", "news.0.move", "--out", tmp_path / "new")
    assert "moev" in refused("game", file, "--across", "news.0.moev=-0.1,-0.2", "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert "--table does not belong to --analytic" in refused("game", "keeper-entry", "--analytic", "--table", "entry")
