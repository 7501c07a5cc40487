"""A game and its equilibria in sentences that can be read out."""

from collections.abc import Sequence

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.profiles import Profile
from cascade_sim.experiments.games.solving.basins import basins
from cascade_sim.experiments.games.solving.domination import dominated
from cascade_sim.experiments.games.solving.equilibria import Equilibrium, all_alike, reported

__all__ = [
    "a_player",
    "better_for_all",
    "choices_in_words",
    "families",
    "in_words",
    "least_gain",
    "profile_in_words",
]

_NOTHING = 1e-9  # of the range of payoffs


def in_words(game: Game, equilibria: Sequence[Equilibrium], together: bool = True) -> list[str]:
    """Plain sentences on what players choose when nobody regrets it, and whether that is good for them.

    Parameters
    ----------
    game : Game
    equilibria : sequence of Equilibrium
        Of the game, as `cascade_sim.experiments.games.solving.equilibria.equilibria` gives them.
    together : bool
        Whether to say what all players together get. Payoffs of a player's mean account must not be added up over
        roles whose players have different numbers of accounts.

    Returns
    -------
    list of str
    """
    said = [_dominated(game, r, k) for r, k in dominated(game)]
    if not equilibria:
        return [*said, "No choice was found that nobody regrets; more starts or a larger tolerance may find one."]
    found = families(game, equilibria)
    said += [_many(len(found))] if len(found) > 1 else []
    said += [_equilibrium(game, one) + _also(others) for one, *others in found]
    named = reported(game, equilibria)
    if len(equilibria) > 1:
        said.append(_selected(game, named, equilibria))
    return [*said, *_dilemma(game, named), *([_against_best(game, named)] if together else [])]


def _dominated(game: Game, r: int, k: int) -> str:
    role = game.roles[r]
    return f"For {a_player(game, r)}, {role.strategies[k]!r} is never the best choice: something else always pays more."


def families(game: Game, equilibria: Sequence[Equilibrium]) -> list[list[Equilibrium]]:
    """Equilibria by what is played and what it pays: a continuum of them shows as several of one family."""
    found: dict[object, list[Equilibrium]] = {}
    for one in equilibria:
        played = tuple(tuple(share > 0.0 for share in own) for own in one.mix)
        paid = tuple(round(v / (float(unit) or 1.0), 6) for v, unit in zip(one.payoffs, game.range, strict=True))
        found.setdefault((one.profile, played, paid), []).append(one)
    return list(found.values())


def _also(others: Sequence[Equilibrium]) -> str:
    return " The same choices do so with other chances too, and pay the same." if others else ""


def _many(count: int) -> str:
    return (
        f"There are {count} ways to choose that nobody regrets (equilibria). The rules alone do not say "
        "which of them comes about: it hangs on what players expect of each other."
    )


def _equilibrium(game: Game, one: Equilibrium) -> str:
    sentence = choices_in_words(game, one)
    differ = one.profile is not None and any(max(counts) < sum(counts) for counts in one.profile)
    on_average = " on average" if differ or one.kind == "mixed" else ""
    paid = f"{_payoffs(game, one.payoffs)}{on_average}"
    return f"{sentence[0].upper()}{sentence[1:]}. Nobody gains by changing alone. It pays {paid}."


def choices_in_words(game: Game, one: Equilibrium) -> str:
    """What everybody does in an equilibrium."""
    return "; ".join(_choice(game, one, r) for r in range(len(game.roles)))


def _choice(game: Game, one: Equilibrium, r: int) -> str:
    """What players of a role do."""
    role = game.roles[r]
    if one.profile is not None:
        return _counts(game, r, one.profile[r])
    played = [(share, name) for share, name in zip(one.mix[r], role.strategies, strict=True) if share > 0.0]
    if len(played) == 1:
        return f"{_all(game, r)} {_chooses(role.players)} {played[0][1]!r}"
    chances = ", ".join(f"{name!r} with a chance of {_percent(share)}" for share, name in played)
    return f"{_each(game, r)} draws lots: {chances}"


def _selected(game: Game, named: Equilibrium, equilibria: Sequence[Equilibrium]) -> str:
    return f"If one must be named: {choices_in_words(game, named)}; {_why(game, equilibria)}."


def _why(game: Game, equilibria: Sequence[Equilibrium]) -> str:
    alike = [one for one in equilibria if all_alike(one)]
    if len(alike) == 1:
        return "in no other do players of a role, who cannot agree on who does what, all choose alike"
    if game.sizes == [(2, 2)] and sum(one.kind == "pure" for one in alike) == 2:
        return "it is the safer choice while one doubts what the other does (risk-dominant)"
    first, second = sorted(basins(game, [one.mix for one in alike]).tolist(), reverse=True)[:2]
    if first - second < 0.1:
        return "but about as many starting points lead to another one when players copy what pays"
    return "most starting points lead there when players copy what pays (largest basin)"


