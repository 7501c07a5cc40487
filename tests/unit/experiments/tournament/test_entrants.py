"""Who takes part, found without running anything."""

import pytest

from cascade_sim.experiments.tournament.entrants import built_in, read_entrants
from cascade_sim.experiments.tournament.files import write_examples
from cascade_sim.experiments.tournament.match import Match, play
from cascade_sim.experiments.tournament.problems import TournamentError


def test_classes_are_found_without_executing_the_file(tmp_path):
    (tmp_path / "a.py").write_text(
        "raise SystemExit\nclass One(Agent): ...\nclass Two(ag.Agent): ...\nclass Three(One): ...\nclass Four: ...\n"
    )
    found = read_entrants([tmp_path / "a.py"])
    assert [entrant.name for entrant in found] == ["One", "Two", "Three"]
    assert all(entrant.is_student and not entrant.problem for entrant in found)


def test_private_classes_do_not_play(school):
    assert [entrant.name for entrant in read_entrants([school / "good.py"])] == ["Buyer"]


def test_files_that_can_not_play_keep_their_place(school):
    broken, empty = read_entrants([school / "broken.py", school / "empty.py"])
    assert (broken.name, empty.name) == ("broken", "empty")
    assert "can't be read as Python" in broken.problem
    assert "line 1" in broken.problem
    assert "has no agent" in empty.problem


def test_names_are_told_apart(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text("class Mine(Agent): ...\nclass Rest(Agent): ...\n")
    found = read_entrants([tmp_path / "x" / "mine.py", tmp_path / "y" / "mine.py"])
    assert [entrant.name for entrant in found] == ["mine.Mine", "mine.Rest", "mine.Mine (2)", "mine.Rest (2)"]


def test_slips_of_the_teacher_are_refused(tmp_path, school):
    with pytest.raises(TournamentError, match="there is no such file"):
        read_entrants([tmp_path / "absent.py"])
    with pytest.raises(TournamentError, match="given twice"):
        read_entrants([school / "good.py", school / ".." / school.name / "good.py"])
    with pytest.raises(TournamentError, match="--against Moon: must be some of Trader, Hunter, Maker, Rest"):
        built_in(["Rest", "Moon"])


def test_a_folder_stands_for_its_files(tmp_path, school):
    names = [entrant.name for entrant in read_entrants([school])]
    assert names == [entrant.name for entrant in read_entrants(sorted(school.glob("*.py")))]
    assert {"Buyer", "Gambler", "broken"} <= set(names)
    with pytest.raises(TournamentError, match="there is no Python file in this folder"):
        read_entrants([tmp_path])


def test_shipped_examples_play_without_fault(tmp_path, terms):
    files = [file for file in write_examples(tmp_path / "mine") if file.suffix == ".py"]
    assert {file.name for file in files} == {"momentum.py", "contrarian.py", "stampede.py"}
    for file in files:
        assert len(file.read_text().splitlines()) < 40
        (entrant,) = read_entrants([file])
        assert play(Match((entrant,), 1), terms).faults == ()
