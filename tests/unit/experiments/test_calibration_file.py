"""Calibration files and fact tables: what they mean, and what is said of wrong ones."""

import pytest
import yaml

from cascade_sim.experiments.calibration.facts import Fact, facts_of_bars, read_facts
from cascade_sim.experiments.calibration.plan import Calibration, Parameter, read_calibration
from cascade_sim.experiments.calibration.problems import CalibrationError
from cascade_sim.experiments.calibration.simulated import scenario_of
from cascade_sim.experiments.calibration.start import start_of
from cascade_sim.scenario.load import ScenarioError
from cascade_sim.scenario.prices import read_bars

LEVERAGE = "agents.traders.crowd.leverage.median"
BARS = """time,high,low,close
0,100000,100000,100000
60,100000,95000,95500
120,95500,92000,92500
180,96500,92500,96000
"""
PLAN = {
    "scenario": "flash-crash",
    "parameters": {LEVERAGE: {"low": 1, "high": 6, "scale": "log"}},
    "events": {"one": {"prices": "bars.csv"}},
}


@pytest.fixture
def write(tmp_path):
    """Function that writes a calibration beside bars, with changes at its top."""
    (tmp_path / "bars.csv").write_text(BARS)

    def make(**changes):
        file = tmp_path / "calibration.yaml"
        file.write_text(yaml.safe_dump(PLAN | changes))
        return file

    return make


def test_files_are_found_from_the_folder_of_the_calibration(write):
    file = write()
    assert read_calibration(file).events["one"].prices == file.parent / "bars.csv"


def test_a_day_is_a_name(tmp_path, write):
    file = write()
    file.write_text(file.read_text().replace("one:", "2020-03-12:"))
    assert list(read_calibration(file).events) == ["2020-03-12"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"events": {}}, "events: dictionary should have at least 1 item"),
        ({"parameters": {LEVERAGE: {"low": 6, "high": 1}}}, "low must be below high, got 6 and 1"),
        ({"parameters": {LEVERAGE: {"low": 0, "high": 1, "scale": "log"}}}, "above 0 on a log scale, got 0; use scale"),
        ({"parameters": {LEVERAGE: {"low": 1, "high": 6, "start": 7}}}, "start must lie from low to high"),
        ({"evaluations": 3}, "evaluations: input should be greater than or equal to 8, got 3"),
        ({"held_out": {"one": {}}}, "held_out: one is also fitted; an event is one or the other"),
        ({"events": {"one": {"quantities": ["bids_collapse"]}}}, "bars tell fall, .*, not 'bids_collapse'"),
        ({"events": {"one": {"facts": [{"quantity": "rise", "value": 1}]}}}, "quantity: must be one of fall"),
        ({"surprise": 1}, "surprise: there is no such setting"),
        ({"parameters": {f"a{k}": {"low": 0, "high": 1} for k in range(5)}, "evaluations": 20}, "need at least 24"),
    ],
)
def test_what_is_wrong_is_said(write, changes, words):
    with pytest.raises(CalibrationError, match=words):
        read_calibration(write(**changes))


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(CalibrationError, match="not readable"):
        read_calibration(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"quantity": "fall"}, "give either a value, or low and high"),
        ({"quantity": "fall", "value": 1, "low": 0, "high": 1}, "give either a value, or low and high"),
        ({"quantity": "fall", "low": 2, "high": 1}, "low must not be above high"),
        ({"quantity": "bids_collapse", "value": 0, "log": True}, "above 0 to be compared in logarithms"),
    ],
)
def test_a_fact_is_a_value_or_a_band(fact, words):
    with pytest.raises(ValueError, match=words):
        Fact.model_validate(fact)


def test_facts_of_bars(write):
    bars = read_bars(str(write().parent / "bars.csv"))
    fall, minutes = facts_of_bars(bars)
    assert (fall.quantity, fall.centre, fall.spread) == ("fall", pytest.approx(0.08), 0.0)
    assert (minutes.low, minutes.high) == (1.0, 2.0)
    assert [fact.quantity for fact in facts_of_bars(bars, ["fall"])] == ["fall"]


@pytest.mark.parametrize(
    ("day", "fall", "regained"), [("2020-03-12", 0.238, (0.79, 0.57, 0.70)), ("2025-10-10", 0.128, (0.38, 0.52, 0.75))]
)
def test_facts_of_real_crashes(crash_file, day, fall, regained):
    facts = {fact.quantity: fact.centre for fact in facts_of_bars(read_bars(str(crash_file(day))))}
    assert facts["fall"] == pytest.approx(fall, abs=0.001)
    assert [facts[f"retraced_{after}"] for after in (5, 10, 30)] == pytest.approx(regained, abs=0.006)


def test_a_table_of_facts_says_the_same_in_csv_and_yaml(tmp_path):
    (tmp_path / "facts.csv").write_text(
        "quantity,value,low,high,log,source\nfall,0.2,,,,a paper\nbids_collapse,,20,244,true,another\n"
    )
    rows = [
        {"quantity": "fall", "value": 0.2, "source": "a paper"},
        {"quantity": "bids_collapse", "low": 20, "high": 244, "log": True, "source": "another"},
    ]
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump(rows))
    facts = read_facts(tmp_path / "facts.csv")
    assert facts == read_facts(tmp_path / "facts.yaml")
    assert facts[1].log


def test_a_wrong_row_of_a_table_is_named(tmp_path):
    (tmp_path / "facts.csv").write_text("quantity,value,error\nfall,0.2,0.1\nfall,0.2,-1\n")
    with pytest.raises(CalibrationError, match="fact 2: error: input should be greater than or equal to 0, got -1"):
        read_facts(tmp_path / "facts.csv")


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_scales_go_there_and_back(scale):
    parameter = Parameter(low=2, high=32, scale=scale)
    assert [parameter.value(0.0), parameter.value(1.0)] == pytest.approx([2, 32])
    assert parameter.value(0.5) == pytest.approx({"linear": 17, "log": 8}[scale])
    assert parameter.unit(parameter.value(0.3)) == pytest.approx(0.3)


def test_a_point_is_a_scenario(write):
    plan = read_calibration(write())
    scenario = scenario_of(plan, plan.events["one"], {LEVERAGE: 3.5, "prices.news_share": 0.7})
    assert scenario.agents.traders["crowd"].leverage.median == 3.5
    assert scenario.prices.news_share == 0.7
    assert scenario.duration == 180


def test_the_search_starts_at_what_the_scenario_says():
    def start(path, **more):
        parameters = {path: {"low": 0.5, "high": 4.5} | more}
        return start_of(Calibration.model_validate(PLAN | {"parameters": parameters, "events": {"one": {}}}))[path]

    assert start(LEVERAGE) == 2.5
    assert start(LEVERAGE, start=4) == 4
    assert start(LEVERAGE, low=3) == 3.75  # what the scenario says lies outside
    assert start("agents.makers.perp-makers.direction_scale", high=20) == 14  # a number that could be a law


def test_a_setting_that_there_is_not():
    plan = PLAN | {"parameters": {"agents.traders.crowd.charm": {"low": 0, "high": 1}}, "events": {"one": {}}}
    with pytest.raises(ScenarioError, match=r"agents\.traders\.crowd\.charm: there is no such setting"):
        start_of(Calibration.model_validate(plan))
