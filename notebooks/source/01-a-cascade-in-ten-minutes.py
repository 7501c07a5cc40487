# %% [markdown]
# # 1. A cascade in ten minutes
#
# **The question.** Bad news makes a price fall. How much of the fall is the news, and how much does the market add by itself?
#
# A trader with **leverage** holds more than she owns: with 100 dollars of her own and leverage 10 she holds 1,000 dollars' worth. If the price falls
# by 10 %, her own 100 dollars are gone. Long before that, the exchange no longer trusts her to cover the loss and sells her position
# for her: a **liquidation**. The sale pushes the price down a little more, and the next trader reaches her limit. That is a **liquidation cascade**.
#
# We run one, look at it, and then run the same hour again without the push of the forced sales.
#
# Run the cells from top to bottom (Shift + Enter). The very first run compiles the simulation: about half a minute, once.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import pandas as pd

import cascade_sim
from cascade_sim.experiments.sweeps.outcomes import measure
from cascade_sim.plots import plot_overview, plot_payers

plt.style.use("cascade_sim.plots.cascade")

# %% [markdown]
# ## The experiment
#
# The market comes with the program; it is called `flash-crash`. Three coins (BTC, ETH, SOL) are traded by two thousand traders with leverage. Here
# are the settings that we change, so that the cascade is easy to see. Each is one line: the path of the setting, and its value.
#
# - **News** is a lasting change of what a coin is worth.
# - A **perpetual** is a bet on the price of a coin, the product that traders with leverage use (the market `BTC-PERP`).
# - **Market makers** stand ready to buy and to sell all day. What they offer to buy or sell is the **depth** of the market: in a deep market, it takes a lot of sales to move the price.

# %%
SEED = 7  # all luck comes from this number: the same seed gives the same hour
SETTINGS = [
    "duration=1800",  # half an hour, in seconds
    "news.0.at=300",  # the news begins after five minutes
    "news.0.move=-0.06",  # it takes 6 % off the value of BTC, more off the riskier coins
    "agents.traders.crowd.leverage.median=10",  # half of the traders have a leverage of more than ten
    "agents.makers.perp-makers.markets.BTC-PERP=2.25e+6",  # a quarter of the usual depth
    "agents.makers.perp-makers.markets.ETH-PERP=0.9e+6",
    "agents.makers.perp-makers.markets.SOL-PERP=0.275e+6",
]
scenario = cascade_sim.load_scenario("flash-crash", SETTINGS)
result = cascade_sim.run(scenario, seed=SEED)

# %% [markdown]
# ## Predict
#
# Write down, before you run the next cell: the news takes 6 % off BTC. **By how much does the price of BTC fall at its lowest?** Less than 6 %, 6 %, or more? Does it come back?
#
# ## The picture
#
# Time runs from left to right. In the top panel the dotted line is what a coin is worth by the news alone (its **fundamental value**). The
# bold line is the price at which people traded. **Bids** are offers to buy, **asks** offers to sell; **open interest** is the value of all positions that are open.

# %%
plot_overview(result)

# %% [markdown]
# Look for three things. Where does the bold line leave the dotted one? What happens in the panel of liquidations at that moment? And what
# in the panel of the depth?
#
# ## The same luck, without the push
#
# In the real world nobody can tell what the price would have done without the forced sales. Here we can. The program ran the same half hour
# twice, with the same news and the same luck. In the second run every liquidated position was taken over by a bystander with deep pockets, and **no sale reached
# the market**. Accounts still ended; they no longer pushed.
#
# **Predict:** which of the three coins was hit hardest by the push?

# %%
falls = pd.DataFrame(result.summary["markets"]).T
falls = 100 * falls[["fall_of_fundamental", "fall_without_impact", "fall"]].loc[
    ["BTC-PERP", "ETH-PERP", "SOL-PERP"]
].astype(float)
falls.columns = ["news alone", "without the push", "as it was"]
axes = falls.plot.bar(
    rot=0, ylabel="largest fall (% of the first price)", title="The news, and what forced sales added", figsize=(8, 3.6)
)
axes.legend(loc="upper left")
falls.round(1)

# %% [markdown]
# The gap between the last two columns is the **cascade**: a difference between two runs that share everything but the push. (The price falls
# below the news a little even without the push: some traders follow the trend, and market makers step back when it gets rough.)
#
# ## Who paid
#
# Trading perpetuals is a closed room: whatever one side loses, somebody else has. **Predict:** who gains from the crash?
#
# On the left, gains and losses by role. On the right: some accounts lost more than they had (**bad debt**), and somebody had to pay for that. An **insurance fund** is
# money that the exchange keeps for this. If it does not reach, winners are **deleveraged**: their winning bets are closed, asked or not.

# %%
plot_payers(result)

# %% [markdown]
# The **basis arbitrageurs** seem to win most. Look again: they had bet on a fall here, and hold the coins themselves elsewhere, where they lost about as much. What they really live on is
# the small difference between the two prices. The insurance fund loses more than the bad debt that it pays: it also took over positions from accounts that could not be sold out, and these went on losing.
#
# ## Exercise
#
# Change **one** setting: the leverage of the traders. Replace the 10 below by 3 and run the cell. Before you do: will the cascade be half as large,
# a third, or gone?

# %%
LEVERAGE = 10  # change this number
changed = cascade_sim.load_scenario("flash-crash", [*SETTINGS, f"agents.traders.crowd.leverage.median={LEVERAGE}"])
found = measure(changed, SEED, twin=True)
print(f"leverage {LEVERAGE}: the prices fell by {found['fall']:.1%}, and {found['cascade']:.2%} of it was the cascade")

# %% [markdown]
# ## Answer
#
# One run is one draw of luck, so the answer uses three, each with its twin without the push. The news is the same everywhere.

# %%
rows = []
for leverage in (3, 10):
    other = cascade_sim.load_scenario("flash-crash", [*SETTINGS, f"agents.traders.crowd.leverage.median={leverage}"])
    for seed in (1, 2, 3):
        rows.append({"leverage": leverage} | measure(other, seed, twin=True))
answer = pd.DataFrame(rows).groupby("leverage")[["fall", "cascade", "liquidated_share", "bad_debt"]].mean()
few, many = answer.loc[3], answer.loc[10]
print(f"With leverage 3 the cascade is {few['cascade'] / many['cascade']:.0%} of what it is with leverage 10,")
print(f"and {few['liquidated_share']:.0%} of all positions are liquidated instead of {many['liquidated_share']:.0%}.")
answer.round(4)

# %% [markdown]
# The same bad news, the same market, and a different crash: what decides is how much the traders had borrowed before the news came. Nobody
# in this market did anything wrong, and each trader is small. Notebook 6 asks why they borrow so much all the same.
#
# ## For the teacher
#
# - **Time.** 10 minutes of talk (leverage with a house and a mortgage: 20 of your own, 80 borrowed, what is left when the house loses 10 %?), 15 for the first two pictures, 10 for who paid, 20 for the exercise, 5 to close.
# - **Ask.** Who sold after the news? Did they want to? If you take away one trader, is anything different? What would a rule have to change?
# - **Common mistakes.** "The cascade is the whole fall" (most of it is the news: compare the bars). "Leverage makes the news worse" (the news is the same; only what
#   the market adds is different). "The lost money is gone" (somebody else has it: see the last picture).
# - **In words for the board.** Leverage; liquidation; cascade; depth; bad debt; insurance fund.
