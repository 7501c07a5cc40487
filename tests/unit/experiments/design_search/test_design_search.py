"""Design search: files, populations, adjustment, a study that goes on, the frontier, and the whole once."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import yaml

from cascade_sim.experiments.design_search import study as study_module
from cascade_sim.experiments.design_search.adjusting import better_shares
from cascade_sim.experiments.design_search.candidate import Evaluated, evaluate
from cascade_sim.experiments.design_search.command import design
from cascade_sim.experiments.design_search.day import news_of, run_days
from cascade_sim.experiments.design_search.frontier import typical
from cascade_sim.experiments.design_search.objectives import OBJECTIVES, measured
from cascade_sim.experiments.design_search.population import (
    choices_of,
    counts_of_shares,
    populated,
    scenario_of,
)
from cascade_sim.experiments.design_search.problems import DesignError
from cascade_sim.experiments.design_search.question import DesignQuestion, read_design
from cascade_sim.experiments.design_search.study import search
from cascade_sim.experiments.statistics.pareto import non_dominated
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
    seeds={"adjust": 2, "search": 4, "fresh": 4},
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
    ("change", "said"), [({"rounds": 3}, "other settings"), ({"seeds": {"search": 9}}, "other settings")]
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


def test_more_candidates_and_fresh_days_are_the_same_question():
    assert trials(5).digest() == trials(500).digest()
    assert changed(seeds={"fresh": 200}).digest() == SHIPPED.digest()
    assert changed(seeds={"adjust": 20}).digest() != SHIPPED.digest()


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


def test_days_stand_for_the_law_evenly():
    moves = np.array([news_of(SHIPPED, 50 + k, k, 40).move for k in range(40)])
    assert (np.diff(np.log1p(moves)) > 0).all()
    assert (moves < 0).sum() == 20
    assert np.abs(np.log1p(moves)).min() >= SHIPPED.news.minimum


def test_welfare_of_sure_gains_is_the_gains():
    utility = (1 - np.exp(-2.0 * 0.05)) / 2.0
    days = pd.DataFrame({"bad_debt": [1.0, 3], "revenue": [5.0, 5], "efficiency": [2.0, 2], "traders-1": [utility] * 2})
    found = measured(days, (0.0, 1.0), 2.0)
    assert found["welfare"] == pytest.approx((5.0, 5.0, 5.0))
    assert found["bad_debt"] == pytest.approx((2.0, 1.0, 3.0))


def test_the_best_of_each_is_named_once():
    frame = pd.DataFrame(
        {
            "fresh_bad_debt": [0.0, 5, 9, 4],
            "fresh_welfare": [1.0, 9, 2, 5],
            "fresh_revenue": [1.0, 2, 9, 5],
            "fresh_efficiency": [1.0, 2, 9, 5],
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
    data["seeds"]["search"] = 1
    data["vanue"] = "perps"
    file = tmp_path / "bad.yaml"
    file.write_text(yaml.safe_dump(data))
    with pytest.raises(DesignError) as error:
        read_design(str(file))
    for said in (
        "settings.fund",
        "settings.rule: today",
        "traders.leverages",
        "seeds.search",
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


def test_the_whole_goes_through_the_market(tmp_path):
    frame, words, rows = design(SMALL.model_copy(update={"trials": 2}), tmp_path / "out", 1)
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {
        "study.sqlite", "candidates.parquet", "question.yaml", "answer.txt", "designs.png",
    }  # fmt: skip
    assert len(frame) == 2
    assert frame["frontier"].any()
    for name in OBJECTIVES:
        assert (frame[f"{name}_low"] <= frame[name]).all()
        assert (frame[name] <= frame[f"{name}_high"]).all()
        assert frame.loc[frame["frontier"], f"fresh_{name}"].notna().all()
    assert len(rows) == frame["frontier"].sum()
    assert words[0].startswith("One perpetual on a day with large news: 2 candidates")
    assert evaluate(SMALL, dict(TODAY)).objectives["revenue"][0] == frame["revenue"][0]


def test_days_are_the_same_in_any_number():
    scenario = scenario_of(SMALL, TODAY)
    market = populated(SMALL, scenario, choices_of(SMALL, scenario), [20, 20, 20], [2, 2])
    one, other = run_days(SMALL, market, 7, 3), run_days(SMALL, market, 7, 3)
    assert one.equals(other)
    assert (one["bad_debt"] >= 0).all()
    assert one["efficiency"].std() < 0.2 * one["efficiency"].mean()
