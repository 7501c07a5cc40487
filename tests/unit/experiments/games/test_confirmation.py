"""What was said of a game, against fresh seeds: by made-up payoffs whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.profiles import named, profiles_of
from cascade_sim.experiments.games.questions.players import sizes_of
from cascade_sim.experiments.games.questions.question import GameQuestion, Sampling
from cascade_sim.experiments.games.reporting.again import payoffs_again
from cascade_sim.experiments.games.reporting.confirmation import Confirmation
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.experiments.games.reporting.welfare import welfare_of
from cascade_sim.experiments.games.solving.equilibria import equilibrium_at, equilibrium_of
from cascade_sim.experiments.games.solving.margins import cost_of_leaving, never_best

STAG = {("2-0", "s"): 4.0, ("1-1", "s"): 0.0, ("1-1", "h"): 3.0, ("0-2", "h"): 3.0}  # a stag hunt
CHICKEN = {("2-0", "s"): -2.0, ("1-1", "s"): 2.0, ("1-1", "h"): 0.0, ("0-2", "h"): 0.0}  # mixed: half and half


def made(payoffs, seeds, first=0, noise=0.3, welfare=None):
    """A played game of two like players with payoffs that are known but for luck."""
    trader = {"cohort": "traders.crowd", "players": 2, "strategies": {"s": {}, "h": {}}}
    sampling = {"first": first, "at_least": seeds, "at_most": seeds}
    question = GameQuestion.model_validate({"name": "made", "roles": {"trader": trader}, "seeds": sampling})
    rng = np.random.default_rng(first)
    samples, outcomes = [], []
    for seed in range(first, first + seeds):
        for (profile, strategy), mean in payoffs.items():
            paid = mean + noise * rng.standard_normal()
            row = {"profile": profile, "seed": seed, "role": "trader", "strategy": strategy}
            samples.append(row | {"payoff": paid, "profit": paid, "held": 0.0})
        for profile in map(named, profiles_of(sizes_of(question))):
            total = (welfare or {}).get(profile, 0.0) + noise * rng.standard_normal()
            outcomes.append({"profile": profile, "seed": seed, "welfare": total})
    return Played(question, pd.DataFrame(samples), pd.DataFrame(outcomes))


def verdicts(first, fresh):
    table = Confirmation.of(Findings.of(first), fresh).table()
    return dict(zip(table["sentence"], table["verdict"], strict=True))


def test_what_is_true_holds():
    welfare = {"2-0": 8.0, "1-1": 3.0, "0-2": 6.0}
    said = verdicts(made(STAG, 40, welfare=welfare), made(STAG, 40, 1_000_000, welfare=welfare))
    pure = {sentence: verdict for sentence, verdict in said.items() if "lots" not in sentence}
    assert len(pure) == 5  # two equilibria; one of them better for everybody, for all together, and than anything else
    assert set(pure.values()) == {"holds"}


def test_what_the_first_seeds_made_up_does_not_hold():
    said = verdicts(made(STAG, 40), made(STAG | {("1-1", "h"): 5.0}, 40, 1_000_000))
    assert said["Both traders choose 's': no trader gains by choosing otherwise"] == "does not hold"
    assert said["Both traders choose 'h': no trader gains by choosing otherwise"] == "holds"


def test_what_luck_hides_is_undecided():
    close = STAG | {("1-1", "h"): 3.99}
    said = verdicts(made(close, 12), made(close, 12, 1_000_001))
    assert said.get("Both traders choose 's': no trader gains by choosing otherwise") == "undecided"


def test_who_is_indifferent_in_every_run_regrets_nothing():
    same = {("2-0", "s"): 1.0, ("1-1", "s"): 1.0, ("1-1", "h"): 1.0, ("0-2", "h"): 1.0}
    said = verdicts(made(same, 10, noise=0.0), made(same, 10, 1_000_000, noise=0.0))
    assert said["Both traders choose 's': no trader gains by choosing otherwise"] == "holds"


def test_chances_are_solved_anew():
    first = Findings.of(made(CHICKEN, 60, noise=0.2))
    same = Confirmation.of(first, made(CHICKEN, 60, 1_000_000, noise=0.2)).chances
    assert same["first"].to_numpy() == pytest.approx(0.5, abs=0.05)
    assert (same["verdict"] == "as found").all()
    assert (same["low"] < same["fresh"]).all()
    other = Confirmation.of(first, made(CHICKEN | {("2-0", "s"): -0.5}, 60, 1_000_000, noise=0.2))
    assert (other.chances["verdict"] == "differs").all()
    gone = Confirmation.of(first, made(CHICKEN | {("2-0", "s"): 1.0}, 60, 1_000_000, noise=0.2))
    assert (gone.chances["verdict"] == "gone").all()


def test_a_payoff_that_changed_is_named_and_luck_is_not():
    first = Findings.of(made(STAG, 60))
    moved = made(STAG | {("0-2", "h"): 4.0}, 60, 1_000_000)
    rows = Confirmation.of(first, moved).payoffs.set_index(["profile", "strategy"])
    assert rows.index[rows["differs"]].tolist() == [("0-2", "h")]
    assert 0.5 < rows.loc[("0-2", "h"), "low"] < rows.loc[("0-2", "h"), "high"] < 1.5


def test_luck_makes_some_payoff_differ_as_rarely_as_promised():
    pairs = [(made(STAG, 30, 100 * k), made(STAG, 30, 10_000 + 100 * k)) for k in range(80)]
    alarms = [payoffs_again(*pair)["differs"].any() for pair in pairs]
    assert np.mean(alarms) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 80)


def test_seeds_that_were_played_before_confirm_nothing():
    with pytest.raises(ValueError, match="not fresh"):
        Confirmation.of(Findings.of(made(STAG, 10)), made(STAG, 10, 5))


def test_tables_are_written(tmp_path):
    Confirmation.of(Findings.of(made(STAG, 10)), made(STAG, 10, 1_000_000)).save(tmp_path)
    assert {"holds", "does not hold", "undecided"} >= set(pd.read_csv(tmp_path / "confirmation.csv")["verdict"])
    assert len(pd.read_csv(tmp_path / "payoffs-by-fresh-seeds.csv")) == 4


def test_fresh_seeds_are_never_those_of_the_game():
    assert Sampling(first=7).confirming(20).first == 1_000_007
    assert Sampling(fresh=500).confirming(20) == Sampling(first=500, at_least=20, at_most=20)
    with pytest.raises(ValidationError, match=r"fresh must be 160 .* or more, for others are seen, got 100"):
        Sampling(fresh=100)


def test_leaving_costs_what_is_on_paper():
    payoffs = {((2, 0),): ((4, np.nan),), ((1, 1),): ((0, 3),), ((0, 2),): ((np.nan, 3),)}
    game = Game((Role("player", ("s", "h"), 2),), payoffs)
    assert cost_of_leaving(game, equilibrium_at(game, ((2, 0),)), 0) == pytest.approx(1.0)
    assert cost_of_leaving(game, equilibrium_at(game, ((0, 2),)), 0) == pytest.approx(3.0)
    assert cost_of_leaving(game, equilibrium_at(game, ((1, 1),)), 0) == pytest.approx(-3.0)  # min(0 - 3, 3 - 4)
    assert cost_of_leaving(game, equilibrium_of(game, [[0.75, 0.25]]), 0) == pytest.approx(0.0)
    assert cost_of_leaving(game, equilibrium_of(game, [[0.5, 0.5]]), 0) == pytest.approx(2.5 - 3.0)
    assert never_best(game, 0, 0) == pytest.approx(-1.0)  # 'h' pays at worst one less


def test_welfare_at_best_is_not_flattered_by_the_seeds_that_choose_it():
    """Three profiles with the same welfare: the largest of three means is above it, what is measured apart is not."""
    fitted, naive = [], []
    for k in range(60):
        played = made(STAG, 16, 100 * k, noise=1.0)
        game = played.game()
        found = welfare_of(played, game, equilibrium_at(game, ((0, 2),)))
        fitted.append(found.best.value)
        naive.append(played.outcome("welfare").mean(axis=0).max())
    assert np.mean(naive) > 3 * np.std(naive) / np.sqrt(60)
    assert abs(np.mean(fitted)) < 3 * np.std(fitted) / np.sqrt(60)


def test_the_choice_of_a_leader_is_held_against_its_next_best():
    venue = {"venue": "perps", "strategies": {"low": {}, "high": {}}}
    trader = {"cohort": "traders.crowd", "strategies": {"stay": {}, "go": {}}}
    paid = {("1-0|1-0", "low", "stay"): (5, 2), ("1-0|0-1", "low", "go"): (0, 1)}
    paid |= {("0-1|1-0", "high", "stay"): (9, 0), ("0-1|0-1", "high", "go"): (3, 1)}

    def led(first, more=0.0):
        """Who sees 'low' stays, who sees 'high' goes: a leader who looks ahead takes 5 instead of 3."""
        roles = {"venue": venue, "trader": trader}
        data = {
            "name": "led",
            "leader": "venue",
            "roles": roles,
            "seeds": {"first": first, "at_least": 2, "at_most": 20},
        }
        samples = [
            {"profile": profile, "seed": seed, "role": role, "strategy": strategy, "payoff": value, "profit": value}
            for seed in range(first, first + 20)
            for (profile, high, go), (taken, own) in paid.items()
            for role, strategy, value in (
                ("venue", high, taken + more * (high == "high") + 0.1 * (seed % 3)),
                ("trader", go, float(own)),
            )
        ]
        outcomes = [{"profile": row["profile"], "seed": row["seed"], "welfare": 0.0} for row in samples[::2]]
        return Played(GameQuestion.model_validate(data), pd.DataFrame(samples), pd.DataFrame(outcomes))

    first = led(0)
    assert verdicts(first, led(1_000_000)) == {
        "The venue gets most by choosing 'low'": "holds",
        "Then the trader chooses 'stay': the trader does not gain by choosing otherwise": "holds",
    }
    assert verdicts(first, led(1_000_000, more=3.0))["The venue gets most by choosing 'low'"] == "does not hold"
