"""A small calibration from file to folder: it recovers what made its facts, can be continued, and reports."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from cascade_sim.cli import app
from cascade_sim.experiments.calibration.command import calibrate, fitted_scenario
from cascade_sim.experiments.calibration.facts import Fact
from cascade_sim.experiments.calibration.plan import Calibration
from cascade_sim.experiments.calibration.scores import errors_of
from cascade_sim.experiments.calibration.simulated import Simulated
from cascade_sim.folders import ResultError
from cascade_sim.scenario.load import load_scenario
from tests.conftest import crowded_scenario

LEVERAGE, MOVE = "agents.traders.crowd.leverage.median", "news.0.move"
TRUTH = {LEVERAGE: 25.0, MOVE: -0.06}
QUANTITIES = ("fall", "longs_liquidated", "liquidated_share")
OTHER_SEEDS = range(1000, 1012)


def facts_from(simulated, plan):
    """Means of events that the truth makes on other seeds."""
    wanted = [Fact(quantity=name, value=1.0) for name in QUANTITIES]
    means = simulated.moments(plan.events["past"], wanted, TRUTH, OTHER_SEEDS).mean(axis=0)
    return [
        {"quantity": name, "value": float(mean), "events": len(OTHER_SEEDS)} for name, mean in zip(QUANTITIES, means)
    ]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Calibration to facts whose settings are known, with the same facts once more as an event held out."""
    folder = tmp_path_factory.mktemp("calibration")
    crowd = crowded_scenario(80, duration=45)
    crowd["agents"]["traders"]["crowd"]["open_interest"] = {"BTC-PERP": 5e6}
    (folder / "crowded.yaml").write_text(yaml.safe_dump(crowd))
    data = {
        "scenario": "crowded.yaml",
        "parameters": {LEVERAGE: {"low": 8, "high": 60, "scale": "log"}, MOVE: {"low": -0.1, "high": -0.03}},
        "events": {"past": {}},
        "seeds": {"first": 0, "count": 8},
        "evaluations": 16,
    }
    plan = Calibration.model_validate(data | {"scenario": str(folder / "crowded.yaml")})
    facts = facts_from(Simulated(plan, folder / "truth", 1), plan)
    data |= {"events": {"past": {"facts": facts}}, "held_out": {"other": {"facts": facts}}}
    (folder / "calibration.yaml").write_text(yaml.safe_dump(data))
    return folder / "calibration.yaml"


@pytest.mark.parametrize(("leverage", "share"), [(1.0, 0.0), (60.0, 1.0)])
def test_who_is_liquidated(file, leverage, share):
    """Nobody without leverage, every long when ten times its margin is lost, and never a short in a fall."""
    held = {"leverage": leverage, "stop_loss": 100.0, "take_profit": 100.0, "usage": 1.0, "interval": 10_000.0}
    settings = [f"agents.traders.crowd.{name}={{law: constant, value: {value}}}" for name, value in held.items()]
    plan = Calibration(
        scenario=str(file.parent / "crowded.yaml"),
        set=(*settings, f"{MOVE}=-0.2"),
        parameters={MOVE: {"low": -0.3, "high": -0.1}},
        events={"past": {}},
    )
    facts = [Fact(quantity=name, value=1.0) for name in ("longs_liquidated", "shorts_liquidated")]
    simulated = Simulated(plan, file.parent / "extremes", 1)
    found = simulated.moments(plan.events["past"], facts, {MOVE: -0.2}, range(2))
    assert found == pytest.approx(np.array([[share, 0.0]] * 2), abs=0.03)


@pytest.fixture(scope="module")
def folder(file):
    """What a calibration writes."""
    calibrate(file, file.parent / "out", workers=1)
    return file.parent / "out"


def test_it_recovers_what_made_the_facts(folder):
    table = pd.read_csv(folder / "parameters.csv", index_col="parameter")
    for path, truth in TRUTH.items():
        assert table.loc[path, "low"] <= truth <= table.loc[path, "high"]
        assert table.loc[path, "error"] < 0.15  # of the range: an interval that says something
        assert table.loc[path, "told"] == "yes"


