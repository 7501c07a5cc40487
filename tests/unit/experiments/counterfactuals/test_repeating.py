"""Runs with agents written in Python are made again, or it is said why not."""

import dataclasses

import pytest

from cascade_sim.agents.origins import MissingAgentError, made_again, origins
from cascade_sim.experiments.counterfactuals.check import check_attribution
from cascade_sim.experiments.counterfactuals.repeating import Original
from cascade_sim.experiments.counterfactuals.smallest_cut import runs_at_most, smallest_cut
from cascade_sim.experiments.counterfactuals.what_if import what_if
from cascade_sim.intervention import Intervention, InterventionError
from cascade_sim.model import CascadeModel
from cascade_sim.results import Result, ResultError
from tests.unit.test_cli import call, refused

FILE = '''
from cascade_sim.agents import Agent, Order


class Seller(Agent):
    """Sells a unit now and then, when a coin says so."""

    venue = "exchange"
    interval = 1.0
    size = -1.0

    def decide(self, view):
        return [Order(market="X-PERP", size=self.size, kind="market")] if self.model.rng.random() < 0.5 else []
'''


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    found = tmp_path_factory.mktemp("agents") / "seller.py"
    found.write_text(FILE)
    return found


@pytest.fixture(scope="module")
def result(file):
    """A cascade by hand with a seller who was read from a file."""
    (make,) = made_again([{"class": "Seller", "file": str(file), "digest": _digest(file)}], [file])
    model = CascadeModel("by-hand", rng=1, custom=[make])
    model.run()
    found = model.result()
    model.close()
    return found


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    return result.save(tmp_path_factory.mktemp("runs") / "r", figures=False)


def _digest(file):
    from hashlib import blake2b

    return blake2b(file.read_bytes(), digest_size=16).hexdigest()


def _seller(result):
    (account,) = result.accounts.index[result.accounts["cohort"] == "Seller"]
    return int(account)


def test_in_the_session_that_made_the_run(result):
    found = what_if(result, Intervention(), lucks=1, workers=1)
    assert found.same_digest
    assert found.base["digest"].nunique() == 2  # another luck is another run
    without = what_if(result, Intervention(accounts=(_seller(result),)), workers=1)
    assert not without.same_digest


def test_from_a_folder_with_the_file_of_the_agents(result, folder, file):
    loaded = Result.load(folder)
    assert loaded.manifest["agents_in_python"] == [{"class": "Seller", "file": str(file), "digest": _digest(file)}]
    assert what_if(loaded, Intervention(), agents=[file], workers=1).same_digest
    said = call("contagion", folder, "--what-if", "nothing", "--agents", file, "--workers", 2, "-q")
    assert "Nothing came out differently" in said.stdout, said.output


def test_the_smallest_cut_of_such_a_run(result):
    cut = smallest_cut(result, "liquidations", 0.0, most=1, candidates=2, lucks=1, workers=1)
    assert len(cut.steps) == 1


def test_the_true_reason_and_the_way_out_are_said(folder, file):
    said = " ".join(refused("contagion", folder, "--what-if", "nothing", "--workers", 1, "-q").split())
    assert "Seller, an agent written in Python, took part, and only its file can make it again" in said
    assert f"give it with --agents {file}" in said
    assert "version" not in said


def test_nothing_of_the_file_is_executed_unless_it_is_named(tmp_path, result):
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(tmp_path / 'was-here')!r}, 'w')\n")
    manifest = result.manifest | {"agents_in_python": [{"class": "X", "file": str(evil), "digest": _digest(evil)}]}
    with pytest.raises(ResultError, match="only its file can make it again"):
        what_if(dataclasses.replace(result, manifest=manifest, makers=()), Intervention(), workers=1)
    assert not (tmp_path / "was-here").exists()


def test_a_file_that_was_changed(folder, file, tmp_path):
    other = tmp_path / file.name
    other.write_text(FILE.replace("0.5", "0.4"))
    with pytest.raises(ResultError, match=r"is not what Seller was read from: it was changed since the run"):
        what_if(Result.load(folder), Intervention(), agents=[other], workers=1)
    assert "there is no such file" in refused("contagion", folder, "--what-if", "nothing", "--agents", "gone.py")


def test_classes_that_can_not_be_found_again(file):
    class Hidden:
        pass

    with pytest.raises(MissingAgentError, match="defined inside a function"):
        made_again(origins([Hidden()]), [file])
    typed = type("Typed", (), {"__module__": "__main__", "__qualname__": "Typed"})
    with pytest.raises(MissingAgentError, match="at a prompt or in a notebook"):
        made_again([{"class": typed.__qualname__, "file": "no file", "digest": ""}], [file])


def test_agents_that_need_more_than_a_model(tmp_path, result):
    needy = tmp_path / "needy.py"
    needy.write_text("class Needy:\n    def __init__(self, model, size): ...\n")
    own = {"class": "Needy", "file": str(needy), "digest": _digest(needy)}
    changed = dataclasses.replace(result, manifest=result.manifest | {"agents_in_python": [own]}, makers=())
    with (
        pytest.raises(MissingAgentError, match="can't be made from a model alone"),
        Original.of(changed, [needy]).begin(),
    ):
        pass


def test_agents_with_other_settings_than_their_class(folder, file, result):
    (make,) = made_again(result.manifest["agents_in_python"], [file])

    def larger(model):
        agent = make(model)
        agent.size = -2.0
        return agent

    model = CascadeModel("by-hand", rng=1, custom=[larger])
    model.run()
    other = dataclasses.replace(model.result(), makers=())
    model.close()
    with pytest.raises(ResultError, match="agents written in Python took part: they must be made from the model alone"):
        what_if(other, Intervention(), agents=[file], workers=1)


def test_a_check_says_what_to_ask_instead(result):
    with pytest.raises(InterventionError, match="--what-if liquidation=N"):
        check_attribution(result, workers=1)


def test_the_version_is_blamed_only_where_it_differs(by_hand):
    wrong = by_hand.manifest | {"event_digest": "0" * 32}
    with pytest.raises(ResultError, match=r"libraries or the machine"):
        what_if(dataclasses.replace(by_hand, manifest=wrong), Intervention(), workers=1)
    older = wrong | {"libraries": by_hand.manifest["libraries"] | {"cascade-sim": "0.0.1"}}
    with pytest.raises(ResultError, match=r"made by cascade-sim 0\.0\.1 and this is"):
        what_if(dataclasses.replace(by_hand, manifest=older), Intervention(), workers=1)


def test_the_runs_of_a_cut_are_known_before(by_hand):
    told = []
    wanted = {"most": 2, "candidates": 3, "lucks": 1}
    cut = smallest_cut(by_hand, "fall", 0.0, **wanted, workers=1, expect=lambda *numbers: told.append(numbers))
    ((runs, seconds),) = told
    # Three candidates, then two, each with one luck; after each step the best with its own luck and the one held out.
    assert runs == runs_at_most(**wanted, outcome="fall") == 3 + 2 + 2 * 2
    assert len(cut.first) == 3
    assert 0 < seconds < 600
    assert runs_at_most(**wanted) == runs + 2  # for bad debt two runs show first who owed
