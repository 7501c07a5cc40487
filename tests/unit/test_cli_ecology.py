"""`cascade-sim ecology` as a user meets it."""

import pandas as pd
import yaml

from tests.unit.experiments.ecology.conftest import changed
from tests.unit.test_cli import call, refused


def small_file(tmp_path, **changes):
    short = {"episodes": 6, "seeds": 2, "settings/duration": 120, "news/at": 5, "news/over": 60, "discussion": ""}
    file = tmp_path / "small.yaml"
    file.write_text(yaml.safe_dump(changed(short | changes)), encoding="utf-8")
    return file


def test_it_answers_in_words_and_writes_tables_and_figures(tmp_path):
    out = tmp_path / "out"
    result = call("ecology", small_file(tmp_path), "--out", out, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "6 episodes, 2 lucks" in result.stdout
    assert "With hunters leverage of prey is" in result.stdout
    assert (out / "in-words.txt").read_text(encoding="utf-8").strip() in result.stdout
    names = {file.name for file in out.iterdir()}
    assert {"populations.csv", "episodes.csv", "what-hunters-change.csv", "ecology.yaml"} <= names
    assert {"populations.png", "predators-and-prey.png", "who-leads.png"} <= names
    table = pd.read_csv(out / "populations.csv")
    assert len(table) == 6 * 2 * (6 + 5)
    again = call("ecology", out / "ecology.yaml", "--workers", 1)
    assert result.stdout.endswith(f"\nTables and figures are in {out}.\n")
    assert result.stdout.startswith(again.stdout)


def test_the_shipped_ones_are_listed():
    assert "predators-and-prey: Hunters and leverage" in call("ecology", "--list").stdout


def test_what_is_wrong_is_named(tmp_path):
    assert "no-such" in refused("ecology", "no-such")
    assert "flows.ruin" in refused("ecology", small_file(tmp_path, **{"flows/ruin": 2}))
    assert "'nobody' is not one of" in refused("ecology", small_file(tmp_path, **{"populations/low/cohort": "nobody"}))
    wrong = {"populations/low/leverage": None}
    assert "must be given for prey" in refused("ecology", small_file(tmp_path, **wrong))
    assert "agents.nobody" in refused("ecology", small_file(tmp_path, **{"settings/agents.nobody.count": 1}))
    assert "episodes" in refused("ecology", "--episodes", 0)
    hedging = {"settings/agents.makers.perp-makers.hedge": {"BTC-PERP": "BTC-SPOT"}}
    assert "hedges in spot" in refused("ecology", small_file(tmp_path, **hedging))


def test_an_existing_folder_is_refused_before_anything_runs(tmp_path):
    assert "exists already" in refused("ecology", "--out", tmp_path)
