# %% [markdown]
# # 2. A cascade by hand
#
# **The question.** One person sells 25 units. How far does the price fall, and why further than 25 units can push it?
#
# Everything here can be done with a pencil. Print the worksheet (`worksheet-a-cascade-by-hand.html`, in this folder: open it in a browser and print it; the first
# page is for the students, the second has the solution). Do the worksheet first, then play the film.
#
# Words that we need:
#
# - The **book** is the list of people who want to buy, each at a price. Here 10 units are wanted at 100 dollars, 10 at 99, and so on down.
# - A sale takes the highest price first. When nobody is left at that price, it goes on one step lower.
# - The **mark** is the price of the last unit sold. At the mark the exchange reckons what every account is worth.
# - **Long** means: has bought, hopes that the price rises. Six accounts are long, each with a little money of its own (its **deposit**), the rest is borrowed.
# - **Equity** is what would be left if the account sold everything at the mark: deposit + units × (mark − price paid).
# - The exchange asks for a **maintenance margin**: equity must be more than 0.5 % of the position's value. If it is not, the account is **liquidated**: the exchange sells all its units.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
from IPython.display import HTML

import cascade_sim
from cascade_sim.experiments.lessons.by_hand import bids, longs, lowest_prices, steps
from cascade_sim.plots.lessons.by_hand import animate_by_hand, plot_by_hand

plt.style.use("cascade_sim.plots.cascade")
scenario = cascade_sim.load_scenario("by-hand")
result = cascade_sim.run(scenario, seed=1)
book, accounts, film = bids(scenario), longs(scenario), steps(result)
accounts

# %% [markdown]
# ## The experiment
#
# The last column, `falls_at`, is the mark at which the equity of the account is down to its maintenance margin. Check one of them: for `long-1`, solve
# 11.97 + 12 × (P − 100) = 0.005 × 12 × P.
#
# A seller comes and sells 25 units: 10 at 100, 10 at 99 and 5 at 98. The mark is now 98.
#
# ## Predict
#
# Which accounts fall now? What do their sales do to the mark? **Write down the price at which it all stops**, and how many accounts are liquidated.
#
# ## The picture
#
# Press "next" for one step, or "play" for all of them. Left: the book; colours show who sold to whom. Right: the accounts, each at the mark that liquidates it.

# %%
HTML(animate_by_hand(book, accounts, film))

# %% [markdown]
# The last picture on its own, for those who print this page:

# %%
plot_by_hand(book, accounts, film)

# %%
start, end = film[0].mark, film[-1].mark
alone = result.summary["markets"]["X-PERP"]["fall_without_impact"]
print(f"The seller alone takes the price down by {alone:.0%}, to {start * (1 - alone):g} USD.")
print(f"It stops at {end:g} USD: the liquidations of {', '.join(film[-1].fallen)} did the rest.")
print(f"They lost {result.summary['paid']['bad_debt']:.2f} USD more than they had. Others had to pay for that.")

# %% [markdown]
# The chain: the sale pushed the mark below the limits of `long-1` and `long-2`. Their forced sales pushed it below the limit of `long-3`. Its sale pushed it below that of
# `long-4`. Then luck: the next limit, that of `long-5`, was just out of reach.
#
# ## Exercise
#
# Change **one** setting: the size of the first sale. Predict where the price stops if the seller sells 10 units, and if she sells 11.

# %%
SALE = 25  # change this number
mine = cascade_sim.run(cascade_sim.load_scenario("by-hand", [f"orders.20.size={-SALE}"]), seed=1)
for step in steps(mine):
    print(step.words)

# %% [markdown]
# ## Answer
#
# Every size of the first sale from 1 to 40 units. Before you look: is the curve a straight line?

# %%
sizes = lowest_prices(range(1, 41))
at_10, at_11 = (sizes.set_index("size").loc[k] for k in (10, 11))
title = f"One unit more, and the price falls {at_10['low'] - at_11['low']:g} dollars further"
figure, axes = plt.subplots(figsize=(8, 3.8), layout="constrained")
axes.step(sizes["size"], sizes["sale_alone"], where="mid", ls="--", color="grey", label="the sale alone")
axes.step(sizes["size"], sizes["low"], where="mid", color="#D55E00", lw=2, label="with forced sales")
axes.set(xlabel="units in the first sale", ylabel="price at which it stops (USD)", title=title)
axes.legend()
print(f"10 units: stops at {at_10['low']:g}, {at_10['liquidated']:.0f} liquidated.")
print(f"11 units: stops at {at_11['low']:g}, {at_11['liquidated']:.0f} liquidated.")

# %% [markdown]
# A staircase with a cliff. Ten units do nothing; the eleventh reaches the first limit, and that one account takes others down with it. Between the cliffs it hardly matters
# how much is sold. That is what makes cascades hard to foresee: cause and effect are not in proportion.
#
# ## For the teacher
#
# - **Time.** 5 minutes of words, 25 for the worksheet in pairs, 10 for the film (stop it before each forced sale and let the class say who is next), 15 for the exercise, 5 to close.
# - **A class can play it.** Twenty pupils hold cards with the bids, six are the longs with their limit on a card, one is the seller, one writes the mark on the board. Nobody needs a computer.
# - **Ask.** Who caused the fall: the seller, the borrowers, or those who lent? Which account would you have asked for more money of its own, if you could ask only one?
# - **Common mistakes.** Starting again at the highest price for the second sale (those buyers are gone). Letting two accounts sell at once (who falls waits in line). Reckoning the
#   equity at the price the account sold at, and not at the mark.
# - **Another worksheet.** `cascade-sim worksheet --out mine.html --set orders.20.size=-15` makes one with another sale; the solution page is reckoned anew.
