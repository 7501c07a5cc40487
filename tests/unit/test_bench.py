"""The bench: three books make the same trades, and the report can be made. No time is asserted."""

import json

import pytest

from cascade_sim.bench.book import book_lines, naive_outcome, our_outcome, twin_outcome
from cascade_sim.bench.measure import HIGHER, Line
from cascade_sim.bench.report import Extent, report
from cascade_sim.bench.twin import build_twin
from cascade_sim.bench.workload import message_stream

TINY = Extent(
    messages=2_000, repeats=1, small=20, large=40, million=0, seconds=2, crash=60, cascade=0, starts=0, compiles=False
)


@pytest.fixture(scope="module")
def twin(tmp_path_factory):
    return build_twin(tmp_path_factory.mktemp("twin"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_our_book_makes_the_trades_of_the_naive_book(seed):
    streams = message_stream(12_000, seed=seed, warm=300)
    ours = our_outcome(*streams)
    assert ours == naive_outcome(*streams)
    assert ours.trades > 1000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_our_book_makes_the_trades_of_its_twin(twin, seed):
    if twin is None:
        pytest.skip("no C++ compiler found")
    streams = message_stream(12_000, seed=seed, warm=300)
    assert our_outcome(*streams) == twin_outcome(twin, *streams)


def test_an_outcome_tells_streams_apart():
    assert naive_outcome(*message_stream(500, seed=1)) != naive_outcome(*message_stream(500, seed=2))


def test_without_a_compiler_the_twin_is_visibly_left_out():
    left_out = [line for line in book_lines(None, messages=500, repeats=1) if line.verdict == "left out"]
    assert len(left_out) == 1
    assert "no C++ compiler found" in left_out[0].note


def test_the_report_says_what_it_measured(tmp_path, capsys):
    lines = report(out=tmp_path / "bench.json", extent=TINY)
    written = json.loads((tmp_path / "bench.json").read_text())
    assert [figure["what"] for figure in written["figures"]] == [line.what for line in lines]
    assert {"numba", "numpy"} <= set(written["machine"]["versions"])
    shown = capsys.readouterr().out
    assert all(line.what in shown for line in lines)
    agreement = next(line for line in lines if "other trades" in line.what)
    assert agreement.verdict == "met"


@pytest.mark.parametrize(
    ("measured", "sense", "verdict"),
    [(2.0, HIGHER, "met"), (0.5, HIGHER, "short"), (0.5, "at most", "met"), (2.0, "at most", "short")],
)
def test_verdicts(measured, sense, verdict):
    assert Line(what="x", unit="s", measured=measured, target=1.0, sense=sense).verdict == verdict
