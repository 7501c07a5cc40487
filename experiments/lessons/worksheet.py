"""The worksheet of the cascade by hand: one page to fill in, one page with the solution, both from a scenario."""

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from cascade_sim.experiments.lessons.by_hand import bids, first_sale, longs
from cascade_sim.results import Result
from cascade_sim.results.chronicle import chronicle
from cascade_sim.runner import run
from cascade_sim.scenario.scenario import Scenario

__all__ = ["worksheet", "write_worksheet"]

_SPARE = 2  # empty lines beyond those that the solution needs
_STYLE = """
@page { size: A4; margin: 13mm 14mm; }
body { font: 10.5pt/1.35 Georgia, serif; color: #111; max-width: 182mm; margin: 0 auto; padding: 0 4mm; }
h1 { font: 600 16pt/1.2 system-ui, sans-serif; margin: 0 0 1.5mm; }
h2 { font: 600 11.5pt/1.2 system-ui, sans-serif; margin: 3.5mm 0 1mm; }
p, ol { margin: 1mm 0; } ol { padding-left: 6mm; } li { margin: .3mm 0; }
.page { break-after: page; } .page:last-child { break-after: auto; }
.columns { display: flex; gap: 6mm; align-items: flex-start; } .columns > div { flex: 1 1 0; min-width: 0; }
.columns > .book { flex: 0 0 auto; width: 34%; } .columns > .narrow { width: 29%; }
table { border-collapse: collapse; font: 9.5pt/1.25 system-ui, sans-serif; width: 100%; }
th, td { border: .3mm solid #999; padding: .5mm 1.3mm; text-align: right; }
th { background: #f0f0ee; font-weight: 600; }
th:first-child, td:first-child { text-align: left; } td { white-space: nowrap; height: 5.6mm; }
td.blank { min-width: 16mm; }
code { font-size: 8pt; } .name { float: right; font: 9.5pt system-ui, sans-serif; }
@media screen { body { padding: 6mm; } .page { margin-bottom: 18mm; } }
@media screen and (max-width: 600px) { .columns { display: block; } .columns > .book { width: auto; } }
"""


def worksheet(scenario: Scenario) -> str:
    """Two pages of HTML that print on A4: the task, and the solution.

    Parameters
    ----------
    scenario : Scenario
        Like `by-hand`: a ladder of bids, named accounts that are long, one sale at market, no fees, mark at the last
        trade. It is run, and the solution is what happened.

    Returns
    -------
    str
        A page that holds everything it needs.

    Raises
    ------
    ValueError
        If nobody sells at market, or no named account is long.
    """
    first_sale(scenario)
    if longs(scenario).empty:
        raise ValueError(f"scenario {scenario.name}: no named account is long, so nobody can fall; add one to accounts")
    result = run(scenario, seed=1, counterfactual=False)
    body = _task(scenario, len(_orders(result))) + _solution(scenario, result)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(scenario.title)}: worksheet'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>\n{body}</body></html>\n"
    )


def write_worksheet(scenario: Scenario, file: Path) -> Path:
    """Write the worksheet; whole or not at all.

    Parameters
    ----------
    scenario : Scenario
    file : pathlib.Path
        An existing one is replaced.
    """
    text = worksheet(scenario)
    half = file.with_name(f".{file.name}.half")
    half.write_text(text, encoding="utf-8")
    half.replace(file)
    return file


def _table(frame: pd.DataFrame) -> str:
    """Rows of text; an empty one is a field to fill in."""
    head = "".join(f"<th>{escape(name)}</th>" for name in frame.columns)
    rows = []
    for row in frame.itertuples(index=False):
        cells = [f"<td>{escape(text)}</td>" if text else '<td class="blank"></td>' for text in map(_text, row)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)


def _rate(scenario: Scenario) -> float:
    venue, market = next(iter(scenario.markets.values()))
    tiers = scenario.venues[venue].rules.tiers
    return tiers.get(market.asset, tiers.get("default", ()))[0].maintenance


