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
from cascade_sim.experiments.lessons.quoting import market, play_quoting
from cascade_sim.plots.lessons.quoting import plot_depth_and_price

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
# ## The game: I quote if you stay away
#
# Now let people choose. Five makers choose between large offers (**quote deep**) and small ones (**withdraw**), all five alike. One **hunter** chooses between
# **attack** and **stay away**. There is prey: one trader who has bet 3 million dollars on a rise, with so little money that a fall of half a per cent
# finishes her. To attack is to sell until that happens, and to buy back cheaper. In a deep book a push takes much money and moves little. Neither side
# sees what the other will do.
#
# For each of the four combinations we run the market: 4 combinations × 12 lucks. **Predict:** you are a maker. What do you do if you expect an attack? If you expect none? And
# what do you do as the hunter, if you expect a deep book?

# %%
found = play_quoting(seeds=12)
found.figures()["payoff-matrix"]

# %% [markdown]
# A cell of the picture is one combination. The blue number is what each maker gets, the orange one what the hunter gets, and below them is the interval in which the true
# mean lies with 95 % confidence. A number in a box is the best answer to what the other side does. In a **framed** cell both numbers are in a box: nobody wants to change alone.
# That is called an **equilibrium**.
#
# Look for the two framed cells. In one the book is deep and the hunter stays away: an attack would not pay. In the other the book is thin and the hunter attacks: whoever quotes
# deep would be run over. Both can last. Which of them comes about hangs on what people **expect**: depth is there as long as nobody expects an attack, and the fear of one is enough to
# make it vanish.
#
# How much has to be feared? In a quiet spell of four minutes a maker earns a little more by quoting deep than by withdrawing. In an attack she gets much less. How many quiet
# spells make up for one attack?

# %%
pays = {(cell.profile, cell.strategy): cell.mean for cell in found.table.itertuples() if cell.role == "maker"}
attacked = pays[((0, 1), (1, 0)), "withdraw"] - pays[((1, 0), (1, 0)), "quote deep"]
quiet = pays[((1, 0), (0, 1)), "quote deep"] - pays[((0, 1), (0, 1)), "withdraw"]
print(f"By quoting deep she gains {quiet:,.0f} USD in a quiet spell, and has {attacked:,.0f} less after an attack:")
print(f"one attack takes what {attacked / quiet:,.0f} quiet spells add.")

# %% [markdown]
# So even a small chance of an attack is reason enough to step back. Note who pays for the thin book: not the makers, and not the hunter. The trader who is sold out does, and the
# fund of the exchange.
#
# ## Exercise
#
# Change **one** setting: the **haste** of makers. In the market above they must not keep what they have bought, and sell half of it on in every second, in another market that is small. **Predict:** what
# changes in the left part of the picture (the hunter attacks) if makers may keep what they have bought? (0 means: they keep it. Four lucks give a rough answer only.)

# %%
HASTE = 0.5  # change this number: 0 to 1
mine = play_quoting(seeds=4, haste=HASTE)
mine.figures()["payoff-matrix"]

# %% [markdown]
# ## Answer

# %%
patient = play_quoting(seeds=12, haste=0.0)
for words, one in (("makers in haste", found), ("makers who may wait", patient)):
    for cell in one.table.itertuples():
        if cell.profile[1] == (1, 0) and cell.role == "maker":
            print(f"{words}, under attack, {cell.strategy}: {cell.mean:,.0f} USD ({cell.low:,.0f} to {cell.high:,.0f})")

# %% [markdown]
# Makers who may wait do not lose in an attack: they have bought cheaply, and the price comes back. Compare what they get by large and by small offers: if the intervals overlap, these
# lucks do not tell which is better. It was not the hunter who ran over the hasty ones. It was that they had to sell on at once what the attack made them buy, just when everybody sold, and to buy it
# back when the hunter had covered. Who must act at a bad moment pays for it: the same holds for the trader whose position is liquidated.
#
# ## For the teacher
#
# - **Time.** 10 minutes of words (a second-hand car dealer on a day when all prices fall: would you still quote a price?), 15 for the first picture, 20 for the game, 10 for the exercise, 5 to close.
# - **Play it first.** One pupil is the hunter, five are the makers, who agree on one choice. At "now" both sides show it at once. Read the earnings off the picture. Repeat five times: does
#   the class settle in one of the two framed cells? What made it change?
# - **Ask.** Is a maker who steps back doing something wrong? Who would have to pay her for staying? What could the exchange announce so that all expect the deep book?
# - **Common mistakes.** "The depth was fake" (it was offered, and would have been sold to on that day). "The equilibrium is what is best" (there are two of them, and different people like different ones).
# - **On paper.** The same game in closed form, with numbers for pencil and paper: `cascade-sim game quote-or-withdraw --analytic`; with many more lucks: without `--analytic`.
