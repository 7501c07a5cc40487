# %% [markdown]
# # 4. Why depth vanishes
#
# **The question.** On a calm day millions stand in the order book. In a crash, just when they are needed, they are gone. Who takes them away, and why?
#
# - A **market maker** offers to buy a little below the price and to sell a little above it, all day. The small difference is her income.
# - **Depth** is how much is offered close to the price. The deeper the book, the more can be sold before the price moves.
# - A maker who buys while the price falls owns something that is worth less a minute later. Nothing obliges her to go on. She can offer less, offer
#   further away, or **leave** until it is calm again.
#
# In this market makers do what real ones have been seen to do: they offer less when prices jump about, less on the side that the price runs into, and they stop when they have lost
# too much.

# %%
# %matplotlib inline
import cascade_sim
from cascade_sim.experiments.counterfactuals.mechanisms import without_withdrawal
from cascade_sim.experiments.lessons.quoting import market, nobody_switches, quoting_runs, stay_or_leave
from cascade_sim.plots.lessons.quoting import plot_depth_and_price, plot_stay_or_leave

# %% [markdown]
# ## The experiment
#
# One market, a thousand traders with leverage, five makers, and very bad news: 8 % in five minutes. We run it twice on the same luck. Once with makers as they are,
# once with makers who stay and offer what they offer on a calm day, as long as their money lasts.
#
# ## Predict
#
# Draw two curves on paper: the depth through time with makers who leave and with makers who stay. Then: in which of the two does the price fall further?
#
# ## The picture

# %%
NEWS = -0.08
leaving = cascade_sim.run(market(NEWS), seed=1, counterfactual=False)
staying = cascade_sim.run(without_withdrawal(market(NEWS)), seed=1, counterfactual=False)
plot_depth_and_price(leaving, staying, "BTC-PERP")

# %%
for name, result in (("makers who leave", leaving), ("makers who stay", staying)):
    profit = result.accounts.groupby("cohort")["profit"].sum()["perp-makers"]
    fall, liquidated = result.summary["markets"]["BTC-PERP"]["fall"], result.summary["liquidations"]["notional"]
    print(f"{name}: the price falls {fall:.1%}, {liquidated / 1e6:.0f} M USD are liquidated,", end=" ")
    print(f"the makers lose {-profit / 1e6:.1f} M USD")

# %% [markdown]
# Makers who leave lose less. The market they leave behind falls further, and more traders are liquidated. The depth on the calm day was not a promise.
#
# Note also that the depth of those who stay shrinks too, only less and later: nobody can buy without end.
#
# ## The game: I stay if you leave
#
# Now let every maker choose for herself. There are five. For each number of makers who stay we measure what one maker earns who stays, and what one earns
# who leaves: 6 markets × 5 lucks. **Predict:** if all the others leave, is it wise to leave too? Or is this the moment to stay?

# %%
runs = quoting_runs(NEWS, stayers=range(6), seeds=range(5))
choice = stay_or_leave(runs)
plot_stay_or_leave(choice, runs)

# %%
print("Nobody wants to switch if so many of the five stay:", nobody_switches(choice))
together = runs["stays"].fillna(0) * runs["stayers"] + runs["leaves"].fillna(0) * (5 - runs["stayers"])
together = together.groupby(runs["stayers"]).mean() / 1000
print(f"For the five together it would be best if {together.idxmax()} stayed. What all five earn, thousands of USD:")
together.round().to_frame("k USD").T

# %% [markdown]
# Read the left picture from the left. If all the others have left, staying pays: the one who is still there buys cheaply from those who must sell. If all the others stay,
# leaving pays: let them catch the falling knife. So **some stay and some leave**, and neither group wants to change. Games of this kind are called *chicken*: do the opposite of the others. (A black
# line is the interval in which the true mean lies with 95 % confidence; where it crosses zero, five lucks do not tell.)
#
# The lines above say something else. For the makers together, it would be best if **fewer stayed** than choose to: they compete for the same cheap purchases, and spoil them for each other. For
# everybody else it would be best if **all stayed** (right picture). A market does not settle that conflict by itself; that is why some exchanges pay makers for staying, or oblige them to.
#
# ## Exercise
#
# Change **one** setting: the news. With 3 % of bad news instead of 8 %, will there be more to gain by staying, or less? (Try the calm day too: 0.)

# %%
NEWS = -0.08  # change this number
mine = quoting_runs(NEWS, stayers=(0, 5), seeds=(1,))
mine.round(3)

# %% [markdown]
# ## Answer

# %%
mild = stay_or_leave(quoting_runs(-0.03, stayers=range(6), seeds=range(4)))
for news, table in (("8 %", choice), ("3 %", mild)):
    print(f"news of {news}: nobody wants to switch if {nobody_switches(table)} stay;", end=" ")
    print(f"the first to stay gains {table['gain'][0] / 1000:.0f} k USD, the fifth {table['gain'][4] / 1000:.0f} k")

# %% [markdown]
# The larger the news, the more there is to win by being the only one who stays, and the more to lose by being one of many. On a calm day both are near nothing, and leaving and staying are
# the same: that is why the book looks so deep when nobody needs it.
#
# ## For the teacher
#
# - **Time.** 10 minutes of words (a second-hand car dealer on a day when all prices fall: would you still quote a price?), 15 for the first picture, 20 for the game, 10 for the exercise, 5 to close.
# - **Play it first.** Five pupils stand up. At "now" each shows stay or leave. Read their earnings off the picture. Repeat three times: what happens to the number who stay?
# - **Ask.** Is a maker who leaves doing something wrong? Who would have to pay her for staying? What happens to an exchange where leaving is forbidden?
# - **Common mistakes.** "The depth was fake" (it was offered, and would have been sold to on that day). "Makers profit from crashes" (all lose here; the one who stays alone loses least).
# - **For more.** The game between one maker and one hunter is worked out in closed form: `cascade-sim game quote-or-withdraw`.
