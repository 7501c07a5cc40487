"""The bench of sweeps: it compares the same runs, and counts what it says. No time is asserted."""

import json
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from cascade_sim.bench import report, sweeps
from cascade_sim.bench.batch import batch, rate_of


@pytest.fixture
def _here(monkeypatch):
    """Threads for processes, which need not be started."""
    monkeypatch.setattr(sweeps, "local_executor", ThreadPoolExecutor)
    monkeypatch.setattr(sweeps, "batch", lambda settings, seeds, processes: batch(settings, seeds, 1))


@pytest.mark.usefixtures("_here")
def test_the_report_says_what_it_measured(tmp_path, capsys):
    lines = report.sweep_report(3, tmp_path / "bench.json", trivial_runs=5, repeats=1, seconds=5, held=200)
    written = json.loads((tmp_path / "bench.json").read_text())
    assert [figure["what"] for figure in written["figures"]] == [line.what for line in lines]
    found = {line.what: line for line in lines}
    assert found["outcomes that differ from Mesa's"].measured == 0
    assert "12 outcomes of every run compared" in found["outcomes that differ from Mesa's"].note
    rate = found["an hour of 1,000 traders, two workers"].measured
    assert found["10,000 such runs, projected"].measured == pytest.approx(10_000 / rate / 60)
    shown = capsys.readouterr().out
    assert all(line.what in shown for line in lines)


@pytest.mark.usefixtures("_here")
def test_other_runs_are_noticed(monkeypatch):
    monkeypatch.setattr(sweeps, "batch", lambda settings, seeds, _: batch(settings, range(1, 1 + len(seeds)), 1))
    *_, agreement = sweeps.sweep_lines(2, trivial_runs=2, repeats=1, seconds=5)
    assert agreement.measured > 0
    assert agreement.verdict == "short"


def test_starting_does_not_count():
    # Process 1 ends runs at 1, 2, 3, 4 s and process 2 at 10, 11, 12 s: two runs in the two seconds after 10 s.
    runs = pd.DataFrame({"process": [1, 1, 1, 1, 2, 2, 2], "ended": [1.0, 2, 3, 4, 10, 11, 12]})
    assert rate_of(runs) == pytest.approx(1.0)
