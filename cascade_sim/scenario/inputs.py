"""The files that a scenario reads: which they are, what stood in them, and copies beside a run that was saved."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cascade_sim.scenario.scenario import Scenario

__all__ = [
    "beside",
    "copy_inputs",
    "describe_inputs",
    "digest_with_files",
    "input_files",
    "lost_input",
    "with_files",
]

_PARTS = ("prices", "positions")
_FOLDER = "inputs"

Description = dict[str, dict[str, str]]


def input_files(scenario: Scenario) -> dict[str, Path]:
    """Files that a scenario reads, by the setting that names them: ``prices`` and ``positions``."""
    parts = {name: getattr(scenario, name) for name in _PARTS}
    return {name: Path(part.file) for name, part in parts.items() if part is not None}


def with_files(scenario: Scenario, files: Mapping[str, Path | str]) -> Scenario:
    """The same scenario reading other files, by the setting that names them."""
    parts = {name: getattr(scenario, name).model_copy(update={"file": str(file)}) for name, file in files.items()}
    return scenario.model_copy(update=parts)


def beside(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Settings read from a file in a folder, whose price and position files may lie there too.

    A relative path counts from the folder that one works in; where nothing is found there, from that of the scenario.
    """
    for name in _PARTS:
        part = data.get(name)
        if not isinstance(part, dict):
            continue
        given = part.get("file")
        if isinstance(given, str) and given and not Path(given).exists() and (folder / given).is_file():
            data[name] = part | {"file": str(folder / given)}
    return data


def describe_inputs(scenario: Scenario) -> Description:
    """What a run should remember of its files: the path as ``given``, in full as ``found_at``, and a ``digest``."""
    return {
        name: {"given": str(file), "found_at": str(file.absolute()), "digest": _digest(file)}
        for name, file in input_files(scenario).items()
        if file.is_file()
    }


def digest_with_files(scenario: Scenario) -> str:
    """Hexadecimal digest of every setting that a run depends on, and of what stands in the files that it reads.

    For whoever keeps runs to go on with: those before and after a file was edited must not be mixed.
    """
    parts = [scenario.digest(), *(known["digest"] for known in describe_inputs(scenario).values())]
    return hashlib.blake2b(" ".join(parts).encode(), digest_size=16).hexdigest()


def copy_inputs(scenario: Scenario, remembered: Mapping[str, Mapping[str, str]], folder: Path) -> Scenario:
    """Copy what a run read into its folder.

    Parameters
    ----------
    scenario : Scenario
    remembered : mapping
        Of `describe_inputs`, at the time of the run.
    folder : pathlib.Path

    Returns
    -------
    Scenario
        Reading the copies, by paths relative to the folder. What is gone by now, or was changed since the run, is not
        copied: it is named by its full path.
    """
    copies = {name: known["found_at"] for name, known in remembered.items()}
    for name, file in input_files(scenario).items():
        if name in remembered and file.is_file() and _digest(file) == remembered[name]["digest"]:
            copies[name] = f"{_FOLDER}/{name}{file.suffix}"
            (folder / _FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(file, folder / copies[name])
    return with_files(scenario, copies)


def lost_input(scenario: Scenario, remembered: Mapping[str, Mapping[str, str]]) -> str | None:
    """What is wrong with the files of a run that is to be repeated, and the way out; none if they are as they were."""
    for name, file in input_files(scenario).items():
        known = remembered.get(name)
        if not file.is_file():
            was = f"; it was read from {known['found_at']}" if known else ""
            return (
                f"its {name} file {file} is gone{was}; put it back there, or make the run again with {name}.file set "
                "to where it is now"
            )
        if known and _digest(file) != known["digest"]:
            return (
                f"its {name} file {file} was changed since: its digest is {_digest(file)} and {known['digest']} is on "
                "record; put the former file back, or make the run again with this one"
            )
    return None


def _digest(file: Path) -> str:
    """Hexadecimal digest of what stands in a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
