"""From an asset file to tiers: search, check on fresh days, words, files."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cascade_sim.experiments.margin_tiers.asset import AssetFile
from cascade_sim.experiments.margin_tiers.brackets import rounded, tiers_of
from cascade_sim.experiments.margin_tiers.search import Answer, Floats, find_scale
from cascade_sim.experiments.margin_tiers.shortfall import Days, Shortfall
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress
from cascade_sim.scenario.venues import Tier

__all__ = ["Found", "find_tiers", "save"]

_FRESH = 1_000_000  # first seed of the days that check the answer


@dataclass(frozen=True)
class Found:
    """Tiers of an asset.

    Attributes
    ----------
    asset : AssetFile
    answer : Answer
    smallest, cautious : tuple of Tier
        Tiers at the answer, and at the upper end of its interval, rounded so that they can be used; empty unless found.
    searched : Shortfall
        On the days of the search, at the answer; nan unless found.
    fresh : dict of str to Shortfall
        Of both tiers on other days, by name.
    curve : DataFrame
        ``scale``, ``shortfall``, ``low``, ``high``, ``capital_efficiency`` at every margin visited.
    days : DataFrame
        Every run, fresh ones too.
    """

    asset: AssetFile
    answer: Answer
    smallest: tuple[Tier, ...]
    cautious: tuple[Tier, ...]
    searched: Shortfall
    fresh: dict[str, Shortfall]
    curve: pd.DataFrame
    days: pd.DataFrame


def find_tiers(asset: AssetFile, workers: int | None = None, progress: Progress | None = None) -> Found:
    """Search, and check the answer on fresh days.

    Parameters
    ----------
    asset : AssetFile
    workers : int, optional
        Processes; default one a core. The answer does not depend on it.
    progress : callable, optional
    """
    days = Days(asset, 0, workers, progress)

    def curve(scale: float) -> tuple[float, Floats]:
        return days.run(scale).value, days.resampled(scale)

    answer = find_scale(curve, asset.fund, *asset.scales)
    frame = _curve(days)
    nothing = Shortfall(float("nan"), float("nan"), float("nan"))
    if answer.status != "found":
        return Found(asset, answer, (), (), nothing, {}, frame, _all(days.frames, "search"))
    smallest, cautious = (rounded(tiers_of(asset, scale)) for scale in (answer.scale, answer.high))
    fresh = Days(asset, _FRESH, workers, progress)
    checked = {"smallest": fresh.run(answer.scale, smallest), "cautious": fresh.run(answer.high, cautious)}
    runs = pd.concat([_all(days.frames, "search"), _all(fresh.frames, "fresh")], ignore_index=True)
    return Found(asset, answer, smallest, cautious, days.shortfall(answer.scale), checked, frame, runs)


def _curve(days: Days) -> pd.DataFrame:
    efficiency = pd.concat(days.frames).groupby("scale")["capital_efficiency"].mean()
    rows = [(scale, *days.shortfall(scale), efficiency[scale]) for scale in sorted(days.debts)]
    return pd.DataFrame(rows, columns=["scale", "shortfall", "low", "high", "capital_efficiency"])


def _all(frames: list[pd.DataFrame], use: str) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True).assign(use=use)


def _rules(found: Found) -> dict[str, Any]:
    """Part of a venue's rules, to be laid into a scenario."""
    return {"tiers": {found.asset.symbol: [tier.model_dump() for tier in found.smallest]}}


def save(found: Found, words: list[str], out: Path) -> None:
    """Write tables, tiers and the figure, all or nothing.

    Raises
    ------
    ResultError
        If they can't be written.
    """
    from cascade_sim.plots.margin_tiers import plot_tiers

    asset = found.asset
    with whole_folder(out) as half:
        found.curve.to_csv(half / "curve.csv", index=False)
        found.days.to_parquet(half / "days.parquet", index=False)
        (half / "answer.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
        about = {"asset": asset.model_dump(mode="json"), "answer": asdict(found.answer)}
        about |= {"fresh": {name: each._asdict() for name, each in found.fresh.items()}}
        (half / "manifest.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        if found.smallest:
            (half / "tiers.yaml").write_text(yaml.safe_dump(_rules(found), sort_keys=False), encoding="utf-8")
        tiers = [(tier.floor, tier.maintenance, tier.leverage) for tier in found.smallest]
        ends = found.answer.scale, found.answer.low, found.answer.high
        title = asset.title or asset.symbol
        figure = plot_tiers(found.curve, asset.fund, ends, asset.quantile, tiers, asset.depth, title)
        figure.savefig(half / "tiers.png", metadata={"Software": None})
