"""Files of every kind are found, read and explained alike."""

import json
import pickle

import pytest
import yaml

from cascade_sim.experiments.calibration.plan import read_calibration
from cascade_sim.experiments.design_search.question import design_names, read_design
from cascade_sim.experiments.ecology.question import ecology_names, read_ecology
from cascade_sim.experiments.games.questions.question import game_names, read_game
from cascade_sim.experiments.margin_tiers.asset import asset_names, read_asset
from cascade_sim.experiments.sweeps.errors import SweepError
from cascade_sim.experiments.sweeps.question import read_question, study_names
from cascade_sim.scenario.files import Shelf, laid_over, parsed
from cascade_sim.scenario.load import ScenarioError, load_scenario, preset_names

KINDS = {
    "asset": (read_asset, asset_names),
    "design": (read_design, design_names),
    "ecology": (read_ecology, ecology_names),
    "game": (read_game, game_names),
    "scenario": (load_scenario, preset_names),
    "sweep": (read_question, study_names),
}


def said(read, source):
    """Every problem that is told of a file."""
    with pytest.raises((ScenarioError, SweepError)) as error:
        read(str(source))
    assert str(source) in error.value.where
    return error.value.problems


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_none_is_met_with_those_there_are(kind):
    read, names = KINDS[kind]
    first = names()[0]
    (problem,) = said(read, first + "x")
    assert problem.startswith("neither a file nor ")
    assert ", ".join(names()) in problem
    assert f"; did you mean {first}" in problem
    assert "did you mean" not in said(read, "qqqq")[0]


@pytest.mark.parametrize("read", [*(read for read, _ in KINDS.values()), read_calibration])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: 1\nb: [1", "not readable as YAML: line 2, column 6: expected ',' or ']'"),
        (b"a: 1\nb: c: d", "not readable as YAML: line 2, column 5: mapping values are not allowed here"),
        (b"a: 2020-13-45", "not readable as YAML: month must be in 1..12"),
        (b"\xff\xfe\x00garbled", "not readable: "),
        (b"- 1", "must be a mapping of settings, got list"),
        (b"", "must be a mapping of settings, got NoneType"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_told_where_it_stops_making_sense(tmp_path, read, text, words):
    file = tmp_path / "file.yaml"
    file.write_bytes(text)
    problems = said(read if read is not read_calibration else lambda source: read_calibration(tmp_path / source), file)
    assert len(problems) == 1
    assert problems[0].startswith(words)


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_misspelt_is_met_with_what_it_may_mean(tmp_path, kind):
    read, names = KINDS[kind]
    file = tmp_path / "file.yaml"
    file.write_text(yaml.safe_dump({"titel": "?"} if kind != "scenario" else {"base": names()[0], "titel": "?"}))
    meant = "titel: there is no such setting; did you mean title?"
    assert meant in said(read, file)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("durations=5", "durations: there is no such setting; did you mean duration?"),
        ("venues.perps.rules.liquidation.latncy=1", "latncy: there is no such setting; did you mean latency?"),
        ("agents.traders.crowd.leverage.medain=3", "medain: there is no such setting; did you mean median or mean?"),
        ("news.0.zzz=1", "news.0.zzz: there is no such setting; there are at, "),
    ],
)  # fmt: skip
def test_what_was_meant_is_looked_for_where_the_name_stands(setting, words):
    with pytest.raises(ScenarioError) as error:
        load_scenario("one-market", [setting])
    assert any(words in problem for problem in error.value.problems)


def test_one_file_in_three_languages(tmp_path):
    shelf, data = Shelf("file", ScenarioError), {"a": 1, "b": {"c": [1.5, "x"]}}
    texts = {"f.yaml": yaml.safe_dump(data), "f.json": json.dumps(data), "f.toml": 'a = 1\n[b]\nc = [1.5, "x"]\n'}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        assert shelf.read(str(tmp_path / name)) == data
    assert shelf.names() == []
    (problem,) = said(shelf.read, tmp_path / "none.yaml")
    assert problem == "not readable: there is no such file"


def test_toml_says_where_it_stops_making_sense():
    with pytest.raises(ValueError, match="not readable as TOML: Invalid value"):
        parsed("name = ", toml=True)


def test_changes_lie_over_what_there_is():
    data = {"a": 1, "b": {"c": 1, "d": 2}, "e": None, "f": 5}
    assert laid_over(data, {"a": 2, "b": {"d": 3}, "e": {"x": 1}, "g": {"y": 2}}) == {
        "a": 2,
        "b": {"c": 1, "d": 3},
        "e": {"x": 1},
        "f": 5,
        "g": {"y": 2},
    }
    assert laid_over(data, {"f": {"x": 1}}) == data  # what should be a mapping is refused later, not replaced
    assert data["b"] == {"c": 1, "d": 2}


def test_errors_travel():
    error = pickle.loads(pickle.dumps(ScenarioError("here", ["this", "that"])))
    assert (str(error), error.problems) == ("here can't be used:\n  this\n  that", ["this", "that"])
