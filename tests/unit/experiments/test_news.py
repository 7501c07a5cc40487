"""Laws of news: quantiles, tails, sides and caps."""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from cascade_sim.experiments.news import TheNews

SOURCE = "assumed: for a test"


def law(**about):
    return TypeAdapter(TheNews).validate_python({"source": SOURCE} | about)


def test_a_pareto_law_has_its_tail():
    news = law(law="pareto", minimum=0.01, exponent=2.5)
    assert news.of_rank(0.0) == pytest.approx(0.01)
    assert (0.01 / news.of_rank(0.99)) ** 2.5 == pytest.approx(0.01)


def test_a_normal_law_is_within_two_deviations_most_days():
    assert law(law="normal", sd=0.02).of_rank(0.9545) == pytest.approx(0.04, rel=1e-3)


def test_student_with_many_degrees_is_normal_and_with_few_is_not():
    normal = law(law="normal", sd=0.02)
    assert law(law="student", scale=0.02, degrees=200).of_rank(0.9) == pytest.approx(normal.of_rank(0.9), rel=0.01)
    assert law(law="student", scale=0.02, degrees=2).of_rank(0.999) > 5 * normal.of_rank(0.999)


def test_news_goes_the_way_it_should_and_no_further_than_the_cap():
    news = law(law="pareto", minimum=0.01, exponent=1.5, cap=0.7, down_share=0.3)
    down, up = news.news(5.0, 0.99999, 0.29), news.news(5.0, 0.99999, 0.31)
    assert (1 + down.move) * (1 + up.move) == pytest.approx(1.0)
    assert math.log1p(up.move) == pytest.approx(0.7)
    assert down.at == 5.0


@pytest.mark.parametrize(
    "about",
    [{"law": "pareto", "minimum": 0.01}, {"law": "normal", "sd": 0.0}, {"law": "normal", "sd": 0.1, "source": ""}],
)
def test_what_is_no_law_is_refused(about):
    with pytest.raises(ValidationError):
        law(**about)
