"""Price files: formats as people have them, errors that say which row, and the path between the bars."""

import gzip
from datetime import UTC, datetime

import numpy as np
import pytest

from cascade_sim.scenario.load import ScenarioError, load_scenario
from cascade_sim.scenario.prices import Bars, PriceFileError, bridge, read_bars
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

START = 1_583_970_000  # 2020-03-11 23:40 UTC
BARS = [(100.0, 101.0, 99.0, 100.5), (100.5, 103.0, 100.0, 102.0), (102.0, 102.0, 95.0, 96.0)]


def write(path, header, rows):
    """Write a CSV."""
    path.write_text("\n".join([*([header] if header else []), *rows]) + "\n")
    return str(path)


def klines(unit, volume="12.5"):
    """Rows of an exchange kline file: open time, prices, volume, close time and five more."""
    for k, prices in enumerate(BARS):
        opened = (START + 60 * k) * unit
        yield ",".join(map(str, [opened, *prices, volume, opened + 60 * unit - 1, 1000.0, 42, 6.2, 500.0, 0]))


KLINE_HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
)


def assert_read(bars):
    """Check that the three bars arrived."""
    assert bars.seconds == 60
    assert bars.duration == 120
    assert np.array([bars.high, bars.low, bars.close]).T.tolist() == [list(bar[1:]) for bar in BARS]


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9], ids=["s", "ms", "us", "ns"])
@pytest.mark.parametrize("header", ["", KLINE_HEADER], ids=["bare", "header"])
def test_exchange_klines(tmp_path, unit, header):
    assert_read(read_bars(write(tmp_path / "k.csv", header, klines(unit))))


@pytest.mark.parametrize("header", ["", KLINE_HEADER], ids=["bare", "header"])
def test_flows_of_klines(tmp_path, header):
    bars = read_bars(write(tmp_path / "k.csv", header, klines(1000)))
    assert (bars.volume.tolist(), bars.bought.tolist()) == ([1000.0] * 3, [500.0] * 3)
    assert bars.start == START


def test_a_part_of_a_file(tmp_path):
    file = write(tmp_path / "k.csv", "", klines(1000))
    begin = datetime.fromtimestamp(START + 60, UTC)
    assert read_bars(file, start=begin).close.tolist() == [102.0, 96.0]
    assert read_bars(file, end=begin.replace(tzinfo=None)).close.tolist() == [100.5, 102.0]
    with pytest.raises(PriceFileError, match=r"fewer than two bars .* it has 2020-03-11T23:40:00Z to 2020-03-11T23:42"):
        read_bars(file, start=begin, end=begin)


def test_a_part_of_a_file_in_a_scenario(tmp_path):
    file = write(tmp_path / "k.csv", "", klines(1000))
    scenario = load_scenario("flash-crash", [f"prices.file={file}", "duration=null", "prices.start=2020-03-11T23:41Z"])
    assert (scenario.duration, scenario.assets["BTC"].price) == (60.0, 102.0)
    with pytest.raises(ScenarioError, match=r"start: must be a time like 2021-05-19T12:36Z, got 'noon'"):
        load_scenario("flash-crash", [f"prices.file={file}", "prices.start=noon"])


def test_bare_klines_that_begin_with_a_flat_bar(tmp_path):
    rows = [f"{(START + 60 * k) * 1000},100,100,100,100,0,{(START + 60 * k) * 1000 + 59999}" for k in range(2)]
    assert read_bars(write(tmp_path / "flat.csv", "", rows)).close.tolist() == [100, 100]


def test_compressed_klines(tmp_path):
    file = tmp_path / "k.csv.gz"
    file.write_bytes(gzip.compress("\n".join(klines(1000)).encode()))
    assert_read(read_bars(str(file)))


@pytest.mark.parametrize(
    "times",
    [
        ["2020-03-11T23:40Z", "2020-03-11T23:41Z", "2020-03-11T23:42Z"],
        ["2020-03-11 23:40:00", "2020-03-11 23:41:00", "2020-03-11 23:42:00"],
        ["2020-03-12T00:40:00+01:00", "2020-03-12T00:41:00+01:00", "2020-03-12T00:42:00+01:00"],
    ],
)
@pytest.mark.parametrize("name", ["minute_utc", "Timestamp", "date"])
def test_written_times(tmp_path, times, name):
    rows = [f"{time},{high},{low},{close}" for time, (_, high, low, close) in zip(times, BARS, strict=True)]
    assert_read(read_bars(write(tmp_path / "t.csv", f"{name}, High, Low, Close", rows)))