def test_the_report_holds_what_was_fitted_beside_what_was_not(folder):
    moments = pd.read_csv(folder / "moments.csv")
    assert set(moments["role"]) == {"fitted", "held out"}
    errors = pd.read_csv(folder / "errors.csv").set_index(["role", "event"])
    assert errors.loc[("fitted", "past"), "facts"] == 3
    assert errors.loc[("held out", "other"), "fitted"] < errors.loc[("held out", "other"), "start"]
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["j_test"]["probability"] > 0.01  # the model is the one that made the facts
    assert manifest["objective"]["fitted"] < manifest["objective"]["start"]
    text = (folder / "report.md").read_text()
    assert "Test of over-identifying restrictions" in text
    assert "| past | fitted | fall |" in text


def test_the_fitted_scenario_can_be_run(folder):
    fitted = load_scenario(str(folder / "fitted.yaml"))
    found = json.loads((folder / "manifest.json").read_text())["fitted"]
    assert fitted.news[0].move == found[MOVE]
    assert fitted.agents.traders["crowd"].leverage.median == found[LEVERAGE]
    assert fitted.sources[MOVE] == "fitted by simulated moments to past"


def test_a_calibration_is_continued_without_running_its_points_again(folder, file, monkeypatch):
    before = (folder / "report.md").read_text()
    monkeypatch.setattr("cascade_sim.experiments.calibration.simulated.measure_runs", None)
    assert calibrate(file, folder, workers=1) == before


def test_half_a_calibration_is_continued(file, folder, tmp_path):
    """Stopped after some points: the rest is the same as in one go."""
    part = tmp_path / "part"
    (part / "points").mkdir(parents=True)
    for name in sorted(path.name for path in (folder / "points").iterdir())[2:]:
        (part / "points" / name).write_bytes((folder / "points" / name).read_bytes())
    (part / "calibration.json").write_bytes((folder / "calibration.json").read_bytes())
    assert calibrate(file, part, workers=1) == (folder / "report.md").read_text()


def test_a_folder_of_something_else_is_left_alone(file, folder, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ResultError, match="is not of this calibration; choose another folder"):
        calibrate(file, tmp_path)
    with pytest.raises(ResultError, match="is not of this calibration"):
        calibrate(file, folder, seeds=9)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_refuses_in_words(file, tmp_path):
    result = CliRunner().invoke(app, ["calibrate", str(tmp_path / "none.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "none.yaml can't be used" in result.stderr
    few = CliRunner().invoke(app, ["calibrate", str(file), "--out", str(tmp_path / "out"), "--evaluations", "9"])
    assert few.exit_code == 2
    assert "2 parameters need at least 12, got 9" in few.stderr
    strange = file.parent / "strange.yaml"
    strange.write_text(file.read_text().replace("news.0.move", "news.0.mood"))
    setting = CliRunner().invoke(app, ["calibrate", str(strange), "--out", str(tmp_path / "out")])
    assert setting.exit_code == 2
    assert "news.0.mood: there is no such setting" in setting.stderr
    assert not (tmp_path / "out").exists()


def test_a_preset_is_changed_by_what_was_fitted():
    """A fitted news share becomes the one that replays are scored with."""
    parameters = {"prices.news_share": {"low": 0, "high": 1}, LEVERAGE: {"low": 1, "high": 5}}
    plan = Calibration.model_validate({"parameters": parameters, "events": {"one": {}}, "set": ["duration=1800"]})
    data = fitted_scenario(plan, {"prices.news_share": 0.8, LEVERAGE: 3.0})
    assert data["base"] == "flash-crash"
    scenario = load_scenario(data)
    assert (scenario.fitted_news_share, scenario.duration) == (0.8, 1800)
    assert scenario.agents.traders["crowd"].leverage.median == 3.0


def test_errors_are_root_mean_squares_by_event_and_over_all():
    rows = [("fitted", "a", 3.0), ("fitted", "a", 4.0), ("fitted", "b", 0.0), ("held out", "c", -2.0)]
    table = pd.DataFrame(rows, columns=["role", "event", "distance"]).assign(point="fitted", quantity=range(4))
    errors = errors_of(table).set_index(["role", "event"])
    assert errors.loc[("fitted", "a"), "fitted"] == pytest.approx(np.sqrt(12.5))
    assert errors.loc[("fitted", "all"), "fitted"] == pytest.approx(np.sqrt(25 / 3))
    assert errors.loc[("fitted", "all"), "facts"] == 3
    assert errors.loc[("held out", "all"), "fitted"] == 2.0
