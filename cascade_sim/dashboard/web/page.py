"""The page: Mesa's controls, the knobs, and the board.

Every browser that opens it has a desk and a run of its own.
"""

import solara
from mesa.visualization import SolaraViz

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.lesson import Lesson
from cascade_sim.dashboard.web import opened
from cascade_sim.dashboard.web.board import Board
from cascade_sim.dashboard.web.controls import Controls
from cascade_sim.scenario.load import ScenarioError

__all__ = ["Page"]

_PLAY_INTERVAL = 100  # milliseconds between steps, besides the time for pictures

# Mesa's buttons come first. What is empty of its page is not shown: its own parameters (the knobs do their work, in
# groups and at once), its count of steps, its space for components, and a box for threads, which it needs none of here.
_STYLE = """
.v-navigation-drawer__content > div { display: flex; flex-direction: column; }
.v-navigation-drawer__content > div > div:not(:has(.knobs)) { order: -1; }
.v-navigation-drawer__content > div > div:not(:has(.knobs)) > .v-card:nth-child(n+2) { display: none; }
.v-navigation-drawer .v-input--checkbox { display: none; }
.solara-autorouter-content > .v-sheet { row-gap: 0 !important; }
.solara-autorouter-content > .v-sheet > .v-sheet:not(:has(.lead)) { display: none !important; }
.v-navigation-drawer .v-card { margin: 0 0 6px 0 !important; padding: 6px 10px !important; }
.v-navigation-drawer .v-card { box-shadow: none !important; }
.v-navigation-drawer .v-card__title { padding: 2px 0 !important; font-size: 1.0rem !important; }
.v-navigation-drawer .v-card__text { padding: 2px 0 !important; }
.knobs .v-select { margin-top: 14px !important; }
.knob-label { margin-top: 4px; line-height: 1.2; }
.lead { font-size: 1.15rem; margin: 2px 4px 6px 4px; }
.numbers { display: flex; flex-wrap: wrap; gap: 8px; width: 100%; }
.numbers > * { flex: 1 1 130px; }
.number { border: 1px solid #ccc; border-radius: 6px; padding: 4px 10px; text-align: center; height: 100%; }
.number b { display: block; font-size: 1.5rem; line-height: 1.25; }
.picture { width: 100%; height: auto; background: white; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 4px; width: 100%; }
"""


def _lead(desk: Desk) -> str:
    """One sentence that says what to try."""
    news = desk.scenario.news
    first = f"Press ▶ and watch: bad news arrives from minute {news[0].at / 60:g} on." if news else "Press ▶ and watch."
    there = {knob.name for knob in desk.knobs}
    tries = {"leverage": "raise the leverage", "depth": "thin the book"}
    turn = " or ".join(words for name, words in tries.items() if name in there) or "turn a slider"
    return f"{first} Then {turn}, press ▶ again, and see what the same luck makes of it."


@solara.component
def Page() -> None:
    """Everything that a browser shows."""
    desk = solara.use_memo(opened.desk, [])
    lesson = solara.use_memo(lambda: solara.reactive(Lesson(desk)), [])
    trouble = solara.use_reactive("")
    market = solara.use_reactive(desk.markets[0])
    play_interval = solara.use_reactive(_PLAY_INTERVAL)

    def let_go() -> object:
        return lesson.value.close

    def start_over() -> None:
        try:
            fresh = Lesson(desk)
        except (ScenarioError, ValueError) as error:
            trouble.value = str(error)
            return
        trouble.value = ""
        lesson.value = fresh

    solara.use_effect(let_go, [lesson.value])
    solara.Style(_STYLE)
    SolaraViz(
        lesson,
        components=[],
        model_params={"desk": desk},
        play_interval=play_interval,
        name=f"Liquidation cascades, live: {desk.scenario.title or desk.scenario.name}",
    )
    with solara.Sidebar():
        Controls(desk, start_over)
    with solara.Column(gap="4px", style={"padding": "6px 12px"}):
        solara.v.Html(tag="div", class_="lead", children=[_lead(desk)])
        if trouble.value or lesson.value.trouble:
            solara.Error(trouble.value or lesson.value.trouble)
        if len(desk.markets) > 1:
            solara.ToggleButtonsSingle(value=market, values=desk.markets, dense=True)
        Board(lesson.value, market.value)
