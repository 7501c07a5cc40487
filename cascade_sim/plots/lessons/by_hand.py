"""A cascade worked by hand: the book being eaten and the accounts falling, on one axis of prices."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.embed import as_data
from cascade_sim.plots.lessons.film import film
from cascade_sim.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, style

if TYPE_CHECKING:
    from cascade_sim.experiments.lessons.by_hand import Step

__all__ = ["animate_by_hand", "plot_by_hand"]

_PALE = "#e3e3e3"
_SELLERS = (GREY, SKY, ORANGE, GREEN, PURPLE, BLUE, VERMILION)


class _Scene:
    """Book on the left, accounts on the right, the mark across both."""

    def __init__(self, bids: pd.DataFrame, longs: pd.DataFrame, steps: Sequence["Step"]) -> None:
        self.bids, self.longs, self.steps = bids, longs, steps
        sellers = list(dict.fromkeys(who for _, who, _ in steps[-1].sold))
        self.colours = {who: _SELLERS[k % len(_SELLERS)] for k, who in enumerate(sellers)}
        self.figure = Figure(figsize=(9.6, 5.6), dpi=90)
        self.left, self.right = self.figure.subplots(1, 2, sharey=True, width_ratios=(1.5, 1))
        self.figure.subplots_adjust(left=0.075, right=0.985, top=0.84, bottom=0.1, wspace=0.05)

    def show(self, frame: int) -> None:
        """Draw one step."""
        step = self.steps[frame]
        for axes in (self.left, self.right):
            axes.clear()
            axes.axhline(step.mark, color="black", lw=1.6, zorder=0)
        self._book(step)
        self._accounts(step)
        self.figure.suptitle(step.words, x=0.075, ha="left", fontsize=12, fontweight="bold", wrap=True)

    def _book(self, step: "Step") -> None:
        """Bids still standing in grey; what was sold into them in the colour of the seller."""
        axes = self.left
        axes.barh(self.bids["price"], self.bids["size"], height=0.8, color=_PALE, label="still wanted")
        reached: dict[float, float] = {}
        widest = float(self.bids["size"].max())
        for price, who, units in step.sold:
            left = reached.get(price, 0.0)
            axes.barh(price, units, left=left, height=0.8, color=self.colours[who], edgecolor="white")
            words = f"{who}: {units:g}" if units >= 0.2 * widest else f"{units:g}"
            axes.text(left + units / 2, price, words, ha="center", va="center", fontsize=8)
            reached[price] = left + units
        axes.plot([widest, widest * 1.18], [step.mark, step.mark], color="black", lw=1.6)
        axes.text(widest * 1.01, step.mark + 0.12, f"mark {step.mark:g}", va="bottom", fontsize=9, fontweight="bold")
        axes.set_xlim(0, widest * 1.18)
        axes.set_ylim(self.bids["price"].min() - 1, self.bids["price"].max() + 1.4)
        axes.set_yticks(self.bids["price"][::2])
        axes.grid(False)
        axes.set_xlabel("units that somebody wants to buy (grey) and that were sold (colour)")
        axes.set_ylabel("price (USD)")
        axes.set_title("The book of orders")

    def _accounts(self, step: "Step") -> None:
        """Each account at the mark that liquidates it."""
        axes = self.right
        for row in self.longs.itertuples():
            fallen = row.account in step.fallen
            selling = row.account == step.selling
            place = {"s": 30 + 9 * float(row.size), "zorder": 5}  # type: ignore[arg-type]
            axes.scatter(
                0.12, row.falls_at, marker="X" if fallen else "o", color=VERMILION if fallen else BLUE, **place
            )
            axes.plot([0, 0.2], [row.falls_at, row.falls_at], color=_PALE, lw=1, zorder=0)
            words = "sells now" if selling else "liquidated" if fallen else f"falls at {row.falls_at:g}"
            weight = "bold" if selling else "normal"
            text = f"{row.account}: {row.size:g} units, {words}"
            axes.text(0.22, row.falls_at, text, va="center", fontsize=9, fontweight=weight)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.grid(False)
        axes.tick_params(left=False)
        axes.set_title("Who is liquidated at which mark")


def plot_by_hand(bids: pd.DataFrame, longs: pd.DataFrame, steps: Sequence["Step"], step: int = -1) -> Figure:
    """One step of a cascade worked by hand.

    Parameters
    ----------
    bids : DataFrame
        ``price`` (USD) and ``size`` (units) of the book before anything happens.
    longs : DataFrame
        ``account``, ``size`` (units) and ``falls_at`` (USD).
    steps : sequence of Step
        What `cascade_sim.experiments.lessons.by_hand.steps` gives.
    step : int
        Which one; the last by default.
    """
    with style():
        scene = _Scene(bids, longs, steps)
        scene.show(step % len(steps))
    return scene.figure


def animate_by_hand(bids: pd.DataFrame, longs: pd.DataFrame, steps: Sequence["Step"]) -> str:
    """The whole cascade as a film with buttons.

    Parameters
    ----------
    bids, longs, steps
        As for `plot_by_hand`.

    Returns
    -------
    str
        HTML that holds its pictures and fetches nothing; no video program is needed.
    """
    pictures = []
    with style():
        scene = _Scene(bids, longs, steps)
        for frame in range(len(steps)):
            scene.show(frame)
            pictures.append(as_data(scene.figure, 85))
    return film(pictures, "The book and the accounts, step by step")
