"""The bench as a table, every figure beside its target, and as JSON."""

import json
import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cascade_sim.bench.book import book_lines
from cascade_sim.bench.contagion import attribution_lines, great_cascade_lines
from cascade_sim.bench.exchange import exchange_lines
from cascade_sim.bench.measure import HIGHER, LOWER, Line
from cascade_sim.bench.startup import compile_lines, startup_lines
from cascade_sim.bench.steps import million_lines, step_lines
from cascade_sim.bench.twin import build_twin

__all__ = ["FULL", "QUICK", "Extent", "measure", "report", "sweep_report", "write_json"]


_SENSES = {HIGHER: ">=", LOWER: "<="}


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much is measured.

    Attributes
    ----------
    messages, repeats : int
        Length of the message stream, and runs of which the best counts.
    small, large, million : int
        Traders in the three crowds; no third crowd for 0.
    seconds : int
        Simulated seconds of a stretch.
    crash : int
        Seconds of the flash crash whose contagion is found.
    cascade : int
        Liquidations of the large cascade; none for 0.
    starts : int
        Fresh processes of which the fastest counts; 0: none are started.
    compiles : bool
        Whether the first compilation is measured.
    """

    messages: int = 2_000_000
    repeats: int = 5
    small: int = 1_000
    large: int = 100_000
    million: int = 1_000_000
    seconds: int = 120
    crash: int = 3600
    cascade: int = 100_000
    starts: int = 5
    compiles: bool = True


FULL = Extent()
QUICK = Extent(messages=300_000, repeats=3, million=0, seconds=30, cascade=0, starts=2, compiles=False)


def measure(extent: Extent) -> Iterator[Line]:
    """Measure one figure after another."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield from book_lines(build_twin(Path(folder)), extent.messages, extent.repeats)
    yield from exchange_lines(extent.messages, extent.repeats)
    yield from step_lines(extent.small, extent.large, extent.seconds)
    if extent.million:
        yield from million_lines(extent.million)
    yield from attribution_lines(extent.crash, extent.repeats)
    if extent.cascade:
        yield from great_cascade_lines(extent.cascade)
    if extent.starts:
        yield from startup_lines(extent.starts)
    if extent.compiles:
        yield from compile_lines()


def _machine() -> dict[str, Any]:
    """Where and with what it was measured."""
    packages = ("cascade-sim", "numba", "llvmlite", "numpy", "mesa")
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "versions": {name: version(name) for name in packages},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def write_json(lines: list[Line], file: Path) -> None:
    """Write the figures with the machine and the versions they hold for."""
    figures = [asdict(line) | {"verdict": line.verdict} for line in lines]
    file.write_text(json.dumps({"machine": _machine(), "figures": figures}, indent=2) + "\n")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _table(lines: list[Line]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("what", "measured", "unit", "target", "verdict"):
        table.add_column(name, justify="right" if name in ("measured", "target") else "left", no_wrap=True)
    for line in lines:
        target = "" if line.target is None else f"{_SENSES[line.sense]} {_number(line.target)}"
        table.add_row(line.what, _number(line.measured), line.unit, target, line.verdict)
    return table


def _print(lines: list[Line]) -> None:
    """The table, and below it what does not fit into a line of it."""
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_table(lines))
    console.print()
    for line in lines:
        if line.note:
            console.print(f"{line.what}: {line.note}")
    machine = _machine()
    console.print(f"{machine['processor']}, {machine['cores']} cores, load {machine['load']}; best of several runs")


def report(quick: bool = False, out: Path | None = None, extent: Extent | None = None) -> list[Line]:
    """Measure everything and print a table.

    Parameters
    ----------
    quick : bool
        Small sizes, no million accounts, no compilation: less than a minute.
    out : Path, optional
        File for the figures as JSON.
    extent : Extent, optional
        Other sizes than these two.

    Returns
    -------
    list of Line
    """
    return _shown(list(measure(extent or (QUICK if quick else FULL))), out)


def sweep_report(runs: int, out: Path | None = None, held: int = 5_000, **sizes: Any) -> list[Line]:
    """Measure sweeps and print a table.

    Parameters
    ----------
    runs : int
        Runs of an hour that each sweep is timed with.
    out : Path, optional
        File for the figures as JSON.
    held : int
        Runs of the sweep whose memory is looked at.
    **sizes
        Of `sweep_lines`.

    Returns
    -------
    list of Line
    """
    from cascade_sim.bench.sweeps import memory_line, sweep_lines

    return _shown([*sweep_lines(runs, **sizes), memory_line(held)], out)


def _shown(lines: list[Line], out: Path | None) -> list[Line]:
    _print(lines)
    if out is not None:
        write_json(lines, out)
    return lines
