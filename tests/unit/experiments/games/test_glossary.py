"""Words that a class does not know are explained where they occur, and only there."""

from cascade_sim.experiments.games.analytic import analytic
from cascade_sim.experiments.games.reporting.glossary import explanations


def test_each_word_once_and_in_order():
    said = explanations(["Replicator dynamics here", "alpha-rank there", "replicator dynamics again", "nothing"])
    assert [sentence.split(":")[0] for sentence in said] == ["Replicator dynamics", "Alpha-rank"]
    assert explanations(["nothing to explain"]) == []


def test_alpha_rank_on_paper_is_explained():
    said = explanations(fact.what for fact in analytic("pre-emption").facts)
    assert [sentence for sentence in said if sentence.startswith("Alpha-rank: now and then")]
