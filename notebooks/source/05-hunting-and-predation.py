# %% [markdown]
# # 5. Hunting and predation
#
# **The question.** If I knew at which price you must sell, could I earn money by pushing the price there? And should the exchange let me know?
#
# - A **cluster** is a group of accounts that are liquidated (sold out by force) at about the same price.
# - A **hunter** sells first, so that the price falls to where the cluster is. The forced sales push it further down. Then the hunter buys back what it sold, for less.
# - Selling what one does not have, to buy it back later, is called going **short**.
# - **Impact**: how far one unit sold moves the price. In a deep market, little.
# - A **fee** is paid on every trade, here 0.05 % of its value.

# %%
# %matplotlib inline
from cascade_sim.experiments.lessons.hunting import DISTANCE, FEE, alongside, by_sight, by_size, smallest_prey
from cascade_sim.experiments.validation.predation import Market, hunt
from cascade_sim.plots.lessons.hunting import plot_alongside, plot_by_size, plot_hunt

# %% [markdown]
# ## The experiment
#
# The price is 100 dollars. Accounts with 300 units in all will be liquidated if it falls by 2 dollars. Each unit sold moves the price by a tenth of a cent. One hunter sees all that.
#
# ## Predict
#
# How many units must the hunter sell to move the price by 2 dollars? It needs far more than the 300 of the cluster. Can that pay?
#
# ## The picture
#
# The price after every trade, from left to right.

# %%
found = hunt(Market(clusters={DISTANCE: 300.0}, fee=FEE))
print(f"The hunter's profit after fees: {found.profit:.0f} USD. Sold by force: {found.forced:g} units.")
plot_hunt(found.result)

# %% [markdown]
# The hunter's own selling costs nothing on balance: what it pushes down on the way, it pushes up again when it buys back. Its profit is the **gap**: the 300 units that others were forced to sell moved the price
# further down, and at the lower price it buys back. So
#
# > profit = distance × size of the cluster − fees,
#
# and the fees are paid on *all* that the hunter trades. **Predict:** is every cluster worth hunting? A small one? (The dotted line below is where the formula says that a hunt just breaks even.)

# %%
sizes = by_size((40, 70, 90, 110, 150, 200, 250, 300))
plot_by_size(sizes, smallest_prey(impact=0.001))

# %% [markdown]
# The formula and the simulated market agree, though the market has an order book, a liquidation engine and a hunter that does its own sums. Small clusters are safe: the fees on the push cost more than
# they bring. (A hunt brings a little more than the formula says: the map that the hunter sees has a grain, and it sells slightly more than it would have to.)
#
# ## To sell alongside
#
# There is a second way to live on others. Somebody **must** sell 100 units, and you know it. You sell at the same time, and buy back when she is done. This is *predatory trading* (Brunnermeier and Pedersen,
# 2005). **Predict:** how much should you sell: a little, as much as she, twice as much?

# %%
prey = alongside((0, 0.25, 0.5, 0.75, 1, 1.25))
plot_alongside(prey)

# %%
low = prey["low"]
print(f"The price falls to {low[0]:.2f} USD if she sells alone, to {low[1]:.2f} USD if the predator sells as much.")

# %% [markdown]
# As much as she does; more brings nothing. Every dollar of the predator's profit comes from the one who had to sell, and the price falls **twice as far** for no reason of its own. No news said so.
#
# ## Who may see the map?
#
# On some exchanges everybody's positions are public. On others nobody sees them. In between, people guess. **Predict:** what does each rule do to the accounts of a cluster of 200 units?

# %%
sight = by_sight(200, seeds=range(1, 13))
order = ["public", "roughly known", "private"]
sight.groupby("positions").mean().loc[order].round(2).rename(columns={"hunted": "share hunted"})

# %% [markdown]
# In public, the cluster is hunted every time. Half-known, it depends on the guess: some leave it alone, some push, and a push that stops short only costs. In private, nobody hunts what nobody sees. But mind what this market leaves out: on a public map, those who might *buy* can prepare
# too, and everybody can see that an exchange is sound.
#
# ## Exercise
#
# Change **one** setting: the impact. Make the market twice as deep: a unit moves the price by half as much. **Predict** the smallest cluster that is worth hunting.

# %%
IMPACT = 0.001  # change this number: half of it is a market twice as deep
by_size((60, 120, 180, 240), impact=IMPACT).round(0)

# %% [markdown]
# ## Answer

# %%
for impact in (0.001, 0.0005):
    limit = smallest_prey(impact)
    below, above = by_size((0.95 * limit, 1.05 * limit), impact)["hunted"]
    words = f"formula {limit:.0f} units; simulated: {'hunted' if below else 'left alone'} at 5 % less"
    print(f"impact {impact}: {words}, {'hunted' if above else 'left alone'} at 5 % more")

# %% [markdown]
# Twice the depth, twice the size that is safe. Depth protects the weak, and notebook 4 shows that depth leaves when they need it most.
#
# ## For the teacher
#
# - **Time.** 10 minutes of words (musical chairs with somebody leaning on the chairs), 15 for the hunt, 10 for selling alongside, 10 for who may see, 10 for the exercise, 5 to close.
# - **Play it.** One pupil is the hunter and knows the limit of one other pupil; the class are buyers who step down a dollar each time they are asked. Pay the fees in sweets.
# - **Ask.** Is hunting a crime, or does it only make prices honest? Who pays for it in the end? Would you rather trade where positions are public or where they are private?
# - **Common mistakes.** "The hunter earns on the fall that it makes" (that it pays back when it buys; it earns on the fall that the *others* add). "Fees are a detail" (they decide who is safe).
# - **For more.** Two hunters who need each other, and hunters who race: `cascade-sim game joint-hunt`, `cascade-sim game pre-emption`.
