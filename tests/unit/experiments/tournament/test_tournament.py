"""A whole tournament: everybody keeps a row, results do not depend on workers, and tables add up."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.tournament.entrants import Entrant, built_in, read_entrants
from cascade_sim.experiments.tournament.evolution import replay
from cascade_sim.experiments.tournament.files import PAGE, save
from cascade_sim.experiments.tournament.match import Match, Outcome
from cascade_sim.experiments.tournament.problems import TournamentError
from cascade_sim.experiments.tournament.rounds import Tournament, hold
from cascade_sim.experiments.tournament.standing import Standing
from cascade_sim.experiments.tournament.verdicts import verdicts, winner


def test_everybody_keeps_a_row(held):
    assert [entrant.name for entrant in held.entrants] == ["Buyer", "Thief", "Rest", "Maker"]
    why = {entrant.name: entrant.problem for entrant in held.excluded}
    assert list(why) == ["Sleeper", "Quitter", "Clockwatcher", "Idler", "broken", "Y"]
    assert "took longer than 0.5 s for a decision" in why["Sleeper"]
    assert why["Quitter"] == "ended the process it ran in"
    assert "two runs on the same luck differ" in why["Clockwatcher"]
    assert "has no method `decide`" in why["Idler"]
    assert "No module named 'surely_not_there'" in why["Y"]
    spoken = dict(verdicts(Standing(held), replay(Standing(held))))
    assert spoken["Quitter"].endswith("bad.py, class Quitter: ended the process it ran in.")
    assert "bad.py, Thief, at " in spoken["Thief"]
    assert "read-only" in spoken["Thief"]


def test_results_do_not_depend_on_workers(held, market):
    """Nor on who else takes part: two of them in another tournament have the same matches."""
    again = hold([held.entrants[k] for k in (0, 2)], market, held.seeds, workers=2, terms=held.terms)
    before = {(match.seats, match.seed): outcome for match, outcome in zip(held.matches, held.outcomes, strict=True)}
    assert len(again.matches) == 2 * (2 + 4)
    for match, outcome in zip(again.matches, again.outcomes, strict=True):
        assert outcome.digest == before[match.seats, match.seed].digest
        assert outcome.profits == before[match.seats, match.seed].profits
    assert replace(again, outcomes=again.outcomes[::-1]).digest != again.digest


def test_scores_add_up(held):
    standing = Standing(held)
    rows = pd.DataFrame(
        [
            (match.seed, entrant.name, match.seats[1 - seat].name, outcome.profits[seat])
            for match, outcome in zip(held.matches, held.outcomes, strict=True)
            if len(match.seats) == 2
            for seat, entrant in enumerate(match.seats)
        ],
        columns=["seed", "entrant", "against", "profit"],
    )
    means = rows.groupby(["entrant", "against"])["profit"].mean().unstack() / held.terms.deposit
    assert standing.matrix.loc[means.index, means.columns].to_numpy() == pytest.approx(means.to_numpy())
    others = rows[rows["entrant"] != rows["against"]].groupby("entrant")["profit"].mean() / held.terms.deposit
    assert standing.table.set_index("entrant")["score"].sort_index().to_numpy() == pytest.approx(others.to_numpy())


def test_page_and_tables(held, tmp_path):
    standing = Standing(held)
    page = save(standing, replay(standing), tmp_path / "out")
    found = {file.name for file in page.parent.iterdir()}
    assert found == {PAGE, "ranking.csv", "matrix.csv", "evolution.csv", "matches.csv", "digest.json"}
    text = page.read_text(encoding="utf-8")
    for name in ("Buyer", "Thief", "Quitter", "did not play", winner(standing).split(" ")[0], held.digest):
        assert name in text
    assert "http" not in text
    assert json.loads((tmp_path / "out" / "digest.json").read_text())["digest"] == held.digest


def made(profits, terms):
    """A tournament without matches: `profits[seed][i][j]` is what i earned against j, in percent of the deposit."""
    entrants = tuple(Entrant(name, "student", f"{name}.py") for name in "ABC")
    matches, outcomes = [], []
    for seed, table in enumerate(profits):
        for i, one in enumerate(entrants):
            matches.append(Match((one,), seed))
            outcomes.append(Outcome((0.0,), (1,), (False,), (), ""))
            for j, other in enumerate(entrants):
                matches.append(Match((one, other), seed))
                paid = tuple(0.01 * value * terms.deposit for value in (table[i][j], table[j][i]))
                outcomes.append(Outcome(paid, (1, 1), (False, False), (), ""))
    return Standing(Tournament(terms, entrants, (), tuple(range(len(profits))), tuple(matches), tuple(outcomes)))


def test_places_that_can_and_can_not_be_told_apart(terms):
    noise = np.array([-1.0, 0.0, 1.0])
    table = [[[5, 5 + x, 5 + x], [1 - x, 1, 1 - x], [1 + x, 1 + x, 1]] for x in 0.1 * noise]
    standing = made(table, terms)
    rows = standing.table.set_index("entrant")
    assert rows.loc["A", ["place", "from", "to"]].tolist() == [1, 1, 1]
    assert rows.loc[["B", "C"], "from"].tolist() == rows.loc[["B", "C"], "to"].tolist()[:0] + [2, 2]
    assert rows.loc[["B", "C"], "to"].tolist() == [3, 3]
    assert winner(standing) == "A wins with +5.0 % of its money in a match."
    assert rows.loc["A", "score"] == pytest.approx(0.05)


def test_one_seed_tells_nobody_apart(terms):
    standing = made([[[5, 5, 5], [1, 1, 1], [0, 0, 0]]], terms)
    assert standing.table["from"].tolist() == [1, 1, 1]
    assert standing.table["to"].tolist() == [3, 3, 3]
    assert winner(standing) == "A is ahead with +5.0 % of its money in a match, but 1 seed can't tell it from B, C."


def test_evolution_leaves_who_dominates_and_keeps_a_circle(terms):
    dominated = replay(made([[[3, 3, 3], [1, 1, 1], [0, 0, 0]]], terms))
    assert dominated.iloc[0].tolist() == pytest.approx([1 / 3] * 3)
    assert dominated.iloc[-1].tolist() == pytest.approx([1, 0, 0], abs=1e-6)
    circle = replay(made([[[0, 1, -1], [-1, 0, 1], [1, -1, 0]]], terms))
    assert circle.to_numpy() == pytest.approx(1 / 3)  # rock, paper, scissors rests where all are as many


def test_tournaments_that_can_not_be_held(market, terms):
    rest = built_in(["Rest"])
    with pytest.raises(TournamentError, match="needs two who can play, and Rest is left\ngive more"):
        hold(rest, market, (0,), terms=terms)
    bad = [Entrant("Bad", "student", "bad.py", problem="is bad"), Entrant("X", "student", "x.py", problem="is worse")]
    with pytest.raises(TournamentError, match=r"no student's agent can play(.|\n)* bad\.py: is bad\n  x\.py: is worse"):
        hold([*bad, *built_in(["Rest", "Maker"])], market, (0,), terms=terms)

    bare = replace(terms, scenario={**terms.scenario, "agents": {**terms.scenario["agents"], "makers": {}}})
    with pytest.raises(TournamentError, match="Maker can't play: the scenario has no makers"):
        hold([*rest, *built_in(["Maker"])], market, (0,), terms=bare)
    with pytest.raises(TournamentError, match="--deposit must be from 1,000"):
        hold(rest, market, (0,), deposit=1.0)


def test_built_in_entrants_do_not_play_on_alone(school, market, terms):
    """Where the trial leaves no student, each is named with its fault."""
    entrants = [one for one in read_entrants([school / "bad.py"]) if one.name in ("Quitter", "Idler")]
    with pytest.raises(TournamentError, match="no student's agent can play") as raised:
        hold([*entrants, *built_in(["Rest", "Maker"])], market, (0,), workers=1, terms=terms)
    assert "bad.py, class Quitter: ended the process" in str(raised.value)
    assert "bad.py, class Idler: " in str(raised.value)
