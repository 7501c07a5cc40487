"""The report says what the runs say, in one file that needs no other."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.sweeps import outcomes
from cascade_sim.experiments.sweeps.design import make_design
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.reading import effective_branching, idle_axes, ratio_is_one
from cascade_sim.experiments.sweeps.reporting.report import write_report
from cascade_sim.experiments.sweeps.runner import run_sweep
from tests.unit.experiments.sweeps.conftest import small_question

SALE = {"low": -30, "high": -5, "count": 5, "set": "orders.20.size", "label": "Sale"}
PATH = "venues.exchange.rules.liquidation.latency"
LATENCY = {"values": [0.0, 0.1, 0.2], "set": PATH, "label": "Latency", "unit": "s"}


def fake(scenario, seed, twin):
    """Outcomes of a market with a threshold: known numbers, and quick."""
    luck = np.random.default_rng(seed).normal()
    sale = -scenario.orders[20].size
    push = sale / 10 + scenario.venues["exchange"].rules.liquidation.latency + 0.3 * luck
    return dict.fromkeys(outcomes.OUTCOMES, 0.0) | {
        "cascade": max(push - 1.5, 0.0) / 20,
        "fall": 0.02 + max(push, 0) / 30,
        "liquidated": 1e6 * np.exp(2 * push),
        "branching_start": push / 3 + 0.5,
        "branching_largest": push + 0.5,
        "longs_ahead": 1e7 * abs(push),
        "capital_efficiency": sale,
        "bad_debt": 1e3 * max(push, 0),
        "traders_profit": luck,
    }


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    def make(real=False, **changes):
        if not real:
            monkeypatch.setattr(outcomes, "measure", fake)
        asked = small_question(**({"event": "cascade > 0.01", "seeds": {"at_least": 12}} | changes))
        return run_sweep(make_design(asked), tmp_path / "out", executor=ThreadPoolExecutor(1))

    return make


def written(found):
    return write_report(found, found.folder / "report.html").read_text(encoding="utf-8")


def titles(text):
    return re.findall("<h2>(.*?)</h2>", text)


def test_two_axes(sweep):
    text = written(sweep(axes={"sale": SALE, "latency": LATENCY}, title="Sale & latency", question="How <large>?"))
    assert titles(text)[:3] == ["Where cascades are likely", "The phase boundary", "Cascade"]
    assert {"What equal luck is worth", "How large cascades get", "Bad debt against capital efficiency"} <= set(
        titles(text)
    )
    assert "Sale &amp; latency" in text
    assert "How &lt;large&gt;?" in text
    assert "cascade-sim sweep" in text
    assert "cascade-sim run by-hand" in text
    assert text.count("data:image/png;base64,") >= 8
    assert not re.search(r'(src|href)="(?!data:)', text)


def test_one_axis(sweep):
    assert titles(written(sweep(axes={"sale": SALE})))[0] == "How likely cascades are"


def test_one_axis_of_names(sweep):
    rule = {"values": ["full", "partial", "fraction"], "set": "venues.exchange.rules.liquidation.rule"}
    assert "How likely cascades are" in titles(written(sweep(axes={"rule": rule})))


def test_a_third_axis_is_held_and_said_to_be(sweep):
    rule = {"values": ["full", "partial"], "set": "venues.exchange.rules.liquidation.rule", "label": "Rule"}
    assert "All maps at Rule partial" in written(sweep(axes={"sale": SALE, "latency": LATENCY, "rule": rule}))


def test_names_on_an_axis(sweep):
    rule = {"values": ["full", "partial"], "set": "venues.exchange.rules.liquidation.rule"}
    text = written(sweep(axes={"rule": rule, "sale": SALE}))
    assert "Where cascades are likely" in titles(text)
    assert "rule changed no outcome of any run" in text  # of the fake market, that is


@pytest.mark.parametrize(("sample", "cells"), [("saltelli", 16), ("morris", 6)])
def test_sensitivity(sweep, sample, cells):
    pytest.importorskip("SALib")
    axes = {"sale": SALE | {"count": None}, "latency": {"low": 0.001, "high": 1, "scale": "log", "set": PATH}}
    text = written(sweep(axes=axes, sample=sample, cells=cells))
    assert titles(text)[0] == "Which setting decides"


def test_space_filling_sample(sweep):
    axes = {"sale": SALE | {"count": None}}
    assert "Every cell" in titles(written(sweep(axes=axes, sample="latin-hypercube", cells=8)))


def test_real_runs_without_a_twin(sweep):
    text = written(sweep(real=True, twin=False, event="liquidations > 1", seeds={"at_least": 2}))
    assert "Where cascades are likely" in titles(text)
    assert "latency changed no outcome" not in text


def test_an_outcome_that_never_changes_has_no_setting_that_decides(sweep):
    pytest.importorskip("SALib")
    text = written(sweep(axes={"sale": SALE | {"count": None}}, sample="saltelli", cells=4, event="volume > 1"))
    assert "is the same in all cells" in text


def test_the_command_of_a_study_stands_for_the_study_alone(sweep):
    """A shipped study with other settings is repeated from its own file."""
    found = sweep(axes={"sale": SALE}, name="leverage-maintenance")
    text = written(found)
    assert f"cascade-sim sweep {found.folder / 'question.yaml'} --out again" in text
    assert "What was found" not in titles(text)


def test_a_report_outlives_the_scenario_file(sweep, monkeypatch):
    found = sweep(axes={"sale": SALE})
    asked = found.question.model_copy(update={"scenario": "no-longer-there.yaml"})
    gone = type(found)(found.folder, asked, found.manifest, found.cells, found.runs, found.failures)
    text = written(gone)
    assert "can&#x27;t be repeated from here" in text
    assert "How likely cascades are" in titles(text)


def test_what_is_missing_is_said(sweep, monkeypatch):
    found = sweep(axes={"sale": SALE})
    short = found.runs.iloc[:7]
    monkeypatch.setattr(type(found), "design", lambda self: make_design(self.question))
    incomplete = type(found)(found.folder, found.question, found.manifest, found.cells, short, found.failures)
    assert "not finished: 7 of 60 runs" in written(incomplete)
    with pytest.raises(SweepError, match="no finished run"):
        written(type(found)(found.folder, found.question, found.manifest, found.cells, short.iloc[:0], found.failures))


def test_a_ratio_of_one_is_found_between_cells():
    cells = pd.DataFrame({"x": [1, 1, 1, 2, 2, 2], "y": [1.0, 10, 100] * 2, "r": [0.1, 1.0, 10, 0.5, 0.6, 0.7]})
    found = ratio_is_one(cells, "r", "x", "y")
    assert found.to_dict("records") == [{"x": 1, "y": pytest.approx(10)}]


def test_effective_branching_is_longs_ahead_over_the_depth_met():
    runs = pd.DataFrame(
        {"cell": [0, 0, 1], "a": [1, 1, 2], "longs_ahead": [1e9, 3e9, 1e9], "cascade": [0.01, 0.03, 0.1]}
    )
    runs["liquidated"] = [1e7, 3e7, 0.0]
    ratio = effective_branching(runs, ["a"])["branching_effective"]
    assert ratio[0] == pytest.approx(2e9 / 1e9)  # 2e7 sold for two per cent: a billion a unit of fall
    assert np.isnan(ratio[1])


def test_axes_that_do_nothing_are_named(sweep):
    found = sweep(axes={"sale": SALE, "idle": {"values": [0.1, 0.2], "set": "sample_interval"}})
    assert idle_axes(found) == ["idle"]
