"""Payoffs measured in the market: nothing is lost, luck is shared, and the order of runs does not matter."""

import numpy as np
import pandas as pd
import pytest
import yaml

from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.empirical import play
from cascade_sim.experiments.games.playing.payoffs import play_once
from cascade_sim.experiments.games.playing.played import Played, digest_of
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.questions.players import seat, sizes_of
from cascade_sim.experiments.games.questions.question import GameQuestion, game_names, read_game
from cascade_sim.experiments.games.reporting.commons import commons_of
from cascade_sim.experiments.games.reporting.welfare import welfare_of
from cascade_sim.experiments.games.solving.equilibria import reported

SMALL = {
    "duration": 30,
    "burn_in": 5,
    "news": [{"at": 5, "over": 15, "move": -0.03}],
    "agents.investors": {},
    "agents.liquidators": {},
    "agents.hunters": {},
    "agents.traders.crowd.count": 20,
    "agents.traders.others": {"venue": "perps", "count": 50, "open_interest": {"BTC-PERP": 20e6}, "leverage": 2},
}


def question(**changes: object) -> GameQuestion:
    """Three groups of traders with a little leverage or a lot, for one minute."""
    trader = {
        "cohort": "traders.crowd",
        "players": 3,
        "strategies": {
            "low": {"set": {"leverage": 3, "open_interest.BTC-PERP": 2e6}},
            "high": {"set": {"leverage": 25, "open_interest.BTC-PERP": 20e6}},
        },
    }
    data = {"name": "small", "settings": SMALL, "roles": {"trader": trader}, "seeds": {"at_least": 2, "at_most": 2}}
    return GameQuestion.model_validate(data | changes)


@pytest.fixture(scope="module")
def played() -> Played:
    return play(question(), workers=1)


def test_profits_and_what_venues_took_add_up_to_nothing(played):
    assert played.outcomes["welfare"].abs().max() < 1e-3
    assert played.samples["profit"].abs().max() > 10


def test_a_benefit_of_exposure_is_paid_on_what_is_held_at_the_end():
    profile = ((1, 2),)
    plain, _ = play_once(question().model_dump_json(), (profile, 1))
    roles = {"trader": question().model_dump()["roles"]["trader"] | {"payoff": {"benefit": 0.01}}}
    rows, outcomes = play_once(question(roles=roles).model_dump_json(), (profile, 1))
    for row, before in zip(rows, plain, strict=True):
        assert row["profit"] == before["profit"]
        assert row["payoff"] == pytest.approx(before["payoff"] + 0.01 * row["held"])
    assert outcomes["welfare"] == pytest.approx(20 * sum(0.01 * row["held"] * n for row, n in zip(rows, (1, 2))))


def test_payoffs_do_not_depend_on_the_order_of_profiles():
    asked = question()
    profiles = list(profiles_of(sizes_of(asked)))
    forwards = {profile: play_once(asked.model_dump_json(), (profile, 5)) for profile in profiles}
    backwards = {profile: play_once(asked.model_dump_json(), (profile, 5)) for profile in profiles[::-1]}
    assert forwards == backwards


def test_payoffs_do_not_depend_on_the_number_of_workers(played):
    pd.testing.assert_frame_equal(play(question(), workers=2).samples, played.samples)


def test_a_player_has_the_same_accounts_whatever_the_others_choose():
    money = []
    for profile in (((3, 0),), ((1, 2),)):
        scenario = seat(question(), profile).scenario
        money.append(scenario.agents.traders["crowd-1"])
    assert money[0] == money[1]
    assert list(scenario.agents.traders) == ["others", "crowd-1", "crowd-2", "crowd-3"]


def test_players_do_not_share_settings():
    traders = seat(question(), ((1, 2),)).scenario.agents.traders
    assert [traders[f"crowd-{k}"].leverage.value for k in (1, 2, 3)] == [3, 25, 25]


def test_tables_and_games_have_a_cell_for_everybody_who_plays(played):
    game = played.game()
    assert np.isnan(game.payoffs[((3, 0),)][0][1])
    assert len(played.table()) == 6
    assert (played.table()["low"] <= played.table()["mean"]).all()
    assert len(played.resampled(3)) == 3


def test_makers_are_paid_with_what_they_hedged_on_another_account():
    maker = {"cohort": "makers.perp-makers", "strategies": {"quote": {"cost": 7}}}
    asked = question(roles={"maker": maker})
    (row,), outcomes = play_once(asked.model_dump_json(), (((1,),), 1))
    assert row["payoff"] == pytest.approx(row["profit"] - 7)
    assert outcomes["welfare"] == pytest.approx(-7 * 5, abs=1e-3)  # five makers with two accounts each


