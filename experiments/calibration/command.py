"""From a calibration file to a folder: points, fitted scenario, tables, report."""

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from cascade_sim.experiments.calibration.fit import Fit, fit
from cascade_sim.experiments.calibration.plan import NEWS_SHARE, Calibration, read_calibration
from cascade_sim.experiments.calibration.report import evaluated, parameters, report
from cascade_sim.experiments.calibration.scores import errors_of, scores
from cascade_sim.experiments.calibration.simulated import Simulated
from cascade_sim.experiments.calibration.start import start_of
from cascade_sim.folders import ResultError, whole_folder
from cascade_sim.progress import Progress
from cascade_sim.scenario.load import load_scenario, preset_names

__all__ = ["calibrate", "fitted_scenario"]

_LIBRARIES = ("cascade-sim", "numpy", "numba", "scipy", "pandas")


def fitted_scenario(plan: Calibration, values: dict[str, float]) -> dict[str, Any]:
    """Plain data of a scenario with the fitted values; what `base` can say, it says as changes.

    The part of a price file's moves that is news becomes `fitted_news_share`, which replays of a file are scored with.
    """
    named = {"fitted_news_share" if path == NEWS_SHARE else path: value for path, value in values.items()}
    settings = [*plan.set, *(f"{path}={value!r}" for path, value in named.items())]
    source = f"fitted by simulated moments to {', '.join(plan.events)}"
    lists = any(part.isdigit() for setting in settings for part in setting.partition("=")[0].split("."))
    if plan.scenario not in preset_names() or lists:
        data = load_scenario(plan.scenario, settings).model_dump(mode="json")
        data["sources"] |= dict.fromkeys(named, source)
        return data
    data = {"base": plan.scenario, "name": f"{plan.scenario}-fitted", "sources": dict.fromkeys(named, source)}
    for setting in settings:
        path, _, text = setting.partition("=")
        _put(data, path.strip().split("."), yaml.safe_load(text))
    return data


def _put(data: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        data = data.setdefault(key, {})
    data[keys[-1]] = value


def _digest(plan: Calibration) -> str:
    """Same for calibrations that differ in nothing but how long they search."""
    data = plan.model_dump_json(exclude={"evaluations"})
    return hashlib.blake2b(data.encode(), digest_size=16).hexdigest()


def _check_folder(out: Path, plan: Calibration) -> None:
    """A folder that is there must be of this calibration, which is then continued."""
    if not out.exists():
        return
    begun = out / "calibration.json"
    try:
        same = json.loads(begun.read_text(encoding="utf-8"))["digest"] == _digest(plan)
    except (OSError, ValueError, KeyError):
        same = False
    if not same:
        raise ResultError(f"{out} exists already and is not of this calibration; choose another folder or remove it")


def _manifest(plan: Calibration, found: Fit) -> dict[str, Any]:
    return {
        "digest": _digest(plan),
        "start": found.start,
        "fitted": found.best,
        "objective": {"start": float(found.objectives[0]), "fitted": float(found.objectives.min())},
        "evaluations": len(found.points),
        "j_test": asdict(found.test),
        "flat_directions": [direction.tolist() for direction in found.weak],
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def calibrate(
    file: Path,
    out: Path,
    seeds: int | None = None,
    evaluations: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> str:
    """Fit what a calibration file says, write the folder, and give the report.

    Parameters
    ----------
    file : Path
    out : Path
        New folder, or one of the same calibration that was stopped: its points are not run again.
    seeds, evaluations : int, optional
        In place of what the file says.
    workers : int, optional
        Processes; default: one a core.
    progress : callable, optional

    Raises
    ------
    CalibrationError, ScenarioError, ResultError
        In words, if something can't be used.
    """
    plan = read_calibration(file, seeds, evaluations)
    facts = {name: event.known() for name, event in (plan.events | plan.held_out).items()}
    start_of(plan)  # what is wrong with the settings is said before anything is written
    _check_folder(out, plan)
    with whole_folder(out) as half:
        text = json.dumps({"digest": _digest(plan)} | plan.model_dump(mode="json"), indent=2)
        (half / "calibration.json").write_text(text + "\n", encoding="utf-8")
    simulated = Simulated(plan, out / "points", workers)
    found = fit(plan, {name: facts[name] for name in plan.events}, simulated, progress)
    scored = scores(plan, facts, simulated, {"start": found.start, "fitted": found.best})
    errors = errors_of(scored)
    text = report(plan, found, scored, errors)
    names = [f"{event} {fact.quantity}" for event in plan.events for fact in facts[event]]
    with whole_folder(out) as half:
        evaluated(plan, found, names).to_csv(half / "evaluated.csv", index=False)
        parameters(plan, found).to_csv(half / "parameters.csv", index=False)
        scored.to_csv(half / "moments.csv", index=False)
        errors.to_csv(half / "errors.csv", index=False)
        (half / "report.md").write_text(text, encoding="utf-8")
        fitted = yaml.safe_dump(fitted_scenario(plan, found.best), sort_keys=False, allow_unicode=True)
        (half / "fitted.yaml").write_text(fitted, encoding="utf-8")
        (half / "manifest.json").write_text(json.dumps(_manifest(plan, found), indent=2) + "\n", encoding="utf-8")
    return text