@pytest.mark.parametrize(("name", "bars", "first"), [("2020-03-12", 41, 6826), ("2025-10-10", 70, 116372)])
def test_files_of_real_crashes(crash_file, name, bars, first):
    found = read_bars(str(crash_file(name)))
    assert (found.seconds, found.duration, found.close[0]) == (60, 60 * (bars - 1), first)
    path = bridge(found, 1.0, seed=1)
    assert path[::60].tolist() == found.close.tolist()
    assert path.min() == found.low[1:].min()


GOOD = ["2020-03-11T23:40Z,101,99,100", "2020-03-11T23:41Z,102,100,101", "2020-03-11T23:42Z,103,101,102"]


def changed(row, text):
    """Rows with one replaced."""
    return [text if k == row else line for k, line in enumerate(GOOD)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (changed(1, "2020-03-11T23:41Z,99,100,100"), "row 3: needs 0 < low <= close <= high, got {'high': 99.0"),
        (changed(2, "2020-03-11T23:42Z,103,101,104"), "row 4: needs 0 < low <= close <= high"),
        (changed(0, "2020-03-11T23:40Z,1,-1,0.5"), "row 2: needs 0 < low"),
        (changed(1, "2020-03-11T23:41Z,nan,100,101"), "row 3: needs .*'high': nan"),
        (changed(1, "2020-03-11T23:41Z,,100,101"), "row 3: needs .*'high': nan"),
        (changed(1, "2020-03-11T23:41Z,inf,100,101"), "row 3: needs .*'high': inf"),
        (changed(2, "2020-03-11T23:42Z,abc,101,102"), "row 4: needs .*'high': nan"),
        (changed(1, "noon,102,100,101"), "row 3: 'noon' is not a time"),
        (changed(2, "2020-03-11T23:40Z,103,101,102"), "row 4: needs .* equal length in order of time"),
        (changed(2, "2020-03-11T23:41Z,103,101,102"), "row 4: needs .* equal length"),
        (changed(2, "2020-03-11T23:44Z,103,101,102"), "row 4: .* fill gaps first"),
        (GOOD[::-1], "row 3: needs .* in order of time"),
        (GOOD[:1], "at least two bars"),
        ([], "at least two bars"),
    ],
)
def test_bad_rows_are_named(tmp_path, rows, said):
    with pytest.raises(PriceFileError, match=said) as caught:
        read_bars(write(tmp_path / "bad.csv", "time,high,low,close", rows))
    assert "bad.csv" in str(caught.value)


def test_rows_of_a_bare_file_are_counted_from_its_first_line(tmp_path):
    rows = list(klines(1000))
    rows[1] = rows[1].replace("103.0", "-1")
    with pytest.raises(PriceFileError, match="row 2: needs"):
        read_bars(write(tmp_path / "k.csv", "", rows))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("time,open,high,low", "columns close are missing"),
        ("when,high,low,close", "no column of times; name it one of"),
    ],
)
def test_missing_columns(tmp_path, header, said):
    with pytest.raises(PriceFileError, match=said):
        read_bars(write(tmp_path / "m.csv", header, GOOD))


@pytest.mark.parametrize("name", ["g.csv", "g.csv.gz", "g.csv.zip", "g.csv.bz2"])
def test_garbled_files(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x1f\x8b\x08\x00\xff\xfe\x00\x81garbled" * 20)
    with pytest.raises(PriceFileError, match=f"{name}: not readable as CSV"):
        read_bars(str(tmp_path / name))


def test_a_cut_off_download(tmp_path):
    whole = gzip.compress("\n".join(klines(1000)).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[:-20])
    with pytest.raises(PriceFileError, match="not readable as CSV"):
        read_bars(str(tmp_path / "cut.csv.gz"))


def test_empty_and_absent_files(tmp_path):
    (tmp_path / "empty.csv").touch()
    with pytest.raises(PriceFileError, match="not readable as CSV: No columns"):
        read_bars(str(tmp_path / "empty.csv"))
    for name in ("absent.csv", "."):
        with pytest.raises(PriceFileError, match="there is no such file"):
            read_bars(str(tmp_path / name))


def random_bars(count=40):
    """Bars with wicks on both sides."""
    rng = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, count)))
    opened = np.append(close[0], close[:-1])
    high = np.maximum(opened, close) * (1 + rng.uniform(0.001, 0.01, count))
    low = np.minimum(opened, close) * (1 - rng.uniform(0.001, 0.01, count))
    return Bars(0.0, 60.0, high, low, close)


