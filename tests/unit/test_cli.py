"""The command line as a user meets it: what it prints, what it writes, and how it fails."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

from cascade_sim.cli import app
from cascade_sim.results import Result
from tests.unit.conftest import SMALL_CRASH

RUN = ("run", "by-hand", "--seed", "1")
LEAN = ("--no-counterfactual", "--no-figures", "--quiet")


def call(*arguments):
    """Result of a command, run in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments, code=2):
    """What a command says that fails: on stderr, in words, without a traceback."""
    result = call(*arguments)
    assert result.exit_code == code
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    return result.stderr


def test_run_answers_in_words():
    result = call(*RUN)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "A cascade by hand, seed 1" in words
    assert "X-PERP 100 93 0.0 min 7.0% 0.0% 2.0% 5.0% 5.0% 5.05 k" in words
    assert "4 liquidations of 4 accounts" in words
    assert "83.7 USD below zero (bad debt)" in words
    assert "Repeat with --seed 1." in words


def test_the_seed_it_names_repeats_the_run():
    first = call("run", "by-hand", "--no-counterfactual").stdout
    seed = first.split("--seed ")[1].split(".")[0]
    again = call("run", "by-hand", "--no-counterfactual", "--seed", seed).stdout
    assert again == first


def test_run_into_a_folder(tmp_path):
    result = call(*RUN, "--out", tmp_path / "runs" / "first", "--no-figures")
    assert result.exit_code == 0
    found = {file.name for file in (tmp_path / "runs" / "first").iterdir()}
    assert {"manifest.json", "summary.json", "scenario.yaml", "series.parquet", "contagion.graphml", "events"} <= found
    assert "figures" not in found
    assert Result.load(tmp_path / "runs" / "first").summary["markets"]["X-PERP"]["low"] == 93
    assert [file.name for file in tmp_path.iterdir()] == ["runs"]


def test_settings_steps_and_seed_arrive(tmp_path):
    settings = ("--set", "orders.20.size=-15", "--steps", "3", "--set", "step=2")
    assert call(*RUN, *settings, *LEAN, "--out", tmp_path / "r").exit_code == 0
    result = Result.load(tmp_path / "r")
    assert result.scenario.duration == 6
    assert result.scenario.orders[20].size == -15
    assert result.summary["markets"]["X-PERP"]["low"] == 96  # worked by hand: the ladder of the sale of 15
    assert result.without_impact is None


def test_quiet_says_nothing():
    assert call(*RUN, *LEAN).output == ""


def test_an_existing_folder_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("cascade_sim.runner.run", lambda *_: pytest.fail("it ran"))
    (tmp_path / "diary.txt").write_text("mine")
    said = refused(*RUN, "--out", tmp_path)
    assert f"{tmp_path} exists already; choose another folder with --out" in said
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("diary.txt", "mine")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "flash-crush"), "neither a file nor one of the shipped scenarios: by-hand, calm, flash-crash"),
        (("run", "by-hand", "--set", "duration"), "--set duration can't be used"),
        (("run", "by-hand", "--set", "duration=-1"), "duration: input should be greater than 0, got -1"),
        (("run", "by-hand", "--set", "duration=[1"), "not readable"),
        (("run", "by-hand", "--seed", "-1"), "--seed"),
        (("run", "by-hand", "--seed", 2**63), "--seed"),
        (("run", "by-hand", "--steps", "0"), "--steps"),
        (("run", "by-hand", "--news-share", "0.5"), "--news-share needs --prices"),
        (("run", "by-hand", "--prices", "absent.csv"), "price file absent.csv: there is no such file"),
        (("run", "by-hand", "--positions", "absent.csv"), "positions file absent.csv: there is no such file"),
        (("show", "moon"), "neither a file nor one of the shipped"),
        (("validate", "absent.yaml"), "neither a file"),
        (("plot", "absent"), "absent is not a folder of results"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, said):
    assert said in refused(*arguments)


