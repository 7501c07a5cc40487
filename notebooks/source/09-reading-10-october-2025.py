# %% [markdown]
# # 9. Reading 10 October 2025
#
# **The question.** On the evening of 10 October 2025 (UTC), crypto markets fell like never before: some 19 billion dollars of positions were liquidated within a day. What happened, and how much of it can a
# simulation tell us?
#
# Words that you know from the notebooks before: **liquidation** (the exchange sells for an account that ran out of money), **depth** (what buyers and sellers offer near the price), **long** (hopes for a rise), **short**
# (hopes for a fall), **auto-deleveraging** or ADL (winners are closed out to end the losers' bets), **open interest** (all positions that are open, in dollars). New: a **taker** is
# somebody who sells or buys at once, at what others offer.

# %%
# %matplotlib inline
from pathlib import Path

import pandas as pd
from IPython.display import display

import cascade_sim
from cascade_sim.experiments.event import of_result
from cascade_sim.experiments.lessons.october_2025 import ACCOUNTS, BIDS, DAY_TARGETS, MARKET, day, longs_liquidated
from cascade_sim.experiments.replay import bars_of, score, targets_of
from cascade_sim.plots.lessons.october_2025 import plot_depth_of_the_day, plot_scores

# %% [markdown]
# ## What was seen
#
# Between 20:50 and 21:20 the price of the Bitcoin perpetual on the largest exchange fell from 116,372 to 101,517 dollars, by 12.8 %. **Predict:** before it, buyers offered 733 million dollars within 5 % below the
# price. How much did they offer three minutes after the low?

# %%
plot_depth_of_the_day(BIDS)

# %% [markdown]
# The table says what became of the accounts on one exchange that shows its accounts to everybody (per cent of those who held a position). **Predict** before you look at the second column: how many of those who had
# been *right*, the shorts, were closed out against their will?

# %%
ACCOUNTS.round(1)

# %% [markdown]
# ## The experiment
#
# The scenario `flash-crash` is a model of such a day at one hundredth of its size: its open interest and depth are a hundredth of the real ones, and its news is the part of the fall that a fit on another
# crash (12 March 2020) calls news. The news takes ten minutes here, not thirty. We run it on five lucks and hold it against what was seen.
#
# ## Predict
#
# Nine quantities. In how many will the real value lie where the simulated ones do? Which will be worst?
#
# ## The picture
#
# **Bids** are offers to buy, **asks** offers to sell; "calm / low" says how many times more was offered before the crash than at its worst. "Longs, of notional" is the part of longs in all dollars that were liquidated.
# A dot is the simulated median, the line through it nine runs in ten, all in units of the real value. (Where only a band is known, its middle counts as 1. An empty place in the table above: not published.)

# %%
scores = score(day(), DAY_TARGETS, range(5), workers=1)
plot_scores(scores)

# %%
scores[["label", "real_low", "real_high", "median", "low", "high", "met", "source"]].round(3)

# %% [markdown]
# "edge" means that the range of the runs and the band of what was seen meet, but the median lies outside. Read the last column too: a number is as good as its source. Some bands are wide because two sources
# disagree, some "real" values count a whole day and all coins, and makers in this model were adjusted **while looking at this very day**. So a match is not a proof; that needs days that nobody looked at (the
# README of this project has two).
#
# ## How much of it was the cascade?

# %%
result = cascade_sim.run(day(), seed=1)
falls = result.summary["markets"][MARKET]
fall, alone = falls["fall"], falls["fall_without_impact"]
print(f"The price fell by {fall:.1%}; on the same luck, without the push of forced sales, by {alone:.1%}.")
print(f"At the widest moment the two prices were {falls['widest_gap']:.1%} of the price apart.")

# %% [markdown]
# In this model most of the fall is the news. The forced sales made it deeper for minutes. That is what this model says, with its assumptions; with other assumptions about how much traders had
# borrowed it says something else. Which brings us to the exercise.
#
# ## Exercise
#
# On the exchange with open accounts a third of the Bitcoin longs was liquidated. In the model it is far fewer. Change **one** setting, the leverage of the crowd, until it fits. **Predict** first: how
# much more must they have borrowed, and does the price then fall much further?

# %%
LEVERAGE = 2.5  # change this number
mine = cascade_sim.run(day([f"agents.traders.crowd.leverage.median={LEVERAGE}"]), seed=1, counterfactual=False)
print(f"real: {ACCOUNTS.loc['BTC longs', 'liquidated']:.0f} % of the longs; here: {100 * longs_liquidated(mine):.0f} %")

# %% [markdown]
# ## Answer

# %%
rows = []
for leverage in (2.5, 4, 6):
    scenario = day([f"agents.traders.crowd.leverage.median={leverage}"])
    for seed in (1, 2):
        run = cascade_sim.run(scenario, seed, counterfactual=False, summary=False)
        seen = of_result(run, MARKET)
        found = {"longs liquidated": longs_liquidated(run), "liquidated / open interest": seen.liquidated_share}
        rows.append({"leverage": leverage} | found | {"fall": seen.fall})
(100 * pd.DataFrame(rows).groupby("leverage").mean()).round(1).add_suffix(", %")

# %% [markdown]
# More than twice the leverage brings the number of liquidated longs near the real one, and far more is liquidated. The fall changes much less than one would think. Several settings can tell the same fall: a model that
# fits the price need not be right about the people. That is why this project reports what does **not** fit.
#
# ## With the real prices
#
# If you have the minute bars of that day (an exchange's public file), put them into a folder `data` beside this notebook. Nothing is fetched, and the file is never part of the project.

# %%
BARS = Path("data") / "btcusdt_perp_1m_2025-10-10.csv"
if BARS.exists():
    replay = cascade_sim.load_scenario("flash-crash", [f"prices.file={BARS}", "news=[]", "prices.news_share=0.85"])
    display(score(replay, targets_of(bars_of(replay), imposed=False), range(3), workers=1).round(3))
else:
    print(f"There is no file {BARS} here, so the replay of the real minutes is left out. RESULTS.md has its numbers.")

# %% [markdown]
# ## For the teacher
#
# - **Time.** 10 minutes for what was seen, 20 for the comparison (let groups argue for one row each), 15 for the exercise, 10 to close: what would convince you?
# - **Ask.** Who lost, who won, who was closed out though they had won? Which number on this page would you trust least? What would you have to know to say whose fault it was?
# - **Common mistakes.** "The model predicts the crash" (its news is put in). "Everything matches, so it is true" (some settings were chosen with this day in view). "One does not match, so it is worthless" (say which question it
#   can't answer).
# - **Sources.** Prices and depth: the exchange's public files. Accounts: a public reconstruction of an on-chain exchange. Sums of liquidations: as reported by data vendors, who differ by a factor of two.
