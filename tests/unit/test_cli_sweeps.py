"""Sweeps as a user of the command line meets them: what is printed, what is written, and how it fails."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from cascade_sim.experiments.sweeps import outcomes, runner
from cascade_sim.experiments.sweeps.folder import folder_digest
from cascade_sim.experiments.sweeps.question import study_names
from cascade_sim.experiments.sweeps.stored import load
from tests.unit.experiments.sweeps.conftest import small_question
from tests.unit.test_cli import call, refused

SALES = ("sweep", "--scenario", "by-hand", "--grid", "orders.20.size=-5,-25", "--seeds", "2")


@pytest.fixture(autouse=True)
def _here(monkeypatch, tmp_path):
    """Workers in this process, which need not be started; and a folder to write to."""
    monkeypatch.setattr(runner, "local_executor", ThreadPoolExecutor)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path):
    """A sweep file."""
    path = tmp_path / "small.yaml"
    path.write_text(small_question().model_dump_json())
    return path


def test_a_sweep_from_options(tmp_path):
    result = call(
        *SALES, "--set", "venues.exchange.rules.liquidation.latency=0", "--event", "fall > 0.05", "--out", "o"
    )
    assert result.exit_code == 0
    assert result.stderr == "sweep: 2 cells x 2 seeds = 4 runs, in o\n"
    found = load(tmp_path / "o")
    assert "4 runs of 2 cells in o." in result.stdout
    assert f"Digest of the results {folder_digest(found.folder)}." in result.stdout
    assert "cascade-sim report o" in result.stdout
    assert found.axes == ["size"]
    assert found.runs["event"].tolist() == [0, 0, 1, 1]
    assert found.question.settings == {"venues.exchange.rules.liquidation.latency": 0}


def test_a_range_and_no_twin():
    options = ("--scenario", "by-hand", "--no-twin", "--event", "fall > 0.05", "--seeds", "1", "--quiet")
    result = call("sweep", "--range", "orders.20.size=-25:-5:3", *options, "--out", "o")
    assert (result.exit_code, result.output) == (0, "")
    assert load("o").runs["size"].tolist() == [-25, -15, -5]
    assert load("o").runs["cascade"].isna().all()


def test_a_sweep_file_and_its_name(file):
    assert "18 runs of 6 cells in small." in call("sweep", file).stdout
    assert load("small").question == small_question()


def test_a_sweep_is_gone_on_with(file, monkeypatch):
    shown = call("sweep", file, "--shard", "1/3").stdout
    assert "6 runs of 6 cells" in shown
    sound, seen = outcomes.measure, []
    monkeypatch.setattr(outcomes, "measure", lambda *run: seen.append(run) or sound(*run))
    assert "18 runs of 6 cells" in call("sweep", file).stdout
    assert len(seen) == 12
    said = refused("sweep", file, "--no-resume")
    assert "small exists already" in said
    assert "choose another folder with --out" in said


def test_a_sweep_that_is_stopped(file, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner.Ledger, "enter", interrupt)
    assert "stopped; finished runs are kept; the same command goes on" in refused("sweep", file, code=130)


def test_failing_runs_are_named_and_tried_again(file, monkeypatch):
    sound = outcomes.measure

    def measure(scenario, seed, twin):
        if seed == 1:
            raise ZeroDivisionError("by zero")
        return sound(scenario, seed, twin)

    monkeypatch.setattr(outcomes, "measure", measure)
    result = call("sweep", file)
    assert result.exit_code == 1
    assert "12 runs of 6 cells in small, 6 failed:" in result.stdout
    assert "cell 0, seed 1: ZeroDivisionError: by zero" in result.stdout
    assert "--retry-failed" in result.stdout
    assert "Traceback" not in result.output
    monkeypatch.setattr(outcomes, "measure", sound)
    assert call("sweep", file).exit_code == 1
    mended = call("sweep", file, "--retry-failed")
    assert (mended.exit_code, "18 runs of 6 cells in small." in mended.stdout) == (0, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--grid", "orders.20.sise=-5,-25"), "there is no 'sise'; there is size"),
        (("--grid", "duration"), "--grid"),
        (("--grid", "duration=-1,5"), "duration: input should be greater than 0"),
        (("--range", "duration=1:2"), "axes.duration.count: must be given for a grid from low to high"),
        (("--grid", "duration=1,2", "--set", "step"), "--set step: must look like path=value"),
        (("--grid", "duration=1,2", "--event", "luck > 1"), "event: must look like 'cascade > 0.02' with one of fall"),
        (("--grid", "duration=1,2", "--sample", "sobol"), "cells: must be given for every sample but a grid"),
        (("--grid", "duration=1,2", "--shard", "two"), "--shard two: must look like 2/8"),
        (("--grid", "duration=1,2", "--shard", "3/2"), "shard: must be i/n with i from 1 to n, got 3/2"),
        (("--grid", "duration=1,2", "--workers", "0"), "--workers"),
        (("--grid", "duration=1,2", "--executor", "ray"), "--executor ray: must be local or dask"),
        (("--grid", "duration=1,2", "--executor", "dask"), "--executor dask and --scheduler ADDRESS belong together"),
        (("--grid", "duration=1,2", "--scheduler", "tcp://h:1"), "belong together"),
        (("--grid", "duration=1,2", "--executor", "dask", "--scheduler", "h"), "must look like tcp://host:8786"),
        (("--grid", "duration=1,[2", "--cells", "1"), "--grid duration=1,[2: not readable as YAML: line 1"),
        (("--grid", "duration=1,2", "--set", "burn_in=[1"), "--set burn_in=[1: not readable as YAML: line 1, column"),
        (("no-such-study",), "neither a file nor a shipped study: "),
    ],
)
def test_what_cannot_be_done_is_said(options, said, tmp_path):
    assert said in " ".join(refused("sweep", "--scenario", "by-hand", *options, "--out", "o").split())
    assert list(tmp_path.iterdir()) == []


def test_dask_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(*SALES, "--executor", "dask", "--scheduler", "tcp://h:1", "--out", "o")
    assert "pip install 'cascade-sim[cluster]'" in said


def test_a_folder_of_something_else(file, tmp_path):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "diary.txt").write_text("mine")
    assert "o is not the folder of a sweep" in refused("sweep", file, "--out", "o")
    assert [path.name for path in (tmp_path / "o").iterdir()] == ["diary.txt"]
    call("sweep", file, "--out", "p", "--quiet")
    said = refused("sweep", file, "--out", "p", "--seeds", "2")
    assert "p holds the results of another design" in said
    assert "choose another folder with --out" in said


def test_a_file_where_the_folder_should_be(file, tmp_path):
    (tmp_path / "o").write_text("mine")
    assert "o is not the folder of a sweep" in refused("sweep", file, "--out", "o")
    assert (tmp_path / "o").read_text() == "mine"


def test_shards_are_merged(file):
    call("sweep", file, "--out", "whole", "--quiet")
    for part in ("1/2", "2/2"):
        assert call("sweep", file, "--shard", part, "--out", f"part{part[0]}", "--quiet").exit_code == 0
    result = call("merge", "part1", "part2", "--out", "merged")
    assert result.exit_code == 0
    assert "18 runs of 6 cells in merged." in result.stdout
    assert f"Digest of the results {folder_digest(load('whole').folder)}." in result.stdout


def test_what_is_not_a_shard_is_not_merged(file, tmp_path):
    call("sweep", file, "--out", "part", "--quiet")
    call(*SALES, "--out", "other", "--quiet")
    assert "absent is not the folder of a sweep" in refused("merge", "part", "absent", "--out", "merged")
    assert "other holds the results of another design" in refused("merge", "part", "other", "--out", "merged")
    assert not (tmp_path / "merged").exists()


def test_studies_are_listed():
    shown = call("sweep", "--list").stdout
    assert study_names()
    assert all(name in shown for name in study_names())