@pytest.mark.parametrize("interval", [1.0, 2.0, 15.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_bridge_goes_through_open_high_low_and_close(interval, seed):
    bars = random_bars()
    path = bridge(bars, interval, seed)
    ticks = round(60 / interval)
    assert len(path) == ticks * 39 + 1
    assert path[::ticks].tolist() == bars.close.tolist()
    inside = path[1:].reshape(39, ticks)
    assert inside.max(axis=1).tolist() == bars.high[1:].tolist()
    assert inside.min(axis=1).tolist() == bars.low[1:].tolist()


def test_the_bridge_to_the_close_only_stays_inside():
    bars = random_bars()
    path = bridge(bars, 1.0, 1, through_extremes=False)
    assert path[::60].tolist() == bars.close.tolist()
    inside = path[1:].reshape(39, 60)
    assert (inside <= bars.high[1:, None]).all()
    assert (inside >= bars.low[1:, None]).all()
    assert (inside.max(axis=1) < bars.high[1:]).any()


def test_the_bridge_depends_on_the_seed_alone():
    bars = random_bars()
    assert bridge(bars, 1.0, 1).tolist() == bridge(bars, 1.0, 1).tolist()
    assert bridge(bars, 1.0, 1).tolist() != bridge(bars, 1.0, 2).tolist()


def replay(tmp_path, **prices):
    """Fundamental values of both assets through the three bars, and the scenario."""
    file = write(tmp_path / "k.csv", KLINE_HEADER, klines(1000))
    assets = {"A": {"price": 1.0, "volatility": 0.9}, "B": {"price": 50, "crash_beta": 2}}
    data = small_scenario(duration=None, burn_in=10, prices={"file": file} | prices, assets=assets)
    scenario = load_scenario(data)
    simulation = Simulation(scenario, seed=1)
    values = []
    for second in (10, 70, 130):
        simulation.run_until(second * 10**6)
        values.append(simulation.world.assets["fundamental"][2:].tolist())
    return np.array(values), scenario


def test_a_run_follows_the_file(tmp_path):
    values, scenario = replay(tmp_path)
    close = np.array([100.5, 102.0, 96.0])
    assert (scenario.duration, scenario.assets["A"].price) == (120, 100.5)
    assert values[:, 0] == pytest.approx(close, rel=1e-9)
    assert values[:, 1] == pytest.approx(50 * (close / close[0]) ** 2, rel=1e-9)


def test_a_part_of_the_moves_as_news(tmp_path):
    values, _ = replay(tmp_path, news_share=0.25)
    assert values[:, 0] == pytest.approx(100.5 * (np.array([100.5, 102.0, 96.0]) / 100.5) ** 0.25, rel=1e-9)


def test_prices_of_an_unknown_asset_or_one_that_leads_nobody(tmp_path):
    file = write(tmp_path / "k.csv", KLINE_HEADER, klines(1000))
    with pytest.raises(ScenarioError, match=r"prices.asset: 'XYZ' is not one of .'BTC'"):
        load_scenario("flash-crash", [f"prices.file={file}", "prices.asset=XYZ"])
    with pytest.raises(ScenarioError, match=r"assets.BTC.crash_beta: must be above 0, got 0"):
        load_scenario("flash-crash", [f"prices.file={file}", "assets.BTC.crash_beta=0"])


@pytest.mark.parametrize(("interval", "bridged"), [(0.7, "close"), (20, "high-low-close"), (90, "close")])
def test_steps_must_fill_a_bar(tmp_path, interval, bridged):
    file = write(tmp_path / "k.csv", "", klines(1000))
    settings = [f"prices.file={file}", f"prices.bridge={bridged}", f"fundamental_interval={interval}"]
    with pytest.raises(ScenarioError, match=r"must divide a bar of 60 s into at least [14] equal steps"):
        load_scenario("flash-crash", settings)


def test_a_file_in_the_wrong_order_is_told_so_even_when_cut(tmp_path):
    file = write(tmp_path / "k.csv", "", list(klines(1000))[::-1])
    with pytest.raises(PriceFileError, match="in order of time"):
        read_bars(file, start=datetime.fromtimestamp(START, UTC))
