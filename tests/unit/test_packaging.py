"""What pyproject says is in the package is what lies in the tree."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
HOMES = {"cascade_sim": "cascade_sim", "agents": "cascade_sim.agents", "experiments": "cascade_sim.experiments"}


def folders():
    """Every folder that is a package, by import name; the two links inside cascade_sim are not followed."""
    for top, name in HOMES.items():
        for file in sorted((ROOT / top).rglob("__init__.py")):
            yield ".".join([name, *file.parent.relative_to(ROOT / top).parts]), file.parent


PACKAGES = dict(folders())


def test_every_package_is_listed():
    assert sorted(SETUP["packages"]) == sorted(PACKAGES)


def test_root_folders_are_mapped():
    mapped = {name: ROOT / folder for name, folder in SETUP["package-dir"].items()}
    assert mapped.items() <= PACKAGES.items()
    assert mapped.keys() >= set(HOMES.values())


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_data_files_are_in_the_wheel(name):
    folder, patterns = PACKAGES[name], SETUP["package-data"].get(name, [])
    others = [other for other in PACKAGES.values() if other != folder and folder in other.parents]
    for file in folder.rglob("*"):
        inside = any(other in file.parents for other in others)
        if file.is_file() and file.suffix not in (".py", ".pyc") and not inside:
            assert any(fnmatch(str(file.relative_to(folder)), pattern) for pattern in patterns), file
