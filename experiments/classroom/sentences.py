"""What the study of a class says, in sentences to read out."""

from cascade_sim.experiments.classroom.episode import BENEFIT
from cascade_sim.experiments.classroom.market import news
from cascade_sim.experiments.classroom.story import Story
from cascade_sim.experiments.classroom.study import ClassStudy, Interval

__all__ = ["headline", "lessons", "planner_in_words"]

_MAYBE_LUCK = ": these runs do not tell whether that is more than luck."


def _points(value: float) -> str:
    return f"{100 * value:+.0f}"


def _with_interval(found: Interval) -> str:
    mean, low, high = found
    return _points(mean) + (f" (95 % interval {_points(low)} to {_points(high)})" if low == low else "")


def _count(number: int, of: int) -> str:
    return f"{number} of {of}" if 0 < number < of else f"None of {of}" if number == 0 else f"All {of}"


def headline(story: Story, found: ClassStudy) -> tuple[str, str]:
    """Title and first lines of the page."""
    of = len(found.choices)
    own = sum(not fall.anyway for fall in story.falls)
    title = f"{_count(len(story.falls), of)} fell"
    if story.falls:
        title += f"; {own if own else 'none'} of them only because of the forced sales of others"
    sentences = [
        f"The news was worth {-100 * news()[2]:g} %. The price fell by {100 * (1 - story.price.min()):.1f} %; without "
        f"forced sales it would have been {100 * (1 - story.without.min()):.1f} %.",
        _limit(found),
    ]
    if story.unpaid > 5e-4:
        sentences.append(f"Losses of {100 * story.unpaid:.1f} % of the class's money were left for others to pay.")
    return title, " ".join(sentences)


def _limit(found: ClassStudy) -> str:
    if found.best == len(found.caps) - 1:
        return "No limit for everybody would have done better than what you chose."
    best, own = (_points(float(found.welfare[k].mean())) for k in (found.best, -1))
    return (
        f"With a limit of {found.planner:g} for everybody, the class would have got {best} on average instead of "
        f"{own}, for every 100 put down."
    )


def planner_in_words(found: ClassStudy) -> list[str]:
    """The planner's limit, what it brings, and whether one alone would keep to it."""
    low, high = found.as_good
    profit = 100 * found.profits.mean(axis=(1, 2))
    first = (
        f"By profit alone nobody should have a position with borrowed money: on average profit was {profit[0]:+.0f} "
        f"with everybody at {found.caps[0]:g} and {profit[-1]:+.0f} as you chose. Whatever you lose somebody else "
        "gains, and the news is bad for those who hold. What speaks for a position is its use: "
        f"{100 * BENEFIT:g} % of what you still hold."
    )
    if found.best == len(found.caps) - 1:
        return [first, "Counting that use, no limit for everybody was better for the class than what you chose."]
    second = (
        f"A planner who wants the class as a whole to do well would allow a leverage of {found.planner:g} at most. "
        f"That brings {_with_interval(found.gain)} more for every 100 put down than what you chose"
        + ("." if found.gain[1] > 0 else _MAYBE_LUCK)
    )
    if low < high:
        second += f" Limits from {low:g} to {high:g} can't be told apart with {len(found.seeds)} runs."
    return [first, second, _temptation(found)]


def _temptation(found: ClassStudy) -> str:
    best, gain = found.best_alone(found.best), found.temptation()
    if best <= found.planner:
        return f"While all others keep to the limit, nobody gains by breaking it: the best leverage alone is {best:g}."
    return (
        f"While all others keep to the limit, one who broke it would do best with a leverage of {best:g} and gain "
        f"{_with_interval(gain)}"
        + (". That is why a limit must be a rule and not advice." if gain[1] > 0 else _MAYBE_LUCK)
    )


def lessons(found: ClassStudy) -> list[str]:
    """Questions for the class."""
    k = int(found.fell[-1].mean(axis=0).argmax())
    often = f"{found.choices[k].student} falls most often. Would you call that bad luck, a bad choice, or a good bet?"
    return [
        "Who fell only because of others? Who pushed them? Did those who pushed pay for it?",
        *([often] if found.fell[-1].any() else []),
        "Look at your own row: which leverage would have been best for you alone? What if everybody reasons like that?",
        "Should the exchange set a limit? The same for everybody? What else could make people think of the others?",
    ]
