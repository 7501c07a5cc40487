"""Sentences about contagion on made cases."""

from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest

from cascade_sim.contagion.answers import anyway_in_words, generations_in_words, what_is_unknown, what_made_losses
from cascade_sim.contagion.chains import Chain
from cascade_sim.contagion.words import account_names, chain_in_words, forced_sides, percent

NAMES = pd.Series({7: "account 7 (trader)", 8: "whale", 9: "account 9 (maker)"})
CHAIN = Chain((1, 2), (7, 8), ("trader", "custom"), (1.0, 2.0), ("A", "B"), (1_500.0,), (0.2,), 1_500.0)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, "50%"),
        (0.1, "10%"),
        (0.029, "2.9%"),
        (0, "0%"),
        (0.0001, "under 0.1%"),
        (-0.17, "-17%"),
        (float("nan"), "-"),
    ],
)
def test_percent(share, words):
    assert percent(share) == words


def test_one_link():
    said = "of account 7 (trader) in A took 1.5 k USD (20% of its loss) from whale"
    assert chain_in_words(CHAIN, NAMES, {(1, "A"): "sales"}) == f"Forced sales {said}"
    assert chain_in_words(CHAIN, NAMES, {(1, "A"): "purchases"}) == f"Forced purchases {said}"
    assert chain_in_words(CHAIN, NAMES, {}) == f"Forced trades {said}"


def test_two_links_and_more_than_all():
    longer = Chain(
        (1, 2, 3),
        (7, 8, 9),
        ("trader", "custom", "maker"),
        (1.0, 2.0, 3.0),
        ("A", "B", "B"),
        (1_500.0, 300.0),
        (1.2, 0.5),
        300.0,
    )
    assert chain_in_words(longer, NAMES, {(1, "A"): "sales", (2, "B"): "sales"}) == (
        "Forced sales of account 7 (trader) in A took 1.5 k USD (more than it lost in the end) from whale, "
        "whose forced sales in B then took 300 USD (50% of its loss) from account 9 (maker); "
        "carried from end to end: 300 USD"
    )
    assert "account 99" in chain_in_words(replace(CHAIN, accounts=(7, 99)), NAMES, {})


def test_names_and_sides_of_a_run(by_hand, crash):
    assert set(account_names(by_hand)) >= {"long-1", "bidder"}
    assert set(forced_sides(by_hand).values()) == {"sales"}
    trader = crash.accounts.index[crash.accounts["role"] == "trader"][0]
    assert account_names(crash)[trader] == f"account {trader} (trader)"


def made(*nodes):
    graph = nx.DiGraph()
    graph.add_nodes_from(enumerate(nodes, 1))
    return graph


def test_what_made_losses():
    one = {"lost": 80.0, "lost_to_trading": 100.0, "lost_to_insurance_fund": -20.0}
    two = {"lost": 20.0, "lost_to_liquidations": 20.0}
    said = what_made_losses(made(one, two))
    assert "lost 100 USD before, to: trading 100%, insurance fund -20%, liquidations 20%" in said
    assert what_made_losses(made({"lost": -1.0})) == "They had lost nothing before."


def test_generations():
    nodes = [{"generation": k, "notional": 100.0} for k in (0, 0, 1, 6, 9)]
    assert generations_in_words(made(*nodes)).endswith(
        "0: 2 with 200 USD; 1: 1 with 100 USD; 6 and later: 2 with 200 USD."
    )
    assert generations_in_words(made({"notional": 1.0})) == ""


def test_what_is_unknown(by_hand, crash):
    assert len(list(what_is_unknown(by_hand, by_hand.contagion()))) == 3  # everything in the book, everything explained
    said = " ".join(what_is_unknown(crash, crash.contagion()))
    assert "seed 1" in said
    assert "closed outside the book" in said


def test_who_was_brought_down_by_its_own_sales():
    own = Chain((1, 2), (7, 7), ("trader", "trader"), (1.0, 2.0), ("A", "A"), (20.0,), (0.2,), 20.0)
    assert chain_in_words(own, NAMES, {(1, "A"): "sales"}).endswith(
        "of account 7 (trader) in A took 20 USD (20% of its loss) from itself"
    )


@pytest.mark.parametrize(
    ("generation", "odd"), [(1, ""), (0, " For this one, 300 USD, the trace finds no forced trade that was needed")]
)
def test_a_twin_that_drifted_is_no_proof(crash, generation, odd):
    nodes = [
        {"account": 1, "time": 5.0, "notional": 100.0, "anyway": True, "generation": 0},
        {"account": 2, "time": 5.0, "notional": 300.0, "anyway": False, "generation": generation},
    ]
    said = anyway_in_words(crash, made(*nodes))
    assert said.startswith("1 of 2 liquidations, 300 of the 400 USD held at the breaches (75%), stays away")
    assert ("the trace finds no forced trade" in said) == bool(odd)
    assert odd in said
