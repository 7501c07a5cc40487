# %% [markdown]
# # 6. The leverage commons
#
# **The question.** If borrowing makes crashes worse for everybody, why does everybody borrow so much? And how much would they choose if they could decide together?
#
# A **commons** is something that all use and nobody owns: a lake full of fish, a quiet street. What I take is mine; the damage is shared by all. Each takes a little more, and in the end the lake is
# empty. Here the lake is the calm of the market. What each takes is **leverage**: positions that are several times one's own money, the rest borrowed.
#
# ## On paper first
#
# A share *h* of the traders uses high leverage. It brings each of them a gain *g*. The **branching ratio** *R* = *R₀* + *R₁h* says how many dollars of forced sales one dollar of forced sales
# causes; a shock is multiplied by 1 / (1 − *R*), and costs a trader with high leverage *c* / (1 − *R*).
#
# **Predict:** people change to high leverage as long as it pays. With *g* = 3, *c* = 1, *R₀* = 0.2, *R₁* = 0.7: at which *h* does it stop to pay? (Solve *g* = *c* / (1 − *R*).) And is that the best for all?

# %%
# %matplotlib inline
from cascade_sim.experiments.games.analytic import analytic
from cascade_sim.experiments.games.reporting.commons import commons_of
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.experiments.games.reporting.on_paper import solved_figures
from cascade_sim.experiments.lessons.commons import play_commons

paper = analytic("leverage-commons")
for fact in paper.facts[:7]:
    print(f"{fact.what}: {round(fact.value, 3) + 0:.3f} {fact.unit}")

# %%
solved_figures(paper)["payoffs-by-share"]

# %% [markdown]
# Everybody stops where high leverage pays nothing more: at two thirds. There the gain is **zero**: all of it is eaten up by the cascades that they cause together. At two fifths, all would gain.
#
# ## The experiment
#
# Now the market. Ten groups of traders have the same money. Each group chooses: positions of **four times** its money, or of **twenty times**. Then the news comes: minus 3 %. For each number of
# groups that choose twenty we run the market and look what both choices were worth.
#
# First with money alone: what they won or lost. **Predict:** how many choose twenty?

# %%
money = commons_of(play_commons(seeds=4, only_profit=True))
print(f"If only money counts, {money.private.value:.0%} choose twenty times.")

# %% [markdown]
# Nobody. No wonder: what one side of a trade wins, the other side loses, and forced sales cost something on top. From profit alone nobody would ever borrow. People do it because a position is worth
# something **to them**: they expect a rise, or protect something else, or enjoy it. So from here on a trader's payoff is counted like this: her profit or loss, with some dislike of risk, plus one per cent of
# the position that she **still holds at the end**. That one per cent is an assumption, and it is written in the file of the game.
#
# **Predict** again: how many choose twenty now? And how many *should*, if all payoffs of all people in the market are added up?
#
# ## The picture

# %%
played = play_commons(seeds=16)
found = commons_of(played)
Findings.of(played).figures()["payoffs-by-share"]

# %%
for words, share in (("each for itself", found.private), ("best for all", found.planner)):
    print(f"{words}: {share.value:.0%} choose twenty times (95 % interval {share.low:.0%} to {share.high:.0%})")
lost = found.lost
print(f"Lost by choosing alone: {lost.value / 1000:,.0f} k USD ({lost.low / 1000:,.0f} to {lost.high / 1000:,.0f})")

# %% [markdown]
# The left half is what was measured; the right half is the picture from above, to compare. Read the upper pictures as a trader: as long as the
# solid line lies above the dashed one, twenty times is better **for me**. Read the lower ones as the mayor of the lake: the top of the hill is further
# left. (A round mark is what was measured with exactly so many others at twenty times; the solid line is what to expect if each draws lots. The
# shaded bands are intervals: other lucks would hardly lead outside them. Where two bands do not overlap, the difference is not luck; with 80 lucks instead of 16 they lie apart, 31 to 40 %
# against 20 %.)
#
# Each who changes to twenty times takes a little from all the others: her forced sale comes on top of theirs. She does not feel it; it is the others who do. That is why good will does not help, and why a **rule** (a higher margin, a
# cap on leverage, a fee) can make all of them better off.
#
# ## Exercise
#
# Change **one** setting: the news. **Predict:** with milder news, minus 2 %, does the gap between what they choose and what is best become larger or smaller? (Three lucks give a rough answer only.)

# %%
NEWS = -0.03  # change this number
mine = commons_of(play_commons(seeds=3, news=NEWS))
print(f"each for itself {mine.private.value:.0%}, best for all {mine.planner.value:.0%}")

# %% [markdown]
# ## Answer

# %%
mild = commons_of(play_commons(seeds=6, news=-0.02))
for words, one in (("minus 3 %", found), ("minus 2 %", mild)):
    own, best = one.private, one.planner
    print(f"{words}: each for itself {own.value:.0%} ({own.low:.0%} to {own.high:.0%}),", end=" ")
    print(f"best for all {best.value:.0%} ({best.low:.0%} to {best.high:.0%})")

# %% [markdown]
# With milder news those with twenty times survive it. Borrowing is then best for each **and** for all, and there is no conflict. The conflict comes with a shock that reaches their limits, and nobody
# knows how large the next one will be. That is why it is so hard to agree on a rule on a sunny day.
#
# ## For the teacher
#
# - **Time.** 15 minutes of play before any slide (below), 15 for the paper model, 15 for the market, 10 for the exercise, 5 to close.
# - **Play it with the class.** Everybody writes a leverage on a slip of paper. Collect them in a file and let `cascade-sim classroom` say who fell, why, and what the class got against what it could have had.
# - **Ask.** Why does nobody stop when they see the curve? What would you vote for: a cap, a fee, a school for traders? Who loses by the cap?
# - **Common mistakes.** "They are stupid" (each does what is best, given what the others do). "Zero leverage is best for all" (it is not: look at the hill). "Each for itself is a choice" (it is where choices end up).
# - **The whole game** with many more seeds: `cascade-sim game leverage-commons`.
