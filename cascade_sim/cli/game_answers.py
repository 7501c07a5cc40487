"""What a game says, on one screen: story, payoffs, equilibria in words, how sure that is, welfare, what it teaches."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cascade_sim.cli.game_tables import facts_table, led_table, payoff_table, settled, show, show_table
from cascade_sim.plots.games.choice import pictures_for
from cascade_sim.plots.games.names import amounts_of

if TYPE_CHECKING:
    from cascade_sim.experiments.games.analytic import Analytic
    from cascade_sim.experiments.games.reporting.estimate import Estimate
    from cascade_sim.experiments.games.reporting.findings import Findings

__all__ = ["print_played", "print_solved"]

_POINT = 0.005  # narrower intervals of a share are none in whole per cent


def print_played(found: "Findings", out: Path | None) -> None:
    """Print a game that was played in the market."""
    from cascade_sim.experiments.games.reporting.words import in_words

    question = found.played.question
    _head(question.title or question.name, question.story)
    show(_what_is_played(found))
    typer.echo()
    if found.led:
        show_table(led_table(found))
    else:
        table, note = payoff_table(found.game, found.table)
        show_table(table)
        show(note)
    typer.echo()
    show(_profit_alone(found))
    for sentence in _led(found) if found.led else in_words(found.game, found.equilibria, together=False):
        show(sentence)
    show(_leaders_certainty(found) if found.led else _certainty(found))
    if "payoffs-by-share" in pictures_for(found.game):
        show(_shares(found))
    show(_welfare(found))
    for paragraph in question.discussion.split("\n"):
        typer.echo()
        show(paragraph)
    _written(out)


def print_solved(found: "Analytic", out: Path | None) -> None:
    """Print a game that was solved on paper."""
    from cascade_sim.experiments.games.reporting.glossary import explanations
    from cascade_sim.experiments.games.reporting.words import in_words
    from cascade_sim.experiments.games.solving.equilibria import equilibria

    _head(found.title or found.name, found.story)
    show(f"With {', '.join(f'{name} = {value:g}' for name, value in found.parameters.items())} (--parameter).")
    typer.echo()
    if found.game is not None:
        table, note = payoff_table(found.game, None)
        show_table(table)
        show(note)
        typer.echo()
    show_table(facts_table(found.facts))
    typer.echo()
    for sentence in explanations(f"{fact.what} {fact.source}" for fact in found.facts):
        show(sentence)
    if found.game is not None:
        for sentence in in_words(found.game, equilibria(found.game)):
            show(sentence)
    show(f"Lesson: {found.lesson}")
    _written(out)


def _head(title: str, story: str) -> None:
    show(title, bold=True)
    if story:
        show(story)
    typer.echo()


def _what_is_played(found: "Findings") -> str:
    question = found.played.question
    roles = [
        f"{role.name} ({role.players} {'player' if role.players == 1 else 'players'}): {' or '.join(role.strategies)}"
        for role in found.game.roles
    ]
    payoffs = [f"{label}: {_payoff(name, found)}" for name, label in zip(question.roles, roles, strict=True)]
    return (
        f"Scenario {question.scenario}, {found.played.seeds} seeds, the same luck in every cell. {'. '.join(payoffs)}."
    )


def _payoff(name: str, found: "Findings") -> str:
    """What counts for a role."""
    role = found.played.question.roles[name]
    payoff, costs = role.payoff, [strategy.cost for strategy in role.strategies.values()]
    terms = ["paid by profit" if role.cohort is not None else "paid by what it takes"]
    terms += [f"a benefit of {payoff.benefit:.3g} of the position still held at the end"] if payoff.benefit else []
    terms += [f"{payoff.capital_cost:.3g} of its stake is what that costs"] if payoff.capital_cost else []
    terms += [f"{weight:g} of {outcome.replace('_', ' ')} counts too" for outcome, weight in payoff.counts.items()]
    terms += [f"choices cost {' or '.join(f'{cost:g}' for cost in costs)} USD"] if any(costs) else []
    terms += [f"risk counts against it (risk aversion {payoff.risk_aversion:g})"] if payoff.risk_aversion else []
    return "; ".join(terms)


def _profit_alone(found: "Findings") -> str:
    """What would be chosen for profit alone, where something else counts too."""
    from cascade_sim.experiments.games.questions.labels import labelled
    from cascade_sim.experiments.games.solving.equilibria import reported

    question = found.played.question
    if found.led or not any(role.payoff.benefit for role in question.roles.values()):
        return ""
    game = labelled(question, found.played.game_of_profit())
    ends = [_chosen(role.strategies, own) for role, own in zip(game.roles, reported(game).mix, strict=True)]
    return f"If profit alone counted {', '.join(ends)}: profits of all, and what venues took, add up to nothing."


def _chosen(strategies: Sequence[str], shares: Sequence[float]) -> str:
    if max(shares) == 1.0:
        return f"all would choose '{strategies[shares.index(1.0)]}'"
    named = zip(strategies, shares, strict=True)
    return " and ".join(f"{share:.0%} would choose '{name}'" for name, share in named if share > 0)


def _certainty(found: "Findings") -> str:
    """How well the reported equilibrium is known."""
    from cascade_sim.experiments.games.solving.robustness import robustness

    amount = amounts_of(found.game)
    known = robustness(found.resampled, found.reported)
    regrets = zip(found.game.roles, known.regret, known.regret_sd, strict=True)
    spread = ", ".join(f"{role.name} {amount(regret)} (give or take {amount(sd)})" for role, regret, sd in regrets)
    return (
        "How sure: over draws of other seeds (bootstrap) one player could gain on average by choosing otherwise: "
        f"{spread} {found.game.unit}. The same choices are an equilibrium in {known.share:.0%} of these draws."
    )


def _leaders_certainty(found: "Findings") -> str:
    """In how many resampled games the leader would choose the same, and the others would answer the same."""
    from cascade_sim.experiments.games.solving.leader import followers
    from cascade_sim.experiments.games.solving.robustness import robustness

    best = max(found.led, key=lambda answer: answer.payoff)
    after = [followers(other, found.leader, best.strategy) for other in found.resampled]
    return (
        f"How sure: over resampled seeds this choice pays {found.game.roles[found.leader].name} most in "
        f"{found.choices['best'].iloc[best.strategy]:.0%} of the games, the others settling anew in each. After it "
        f"their choices are an equilibrium in {robustness(after, best.equilibrium).share:.0%} of them."
    )


def _welfare(found: "Findings") -> str:
    """What everybody together gets, here and at best."""
    from cascade_sim.experiments.games.reporting.words import profile_in_words

    welfare = found.welfare
    if welfare.is_nothing:
        return "Welfare, all accounts and funds together, is zero whatever is chosen: what one wins another loses."
    here = f"Welfare, all accounts and funds together: {_usd(welfare.equilibrium)} USD there; "
    profile = profile_in_words(found.game, welfare.profile)
    if not welfare.lost.low > 0.0:
        ahead = f" (the one ahead, perhaps by luck: {profile})" if welfare.lost.value > 0.0 else ""
        return f"{here}no choice is known to be better{ahead}."
    fitted = "chosen on one half of the seeds, measured on the other"
    halves = "" if welfare.agreed else "; the halves differ in which is best, and this is their mean"
    return (
        f"{here}at best {_usd(welfare.best)} USD, if {profile}; lost {_usd(welfare.lost)} USD. The best was {fitted}"
        f"{halves}."
    )


def _led(found: "Findings") -> list[str]:
    """Where it ends if one role is seen by the others."""
    role, best = found.game.roles[found.leader], int(found.choices["payoff"].to_numpy().argmax())
    return [
        f"The {role.name} chooses first and looks ahead: it gets most by choosing {role.strategies[best]!r}.",
        f"Then {settled(found.game, found.leader, found.led[best])}.",
    ]


def _shares(found: "Findings") -> str:
    """How many choose what, left alone and at best."""
    from cascade_sim.experiments.games.solving.by_share import best_share, counted_first, settled_shares, swapped

    game, known = found.game, found.evidence
    if counted_first(game) is not game:
        game, known = swapped(game), known.turned()
    ends = " or ".join(_share(*mark) for mark in settled_shares(game, known.resampled))
    role = game.roles[0]
    words = f"Left alone, {ends or 'no lasting share'} of the {role.players} players choose {role.strategies[0]!r}"
    if known.welfare is None:
        return f"{words}."
    best = best_share(known.welfare[::-1], known.resampled_welfare[:, ::-1])
    return f"{words}; best for all together: {_share(*best)}."


def _share(share: float, low: float, high: float) -> str:
    interval = f"{100 * low:.0f} to {100 * high:.0f}" if high - low > _POINT else "no other in question"
    return f"{100 * share:.0f} % ({interval})"


def _usd(estimate: "Estimate") -> str:
    from cascade_sim.amounts import money

    return f"{money(estimate.value)} ({money(estimate.low)} to {money(estimate.high)})"


def _written(out: Path | None) -> None:
    if out is not None:
        typer.echo(f"\nTables and figures are in {out}.")
