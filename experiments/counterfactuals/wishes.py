"""Interventions in words: what may stand after --what-if."""

from cascade_sim.intervention import WISHES, Intervention, InterventionError
from cascade_sim.results import Result

__all__ = ["read_wishes", "spared"]

_DIGITS = 18


def spared(result: Result, liquidation: int) -> Intervention:
    """The intervention that suppresses one liquidation of a run, by its number.

    Raises
    ------
    InterventionError
        If there was no such liquidation.
    """
    breaches = result.events.get("breach")
    if breaches is None:
        raise InterventionError(f"there is no liquidation {liquidation}: nobody was liquidated in this run")
    own = breaches[breaches["liquidation"] == liquidation]
    if own.empty:
        numbers = breaches["liquidation"]
        raise InterventionError(
            f"there is no liquidation {liquidation}: choose one from {numbers.min()} to {numbers.max()}"
        )
    account = int(own["account"].iloc[0])
    nth = int(((breaches["account"] == account) & (breaches["liquidation"] <= liquidation)).sum())
    return Intervention(liquidations=((account, nth),))


def _number(kind: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InterventionError(f"{kind}={text}: {text!r} is not a number of a run")
    return int(text)


def _cohort(result: Result, name: str) -> tuple[int, ...]:
    """Accounts of a cohort."""
    cohorts = result.accounts["cohort"]
    own = cohorts.index[cohorts == name]
    if own.empty:
        roles = ~result.accounts["role"].isin(["fund", "absorber"])
        raise InterventionError(f"cohort={name}: choose from {', '.join(sorted(cohorts[roles].unique()))}")
    return tuple(int(account) for account in own)


def _read(result: Result, wish: str) -> Intervention:
    """One intervention."""
    kind, _, value = wish.partition("=")
    account, _, market = value.partition(":")
    if wish == "nothing":
        return Intervention()
    if kind == "liquidation":
        return spared(result, _number(kind, value))
    if kind == "account":
        return Intervention(accounts=(_number(kind, value),))
    if kind == "cohort":
        return Intervention(accounts=_cohort(result, value))
    if kind == "link":
        return Intervention(links=((_number(kind, account), market),))
    if kind == "isolated":
        return Intervention(all_isolated=True) if value == "all" else Intervention(isolated=(_number(kind, value),))
    if kind == "top-up":
        return Intervention(guaranteed=(_number(kind, value),))
    raise InterventionError(f"{wish!r} is none of {', '.join(WISHES)}")


def read_wishes(result: Result, wishes: list[str]) -> Intervention:
    """What several wishes ask for together.

    Parameters
    ----------
    result : Result
        Run that is to be repeated.
    wishes : list of str
        Each in one of the forms of `cascade_sim.intervention.WISHES`.

    Raises
    ------
    InterventionError
        If one can't be understood, or names what is not in the run.
    """
    found = [_read(result, wish) for wish in wishes]
    return Intervention(
        liquidations=sum((each.liquidations for each in found), ()),
        accounts=sum((each.accounts for each in found), ()),
        links=sum((each.links for each in found), ()),
        guaranteed=sum((each.guaranteed for each in found), ()),
        isolated=sum((each.isolated for each in found), ()),
        all_isolated=any(each.all_isolated for each in found),
    )
