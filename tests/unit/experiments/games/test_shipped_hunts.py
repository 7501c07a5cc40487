"""The shipped games of hunters: they can be seated, and what does not hang on luck holds on every seed."""

import pandas as pd
import pytest

from cascade_sim.experiments.games.playing.hunts import hunts_table
from cascade_sim.experiments.games.playing.payoffs import play_once
from cascade_sim.experiments.games.profiles import profiles_of
from cascade_sim.experiments.games.questions.players import roles_of, seat
from cascade_sim.experiments.games.questions.question import read_game

NAMES = ("joint-hunt", "pre-emption", "oracle-push", "transparency")


def played(name, profile, seeds=3, **settings):
    """Payoffs with a row a seed and a column a strategy, and outcomes."""
    text = read_game(name, settings or None).model_dump_json()
    runs = [play_once(text, (profile, seed)) for seed in range(seeds)]
    payoffs = [{row["strategy"]: row["payoff"] for row in rows} for rows, _ in runs]
    return pd.DataFrame(payoffs), pd.DataFrame([outcomes for _, outcomes in runs])


@pytest.mark.parametrize("name", NAMES)
def test_every_profile_can_be_seated_and_the_words_are_there(name):
    question = read_game(name)
    sizes = [(role.players, len(role.strategies)) for role in roles_of(question)]
    for profile in profiles_of(sizes):
        assert len(seat(question, profile).seats) == sum(players for players, _ in sizes)
    assert question.title
    assert question.story
    assert "Where simulation and theory part" in question.discussion
    assert question.theory == name
    assert any(path.startswith("roles.") for path in question.sources)


def test_who_hunts_alone_triggers_nothing_and_pays_for_it():
    payoffs, outcomes = played("joint-hunt", ((1, 1),))
    assert (payoffs["attack"] < -900).all()
    assert (payoffs["wait"] == 0).all()
    assert (outcomes["liquidated"] == 0).all()


def test_a_push_that_triggers_nothing_costs_more_for_each_if_both_push():
    both, _ = played("joint-hunt", ((2, 0),), **{"accounts.prey.deposit": 5e6})
    alone, _ = played("joint-hunt", ((1, 1),), **{"accounts.prey.deposit": 5e6})
    assert (both["attack"] < alone["attack"]).all()


def test_the_fast_one_gains_where_the_slow_one_loses():
    payoffs, outcomes = played("pre-emption", ((1, 1, 0),))
    assert (payoffs["fast"] > 0).all()
    assert (payoffs["slow"] < 0).all()
    assert (outcomes["liquidated"] > 1e6).all()


def test_a_slow_oracle_does_not_see_a_short_push():
    payoffs, outcomes = played("oracle-push", ((0, 1), (1, 0)))
    assert (payoffs["push"] < -10_000).all()
    assert (outcomes["liquidated"] < 3e6).all()  # the bet on a fall, after the news
    pushed, harm = played("oracle-push", ((1, 0), (1, 0)))
    assert pushed["push"].mean() > payoffs["push"].mean()
    assert harm["liquidated"].mean() > 5e6


def test_where_nothing_is_seen_nobody_hunts():
    payoffs, outcomes = played("transparency", ((2, 0), (0, 0, 1)), seeds=2)
    assert payoffs["attack"].tolist() == [-50.0, -50.0]
    assert (outcomes["liquidated"] == 0).all()
    seen, harm = played("transparency", ((1, 1), (1, 0, 0)), seeds=2)
    assert (seen["attack"] > 0).all()
    assert (harm["liquidated"] > 1e6).all()


def test_hunts_by_depth_and_size_are_the_shipped_hunt_in_the_market_of_the_scenario():
    found = hunts_table(2, workers=1, depths=(9.0,), sizes=(20.0, 60.0))
    assert found.groupby(["depth", "size"], sort=False).size().to_dict() == {(9.0, 20.0): 4, (9.0, 60.0): 4}
    alone = found[(found["profile"] == "1-1") & (found["strategy"] == "attack")]["mean"]
    shipped, _ = played("joint-hunt", ((1, 1),), seeds=2)
    assert alone.iloc[0] == pytest.approx(shipped["attack"].mean())


def test_a_larger_position_in_danger_is_worth_a_hunt_that_a_small_one_is_not():
    found = hunts_table(2, workers=1, depths=(9.0,), sizes=(10.0, 60.0))
    both = found[found["profile"] == "2-0"].set_index("size")["mean"]
    assert both[10.0] < 0.0 < both[60.0]
