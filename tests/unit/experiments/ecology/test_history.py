"""Histories: repeatable, on common luck, and without hunters there are none."""

import pandas as pd
import pytest

from cascade_sim.experiments.ecology import ARMS, live
from cascade_sim.experiments.ecology.history import one_history
from cascade_sim.experiments.ecology.news import draw_news, episode_seed
from cascade_sim.experiments.ecology.stage import set_stage
from cascade_sim.experiments.ecology.state import first_states


def test_the_same_whatever_the_number_of_workers(small):
    one, two = (live(small(episodes=2), ARMS[:1], workers=count) for count in (1, 2))
    pd.testing.assert_frame_equal(one.populations, two.populations, check_exact=True)
    pd.testing.assert_frame_equal(one.episodes, two.episodes, check_exact=True)


def test_both_arms_hear_the_same_news_and_begin_alike(small):
    history = live(small(episodes=3), workers=1)
    with_hunters, without = (history.episodes[history.episodes["arm"] == arm] for arm in ARMS)
    assert with_hunters["news"].tolist() == without["news"].tolist()
    first = history.populations[(history.populations["episode"] == 0) & (history.populations["role"] == "prey")]
    there, away = (first.loc[first["arm"] == arm, "open_interest"].tolist() for arm in ARMS)
    assert there == away
    assert "hunters" not in set(history.populations.loc[history.populations["arm"] == ARMS[1], "role"])


def test_hunters_without_capital_never_grow(small):
    poor = {f"populations__hunters__{name}": 0 for name in ("capital", "members", "entry")}
    history = live(small(news__chance=0.5, **poor), arms=ARMS[:1], workers=1)
    rows = history.populations[history.populations["role"] == "hunters"]
    assert len(rows) == 12
    assert (rows[["capital_after", "members_after", "profit"]] == 0).all().all()


def test_hunters_with_capital_and_prey_in_reach_do_hunt(small):
    """The other side of the test above: it could not fail if nobody ever hunted."""
    bold = {"populations__high__members": 120, "populations__high__capital": 1.2e6}
    history = live(small(episodes=2, **bold), arms=ARMS[:1], workers=1)
    assert history.episodes["hunts"].sum() > 0


def test_prey_put_up_the_capital_they_carry(small):
    ecology = small()
    states, news = first_states(ecology), draw_news(ecology.news, 0, 0)[0]
    stage = set_stage(ecology, ecology.base(), states, 0, 0, news)
    for name in ecology.of_role("prey"):
        assert states[name].capital * 0.999 < stage.deposits[name] <= states[name].capital
    for name in ecology.of_role("hunters", "liquidators", "makers"):
        assert stage.deposits[name] == pytest.approx(states[name].capital, abs=1e-4)


def test_an_episode_without_any_prey_is_played_too(small):
    nobody = {f"populations__{name}__{key}": 0 for name in ("low", "middle", "high")
              for key in ("capital", "members", "entry")}  # fmt: skip
    rows, episodes = one_history(small(episodes=2, **nobody), ARMS[0], 0)
    assert all(row["capital_after"] == 0 for row in rows if row["role"] == "prey")
    assert all(episode["liquidated"] == 0 for episode in episodes)


def test_news_are_drawn_by_their_stated_law(small):
    law = small().news.model_copy(update={"chance": 0.25, "mean": 0.004, "sd": 0.006, "median": 0.03})
    drawn = [draw_news(law, 7, episode) for episode in range(2000)]
    assert sum(shock for _, shock in drawn) / 2000 == pytest.approx(0.25, abs=0.04)  # four standard deviations
    quiet = pd.Series([news.move for news, shock in drawn if not shock])
    assert quiet.mean() == pytest.approx(0.004, abs=0.0007)
    assert quiet.std() == pytest.approx(0.006, abs=0.0005)
    falls = pd.Series([-news.move for news, shock in drawn if shock])
    assert falls.median() == pytest.approx(0.03, abs=0.003)


def test_no_two_episodes_share_their_luck():
    seeds = {episode_seed(seed, episode) for seed in range(50) for episode in range(50)}
    assert len(seeds) == 2500
    assert all(0 <= seed < 2**63 for seed in seeds)
