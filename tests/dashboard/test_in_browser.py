"""The page in a real browser: it opens without the internet, moves when run, starts over when a slider is turned."""

import hashlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

pytest.importorskip("solara", reason="the extra 'dashboard' is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="the extra 'browser' is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("there is no chromium to open the page with", allow_module_level=True)

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync"
PATIENCE = 120  # seconds; the first compilation takes most of a minute
PRICE = "img.picture-price"
END = 120  # simulated seconds


def last_words(server):
    server.kill()
    return server.communicate()[0]


@pytest.fixture(scope="module")
def served():
    """A server of the page, and where it listens."""
    command = [
        sys.executable,
        "-c",
        "from cascade_sim.cli import main; main()",
        "dashboard",
        "--port",
        "0",
        "--no-browser",
    ]
    command += ["--set", f"duration={END}", "--set", "step=5"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as server:
        until = time.monotonic() + PATIENCE
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
            if not select.select([server.stdout], [], [], max(until - time.monotonic(), 0))[0]:
                pytest.fail(f"no page after {PATIENCE} s: {said}{last_words(server)}")
            line = server.stdout.readline()
            if not line:
                pytest.fail(f"the server stopped: {said}")
            said += line
        yield server, found.group()
        server.kill()
        server.communicate()


@pytest.fixture(scope="module")
def address(served):
    return served[1]


@pytest.fixture(scope="module")
def page(address):
    """The page, opened; what it asked for and what went wrong are kept on it."""
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(1000 * PATIENCE)
        page.asked, page.failed = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("response", lambda response: response.status >= 400 and page.failed.append(response.url))
        page.on("pageerror", lambda error: page.failed.append(str(error)))
        page.goto(address)
        page.wait_for_selector(PRICE)
        yield page
        browser.close()


def clock(page):
    """Simulated seconds, as the page says."""
    minutes, seconds = page.locator(".number b").first.inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def price(page):
    """Digest of the bytes of the figure of prices; read again where it is replaced while it is read."""
    read = f"""async () => {{
        for (;;) try {{
            const picture = await fetch(document.querySelector('{PRICE}').src);
            return Array.from(new Uint8Array(await picture.arrayBuffer()));
        }} catch (replaced) {{ await new Promise(later => setTimeout(later, 50)); }}
    }}"""
    return hashlib.sha256(bytes(page.evaluate(read))).hexdigest()


def holds(page, claim, seconds):
    """Whether something comes to hold within a time."""
    end = time.monotonic() + seconds
    while not (found := claim()) and time.monotonic() < end:
        page.wait_for_timeout(100)
    return found


def until(page, claim):
    """Wait until something holds."""
    assert holds(page, claim, PATIENCE), "this did not come true in time"


def until_done(page, what, click, claim):
    """Click until something holds: a click is lost, or finds nothing, where it falls on what is just drawn anew."""
    for _ in range(PATIENCE // 20):
        with suppress(playwright.TimeoutError):
            click()
        if holds(page, claim, 20):
            return
    pytest.fail(f"{what} had no effect")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def press(page, name, claim):
    """Press a button until something holds."""
    until_done(page, f"pressing {name}", lambda: button(page, name).click(timeout=5000), claim)


def run(page):
    press(page, "▶", lambda: button(page, "❚❚").count() == 1)


def pause(page):
    press(page, "❚❚", lambda: button(page, "▶").count() == 1)


def turn(page, name, share, claim):
    """Click a slider at a share of its length until something holds."""

    def click():
        box = page.locator(f".knob-{name} .v-slider").bounding_box(timeout=5000)
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)

    until_done(page, f"turning {name}", click, claim)


def rests(page):
    """Whether clock and figure stay as they are for two seconds."""
    before = clock(page), price(page)
    page.wait_for_timeout(2000)
    return (clock(page), price(page)) == before


def test_a_lesson(page, address):
    # Numbers and figures reach the page one after the other: what is claimed of a figure is waited for, too.
    assert clock(page) == 0
    assert page.locator(".picture").count() == 4
    first = price(page)

    press(page, "Step", lambda: clock(page) == 5)
    until(page, lambda: price(page) != first)

    run(page)
    until(page, lambda: clock(page) >= 10)
    pause(page)
    until(page, lambda: rests(page))
    assert clock(page) < END

    run(page)
    until(page, lambda: clock(page) == END)
    until(page, lambda: rests(page))  # at its end it stays as it is, and a slider starts it over
    pause(page)

    turn(page, "leverage", 0.5, lambda: clock(page) == 0)
    until(page, lambda: "13" in page.locator(".knob-label", has_text="Leverage").inner_text())
    until(page, lambda: rests(page))
    other = price(page)
    assert other != first  # the map of others with more leverage

    turn(page, "leverage", 4 / 24, lambda: price(page) == first)  # the same settings and the same luck

    press(page, "Step", lambda: clock(page) == 5)
    until(page, lambda: price(page) not in (first, other))
    press(page, "Reset", lambda: clock(page) == 0)
    until(page, lambda: price(page) == first)

    assert page.failed == []
    assert [
        url for url in page.asked if not url.startswith((address, address.replace("http", "ws"), "blob:", "data:"))
    ] == []


def test_ctrl_c_ends_the_server_at_once_while_a_page_plays(page, served):
    server, _ = served
    run(page)
    server.send_signal(signal.SIGINT)
    # A fifth of a second where the machine is idle; it took a minute and more when the page's threads were waited for.
    assert server.wait(timeout=5) == 128 + signal.SIGINT
    assert "the page is closed" in server.stdout.read()
