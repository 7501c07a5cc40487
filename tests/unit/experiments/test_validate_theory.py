"""The command that runs the studies: what it prints, writes and refuses."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from cascade_sim.cli import app
from cascade_sim.experiments.validation import studies
from cascade_sim.experiments.validation.verdict import above, within


def validate(*arguments):
    return CliRunner().invoke(app, ["validate-theory", *map(str, arguments)])


@pytest.fixture
def one_is_missed(monkeypatch):
    """One target met and one missed, in place of any study."""
    lines = [within("any", "a paper", "fall", 1.0, 1.001, 0.01), above("any", "a paper", "rise", 2.0, 1.0, "too deep")]
    monkeypatch.setattr(studies, "run_study", lambda name, small: lines)


def test_every_study_is_listed_with_what_it_is_about():
    result = validate("--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(studies.STUDIES)


def test_a_target_that_is_missed_is_printed_with_its_reason_and_ends_in_failure(one_is_missed, tmp_path):
    result = validate("step-map", "--out", tmp_path / "lines.csv")
    assert result.exit_code == 1
    assert "NOT MET  rise: target 2, simulated 1 (tolerance above); too deep" in result.stdout
    assert "1 of 2 targets met." in result.stdout
    assert pd.read_csv(tmp_path / "lines.csv")["verdict"].tolist() == ["met", "not met"]


def test_a_study_bears_the_name_by_which_it_is_run():
    result = validate("step-map", "--small")
    assert result.exit_code == 0
    assert "6 of 6 targets met." in result.stdout
    assert {line.study for line in studies.run_study("step-map", small=True)} == {"step-map"}


def test_an_unknown_study_is_refused():
    result = validate("alchemy")
    assert result.exit_code == 2
    assert "study 'alchemy' is not one of cluster-hunting" in result.stderr
