"""The tournament: a trial for every student, then everybody against everybody, alone, and against a copy."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.tournament.entrants import Entrant
from cascade_sim.experiments.tournament.match import Match, Outcome, Terms
from cascade_sim.experiments.tournament.pool import Crew
from cascade_sim.experiments.tournament.problems import TournamentError
from cascade_sim.progress import Progress
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["Tournament", "hold", "terms_of"]


@dataclass(frozen=True)
class Tournament:
    """All that was played.

    Attributes
    ----------
    terms : Terms
    entrants : tuple of Entrant
        Who played, students first.
    excluded : tuple of Entrant
        Who did not, each with its problem.
    seeds : tuple of int
    matches : tuple of Match
    outcomes : tuple of Outcome
    """

    terms: Terms
    entrants: tuple[Entrant, ...]
    excluded: tuple[Entrant, ...]
    seeds: tuple[int, ...]
    matches: tuple[Match, ...]
    outcomes: tuple[Outcome, ...]

    @cached_property
    def digest(self) -> str:
        """Hexadecimal digest of who played, and of everything that happened in every match, in order."""
        whole = hashlib.blake2b(digest_size=16)
        for match, outcome in zip(self.matches, self.outcomes, strict=True):
            names = "|".join(entrant.name for entrant in match.seats)
            whole.update(f"{names} {match.seed} {outcome.digest}\n".encode())
        return whole.hexdigest()


def terms_of(scenario: Scenario, deposit: float) -> Terms:
    """Terms of a tournament in a scenario: on its first perpetual.

    Raises
    ------
    TournamentError
        If it has none, or lacks the cohorts that built-in entrants are made from.
    """
    perpetuals = [(venue, name) for name, (venue, market) in scenario.markets.items() if market.kind == "perpetual"]
    if not perpetuals:
        raise TournamentError(f"scenario {scenario.name} has no perpetual to trade; choose another with --scenario")
    venue, market = perpetuals[0]
    if not 1e3 <= deposit <= 1e8:
        raise TournamentError(f"--deposit must be from 1,000 to 100,000,000 USD, got {deposit:,.10g}")
    rules = scenario.venues[venue].rules
    tiers = rules.tiers.get(scenario.markets[market][1].asset) or rules.tiers["default"]
    return Terms(scenario.model_dump(mode="json"), venue, market, deposit, max(tier.leverage for tier in tiers))


def _check_kinds(entrants: Sequence[Entrant], terms: Terms) -> None:
    for entrant in entrants:
        if entrant.kind and not entrant.is_student and not terms.scenario["agents"][entrant.kind]:
            raise TournamentError(
                f"{entrant.name} can't play: the scenario has no {entrant.kind} that it could be like; leave it out of "
                "--against, or choose another scenario"
            )


def hold(
    entrants: Sequence[Entrant],
    scenario: Scenario,
    seeds: Sequence[int],
    deposit: float = 200_000.0,
    workers: int | None = None,
    progress: Progress | None = None,
    terms: Terms | None = None,
) -> Tournament:
    """Hold a tournament.

    Parameters
    ----------
    entrants : sequence of Entrant
    scenario : Scenario
    seeds : sequence of int
        Every pair plays all of them, in both orders of seats; everybody plays alone and against a copy too.
    deposit : float
        USD that everybody begins with in every match.
    workers : int, optional
        Processes; the result does not depend on it.
    progress : callable, optional
    terms : Terms, optional
        With other limits, say; default `terms_of` the scenario.

    Raises
    ------
    TournamentError
        If there are students and none can play, if fewer than two are left, or if the scenario does not do.
    """
    terms = terms or terms_of(scenario, deposit)
    _check_kinds(entrants, terms)
    _check_students(entrants)
    # Compiled here, before workers would all do it at once and overrun the limit.
    Simulation(scenario, seeds[0]).run_until(micros(1.0))
    with Crew(terms, workers) as crew:
        playing, excluded = _try_out(entrants, seeds[0], crew)
        _check_students([*playing, *excluded])
        if len(playing) < 2:
            alone = playing[0].name if playing else "nobody"
            raise TournamentError(
                f"a tournament needs two who can play, and {alone} is left{_reasons(excluded)}"
                "\ngive more files, or let built-in ones play: --against Trader,Rest"
            )
        matches = _matches(playing, seeds)
        outcomes = crew.play_all(matches, progress)
    return Tournament(terms, tuple(playing), tuple(excluded), tuple(seeds), tuple(matches), tuple(outcomes))


def _check_students(entrants: Sequence[Entrant]) -> None:
    """Built-in entrants alone are not what students came for."""
    students = [entrant for entrant in entrants if entrant.is_student]
    if students and all(entrant.problem for entrant in students):
        raise TournamentError(
            f"no student's agent can play, so there is no tournament{_reasons(students)}"
            "\nmend the files and play again; `--new FOLDER` writes examples that work"
        )


def _reasons(entrants: Sequence[Entrant]) -> str:
    """A line for everybody who can't play."""
    return "".join(f"\n  {entrant.where}: {entrant.problem}" for entrant in entrants)


def _matches(entrants: Sequence[Entrant], seeds: Sequence[int]) -> list[Match]:
    """Everybody alone, against a copy, and every pair in both orders, seed by seed."""
    matches = []
    for seed in seeds:
        alone = [Match((one,), seed, shown=one.is_student and seed == seeds[0]) for one in entrants]
        matches += alone + [Match((one, other), seed) for one in entrants for other in entrants]
    return matches


def _try_out(entrants: Sequence[Entrant], seed: int, crew: Crew) -> tuple[list[Entrant], list[Entrant]]:
    """Who can play, and who can't: every student plays alone, twice on the same luck."""
    hopeful = [entrant for entrant in entrants if entrant.is_student and not entrant.problem]
    twice = [Match((entrant,), seed) for entrant in hopeful for _ in range(2)]
    outcomes = crew.play_all(twice)
    found = {entrant.name: _problem(*outcomes[2 * k : 2 * k + 2]) for k, entrant in enumerate(hopeful)}
    judged = [replace(entrant, problem=entrant.problem or found.get(entrant.name, "")) for entrant in entrants]
    return [entrant for entrant in judged if not entrant.problem], [entrant for entrant in judged if entrant.problem]


def _problem(first: Outcome, second: Outcome) -> str:
    """What keeps an entrant from playing; nothing if it may."""
    for fault in first.faults:
        if fault.fatal:
            when = f"at {fault.time:.1f} s: " if fault.time == fault.time and fault.time > 0 else ""
            return f"{when}{fault.error}"
    if first.violation:
        return f"changed what it may only look at: {first.violation}"
    if first.digest != second.digest:
        return "two runs on the same luck differ; use self.model.rng or self.model.random for chance, and no clock"
    return ""
