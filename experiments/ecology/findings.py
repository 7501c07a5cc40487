"""What a history says: who leads whom, how populations go, and what hunters change."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cascade_sim.experiments.ecology.course import COURSES, course_of
from cascade_sim.experiments.ecology.history import ARMS, History
from cascade_sim.experiments.ecology.lead_lag import LeadLag, lead_lag
from cascade_sim.experiments.statistics.intervals import student_interval

__all__ = ["COMPARED", "Findings", "courses", "findings", "market_series", "response", "what_hunters_change"]

COMPARED = {
    "leverage": "leverage of prey",
    "prey": "capital of prey (USD)",
    "high_share": "share of prey's capital in the type with most leverage",
    "wiped_share": "prey wiped out, share an episode",
    "fall": "largest fall of an episode (share)",
    "large_fall": "episodes with a fall above 5 %",
    "bad_debt": "bad debt an episode (USD)",
    "makers": "capital of makers (USD)",
}
_LARGE = 0.05
_LONGEST = 15  # lag
_CLASSES = (("below 4", 0.0, 4.0), ("4 to 6", 4.0, 6.0), ("6 to 8", 6.0, 8.0), ("above 8", 8.0, np.inf))


@dataclass(frozen=True)
class Findings:
    """Statistics of a history.

    Attributes
    ----------
    series : DataFrame
        See `market_series`.
    lead, growth : LeadLag or None
        Prey's leverage (first), and hunters' capital or their return in an episode (second); None if it can't be told.
    response : DataFrame
        See `response`.
    courses : DataFrame
        Share of lucks by population (index) and course (columns), in the arm with hunters.
    changes : DataFrame
        See `what_hunters_change`.
    """

    series: pd.DataFrame
    lead: LeadLag | None
    growth: LeadLag | None
    response: pd.DataFrame
    courses: pd.DataFrame
    changes: pd.DataFrame


def market_series(history: History) -> pd.DataFrame:
    """What happened in every episode, a row each, by arm, seed and episode (the index).

    What `COMPARED` names, and ``hunters`` (their capital, USD) and what they ``earned`` on it (nan without any).
    """
    address = ["arm", "seed", "episode"]
    frame = history.populations
    prey = frame[frame["role"] == "prey"]
    whole = prey.groupby(address)[["capital", "members", "open_interest", "wiped"]].sum()
    wanted = {name: item.leverage or 0.0 for name, item in history.ecology.populations.items()}
    boldest = max(history.ecology.of_role("prey"), key=lambda name: wanted[name])
    bold = prey[prey["population"] == boldest].set_index(address)["capital"]
    capital = frame.groupby([*address, "role"])["capital"].sum().unstack(fill_value=0)
    hunt = frame[frame["role"] == "hunters"].groupby(address)[["profit", "capital"]].sum()
    series = history.episodes.set_index(address)
    nothing = pd.Series(0.0, index=capital.index)
    return series.assign(
        leverage=whole["open_interest"] / whole["capital"],
        prey=whole["capital"],
        high_share=bold / whole["capital"],
        wiped_share=whole["wiped"] / whole["members"].clip(lower=1),
        large_fall=(series["fall"] > _LARGE).astype(float),
        earned=(hunt["profit"] / hunt["capital"].where(hunt["capital"] > 0)).reindex(capital.index),
        hunters=capital.get("hunters", nothing).fillna(0.0),
        makers=capital.get("makers", nothing),
    )


def _lead(series: pd.DataFrame, second: str) -> LeadLag | None:
    """Prey's leverage and a series of hunters; the first tenth, when they leave their beginning, is left out."""
    pairs = []
    for _, rows in series.xs(ARMS[0]).groupby("seed"):
        late = rows.iloc[len(rows) // 10 :]
        pairs.append((late["leverage"].fillna(1.0).to_numpy(), late[second].fillna(0.0).to_numpy()))
    most = min(_LONGEST, min(len(first) for first, _ in pairs) // 3)
    try:
        return lead_lag(pairs, most)
    except ValueError:
        return None


def response(series: pd.DataFrame) -> pd.DataFrame:
    """What hunters earn by how much there is to hunt: the numerical response of predators (Solomon, 1949).

    Returns
    -------
    DataFrame
        By classes of prey's leverage at the opening: ``mean_return`` of hunters in an episode, with its 95 % interval
        ``low``, ``high`` over lucks (Student's, of the lucks' means), and the number of ``episodes``. Classes that
        fewer than two lucks have been in are left out.
    """
    rows = series.loc[series["earned"].notna()]
    found = {}
    for label, low, high in _CLASSES:
        own = rows.loc[(rows["leverage"] >= low) & (rows["leverage"] < high), "earned"]
        means = own.groupby("seed").mean()
        if len(means) > 1:
            mean, least, most = student_interval(means)
            found[label] = {"mean_return": mean, "low": least, "high": most, "episodes": len(own)}
    return pd.DataFrame(found).T


def _of_arm(frame: pd.DataFrame, arm: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, rows in frame[frame["arm"] == arm].groupby("population", sort=False):
        yield str(name), rows.pivot(index="episode", columns="seed", values="members")


def courses(history: History, arm: str = ARMS[0]) -> pd.DataFrame:
    """Share of lucks in which the members of every population die out, settle, go round or wander."""
    found = {}
    for name, members in _of_arm(history.populations, arm):
        each = [course_of(members[seed].to_numpy(float)) for seed in members]
        found[name] = {course: each.count(course) / len(each) for course in COURSES}
    return pd.DataFrame(found).T.rename_axis("population")


def what_hunters_change(series: pd.DataFrame) -> pd.DataFrame:
    """Means over episodes with hunters and without, and their difference on the same lucks.

    Returns
    -------
    DataFrame
        By the names of `COMPARED`: ``with``, ``without``, ``difference`` and its 95 % interval ``low``, ``high`` over
        lucks (Student's). Empty if an arm is missing.
    """
    if set(series.index.unique("arm")) != set(ARMS):
        return pd.DataFrame(columns=["with", "without", "difference", "low", "high"])
    means = series.groupby(["arm", "seed"])[list(COMPARED)].mean()
    there, away = means.xs(ARMS[0]), means.xs(ARMS[1])
    rows = {}
    for name in COMPARED:
        mean, low, high = student_interval(there[name] - away[name])
        rows[name] = {"with": there[name].mean(), "without": away[name].mean()} | {
            "difference": mean,
            "low": low,
            "high": high,
        }
    return pd.DataFrame(rows).T


def findings(history: History) -> Findings:
    """All statistics of a history.

    Parameters
    ----------
    history : History
    """
    series = market_series(history)
    hunted = ARMS[0] in series.index.unique("arm") and bool(np.any(series["hunters"] > 0))
    lead, growth = (_lead(series, "hunters"), _lead(series, "earned")) if hunted else (None, None)
    return Findings(series, lead, growth, response(series), courses(history), what_hunters_change(series))
