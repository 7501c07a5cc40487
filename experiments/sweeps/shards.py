"""Parts of a sweep that ran apart, put together."""

import os
from collections.abc import Sequence
from pathlib import Path

from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import (
    LEDGER,
    ask_anew,
    check_same,
    export,
    prepare,
    read_manifest,
    sole_writer,
)
from cascade_sim.experiments.sweeps.ledger import DONE, Ledger
from cascade_sim.experiments.sweeps.stored import Sweep, load

__all__ = ["merge"]


def merge(parts: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str]) -> Sweep:
    """Put the folders of shards together; the result is that of one sweep, byte for byte but for the ledger.

    Parameters
    ----------
    parts : sequence of path
        Folders that `run_sweep` wrote, of one design and one version of the code.
    out : path
        Folder; made if it is not there. One of the same design is added to.

    Raises
    ------
    SweepError
        If a folder is no sweep, or of another design or version; nothing is written then.
    """
    folders, target = [Path(part) for part in parts], Path(out)
    if not folders:
        raise SweepError("nothing to merge", ["name the folders of at least one shard"])
    design = load(folders[0]).design()
    for folder in folders:
        read_manifest(folder)
        check_same(design, folder)
        if not (folder / LEDGER).is_file():
            raise SweepError(f"{folder} has no ledger", [f"copy its {LEDGER} too, or run that shard again"])
    prepare(design, target)
    with sole_writer(target), Ledger(target / LEDGER) as ledger:
        ask_anew(design, target)
        status = ledger.status()
        for folder in folders:
            with Ledger(folder / LEDGER) as other:
                for entry in other.entries():
                    if status.get((entry.cell, entry.seed)) != DONE:
                        ledger.enter(entry)
                        status[entry.cell, entry.seed] = entry.status
                ledger.remember(other.environments())
        export(design, target, ledger)
    return load(target)
