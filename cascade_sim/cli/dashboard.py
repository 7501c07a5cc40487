"""The market live in the browser, with sliders: `cascade-sim dashboard`."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from cascade_sim.cli.app import (
    Debug,
    ScenarioName,
    Settings,
    UsageError,
    announce_compilation,
    app,
    complain,
    explained,
    load,
)

if TYPE_CHECKING:
    import socket

_NEEDED = ("solara", "ipyvuetify", "altair", "uvicorn")


@app.command(epilog="Example: cascade-sim dashboard one-market --set duration=1800")
def dashboard(
    scenario: ScenarioName = "one-market",
    set_: Settings = None,
    seed: Annotated[int, typer.Option(help="Seed to begin with.", min=0, max=2**31)] = 1,
    port: Annotated[int, typer.Option(help="Port on this machine; 0: any that is free.", min=0, max=65535)] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    debug: Debug = False,
) -> None:
    """Watch a cascade in the browser: sliders for leverage, margin, depth, hunters, oracle, rule; play, step, reset.

    Needs the extra "dashboard". The page is served on this machine only and asks nothing of the internet.
    """
    with explained(debug, "the page is closed"):
        _check_extra()
        chosen = load(scenario, set_ or [])
        place = _listen(port)
        announce_compilation()
        from cascade_sim.dashboard import Desk
        from cascade_sim.dashboard.web.server import end_when_stopped, serve, warm_up

        end_when_stopped(lambda: complain("stopped; the page is closed"))
        warm_up(Desk(chosen, seed))
        typer.echo(f"The page is at http://127.0.0.1:{place.getsockname()[1]} - Ctrl-C closes it.")
        serve(chosen, seed, place, browser)


def _check_extra() -> None:
    """Say what is missing before anything takes time."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the dashboard needs packages that are not installed ({', '.join(missing)}); the extra 'dashboard' brings "
            "them: pip install 'cascade-sim[dashboard]', or in a checkout pip install -e '.[dashboard]'"
        )


def _listen(port: int) -> "socket.socket":
    from cascade_sim.dashboard.web.server import listen

    try:
        return listen(port)
    except OSError as error:
        raise UsageError(
            f"port {port} can't be used ({error.strerror}); choose another one with --port, or 0"
        ) from None
