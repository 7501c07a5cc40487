"""The class in the market: its accounts, and what they bring, against arithmetic."""

import numpy as np
import pytest

from cascade_sim.experiments.classroom.episode import BENEFIT, payoff, play
from cascade_sim.experiments.classroom.market import (
    ALONE,
    LUCK,
    MARKET,
    MONEY,
    class_market,
    entry_luck,
    largest_leverage,
    news,
)
from cascade_sim.recording.accounts import account_worth
from cascade_sim.simulation import Simulation

CHOSEN = (1.0, 3.0, 6.0, 60.0)


def test_luck_of_entries_does_not_depend_on_the_size_of_the_class():
    assert entry_luck(7, 5).tolist() == entry_luck(7, 500)[:5].tolist()
    many = entry_luck(7, 20_000)
    assert np.abs(many).max() <= LUCK
    assert many.mean() == pytest.approx(0.0, abs=5 * LUCK / np.sqrt(3 * 20_000))


def test_accounts_hold_what_was_chosen():
    scenario = class_market(CHOSEN, seed=3, copies=True)
    price, lot = scenario.assets["BTC"].price, scenario.markets[MARKET][1].lot
    accounts = list(scenario.accounts.values())
    assert len(accounts) == len(CHOSEN) * (1 + len(ALONE)) + 1
    sizes = [account.positions[MARKET].size for account in accounts]
    assert sum(round(size / lot) for size in sizes) == 0
    for leverage, account, size in zip(CHOSEN, accounts, sizes, strict=False):
        assert account.deposit == pytest.approx(MONEY / len(CHOSEN))
        assert size * price / account.deposit == pytest.approx(leverage, rel=1e-4)


def test_worth_at_the_start_is_the_money_and_the_luck():
    simulation = Simulation(class_market(CHOSEN, seed=3), 3)
    worth, rows = account_worth(simulation), {group.cohort: group.first for group in simulation.roster.groups}
    luck = entry_luck(3, len(CHOSEN))
    luck[3] = max(luck[3], 2 * 0.005 * 60 - 1)  # nobody begins on the brink
    for k, gain in enumerate(luck, 1):
        assert worth[rows[f"student {k}"]] == pytest.approx(MONEY / len(CHOSEN) * (1 + gain), rel=1e-3)


@pytest.fixture(scope="module")
def episode():
    return play(CHOSEN, seed=3)


def test_who_is_not_sold_gains_what_the_price_does(episode):
    """Profit over money is leverage times the move of the mark: no trades, no fees, and no funding yet."""
    kept = ~episode.fell
    assert kept[:2].all()  # the news takes 3 %; leverage of 3 bears 30 % less 70 % luck at worst
    moves = episode.profit[kept] / np.array(CHOSEN)[kept]
    assert moves == pytest.approx(moves[0], rel=1e-3)
    assert news()[2] - 0.05 < moves[0] < 0.0
    assert episode.held[kept] / np.array(CHOSEN)[kept] == pytest.approx(1.0 + moves[0], rel=1e-3)
    assert episode.payoff == pytest.approx(payoff(episode.profit, episode.held))
    assert episode.payoff[0] == pytest.approx(episode.profit[0] + BENEFIT * episode.held[0])


def test_copies_get_what_their_students_get(episode):
    for k in (0, 1, 2):
        place = ALONE.index(CHOSEN[k])
        if not episode.fell[k]:
            assert episode.alone[k, place] == pytest.approx(episode.payoff[k], rel=1e-3)


def test_nobody_loses_more_than_money_and_luck(episode):
    luck = np.maximum(entry_luck(3, len(CHOSEN)), 2 * 0.005 * np.array(CHOSEN) - 1)
    assert (episode.profit >= -(1.0 + luck) - 1e-3).all()
    assert episode.fell[3]


def test_a_class_of_one_and_one_all_at_the_limit_come_to_an_end():
    for chosen in ((largest_leverage(),), (largest_leverage(),) * 3):
        episode = play(chosen, seed=1, copies=False)
        assert episode.fell.all()
        assert episode.alone.shape == (len(chosen), 0)
        assert 0.0 < episode.fall < 0.5
