"""The report of a sweep: what was asked, what came out, how sure that is, and the command that repeats it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.sweeps.design import Design
from cascade_sim.experiments.sweeps.environment import numerics
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import folder_digest
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES
from cascade_sim.experiments.sweeps.question import Question, read_question, study_names
from cascade_sim.experiments.sweeps.reading import idle_axes
from cascade_sim.experiments.sweeps.reporting.one_axis import along_one_axis
from cascade_sim.experiments.sweeps.reporting.page import Section, page
from cascade_sim.experiments.sweeps.reporting.settings_that_decide import sensitivity
from cascade_sim.experiments.sweeps.reporting.sizes import cascade_sizes
from cascade_sim.experiments.sweeps.reporting.trade_off import trade_off
from cascade_sim.experiments.sweeps.reporting.two_axes import over_two_axes
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.folders import whole_folder
from cascade_sim.scenario.load import ScenarioError

__all__ = ["write_report"]


def write_report(sweep: Sweep, file: Path, figures: Path | None = None) -> Path:
    """Write the page; whole or not at all.

    Parameters
    ----------
    sweep : Sweep
    file : pathlib.Path
        An existing one is replaced.
    figures : pathlib.Path, optional
        Folder for the figures as files too.

    Raises
    ------
    SweepError
        If no run has finished, or the file can't be written.
    """
    if sweep.runs.empty:
        raise SweepError(f"{sweep.folder} holds no finished run", ["run the sweep first"])
    question = sweep.question
    sections = list(_sections(sweep))
    if figures is not None:
        _save_figures(sections, figures)
    text = page(question.title or question.name, question.question, sections)
    half = file.with_name(f".{file.name}.half")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(file)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise SweepError(
            f"{file} can't be written ({error.strerror or error})", ["choose another place with --out"]
        ) from None
    return file


def _save_figures(sections: list[Section], folder: Path) -> None:
    """Every figure as a file, named by its section."""
    with whole_folder(folder) as half:
        for section in sections:
            if section.figure is not None:
                name = re.sub(r"\W+", "-", section.title.lower()).strip("-")
                section.figure.savefig(half / f"{name}.png", metadata={"Software": None})


def _is_shipped(question: Question) -> bool:
    """Whether it is what the shipped study of its name asks, whatever was found."""
    if question.name not in study_names():
        return False
    shipped = read_question(question.name)
    return shipped.model_copy(update={"discussion": question.discussion}) == question


def _discussion(question: Question) -> str:
    """What was found: as stored, or as the shipped study says by now if it asks the same."""
    return read_question(question.name).discussion if _is_shipped(question) else question.discussion


def _sections(sweep: Sweep) -> Iterator[Section]:
    yield from _warnings(sweep)
    discussion = _discussion(sweep.question)
    if discussion:
        yield Section("What was found", discussion)
    yield from _pictures(sweep)
    yield Section("What was run", _how_much(sweep), table=_axes(sweep))
    yield Section("What is measured", "", table=_meanings())
    yield Section(
        "Every cell", "Means over seeds, unless it says median; the whole is in runs.parquet.", table=_cells(sweep)
    )
    yield _again(sweep)


def _warnings(sweep: Sweep) -> Iterator[Section]:
    """What a reader must know before believing anything below."""
    lines = [
        f"The axis {name} changed no outcome of any run: most likely the scenario does not use what it sets."
        for name in idle_axes(sweep)
    ]
    if len(sweep.failures):
        lines.append(
            f"{len(sweep.failures)} runs failed and are missing below; the first: {sweep.failures['error'].iloc[0]}"
        )
    wanted = len(sweep.cells) * sweep.question.seeds.at_least
    if len(sweep.runs) + len(sweep.failures) < wanted:
        lines.append(f"The sweep is not finished: {len(sweep.runs)} of {wanted} runs are there.")
    if lines:
        yield Section("Mind", "\n\n".join(lines), warning=True)


def _pictures(sweep: Sweep) -> Iterator[Section]:
    """Figures that suit the kind of sample and the number of axes."""
    if sweep.question.sample in ("saltelli", "morris"):
        yield from sensitivity(sweep)
    elif sweep.question.sample == "grid":
        varied = [name for name in sweep.axes if sweep.cells[name].nunique() > 1]
        if len(varied) >= 2:
            yield from over_two_axes(sweep, varied)
        elif varied:
            yield from along_one_axis(sweep, varied[0])
    yield from cascade_sizes(sweep)
    yield from trade_off(sweep)


def _how_much(sweep: Sweep) -> str:
    seeds = sweep.runs.groupby("cell")["seed"].nunique()
    each = f"{seeds.min()}" if seeds.min() == seeds.max() else f"{seeds.min()} to {seeds.max()}"
    twin = "Each run has a twin on the same luck without the impact of liquidations. " if sweep.question.twin else ""
    fixed = "; ".join(f"{path} = {json.dumps(value, default=str)}" for path, value in sweep.question.settings.items())
    return (
        f"Scenario {sweep.question.scenario}, {len(sweep.cells)} cells ({sweep.question.sample}), {each} seeds each, "
        f"the same in all of them, {len(sweep.runs):,} runs. {twin}A run counts as a cascade if {sweep.question.event}."
        + (f"\n\nFixed besides what the scenario says: {fixed}." if fixed else "")
    )


def _axes(sweep: Sweep) -> pd.DataFrame:
    rows = []
    for name, axis in sweep.question.axes.items():
        values = sweep.cells[name].drop_duplicates().tolist()
        shown = ", ".join(f"{v:.3g}" if isinstance(v, float) else str(v) for v in values[:20])
        paths = ", ".join(
            [
                *axis.set,
                *(f"{p} (times)" for p in axis.times),
                *(f"{p} ({n:g} over it)" for p, n in axis.inverse.items()),
            ]
        )
        rows.append((axis.label or name, axis.unit, shown + (" ..." if len(values) > 20 else ""), paths))
    return pd.DataFrame(rows, columns=["axis", "unit", "values", "settings"])


def _meanings() -> pd.DataFrame:
    rows = [(outcome.label, outcome.unit, outcome.meaning) for outcome in OUTCOMES.values()]
    return pd.DataFrame(rows, columns=["outcome", "unit", "meaning"])


def _cells(sweep: Sweep, most: int = 400) -> pd.DataFrame:
    columns = [
        "event",
        "fall",
        "cascade",
        "liquidated_share",
        "liquidations",
        "bad_debt",
        "branching_start",
        "branching_largest",
    ]
    table = sweep.runs.groupby("cell")[[*sweep.axes, *columns]].agg(
        {**dict.fromkeys(sweep.axes, "first"), **dict.fromkeys(columns, "mean"), "branching_largest": "median"}
    )
    table.insert(len(sweep.axes), "runs", sweep.runs.groupby("cell").size())
    named = {"event": "P(cascade)", "branching_largest": "branching_largest (median)"}  # huge where nothing is bid
    return table.reset_index().rename(columns=named).head(most)


def _provenance(sweep: Sweep) -> str:
    found = sweep.manifest
    libraries = ", ".join(f"{name} {number}" for name, number in found["libraries"].items())
    return (
        f"Digest of the results {folder_digest(sweep.folder)}; design {found['design_digest']}, code "
        f"{found['code_version']}; Python {found['python']}, {libraries}. The same command gives the same digest with "
        "any number of workers, on such a machine with these libraries." + _who_took_part(sweep)
    )


def _who_took_part(sweep: Sweep) -> str:
    """Everything that runs were computed with, where it was more than one thing."""
    several = sweep.environments
    if len(several) < 2:
        return ""
    lead = (
        f"The runs were computed in {len(several)} environments, with the same {numerics(sweep.manifest['libraries'])}:"
    )
    return "".join(f"\n\n{text}" for text in (lead, *several))


def _again(sweep: Sweep) -> Section:
    """The commands that repeat it, if what was asked still makes what was run."""
    try:
        design = sweep.design()
        stored = pd.read_parquet(sweep.folder / "design.parquet")["settings"]
        if stored.tolist() == [" ".join(texts) for texts in design.settings]:
            return Section("Do it again", _provenance(sweep), code=_commands(sweep, design))
        problem = "question.yaml makes other cells than those that were run"
    except (SweepError, ScenarioError) as error:
        problem = " ".join(str(error).split())
    text = f"{_provenance(sweep)}\n\nIt can't be repeated from here: {problem}."
    return Section("Do it again", text, warning=True)


def _commands(sweep: Sweep, design: Design) -> str:
    """The whole sweep again, and one run of it in detail."""
    source = sweep.question.name if _is_shipped(sweep.question) else f"{sweep.folder / 'question.yaml'}"
    distance = (sweep.runs.groupby("cell")["event"].mean() - 0.5).abs()
    cell = distance.index.tolist()[distance.to_numpy().argmin()]
    settings = " ".join(f"--set '{text}'" for text in design.settings[cell])
    seed = int(sweep.runs.loc[sweep.runs["cell"] == cell, "seed"].iloc[0])
    return (
        f"cascade-sim sweep {source} --out again\n"
        f"# one run of cell {cell} in detail, with tables and figures:\n"
        f"cascade-sim run {sweep.question.scenario} {settings} --seed {seed} --out one-run"
    )
