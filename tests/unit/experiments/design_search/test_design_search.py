"""Design search: files, populations, adjustment, a study that goes on, the frontier, and the whole once."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import yaml

from cascade_sim.experiments.design_search import fresh as fresh_module
from cascade_sim.experiments.design_search import study as study_module
from cascade_sim.experiments.design_search.adjusting import better_shares
from cascade_sim.experiments.design_search.candidate import Evaluated, evaluate
from cascade_sim.experiments.design_search.command import design
from cascade_sim.experiments.design_search.comparison import compared, verdict
from cascade_sim.experiments.design_search.day import news_of, run_days, weights_of
from cascade_sim.experiments.design_search.frontier import typical
from cascade_sim.experiments.design_search.objectives import OBJECTIVES, measured, objectives_of, resampled_weights
from cascade_sim.experiments.design_search.population import (
    choices_of,
    counts_of_shares,
    populated,
    scenario_of,
)
from cascade_sim.experiments.design_search.problems import DesignError
from cascade_sim.experiments.design_search.question import DesignQuestion, read_design
from cascade_sim.experiments.design_search.rules import changes_of
from cascade_sim.experiments.design_search.study import search
from cascade_sim.experiments.design_search.words import against_first
from cascade_sim.experiments.games.playing.payoffs import Books, play_once
from cascade_sim.experiments.games.questions.question import GameQuestion
from cascade_sim.experiments.statistics.pareto import non_dominated
from cascade_sim.recording.accounts import cohort_names
from cascade_sim.simulation import Simulation

SHIPPED = read_design("one-perpetual")
TODAY = {name: setting.today for name, setting in SHIPPED.settings.items()}


def changed(**changes):
    return DesignQuestion.model_validate(SHIPPED.model_dump() | changes)


STOCK = "agents.arbitrageurs.basis.pairs.BTC-PERP.stock=100000"  # little, beside what a few traders hold
SMALL = changed(
    set=[*SHIPPED.set, "duration=60", "burn_in=10", "sample_interval=5", STOCK],
    news_at=5,
    traders=SHIPPED.traders.model_dump() | {"count": 60, "leverages": (2, 8, 25)},
    makers=SHIPPED.makers.model_dump() | {"count": 4, "depths": (0.5, 2)},
    seeds={"strata": 2, "adjust": 2, "search": 4, "fresh": 4},
    rounds=2,
)


@pytest.fixture
def imagined(monkeypatch):
    """Objectives made up from the settings, so that the search itself can be tried without runs."""
    asked = []

    def evaluated(question, chosen):
        asked.append(dict(chosen))
        m, fund = np.log(chosen["maintenance"]), np.log(chosen["fund"])
        values = {"bad_debt": -m, "welfare": m * m, "revenue": chosen["maker_fee"] - m, "efficiency": -fund}
        intervals = {name: (float(value), float(value) - 1, float(value) + 1) for name, value in values.items()}
        return Evaluated(intervals, {2.0: 1.0}, {1.0: 1.0}, (0.0, 0.0), 1)

    monkeypatch.setattr(study_module, "evaluate", evaluated)
    return asked


def trials(count):
    return changed(trials=count)


def test_a_stopped_search_finds_what_an_unbroken_one_finds(tmp_path, imagined):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    unbroken = search(trials(22), whole, 1)
    imagined.clear()
    for count in (3, 3, 18, 22):
        again = search(trials(count), parts, 1)
    assert again == unbroken
    assert len(imagined) == 22  # nothing was evaluated twice


def test_the_first_candidate_is_what_there_is_today(tmp_path, imagined):
    assert search(trials(2), tmp_path, 1)[0][0] == pytest.approx(TODAY)


def test_the_search_learns(tmp_path, monkeypatch):
    """Where everything is better with a larger fund, later candidates have larger ones."""

    def evaluated(question, chosen):
        good = np.log(chosen["fund"])
        values = {name: good * (-1 if objective.sense == "min" else 1) for name, objective in OBJECTIVES.items()}
        return Evaluated({name: (value, value, value) for name, value in values.items()}, {}, {}, (0.0, 0.0), 1)

    monkeypatch.setattr(study_module, "evaluate", evaluated)
    funds = [chosen["fund"] for chosen, _ in search(trials(48), tmp_path, 1)]
    assert np.median(funds[32:]) > 1.5 * np.median(funds[:16])


@pytest.mark.parametrize(
    ("change", "said"), [({"rounds": 3}, "other settings"), ({"seeds": {"search": 64}}, "other settings")]
)
def test_candidates_of_another_question_are_refused(tmp_path, imagined, change, said):
    search(trials(2), tmp_path, 1)
    with pytest.raises(DesignError, match=said):
        search(changed(trials=2, **change), tmp_path, 1)


def test_candidates_of_another_version_are_refused(tmp_path, imagined, monkeypatch):
    search(trials(2), tmp_path, 1)
    monkeypatch.setattr(study_module, "code_version", lambda: "another")
    with pytest.raises(DesignError, match="another version of the code"):
        search(trials(3), tmp_path, 1)


def test_candidates_of_an_edited_scenario_are_refused(tmp_path, imagined):
    own = tmp_path / "own.yaml"
    asked = changed(trials=2, scenario=str(own))
    own.write_text(f"base: {SHIPPED.scenario}\nfundamental_interval: 0.5\n")
    assert search(asked, tmp_path, 1) == search(asked, tmp_path, 1)
    own.write_text(f"base: {SHIPPED.scenario}\nfundamental_interval: 0.25\n")
    with pytest.raises(DesignError, match="another scenario"):
        search(asked, tmp_path, 1)


def test_more_candidates_and_fresh_days_are_the_same_question():
    assert trials(5).digest() == trials(500).digest()
    assert changed(seeds={"fresh": 256}).digest() == SHIPPED.digest()
    assert changed(seeds={"adjust": 32}).digest() != SHIPPED.digest()


def test_nobody_beats_the_frontier():
    rng = np.random.default_rng(5)
    values, senses = rng.integers(0, 4, (40, 4)), ("min", "max", "max", "max")
    signs = np.array([1, -1, -1, -1])
    losses = values * signs
    beaten = [any((other <= own).all() and (other < own).any() for other in losses) for own in losses]
    assert non_dominated(values, senses).tolist() == [not each for each in beaten]


def test_what_pays_more_grows_and_what_pays_the_same_stays():
    shares = np.array([0.5, 0.3, 0.2])
    assert better_shares(shares, np.array([1.0, 1.0, 1.0]), 3.0) == pytest.approx(shares)
    better = better_shares(shares, np.array([0.0, 0.1, 0.0]), 10.0)
    assert better[1] > shares[1]
    assert better[0] / better[2] == pytest.approx(2.5)


def test_a_crowding_game_comes_to_rest_where_all_pay_the_same():
    """Each choice pays less the more choose it: 1 - share / room, so that shares end in proportion to room."""
    room, shares = np.array([0.2, 0.3, 0.5]), np.full(3, 1 / 3)
    for number in range(1, 60):
        shares = better_shares(shares, 1.0 - shares / room, 1.0 / np.sqrt(number))
    assert shares == pytest.approx(room, abs=0.01)


def test_counts_add_up():
    rng = np.random.default_rng(6)
    for count, least in product((9, 60, 400), (0, 1)):
        shares = rng.dirichlet(np.ones(5))
        counts = counts_of_shares(shares, count, least)
        assert sum(counts) == count
        assert min(counts) >= least


def test_leverage_is_chosen_up_to_what_is_allowed():
    chosen = TODAY | {"maintenance": 0.05, "initial": 2.0}
    assert choices_of(SHIPPED, scenario_of(SHIPPED, chosen)).leverages == pytest.approx((1, 2, 4, 6, 8, 10))
    assert choices_of(SHIPPED, scenario_of(SHIPPED, TODAY)).leverages == SHIPPED.traders.leverages


def test_traders_put_up_the_same_money_whatever_their_leverage():
    scenario = scenario_of(SMALL, TODAY)
    market = populated(SMALL, scenario, choices_of(SMALL, scenario), [20, 20, 20], [1, 3])
    simulation = Simulation(market, 1)
    worth = simulation.world.balances["amount"][:, 1] / 1e6
    first = {group.cohort: slice(group.first, group.first + len(group.owners)) for group in simulation.roster.groups}
    money = [worth[first[f"traders-{k}"]].mean() for k in range(3)]
    assert money == pytest.approx([SMALL.traders.money] * 3, rel=0.15)
    makers = {name: first[name] for name in first if name.startswith("makers-")}
    assert worth[makers["makers-0"]][0] == pytest.approx(worth[makers["makers-1"]][0], rel=1e-6)


def test_makers_who_quote_deep_are_not_locked_out_by_the_leverage_allowed():
    """With ten times leverage where three is allowed, all their quotes would be refused, and nobody could trade."""
    scenario = scenario_of(SMALL, TODAY | {"maintenance": 0.06, "initial": 5.0})
    choices = choices_of(SMALL, scenario)
    market = populated(SMALL, scenario, choices, counts_of_shares([1.0] * len(choices.leverages), 60), [0, 4])
    days = run_days(SMALL, market, 3, 2)
    assert (days["revenue"] > 0).all()
    assert {cohort.leverage for cohort in list(market.agents.makers.values())[:1]} == {choices.allowed}


def test_days_stand_for_the_law():
    """Weighted over strata, the chance of news beyond a size is that of the law, on either side."""
    weights, law = weights_of(SHIPPED), SHIPPED.news
    strata = len(weights)
    moves = np.array([[news_of(SHIPPED, 7 + k * strata + j, j).move for j in range(strata)] for k in range(200)])
    sizes = np.log1p(moves)
    assert weights.sum() == pytest.approx(1.0)
    for size in (0.04, 0.1, 0.3):
        wanted = 0.5 * (law.minimum / size) ** law.exponent
        assert (weights * (sizes < -size)).sum() / 200 == pytest.approx(wanted, rel=0.05)
        assert (weights * (sizes > size)).sum() / 200 == pytest.approx(wanted, rel=0.05)


def test_the_worst_days_are_run_more_often_than_they_come():
    weights = weights_of(SHIPPED)
    assert list(weights[:8]) == sorted(weights[:8], reverse=True)
    assert weights[7] == pytest.approx(0.5 / 8**3)


@pytest.mark.parametrize(("share", "down"), [(0.0, 0), (0.01, 1), (0.99, 15), (1.0, 16)])
def test_every_side_that_there_is_has_a_stratum(share, down):
    question = changed(news=SHIPPED.news.model_dump() | {"down_share": share})
    moves = np.array([news_of(question, k, k).move for k in range(16)])
    assert (moves < 0).sum() == down
    assert weights_of(question)[:down].sum() == pytest.approx(share)


def days_of(bad_debt, strata=2):
    """Made-up days with nothing but bad debt."""
    count = len(bad_debt)
    about = {"stratum": np.arange(count) % strata, "weight": 1 / count, "revenue": 5.0, "efficiency": 2.0}
    return pd.DataFrame(about | {"traders-1": 0.0, "bad_debt": bad_debt})


def test_intervals_are_as_wide_as_the_spread_inside_strata_makes_them():
    """Standard error of a stratified mean: root of the sum of share squared times variance over number."""
    rng = np.random.default_rng(8)
    bad_debt = np.where(np.arange(40) % 2, 1000.0, 10.0) + rng.standard_normal(40)
    days = days_of(bad_debt)
    drawn = objectives_of(days, resampled_weights(days), (0.0, 1.0), 2.0)[:, 0]
    wanted = np.sqrt(sum(0.25 * bad_debt[k::2].var(ddof=1) / 20 for k in (0, 1)))
    assert drawn.std() == pytest.approx(wanted, rel=0.06)
    assert drawn.mean() == pytest.approx(bad_debt.mean(), abs=0.1)


def test_welfare_of_sure_gains_is_the_gains():
    utility = (1 - np.exp(-2.0 * 0.05)) / 2.0
    days = days_of([1.0, 3, 1, 3]).assign(**{"traders-1": utility})
    found = measured(days, (0.0, 1.0), 2.0)
    assert found["welfare"] == pytest.approx((5.0, 5.0, 5.0))
    assert found["bad_debt"] == pytest.approx((2.0, 2.0, 2.0))  # strata differ, days of one stratum do not


def test_luck_that_two_candidates_share_cancels():
    """Where one has a thousand more bad debt on every day, the difference is known, however different the days."""
    luck = np.random.default_rng(9).exponential(5000.0, 20)
    found = Evaluated({}, {1.0: 0.0, 2.0: 1.0}, {1.0: 1.0}, (0.0, 0.0), 1)
    question = changed(traders=SHIPPED.traders.model_dump() | {"leverages": (1, 2)})
    pair = [(dict(TODAY), found), (TODAY | {"fund": 1e6}, found)]
    row = compared(question, pair, [days_of(luck), days_of(luck + 1000.0)], [0, 0]).loc[1]
    assert row["fresh_bad_debt_high"] - row["fresh_bad_debt_low"] > 1000.0
    assert [row[f"vs_bad_debt{end}"] for end in ("", "_low", "_high")] == pytest.approx([1000.0] * 3)
    assert [verdict(row, name) for name in OBJECTIVES] == ["worse", "same", "same", "same"]


def frame_of(first, second, low, high):
    """Two candidates: bad debt on the days of the search, and the interval of their difference on fresh ones."""
    columns = {}
    for name in OBJECTIVES:
        columns |= {name: [first, second], f"fresh_{name}": [first, second], f"vs_{name}": [0.0, (low + high) / 2]}
        columns |= {f"vs_{name}_low": [0.0, low], f"vs_{name}_high": [0.0, high], "frontier": [True, True]}
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-900.0, -100.0, "better in bad debt"),
        (-900.0, 100.0, "promised in bad debt does not survive"),
        (100.0, 900.0, "promised in bad debt does not survive"),
    ],
)
def test_an_advantage_that_does_not_survive_is_said(low, high, said):
    text = against_first(SHIPPED, frame_of(5000.0, 4000.0, low, high), 1)
    assert said in text
    assert text.count("does not survive") == (high > 0)


def test_each_rule_is_changed_alone():
    changes = changes_of(SHIPPED)
    assert len(changes) == 17  # two ends, or the one that today is not, or every other value
    for change in changes:
        assert [name for name in TODAY if change.chosen[name] != change.others[name]] == [change.setting]
    assert {change.others["obligation"] for change in changes if change.setting == "relief"} == {0.8}
    assert changes_of(changed(settings={"fund": SHIPPED.settings["fund"].model_dump() | {"today": None}})) == []


def test_the_best_of_each_is_named_once():
    frame = pd.DataFrame(
        {
            "bad_debt": [0.0, 5, 9, 4],
            "welfare": [1.0, 9, 2, 5],
            "revenue": [1.0, 2, 9, 5],
            "efficiency": [1.0, 2, 9, 5],
            "frontier": [True, True, True, True],
        }
    )
    named = typical(frame, 4)
    assert named[2] == "most venue revenue and most capital efficiency"
    assert named[3] == "good in all"
    assert list(named) == [0, 1, 2, 3]


def test_every_problem_of_a_bad_file_is_named(tmp_path):
    data = SHIPPED.model_dump(mode="json")
    data["settings"]["fund"] |= {"low": 9e9}
    data["settings"]["rule"] |= {"today": "never"}
    data["traders"]["leverages"] = [4, 2]
    data["seeds"]["search"] = 40
    data["vanue"] = "perps"
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump(data))
    with pytest.raises(DesignError) as error:
        read_design(str(file))
    for said in (
        "settings.fund",
        "settings.rule: today",
        "traders.leverages",
        "seeds: search: must be a multiple of strata (16), 32 or more, got 40",
        "vanue: there is no such",
    ):
        assert said in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"settings": {"fee": {"label": "fee", "path": "venues.perps.rules.fees.maker", "low": -1, "high": 0}}},
            "maker",
        ),
        ({"traders": SHIPPED.traders.model_dump() | {"cohort": "nobody"}}, "traders.cohort: 'nobody'"),
    ],
)
def test_what_can_not_be_run_is_said_before_anything_is_written(tmp_path, change, said):
    with pytest.raises(ValueError, match=said):
        design(changed(**change), tmp_path / "out", 1)
    assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(DesignError, match="not the folder of a design search"):
        design(SMALL, tmp_path, 1)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_the_whole_goes_through_the_market_and_is_gone_on_with(tmp_path, monkeypatch):
    out, few = tmp_path / "out", {name: SMALL.settings[name].model_dump() for name in ("maintenance", "initial")}
    small = changed(**(SMALL.model_dump() | {"settings": few, "trials": 2}))
    found = design(small, out, 1)
    frame, effects = found.frame, found.effects
    assert {file.name for file in out.iterdir()} >= {
        "study.sqlite", "candidates.parquet", "rules.parquet", "question.yaml", "answer.txt", "designs.png",
        "rules.png",
    }  # fmt: skip
    assert len(frame) == 2
    assert frame["frontier"].any()
    for name in OBJECTIVES:
        assert (frame[f"{name}_low"] <= frame[name]).all()
        assert (frame[name] <= frame[f"{name}_high"]).all()
        assert frame.loc[frame["frontier"], f"fresh_{name}"].notna().all()
        assert frame[f"vs_{name}"][0] == 0.0
    assert len(effects) == 4
    assert found.words[0].startswith("One perpetual on a day with large news: 2 candidates")
    today = {name: SMALL.settings[name].today for name in few}
    assert evaluate(small, today).objectives["revenue"][0] == frame["revenue"][0]
    monkeypatch.setattr(fresh_module, "run_days", None)
    monkeypatch.setattr(study_module, "evaluate", None)
    assert design(small, out, 1).rows == found.rows  # nothing is run again


def test_days_are_the_same_in_any_number():
    scenario = scenario_of(SMALL, TODAY)
    market = populated(SMALL, scenario, choices_of(SMALL, scenario), [20, 20, 20], [2, 2])
    one, other = run_days(SMALL, market, 7, 4), run_days(SMALL, market, 7, 2)
    assert one[:2].drop(columns="weight").equals(other.drop(columns="weight"))
    assert one["weight"].sum() == pytest.approx(other["weight"].sum()) == pytest.approx(1.0)
    assert (one["bad_debt"] >= 0).all()
    assert one["efficiency"].std() < 0.2 * one["efficiency"].mean()


def test_what_traders_adjust_to_is_what_a_played_game_pays(tmp_path):
    """The same cohorts, seated by the games: the same market to the cent, and the same worth of each leverage."""
    scenario, counts = scenario_of(SMALL, TODAY), (50, 10)
    choices = choices_of(SMALL, scenario)
    market = populated(SMALL, scenario, choices, [0, *counts], [2, 2])
    days = run_days(SMALL, market, 7, 2)
    data = market.model_dump(mode="json")
    data["agents"]["traders"] = {"traders": data["agents"]["traders"]["traders-1"]}
    (tmp_path / "market.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    usd = SMALL.traders.money
    strategies = {
        f"{leverage:g}": {
            "set": {"count": count, "leverage": leverage, "notional": leverage * usd}
            | {"open_interest.BTC-PERP": count * leverage * usd / 2}
        }
        for leverage, count in zip(choices.leverages[1:], counts, strict=True)
    }
    payoff = {name: getattr(SMALL.traders, name) for name in ("benefit", "risk_aversion")}
    role = {"cohort": "traders.traders", "players": 2, "payoff": payoff, "strategies": strategies}
    for k, row in days.iterrows():
        news = news_of(SMALL, 7 + k, k).model_dump(mode="json")
        game = {"name": "same", "scenario": str(tmp_path / "market.yaml"), "settings": {"news": [news]}}
        question = GameQuestion.model_validate(game | {"roles": {"trader": role}})
        samples, outcomes = play_once(question.model_dump_json(), (((1, 1),), 7 + k))
        assert outcomes["bad_debt"] == row["bad_debt"]
        assert outcomes["taken by perps"] == row["revenue"]
        simulation = Simulation(market, 7 + k)
        stake = Books(simulation).stake
        for sample, name in zip(samples, ("traders-1", "traders-2"), strict=True):
            put_up = stake[cohort_names(simulation) == name].mean()
            assert sample["payoff"] / put_up == pytest.approx(row[name], rel=1e-9)
