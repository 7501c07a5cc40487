"""`cascade-sim contagion` where it runs again: what if, the smallest cut, the check of attribution."""

import json
import re

import pytest

from tests.unit.test_cli import call, refused


def words(*arguments):
    """What a command says, in one line."""
    result = call("contagion", *arguments, "--workers", "1", "-q")
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_nothing_changed_is_the_same_run(crash, crash_folder):
    said = words(crash_folder, "--what-if", "nothing")
    assert f"Nothing came out differently: event digest {crash.manifest['event_digest']} both times" in said


def test_what_if_beside_noise_and_luck(crash, crash_folder):
    largest = crash.events["breach"].set_index("account")["notional"].idxmax()
    said = words(crash_folder, "--what-if", f"account={largest}", "--lucks", "2")
    assert f"What if account={largest}?" in said
    assert re.search(r"below 19 times in 20, by [1-9]\d* such runs", said)
    assert "over 2 other lucks" in said
    assert re.search(r"liquidations \d+ \d+ [+-]?[\d.]+", said)


def test_how_long_a_cut_takes_is_said(crash_folder):
    asked = ("--cut", "liquidated", "--most", "1", "--lucks", "2", "--candidates", "2", "--workers", "1")
    told = call("contagion", crash_folder, *asked).stderr
    assert re.search(r"Up to 7 more runs, \d+ (s|minutes) at most; fewer where the goal is reached earlier", told)


def test_who_was_margined_apart_is_said(crash, crash_folder):
    counts = crash.events["exposure"].groupby("account")["market"].nunique()
    said = words(crash_folder, "--what-if", f"isolated={counts.idxmax()}")
    assert "margined apart: 1 accounts" in said


def test_the_smallest_cut(crash_folder):
    said = words(crash_folder, "--cut", "liquidated", "--most", "1", "--lucks", "2", "--candidates", "3")
    assert "Of 3 tried" in said
    assert "Which account, taken out, lowers liquidated most?" in said
    assert "measured again on 2 lucks that had no part in the choice" in said
    assert "1 account reaches it" in said or "None of up to 1 does" in said


def test_attribution_is_checked(crash_folder):
    said = words(crash_folder, "--check", "3", "--lucks", "2")
    assert "all suppressed 3 " in said
    found = re.search(r"\d of 3 effects are beyond the noise of their own minute \(.* USD, by (\d+) harmless", said)
    assert 3 <= int(found.group(1)) <= 60  # sixty were asked for; this small market has fewer in its half minutes


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--what-if", "acount=3"), "'acount=3' is none of nothing, liquidation=N"),
        (("--what-if", "account=99999"), "there is no account 99999: choose one from 1 to"),
        (("--what-if", "link=5:BTC-SPOT"), "has no market 'BTC-SPOT'"),
        (("--cut", "luck"), "--cut luck: choose one of bad_debt"),
        (("--cut", "bad_debt", "--way", "kill"), "--way kill: choose one of remove"),
        (("--what-if", "nothing", "--check", "5"), "--what-if and --check are questions of their own"),
        (("--systemic", "--at", "-5"), "choose a time from 0 to 120"),
    ],
)
def test_what_can_not_be_asked(crash_folder, arguments, why):
    assert why in " ".join(refused("contagion", crash_folder, *arguments).split())


def test_a_run_made_elsewhere_is_not_compared(crash_folder, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in crash_folder.rglob("*"):
        target = copy / file.relative_to(crash_folder)
        if file.is_dir():
            target.mkdir()
        else:
            target.write_bytes(file.read_bytes())
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"event_digest": "0" * 32}))
    said = refused("contagion", copy, "--what-if", "nothing", "--workers", "1", "-q")
    assert "this run can't be repeated here" in said


def test_graphs_for_other_programs(crash_folder, tmp_path):
    assert "Written to" in words(crash_folder, "--export", tmp_path / "graphs")
    assert {"cascade.graphml", "exposures.graphml", "attributes.json"} <= {
        p.name for p in (tmp_path / "graphs").iterdir()
    }
    assert "exists already" in refused("contagion", crash_folder, "--export", tmp_path / "graphs")
