"""Executors of someone else: what they can't do is said, what they were given is taken back."""

import pickle
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from cascade_sim.experiments.sweeps import worker
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import folder_digest
from cascade_sim.experiments.sweeps.runner import run_sweep
from cascade_sim.experiments.sweeps.stored import load
from cascade_sim.experiments.sweeps.worker import carry_out
from tests.unit.experiments.sweeps.test_runner import mortal, stop_after


class OneByOne(Executor):
    """Carries out the oldest task when it is asked how it is; `sound` tasks, and no more."""

    def __init__(self, sound=1000):
        self.given, self.sound = [], sound

    def submit(self, function, task):
        self.given.append((Future(), task))
        return self.given[-1][0]

    def check(self):
        if not self.sound:
            raise SweepError("the machine", ["is gone"])
        self.sound -= 1
        future, task = next(pair for pair in self.given if not pair[0].done())
        future.set_result(carry_out(task))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("cascade_sim.experiments.sweeps.pool._GLANCE", 0.001)


def test_what_has_not_begun_is_taken_back(design, tmp_path):
    executor = OneByOne()
    with pytest.raises(KeyboardInterrupt):
        run_sweep(design, tmp_path / "out", executor=executor, workers=2, report=stop_after(3))
    assert [future.cancelled() for future, _ in executor.given] == [False] * 3 + [True] * (len(executor.given) - 3)
    assert len(executor.given) > 3


def test_an_executor_that_says_it_cannot_go_on(design, tmp_path):
    executor = OneByOne(sound=7)
    with pytest.raises(SweepError, match="is gone"):
        run_sweep(design, tmp_path / "out", executor=executor, workers=1)
    assert len(load(tmp_path / "out").runs) == 7
    assert executor.given[-1][0].cancelled()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_an_executor_that_breaks(design, tmp_path):
    whole = run_sweep(design, tmp_path / "whole", executor=ThreadPoolExecutor(2))
    with pytest.raises(SweepError, match=r"takes no more tasks.*\n.*another executor goes on"):
        run_sweep(design, tmp_path / "out", executor=mortal({(4, 1): True}, tmp_path), workers=1)
    assert 0 < len(load(tmp_path / "out").runs) < 18
    found = run_sweep(design, tmp_path / "out", executor=ThreadPoolExecutor(2))
    assert folder_digest(found.folder) == folder_digest(whole.folder)


def test_an_executor_that_is_shut_down(design, tmp_path):
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(SweepError, match="takes no more tasks"):
        run_sweep(design, tmp_path / "out", executor=executor)


def test_workers_of_another_version_are_refused(design, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "code_version", lambda: "another")
    with pytest.raises(SweepError, match=r"another version of the code \(another; this sweep is by"):
        run_sweep(design, tmp_path / "out", executor=OneByOne())
    assert len(load(tmp_path / "out").runs) == 0


def test_errors_travel():
    error = pickle.loads(pickle.dumps(SweepError("here", ["this", "that"])))
    assert (str(error), error.problems) == ("here:\n  this\n  that", ["this", "that"])