def _task(scenario: Scenario, orders: int) -> str:
    """First page: the book, the accounts, and empty fields."""
    sale, held, rate = first_sale(scenario), longs(scenario), _rate(scenario)
    book = bids(scenario).rename(columns={"price": "price", "size": "units wanted"}).assign(**{"sold by": ""})
    accounts = held.rename(columns={"size": "units", "entry": "bought at", "deposit": "own money"})
    accounts = accounts.drop(columns="falls_at").assign(**{"falls at": ""})
    lines = pd.DataFrame({"seller": [f"{sale.account}", *[""] * (orders - 1 + _SPARE)]})
    lines = lines.assign(units=[-sale.size, *[""] * (len(lines) - 1)], **{"down to": "", "who falls": ""})
    first = held.iloc[0]
    return f"""<section class="page"><span class="name">Name: ______________________</span>
<h1>{escape(scenario.title)}</h1>
<p>{len(held)} people each bought units of something with money that was mostly borrowed: they are <b>long</b>. If the
price falls too far, the exchange sells for them. Where does the price stop?</p>
<h2>Rules</h2><ol>
<li>A sale takes the best (highest) price first. When all units wanted at a price are gone, it goes on at the next
lower price.</li>
<li>After each sale, the <b>mark</b> is the price of its last unit. Every account is reckoned at the mark.</li>
<li><b>Equity</b> = own money + units &times; (mark &minus; price bought at). It must be more than {rate:.1%} of
units &times; mark, the <b>maintenance margin</b>. Else the account falls: it is <b>liquidated</b>, all its units are
sold.</li>
<li>Who falls waits in line. Each one's sale is finished before the next begins.</li></ol>
<div class="columns"><div class="book"><h2>The book: who buys</h2>{_table(book)}</div>
<div><h2>The accounts</h2>{_table(accounts)}
<p><b>1.</b> At which mark does each account fall? Solve equity = maintenance margin.
For {first["account"]}: {_equation(first, rate)}.</p>
<p><b>2.</b> {escape(sale.account)} sells {-sale.size:g} units. Write down every sale, and in the book who
sells to whom.</p>
{_table(lines)}
<p><b>3.</b> The price stops at ______ USD. Without liquidations it would have stopped at ______ USD.</p>
<p><b>4.</b> Whose debts are left, and how much in all? (own money &minus; what was lost in selling) ______ USD</p>
</div></div></section>
"""


def _equation(account: "pd.Series[Any]", rate: float) -> str:
    """Equity equals maintenance margin, with the numbers of an account."""
    units, entry = f"{account['size']:g}", f"{account['entry']:g}"
    return f"{_text(account['deposit'])} + {units} &times; (P &minus; {entry}) = {rate:g} &times; {units} &times; P"


def _orders(result: Result) -> pd.DataFrame:
    """Every sale in order, as a line to read."""
    lines = chronicle(result)
    sales = lines.dropna(subset=["mean_price"]).rename(columns={"who": "seller", "size": "units"})
    debts = lines[lines["what"] == "leaves a debt"].set_index("liquidation")["usd"]
    exposure = result.events.get("exposure", pd.DataFrame(columns=["mark", "account"]))
    names = exposure["account"].map(result.accounts["cohort"])
    hit = [", ".join(names[exposure["mark"] == mark]) or "nobody" for mark in sales["last_price"]]
    found = pd.DataFrame({"seller": sales["seller"], "units": sales["units"], "mean": sales["mean_price"].round(2)})
    found["down to"] = sales["last_price"]
    found["who falls"] = [name if k == hit.index(name) or name == "nobody" else "nobody" for k, name in enumerate(hit)]
    found["debt left"] = [_text(round(debts[cause], 2)) if cause in debts else "-" for cause in sales["liquidation"]]
    return found


def _eaten(scenario: Scenario, result: Result) -> pd.DataFrame:
    """The book with who sold to it."""
    who = result.trades["taker"].map(result.accounts["cohort"])
    words = who + " " + result.trades["size"].abs().map("{:g}".format)
    sold = words.groupby(result.trades["price"]).agg(", ".join)
    book = bids(scenario)
    return pd.DataFrame({"price": book["price"], "sold by": [sold.get(price, "") for price in book["price"]]})


def _solution(scenario: Scenario, result: Result) -> str:
    """Second page: what happened."""
    held, orders = longs(scenario), _orders(result)
    accounts = held[["account", "falls_at"]].rename(columns={"falls_at": "falls at"})
    alone = result.trades.loc[result.trades["cause"] == 0, "price"].min()
    start = float(result.events["mark"]["mark"].iloc[0])
    debt, low = result.summary["paid"]["bad_debt"], result.trades["price"].min()
    payers = result.events.get("loss", pd.DataFrame(columns=["payer", "amount"]))
    paid = payers.groupby(payers["payer"].map(result.accounts["cohort"]))["amount"].sum()
    shares = ", ".join(f"{name} {_text(round(usd, 2))}" for name, usd in paid.items())
    return f"""<section class="page"><h1>Solution</h1>
<div class="columns"><div class="book narrow"><h2>The book</h2>{_table(_eaten(scenario, result))}</div>
<div><h2>1. Where each account falls</h2>{_table(accounts)}
<h2>2. Who sells</h2>{_table(orders)}
<h2>3. Where the price stops</h2><p>At {low:g} USD. Without liquidations the sale would have ended at {alone:g} USD: the
liquidations added {alone - low:g} USD to a fall of {start - alone:g} USD.</p>
<h2>4. Debts</h2><p>{_text(round(debt, 2))} USD in all: the accounts lost more than they had. This exchange has no
fund, so those who gained pay for it, in proportion to what they gained: {escape(shares)}.</p>
<h2>To talk about</h2><p>Who made the price fall: the seller, or those who borrowed? Nobody sold by choice after the
first sale. Which single account, had it brought more own money, would have stopped the cascade first? The computer
knows, for example:</p>
<p><code>cascade-sim run by-hand --events --set accounts.long-3.deposit=200</code></p>
</div></div></section>
"""
