"""The search for the critical point, through the market of the ladder by hand: it has known thresholds."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from cascade_sim.experiments.sweeps import outcomes
from cascade_sim.experiments.sweeps.critical import find_boundary
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.reading import rises
from cascade_sim.experiments.sweeps.reporting.boundary import describe, save_figure
from tests.unit.experiments.sweeps.conftest import small_question

SALE = {"low": -30, "high": -5, "count": 2, "set": "orders.20.size", "label": "Sale"}


def here():
    return ThreadPoolExecutor(1)


def question(**changes):
    axes = {"sale": SALE, "latency": {"values": [0.0, 0.5], "set": "venues.exchange.rules.liquidation.latency"}}
    return small_question(**({"axes": axes, "seeds": {"at_least": 4}, "event": "liquidations > 2"} | changes))


def test_the_smallest_sale_that_liquidates_three(tmp_path):
    """Ten units stand at 100; with the eleventh the price is 99, and three longs follow. Sizes are rounded to units."""
    asked = question(axes={"sale": SALE})
    found = find_boundary(asked, "sale", tmp_path / "out", executor=here(), width=0.01)
    row = found.critical.iloc[0]
    assert row["status"] == "found"
    assert row["sale"] == pytest.approx(-10.5, abs=0.02 * 25)
    assert "at Sale -10." in next(describe(asked, "sale", None, found))
    assert save_figure(asked, "sale", None, found, tmp_path / "a.png").stat().st_size > 10_000


def test_stopped_and_gone_on_with(tmp_path, monkeypatch):
    def stop(done, failed, whole):
        if done >= 20:
            raise KeyboardInterrupt

    whole = find_boundary(question(), "sale", tmp_path / "whole", "latency", executor=here(), width=0.1)
    with pytest.raises(KeyboardInterrupt):
        find_boundary(question(), "sale", tmp_path / "out", "latency", executor=here(), width=0.1, report=stop)
    calls, sound = [], outcomes.measure
    monkeypatch.setattr(outcomes, "measure", lambda *run: calls.append(run) or sound(*run))
    again = find_boundary(question(), "sale", tmp_path / "out", "latency", executor=here(), width=0.1)
    assert again.critical.equals(whole.critical)
    assert len(calls) == whole.critical["runs"].sum() - 20
    assert save_figure(question(), "sale", "latency", again, tmp_path / "b.png").stat().st_size > 10_000


def test_no_critical_point_is_said_to_be_none(tmp_path):
    asked = question(axes={"sale": SALE}, event="liquidations > 50")
    found = find_boundary(asked, "sale", tmp_path / "out", executor=here())
    assert found.critical["status"].tolist() == ["always below"]
    assert "fewer than half of the runs cascade everywhere" in next(describe(asked, "sale", None, found))


@pytest.mark.parametrize(
    ("along", "over", "said"),
    [("sail", None, "no such axis; it has sale"), ("rule", None, "needs numbers"), ("sale", "sale", "two axes")],
)
def test_searches_that_make_no_sense_are_refused(tmp_path, along, over, said):
    rule = {"values": ["full", "partial"], "set": "venues.exchange.rules.liquidation.rule"}
    with pytest.raises(SweepError, match=said):
        find_boundary(question(axes={"sale": SALE, "rule": rule}), along, tmp_path / "out", over)
    assert not (tmp_path / "out").exists()


def test_another_search_in_the_folder_is_refused(tmp_path):
    asked = question(axes={"sale": SALE})
    find_boundary(asked, "sale", tmp_path / "out", executor=here(), width=0.1)
    with pytest.raises(SweepError, match="holds another search"):
        find_boundary(asked, "sale", tmp_path / "out", executor=here(), width=0.2)


def test_a_changed_scenario_file_is_another_search(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("base: by-hand\n", encoding="utf-8")
    asked = question(axes={"sale": SALE}, scenario=str(file))
    find_boundary(asked, "sale", tmp_path / "out", executor=here(), width=0.5)
    file.write_text("base: by-hand\nduration: 19\n", encoding="utf-8")
    with pytest.raises(SweepError, match="another search"):
        find_boundary(asked, "sale", tmp_path / "out", executor=here(), width=0.5)


def test_what_is_held_is_said(tmp_path):
    found = find_boundary(question(), "sale", tmp_path / "out", executor=here(), width=0.5)
    assert list(describe(question(), "sale", None, found))[-1] == "Held in the middle: latency 0.5"


@pytest.mark.parametrize(("sign", "above"), [(1, True), (-1, False)])
def test_the_side_on_which_cascades_are_is_one_for_runs_and_for_points(sign, above):
    """Runs weigh values evenly; a search visits mostly those near the boundary, where nothing is decided."""
    sizes = np.linspace(-1.0, 1.0, 9)
    runs = pd.DataFrame({"x": sizes, "event": (sign * sizes > 0).astype(float)})
    visited = np.array([*sizes, 0.01, 0.02, 0.03, 0.015])
    points = pd.DataFrame({"x": visited, "probability": 1 / (1 + np.exp(-9 * sign * visited))})
    assert rises(runs, "x") is rises(points.sample(frac=1, random_state=1), "x", "probability") is above