@pytest.fixture
def folder(tmp_path, played):
    """A folder that holds two seeds of the game."""
    played.save(tmp_path / "game")
    return tmp_path / "game"


def test_a_folder_is_gone_on_with(folder, played):
    more = play(question(seeds={"at_least": 3, "at_most": 3}), workers=1, folder=folder)
    assert more.seeds == 3
    pd.testing.assert_frame_equal(more.samples[more.samples["seed"] < 2].reset_index(drop=True), played.samples)
    pd.testing.assert_frame_equal(Played.load(folder).samples, more.samples)


def test_another_game_does_not_go_into_the_same_folder(folder):
    with pytest.raises(GameError, match="another game"):
        play(question(settings=SMALL | {"duration": 50}), workers=1, folder=folder)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary")
    with pytest.raises(GameError, match="no folder of a game"):
        play(question(), workers=1, folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["diary.txt"]


def test_a_folder_that_lost_a_file_is_named(folder):
    (folder / "outcomes.parquet").unlink()
    with pytest.raises(GameError, match=r"game can't be read:\n.*missing or damaged"):
        Played.load(folder)


def test_a_game_stopped_in_the_middle_is_whole_and_can_be_gone_on_with(folder, played):
    def stop(label: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    asked = question(seeds={"at_least": 3, "at_most": 3})
    with pytest.raises(KeyboardInterrupt):
        play(asked, workers=1, folder=folder, progress=stop)
    pd.testing.assert_frame_equal(Played.load(folder).samples, played.samples)
    assert sorted(file.name for file in folder.iterdir()) == [
        "game.yaml",
        "outcomes.parquet",
        "payoffs.csv",
        "samples.parquet",
        "state.json",
    ]
    pd.testing.assert_frame_equal(play(asked, workers=1, folder=folder).samples, play(asked, workers=1).samples)


def test_sampling_goes_on_until_the_regret_is_known():
    told: list[str] = []
    same = {"set": {"leverage": 10, "open_interest.BTC-PERP": 2e6}}  # nobody gains by changing, but for luck
    roles = {"trader": {"cohort": "traders.crowd", "players": 2, "strategies": {"one": same, "other": same}}}
    asked = question(roles=roles, seeds={"at_least": 2, "at_most": 4, "regret": 1e-9})
    assert play(asked, workers=1, tell=told.append).seeds == 4
    assert len(told) == 2


def test_a_commons_names_equilibrium_and_planner(played):
    found = commons_of(played, resamples=20)
    assert found.welfare.shape == found.shares.shape == (4,)
    assert 0.0 <= found.private.value <= 1.0
    assert found.planner.low <= found.planner.value <= found.planner.high
    game = played.game()
    assert found.lost.value == pytest.approx(welfare_of(played, game, reported(game)).lost.value, abs=1e-6)


@pytest.mark.parametrize("name", game_names())
def test_every_strategy_of_a_shipped_game_can_be_seated(name):
    asked = read_game(name)
    for profile in (min(profiles_of(sizes_of(asked))), max(profiles_of(sizes_of(asked)))):
        assert len(seat(asked, profile).seats) == sum(role.players for role in asked.roles.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"players": 0}, "roles.trader.players: input should be greater than or equal to 1, got 0"),
        ({"cohort": "traders"}, "must be a kind of agent and a name, as hunters.predators; got 'traders'"),
        ({"venue": "perps"}, "either cohort .* or venue"),
        ({"strategies": {}}, "roles.trader.strategies"),
        (
            {"cohort": None, "venue": "perps", "players": 1, "payoff": {"benefit": 0.1}},
            "payoff.benefit: a venue is paid",
        ),
        ({"payoff": {"counts": {"fall": 1}}}, "only for a venue"),
        ({"strategies": {"mine": {"agent": "nonsense"}}}, "FILE.py:Class"),
    ],
)
def test_a_wrong_file_is_refused_with_the_field_and_the_value(tmp_path, change, message):
    file = tmp_path / "game.yaml"
    data = question().model_dump(mode="json")
    data["roles"]["trader"] |= change
    file.write_text(yaml.safe_dump(data))
    with pytest.raises(GameError, match=message):
        read_game(str(file))


def test_an_unknown_venue_is_named_with_those_there_are_before_anything_runs():
    venue = {"venue": "moon", "strategies": {"as-it-is": {}}}
    with pytest.raises(GameError, match=r"roles.venue.venue: the scenario has no moon; it has .*perps"):
        play(question(roles={"venue": venue}), workers=1)