def better_for_all(game: Game, named: Equilibrium) -> Profile | None:
    """Pure profile that is better for everybody than an equilibrium; of several the one with the largest sum."""
    better = [profile for profile in game.profiles if least_gain(game, profile, named) > _NOTHING]
    return max(better, key=lambda profile: _welfare(game, profile), default=None)


def _dilemma(game: Game, named: Equilibrium) -> list[str]:
    """Say so where another pure profile is better for everybody."""
    best = better_for_all(game, named)
    if best is None:
        return []
    paid = _payoffs(game, _means(game, best))
    would = f"if {profile_in_words(game, best)}, every player would be better off, with {paid}"
    if game.is_equilibrium(best):
        return [
            f"It is a failure to act together: {would}. Nobody would regret that either, but each must trust the rest."
        ]
    return [f"It is a dilemma: {would}. But there somebody gains by choosing otherwise."]


def _against_best(game: Game, named: Equilibrium) -> str:
    sums = {profile: _welfare(game, profile) for profile in game.profiles}
    best = max(sums, key=lambda profile: sums[profile])
    own = sum(role.players * paid for role, paid in zip(game.roles, named.payoffs, strict=True))
    small = _NOTHING * max(1.0, float(game.range.max()))
    if sums[best] - min(sums.values()) <= small:
        return "What one wins others lose: the sum of all payoffs is the same whatever they choose."
    if sums[best] - own <= small:
        return f"All players together get {_number(own)}{_unit(game)}: no other choice gives them more."
    return (
        f"All players together get {_number(own)}{_unit(game)}. The most they could get is {_number(sums[best])}"
        f"{_unit(game)}, if {profile_in_words(game, best)}: {_number(sums[best] - own)}{_unit(game)} more."
    )


def _means(game: Game, profile: Profile) -> list[float]:
    """Mean payoff of the players of each role."""
    paid = zip(profile, game.payoffs[profile], strict=True)
    return [sum(n * v for n, v in zip(counts, own, strict=True) if n) / sum(counts) for counts, own in paid]


def _welfare(game: Game, profile: Profile) -> float:
    return sum(role.players * paid for role, paid in zip(game.roles, _means(game, profile), strict=True))


def least_gain(game: Game, profile: Profile, named: Equilibrium) -> float:
    """Least that any player gets more than in the equilibrium, as a share of the range of payoffs."""
    gained = []
    for r, (counts, own) in enumerate(zip(profile, game.payoffs[profile], strict=True)):
        unit = float(game.range[r]) or 1.0
        gained += [(float(v) - named.payoffs[r]) / unit for n, v in zip(counts, own, strict=True) if n]
    return min(gained)


def profile_in_words(game: Game, profile: Profile) -> str:
    """What everybody chooses in a pure profile."""
    return " and ".join(_counts(game, r, counts) for r, counts in enumerate(profile))


def _counts(game: Game, r: int, counts: Sequence[int]) -> str:
    """What players of a role choose in a pure profile."""
    role = game.roles[r]
    chosen = [(count, role.strategies[k]) for k, count in enumerate(counts) if count]
    if len(chosen) == 1:
        return f"{_all(game, r)} {_chooses(role.players)} {chosen[0][1]!r}"
    parts = " and ".join(f"{count} {_chooses(count)} {name!r}" for count, name in chosen)
    return f"of the {role.players} {role.name}s {parts}"


def _payoffs(game: Game, paid: Sequence[float]) -> str:
    return " and ".join(f"{_each(game, r)} {_number(value)}{_unit(game)}" for r, value in enumerate(paid))


def a_player(game: Game, r: int) -> str:
    """Any player of a role."""
    role = game.roles[r]
    return f"the {role.name}" if role.players == 1 else f"every {role.name}"


def _each(game: Game, r: int) -> str:
    role = game.roles[r]
    return f"the {role.name}" if role.players == 1 else f"each {role.name}"


def _all(game: Game, r: int) -> str:
    role = game.roles[r]
    if role.players == 1:
        return f"the {role.name}"
    return f"both {role.name}s" if role.players == 2 else f"all {role.players} {role.name}s"


def _chooses(count: int) -> str:
    return "chooses" if count == 1 else "choose"


def _percent(share: float) -> str:
    return f"{share:.0%}" if 0.005 <= share <= 0.995 else f"{share:.2%}"


def _number(value: float) -> str:
    rounded = f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return "0" if abs(value) < 1e-9 else rounded


def _unit(game: Game) -> str:
    return f" {game.unit}" if game.unit else ""
