"""What accounts, owners and venues are called in tables: by cohort and number, or by the name the scenario gives."""

import pandas as pd

__all__ = ["names_of", "with_names"]

_NAMES = ["name", "role", "cohort", "accounts"]


def names_of(accounts: pd.DataFrame, by: str = "owner") -> pd.DataFrame:
    """Names of owners, or of accounts.

    Parameters
    ----------
    accounts : DataFrame
        ``Result.accounts``.
    by : {"owner", "account"}

    Returns
    -------
    DataFrame
        Indexed by number: ``name`` (the cohort, with the number of the account where it has several members),
        ``role``, ``cohort`` and ``accounts`` (how many; of several the first says name, role and cohort).
    """
    who = accounts["owner"] if by == "owner" else accounts.index.to_series()
    table = accounts.groupby(who.rename(by))[["role", "cohort"]].first()
    several = table.groupby("cohort")["role"].transform("size") > 1
    number = accounts.index.to_series().groupby(who).first()  # of an account, for that is what one can ask about
    numbered = table["cohort"].astype(str) + " " + number.astype(str)
    return table.assign(name=table["cohort"].astype(str).mask(several, numbered), accounts=who.value_counts())[_NAMES]


def with_names(table: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """A table with what its members are called in front.

    Parameters
    ----------
    table : DataFrame
        Indexed by number, or by a kind and a number, or a name ("owner 12", "venue perps").
    names : DataFrame
        As `names_of` gives them. Who is not in it is called by its own index.
    """
    keys = pd.Index([_number(label) for label in table.index])
    front = names.reindex(keys).set_axis(table.index)
    own = pd.Series(table.index.astype(str), table.index)
    front = front.assign(name=front["name"].fillna(own), accounts=front["accounts"].fillna(0).astype(int))
    return front.fillna({"role": "", "cohort": ""}).join(table)


def _number(label: object) -> object:
    """Number at the end of a label, if it is one's."""
    word = str(label).rsplit(" ", 1)[-1]
    return int(word) if word.isdecimal() and not str(label).startswith("venue ") else label