def test_a_copy_takes_nobodys_place():
    crowded = SMALL | {"agents.traders.crowd-2": SMALL["agents.traders.others"]}
    with pytest.raises(GameError, match=r"has traders.crowd-2 already"):
        play(question(settings=crowded), workers=1)


def test_an_unknown_closed_form_is_refused(tmp_path):
    file = tmp_path / "game.yaml"
    file.write_text(yaml.safe_dump(question().model_dump(mode="json") | {"theory": "chess"}))
    with pytest.raises(GameError, match=r"'chess' is no game on paper; there are joint-hunt, "):
        read_game(str(file))


def test_files_that_a_game_names_lie_beside_it_and_count_with_what_is_in_them(tmp_path):
    file, market = tmp_path / "game.yaml", tmp_path / "market.yaml"
    file.write_text(yaml.safe_dump(question().model_dump(mode="json") | {"scenario": "market.yaml"}))
    digests = []
    for step in (0.5, 0.25, 0.5):
        market.write_text(yaml.safe_dump({"base": "one-market", "fundamental_interval": step}))
        digests.append(digest_of(read_game(str(file))))
    assert digests[0] == digests[2] != digests[1]


def test_what_choices_cost_is_welfare_lost_whoever_pays():
    roles = question().model_dump()["roles"]
    roles["venue"] = {"venue": "perps", "strategies": {"as-it-is": {}}}
    job = (((1, 2), (1,)), 1)
    _, free = play_once(question(roles=roles).model_dump_json(), job)
    roles["venue"]["strategies"]["as-it-is"] = {"cost": 70.0}
    _, dear = play_once(question(roles=roles).model_dump_json(), job)
    assert free["welfare"] - dear["welfare"] == pytest.approx(70.0, abs=1e-6)


def test_an_unknown_cohort_is_named_with_those_there_are():
    roles = {"trader": question().model_dump()["roles"]["trader"] | {"cohort": "traders.crowds"}}
    with pytest.raises(GameError, match=r"no traders.crowds; it has traders.crowd, traders.others"):
        play(question(roles=roles), workers=1)


@pytest.mark.parametrize("roles", ["traders", ["trader"], {"trader": "all"}, {"trader": {"strategies": "both"}}, None])
def test_a_file_of_another_shape_is_refused_by_its_field(tmp_path, roles):
    file = tmp_path / "game.yaml"
    file.write_text(yaml.safe_dump({"name": "odd", "roles": roles, "settings": "none", "seeds": 3}))
    with pytest.raises(GameError, match="roles") as refused:
        read_game(str(file), settings={"duration": 5}, seeds={"at_least": 3})
    assert "settings" in str(refused.value)


def test_a_wrong_setting_of_a_strategy_is_said_with_the_strategy():
    data = question().model_dump()["roles"]["trader"]
    data["strategies"]["high"]["set"]["levrage"] = 5
    with pytest.raises(GameError, match=r"roles.trader.strategies.high:\n.*levrage: there is no such") as refused:
        play(question(roles={"trader": data}), workers=1)
    assert str(refused.value).count("levrage") == 1  # and not once a player


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scenario": "one-markt"}, "did you mean one-market?"),
        ({"settings": {"news.0.mov": -0.1}}, "news.0.mov: there is no such"),
    ],
)
def test_what_is_wrong_for_everybody_is_not_put_down_to_a_strategy(wrong, said):
    with pytest.raises(GameError, match="its scenario or settings:") as refused:
        play(question(**wrong), workers=1)
    assert said in str(refused.value)
    assert "strategies" not in str(refused.value)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"set": {"count": 40}}, r"roles.trader.strategies: few has 20, many has 40 members .* 0 to stay out"),
        (
            {"agent": "cascade_sim.experiments.games.questions.attackers:Attacker", "set": {"venue": "perps"}},
            "few has 20, many has 1 members",
        ),
    ],
)
def test_strategies_whose_payoffs_cannot_be_compared_are_refused_before_anything_runs(other, message):
    trader = {"cohort": "traders.crowd", "strategies": {"few": {}, "many": other}}
    with pytest.raises(GameError, match=message):
        play(question(roles={"trader": trader}, settings=SMALL | {"burn_in": 0}), workers=1)


def test_who_stays_out_is_paid_nothing_and_may_be_compared():
    trader = {"cohort": "traders.crowd", "strategies": {"in": {}, "out": {"set": {"count": 0}}}}
    samples = play(question(roles={"trader": trader}), workers=1).samples
    assert (samples.loc[samples["strategy"] == "out", "payoff"] == 0.0).all()
    assert (samples.loc[samples["strategy"] == "in", "payoff"] != 0.0).all()
