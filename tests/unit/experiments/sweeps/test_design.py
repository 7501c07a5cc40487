"""What a sweep lays out, and what it refuses before anything runs."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from cascade_sim.experiments.sweeps.design import _fixed, code_sources, make_design
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.outcomes import OUTCOMES, measure
from cascade_sim.experiments.sweeps.question import read_question, study_names
from cascade_sim.scenario.load import load_scenario
from tests.unit.experiments.sweeps.conftest import small_question

TIER = "venues.exchange.rules.tiers.default.0"
SALE = {"low": -25, "high": -5, "set": "orders.20.size", "whole": True}
SHARE = {"low": 0.001, "high": 0.02, "scale": "log", "set": f"{TIER}.maintenance"}


def test_a_grid_has_every_combination_the_last_axis_fastest(design):
    assert design.cells["sale"].tolist() == [-5, -5, -15, -15, -25, -25]
    assert design.cells["latency"].tolist() == [0, 0.5] * 3
    assert list(design.runs())[:7] == [(cell, 0) for cell in range(6)] + [(0, 1)]


def test_no_module_that_a_run_needs_is_missing_from_the_version_of_the_code():
    code = (
        "import sys, cascade_sim.recording.recorder\n"
        "print(*(module.__file__ for name, module in sys.modules.items() if name.startswith('cascade_sim')), sep='\\n')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    needed = {Path(file).resolve() for file in found.splitlines()}
    assert needed
    assert needed <= {file.resolve() for file in code_sources()}


def test_a_cell_is_the_scenario_with_its_settings(design):
    scenario = design.scenario(5)
    assert scenario.orders[20].size == -25
    assert scenario.venues["exchange"].rules.liquidation.latency == 0.5


def test_times_multiplies_what_the_scenario_says_and_inverse_divides():
    axis = {"values": [0.5, 2], "times": f"{TIER}.maintenance", "inverse": {f"{TIER}.leverage": 50}}
    design = make_design(small_question(axes={"x": axis}))
    tiers = [design.scenario(cell).venues["exchange"].rules.tiers["default"][0] for cell in (0, 1)]
    assert [item.maintenance for item in tiers] == [0.0025, 0.01]
    assert [item.leverage for item in tiers] == [100, 25]


@pytest.mark.parametrize("sample", ["latin-hypercube", "sobol"])
def test_samples_spread_evenly_and_repeat(sample):
    question = small_question(axes={"sale": SALE, "share": SHARE}, sample=sample, cells=64)
    cells = make_design(question).cells
    assert cells.equals(make_design(question).cells)
    points = np.column_stack([(cells["sale"] + 25) / 20, np.log(cells["share"] / 0.001) / np.log(20)])
    assert points.min() >= 0
    assert points.max() <= 1
    assert qmc.discrepancy(points) < 0.5 * qmc.discrepancy(np.random.default_rng(1).random((64, 2)))


@pytest.mark.parametrize(("sample", "count", "cells"), [("saltelli", 8, 8 * 4), ("morris", 5, 5 * 3)])
def test_samples_for_sensitivity_are_those_of_salib(sample, count, cells):
    pytest.importorskip("SALib")
    question = small_question(axes={"sale": SALE, "share": SHARE}, sample=sample, cells=count)
    assert len(make_design(question).cells) == cells


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"x": {"values": [1], "set": "ordrs.20.size"}}, "path 'ordrs.20.size': there is no 'ordrs'; there is orders"),
        ({"x": {"values": [1], "set": "orders.99.size"}}, "there is no '99'"),
        ({"x": {"low": 2, "high": 1, "count": 3, "set": "orders.20.size"}}, "from low 2.0 to high 1.0 is empty"),
        ({"x": {"low": 0, "high": 1, "count": 3, "scale": "log", "set": "orders.20.size"}}, "a low above 0"),
        ({"x": {"low": 1, "high": 2, "set": "orders.20.size"}}, "axes.x.count: must be given"),
        ({"x": {"values": [], "set": "orders.20.size"}}, "must have either values, or low and high"),
        ({"x": {"values": [1, 1], "set": "orders.20.size"}}, "values must differ"),
        ({"x": {"values": [1]}}, "no path follows it"),
        ({"fall": {"values": [1], "set": "orders.20.size"}}, "a plain word that is no outcome"),
        ({"x": {"values": [2], "times": "name"}}, "is no number that could be multiplied"),
        ({"x": {"values": [0.9], "set": f"{TIER}.maintenance"}}, "less than or equal to 0.5"),
    ],
)  # fmt: skip
def test_what_can_not_be_run_is_refused_in_words(tmp_path, axes, said):
    import yaml

    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump({"name": "x", "scenario": "by-hand", "axes": axes}), encoding="utf-8")
    with pytest.raises(SweepError) as error:
        make_design(read_question(str(file)))
    assert said in str(error.value)


def test_every_problem_of_a_question_is_told_at_once(tmp_path):
    file = tmp_path / "sweep.yaml"
    file.write_text("name: x\nevent: fell > 1\nsampel: grid\naxes: {x: {values: [1]}}\n", encoding="utf-8")
    with pytest.raises(SweepError) as error:
        read_question(str(file))
    assert len(error.value.problems) == 2  # the event is looked at when all else is sound
    file.write_text("name: x\nevent: fell > 1\naxes: {x: {values: [1], set: duration}}\n", encoding="utf-8")
    with pytest.raises(SweepError, match=r"must look like 'cascade > 0\.02'"):
        read_question(str(file))


def test_axes_from_the_command_line_are_named_by_their_ends():
    question = read_question(None, ["a.b.count=1,2", "c.d.count=none,exact"], ["e.f=0:1:3"], {"scenario": "by-hand"})
    assert list(question.axes) == ["count", "d_count", "f"]
    assert question.axes["d_count"].grid() == ["none", "exact"]
    assert question.axes["f"].grid() == [0, 0.5, 1]


def test_unknown_studies_are_refused():
    with pytest.raises(SweepError, match="neither a file nor a shipped study"):
        read_question("no-such-thing")


@pytest.mark.parametrize("name", study_names())
def test_shipped_studies_can_be_laid_out(name):
    question = read_question(name)
    design = make_design(question)
    assert question.name == name
    assert question.question
    assert question.title
    assert question.event_outcome in OUTCOMES
    assert all(axis.label for axis in question.axes.values())
    assert len(set(design.settings)) == len(design.cells)


def test_the_default_study_is_as_large_as_it_says():
    design = make_design(read_question("leverage-maintenance"))
    assert len(design.cells) >= 200
    assert len(design.seeds()) >= 30


def test_what_is_run_decides_the_digest_and_words_do_not():
    base = make_design(small_question())
    assert make_design(small_question(title="other", question="?")).digest == base.digest
    assert make_design(small_question(seeds={"at_least": 4})).digest != base.digest
    assert make_design(small_question(settings={"duration": 9})).digest != base.digest
    assert make_design(small_question(twin=False)).digest != base.digest


def test_a_cell_is_the_run_of_the_same_settings():
    """The order of cohorts numbers the agents; sorted otherwise, the same seed would be another run."""
    axes = {"crowd": {"values": [100], "set": "agents.traders.crowd.count"}}
    design = make_design(small_question(scenario="flash-crash", settings={"duration": 60}, axes=axes))
    alone = load_scenario("flash-crash", ["duration=60", "agents.traders.crowd.count=100"])
    assert [measure(design.scenario(0), seed, False)["volume"] for seed in range(3)] == [
        measure(alone, seed, False)["volume"] for seed in range(3)
    ]


def test_the_event_decides_what_is_run_where_seeds_hang_on_it():
    grows = {"at_least": 3, "at_most": 9, "half_width": 0.1, "outcome": "event"}
    once, other = (make_design(small_question(seeds=grows, event=f"liquidations > {n}")).digest for n in (1, 2))
    assert once != other


def test_what_was_found_is_not_said_of_another_question():
    assert read_question("leverage-maintenance").discussion
    assert not read_question("leverage-maintenance", changes={"seeds": {"at_least": 5}}).discussion


def test_a_time_can_be_a_setting():
    question = read_question("leverage-maintenance", changes={"settings": {"name": datetime(2021, 5, 19, tzinfo=UTC)}})
    assert "2021-05-19" in _fixed(question)[0]


def test_a_threshold_must_be_a_number():
    with pytest.raises(SweepError, match="event: must look like"):
        read_question("leverage-maintenance", changes={"event": "fall > 1e"})


def test_powers_of_ten_are_numbers():
    question = read_question(grids=["a.b=1e5,2.5e-1,3", "a.c=one,2e"])
    assert question.axes["b"].values == (100_000.0, 0.25, 3.0)
    assert question.axes["c"].values == ("one", "2e")
