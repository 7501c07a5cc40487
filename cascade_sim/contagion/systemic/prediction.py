"""Do measures taken before a crash say who does the damage in it? Ranks before, held against what happened.

A measure is worth its name if it orders accounts better than what anybody can see: how large a position is, how far it
is levered, how small a fall breaks its margin, and whether a given fall does. These stand beside the measures as
benchmarks. Correlations are of ranks (Spearman, 1904, "The proof and measurement of association between two things"),
as no measure claims to be linear.

Among all accounts, most of the correlation is about who is liquidated at all; among the liquidated, only the order of
damage counts. Both are given. p values are those of independent accounts, which accounts of one run are not, for they
fall through the same prices: an interval over seeds is the better judge.

DebtRank, overlap, branching, notional and leverage do not know which way prices will go; the others are told that all
markets fall, and by how much: a tenth unless said otherwise. Eisenberg-Noe clearing predicts nothing: before the news
nobody owes anything.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from cascade_sim.contagion.holdings import Holdings, Source, holdings_of
from cascade_sim.contagion.impact_weights import impact_weights
from cascade_sim.contagion.systemic.network_tables import debtrank_by_owner
from cascade_sim.contagion.systemic.outcomes import outcomes
from cascade_sim.contagion.systemic.position_branching import position_branching
from cascade_sim.contagion.systemic.sale_inputs import SaleInputs
from cascade_sim.contagion.systemic.sale_tables import fire_sale_by_account, vulnerability

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["BENCHMARKS", "MEASURES", "before_the_news", "measures_by_account", "predictive_power"]

MEASURES = (
    "debtrank",
    "loss_to_others",
    "indirect_vulnerability",
    "overlap",
    "notional_down",
    "fire_sale",
    "fire_sale_refilled",
)
BENCHMARKS = ("notional", "leverage", "fragility", "direct_sale")
_LARGEST = 5000  # accounts that DebtRank and branching look at
_REFILLED = 4  # how often makers bring the depth: of 1, 2, 4 and 16 what did best on seed 7 of flash-crash


def before_the_news(result: "Result") -> float:
    """Time (s) at which the first scheduled news begins; the start where none is."""
    return min((float(news.at) for news in result.scenario.news), default=0.0)


def measures_by_account(result: Source, time: float, shock: float = -0.1) -> pd.DataFrame:
    """What every measure says about every account that holds a position and can be liquidated.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds; nothing later is used if a book is on record by then, which it is once a ``map_interval``.
    shock : float
        Return of all markets.

    Returns
    -------
    DataFrame
        Indexed by account. ``debtrank``; ``loss_to_others`` and ``indirect_vulnerability`` (Vulnerable Banks);
        ``overlap`` (indirect contagion index without sign); ``notional_down`` (USD that its closing alone would bring
        down); ``fire_sale`` (USD sold under its margin, into the books as they stand), ``fire_sale_refilled`` (into
        four times as much); ``notional`` (USD), ``leverage`` (over collateral) and ``fragility`` (one over the multiple
        of the shock that breaks its margin; 0: no fall does); ``direct_sale`` (USD of its positions if the shock alone
        breaks its margin: fire sales without contagion).
    """
    holdings = holdings_of(result)
    inputs = SaleInputs.at(holdings, time)
    sales = (inputs.positions, inputs.collateral, inputs.depth, inputs.shock(shock))
    keeping, fire = vulnerability(*sales), _fire_sale(inputs, shock)
    gross = inputs.positions.abs().sum(axis=1)
    point = fire["breaking_point"].clip(lower=1e-9)
    columns = {
        "debtrank": _debtrank(holdings, time),
        "loss_to_others": keeping["loss_to_others"],
        "indirect_vulnerability": keeping["indirect_vulnerability"],
        "overlap": inputs.indirect_contagion_index()[1].abs(),
        "notional_down": position_branching(holdings, time, _LARGEST).table["notional_down"],
        "fire_sale": fire["sold"],
        "fire_sale_refilled": _fire_sale(inputs, shock, _REFILLED)["sold"],
        "notional": gross,
        "leverage": gross / inputs.collateral,
        "fragility": 1.0 / point,
        "direct_sale": gross.where(point <= 1, 0.0),
    }
    return pd.DataFrame(columns).reindex(gross.index[inputs.collateral > 0])


def _fire_sale(inputs: SaleInputs, shock: float, times: float = 1.0) -> pd.DataFrame:
    """Fire sales into so many times the depth on record."""
    depth, move = times * inputs.depth, inputs.shock(shock)
    return fire_sale_by_account(inputs.positions, inputs.collateral, depth, move, inputs.max_leverage)


def _debtrank(holdings: Holdings, time: float) -> "pd.Series[float]":
    weights = impact_weights(holdings, time, by="account", largest=_LARGEST)
    table: pd.Series[float] = debtrank_by_owner(weights.weights, weights.equity, weights.labels)["debtrank"]
    return table


def _rank_correlation(measure: "pd.Series[float]", outcome: "pd.Series[float]") -> tuple[int, float, float]:
    """Number of accounts, correlation and p value; nan where one of the two is the same for all."""
    known = measure.notna()
    x, y = measure[known], outcome[known]
    if len(x) < 3 or x.nunique() < 2 or y.nunique() < 2:
        return len(x), np.nan, np.nan
    found = spearmanr(x, y)
    return len(x), float(found.statistic), float(found.pvalue)


def predictive_power(result: Source, time: float | None = None, shock: float = -0.1) -> pd.DataFrame:
    """Rank correlation of measures taken at a time with what accounts did from then on.

    Parameters
    ----------
    result : Result or Holdings
    time : float, optional
        Seconds; when the first news begins, when left out.
    shock : float
        As in `measures_by_account`.

    Returns
    -------
    DataFrame
        A row for ``measure`` (of `MEASURES` and `BENCHMARKS`), ``outcome`` (as `outcomes` names them) and ``among``
        ("all" who held a position, or the "liquidated" of them), with ``accounts`` (how many), ``correlation`` and
        ``p_value`` (of no correlation; nan where one of the two is the same for all).
    """
    holdings = holdings_of(result)
    time = before_the_news(holdings.result) if time is None else time
    said = measures_by_account(holdings, time, shock)
    did = outcomes(holdings, time).reindex(said.index)
    groups = {"all": did.index, "liquidated": did.index[did["liquidated"] > 0]}
    rows = [
        (name, outcome, among, *_rank_correlation(said.loc[members, name], did.loc[members, outcome]))
        for name in (*MEASURES, *BENCHMARKS)
        for outcome in did.columns
        for among, members in groups.items()
    ]
    return pd.DataFrame(rows, columns=["measure", "outcome", "among", "accounts", "correlation", "p_value"])
