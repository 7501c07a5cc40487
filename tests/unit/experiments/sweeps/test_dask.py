"""A sweep on a cluster: a scheduler and workers as processes of their own, which are killed."""

import json
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
from typer.testing import CliRunner

from cascade_sim.cli import app
from cascade_sim.experiments.sweeps.critical import find_boundary
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import folder_digest
from cascade_sim.experiments.sweeps.runner import run_sweep
from cascade_sim.experiments.sweeps.stored import load

pytest.importorskip("distributed")

from cascade_sim.experiments.sweeps.cluster import Cluster
from tests.unit.experiments.sweeps.conftest import small_question
from tests.unit.experiments.sweeps.test_runner import here, stop_after

PLENTY = 120.0  # seconds for what takes a few on an idle machine


def wait_until(condition):
    end = time.monotonic() + PLENTY
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


class Machines:
    """A scheduler and its workers, started when they are needed."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.scheduler, self.workers = None, []

    def start(self, *command):
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "dask", *command, "--scheduler-file", str(self.file), "--no-dashboard"]
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    def staffed(self, count):
        """Address of a scheduler to which so many workers are connected."""
        if self.scheduler is None:
            self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0")
            wait_until(lambda: self.file.exists() and self.file.read_text().endswith("}"))
        while len(self.workers) < count:
            self.workers.append(self.start("worker", "--nthreads", "1", "--no-nanny"))
        address = json.loads(self.file.read_text())["address"]
        with Cluster(address, patience=PLENTY) as cluster:
            wait_until(lambda: cluster.workers == count)
        return address

    def kill_worker(self):
        kill(self.workers.pop())

    def kill_all(self):
        while self.workers:
            self.kill_worker()
        if self.scheduler is not None:
            kill(self.scheduler)
            self.scheduler = None
            self.file.unlink()


def kill(process):
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    found = Machines(tmp_path_factory.mktemp("machines"))
    yield found
    found.kill_all()


@pytest.fixture
def digest(design, tmp_path):
    """Of the sweep as one worker runs it; `test_runner` has two of them, and sweeps killed and resumed."""
    return folder_digest(run_sweep(design, tmp_path / "whole", executor=here()).folder)


def test_stopped_and_resumed_with_a_worker_killed_over_its_runs(machines, design, digest, tmp_path):
    out = tmp_path / "out"
    with Cluster(machines.staffed(2)) as cluster:
        for count in (1, 4):
            with pytest.raises(KeyboardInterrupt):
                run_sweep(design, out, executor=cluster, workers=2, report=stop_after(count))
        wait_until(lambda: not tasks_at(cluster))
        before = len(load(out).runs)
        assert 4 <= before < 18
        machines.workers[-1].send_signal(signal.SIGSTOP)  # so that it surely holds runs when it is killed

        def kill_one(done, failed, whole):
            if done > before and len(machines.workers) == 2:
                machines.kill_worker()

        found = run_sweep(design, out, executor=cluster, workers=2, report=kill_one)
    assert len(machines.workers) == 1
    assert folder_digest(found.folder) == digest


def tasks_at(cluster):
    """Number of tasks that the scheduler knows."""
    return cluster._client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


def test_command_line(machines, digest, tmp_path):
    address = machines.staffed(1)
    question = tmp_path / "small.yaml"
    question.write_text(small_question().model_dump_json())
    arguments = ["sweep", question, "--out", tmp_path / "out", "--executor", "dask", "--scheduler", address]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0
    assert "18 runs of 6 cells" in result.stdout
    assert f"Digest of the results {digest}." in result.stdout


def test_a_search_on_the_command_line(machines, tmp_path):
    sale = {"low": -30, "high": -5, "count": 2, "set": "orders.20.size", "label": "Sale"}
    asked = small_question(axes={"sale": sale}, event="liquidations > 2")
    here_found = find_boundary(asked, "sale", tmp_path / "here", executor=here(), width=0.2)
    question = tmp_path / "small.yaml"
    question.write_text(asked.model_dump_json())
    arguments = ["critical", question, "--width", 0.2, "--out", tmp_path / "out"]
    arguments += ["--executor", "dask", "--scheduler", machines.staffed(1)]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    there_found = pd.read_parquet(tmp_path / "out" / "critical.parquet")
    pd.testing.assert_frame_equal(there_found, here_found.critical)


def test_the_last_worker_is_killed(machines, design, digest, tmp_path):
    out = tmp_path / "out"

    def kill_last(done, failed, whole):
        if done and machines.workers:
            machines.kill_worker()

    nobody = r"no worker has been connected.*\n.*dask worker tcp.*\n.*are kept"
    with Cluster(machines.staffed(1), patience=0.5) as cluster, pytest.raises(SweepError, match=nobody):
        run_sweep(design, out, executor=cluster, workers=1, report=kill_last)
    assert 0 < len(load(out).runs) < 18
    assert folder_digest(run_sweep(design, out, executor=here()).folder) == digest


def test_the_scheduler_is_killed(machines, design, digest, tmp_path):
    out = tmp_path / "out"

    def kill_all(done, failed, whole):
        if done:
            machines.kill_all()

    gone = r"the scheduler tcp.* is gone.*\n.*are kept"
    with Cluster(machines.staffed(1), timeout=5.0) as cluster, pytest.raises(SweepError, match=gone):
        run_sweep(design, out, executor=cluster, workers=1, report=kill_all)
    assert 0 < len(load(out).runs) < 18
    assert folder_digest(run_sweep(design, out, executor=here()).folder) == digest


@pytest.mark.parametrize(
    ("address", "said"),
    [("nonsense", r"must look like tcp://host:8786"), ("tcp://127.0.0.1:1", "no scheduler answers there")],
)
def test_nobody_is_there(address, said):
    with pytest.raises(SweepError, match=said):
        Cluster(address, timeout=0.5)
