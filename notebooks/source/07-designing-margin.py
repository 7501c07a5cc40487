# %% [markdown]
# # 7. Designing margin
#
# **The question.** You run the exchange. How much of their own money must traders keep in their accounts? Ask for little, and business is good until it crashes. Ask for much, and they trade elsewhere.
#
# - **Maintenance margin**: own money that a trader must keep, as a share of the value of her position. Below it, she is **liquidated**: sold out by the exchange.
# - To open a position she needs twice as much (the **initial margin**). So a maintenance margin of 2 % allows a **leverage** of 25: positions worth 25 times her own money.
# - **Bad debt**: what liquidated accounts owe beyond what they had. The exchange's fund pays it.
# - **Capital efficiency**: how many dollars of positions 100 dollars of own money can hold. Exchanges advertise it, and they earn fees on it.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt

from cascade_sim.experiments.games.analytic import analytic
from cascade_sim.experiments.lessons.margin import best_margin, earnings, margin_runs
from cascade_sim.plots.lessons.margin import plot_earnings, plot_margin

plt.style.use("cascade_sim.plots.cascade")

# %% [markdown]
# ## The experiment
#
# One market, a thousand traders who wish for a leverage of about ten, and 5 % of bad news. Six margins, eight lucks each; every margin gets the same lucks.
#
# ## Predict
#
# A higher margin means that accounts are liquidated **earlier**, while they still own something. Draw your guess: positions over margin, and bad debt over margin. Which of the two falls faster?
#
# ## The picture

# %%
MARGINS = (0.0025, 0.005, 0.01, 0.02, 0.04, 0.06)
runs = margin_runs(MARGINS, seeds=range(8))
plot_margin(runs)

# %%
table = runs.groupby("margin").mean()[["fall", "liquidated_share", "positions", "bad_debt"]]
table.mul([100, 100, 100, 100]).round(2).set_axis(
    ["fall %", "liquidated %", "positions per 100 USD", "bad debt per 100 USD"], axis=1
)

# %% [markdown]
# Bad debt falls quickly: with a margin of a few per cent it is nearly gone. What traders can hold falls slowly, for most of them never wanted the highest leverage.
# Look at the table too: the **fall of the price hardly changes**, and at first even *more* is liquidated, for a higher margin brings the limits nearer. Margin decides who pays for a crash
# more than whether it comes.
#
# ## The choice
#
# Suppose the exchange earns a tenth of a per cent a day on all positions, and that a crash like this one comes every ten days (a rough year). **Predict** the margin that earns most.

# %%
DAYS = 10
plot_earnings(earnings(runs, DAYS), DAYS)

# %% [markdown]
# ## Exercise
#
# Change **one** setting: the days between crashes. Does an exchange that expects a quiet year ask for more margin, or for less?

# %%
DAYS = 10  # change this number
plot_earnings(earnings(runs, DAYS), DAYS)

# %% [markdown]
# ## Answer

# %%
for days in (1, 10, 100, 1000):
    print(f"a crash every {days} days: a margin of {best_margin(runs, days):.2%} earns most")

# %% [markdown]
# The rarer the crash, the lower the margin that pays. Nothing has become safer: when the crash comes after a quiet year, it meets the lowest margin. And the exchange counts only its own
# fees and its own fund. What forced sales cost everybody else is not in its sum.
#
# ## The same on paper
#
# The simplest model of this choice has a formula. Open positions are a constant divided by the margin m, and the **branching ratio** R says how many dollars of forced sales one dollar of forced
# sales brings about. Fees grow with positions; bad debt grows as R / (1 − R), without limit when R comes to one. **Predict:** does the exchange stay far from R = 1?

# %%
paper = analytic("margin-designer")
print(paper.story, end="\n\n")
for fact in paper.facts[:3]:
    print(f"{fact.what}: {fact.value:.4f}  [{fact.source}]" if fact.source else f"{fact.what}: {fact.value:.4f}")
figure, axes = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
for (label, line), dashes in zip(paper.curve.lines.items(), ("-", "--", ":"), strict=False):
    axes.plot(paper.curve.x, line, dashes, label=label)
axes.set(xlabel="margin (in units of the model)", ylabel="fees less bad debt", title="Close to the edge, but not at it")
axes.legend()
print("\n" + paper.lesson)

# %% [markdown]
# ## For the teacher
#
# - **Time.** 10 minutes of words (a pawn shop: how much do you lend on a watch?), 15 for the first picture, 15 for the choice, 10 for the exercise, 5 for the paper model or to close.
# - **Play it.** Each group is an exchange and names a margin in secret; then all are told that traders go to the lowest one. What happens to the margins in the second round?
# - **Ask.** Who should decide on the margin: the exchange, the traders, or somebody who looks after all of them? What would each choose?
# - **Common mistakes.** "More margin means fewer liquidations" (see the table). "The best margin has no bad debt" (a little is worth the business). "The dotted and dashed lines are predictions" (they
#   are a model with units of its own, not this market).
# - **Not in this model.** Here traders don't leave when the margin rises, they only hold less. How they answer is in notebook 6.
