"""The server of the page, for this machine alone: it asks nothing of any other one."""

import os
import signal
import socket
import sys
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import nullcontext

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.lesson import Lesson
from cascade_sim.scenario.scenario import Scenario

__all__ = ["end_when_stopped", "listen", "serve", "warm_up"]

HOST = "127.0.0.1"

# Solara reads them when it is first imported.
_SETTINGS = {
    "SOLARA_APP": "cascade_sim.dashboard.web.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_ASSETS_CDN": f"http://{HOST}:9/",  # nobody answers there; what the page needs is installed with the extra
    "SOLARA_THEME_TITLE": "Liquidation cascades, live",
    "SOLARA_CHECK_HOOKS": "off",  # Mesa's components would be named
    "SOLARA_THEME_SHOW_BANNER": "False",
}


os.environ.update(_SETTINGS)


def end_when_stopped(last_word: Callable[[], None]) -> None:
    """From now on Ctrl-C, or a request to terminate, ends the process then and there.

    An orderly end does not come: a page that plays steps in a thread which nobody tells to stop and which Python
    waits for, and which holds the lock that closing the page asks for. Without pages it takes seconds, for Python
    clears all that solara and the compiler have loaded. Nothing is lost: what a page shows is written nowhere.

    Parameters
    ----------
    last_word : callable
        Says that the page is closed.
    """

    def leave(number: int, frame: object) -> None:
        last_word()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(128 + number)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, leave)


def warm_up(desk: Desk) -> None:
    """Compile and import everything now, so that nobody waits for it before a page that does not answer.

    Parameters
    ----------
    desk : Desk
    """
    from cascade_sim.dashboard.view import liquidations_of
    from cascade_sim.dashboard.web.board import draw

    lesson = Lesson(desk)
    lesson.step()
    liquidations_of(lesson.cascade)
    draw(lesson, desk.markets[0], {})
    lesson.close()


def listen(port: int) -> socket.socket:
    """Socket on which the page is served.

    Parameters
    ----------
    port : int
        0: any that is free.

    Raises
    ------
    OSError
        If another program has it.
    """
    place = socket.socket()
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((HOST, port))
    except OSError:
        place.close()
        raise
    return place


def serve(scenario: Scenario, seed: int, place: socket.socket, browser: bool) -> None:
    """Serve pages for good.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    place : socket.socket
        From `listen`.
    browser : bool
        Whether to open the page in a browser of this machine.
    """
    warnings.filterwarnings("ignore", "Cookies with samesite=none")  # the page is in nobody's frame
    import uvicorn

    from cascade_sim.dashboard.web import opened

    opened.about(scenario, seed)
    server = uvicorn.Server(uvicorn.Config("solara.server.starlette:app", log_level="error"))
    server.capture_signals = nullcontext  # they are not its own: see `end_when_stopped`
    if browser:
        threading.Thread(target=_open, args=(server, place.getsockname()[1]), daemon=True).start()
    server.run(sockets=[place])


def _open(server: object, port: int) -> None:
    """Open the page once it is there."""
    while not getattr(server, "started", False):
        time.sleep(0.1)
    webbrowser.open(f"http://{HOST}:{port}")
