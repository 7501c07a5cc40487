"""Money: what populations have is what they had, what the exchange made of it, and what people brought and took."""

import numpy as np
import pytest

from cascade_sim.experiments.ecology import ARMS, live

TO_THE_UNIT = 1e-6  # USD, what money on an exchange is rounded to; double precision is finer for tens of millions


@pytest.fixture(scope="module")
def history(small):
    return live(small(news__chance=0.4), workers=1)


def test_capital_then_is_capital_before_and_what_came_and_went(history):
    rows = history.populations
    expected = rows["capital"] + rows["profit"] - rows["left"]
    expected += rows["entered"] - rows["withdrawn"] + rows["switched"]
    assert np.abs(expected - rows["capital_after"]).max() < TO_THE_UNIT
    assert rows["wiped"].sum() > 0
    assert rows["entered"].sum() > 0


def test_what_one_episode_ends_with_the_next_begins_with(history):
    for _, rows in history.populations.groupby(["arm", "seed", "population"]):
        assert rows["capital"].iloc[1:].tolist() == rows["capital_after"].iloc[:-1].tolist()
        assert rows["members"].iloc[1:].tolist() == rows["members_after"].iloc[:-1].tolist()


def test_on_the_venue_what_some_win_others_lose_or_pay_in_fees(history):
    address = ["arm", "seed", "episode"]
    episodes = history.episodes.set_index(address)
    populations = history.populations.groupby(address)["profit"].sum()
    assert np.abs(populations + episodes["others"] + episodes["fees"]).max() < 1e-3  # ten thousand roundings
    assert (episodes["fees"] > 0).all()


def test_changing_type_moves_money_and_makes_none(history):
    assert np.abs(history.populations.groupby(["arm", "seed", "episode"])["switched"].sum()).max() < TO_THE_UNIT


def test_whole_people_with_money_of_their_own(history):
    rows = history.populations
    assert (rows[["members_after", "wiped"]] >= 0).all().all()
    assert (rows.loc[rows["members_after"] == 0, "capital_after"].abs() < TO_THE_UNIT).all()


def test_quiet_and_unhunted_everybody_keeps_their_money_up_to_fees(small):
    calm = small(news__mean=0.0, news__sd=0.0, news__chance=0.0, populations__high__leverage=10)
    still = live(calm, arms=ARMS[1:], workers=1)
    prey = still.populations[still.populations["role"] == "prey"]
    assert prey["wiped"].sum() == 0
    assert prey["left"].sum() == 0
    lost = prey["profit"] / (prey["capital"] * prey["leverage"])
    # Nothing but diffusion moves the price: some tenths of a per cent of the notional in five minutes.
    assert lost.abs().max() < 0.01
    others = still.populations[still.populations["role"] == "liquidators"]
    assert others["profit"].abs().max() < 1.0
