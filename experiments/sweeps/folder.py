"""The folder of a sweep: what was asked, what was run, and tables that any tool reads.

manifest.json    who made this with what, and the digest of the design
question.yaml    what was asked
scenario.yaml    the scenario with every fixed value, defaults included
design.parquet   one row a cell: its number, axis values, settings
runs.parquet     one row a run: cell, seed, axis values, status, outcomes; written when a sweep ends or is stopped
ledger.sqlite    every run as it was finished, with how long it took and what it was computed with; the only file that
                 differs between two sweeps of the same design
"""

import contextlib
import hashlib
import json
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cascade_sim.experiments.sweeps.design import Design, code_version
from cascade_sim.experiments.sweeps.environment import changed, libraries
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.ledger import Ledger
from cascade_sim.folders import whole_folder

__all__ = [
    "LEDGER",
    "MANIFEST",
    "REPORT",
    "ask_anew",
    "check_same",
    "export",
    "folder_digest",
    "manifest",
    "prepare",
    "read_manifest",
    "sole_writer",
]

MANIFEST, LEDGER, REPORT, _LOCK = "manifest.json", "ledger.sqlite", "report.html", ".lock"
_QUESTION = "question.yaml"


def manifest(design: Design) -> dict[str, Any]:
    """Who makes this, with what, from what; the same for every sweep of a design on a machine."""
    return {
        "sweep": design.question.name,
        "design_digest": design.digest,
        "code_version": code_version(),
        "cells": len(design.cells),
        "seeds": design.question.seeds.model_dump(mode="json"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": libraries(),
    }


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a folder.

    Raises
    ------
    SweepError
        If it is not the folder of a sweep.
    """
    try:
        data: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        data["design_digest"], data["code_version"]
    except (OSError, ValueError, KeyError):
        raise SweepError(f"{folder} is not the folder of a sweep", [f"there is no readable {MANIFEST} in it"]) from None
    return data


def check_same(design: Design, folder: Path) -> None:
    """Refuse a folder that holds results of something else.

    Raises
    ------
    SweepError
        Says what differs and what to do.
    """
    found = read_manifest(folder)
    if found["code_version"] != code_version():
        raise SweepError(
            f"{folder} holds results of another version of the code ({found['code_version']}, now {code_version()})",
            ["results of two versions must not be mixed; choose another folder with --out, or go back to that version"],
        )
    if found["design_digest"] != design.digest:
        raise SweepError(
            f"{folder} holds the results of another design ({found['sweep']!r}, {found['cells']} cells)",
            ["scenario, axes, seeds or twin differ; choose another folder with --out, or restore the sweep file"],
        )
    if differs := changed(found.get("libraries", {})):
        told = ", ".join(f"{name} {then}, now {now}" for name, (then, now) in differs.items())
        former = " ".join(f"'{name}=={then}'" for name, (then, _) in differs.items())
        raise SweepError(
            f"{folder} holds results computed with other versions of libraries ({told})",
            [
                "nobody has shown that they give the same numbers, and results must not be mixed; "
                f"choose another folder with --out, or go back: pip install {former}"
            ],
        )


def prepare(design: Design, folder: Path, resume: bool = True) -> None:
    """Write what is asked into a new folder, or make sure that it is what the folder holds.

    Raises
    ------
    SweepError, ResultError
        If the folder holds something else, or may not be gone on with, or can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not resume:
            raise SweepError(f"{folder} exists already", ["choose another folder with --out, or let it be resumed"])
        check_same(design, folder)
        return
    with whole_folder(folder) as half:
        (half / _QUESTION).write_text(_question(design), encoding="utf-8")
        (half / "scenario.yaml").write_text(_yaml(design.scenario(0).model_dump(mode="json")), encoding="utf-8")
        cells = design.cells.assign(settings=[" ".join(texts) for texts in design.settings])
        cells.reset_index().to_parquet(half / "design.parquet", index=False)
        (half / MANIFEST).write_text(json.dumps(manifest(design), indent=2) + "\n", encoding="utf-8")


def _question(design: Design) -> str:
    return _yaml(design.question.model_dump(mode="json"))


def ask_anew(design: Design, folder: Path) -> None:
    """Keep the question as it is put now: its event and its words decide how runs are read, not which there are.

    Raises
    ------
    SweepError
        If the axes have other names than those of the runs.
    """
    named = list(pd.read_parquet(folder / "design.parquet").columns.drop(["cell", "settings"]))
    if named != list(design.cells.columns):
        raise SweepError(
            f"{folder} holds the same cells with axes named {', '.join(named)}",
            ["choose another folder with --out, or name them so"],
        )
    if (folder / _QUESTION).read_text(encoding="utf-8") != _question(design):
        half = folder / f".{_QUESTION}"
        half.write_text(_question(design), encoding="utf-8")
        half.replace(folder / _QUESTION)


def _yaml(data: Any) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)


def export(design: Design, folder: Path, ledger: Ledger) -> pd.DataFrame:
    """Write the runs in the ledger as a table, whole or not at all, in an order that does not depend on who ran them.

    Returns
    -------
    DataFrame
        The table.
    """
    runs = ledger.frame(design.cells)
    half = folder / ".runs.parquet"
    try:
        runs.to_parquet(half, index=False)
        half.replace(folder / "runs.parquet")
    except OSError as error:
        half.unlink(missing_ok=True)
        raise SweepError(
            f"{folder / 'runs.parquet'} can't be written ({error.strerror or error})",
            ["all runs are safe in the ledger; free some space and start the same sweep again"],
        ) from None
    return runs


def folder_digest(folder: Path) -> str:
    """Hexadecimal digest of every file's name and bytes but the ledger's (how long runs took) and the report's."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and not name.startswith((LEDGER, REPORT, ".")):
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


@contextlib.contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold a folder against a second sweep that would write to it, where the system knows such locks.

    Raises
    ------
    SweepError
        If another one holds it.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SweepError(f"{folder} is being written by another sweep", ["wait for it, or choose --out"]) from None
        try:
            yield
        finally:
            (folder / _LOCK).unlink()
