"""Sweeps end the same way whoever runs them, whatever happens on the way."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from cascade_sim.experiments.sweeps import folder as folders
from cascade_sim.experiments.sweeps import outcomes
from cascade_sim.experiments.sweeps.design import make_design
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.folder import LEDGER, folder_digest
from cascade_sim.experiments.sweeps.ledger import Entry, Ledger
from cascade_sim.experiments.sweeps.pool import Pool
from cascade_sim.experiments.sweeps.runner import run_sweep
from cascade_sim.experiments.sweeps.shards import merge
from cascade_sim.experiments.sweeps.stored import load
from cascade_sim.experiments.sweeps.worker import carry_out
from tests.unit.experiments.sweeps.conftest import small_question


def here(count=1):
    """Executor in this process, so that what is patched here is seen there."""
    return ThreadPoolExecutor(count)


@pytest.fixture
def whole(design, tmp_path):
    """The sweep as one worker runs it."""
    return run_sweep(design, tmp_path / "whole", executor=here())


def stop_after(count):
    def report(done, failed, whole):
        if done + failed >= count:
            raise KeyboardInterrupt

    return report


def test_frames_are_tidy(whole):
    assert len(whole.runs) == 18
    assert whole.runs[["cell", "seed"]].values.tolist() == [[cell, seed] for cell in range(6) for seed in range(3)]
    assert whole.runs.groupby("sale")["liquidations"].first().to_dict() == {-25: 4, -15: 3, -5: 0}
    assert whole.runs["event"].tolist() == (whole.runs["liquidations"] > 1).astype(float).tolist()
    assert whole.failures.empty


def test_workers_and_order_do_not_matter(design, whole, tmp_path):
    several = run_sweep(design, tmp_path / "several", workers=2)
    pd.testing.assert_frame_equal(several.runs, whole.runs)
    assert folder_digest(several.folder) == folder_digest(whole.folder)


def test_stopped_three_times_and_resumed(design, whole, tmp_path):
    out = tmp_path / "stopped"
    for count in (1, 5, 11):
        with pytest.raises(KeyboardInterrupt):
            run_sweep(design, out, executor=here(), report=stop_after(count))
        assert count <= len(load(out).runs) < 18
    calls = []
    run_sweep(design, out, executor=here(), report=lambda *numbers: calls.append(numbers))
    assert calls[0][0] >= 11
    assert calls[-1] == (18, 0, 18)
    assert folder_digest(out) == folder_digest(whole.folder)


def test_a_finished_sweep_is_not_run_again(design, whole, monkeypatch):
    monkeypatch.setattr(outcomes, "measure", None)
    assert len(run_sweep(design, whole.folder, executor=here()).runs) == 18


def test_killed_with_its_workers_and_resumed(tmp_path, whole):
    """`kill -9` of the parent, twice: the workers end with it, and nothing that was entered is lost."""
    out = tmp_path / "killed"
    script = (
        "from tests.unit.experiments.sweeps.conftest import small_question\n"
        "from cascade_sim.experiments.sweeps.design import make_design\n"
        "from cascade_sim.experiments.sweeps.runner import run_sweep\n"
        f"if __name__ == '__main__': run_sweep(make_design(small_question()), {str(out)!r}, workers=1)\n"
    )
    root = Path(__file__).parents[4]
    for least in (1, 6):
        process = subprocess.Popen([sys.executable, "-c", script], cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
        while process.poll() is None and entered(out) < least:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = entered(out)
    assert before >= 6
    found = run_sweep(make_design(small_question()), out, executor=here())
    assert folder_digest(found.folder) == folder_digest(whole.folder)


def entered(out):
    try:
        with contextlib.closing(sqlite3.connect(f"file:{out / LEDGER}?mode=ro", uri=True)) as db:
            return db.execute("select count(*) from runs").fetchone()[0]
    except sqlite3.Error:
        return 0


def dies(fatal, marks, task):
    """Carry out a task, but die over some of them: the first time, or always."""
    mark = marks / f"{task.cell}-{task.seed}"
    if (task.cell, task.seed) in fatal and (fatal[task.cell, task.seed] or not mark.exists()):
        mark.touch()
        os._exit(1)
    return carry_out(task)


class Mortal(ProcessPoolExecutor):
    """Processes that die over some tasks."""

    fatal: dict
    marks: Path

    def submit(self, function, task):
        return super().submit(partial(dies, self.fatal, self.marks), task)


def mortal(fatal, marks):
    pool = Mortal(1, mp_context=get_context("fork"))
    pool.fatal, pool.marks = fatal, marks
    return pool


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_worker_that_is_killed_takes_nothing_with_it(design, whole, tmp_path):
    tasks = [design.task(*run) for run in design.runs()]
    pool = Pool(partial(mortal, {(1, 0): False, (4, 2): True}, tmp_path), 1)
    found = {(entry.cell, entry.seed): entry for entry in pool.results(tasks)}
    pool.close()
    assert len(found) == 18
    assert [run for run, entry in found.items() if entry.status != "done"] == [(4, 2)]
    assert found[4, 2].status == "killed"
    assert "killed each time" in found[4, 2].error
    assert found[1, 0].attempts > 1


def test_a_run_that_raises_is_recorded_and_can_be_tried_again(design, whole, tmp_path, monkeypatch):
    sound = outcomes.measure
    monkeypatch.setattr(
        outcomes, "measure", lambda scenario, seed, twin: 1 / (seed - 1) and sound(scenario, seed, twin)
    )
    found = run_sweep(design, tmp_path / "out", executor=here())
    assert len(found.runs) == 12
    assert found.failures["seed"].tolist() == [1] * 6
    assert found.failures["error"].unique().tolist() == ["ZeroDivisionError: division by zero"]
    monkeypatch.setattr(outcomes, "measure", sound)
    assert len(run_sweep(design, found.folder, executor=here()).failures) == 6
    mended = run_sweep(design, found.folder, executor=here(), retry_failed=True)
    assert folder_digest(mended.folder) == folder_digest(whole.folder)


def test_memory_that_does_not_suffice_is_tried_again(design, tmp_path, monkeypatch):
    sound, short = outcomes.measure, []

    def measure(scenario, seed, twin):
        short.append(seed)
        if len(short) == 3:
            raise MemoryError
        return sound(scenario, seed, twin)

    monkeypatch.setattr(outcomes, "measure", measure)
    found = run_sweep(design, tmp_path / "out", executor=here())
    assert found.failures.empty
    assert len(short) == 19


def test_a_full_disk_loses_nothing(design, whole, tmp_path, monkeypatch):
    enter = Ledger.enter

    def limited(ledger, entry):
        ledger._db.execute("pragma max_page_count=3")  # what a full disk does to SQLite
        enter(ledger, entry)

    monkeypatch.setattr(Ledger, "enter", limited)
    out = tmp_path / "full"
    with pytest.raises(SweepError, match=r"full.*\n.*is safe; free some space"):
        run_sweep(design, out, executor=here())
    monkeypatch.setattr(Ledger, "enter", enter)
    assert 0 < len(load(out).runs) < 18
    assert folder_digest(run_sweep(design, out, executor=here()).folder) == folder_digest(whole.folder)


def test_shards_make_the_same_folder(design, whole, tmp_path):
    parts = [tmp_path / "a", tmp_path / "b"]
    for number, part in enumerate(parts, start=1):
        run_sweep(design, part, executor=here(), shard=(number, 2))
    assert sum(len(load(part).runs) for part in parts) == 18
    assert folder_digest(merge(parts, tmp_path / "merged").folder) == folder_digest(whole.folder)


def test_folders_of_something_else_are_refused(design, whole, tmp_path, monkeypatch):
    other = make_design(small_question(seeds={"at_least": 2}))
    with pytest.raises(SweepError, match=r"results of another design.*\n.*choose another folder"):
        run_sweep(other, whole.folder)
    with pytest.raises(SweepError, match="exists already"):
        run_sweep(design, whole.folder, resume=False)
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "precious.txt").write_text("mine")
    with pytest.raises(SweepError, match="is not the folder of a sweep"):
        run_sweep(design, tmp_path / "else")
    monkeypatch.setattr(folders, "code_version", lambda: "another")
    with pytest.raises(SweepError, match=r"another version of the code.*\n.*choose another folder"):
        run_sweep(design, whole.folder)


def test_the_same_runs_can_be_asked_another_question(design, whole):
    anew = make_design(small_question(event="liquidations > 2"))
    found = run_sweep(anew, whole.folder, executor=here())
    assert found.question.event == "liquidations > 2"
    assert found.runs["event"].equals((found.runs["liquidations"] > 2).astype(float))


def test_axes_keep_their_names(design, whole):
    axes = small_question().model_dump(mode="json")["axes"]
    renamed = make_design(small_question(axes={"other": axes["sale"], "latency": axes["latency"]}))
    with pytest.raises(SweepError, match="axes named sale, latency"):
        run_sweep(renamed, whole.folder, executor=here())


def test_two_sweeps_do_not_write_into_one_folder(design, whole):
    with folders.sole_writer(whole.folder), pytest.raises(SweepError, match="written by another sweep"):
        run_sweep(design, whole.folder, executor=here())


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"workers": 0}, "workers: must be at least 1"), ({"retries": -1}, "retries"), ({"shard": (3, 2)}, "shard")],
)
def test_bad_arguments_are_refused(design, tmp_path, settings, said):
    with pytest.raises(SweepError, match=said):
        run_sweep(design, tmp_path / "out", **settings)
    assert not (tmp_path / "out").exists()


def test_replication_goes_on_until_the_interval_is_tight(tmp_path, monkeypatch):
    noise = pd.Series([0.0, 1.0] * 60)
    fake = dict.fromkeys(outcomes.OUTCOMES, 0.0)
    monkeypatch.setattr(
        outcomes,
        "measure",
        lambda scenario, seed, twin: fake | {"fall": noise[seed] * abs(scenario.orders[20].size) / 25},
    )
    seeds = {"at_least": 30, "at_most": 80, "half_width": 0.1, "outcome": "fall"}
    found = run_sweep(make_design(small_question(seeds=seeds)), tmp_path / "out", executor=here())
    counts = found.runs.groupby("sale")["seed"].agg(["count", "max"])
    # Half widths with n values that alternate between 0 and s: close to 2 * (s / 2) / sqrt(n).
    assert counts["count"].to_dict() == {-25: 2 * 80, -15: 2 * 40, -5: 2 * 30}
    assert counts["max"].to_dict() == {-25: 79, -15: 39, -5: 29}


def test_a_folder_without_its_ledger_is_read_from_the_table(whole):
    (whole.folder / LEDGER).unlink()
    pd.testing.assert_frame_equal(load(whole.folder).runs, whole.runs)


def test_a_ledger_remembers(tmp_path):
    entry = Entry(3, 7, "done", "", {"fall": 0.5}, 1.5)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        ledger.enter(entry)
    with Ledger(tmp_path / "l.sqlite") as ledger:
        assert list(ledger.entries()) == [entry]
        assert ledger.frame(pd.DataFrame({"x": [1, 2, 3, 4]}))[["x", "fall"]].values.tolist() == [[4, 0.5]]


def test_a_script_that_starts_itself_again_is_told_so(tmp_path):
    """Without the guard workers run the script; its runs must not be recorded as killed."""
    script = tmp_path / "script.py"
    script.write_text(
        "from cascade_sim.experiments.sweeps.design import make_design\n"
        "from cascade_sim.experiments.sweeps.runner import run_sweep\n"
        "from tests.unit.experiments.sweeps.conftest import small_question\n"
        f"run_sweep(make_design(small_question()), {str(tmp_path / 'out')!r}, workers=1)\n",
        encoding="utf-8",
    )
    where = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, env=where, check=False)
    assert "__name__ == '__main__'" in ended.stderr
    assert load(tmp_path / "out").failures.empty


def test_a_ledger_that_can_not_be_read_gives_way_to_the_table(whole):
    """As in an archive that nobody may write to: SQLite wants to write even to read."""
    before = load(whole.folder).runs
    (whole.folder / LEDGER).write_bytes(b"no database, but long enough to be looked at as one" * 100)
    pd.testing.assert_frame_equal(load(whole.folder).runs, before)
