"""Folders of files that are written whole or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ResultError", "whole_folder"]


class ResultError(Exception):
    """A folder of results can't be written or read."""


def _put_in_place(half: Path, target: Path) -> None:
    """Give the folder its name; where there is one of that name already, replace its files of the same names."""
    half.chmod(0o755)
    if target.is_dir():
        for file in half.iterdir():
            file.replace(target / file.name)
    else:
        half.rename(target)


@contextlib.contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a hidden folder to write into, whose files come to the target when all of them are written.

    Parameters
    ----------
    target : pathlib.Path
        Made if it is not there; of a folder that is there, only files of the same names are replaced.

    Yields
    ------
    pathlib.Path

    Raises
    ------
    ResultError
        If a file could not be written, or the target is no folder. It is left as it was.
    """
    if target.exists() and not target.is_dir():
        raise ResultError(f"{target} is a file, not a folder; choose another one or remove it first")
    # On the target's own file system, or its files could not be moved there at once.
    home = target if target.is_dir() else target.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=home))
        try:
            yield half
            _put_in_place(half, target)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    except OSError as error:
        raise ResultError(f"{target} can't be written: {error.strerror or error}; nothing was changed there") from None
