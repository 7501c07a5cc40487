# %% [markdown]
# # 3. Anatomy of a liquidation
#
# **The question.** What exactly happens to one account when the price turns against it, who decides, and who pays if it ends below zero?
#
# Ann has 50 dollars. She buys 10 units at 100 dollars each: a **position** worth 1,000 dollars, twenty times what she owns. Her **leverage** is 20. The words:
#
# - **Mark price**: the price at which the exchange reckons. Here it is the price of the last trade.
# - **Equity**: what is hers at the mark. 50 dollars + 10 × (mark − 100).
# - **Maintenance margin**: the equity that the exchange asks for, here 2 % of the value of the position.
# - **Breach**: equity falls below the maintenance margin. From now on the exchange decides, not Ann.
# - **Liquidation price**: the mark at which that happens. **Bankruptcy price**: the mark at which she has nothing left.
# - **Liquidation fee**: 0.5 % of what is sold for her, paid into the **insurance fund**, a pot of money that pays when an account ends below zero.

# %%
# %matplotlib inline
import pandas as pd

import cascade_sim
from cascade_sim.experiments.lessons.one_account import account_path, limits, one_account, where_it_went
from cascade_sim.plots.lessons.one_account import plot_account, plot_where_it_went


def tell(**settings):
    """Run one case."""
    return cascade_sim.run(one_account(**settings), seed=1, counterfactual=False)


# %% [markdown]
# ## The experiment
#
# Somebody sells a little every second, for 20 seconds. Each sale takes the mark down by a quarter of a dollar. The buyers in the book want 10 units at every price: a **deep** book.
#
# **Predict**, with pencil and paper: at which price does the exchange step in? (Solve 50 + 10 × (P − 100) = 0.02 × 10 × P.) How much of her 50 dollars will she get back?
#
# ## The picture

# %%
plot_account(account_path(tell(leverage=20, depth=10)), limits(20))

# %% [markdown]
# The blue line meets the orange one: breach. A moment later everything is sold, the position is gone, and with it the margin that was asked for. Note where the blue
# line stood at the breach: **she was not bankrupt**. The exchange steps in before that, for the sale itself will cost something.
#
# ## Four ways for it to end
#
# The same account, the same fall. Only what the exchange meets and does is different:
#
# 1. the deep book, as above;
# 2. a **thin** book: half a unit is wanted at every price, so that her own sale pushes the price down as it goes;
# 3. a thin book and **partial** liquidation: the exchange sells only as much as restores her margin, then looks again;
# 4. a thin book and **auto-deleveraging** (ADL): the exchange does not sell below her bankruptcy price. What is left it closes against those who won: it ends their bets, asked or not, at that price.
#
# **Predict**: in which of the four does somebody else have to pay? Does partial liquidation help her here?

# %%
ways = {
    "1. deep book": {"depth": 10},
    "2. thin book": {"depth": 0.5},
    "3. thin, partial": {"depth": 0.5, "rule": "partial"},
    "4. thin, with ADL": {"depth": 0.5, "adl": True},
}
ends = {name: tell(leverage=20, **settings) for name, settings in ways.items()}
cases = pd.DataFrame({name: where_it_went(result) for name, result in ends.items()}).T
plot_where_it_went(cases)

# %%
cases.round(2).rename(columns={"before": "lost before", "closing": "lost in closing", "left": "left (below 0: owed)"})

# %% [markdown]
# - In the deep book her own sale costs little, and something is left.
# - In the thin book the sale itself takes all she had and more. The insurance fund pays the rest.
# - Selling in parts did not save her: **each part pushed the mark down**, the other seller went on, and half a second later she was in breach again. (In a book that refills, waiting helps; here nobody comes.)
# - With ADL the fund pays nothing. Who does? Look at the winners:

# %%
winners = ends["4. thin, with ADL"].accounts.set_index("cohort").loc[["Bob", "Cleo"]]
winners = winners[["start_size_X-PERP", "size_X-PERP", "profit", "forgone_in_adl"]]
winners.columns = ["units before", "units after", "profit (USD)", "given up against the mark (USD)"]
winners.round(2)

# %% [markdown]
# Bob and Cleo had bet on a fall (a negative number of units is such a bet, a **short** position). They were right. Bob, who had bet with the most leverage, was closed out first: his bet
# is over although he won, and at a price a little worse for him than the mark. Cleo lost a part of hers. And the price went on falling: what they did not earn on that, they will not get back.
#
# ## Exercise
#
# Change **one** setting: Ann's leverage. With leverage 10 she puts up 100 dollars for the same position. **Predict**: after how many seconds is she liquidated? And with 40?

# %%
LEVERAGE = 20  # change this number
plot_account(account_path(tell(leverage=LEVERAGE, depth=10)), limits(LEVERAGE))

# %% [markdown]
# ## Answer

# %%
rows = {}
for leverage in (5, 10, 20, 25, 40):
    result = tell(leverage=leverage, depth=10)
    breach = result.events["breach"]["time"].iloc[0] if "breach" in result.events else None
    own, end = result.accounts.set_index("cohort").loc["Ann", ["start", "end"]]
    rows[leverage] = {
        "own money": own,
        "liquidation price": limits(leverage)["liquidation"],
        "liquidated after (s)": breach,
        "kept, % of own money": 100 * end / own,
    }
pd.DataFrame(rows).T.rename_axis("leverage").round(2)

# %% [markdown]
# The price is the same for all. With leverage 10 she never meets her limit, and if the price comes back she will have lost nothing. With 25 or 40 she is out after a few seconds,
# **and can't come back**: leverage does not only make losses larger, it also takes away the time to wait.
#
# The last column may surprise: who is sold out first keeps a larger part. But it is a part of less, and it is final. What those with leverage 5 and 10 have lost is lost on
# paper only: if the price comes back, so does their money.
#
# ## For the teacher
#
# - **Time.** 10 minutes for the words and the equation, 10 for the first picture, 20 for the four ways (let groups defend one each), 15 for the exercise, 5 to close.
# - **Ask.** Why does the exchange not wait until the equity is zero? Whose money is in the insurance fund? Is it fair that Bob's winning bet is ended? What would you choose instead?
# - **Common mistakes.** Mixing up liquidation price and bankruptcy price (one step apart: the margin). "The fee is a punishment" (it fills the pot that pays for the next Ann).
#   "Partial liquidation is always kinder" (not when the book is thin).
# - **Not in this model.** Ann can't pay in more money when she is warned; on a real exchange she could.
