"""What a run leaves: frames in memory, a folder of Parquet files on disk."""

import json
import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from cascade_sim.agents.origins import Maker, origins
from cascade_sim.folders import ResultError, whole_folder
from cascade_sim.recording.accounts import account_frame
from cascade_sim.recording.recorder import Recorder
from cascade_sim.scenario.inputs import copy_inputs, describe_inputs, input_files, with_files
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

__all__ = ["Result", "ResultError"]

_LIBRARIES = ("cascade-sim", "numpy", "numba", "pandas", "networkx", "mesa", "pydantic")
_FRAMES = ("series", "trades", "moves", "liquidation_map", "depth_profile", "accounts", "without_impact", "scores")


@dataclass
class Result:
    """Everything a run leaves.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    series : DataFrame
        One row a market and sample; units in ``series.attrs["units"]``.
    events : dict of str to DataFrame
        One frame for each kind of event that happened.
    trades, moves, liquidation_map, depth_profile, accounts : DataFrame
    without_impact : DataFrame or None
        Series of the same run with liquidations closed at mark: same luck, no forced orders.
    scores : DataFrame or None
        A replay held against the real hour, where one was asked for.
    summary : dict
        Answers: how far each market fell, how much of it was the cascade, who was liquidated, who paid, who profited.
    manifest : dict
        Versions, seed and digests; of every file that the run read the path and a digest (``inputs``), and of every
        agent written in Python its class and file (``agents_in_python``).
    makers : tuple of callable
        What made the agents written in Python, where the run was made in this session; not saved.
    """

    scenario: Scenario
    seed: int
    series: pd.DataFrame
    events: dict[str, pd.DataFrame]
    trades: pd.DataFrame
    moves: pd.DataFrame
    liquidation_map: pd.DataFrame
    depth_profile: pd.DataFrame
    accounts: pd.DataFrame
    without_impact: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    makers: tuple[Maker, ...] = ()

    @classmethod
    def of(cls, simulation: Simulation, start: "dict[str, NDArray[Any]]") -> "Result":
        """Result of a simulation that has run.

        Parameters
        ----------
        simulation : Simulation
        start : dict of str to ndarray
            `cascade_sim.recording.accounts.opening_state` at the end of the burn-in.
        """
        recorder = Recorder(simulation)
        events = recorder.events()
        return cls(
            scenario=simulation.scenario,
            seed=simulation.seed,
            series=recorder.series(),
            events=events,
            trades=recorder.trades(),
            moves=recorder.moves(),
            liquidation_map=recorder.liquidation_map(),
            depth_profile=recorder.depth_profile(),
            accounts=account_frame(simulation, start, events),
            manifest=_manifest(simulation),
        )

    def contagion(self) -> "nx.DiGraph[int]":
        """Graph of the liquidations: which one's forced trades consumed whose buffer, and how much of it."""
        from cascade_sim.contagion.graph import contagion_graph

        return contagion_graph(self)

    def market(self, name: str) -> pd.DataFrame:
        """Series of one market, indexed by time in seconds."""
        rows = self.series[self.series["market"] == name]
        if rows.empty:
            raise KeyError(f"market {name!r} is not one of {sorted(self.series['market'].unique())}")
        return rows.set_index("time")

    def save(self, folder: str | os.PathLike[str], figures: bool = True) -> Path:
        """Write everything into a new folder; nothing is left behind if that fails.

        Of a graph of liquidations with more than 10,000 edges, `contagion.graphml` has the strongest; the whole is
        found from the tables by `contagion`.

        Parameters
        ----------
        folder : path
            Must not exist.
        figures : bool
            Whether to draw the figures too.

        Raises
        ------
        ResultError
            If the folder exists or can't be written.
        """
        target = Path(folder)
        if target.exists():
            raise ResultError(f"{target} exists already; choose another folder or remove it first")
        with whole_folder(target) as half:
            self._write(half)
            if figures:
                self.draw(half / "figures")
        return target

    def draw(self, folder: str | os.PathLike[str], animated: bool = False) -> list[Path]:
        """Draw every figure into a folder.

        Parameters
        ----------
        folder : path
            Made if it is not there.
        animated : bool
            Whether to write moving pictures of the cascade too, which takes several seconds a market.

        Returns
        -------
        list of pathlib.Path
        """
        from cascade_sim.contagion.exposure_network import exposure_network
        from cascade_sim.contagion.paths import forced_flow
        from cascade_sim.plots import save_figures

        end = float(self.series["time"].max())
        return save_figures(
            self,
            Path(folder),
            flow=forced_flow(self) if "breach" in self.events else None,
            exposures=(exposure_network(self, 0.0), exposure_network(self, end)),
            animated=animated,
        )

    def _write(self, folder: Path) -> None:
        (folder / "manifest.json").write_text(json.dumps(self.manifest, indent=2) + "\n", encoding="utf-8")
        (folder / "summary.json").write_text(json.dumps(self.summary, indent=2) + "\n", encoding="utf-8")
        portable = copy_inputs(self.scenario, self.manifest.get("inputs", {}), folder)
        text = yaml.safe_dump(portable.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
        (folder / "scenario.yaml").write_text(text, encoding="utf-8")
        for name in _FRAMES:
            frame = getattr(self, name)
            if frame is not None:
                frame.to_parquet(folder / f"{name}.parquet")
        import networkx as nx

        from cascade_sim.contagion.legible import legible

        nx.write_graphml(legible(self.contagion()), folder / "contagion.graphml")
        (folder / "events").mkdir()
        for kind, frame in self.events.items():
            frame.to_parquet(folder / "events" / f"{kind}.parquet")

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> "Result":
        """Read a folder that `save` wrote.

        Raises
        ------
        ResultError
            If it is not such a folder.
        """
        source = Path(folder)
        if not (source / "manifest.json").is_file():
            raise ResultError(f"{source} is not a folder of results: there is no manifest.json in it")
        try:
            return cls._read(source)
        except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
            raise ResultError(f"{source} can't be read, a file in it is missing or damaged: {error}") from None

    @classmethod
    def _read(cls, source: Path) -> "Result":
        manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        frames: dict[str, Any] = {}
        for name in _FRAMES:
            file = source / f"{name}.parquet"
            frames[name] = pd.read_parquet(file) if file.exists() else None
        data = yaml.safe_load((source / "scenario.yaml").read_text(encoding="utf-8"))
        return cls(
            scenario=_in_place(load_scenario(data, trust=True), source),
            seed=manifest["seed"],
            events={file.stem: pd.read_parquet(file) for file in sorted((source / "events").glob("*.parquet"))},
            summary=json.loads((source / "summary.json").read_text(encoding="utf-8")),
            manifest=manifest,
            **frames,
        )


def _in_place(scenario: Scenario, folder: Path) -> Scenario:
    """A scenario of a folder, with the files that were copied there by their full paths."""
    files = {name: (folder / file).absolute() for name, file in input_files(scenario).items()}
    return with_files(scenario, {name: file for name, file in files.items() if file.is_file()})


def _manifest(simulation: Simulation) -> dict[str, Any]:
    """Who made this, with what, from what."""
    return {
        "scenario": simulation.scenario.name,
        "seed": simulation.seed,
        "seconds": simulation.now / 1e6,
        "scenario_digest": simulation.scenario.digest(),
        "event_digest": simulation.records.digest(),
        "inputs": describe_inputs(simulation.scenario),
        "agents_in_python": origins(simulation.guests),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
