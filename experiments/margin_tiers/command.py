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
from cascade_sim.experiments.margin_tiers.verify import Step, stepped_up
from cascade_sim.folders import whole_folder
from cascade_sim.progress import Progress
from cascade_sim.scenario.venues import Tier

__all__ = ["Found", "find_tiers", "save"]

_VERIFYING, _FRESH = 1_000_000, 2_000_000  # first seeds of days that the search does not see
_TIMES_VERIFYING, _TIMES_FRESH = 2, 4  # the days of the search


@dataclass(frozen=True)
class Found:
    """Tiers of an asset.

    Attributes
    ----------
    asset : AssetFile
    answer : Answer
    smallest : tuple of Tier
        At the answer, rounded so that they can be used: what the days of the search alone would choose; empty unless
        found.
    searched : Shortfall
        On the days of the search, at the answer; nan unless found.
    steps : tuple of Step
        Margins tried on other days, the last of which is chosen if it holds; empty unless found.
    fresh : dict of str to Shortfall
        Of the ``smallest`` and of the ``chosen`` on days that played no part at all.
    curve : DataFrame
        ``scale``, ``shortfall``, ``low``, ``high``, ``capital_efficiency`` at every margin visited.
    days : DataFrame
        Every run, fresh ones too.
    """

    asset: AssetFile
    answer: Answer
    smallest: tuple[Tier, ...]
    searched: Shortfall
    steps: tuple[Step, ...]
    fresh: dict[str, Shortfall]
    curve: pd.DataFrame
    days: pd.DataFrame

    @property
    def chosen(self) -> tuple[Tier, ...]:
        """Tiers that hold on days that did not choose them; empty if none do."""
        return self.steps[-1].tiers if self.steps and self.steps[-1].holds else ()


def find_tiers(asset: AssetFile, workers: int | None = None, progress: Progress | None = None) -> Found:
    """Search, step up on other days until the margin holds there, and measure the answer on a third set of days.

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
    if answer.status != "found":
        nothing = Shortfall(float("nan"), float("nan"), float("nan"))
        return Found(asset, answer, (), nothing, (), {}, frame, _all(days.frames, "search"))
    verifying = Days(asset, _VERIFYING, workers, progress, _TIMES_VERIFYING)
    steps = stepped_up(asset, verifying, answer.high)
    smallest = rounded(tiers_of(asset, answer.scale))
    fresh = Days(asset, _FRESH, workers, progress, _TIMES_FRESH)
    last = steps[-1]
    checked = {"smallest": fresh.run(answer.scale, smallest), "chosen": fresh.run(last.scale, last.tiers)}
    uses = {"search": days, "verifying": verifying, "fresh": fresh}
    runs = pd.concat([_all(own.frames, use) for use, own in uses.items()], ignore_index=True)
    return Found(asset, answer, smallest, days.shortfall(answer.scale), tuple(steps), checked, frame, runs)


def _curve(days: Days) -> pd.DataFrame:
    efficiency = pd.concat(days.frames).groupby("scale")["capital_efficiency"].mean()
    rows = [(scale, *days.shortfall(scale), efficiency[scale]) for scale in sorted(days.debts)]
    return pd.DataFrame(rows, columns=["scale", "shortfall", "low", "high", "capital_efficiency"])


def _all(frames: list[pd.DataFrame], use: str) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True).assign(use=use)


def _of_step(step: Step) -> dict[str, Any]:
    return {"scale": step.scale, "holds": step.holds, "shortfall": step.shortfall._asdict()}


def _checks(found: Found) -> pd.DataFrame:
    """Margins tried on days that the search did not see."""
    last = found.steps[-1].scale if found.steps else found.answer.scale
    tried = [(step.scale, *step.shortfall, "other days: stepped up until it holds") for step in found.steps]
    scales = {"smallest": found.answer.scale, "chosen": last}
    tried += [(scales[name], *each, "third days: what it is worth") for name, each in found.fresh.items()]
    return pd.DataFrame(tried, columns=["scale", "shortfall", "low", "high", "days"])


def _rules(found: Found) -> dict[str, Any]:
    """Part of a venue's rules, to be laid into a scenario."""
    return {"tiers": {found.asset.symbol: [tier.model_dump() for tier in found.chosen]}}


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
        about: dict[str, Any] = {"asset": asset.model_dump(mode="json"), "answer": asdict(found.answer)}
        about |= {"steps": [_of_step(step) for step in found.steps]}
        about |= {"fresh": {name: each._asdict() for name, each in found.fresh.items()}}
        (half / "manifest.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        if found.chosen:
            (half / "tiers.yaml").write_text(yaml.safe_dump(_rules(found), sort_keys=False), encoding="utf-8")
        tiers = [(tier.floor, tier.maintenance, tier.leverage) for tier in found.chosen]
        title = asset.title or asset.symbol
        figure = plot_tiers(found.curve, asset.fund, _checks(found), asset.quantile, tiers, asset.depth, title)
        figure.savefig(half / "tiers.png", metadata={"Software": None})
