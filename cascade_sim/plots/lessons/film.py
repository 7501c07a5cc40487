"""Pictures one after the other, with buttons: a film for a notebook, in one piece of HTML."""

import json
from collections.abc import Sequence
from hashlib import sha256

__all__ = ["film"]

_PLAYER = """<div id="NAME" style="max-width: 880px; font: 14px system-ui, sans-serif">
<img alt="TITLE" style="width: 100%; height: auto">
<div style="display: flex; gap: 6px; align-items: center; flex-wrap: wrap">
<button data-to="first">&#124;&#9664; start</button><button data-to="back">&#9664; back</button>
<button data-to="play">&#9654; play</button><button data-to="next">next &#9654;</button>
<input type="range" min="0" max="LAST" value="0" aria-label="step" style="flex: 1; min-width: 120px">
<span></span></div></div>
<script>(function () {
  const frames = FRAMES, box = document.getElementById("NAME");
  const image = box.querySelector("img"), slider = box.querySelector("input"), count = box.querySelector("span");
  const play = box.querySelector('[data-to="play"]');
  let at = 0, timer = null;
  function show(k) {
    at = Math.max(0, Math.min(frames.length - 1, k));
    image.src = frames[at]; slider.value = at; count.textContent = (at + 1) + " / " + frames.length;
  }
  function stop() { clearInterval(timer); timer = null; play.innerHTML = "&#9654; play"; }
  function start() {
    if (at === frames.length - 1) show(0);
    play.innerHTML = "&#10073;&#10073; stop";
    timer = setInterval(function () { if (at === frames.length - 1) stop(); else show(at + 1); }, INTERVAL);
  }
  box.addEventListener("click", function (event) {
    const to = event.target.dataset.to;
    if (to === "play") { if (timer) stop(); else start(); return; }
    if (to) { stop(); show(to === "first" ? 0 : at + (to === "next" ? 1 : -1)); }
  });
  slider.addEventListener("input", function () { stop(); show(Number(slider.value)); });
  show(0);
})();</script>"""


def film(pictures: Sequence[str], title: str, seconds: float = 2.0) -> str:
    """A player for pictures: start, back, play, next, and a slider. It waits on the first picture.

    Parameters
    ----------
    pictures : sequence of str
        Addresses of images that carry their own data, as `cascade_sim.plots.embed.as_data` gives.
    title : str
        What is read out in place of the picture; no quotation marks.
    seconds : float
        That each picture is shown.

    Returns
    -------
    str
        HTML that fetches nothing.

    Examples
    --------
    >>> film(["data:a", "data:b"], "two letters").count("<button")
    4
    """
    name = "film-" + sha256("".join(pictures).encode()).hexdigest()[:12]
    words = {"NAME": name, "TITLE": title, "LAST": str(len(pictures) - 1), "INTERVAL": str(round(1000 * seconds))}
    page = _PLAYER
    for key, value in words.items():
        page = page.replace(key, value)
    return page.replace("FRAMES", json.dumps(list(pictures)))
