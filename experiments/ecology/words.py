"""What a history says, in sentences that a teacher can read out."""

import math

from cascade_sim.amounts import money
from cascade_sim.experiments.ecology.course import COURSES
from cascade_sim.experiments.ecology.findings import Findings
from cascade_sim.experiments.ecology.history import ARMS, History

__all__ = ["in_words"]

_SHARES = ("high_share", "wiped_share", "fall", "large_fall")


def _value(name: str, value: float) -> str:
    if name in _SHARES:
        return f"{100 * value:.1f} %"
    return money(value) + " USD" if name in ("prey", "bad_debt", "makers") else f"{value:.2f}"


def _episodes(count: float) -> str:
    return f"{count:.0f} episode{'' if abs(count) == 1 else 's'}"


def _hunters(findings: Findings) -> list[str]:
    """What becomes of hunters."""
    series = findings.series
    if ARMS[0] not in series.index.unique("arm") or not series["hunters"].any():
        return ["Nobody hunts."]
    own = series.xs(ARMS[0])["hunters"].unstack("episode")
    first, last, most = own.iloc[:, 0].mean(), own.iloc[:, -1], own.max(axis=1)
    dead = int((last <= 0).sum())
    said = [
        f"Hunters begin with {money(first)} USD. At their most they have {money(most.mean())} USD in the mean over "
        f"{len(own)} lucks, at the end {money(last.mean())} USD."
    ]
    if dead:
        said.append(f"In {dead} of {len(own)} lucks there are none left at the end.")
    return said


def _courses(findings: Findings, history: History) -> list[str]:
    """How populations go, as shares of lucks."""
    shares, lucks = findings.courses, history.ecology.seeds
    said = []
    for name, row in shares.iterrows():
        parts = [f"{word} in {round(row[word] * lucks)}" for word in COURSES if row[word] > 0]
        said.append(f"{name} {', '.join(parts)}")
    meaning = (
        "(Settles: ends almost steady. Goes round: comes back with a period that stands out of chance. "
        "Wanders: goes up and down with none.)"
    )
    return [f"Of {lucks} lucks, the number of " + "; of ".join(said) + f". {meaning}"] if said else []


def _lead(findings: Findings) -> list[str]:
    """Who leads whom."""
    lead = findings.lead
    if lead is None:
        return []
    row = lead.table.iloc[int(lead.table["mean"].to_numpy().argmax())]
    size = f"correlation {row['mean']:.2f}, 95 % interval {row['low']:.2f} to {row['high']:.2f}"
    if math.isnan(lead.low):
        return [f"Prey's leverage and hunters' capital go together most at a lag of {_episodes(lead.lag)} ({size})."]
    interval = f"the lag's interval is {lead.low:.0f} to {lead.high:.0f}"
    if lead.leader == 0 or row["low"] <= 0:  # a lag of what may be no correlation at all says nothing
        most = f"the correlation is largest at a lag of {lead.lag:.0f} episodes ({size})"
        return [f"Who leads can't be told: {most}; {interval}."]
    one, two = ("Prey's leverage", "hunters' capital") if lead.leader > 0 else ("Hunters' capital", "prey's leverage")
    return [f"{one} leads {two} by {_episodes(abs(lead.lag))} ({size}; {interval})."]


def _growth(findings: Findings) -> list[str]:
    """How hunters' returns go with leverage before and after them."""
    if findings.growth is None:
        return []
    rows = findings.growth.table
    said = []
    for lag, words in (
        (0, "in an episode goes with the leverage it opens with"),
        (-1, "and with that of the next one"),
    ):
        row = rows[rows.index == lag].iloc[0]
        said.append(f"{words} (correlation {row['mean']:.2f}, {row['low']:.2f} to {row['high']:.2f})")
    return ["What hunters earn " + " ".join(said) + "."]


def _response(findings: Findings) -> list[str]:
    """What hunters earn where there is little to hunt and where there is much."""
    rows = findings.response
    if len(rows) < 2:
        return []
    parts = [
        f"{100 * row['mean_return']:.1f} % ({100 * row['low']:.1f} to {100 * row['high']:.1f}) where it is {where}"
        for where, row in rows.astype(float).to_dict("index").items()
    ]
    return ["By prey's leverage, hunters earn in an episode " + ", ".join(parts) + "."]


_DIFFERENCES = {
    "leverage": "leverage of prey",
    "fall": "the mean largest fall of an episode",
    "large_fall": "the share of episodes with a fall above 5 %",
    "wiped_share": "prey wiped out in an episode",
    "prey": "capital of prey",
    "bad_debt": "bad debt an episode",
}


def _changes(findings: Findings) -> list[str]:
    """What hunters change on the same lucks."""
    said = []
    for name, label in _DIFFERENCES.items():
        if name in findings.changes.index:
            row = findings.changes.astype(float).to_dict("index")[name]
            clear = row["low"] > 0 or row["high"] < 0
            verdict = "" if clear else ", which can't be told from nothing"
            said.append(
                f"With hunters {label} is {_value(name, row['with'])} instead of {_value(name, row['without'])} "
                f"(difference {_value(name, row['difference'])}, 95 % interval {_value(name, row['low'])} to "
                f"{_value(name, row['high'])}{verdict})."
            )
    return said


def in_words(history: History, findings: Findings) -> list[str]:
    """Sentences about a history, without terms that were not explained.

    Parameters
    ----------
    history : History
    findings : Findings

    Returns
    -------
    list of str
    """
    hunters = _lead(findings) + _growth(findings) + _response(findings)
    return _hunters(findings) + _courses(findings, history) + hunters + _changes(findings)
