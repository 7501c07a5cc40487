"""The page in a real browser: it opens without the internet, moves when run, starts over when a slider is turned."""

import hashlib
import os
import re
import select
import shutil
import subprocess
import sys
import time

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


def last_words(server):
    server.kill()
    return server.communicate()[0]


@pytest.fixture(scope="module")
def address():
    """Where a server of the page listens."""
    command = [
        sys.executable,
        "-c",
        "from cascade_sim.cli import main; main()",
        "dashboard",
        "--port",
        "0",
        "--no-browser",
    ]
    command += ["--set", "duration=60", "--set", "step=5"]
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
        yield found.group()
        server.terminate()
        try:
            server.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()


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


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def turn(page, name, share, claim):
    """Click a slider at a share of its length until something holds: a click is lost while the page is drawn anew."""
    for _ in range(PATIENCE // 10):
        box = page.locator(f".knob-{name} .v-slider").bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        if holds(page, claim, 10):
            return
    pytest.fail(f"turning {name} had no effect")


def test_a_lesson(page, address):
    assert clock(page) == 0
    assert page.locator(".picture").count() == 4
    first = price(page)

    press(page, "Step")
    until(page, lambda: clock(page) == 5)
    assert price(page) != first

    press(page, "▶")
    until(page, lambda: clock(page) >= 30)
    press(page, "❚❚")
    page.wait_for_timeout(2000)
    stopped, ran = clock(page), price(page)
    page.wait_for_timeout(2000)
    assert clock(page) == stopped
    assert price(page) == ran

    press(page, "▶")
    until(page, lambda: clock(page) == 60)
    page.wait_for_timeout(1000)  # at its end it stays as it is, and a slider starts it over
    press(page, "❚❚")

    turn(page, "leverage", 0.5, lambda: clock(page) == 0)
    assert "13" in page.locator(".knob-label", has_text="Leverage").inner_text()
    assert price(page) != first  # the map of others with more leverage

    turn(page, "leverage", 4 / 24, lambda: price(page) == first)  # the same settings and the same luck

    press(page, "Step")
    until(page, lambda: clock(page) == 5)
    press(page, "Reset")
    until(page, lambda: clock(page) == 0)
    assert price(page) == first

    assert page.failed == []
    assert [
        url for url in page.asked if not url.startswith((address, address.replace("http", "ws"), "blob:", "data:"))
    ] == []
