"""The shipped games of hunters: they can be seated, and what does not hang on luck holds on every seed."""

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.games.playing.across import across, prey
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


def test_a_game_across_markets_has_a_table_and_equilibria_for_each():
    question = read_game("joint-hunt", {"duration": 40})
    depth = "agents.makers.perp-makers.markets.BTC-PERP"
    markets = [({"depth": d, "size": s}, {depth: d * 1e6} | prey(s)) for d, s in ((9, 40), (18, 20))]
    payoffs, solutions = across(question, markets, range(2), workers=1)
    assert payoffs.groupby(["depth", "size"]).size().tolist() == [4, 4]
    assert solutions.groupby("depth").profile.apply(set).to_dict()[18] == {"0-2"}
    alone = payoffs[(payoffs["profile"] == "1-1") & (payoffs["strategy"] == "attack")]
    assert (alone["mean"] < 0).all()
    assert np.isfinite(payoffs["mean"]).all()
