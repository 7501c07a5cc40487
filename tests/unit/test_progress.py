"""How far it is, said in a pipe: plain lines now and then, none of what is quick."""

import io
import time

import pytest

from cascade_sim import progress
from cascade_sim.progress import _in_words, _Known, _pause, _told, bars


@pytest.fixture
def clock(monkeypatch):
    """Time that stands still until it is moved on."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def waited_for(read, words):
    """What is read by the time that it holds some words."""
    text, until = "", time.monotonic() + 20.0
    while words not in text and time.monotonic() < until:
        time.sleep(0.005)
        text = read()
    return text


def test_what_is_quick_is_silent(capsys):
    with bars(False) as report:
        report("runs", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_what_takes_longer_is_told_on_standard_error(capsys, monkeypatch):
    monkeypatch.setattr(progress, "_FIRST", 0.01)
    with bars(False) as report:
        report("runs", 1, 2)
        assert "runs: 1 of 2, " in waited_for(lambda: capsys.readouterr().err, "runs")
    assert not capsys.readouterr().out


def test_quiet_is_silent():
    with bars(True) as report:
        assert report is None


def test_lines_come_while_nothing_is_reported(monkeypatch):
    monkeypatch.setattr(progress, "_FIRST", 0.01)
    log = io.StringIO()
    with _told(log) as report:
        assert "still at work, 0 s so far\n" in waited_for(log.getvalue, "work")
        report("runs", 3, 10, "1 failed")
        assert "runs: 3 of 10, 1 failed, 0 s so far\n" in waited_for(log.getvalue, "runs")
    ended = log.getvalue()
    time.sleep(0.05)
    assert log.getvalue() == ended


def test_a_log_that_nobody_reads_any_more_stops_nothing(monkeypatch):
    monkeypatch.setattr(progress, "_FIRST", 0.01)
    log = io.StringIO()
    with _told(log) as report:
        log.close()
        time.sleep(0.05)
        report("runs", 1, 2)


def test_the_time_left_follows_from_the_speed_so_far(clock):
    known = _Known(began=clock[0])
    known("runs", 100, 400)  # what the folder held is no speed
    assert known.line(clock[0] + 30) == "runs: 100 of 400, 30 s so far"
    clock[0] += 60
    known("runs", 160, 400)
    assert known.line(clock[0]) == "runs: 160 of 400, 60 s so far, about 4.0 min left"
    assert known.line(clock[0] + 60) == "runs: 160 of 400, 2.0 min so far, about 8.0 min left"
    known("runs", 400, 400)  # what follows has not begun to tell: it may take long
    assert known.line(clock[0]) == "runs: 400 of 400, 60 s so far"


def test_another_stage_has_its_own_speed(clock):
    known = _Known(began=clock[0])
    for done in (0, 10):
        known("runs", done, 10)
        clock[0] += 100
    known("runs", 0, 40)  # as many again
    clock[0] += 10
    known("runs", 10, 40)
    assert known.line(clock[0]).endswith("about 30 s left")
    known("candidates", 1, 64)
    assert known.line(clock[0]) == "candidates: 1 of 64, 3.5 min so far"


def test_no_time_is_promised_where_more_is_added(clock):
    known = _Known(began=clock[0])
    for done, whole in ((10, 20), (20, 20), (25, 30)):
        known("runs", done, whole, "further points may follow")
        clock[0] += 10
    assert known.line(clock[0]) == "runs: 25 of 30, further points may follow, 30 s so far"


def test_lines_get_rarer():
    assert [_pause(so_far) for so_far in (0, 600, 2000, 86400)] == [30, 30, 100, 300]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (99, "99 s"), (100, "1.7 min"), (5900, "98.3 min"), (9000, "2.5 h")]
)
def test_time_in_words(seconds, words):
    assert _in_words(seconds) == words
