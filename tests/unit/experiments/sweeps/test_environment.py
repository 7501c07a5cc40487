"""A sweep that goes on elsewhere: refused where numbers might differ, told where they do not."""

import sqlite3

import pytest

from cascade_sim.experiments.sweeps import environment, worker
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import LEDGER, folder_digest
from cascade_sim.experiments.sweeps.reporting.report import _provenance
from cascade_sim.experiments.sweeps.runner import run_sweep
from cascade_sim.experiments.sweeps.shards import merge
from cascade_sim.experiments.sweeps.stored import load
from tests.unit.experiments.sweeps.test_executors import OneByOne
from tests.unit.experiments.sweeps.test_runner import here


@pytest.fixture
def begun(design, tmp_path):
    """The first of two shards, run in this environment."""
    return run_sweep(design, tmp_path / "one", executor=here(), shard=(1, 2))


@pytest.fixture
def elsewhere(monkeypatch):
    """Function that goes to another environment: with other versions, or another Python."""

    def go(python="3.99.0", **versions):
        there = environment.libraries() | versions
        monkeypatch.setattr(environment, "libraries", lambda: there)
        monkeypatch.setattr(environment.platform, "python_version", lambda: python)

    return go


def another(name):
    """The minor version after the one here."""
    major, minor, *_ = environment.libraries()[name].split(".")
    return f"{major}.{int(minor) + 1}.0"


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_other_versions_of_what_computes_are_refused(design, begun, elsewhere, name):
    then, now = environment.libraries()[name], another(name)
    elsewhere(**{name: now})
    with pytest.raises(SweepError) as error:
        run_sweep(design, begun.folder, executor=here())
    assert f"({name} {then}, now {now})" in str(error.value)
    assert f"choose another folder with --out, or go back: pip install '{name}=={then}'" in str(error.value)
    assert len(load(begun.folder).runs) == len(begun.runs)


def test_shards_of_other_versions_are_not_merged(design, begun, tmp_path, elsewhere):
    elsewhere(numba=another("numba"))
    run_sweep(design, tmp_path / "two", executor=here(), shard=(2, 2))
    with pytest.raises(SweepError, match=r"one holds results computed with other versions of libraries \(numba"):
        merge([begun.folder, tmp_path / "two"], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_workers_with_other_libraries_are_refused(design, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "numerics", lambda: "numpy 9.9, numba 9.9")
    with pytest.raises(SweepError, match=r"a worker has other libraries \(numpy 9.9, numba 9.9; this sweep is by"):
        run_sweep(design, tmp_path / "out", executor=OneByOne())
    assert load(tmp_path / "out").runs.empty


def test_what_only_mends_is_no_other_version():
    here_now = environment.libraries()
    major, minor, *_ = here_now["numpy"].split(".")
    assert not environment.changed(here_now | {"numpy": f"{major}.{minor}.99", "pandas": "99.0"})
    assert not environment.changed({})  # a folder that says nothing of them


def test_another_python_goes_on_and_is_told(design, begun, elsewhere):
    before = folder_digest(begun.folder)
    assert len(begun.environments) == 1
    elsewhere(python="3.99.1")
    found = run_sweep(design, begun.folder, executor=here())
    assert len(found.environments) == 2
    assert any(text.startswith("Python 3.99.1, cascade-sim ") for text in found.environments)
    assert folder_digest(found.folder) != before  # for there are more runs now
    told = _provenance(found)
    assert "computed in 2 environments, with the same numpy 2." in told
    assert "\n\nPython 3.99.1, " in told


def test_what_took_part_does_not_change_results(design, begun, tmp_path, elsewhere):
    whole = run_sweep(design, tmp_path / "whole", executor=here())
    assert "environments" not in _provenance(whole)
    elsewhere()
    run_sweep(design, tmp_path / "two", executor=here(), shard=(2, 2))
    begun_there = merge([begun.folder, tmp_path / "two"], begun.folder)
    assert len(begun_there.environments) == 2
    assert folder_digest(begun_there.folder) == folder_digest(whole.folder)


def test_a_ledger_that_does_not_know_is_gone_on_with(design, begun):
    with sqlite3.connect(begun.folder / LEDGER) as db:
        db.execute("drop table environments")
    db.close()
    assert load(begun.folder).environments == ()
    assert len(run_sweep(design, begun.folder, executor=here()).environments) == 1