def test_debug_shows_the_traceback():
    result = call("run", "moon", "--debug")
    assert result.exit_code == 1
    assert "ScenarioError" in repr(result.exception)


def test_a_run_that_cannot_go_on_says_why(tmp_path):
    news = ("--set", "news=[{at: 1, over: 1, move: -0.999}]")
    said = refused(*RUN, *news, "--out", tmp_path / "r")
    assert "market X-PERP" in said
    assert "1 to 262,143 USD" in said
    assert not (tmp_path / "r").exists()


PRICES = """minute_utc,high,low,close
2025-10-10T21:00Z,101,99,100
2025-10-10T21:01Z,102,99,101
2025-10-10T21:02Z,101,90,91
"""


@pytest.mark.parametrize("name", ["2025-10-10", "a #1: b.csv", "12", "null"])
def test_price_files_of_any_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(PRICES)
    assert call(*RUN, "--prices", name, *LEAN, "--out", "r").exit_code == 0
    result = Result.load("r")
    assert result.scenario.duration == 120
    assert result.market("X-PERP")["fundamental"].iloc[-1] == pytest.approx(91)
    (tmp_path / name).unlink()
    again = Result.load("r")  # results can be read without the file: a copy is in the folder
    assert Path(again.scenario.prices.file).read_text() == PRICES
    assert again.manifest["inputs"]["prices"]["given"] == name


def test_a_share_of_the_prices_as_news(tmp_path):
    (tmp_path / "p.csv").write_text(PRICES)
    call(*RUN, "--prices", tmp_path / "p.csv", "--news-share", "0.5", *LEAN, "--out", tmp_path / "r")
    last = Result.load(tmp_path / "r").market("X-PERP")["fundamental"].iloc[-1]
    assert last == pytest.approx(100 * 0.91**0.5)


def test_a_garbled_price_file(tmp_path):
    (tmp_path / "p.csv").write_bytes(b"\x00\xff\x81garbled" * 9)
    assert "p.csv: not readable as CSV" in refused(*RUN, "--prices", tmp_path / "p.csv")


def test_positions_find_their_venue(tmp_path):
    (tmp_path / "b.csv").write_text("market,size,entry,leverage\nX-PERP,10,100,5\n")
    assert call(*RUN, "--positions", tmp_path / "b.csv", *LEAN, "--out", tmp_path / "r").exit_code == 0
    accounts = Result.load(tmp_path / "r").accounts
    own = accounts[accounts["role"] == "trader"]
    assert (own["start"].tolist(), own["size_X-PERP"].tolist()) == ([200], [10])
    assert accounts["size_X-PERP"].sum() == 0


