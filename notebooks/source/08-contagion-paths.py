# %% [markdown]
# # 8. Contagion paths
#
# **The question.** In a crash some accounts bring others down. Who brought down whom? And would it have gone better without one of them?
#
# - When an account is **liquidated** (sold out by the exchange because its own money no longer suffices), the forced sale moves the price.
# - Every account that holds the same thing loses a little by that. One of them may lose just enough to be liquidated next. That is **contagion**.
# - An account can hold several coins with the same money (**cross margin**). Then a loss in one coin can force a sale of another: contagion jumps between markets.
#
# The simulator keeps a record of every move of the price and of who made it, so that it can say whose sales took the money of an account that fell.

# %%
# %matplotlib inline
import pandas as pd

import cascade_sim
from cascade_sim.contagion.paths import forced_flow
from cascade_sim.experiments.counterfactuals import Intervention, what_if
from cascade_sim.plots import plot_contagion, plot_market_flow
from cascade_sim.plots.lessons.what_if import plot_what_if

# %% [markdown]
# ## The experiment
#
# Three coins, two thousand traders with leverage, 25 minutes, bad news after five of them.

# %%
scenario = cascade_sim.load_scenario("flash-crash", ["duration=1500", "news.0.at=300"])
result = cascade_sim.run(scenario, seed=7, counterfactual=False)
graph = result.contagion()
ratio = result.summary["liquidations"]["branching_ratio"]
print(f"{graph.number_of_nodes()} liquidations, {graph.number_of_edges():,} links from one to another")
print(f"branching ratio: {ratio:.2f}")

# %% [markdown]
# The **branching ratio** works like the reproduction number of an epidemic: how many dollars of forced sales one dollar of forced sales brings about. Below one, the chain dies out.
#
# ## Predict
#
# Do a few large accounts bring down the others, or do many small ones bring down each other? Sketch it with dots and arrows.
#
# ## The picture
#
# Each dot is a liquidation; its size is what had to be sold. Time runs to the right. A strong line leads to it from the liquidation that cost it most. The rows are **generations**: in the top
# row are those who would have fallen just then without any forced sale, below them those who fell because of these, and so on down the chain.

# %%
plot_contagion(result, graph)

# %%
for path in result.summary["contagion"]["paths"]:
    print(path["words"])

# %% [markdown]
# **Predict:** which coin exports most trouble to the others? In the next picture each ribbon goes from the coin in which money was lost to the coin that had to be sold for it.

# %%
plot_market_flow(forced_flow(result))

# %% [markdown]
# ## On record, or to blame?
#
# The record says who took how much from whom. It does not say what would have happened otherwise: somebody who was pushed over the edge may have been about to fall anyway. That takes a
# **what-if**: the same run, the same luck, with one account's forced sales taken out of the market.
#
# Even a harmless change makes a difference, for in a market everybody answers everybody. So the grey bar shows what the removal of some harmless order does: chance alone.
#
# ## Exercise
#
# Change **one** setting: the account that is taken out. The first line of the record names a culprit. **Predict**: is less liquidated without it?

# %%
culprit, victim = result.summary["contagion"]["paths"][0]["accounts"][:2]
ACCOUNT = culprit  # change this to another number of an account, for example to: victim
alone = what_if(result, Intervention(accounts=(ACCOUNT,)), placebos=3, workers=1).table()
plot_what_if(alone, f"Without account {ACCOUNT}")

# %% [markdown]
# ## Answer
#
# Now the largest account that fell, on this luck and on three others.

# %%
largest = result.events["breach"].groupby("account")["notional"].max().idxmax()
found = what_if(result, Intervention(accounts=(int(largest),)), lucks=3, placebos=3, workers=1).table()
plot_what_if(found, f"Without account {largest}, the largest that fell")

# %%
rows = pd.DataFrame(
    {f"without {ACCOUNT}": alone["difference"], f"without {largest}": found["difference"], "as it was": found["run"]}
)
rows = rows.loc[["liquidated", "bad_debt", "fall"]]
share = 100 * rows.iloc[:, :2].div(rows["as it was"], axis=0)
share.round(1).add_suffix(", % change")

# %% [markdown]
# The largest account was a large part of what was sold. That much is plain arithmetic, and it stays true on other lucks. But look at the **fall**, and compare it with the grey bar and the interval: the price fell because
# of the news and of everybody together. What one account does to it can hardly be told from chance.
#
# So three questions that sound alike have three answers: *who pushed?* (the record), *who was large?* (the sizes), and *without whom would it have gone better?* (the what-if).
#
# ## For the teacher
#
# - **Time.** 10 minutes of words (dominoes, or a flu in a class: who infected whom, and would you have caught it anyway?), 15 for the pictures, 20 for record against what-if, 10 for the exercise, 5 to close.
# - **Ask.** After a crash a court asks: whose fault? Which of the three answers should count? Why does one need more than one luck?
# - **Common mistakes.** Taking a line of the tree for a cause (it is the largest of many). Taking a difference inside the grey bar for an effect. "If no single account matters, nothing can be done" (a rule
#   that changes all of them does matter: notebook 7).
# - **On the command line.** `cascade-sim contagion FOLDER` answers these questions for any run that was saved.
