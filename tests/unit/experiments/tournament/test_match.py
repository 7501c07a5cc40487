"""One match: what is earned, and what a student's agent can't do."""

import numpy as np
import pytest

from cascade_sim.experiments.tournament.entrants import built_in, read_entrants
from cascade_sim.experiments.tournament.match import Match, play


@pytest.fixture(scope="module")
def students(school):
    return {
        entrant.name: entrant
        for entrant in read_entrants([school / name for name in ("good.py", "fine.py", "bad.py", "worse.py")])
    }


def test_profit_is_what_the_trades_say(students, terms):
    """Money received less money paid in all trades, and fees, of one that ends without a position."""
    outcome = play(Match((students["RoundTrip"],), 1, shown=True), terms)
    _, price, size = outcome.marks[0]
    fees = 0.0005 * (price * np.abs(size)).sum()  # of a taker, by the rule file of the venue
    assert outcome.trades == (len(size),)
    assert size.sum() == pytest.approx(0.0, abs=1e-9)
    assert outcome.profits[0] == pytest.approx(-(size * price).sum() - fees, abs=0.01)
    assert -3000 < outcome.profits[0] < -500  # half a coin of 60,000 USD, through news of -5 %


def test_the_same_match_is_the_same(students, terms):
    match = Match((students["Gambler"], students["Buyer"]), 3)
    assert play(match, terms) == play(match, terms)


def test_who_does_nothing_earns_nothing(terms):
    rest, maker = built_in(["Rest", "Maker"])
    outcome = play(Match((rest, maker), 1), terms)
    assert outcome.profits[0] == 0.0
    assert outcome.trades[0] == 0
    assert outcome.trades[1] > 0


@pytest.mark.parametrize("name", ["Trader", "Hunter", "Maker", "Rest"])
def test_built_in_entrants_begin_with_the_deposit(name, market, terms):
    from cascade_sim.experiments.tournament import match
    from cascade_sim.recording.accounts import account_worth

    (entrant,) = built_in([name])
    if entrant.kind:
        data = dict(terms.scenario)
        data["agents"] = {**data["agents"], entrant.kind: {"seat 1": match._cohort(entrant, terms)}}
        simulation = match.Simulation(match.load_scenario(data, trust=True), 1)
        row = next(group.first for group in simulation.roster.groups if group.cohort == "seat 1")
        assert account_worth(simulation)[row] == pytest.approx(terms.deposit)
    else:
        assert play(Match((entrant,), 1), terms).profits == (0.0,)


WORDS = {
    "Forgetful": "AttributeError: 'Forgetful' object has no attribute 'nothing' (line 6)",
    "Greedy": "WishError: wish 1: market 'MOON-PERP' is not one of ['BTC-SPOT', 'BTC-PERP']",
    "Hoarder": "KeptViewError: it keeps the view of its turn",
    "Thief": "ValueError: assignment destination is read-only (line 8)",
}


@pytest.mark.parametrize("name", WORDS)
def test_what_goes_wrong_is_the_agents_own_loss(name, students, terms):
    outcome = play(Match((students[name],), 1), terms)
    assert outcome.profits == (0.0,)
    assert outcome.violation == ""
    assert len(outcome.faults) == 10  # then it sits out
    assert outcome.faults[0].error.startswith(WORDS[name])
    assert (outcome.faults[0].entrant, outcome.faults[0].time > 0.0) == (name, True)
    other = play(Match((students["Buyer"], students[name]), 1), terms)
    assert other.profits[0] == play(Match((students["Buyer"], built_in(["Rest"])[0]), 1), terms).profits[0]


def test_an_endless_turn_is_the_last(students, terms):
    outcome = play(Match((students["Sleeper"],), 1), terms)
    assert [(fault.error, fault.fatal) for fault in outcome.faults] == [("took longer than 0.5 s for a decision", True)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("leverage = 1000", "leverage must be from 1 to 125, got 1000"),
        ("interval = 0", "interval must be a number of seconds above 0, got 0"),
        ("x = 1 / 0", "ZeroDivisionError: division by zero"),
        ("def __init__(self): pass", "TypeError"),
        ("def decide(self, view): raise SystemExit", "SystemExit"),
        ("def decide(self, view): self.m = getattr(self, 'm', view).market('X')", "KeyError"),
        ("def decide(self, view): return 'buy'", "WishError: decide returned 'b' at place 0"),
        ("def decide(self, view): return None", "WishError: decide returned None"),
    ],
)
def test_other_mistakes(tmp_path, terms, change, said):
    head = "from cascade_sim.agents import Agent\nclass Odd(Agent):\n    def decide(self, view): return []\n"
    (tmp_path / "odd.py").write_text(f"{head}    {change}\n")
    outcome = play(Match(tuple(read_entrants([tmp_path / "odd.py"])), 1), terms)
    assert said in outcome.faults[0].error
    assert outcome.profits == (0.0,)


def test_nothing_is_remembered_from_match_to_match(tmp_path, terms):
    text = (
        "from cascade_sim.agents import Agent, Order\nseen = []\nclass Elephant(Agent):\n    def decide(self, view):\n"
        "        seen.append(1)\n        return [Order(market='BTC-PERP', size=0.001 * len(seen), kind='market')]\n"
    )
    (tmp_path / "elephant.py").write_text(text)
    match = Match(tuple(read_entrants([tmp_path / "elephant.py"])), 1)
    assert play(match, terms).digest == play(match, terms).digest


def test_a_view_kept_through_an_error_is_closed_too(tmp_path, terms):
    text = (
        "from cascade_sim.agents import Agent\nkept = []\nclass Sly(Agent):\n    def decide(self, view):\n"
        "        if kept: return kept[0].market('BTC-PERP').mid\n"
        "        kept.append(view)\n        raise ValueError('oops')\n"
    )
    (tmp_path / "sly.py").write_text(text)
    outcome = play(Match(tuple(read_entrants([tmp_path / "sly.py"])), 1), terms)
    assert outcome.faults[0].error.startswith("ValueError: oops")
    assert outcome.faults[1].error.startswith("KeptViewError: a view is valid during its turn only")
