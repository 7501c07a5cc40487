"""`cascade-sim contagion` as a user meets it."""

import shutil

import pandas as pd
import pytest
import yaml

from cascade_sim.amounts import money
from cascade_sim.cli.contagion_report import _about_nowhere, _infections
from cascade_sim.contagion.paths import NO_MARKET, carrier, forced_flow
from cascade_sim.results import Result
from tests.unit.test_cli import call, refused


def words(*arguments):
    """What a command says, in one line."""
    result = call("contagion", *arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


@pytest.fixture(scope="module")
def by_hand_folder(by_hand, tmp_path_factory):
    return by_hand.save(tmp_path_factory.mktemp("results") / "by-hand", figures=False)


def test_answers_by_hand(by_hand_folder):
    said = words(by_hand_folder, "--long")
    assert "A cascade by hand, seed 1: 4 liquidations of 4 accounts, 5.05 k USD closed" in said
    assert "X-PERP 7.0% 2.0% 5.0% 71% 5.0% 0.0 71%" in said  # five of seven dollars
    assert "lost 175 USD before, to: custom agents 61%, liquidations 39%" in said  # 106 and 69
    assert "Forced sales of long-1 in X-PERP took 20 USD (20% of its loss) from long-4" in said
    assert "Nobody: no loss forced sales elsewhere" in said


def test_answers_of_a_crash(crash, crash_folder):
    said = words(crash_folder, "--long")
    flow = forced_flow(crash)
    first = carrier(crash, *max(((a, b) for a in flow for b in flow if a != b), key=lambda pair: flow.at[pair]))
    assert f"through account {first.loc[0, 'account']} (trader)" in said
    for path in crash.summary["contagion"]["paths"]:
        assert path["words"] in said
    assert "What can't be said" in said


def test_a_screen_unless_more_is_asked_for(crash, crash_folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = call("contagion", crash_folder).stdout.splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines) <= 80
    said = " ".join(" ".join(lines).split())
    assert crash.summary["contagion"]["paths"][0]["words"] in said
    assert "--long" in said
    more = call("contagion", crash_folder, "--top", 5).stdout.splitlines()
    assert len(more) >= len(lines) + 7
    assert len(call("contagion", crash_folder, "--long").stdout.splitlines()) > 2 * len(lines)


def test_the_short_answer_says_what_the_long_one_does(crash, crash_folder):
    said = words(crash_folder)
    whole = forced_flow(crash).drop(index=NO_MARKET, errors="ignore")
    source, target = max(((a, b) for a in whole for b in whole if a != b), key=lambda pair: whole.at[pair])
    first = carrier(crash, source, target).loc[0, "account"]
    assert f"{source} into {target}: {money(whole.at[source, target])} USD" in said
    assert f"through account {first} (trader)." in said
    away = [node["notional"] for _, node in crash.contagion().nodes(data=True) if not node["anyway"]]
    assert f"{len(away)} of {len(crash.events['breach'])} liquidations, {money(sum(away))} of" in said


def test_what_is_closed_without_a_loss_has_a_row_only_if_it_can_be_seen(crash):
    flow = forced_flow(crash).drop(index=NO_MARKET, errors="ignore")
    for usd, shown in ((flow.to_numpy().sum() / 1000, False), (flow.to_numpy().sum() / 10, True)):
        more = pd.concat([flow, pd.DataFrame([[usd, 0.0, 0.0]], [NO_MARKET], flow.columns)])
        assert (NO_MARKET in list(_infections(more).columns[0].cells)) == shown
        assert ("is the row of no market" if shown else "is in no row") in _about_nowhere(more)
    assert _about_nowhere(flow) == ""


def test_from_one_market_into_another(crash, crash_folder):
    said = words(crash_folder, "--from", "sol", "--to", "BTC-PERP", "--top", 1)
    found = carrier(crash, "SOL-PERP", "BTC-PERP")
    assert "How did SOL-PERP infect BTC-PERP?" in said
    assert f"of it through account {found.loc[0, 'account']} (trader)" in said
    assert f"{len(found) - 1} more accounts carried" in said


def test_nobody(calm, tmp_path):
    folder = calm.save(tmp_path / "calm", figures=False)
    assert "Nobody was liquidated, so no loss was passed on by force." in words(folder)


def test_without_a_twin_the_cascade_is_not_known(by_hand, tmp_path):
    without = Result(**{**vars(by_hand), "without_impact": None})
    assert "Not known: the run has no twin without impact" in words(without.save(tmp_path / "r", figures=False))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "SOL"), "--from and --to go together"),
        (("--to", "SOL"), "--from and --to go together"),
        (("--from", "SOL", "--to", "SOL-PERP"), "--from and --to are both SOL-PERP"),
        (
            ("--from", "DOGE", "--to", "BTC"),
            "--from DOGE: nobody can be liquidated in a market of that name; choose one",
        ),
        (("--from", "SOL", "--to", "BTC-SPOT"), "--to BTC-SPOT: nobody can be liquidated"),
        (("--top", "0"), "--top"),
    ],
)
def test_what_cannot_be_done_is_said(crash_folder, arguments, said):
    assert said in refused("contagion", crash_folder, *arguments)


def test_no_folder_of_results(tmp_path):
    assert "is not a folder of results" in refused("contagion", tmp_path)


def test_a_price_file_that_is_gone_is_said_when_the_run_is_repeated(by_hand_folder, tmp_path):
    folder = shutil.copytree(by_hand_folder, tmp_path / "moved")
    resolved = yaml.safe_load((folder / "scenario.yaml").read_text())
    resolved["prices"] = {"file": "gone.csv"}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(resolved, sort_keys=False))
    assert "its prices file gone.csv is gone" in refused(
        "contagion", folder, "--what-if", "nothing", "--workers", "1", "-q"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "5"), "--at says something only with --systemic or --export"),
        (("--lucks", "3"), "--lucks says something only with --what-if or --cut or --check"),
        (("--share", "0.3"), "--share says something only with --cut"),
        (("--way", "isolate", "--systemic"), "--way says something only with --cut"),
        (("--top", "2", "--cut", "bad_debt"), "--top says nothing with --cut"),
        (("--candidates", "3"), "--candidates says something only with --cut"),
        (("--agents", "x.py", "--check", "5"), "--agents says something only with --what-if or --cut"),
        (("--long", "--systemic"), "--long says nothing with --systemic"),
    ],
)
def test_an_option_of_another_question_is_not_left_out_in_silence(crash_folder, arguments, said):
    assert said in refused("contagion", crash_folder, *arguments)


def test_a_folder_that_exists_is_refused_by_the_option_that_names_it(crash_folder):
    assert "with --export, or remove it first" in refused("contagion", crash_folder, "--export", crash_folder)


def test_a_folder_without_the_record_of_moves(by_hand, tmp_path):
    folder = by_hand.save(tmp_path / "r", figures=False)
    (folder / "moves.parquet").unlink()
    assert "holds no record of who moved the marks" in refused("contagion", folder)