def test_a_full_disk(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pandas.DataFrame.to_parquet", full)
    said = refused(*RUN, *LEAN, "--out", tmp_path / "r")
    assert "No space left on device; nothing was changed there" in said
    assert list(tmp_path.iterdir()) == []


def test_too_little_memory(tmp_path, monkeypatch):
    def exhausted(*_, **__):
        raise MemoryError("Unable to allocate 9.9 GiB")

    assert "sample_interval: every 0.001 s for 10,000,000 s" in refused(
        *RUN, "--set", "sample_interval=0.001", "--set", "duration=1e7", "--out", tmp_path / "r"
    )
    monkeypatch.setattr("pandas.DataFrame.to_parquet", exhausted)
    said = refused(*RUN, *LEAN, "--out", tmp_path / "r", code=1)
    assert "the memory does not suffice (Unable to allocate 9.9 GiB); choose a shorter duration" in said
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place():
    assert "can't be written" in refused(*RUN, *LEAN, "--out", "/dev/null/r")


def test_scenarios_are_listed():
    words = " ".join(call("scenarios").stdout.split())
    for text in ("by-hand A cascade by hand", "flash-crash", "binance-usdm", "hyperliquid Hyperliquid perpetuals"):
        assert text in words


def test_show_prints_value_unit_and_meaning():
    result = call("show", "flash-crash", "--set", "news.0.move=-0.11")
    assert result.exit_code == 0
    assert "news.0.move = -0.11" in result.stdout
    assert "assets.BTC.volatility = 0.45 1/sqrt(year)  # Diffusion of the fundamental value" in result.stdout


def test_validate(tmp_path, crash_folder):
    result = call("validate", crash_folder / "scenario.yaml")
    assert (result.exit_code, "flash-crash can be run" in result.stdout) == (0, True)
    (tmp_path / "bad.yaml").write_text("name: bad\nduration: 0\ncolour: red\n")
    said = refused("validate", tmp_path / "bad.yaml")
    for problem in ("assets: must be given", "duration: input should be greater than 0", "colour: there is no such"):
        assert problem in said


def test_plot_draws_again(crash_folder, tmp_path):
    result = call("plot", crash_folder, "--out", tmp_path / "figures")
    assert result.exit_code == 0
    files = result.stdout.replace("\n", " ").split()
    assert len(files) == 12
    assert all(Path(file).stat().st_size > 1_000 for file in files)


def test_plot_draws_all_or_nothing(crash_folder, tmp_path, monkeypatch):
    savefig = Figure.savefig

    def fail_late(figure, path, **kwargs):
        if path.name.startswith("depth"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        savefig(figure, path, **kwargs)

    old = {"overview.png": b"old", "mine.txt": b"mine"}
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(Figure, "savefig", fail_late)
    said = refused("plot", crash_folder, "--out", tmp_path)
    assert "No space left on device; nothing was changed there" in said
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == old
    refused("plot", crash_folder, "--out", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    monkeypatch.undo()
    assert call("plot", crash_folder, "--out", tmp_path).exit_code == 0
    assert (tmp_path / "mine.txt").read_bytes() == b"mine"
    assert (tmp_path / "overview.png").stat().st_size > 1_000
    assert not any(file.is_dir() for file in tmp_path.iterdir())


def test_plot_into_a_file(crash_folder, tmp_path):
    (tmp_path / "notes").write_text("mine")
    said = refused("plot", crash_folder, "--out", tmp_path / "notes")
    assert said.endswith("notes is a file, not a folder; choose another one or remove it first\n")
    assert (tmp_path / "notes").read_text() == "mine"


def test_help_and_version():
    assert "flash-crash --seed 7" in call("--help").stdout
    assert call("--version").stdout.strip().count(".") == 2


def command(*arguments, **options):
    """The installed command in a process of its own, its output piped."""
    code = "from cascade_sim.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def test_nothing_but_the_answer_when_piped(by_hand):
    result = command(*RUN)
    assert result.returncode == 0
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert "\r" not in result.stdout
    assert by_hand.manifest["event_digest"] in result.stdout


def test_a_file_size_limit_is_reported_like_a_full_disk(by_hand, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    result = command(*RUN, *LEAN, "--out", tmp_path / "r", preexec_fn=limit)
    assert result.returncode != 0
    assert "can't be written: File too large; nothing was changed there" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_control_c_in_mid_run(crash, tmp_path):
    code = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "import cascade_sim.runner as runner\n"
        "advance = runner._advance\n"
        "def announced(*args, **kwargs):\n"
        "    print('under way', flush=True)\n"
        "    return advance(*args, **kwargs)\n"
        "runner._advance = announced\n"
        "from cascade_sim.cli import main\n"
        "main()\n"
    )
    settings = [part for text in (*SMALL_CRASH[1:], "duration=90000") for part in ("--set", text)]
    arguments = ["run", "flash-crash", "--seed", "1", *settings, "--out", str(tmp_path / "r")]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "under way\n"
        process.send_signal(signal.SIGINT)
        output, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "cascade-sim: stopped; nothing was written\n"
    assert output == ""
    assert list(tmp_path.iterdir()) == []
