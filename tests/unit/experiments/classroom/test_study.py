"""The class against the planner: made-up episodes with known answers, and a small class for real."""

import numpy as np
import pytest

from cascade_sim.experiments.classroom.choices import Choice, example_choices
from cascade_sim.experiments.classroom.episode import BENEFIT, Episode, play
from cascade_sim.experiments.classroom.files import PAGE, save
from cascade_sim.experiments.classroom.market import ALONE
from cascade_sim.experiments.classroom.sentences import headline, planner_in_words
from cascade_sim.experiments.classroom.story import Fall, clock, tell
from cascade_sim.experiments.classroom.study import ClassStudy, study

NAMES = ("Ana <b>", "王芳", "$x_1$")


def made(level, noise, alone_peak):
    """An episode in which everybody's payoff is a level, and copies do best at a leverage."""
    profit = np.full(3, level + noise)
    alone = -np.abs(np.log(np.array(ALONE) / alone_peak))[None].repeat(3, axis=0)
    return Episode(profit, np.zeros(3), profit < -0.5, alone, np.zeros_like(alone), 0.03, 0.0)


def made_study(levels, caps, peak=15.0):
    noise = np.array([-0.01, 0.0, 0.01])
    choices = tuple(Choice(name, leverage) for name, leverage in zip(NAMES, (2.0, 8.0, caps[-1]), strict=True))
    rows = tuple(tuple(made(level, x, peak) for x in noise) for level in levels)
    return ClassStudy(choices, (0, 1, 2), tuple(caps), rows)


def test_the_planner_is_the_best_cap_and_luck_is_shared():
    found = made_study([0.1, 0.4, 0.2, -0.6], [1.0, 5.0, 10.0, 20.0])
    assert found.planner == 5.0
    # Noise is the same under every cap, so that the difference is known exactly however noisy welfare is.
    assert found.gain == pytest.approx((1.0, 1.0, 1.0))
    assert found.as_good == (5.0, 5.0)
    assert found.curve()["fell"].tolist() == [0, 0, 0, 1]
    assert found.best_alone(found.best) == 15.0
    mean, low, high = found.temptation()
    assert low == mean == high > 0.0


def test_of_equally_good_caps_the_highest_is_taken():
    found = made_study([0.1, 0.3, 0.3], [1.0, 5.0, 10.0])
    assert found.planner == 10.0
    assert found.as_good == (5.0, 10.0)
    assert "no limit for everybody was better" in planner_in_words(found)[1]


def test_who_keeps_to_the_limit_alone():
    assert "nobody gains by breaking it" in planner_in_words(made_study([0.4, 0.2], [15.0, 20.0]))[2]
    assert "a rule and not advice" in planner_in_words(made_study([0.4, 0.2], [3.0, 20.0]))[2]


@pytest.fixture(scope="module")
def small():
    return study([Choice(*pair) for pair in zip(NAMES, (2.0, 5.0, 40.0), strict=True)], (1, 2), workers=1)


@pytest.fixture(scope="module")
def told():
    return tell([Choice(*pair) for pair in zip(NAMES, (2.0, 5.0, 40.0), strict=True)], 1)


def test_caps_bind_those_who_chose_more(small):
    assert small.caps[-1] == 40.0
    held = np.array([[episode.held for episode in row] for row in small.episodes])
    assert held[0] == pytest.approx(1.0, abs=0.06)  # under a cap of 1 all hold their money's worth, less the fall
    assert small.payoffs == pytest.approx(small.profits + BENEFIT * held)
    students = small.students().set_index("student")
    assert students.loc[NAMES[0], "payoff_if_all_capped"] == pytest.approx(small.payoffs[small.best][:, 0].mean())
    assert students["best_alone"].isin(ALONE).all()


def test_the_story_names_who_fell(told):
    assert [fall.student for fall in told.falls] == [NAMES[2]]
    fall = told.falls[0]
    assert told.table["fell_at"].tolist() == ["", "", clock(fall.time)]
    assert fall.words.startswith(f"$x_1$'s position was sold at {clock(fall.time)}, with the price")
    assert "The news and ordinary trading broke the margin" in fall.words  # nobody was sold before
    assert (told.price.iloc[0], told.without.iloc[0]) == (1.0, 1.0)


def test_words_of_a_fall():
    shares = (("Ana", 0.62), ("Cem", 0.11), ("Dora", 0.09), ("Eva", 0.01))
    fall = Fall("Bo", 12.0, 271.4, 0.961, 0.1, shares, 0.83, False, 0.0)
    assert fall.words == (
        "Bo's position was sold at 10:04:31, with the price 3.9 % down. Of what broke the margin, 62 % was the forced "
        "sale of Ana's position and 11 % was the forced sale of Cem's position; 10 % was other forced sales. If no "
        "forced sale had moved the price, it would not have been sold."
    )


def test_page_and_tables(small, told, tmp_path):
    page = save(told, small, tmp_path / "out")
    assert {file.name for file in page.parent.iterdir()} == {PAGE, "students.csv", "otherwise.csv", "limits.csv"}
    text = page.read_text(encoding="utf-8")
    assert "Ana &lt;b&gt;" in text
    assert "<b>'s" not in text
    assert text.count("王芳") >= 2
    assert text.count("$x_1$") >= 3  # in the picture too, as it was written
    assert headline(told, small)[0] in text
    fetched = [part for part in ("src=", "@import", "<script", "<link", "url(http") if part in text]
    assert fetched == []


def test_a_copy_gets_what_its_student_would_get_for_real():
    """One student of the example class chooses otherwise in earnest: its own position is then another one, too."""
    chosen = [choice.leverage for choice in example_choices()]
    for seed in (1, 2):
        really = chosen.copy()
        really[17] = 8.0
        copied = play(chosen, seed).alone[17, ALONE.index(8.0)]
        assert copied == pytest.approx(play(really, seed, copies=False).payoff[17], abs=0.03)
