"""Words of game theory that a class does not know, each in a sentence."""

from collections.abc import Iterable

__all__ = ["explanations"]

_WORDS = {
    "mixed equilibrium": "each draws lots, with chances at which nobody gains by choosing otherwise",
    "alpha-rank": (
        "now and then somebody tries something else, and what pays more is copied more often; it counts how long all "
        "spend at each way to choose"
    ),
    "replicator dynamics": "now and then somebody looks at another player and copies who gets more",
    "risk-dominant": "the safer of two equilibria while one doubts what the other does",
    "branching ratio": "how many dollars of forced sales one dollar of forced sales brings about",
    "haircut": "the part of a winner's profit that is taken to pay what losers can't",
    "welfare": "what all get together",
    "bad debt": "what accounts still owe when all they had is gone",
    "global game": "everybody sees the truth a little wrong, each in a way of its own",
}


def explanations(texts: Iterable[str]) -> list[str]:
    """A sentence for every word of game theory that occurs in some texts, in the order of the texts.

    Examples
    --------
    >>> explanations(["welfare at that share"])
    ['Welfare: what all get together.']
    """
    found = [word for text in texts for word in _WORDS if word in text.lower()]
    return [f"{word[0].upper()}{word[1:]}: {_WORDS[word]}." for word in dict.fromkeys(found)]
