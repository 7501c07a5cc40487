"""Files that a run reads: they go with it into its folder, and a change since is noticed."""

import shutil

import pytest

from cascade_sim.experiments.counterfactuals.repeating import Original
from cascade_sim.experiments.counterfactuals.what_if import what_if
from cascade_sim.intervention import Intervention
from cascade_sim.results import Result, ResultError
from cascade_sim.runner import run
from cascade_sim.scenario.inputs import input_files
from cascade_sim.scenario.load import load_scenario
from tests.unit.test_cli import call, refused

BARS = """time,open,high,low,close
2025-01-01T00:00Z,100,101,99,100
2025-01-01T00:01Z,100,100,97,98
2025-01-01T00:02Z,98,99,96,97
"""
POSITIONS = """market,size,entry,margin
X-PERP,5,100,20
X-PERP,-5,100,90
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The folder of a run made with relative paths, from where its files lay."""
    home = tmp_path_factory.mktemp("home")
    (home / "bars.csv").write_text(BARS)
    (home / "held.csv").write_text(POSITIONS)
    with pytest.MonkeyPatch.context() as here:
        here.chdir(home)
        settings = ["prices.file=bars.csv", "positions.file=held.csv", "positions.venue=exchange", "news=[]"]
        result = run(load_scenario("by-hand", settings), 1, counterfactual=False)
        result.save("r", figures=False)
    return home / "r"


@pytest.fixture
def moved(saved, tmp_path, monkeypatch):
    """A copy of it elsewhere, seen from a third place."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(saved, tmp_path / "elsewhere" / "r")


def test_a_run_is_repeated_from_anywhere(moved):
    result = Result.load(moved)
    files = input_files(result.scenario)
    assert {file.parent for file in files.values()} == {moved / "inputs"}
    assert files["prices"].read_text() == BARS
    assert what_if(result, Intervention(), workers=1).same_digest


def test_the_manifest_says_where_files_were(saved, moved):
    known = Result.load(moved).manifest["inputs"]["prices"]
    assert known["given"] == "bars.csv"
    assert known["found_at"] == str(saved.parent / "bars.csv")


def test_it_can_be_saved_again(moved, tmp_path):
    again = Result.load(moved).save(tmp_path / "again", figures=False)
    shutil.rmtree(moved)
    assert what_if(Result.load(again), Intervention(), workers=1).same_digest


def test_its_scenario_is_run_from_anywhere(moved, tmp_path):
    made = call(
        "run", moved / "scenario.yaml", "--seed", 1, "--no-counterfactual", "--no-figures", "--out", "again", "-q"
    )
    assert made.exit_code == 0, made.output
    there, here = Result.load(tmp_path / "again"), Result.load(moved)
    assert there.manifest["event_digest"] == here.manifest["event_digest"]


@pytest.mark.parametrize(("name", "file"), [("prices", "prices.csv"), ("positions", "positions.csv")])
def test_a_file_that_was_changed_is_named(moved, name, file):
    with (moved / "inputs" / file).open("a") as copy:
        copy.write("\n")
    said = refused("contagion", moved, "--what-if", "nothing", "--workers", 1, "-q")
    assert f"its {name} file {moved / 'inputs' / file} was changed since" in said


def test_a_file_that_is_gone_is_named(saved, moved):
    (moved / "inputs" / "prices.csv").unlink()
    said = refused("contagion", moved, "--what-if", "nothing", "--workers", 1, "-q")
    assert f"it was read from {saved.parent / 'bars.csv'}" in said
    assert call("contagion", moved).exit_code == 0  # what needs no run can be asked all the same


def test_what_was_changed_between_run_and_save_is_not_copied(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bars = tmp_path / "bars.csv"
    bars.write_text(BARS)
    result = run(load_scenario("by-hand", ["prices.file=bars.csv", "news=[]"]), 1, counterfactual=False)
    bars.write_text(BARS.replace("98,99,96,97", "98,99,96,96"))
    folder = result.save(tmp_path / "r", figures=False)
    assert not (folder / "inputs").exists()
    with pytest.raises(ResultError, match="was changed since"):
        Original.of(Result.load(folder))


def test_files_beside_a_scenario_file(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / "bars.csv").write_text(BARS)
    (home / "own.yaml").write_text("base: by-hand\nprices: {file: bars.csv}\n")
    monkeypatch.chdir(tmp_path)
    assert input_files(load_scenario("home/own.yaml"))["prices"].resolve() == home / "bars.csv"
    (tmp_path / "bars.csv").write_text(BARS)  # what lies where one works comes first, as ever
    assert str(input_files(load_scenario("home/own.yaml"))["prices"]) == "bars.csv"
